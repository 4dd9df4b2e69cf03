"""Names that lead nowhere, and circles."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from troposphere import GetAtt, Ref, Sub, ec2, sns, sqs

from stackgen import Attributes, nested, render
from stackgen.errors import CycleError, ReferenceError  # noqa: A004  CloudFormation's own word
from stackgen.graph import PSEUDO_PARAMETERS, check_acyclic, check_names, find_cycle
from tests.samples import NetworkStack, SystemStack

NAMES = st.sampled_from("ABCDEFG")
GRAPHS = st.dictionaries(NAMES, st.frozensets(NAMES))


def reachable(edges: dict[str, frozenset[str]], start: str) -> set[str]:
    found: set[str] = set()
    pending = list(edges.get(start, ()))
    while pending:
        here = pending.pop()
        if here not in found:
            found.add(here)
            pending.extend(edges.get(here, ()))
    return found


@given(GRAPHS)
def test_a_cycle_is_found_exactly_when_something_reaches_itself(edges: dict[str, frozenset[str]]) -> None:
    assert bool(find_cycle(edges)) is any(start in reachable(edges, start) for start in edges)


@given(GRAPHS)
def test_a_cycle_is_a_path_along_edges_with_each_member_once(edges: dict[str, frozenset[str]]) -> None:
    cycle = find_cycle(edges)
    assert len(set(cycle)) == len(cycle)
    assert all(there in edges[here] for here, there in zip(cycle, cycle[1:] + cycle[:1], strict=True))


@given(GRAPHS, st.randoms())
def test_the_same_cycle_is_found_in_any_order_of_names(edges: dict[str, frozenset[str]], random: Any) -> None:
    shuffled = list(edges)
    random.shuffle(shuffled)
    assert find_cycle({name: sorted(edges[name]) for name in shuffled}) == find_cycle(edges)


def test_a_long_chain_needs_no_recursion() -> None:
    chain = {f"R{number:05}": [f"R{number + 1:05}"] for number in range(5000)}
    assert find_cycle(chain) == []
    assert len(find_cycle({**chain, "R05000": ["R00000"]})) == 5001


ADVICE: list[tuple[dict[str, dict[str, str]], dict[str, str], str]] = [
    (
        {"A": {"B": "Ref"}, "B": {"A": "DependsOn"}},
        {"A": "AWS::SNS::Topic", "B": "AWS::SQS::Queue"},
        r"A -Ref-> B -DependsOn-> A\n  cut B -> A: leave out that DependsOn",
    ),
    (
        {"A": {"B": "Fn::GetAtt"}, "B": {"A": "Ref"}},
        {"A": "AWS::ECS::Service", "B": "AWS::SQS::Queue"},
        r"cut B -> A \(Ref\): move it into AWS::SQS::QueuePolicy",
    ),
    (
        {"A": {"B": "Ref"}, "B": {"A": "Ref"}},
        {"A": "AWS::EC2::SecurityGroup", "B": "AWS::EC2::SecurityGroup"},
        "cut A -> B .*move it into AWS::EC2::SecurityGroupIngress or AWS::EC2::SecurityGroupEgress",
    ),
    (
        {"A": {"A": "Ref"}},
        {"A": "AWS::ECS::Service"},
        r"A -Ref-> A\n  cut A -> A \(Ref\): move it into a resource of its own",
    ),
]


@pytest.mark.parametrize(("edges", "types", "message"), ADVICE)
def test_a_cycle_is_refused_with_its_path_and_the_edge_to_cut(
    edges: dict[str, dict[str, str]], types: dict[str, str], message: str
) -> None:
    with pytest.raises(CycleError, match=message):
        check_acyclic(edges, types, {})


def test_a_cycle_of_resources_is_refused_at_the_edge_to_cut() -> None:
    class Circle(SystemStack):
        """Two groups that let each other in."""

        file = "circle"

        def build(self) -> None:
            for name, other in (("First", "Second"), ("Second", "First")):
                rule = ec2.SecurityGroupRule(IpProtocol="-1", SourceSecurityGroupId=GetAtt(other, "GroupId"))
                self.add(ec2.SecurityGroup(name, GroupDescription="x", SecurityGroupIngress=[rule]))

    with pytest.raises(CycleError, match="First -Fn::GetAtt-> Second -Fn::GetAtt-> First") as refused:
        render(Circle)
    assert refused.value.location is not None
    assert refused.value.location[0] == __file__


def test_a_child_is_part_of_a_cycle_too() -> None:
    child: Any = NetworkStack

    class Circle(SystemStack):
        """A queue and a child."""

        file = "circle"
        Network = nested(child, Attributes(DependsOn=["Queue"]))

        def build(self) -> None:
            self.add(sqs.Queue("Queue", QueueName=Sub("${Network.Outputs.VpcId}-queue")))

    with pytest.raises(
        CycleError, match=r"Network -DependsOn-> Queue -Fn::Sub-> Network\n  cut Network -> Queue: leave out"
    ):
        render(Circle)


def test_a_diamond_is_no_cycle() -> None:
    class Diamond(SystemStack):
        """Four topics."""

        file = "diamond"

        def build(self) -> None:
            self.add(sns.Topic("A", DependsOn=["B", "C"]))
            self.add(sns.Topic("B", DisplayName=Ref("D")))
            self.add(sns.Topic("C", DisplayName=Ref("D")))
            self.add(sns.Topic("D"))

    assert render(Diamond).text


def test_a_name_that_leads_nowhere_is_refused_with_the_likely_one() -> None:
    known = {"Resources": ["Queue"], "Conditions": [], "Mappings": []}
    with pytest.raises(
        ReferenceError, match=r"X: Ref names Quue, which is not in this template\n  did you mean Queue\?"
    ):
        check_names({("Resources", "Quue"): "Ref"}, known, "X", None)
    with pytest.raises(ReferenceError, match=r"did you mean AWS::StackName\?"):
        check_names({("Resources", "AWS::StackNme"): "Ref"}, known, "X", None)
    check_names({("Resources", name): "Ref" for name in PSEUDO_PARAMETERS}, known, "X", None)
