"""Nested stacks go forward and back with their root, with everything that a stack has."""

from __future__ import annotations

import json

import pytest
from botocore.exceptions import ClientError

from stackgen.local.faults import Fail
from tests.local.formation.trees import Forest, Template, child, parameter, template, texts


def leaf(forest: Forest, word: str, *, more: dict[str, Template] | None = None) -> str:
    made = template(
        {"Value": parameter({"Fn::Sub": f"{word}-${{V}}"}), **(more or {})},
        outputs={"Out": {"Fn::GetAtt": ["Value", "Value"]}},
        Parameters=texts("V"),
    )
    return forest.put(f"leaf-{word}-{len(more or {})}.json", made)


def middle(forest: Forest, name: str, url: str) -> str:
    made = template(
        {"Leaf": child(url, {"V": {"Ref": "V"}})},
        outputs={"Out": {"Fn::GetAtt": ["Leaf", "Outputs.Out"]}},
        Parameters=texts("V"),
    )
    return forest.put(f"middle-{name}.json", made)


def root(*urls: str) -> Template:
    """A root whose children are made one after the other."""
    resources = {}
    for number, url in enumerate(urls, 1):
        after = {"DependsOn": f"Child{number - 1}"} if number > 1 else {}
        resources[f"Child{number}"] = child(url, {"V": {"Ref": "V"}}, **after)
    outputs = {f"Out{number}": {"Fn::GetAtt": [f"Child{number}", "Outputs.Out"]} for number in range(1, len(urls) + 1)}
    return template(resources, outputs=outputs, Parameters=texts("V"))


def two_by_two(forest: Forest) -> Template:
    return root(
        middle(forest, "one", leaf(forest, "one", more={"Extra": parameter("extra")})),
        middle(forest, "two", leaf(forest, "two")),
    )


def test_a_tree_is_made_with_outputs_that_travel_up_and_parents_that_are_told(forest: Forest) -> None:
    assert forest.create(two_by_two(forest), values={"V": "1"}) == "CREATE_COMPLETE"
    assert forest.outputs() == {"Out1": "one-1", "Out2": "two-1"}
    assert forest.values() == ["extra", "one-1", "two-1"]
    stacks = {stack["StackName"]: stack for stack in forest.living()}
    assert len(stacks) == 5
    root_id = stacks["root"]["StackId"]
    for name, stack in stacks.items():
        if name == "root":
            assert "ParentId" not in stack
            continue
        parent = name.rsplit("-", 2)[0]
        assert stack["RootId"] == root_id
        assert stack["ParentId"] == stacks[parent]["StackId"]


def test_a_child_s_name_is_that_of_its_parent_its_logical_id_and_twelve_letters_or_digits(forest: Forest) -> None:
    forest.create(root(leaf(forest, "one")), values={"V": "1"})
    (name,) = [stack["StackName"] for stack in forest.living() if stack["StackName"] != "root"]
    prefix, _, letters = name.rpartition("-")
    assert prefix == "root-Child1"
    assert len(letters) == 12
    assert letters.isalnum()
    assert letters.upper() == letters


def test_an_update_reaches_the_leaves_and_takes_away_what_they_lost(forest: Forest) -> None:
    forest.create(two_by_two(forest), values={"V": "1"})
    smaller = root(middle(forest, "smaller", leaf(forest, "one")), middle(forest, "two", leaf(forest, "two")))
    assert forest.update(smaller, values={"V": "2"}) == "UPDATE_COMPLETE"
    assert forest.values() == ["one-2", "two-2"]
    assert forest.statuses() == {"UPDATE_COMPLETE"}


def test_a_child_that_nothing_changes_is_not_touched(forest: Forest) -> None:
    fixed = forest.put("fixed.json", template({"Value": parameter("fixed")}))
    changing = leaf(forest, "one")
    made = template({"Fixed": child(fixed), "Changing": child(changing, {"V": {"Ref": "V"}})}, Parameters=texts("V"))
    forest.create(made, values={"V": "1"})
    forest.update(made, values={"V": "2"})
    told = {stack["StackName"].split("-")[1]: stack["StackStatus"] for stack in forest.living() if "RootId" in stack}
    assert told == {"Fixed": "CREATE_COMPLETE", "Changing": "UPDATE_COMPLETE"}


def test_a_failure_in_the_deepest_child_brings_every_sibling_back_and_nothing_was_taken_away(forest: Forest) -> None:
    forest.create(two_by_two(forest), values={"V": "1"})
    before = forest.values()
    forest.cloud.faults.add(
        "update:AWS::SSM::Parameter", Fail("x", "planted"), when=lambda call: "Child2-" in call.parameters["StackName"]
    )
    smaller = root(middle(forest, "smaller", leaf(forest, "one")), middle(forest, "two", leaf(forest, "two")))
    assert forest.update(smaller, values={"V": "2"}) == "UPDATE_ROLLBACK_COMPLETE"
    assert forest.values() == before
    assert forest.outputs() == {"Out1": "one-1", "Out2": "two-1"}
    assert forest.statuses() == {"UPDATE_ROLLBACK_COMPLETE"}
    failed, rolled_back = forest.reasons()
    assert "Child2" in failed
    assert "was not successfully updated. Currently in UPDATE_ROLLBACK_IN_PROGRESS" in failed
    assert rolled_back == "The following resource(s) failed to update: [Child2]. "


def test_what_an_update_removes_exists_until_the_whole_tree_was_updated(forest: Forest) -> None:
    forest.create(two_by_two(forest), values={"V": "1"})
    seen: list[list[str]] = []

    def look(event: dict[str, str]) -> None:
        if event["ResourceStatus"] == "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS" and event["StackName"] == "root":
            seen.append(forest.values())

    forest.cloud.formation.operations.watchers.append(look)
    smaller = root(middle(forest, "smaller", leaf(forest, "one")), middle(forest, "two", leaf(forest, "two")))
    forest.update(smaller, values={"V": "2"})
    assert seen == [["extra", "one-2", "two-2"]]
    assert forest.values() == ["one-2", "two-2"]


def test_a_failed_creation_leaves_nothing_of_any_level(forest: Forest) -> None:
    forest.cloud.faults.add(
        "create:AWS::SSM::Parameter", Fail("x", "planted"), when=lambda call: "Child2-" in call.parameters["StackName"]
    )
    assert forest.create(two_by_two(forest), values={"V": "1"}) == "ROLLBACK_COMPLETE"
    assert forest.values() == []
    assert [stack["StackName"] for stack in forest.living()] == ["root"]
    failed, rolled_back = forest.reasons()
    assert "was not successfully created: The following resource(s) failed to create: [Leaf]." in failed
    assert rolled_back == "The following resource(s) failed to create: [Child2]. Rollback requested by user."


def test_a_failed_creation_that_may_not_roll_back_is_deleted_whole_later(forest: Forest) -> None:
    forest.cloud.faults.add(
        "create:AWS::SSM::Parameter", Fail("x", "planted"), when=lambda call: "Child2-" in call.parameters["StackName"]
    )
    assert forest.create(two_by_two(forest), values={"V": "1"}, DisableRollback=True) == "CREATE_FAILED"
    assert forest.values() == ["extra", "one-1"]
    forest.stacks.delete_stack(StackName="root")
    assert forest.living() == []
    assert forest.values() == []


def test_a_new_child_of_a_failed_update_is_gone_and_an_old_one_is_as_it_was(forest: Forest) -> None:
    forest.create(root(leaf(forest, "one")), values={"V": "1"})
    forest.cloud.faults.add("create:AWS::SSM::Parameter", Fail("x", "planted"))
    wider = root(leaf(forest, "one"), leaf(forest, "new"))
    assert forest.update(wider, values={"V": "2"}) == "UPDATE_ROLLBACK_COMPLETE"
    assert forest.values() == ["one-1"]
    assert len(forest.living()) == 2


def test_a_child_that_is_left_out_is_deleted_with_what_it_has(forest: Forest) -> None:
    forest.create(root(leaf(forest, "one"), leaf(forest, "two")), values={"V": "1"})
    assert forest.update(root(leaf(forest, "one")), values={"V": "1"}) == "UPDATE_COMPLETE"
    assert forest.values() == ["one-1"]
    assert len(forest.living()) == 2


def test_deleting_the_root_deletes_the_tree(forest: Forest) -> None:
    forest.create(two_by_two(forest), values={"V": "1"})
    forest.stacks.delete_stack(StackName="root")
    assert forest.living() == []
    assert forest.values() == []


def test_a_child_that_cannot_be_deleted_keeps_its_root_and_a_second_attempt_ends_it(forest: Forest) -> None:
    forest.create(root(leaf(forest, "one")), values={"V": "1"})
    forest.cloud.faults.add("delete:AWS::SSM::Parameter", Fail("x", "in use"))
    forest.stacks.delete_stack(StackName="root")
    assert forest.status() == "DELETE_FAILED"
    assert "failed to delete: [Value]" in forest.reasons()[0]
    forest.stacks.delete_stack(StackName="root")
    assert forest.living() == []


def test_attributes_of_a_resource_that_an_update_does_not_change_stay_readable(forest: Forest) -> None:
    role = {
        "Type": "AWS::IAM::Role",
        "Properties": {
            "AssumeRolePolicyDocument": {
                "Statement": [
                    {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}
                ]
            }
        },
    }
    made = template(
        {"Role": role, "Value": parameter({"Fn::Sub": "${V}"})},
        outputs={"Arn": {"Fn::GetAtt": ["Role", "Arn"]}},
        Parameters=texts("V"),
    )
    parent = template(
        {"Child": child(forest.put("role.json", made), {"V": {"Ref": "V"}})},
        outputs={"Arn": {"Fn::GetAtt": ["Child", "Outputs.Arn"]}},
        Parameters=texts("V"),
    )
    forest.create(parent, values={"V": "1"}, Capabilities=["CAPABILITY_IAM"])
    before = forest.outputs()
    assert forest.update(parent, values={"V": "2"}, Capabilities=["CAPABILITY_IAM"]) == "UPDATE_COMPLETE"
    assert forest.outputs() == before


def test_a_child_s_exports_can_be_imported_and_dynamic_references_of_a_child_are_resolved(forest: Forest) -> None:
    forest.client("ssm").put_parameter(Name="/given", Value="from the store", Type="String")
    made = template({"Value": parameter("{{resolve:ssm:/given}}")})
    made["Outputs"] = {"Out": {"Value": {"Fn::GetAtt": ["Value", "Value"]}, "Export": {"Name": "shared"}}}
    forest.create(template({"Child": child(forest.put("exporting.json", made))}))
    assert forest.values() == ["from the store", "from the store"]
    assert [each["Name"] for each in forest.stacks.list_exports()["Exports"]] == ["shared"]
    importing = template({"Value": parameter({"Fn::ImportValue": "shared"})})
    assert forest.create(importing, "importer") == "CREATE_COMPLETE"


def test_a_child_needs_the_capabilities_of_its_root(forest: Forest) -> None:
    role = {
        "Type": "AWS::IAM::Role",
        "Properties": {"AssumeRolePolicyDocument": {"Statement": []}, "RoleName": "named"},
    }
    url = forest.put("role.json", template({"Role": role}))
    assert forest.create(template({"Child": child(url)}), Capabilities=["CAPABILITY_IAM"]) == "ROLLBACK_COMPLETE"
    assert "Requires capabilities : [CAPABILITY_NAMED_IAM]" in forest.reasons()[0]


def test_a_list_does_not_cross_into_a_child(forest: Forest) -> None:
    made = template({"Child": child(leaf(forest, "one"), {"V": ["a", "b"]})})
    assert forest.create(made) == "ROLLBACK_COMPLETE"
    assert "must be an object with String (or simple type) properties" in forest.reasons()[0]


@pytest.mark.parametrize(
    ("parameters", "reason"),
    [
        ({}, "Parameters: [V] must have values"),
        ({"V": "1", "W": "2"}, "Parameters: [W] do not exist in the template"),
    ],
)
def test_a_child_that_is_handed_too_little_or_too_much_fails(
    forest: Forest, parameters: dict[str, str], reason: str
) -> None:
    assert forest.create(template({"Child": child(leaf(forest, "one"), parameters)})) == "ROLLBACK_COMPLETE"
    assert reason in forest.reasons()[0]


def test_stack_tags_travel_into_children(forest: Forest) -> None:
    forest.create(root(leaf(forest, "one")), values={"V": "1"}, Tags=[{"Key": "Team", "Value": "payments"}])
    tags = [{tag["Key"]: tag["Value"] for tag in stack["Tags"]} for stack in forest.living()]
    assert [each["Team"] for each in tags] == ["payments", "payments"]


def test_a_root_that_was_rolled_back_gives_its_name_only_after_its_deletion(forest: Forest) -> None:
    forest.cloud.faults.add("create:AWS::SSM::Parameter", Fail("x", "planted"))
    forest.create(template({"Value": parameter()}))
    with pytest.raises(ClientError, match="AlreadyExistsException"):
        forest.stacks.create_stack(StackName="root", TemplateBody=json.dumps(template({"Value": parameter()})))
    forest.stacks.delete_stack(StackName="root")
    assert forest.create(template({"Value": parameter()})) == "CREATE_COMPLETE"


def test_a_cancelled_update_goes_back_whole(forest: Forest) -> None:
    forest.cloud.formation.operations.steps.durations["AWS::SSM::Parameter"] = 60
    forest.stacks.create_stack(
        StackName="root",
        TemplateBody=json.dumps(two_by_two(forest)),
        Parameters=[{"ParameterKey": "V", "ParameterValue": "1"}],
    )
    assert forest.status() == "CREATE_IN_PROGRESS"
    forest.cloud.clock.settle()
    assert forest.update(two_by_two(forest), values={"V": "2"}) == "UPDATE_IN_PROGRESS"
    forest.cloud.clock.advance(90)
    forest.stacks.cancel_update_stack(StackName="root")
    forest.cloud.clock.settle()
    assert forest.status() == "UPDATE_ROLLBACK_COMPLETE"
    assert forest.values() == ["extra", "one-1", "two-1"]
