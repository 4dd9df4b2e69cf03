"""Resources that come into other security groups."""

from __future__ import annotations

from typing import Any

import pytest

from stackgen.review.access import Severity, narrowed
from stackgen.review.access.carriers import CARRIERS
from tests.review.access.trees import att, change, if_prod, ref, resource, texts, tree

NONE_OUT = {"IpProtocol": "icmp", "FromPort": 252, "ToPort": 86, "CidrIp": "255.255.255.255/32"}
HTTPS = {"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443}


def group(*cidrs: str, out: Any = NONE_OUT) -> dict[str, Any]:
    rules = [HTTPS | {"CidrIp": each} for each in cidrs]
    return resource("EC2::SecurityGroup", SecurityGroupIngress=rules, SecurityGroupEgress=[NONE_OUT, out])


GROUPS = {
    "Open": group("0.0.0.0/0"),
    "Closed": group("10.0.0.0/8"),
    "Same": group("10.0.0.0/8"),
    "Halves": group("10.0.0.0/9", "10.128.0.0/9"),
    "Leaky": group("10.0.0.0/16", out=HTTPS | {"CidrIp": "10.0.0.0/8"}),
}


def nest(path: str, value: Any) -> Any:
    name, _, rest = path.partition(".")
    inner = nest(rest, value) if rest else value
    return {name.removesuffix("[]"): [inner] if name.endswith("[]") else inner}


PATHS = [(kind, path) for kind, paths in CARRIERS.items() for path in paths]


@pytest.mark.parametrize(("kind", "path"), PATHS)
def test_an_open_group_instead_of_a_closed_one_is_found_wherever_groups_are_named(kind: str, path: str) -> None:
    def it(name: str) -> dict[str, Any]:
        return GROUPS | {"It": {"Type": kind, "Properties": nest(path, ref(name))}}

    found = [each for each in change(it("Closed"), it("Open")) if each.kind == "network"]
    assert [(each.address, each.severity, each.certain, each.text) for each in found] == [
        (
            "App/It",
            Severity.OPEN,
            True,
            "`App/It` lets in tcp 443 from the whole internet (`0.0.0.0/0`) by its group `App/Open`",
        )
    ]
    assert change(it("Open"), it("Closed")) == []
    assert len(narrowed(tree(it("Open")), tree(it("Closed")))) == 1


def databases(before: list[Any], after: list[Any]) -> list[tuple[str, bool]]:
    first, second = (
        GROUPS | {"It": resource("RDS::DBInstance", VPCSecurityGroups=each)} if each else GROUPS | {"It": EMPTY}
        for each in (before, after)
    )
    return [(each.text, each.certain) for each in change(first, second)]


EMPTY = resource("RDS::DBInstance")
INTERNET = "let in tcp 443 from the whole internet (`0.0.0.0/0`) by its group `App/Open`"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ([ref("Closed")], [att("Closed", "GroupId")]),
        ([ref("Closed")], [ref("Same")]),
        ([ref("Closed")], [ref("Halves")]),
        ([ref("Halves")], [ref("Closed")]),
        ([ref("Open")], [ref("Open"), ref("Closed")]),
        ([ref("Closed"), ref("Open")], [ref("Open")]),
        (["sg-1"], ["sg-1"]),
        ([ref("Closed")], [if_prod(ref("Closed"))]),
        ([ref("Closed")], []),
        ([], [ref("Closed")]),
        ([{"Fn::ImportValue": "group"}], [{"Fn::ImportValue": "group"}]),
    ],
)
def test_the_same_or_less_traffic_is_no_widening(before: list[Any], after: list[Any]) -> None:
    assert databases(before, after) == []


@pytest.mark.parametrize(
    ("before", "after", "text", "certain"),
    [
        ([ref("Closed")], [ref("Closed"), ref("Open")], f"`App/It` {INTERNET.replace('let', 'lets', 1)}", True),
        ([ref("Closed")], [if_prod(ref("Open"), otherwise=ref("Closed"))], f"`App/It` may {INTERNET}", False),
        ([], [ref("Open")], f"`App/It` may {INTERNET}", False),
        (
            [ref("Closed")],
            [ref("Leaky")],
            "`App/It` lets out tcp 443 to `10.0.0.0/8` by its group `App/Leaky`",
            True,
        ),
        (
            [ref("Leaky")],
            [ref("Closed")],
            "`App/It` lets in tcp 443 from `10.0.0.0/8` by its group `App/Closed`",
            True,
        ),
        (
            [ref("Closed")],
            ["sg-1"],
            "`App/It` may let more through by its group `sg-1`, whose rules are not in the template",
            False,
        ),
    ],
)
def test_more_traffic_by_another_group_is_a_widening(
    before: list[Any], after: list[Any], text: str, certain: bool
) -> None:
    assert databases(before, after) == [(text, certain)]


def test_a_group_instead_of_one_that_is_not_known_may_widen() -> None:
    assert databases(["sg-1"], [ref("Open")])[0] == (f"`App/It` may {INTERNET}", False)


def test_what_a_group_gains_is_told_of_the_group() -> None:
    it = {"It": resource("RDS::DBInstance", VPCSecurityGroups=[ref("Closed")])}
    assert texts(change(GROUPS | it, GROUPS | it | {"Closed": group("0.0.0.0/0")})) == [
        "`App/Closed` lets in tcp 443 from the whole internet (`0.0.0.0/0`)"
    ]


def test_rules_of_their_own_count_as_the_groups() -> None:
    rule = resource("EC2::SecurityGroupIngress", GroupId=ref("Same"), CidrIp="0.0.0.0/0", **HTTPS)
    before = GROUPS | {"Rule": rule, "It": resource("RDS::DBInstance", VPCSecurityGroups=[ref("Closed")])}
    after = before | {"It": resource("RDS::DBInstance", VPCSecurityGroups=[ref("Same")])}
    assert [each.severity for each in change(before, after)] == [Severity.OPEN]
