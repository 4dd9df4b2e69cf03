"""DeleteStack against what runs, what is protected, and what others import."""

from __future__ import annotations

import pytest
from botocore.exceptions import ClientError

from tests.local.formation.trees import Forest, Template, child, parameter, template, texts

SLOW = "AWS::SSM::Parameter"
TWO = template({"A": parameter("a"), "B": parameter("b", DependsOn="A")})
VALUE = template({"P": parameter({"Ref": "V"})}, Parameters=texts("V"))


def slow(forest: Forest, seconds: float = 30) -> None:
    forest.cloud.formation.operations.steps.durations[SLOW] = seconds


@pytest.mark.parametrize("after", [0, 10, 30, 45])
def test_a_deletion_cancels_a_creation_that_runs(forest: Forest, after: float) -> None:
    slow(forest)
    forest.create(TWO)
    forest.cloud.clock.advance(after)
    stack_id = forest.describe()["StackId"]
    forest.stacks.delete_stack(StackName="root")
    assert forest.status(stack_id).startswith("DELETE_")
    forest.cloud.clock.advance(300)
    assert forest.status(stack_id) == "DELETE_COMPLETE"
    assert forest.values() == []
    assert ("B", "CREATE_COMPLETE") not in forest.events(stack_id)


def test_a_deletion_cancels_the_creation_of_a_tree_with_its_children(forest: Forest) -> None:
    slow(forest)
    forest.create(template({"Child": child(forest.put("two.json", TWO)), "Own": parameter("o", DependsOn="Child")}))
    forest.cloud.clock.advance(40)
    forest.stacks.delete_stack(StackName="root")
    forest.cloud.clock.advance(300)
    assert forest.living() == []
    assert forest.values() == []


def test_a_deletion_while_a_creation_rolls_back_comes_after_it(forest: Forest) -> None:
    slow(forest)
    forest.create(template({"A": parameter("a"), "B": parameter(DependsOn="A", Properties={"Type": "Wrong"})}))
    forest.cloud.clock.advance(65)
    stack_id = forest.describe()["StackId"]
    assert forest.status() == "ROLLBACK_IN_PROGRESS"
    forest.stacks.delete_stack(StackName="root")
    forest.cloud.clock.advance(300)
    assert forest.status(stack_id) == "DELETE_COMPLETE"
    assert forest.values() == []


def test_a_deletion_is_refused_while_an_update_runs(forest: Forest) -> None:
    forest.create(VALUE, values={"V": "1"})
    slow(forest)
    forest.update(VALUE, values={"V": "2"})
    with pytest.raises(ClientError, match=r"Stack \[root\] cannot be deleted while in status UPDATE_IN_PROGRESS"):
        forest.stacks.delete_stack(StackName="root")
    forest.cloud.clock.advance(60)
    assert forest.status() == "UPDATE_COMPLETE"


def test_a_second_deletion_changes_nothing(forest: Forest) -> None:
    forest.create(TWO)
    slow(forest)
    stack_id = forest.describe()["StackId"]
    forest.stacks.delete_stack(StackName="root")
    forest.stacks.delete_stack(StackName="root")
    forest.cloud.clock.advance(100)
    assert forest.events(stack_id).count(("root", "DELETE_IN_PROGRESS")) == 1


def test_a_child_is_protected_by_its_root(forest: Forest) -> None:
    forest.create(template({"Child": child(forest.put("two.json", TWO))}), EnableTerminationProtection=True)
    (name,) = [stack["StackName"] for stack in forest.living() if stack["StackName"] != "root"]
    with pytest.raises(ClientError, match="TerminationProtection is enabled"):
        forest.stacks.delete_stack(StackName=name)


def exporting(value: str = "v", name: str | None = "X") -> Template:
    outputs = {"Out": {"Value": value, "Export": {"Name": name}}} if name else {}
    return template({"P": parameter(value)}, Outputs=outputs)


IMPORTING = template({"P": parameter({"Fn::ImportValue": "X"})})


@pytest.mark.parametrize(
    ("made", "verb"), [(exporting("w"), "update"), (exporting("w", "Y"), "delete"), (exporting("w", None), "delete")]
)
def test_an_export_in_use_neither_changes_nor_goes(forest: Forest, made: Template, verb: str) -> None:
    forest.create(exporting())
    forest.create(IMPORTING, "B")
    assert forest.update(made) == "UPDATE_ROLLBACK_COMPLETE"
    assert f"Cannot {verb} export X as it is in use by B." in forest.reasons()
    assert forest.values() == ["v", "v"]
    assert ("root", "UPDATE_FAILED") not in forest.events()
    assert [each["Name"] for each in forest.stacks.list_exports()["Exports"]] == ["X"]


def test_a_child_s_export_in_use_brings_the_tree_back(forest: Forest) -> None:
    root = {name: template({"C": child(forest.put(f"{name}.json", exporting(name)))}) for name in ("v", "w")}
    forest.create(root["v"])
    forest.create(IMPORTING, "B")
    assert forest.update(root["w"]) == "UPDATE_ROLLBACK_COMPLETE"
    assert any("Cannot update export X as it is in use by B." in reason for reason in forest.reasons())
    assert forest.values() == ["v", "v"]


def test_an_exporter_that_is_imported_stays_what_it_was(forest: Forest) -> None:
    forest.create(exporting())
    forest.create(IMPORTING, "B")
    forest.stacks.delete_stack(StackName="root")
    assert forest.status() == "CREATE_COMPLETE"
    reason = "Delete canceled. Cannot delete export X as it is in use by B."
    assert forest.describe()["StackStatusReason"] == reason
    forest.stacks.delete_stack(StackName="B")
    forest.stacks.delete_stack(StackName="root")
    assert forest.living() == []


def test_a_root_whose_child_exports_what_others_import_is_not_deleted(forest: Forest) -> None:
    forest.create(template({"C": child(forest.put("e.json", exporting()))}))
    forest.create(IMPORTING, "B")
    forest.stacks.delete_stack(StackName="root")
    assert forest.status() == "DELETE_FAILED"
    assert "Cannot delete export X as it is in use by B." in forest.reasons()


def test_an_export_that_nobody_imports_changes_and_goes(forest: Forest) -> None:
    forest.create(exporting())
    assert forest.update(exporting("w", "Y")) == "UPDATE_COMPLETE"
    assert [each["Name"] for each in forest.stacks.list_exports()["Exports"]] == ["Y"]


def test_the_name_of_an_export_is_taken_once(forest: Forest) -> None:
    forest.create(exporting())
    assert forest.create(exporting("w"), "other") == "ROLLBACK_COMPLETE"
    assert forest.values() == ["v"]
