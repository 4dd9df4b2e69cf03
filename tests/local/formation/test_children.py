"""Children of a tree: templates that change behind their URL, plans that fail, and rollbacks that go on."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import ClientError

from stackgen.local.faults import Fail
from tests.local.formation.test_change_sets import plan
from tests.local.formation.trees import Forest, Template, child, parameter, template, texts


def tree(forest: Forest, value: str, deep: int = 1) -> Template:
    """A root over one child, or over a chain of them, whose last one has the value."""
    made = template({"P": parameter(value)})
    for level in range(deep):
        made = template({"Child": child(forest.put(f"level-{level}.json", made))})
    return made


@pytest.mark.parametrize("deep", [1, 2])
def test_a_child_whose_template_changed_at_its_url_is_updated_with_its_parent(forest: Forest, deep: int) -> None:
    root = tree(forest, "old", deep)
    forest.create(root)
    with pytest.raises(ClientError, match="No updates are to be performed"):
        forest.update(root)
    tree(forest, "new", deep)
    assert forest.update(root) == "UPDATE_COMPLETE"
    assert forest.values() == ["new"]
    assert forest.statuses() == {"UPDATE_COMPLETE"}


def test_a_plan_shows_the_child_that_changed_at_its_url(forest: Forest) -> None:
    root = tree(forest, "old")
    forest.create(root)
    tree(forest, "new")
    shown = plan(forest, root, ChangeSetType="UPDATE")
    (change,) = [each["ResourceChange"] for each in shown["Changes"]]
    assert (change["LogicalResourceId"], change["Action"]) == ("Child", "Modify")
    below = forest.stacks.describe_change_set(ChangeSetName=change["ChangeSetId"])
    assert [each["ResourceChange"]["LogicalResourceId"] for each in below["Changes"]] == ["P"]
    forest.stacks.execute_change_set(ChangeSetName="next", StackName="root")
    assert forest.values() == ["new"]


def test_a_child_that_changed_at_its_url_goes_back_with_its_root(forest: Forest) -> None:
    root = tree(forest, "old")
    forest.create(root)
    tree(forest, "new")
    forest.cloud.faults.add("create:AWS::SQS::Queue", Fail("No", "planted"))
    root["Resources"]["Queue"] = {"Type": "AWS::SQS::Queue", "DependsOn": "Child"}
    assert forest.update(root) == "UPDATE_ROLLBACK_COMPLETE"
    assert forest.values() == ["old"]
    assert forest.statuses() == {"UPDATE_ROLLBACK_COMPLETE"}


ROLE = {"Type": "AWS::IAM::Role", "Properties": {"AssumeRolePolicyDocument": {}}}


@pytest.mark.parametrize("trouble", ["missing", "surplus", "capabilities", "deep"])
@pytest.mark.parametrize("kind", ["CREATE", "UPDATE"])
def test_a_plan_with_a_child_that_cannot_be_planned_fails(forest: Forest, trouble: str, kind: str) -> None:
    url = forest.put("leaf.json", template({"R": ROLE} if trouble == "capabilities" else {"P": parameter()}))
    if trouble in {"missing", "deep"}:
        url += "-missing"
    if trouble == "deep":
        url = forest.put("middle.json", template({"Leaf": child(url)}))
    root = template({"Child": child(url, {"V": "1"} if trouble == "surplus" else None)})
    if kind == "UPDATE":
        forest.create(template({"Own": parameter()}))
    shown = plan(forest, root, ChangeSetType=kind)
    assert (shown["Status"], shown["ExecutionStatus"]) == ("FAILED", "UNAVAILABLE")
    (below,) = [each["ResourceChange"]["ChangeSetId"] for each in shown["Changes"] if "Child" in str(each)]
    assert f"Nested change set {below} was not successfully created: Currently in FAILED" in shown["StatusReason"]
    assert forest.stacks.describe_change_set(ChangeSetName=below)["Status"] == "FAILED"
    with pytest.raises(ClientError, match="InvalidChangeSetStatus"):
        forest.stacks.execute_change_set(ChangeSetName="next", StackName="root")


def broken(forest: Forest) -> str:
    """A tree whose child failed to roll back; the child's name."""
    leaf = template({"P": parameter({"Ref": "V"}), "Q": parameter({"Ref": "V"}, DependsOn="P")}, Parameters=texts("V"))
    root = template(
        {"Child": child(forest.put("leaf.json", leaf), {"V": {"Ref": "V"}}), "Own": parameter("o")},
        Parameters=texts("V"),
    )
    forest.create(root, values={"V": "1"})
    name = next(str(stack["StackName"]) for stack in forest.living() if stack["StackName"] != "root")
    faults = forest.cloud.faults
    faults.add("create:AWS::SQS::Queue", Fail("No", "planted"))
    back = {"LogicalResourceId": "P"}
    faults.add(
        "update:AWS::SSM::Parameter",
        Fail("No", "planted"),
        times=None,
        when=lambda call: back.items() <= call.parameters.items() and call.parameters["Properties"]["Value"] == "1",
    )
    root["Resources"]["Queue"] = {"Type": "AWS::SQS::Queue", "DependsOn": "Child"}
    assert forest.update(root, values={"V": "2"}) == "UPDATE_ROLLBACK_FAILED"
    assert forest.status(name) == "UPDATE_ROLLBACK_FAILED"
    return name


def test_a_rollback_that_failed_goes_on_by_its_root_and_skips_in_the_child(forest: Forest) -> None:
    name = broken(forest)
    with pytest.raises(ClientError, match="nested stack"):
        forest.stacks.continue_update_rollback(StackName=name)
    forest.stacks.continue_update_rollback(StackName="root")
    assert forest.status() == "UPDATE_ROLLBACK_FAILED"
    with pytest.raises(ClientError, match="cannot be skipped"):
        forest.stacks.continue_update_rollback(StackName="root", ResourcesToSkip=[f"{name}.Unheard"])
    forest.stacks.continue_update_rollback(StackName="root", ResourcesToSkip=[f"{name}.P"])
    assert forest.statuses() == {"UPDATE_ROLLBACK_COMPLETE"}
    assert forest.values() == ["1", "2", "o"]


def test_a_rollback_that_failed_goes_on_when_what_was_wrong_is_mended(forest: Forest) -> None:
    broken(forest)
    forest.cloud.faults.clear()
    forest.stacks.continue_update_rollback(StackName="root")
    assert forest.statuses() == {"UPDATE_ROLLBACK_COMPLETE"}
    assert forest.values() == ["1", "1", "o"]


@pytest.mark.parametrize("deep", [1, 2])
@pytest.mark.parametrize(
    ("policy", "asked", "left"),
    [("RetainExceptOnCreate", False, 0), ("Retain", False, 1), ("Retain", True, 0)],
)
def test_what_a_failed_creation_made_in_a_child_stays_only_where_its_policy_says_retain(
    forest: Forest, deep: int, policy: str, *, asked: bool, left: int
) -> None:
    made = template({"P": {**parameter("kept"), "DeletionPolicy": policy}})
    for level in range(deep):
        made = template({"Child": child(forest.put(f"level-{level}.json", made))})
    made["Resources"]["Queue"] = {"Type": "AWS::SQS::Queue", "DependsOn": "Child"}
    forest.cloud.faults.add("create:AWS::SQS::Queue", Fail("No", "planted"))
    more: dict[str, Any] = {"RetainExceptOnCreate": True} if asked else {}
    assert forest.create(made, **more) == "ROLLBACK_COMPLETE"
    assert forest.values() == ["kept"] * left


def test_what_a_child_keeps_when_it_is_deleted_it_still_keeps(forest: Forest) -> None:
    kept = template({"P": {**parameter("kept"), "DeletionPolicy": "RetainExceptOnCreate"}})
    forest.create(template({"Child": child(forest.put("child.json", kept))}))
    forest.stacks.delete_stack(StackName="root")
    assert forest.values() == ["kept"]
