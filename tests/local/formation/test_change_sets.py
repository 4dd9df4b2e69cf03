"""Change sets: what an update would do, over the whole tree."""

from __future__ import annotations

import json
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.local.formation.trees import Forest, Template, child, parameter, template, texts


def plan(forest: Forest, made: Template, name: str = "next", **more: Any) -> dict[str, Any]:
    values = more.pop("values", {})
    forest.stacks.create_change_set(
        StackName="root", ChangeSetName=name, TemplateBody=json.dumps(made), IncludeNestedStacks=True,
        Parameters=[{"ParameterKey": key, "ParameterValue": value} for key, value in values.items()], **more,
    )  # fmt: skip
    shown: dict[str, Any] = forest.stacks.describe_change_set(StackName="root", ChangeSetName=name)
    return shown


def lines(shown: dict[str, Any]) -> list[tuple[str, str]]:
    return [
        (each["ResourceChange"]["Action"], each["ResourceChange"]["LogicalResourceId"]) for each in shown["Changes"]
    ]


def children(forest: Forest, shown: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """The change sets of nested stacks, by logical id."""
    return {
        each["ResourceChange"]["LogicalResourceId"]: forest.stacks.describe_change_set(
            ChangeSetName=each["ResourceChange"]["ChangeSetId"]
        )
        for each in shown["Changes"]
        if "ChangeSetId" in each["ResourceChange"]
    }


LEAF = template(
    {"Value": parameter({"Ref": "V"})}, Parameters=texts("V"), outputs={"Out": {"Fn::GetAtt": ["Value", "Value"]}}
)


def two(forest: Forest, second: str = "leaf.json") -> Template:
    """A second child that takes what the first one gives."""
    first = forest.put("leaf.json", LEAF)
    url = forest.put(second, LEAF)
    return template(
        {
            "First": child(first, {"V": {"Ref": "V"}}),
            "Second": child(url, {"V": {"Fn::GetAtt": ["First", "Outputs.Out"]}}),
        },
        Parameters=texts("V"),
    )


def test_a_creation_is_planned_with_every_nested_stack_and_then_made_under_the_planned_names(forest: Forest) -> None:
    shown = plan(forest, two(forest), ChangeSetType="CREATE", values={"V": "1"})
    assert lines(shown) == [("Add", "First"), ("Add", "Second")]
    assert shown["IncludeNestedStacks"] is True
    planned = children(forest, shown)
    assert {name: lines(each) for name, each in planned.items()} == {
        "First": [("Add", "Value")],
        "Second": [("Add", "Value")],
    }
    for each in planned.values():
        assert each["ParentChangeSetId"] == each["RootChangeSetId"] == shown["ChangeSetId"]
    assert forest.values() == []
    forest.stacks.execute_change_set(StackName="root", ChangeSetName="next")
    assert forest.statuses() == {"CREATE_COMPLETE"}
    assert {each["StackName"] for each in planned.values()} < {stack["StackName"] for stack in forest.living()}
    assert forest.values() == ["1", "1"]


def test_an_update_is_planned_only_where_something_changes(forest: Forest) -> None:
    url = forest.put("leaf.json", LEAF)
    made = template(
        {"Fixed": child(url, {"V": "fixed"}), "Moving": child(url, {"V": {"Ref": "V"}})}, Parameters=texts("V")
    )
    forest.create(made, values={"V": "1"})
    shown = plan(forest, made, values={"V": "2"})
    assert lines(shown) == [("Modify", "Moving")]
    assert {name: lines(each) for name, each in children(forest, shown).items()} == {"Moving": [("Modify", "Value")]}
    assert forest.values() == ["1", "fixed"]


def test_a_sibling_that_only_may_change_keeps_its_line_and_has_no_change_set(forest: Forest) -> None:
    forest.create(two(forest), values={"V": "1"})
    shown = plan(forest, two(forest), values={"V": "2"})
    assert lines(shown) == [("Modify", "First"), ("Modify", "Second")]
    assert list(children(forest, shown)) == ["First"]
    (detail, *_) = shown["Changes"][1]["ResourceChange"]["Details"]
    assert (detail["Evaluation"], detail["CausingEntity"]) == ("Dynamic", "First.Outputs.Out")


def test_what_a_condition_adds_or_takes_away_is_planned(forest: Forest) -> None:
    made = template(
        {"Always": parameter(), "Sometimes": parameter(Condition="Wanted")},
        Parameters=texts(Want="no"),
        Conditions={"Wanted": {"Fn::Equals": [{"Ref": "Want"}, "yes"]}},
    )
    forest.create(made)
    assert lines(plan(forest, made, values={"Want": "yes"})) == [("Add", "Sometimes")]
    forest.stacks.execute_change_set(StackName="root", ChangeSetName="next")
    assert lines(plan(forest, made, "back", values={"Want": "no"})) == [("Remove", "Sometimes")]


def test_nothing_to_change_is_a_failed_change_set_that_cannot_be_executed(forest: Forest) -> None:
    forest.create(two(forest), values={"V": "1"})
    shown = plan(forest, two(forest), values={"V": "1"})
    assert (shown["Status"], shown["ExecutionStatus"]) == ("FAILED", "UNAVAILABLE")
    assert "didn't contain changes" in shown["StatusReason"]
    with pytest.raises(ClientError, match="InvalidChangeSetStatus"):
        forest.stacks.execute_change_set(StackName="root", ChangeSetName="next")


def test_the_change_set_of_a_nested_stack_goes_by_its_root(forest: Forest) -> None:
    forest.create(two(forest), values={"V": "1"})
    planned = children(forest, plan(forest, two(forest), values={"V": "2"}))["First"]["ChangeSetId"]
    for refused in (forest.stacks.execute_change_set, forest.stacks.delete_change_set):
        with pytest.raises(ClientError, match="InvalidChangeSetStatus"):
            refused(ChangeSetName=planned)


def test_deleting_a_planned_creation_takes_the_announced_stacks_with_it(forest: Forest) -> None:
    planned = children(forest, plan(forest, two(forest), ChangeSetType="CREATE", values={"V": "1"}))
    forest.stacks.delete_change_set(StackName="root", ChangeSetName="next")
    assert [stack["StackName"] for stack in forest.living()] == ["root"]
    for each in planned.values():
        with pytest.raises(ClientError, match="ChangeSetNotFound"):
            forest.stacks.describe_change_set(ChangeSetName=each["ChangeSetId"])


def test_a_change_set_is_found_by_the_id_of_its_stack_too(forest: Forest) -> None:
    forest.create(two(forest), values={"V": "1"})
    plan(forest, two(forest), values={"V": "2"})
    stack_id = forest.describe()["StackId"]
    assert forest.stacks.describe_change_set(StackName=stack_id, ChangeSetName="next")["ChangeSetName"] == "next"


def test_a_long_plan_comes_in_pages(forest: Forest) -> None:
    many = template({f"Value{number:03}": parameter(str(number)) for number in range(230)})
    shown = plan(forest, many, ChangeSetType="CREATE")
    assert len(shown["Changes"]) == 100
    pages = forest.stacks.get_paginator("describe_change_set").paginate(StackName="root", ChangeSetName="next")
    sizes = [len(page["Changes"]) for page in pages]
    assert sizes == [100, 100, 30]


@pytest.mark.parametrize(("kind", "said"), [("UPDATE", "can not be updated"), ("CREATE", "already exists")])
def test_a_stack_that_was_rolled_back_takes_no_change_set(forest: Forest, kind: str, said: str) -> None:
    from stackgen.local.faults import Fail

    forest.cloud.faults.add("create:AWS::SSM::Parameter", Fail("x", "planted"))
    forest.create(template({"Value": parameter()}))
    with pytest.raises(ClientError, match=said):
        plan(forest, template({"Value": parameter()}), ChangeSetType=kind)


def test_a_custom_named_resource_that_must_be_replaced_is_planned_as_a_replacement(forest: Forest) -> None:
    before = template(
        {"Named": parameter(), "Group": {"Type": "AWS::Logs::LogGroup", "Properties": {"LogGroupName": "/a"}}}
    )
    after = template(
        {"Named": parameter(), "Group": {"Type": "AWS::Logs::LogGroup", "Properties": {"LogGroupName": "/b"}}}
    )
    forest.create(before)
    shown = plan(forest, after)
    assert lines(shown) == [("Modify", "Group")]
    assert shown["Changes"][0]["ResourceChange"]["Replacement"] == "True"
