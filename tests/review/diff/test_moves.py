"""Resources that were renamed or moved are found, and never guessed."""

from __future__ import annotations

import math
from typing import Any

import pytest

from stackgen.review.diff.compare import compare
from stackgen.review.diff.moves import MOST_TOLD_APART
from stackgen.review.diff.result import Diff
from tests.review.strategies import build_of

Contents = dict[str, dict[str, dict[str, Any]]]


def queue(**properties: Any) -> dict[str, Any]:
    return {"Type": "AWS::SQS::Queue", "Properties": {"DelaySeconds": 5, **properties}}


def diff_of(before: Contents, after: Contents) -> Diff:
    """The difference of builds given as resources by template; turned round it must be the same one."""
    builds = [
        build_of({name: {"Resources": each} for name, each in contents.items()}, "build")
        for contents in (before, after)
    ]
    found = compare(*builds)
    assert found.reversed() == compare(*reversed(builds))
    return found


def told(diff: Diff) -> list[str]:
    return [
        f"{change.kind} {change.template}.{change.logical_id}"
        + (f" from {'.'.join(change.origin)}" if change.origin else "")
        for change in diff.changes
        if not change.path and change.section == "Resources"
    ]


def test_the_same_queue_under_another_logical_id_is_renamed() -> None:
    found = diff_of({"main": {"Orders": queue()}}, {"main": {"OrdersQueue": queue()}})
    assert told(found) == ["renamed main.OrdersQueue from main.Orders"]
    assert found.verdict == "1 template changed: 1 resource renamed"
    assert found.changes[0].as_json()["similarity"] == 1


def test_references_among_the_renamed_do_not_hide_it() -> None:
    alarm = {
        "Type": "AWS::CloudWatch::Alarm",
        "DependsOn": "A",
        "Properties": {"Name": {"Fn::GetAtt": ["A", "QueueName"]}},
    }
    other = {"Type": "AWS::CloudWatch::Alarm", "DependsOn": "X", "Properties": {"Name": {"Fn::GetAtt": "X.QueueName"}}}
    self_naming = queue(Text={"Fn::Sub": "${A}-${B}"}), queue(Text={"Fn::Sub": "${X}-${Y}"})
    found = diff_of({"main": {"A": self_naming[0], "B": alarm}}, {"main": {"X": self_naming[1], "Y": other}})
    assert told(found) == ["renamed main.X from main.A", "renamed main.Y from main.B"]


def test_a_reference_that_leads_elsewhere_is_another_resource() -> None:
    before = {
        "main": {"A": queue(), "B": queue(DelaySeconds=6), "P": {"Type": "T::T::T", "Properties": {"X": {"Ref": "A"}}}}
    }
    after = {
        "main": {"X": queue(), "Y": queue(DelaySeconds=6), "Q": {"Type": "T::T::T", "Properties": {"X": {"Ref": "Y"}}}}
    }
    assert told(diff_of(before, after)) == [
        "removed main.P", "added main.Q", "renamed main.X from main.A", "renamed main.Y from main.B",
    ]  # fmt: skip


def test_equal_queues_are_not_guessed() -> None:
    before = {"main": {"One": queue(), "Two": queue(), "Six": queue()}}
    after = {"main": {"Axe": queue(), "Bay": queue(), "Cup": queue()}}
    assert told(diff_of(before, after)) == [
        "added main.Axe", "added main.Bay", "added main.Cup",
        "removed main.One", "removed main.Six", "removed main.Two",
    ]  # fmt: skip


def test_equal_queues_are_told_apart_by_the_nearest_names() -> None:
    before = {"main": {"Orders": queue(), "Returns": queue()}}
    after = {"main": {"OrdersQueue": queue(), "ReturnsQueue": queue()}}
    assert told(diff_of(before, after)) == [
        "renamed main.OrdersQueue from main.Orders",
        "renamed main.ReturnsQueue from main.Returns",
    ]


CHILD = {"Type": "AWS::CloudFormation::Stack", "Properties": {"TemplateURL": "./child.json"}}


def test_too_many_equal_queues_are_not_told_apart_by_names() -> None:
    """Each name against each would take minutes from some thousand on."""
    too_many = math.isqrt(MOST_TOLD_APART) + 1
    for count, kinds in ((too_many, {"added", "removed"}), (20, {"renamed"})):
        before, after = ({f"{word}{at}": queue() for at in range(count)} for word in ("Old", "New"))
        assert {line.split()[0] for line in told(diff_of({"main": before}, {"main": after}))} == kinds


def test_however_many_resources_differ_each_is_found_under_its_new_name() -> None:
    names = [f"Queue{number}" for number in range(300)]
    before = {name: queue(Text={"Fn::Sub": f"${{{name}}} {at} ${{{names[at - 1]}}}"}) for at, name in enumerate(names)}
    after = {
        f"New{name}": queue(Text={"Fn::Sub": f"${{New{name}}} {at} ${{New{names[at - 1]}}}"})
        for at, name in enumerate(names)
    }
    found = diff_of({"main": before}, {"main": after})
    assert sorted(told(found)) == sorted(f"renamed main.New{name} from main.{name}" for name in names)


def test_a_resource_of_another_template_of_the_tree_is_moved() -> None:
    before = {"main": {"Child": CHILD, "Orders": queue()}, "child": {"Topic": {"Type": "AWS::SNS::Topic"}}}
    after = {"main": {"Child": CHILD}, "child": {"Topic": {"Type": "AWS::SNS::Topic"}, "Orders": queue()}}
    assert told(diff_of(before, after)) == ["moved child.Orders from main.Orders"]


def test_a_resource_of_a_template_that_stands_alone_is_not_moved() -> None:
    before = {
        "main": {"Keep": queue(DelaySeconds=9), "Orders": queue()},
        "other": {"Topic": {"Type": "AWS::SNS::Topic"}},
    }
    after = {
        "main": {"Keep": queue(DelaySeconds=9)},
        "other": {"Topic": {"Type": "AWS::SNS::Topic"}, "Orders": queue()},
    }
    assert told(diff_of(before, after)) == ["removed main.Orders", "added other.Orders"]


@pytest.mark.parametrize(("changed", "expected"), [(1, "renamed main.New from main.Old"), (4, "added main.New")])
def test_a_similar_one_is_found_from_four_fifths_on(changed: int, expected: str) -> None:
    properties = {f"P{number}": number for number in range(9)}
    others = {**properties, **{f"P{number}": "other" for number in range(changed)}}
    found = diff_of({"main": {"Old": queue(**properties)}}, {"main": {"New": queue(**others)}})
    assert expected in told(found)
    if changed == 1:
        assert found.changes[0].similarity == pytest.approx(0.9)
        assert [change.path for change in found.changes[0].changes] == [("Properties", "P0")]


def test_two_similar_ones_are_not_guessed() -> None:
    properties = {f"P{number}": number for number in range(9)}
    before = {"main": {"Old": queue(**properties)}}
    after = {"main": {"A": queue(**{**properties, "P0": "a"}), "B": queue(**{**properties, "P0": "b"})}}
    assert told(diff_of(before, after)) == ["added main.A", "added main.B", "removed main.Old"]
