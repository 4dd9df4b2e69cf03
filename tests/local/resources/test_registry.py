"""How the types get into the emulator, and out again."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

import pytest

from stackgen.local.resources import TYPES, ResourceType, registered
from tests.local.resources.lives import Cloud, delete, deploy, resources


def test_the_package_imports_nothing_of_the_emulator() -> None:
    program = "import sys, stackgen.local.resources; print(*[name for name in sys.modules if name == 'ministack'])"
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == ""


def test_types_are_in_the_emulator_only_as_long_as_they_are_registered(aws: Cloud) -> None:
    del aws  # it holds an outer registration, which the inner one leaves as it was
    from ministack.services.cloudformation import provisioners

    names = ("_RESOURCE_HANDLERS", "_REPLACING_PROPERTIES", "_STACK_TAG_PROPERTY")
    tables = [vars(provisioners)[name] for name in names]
    before = [dict(table) for table in tables]
    extra = ResourceType(create=lambda *_: ("id", {}), delete=lambda *_: None)

    def fail_while_registered() -> None:
        with registered({"Ours::One::More": extra}):
            assert {*TYPES, "Ours::One::More"} <= set(tables[0])
            raise LookupError("on the way")

    with pytest.raises(LookupError, match="on the way"):
        fail_while_registered()
    assert [dict(table) for table in tables] == before


def test_what_the_emulator_can_besides_stays(aws: Cloud) -> None:
    del aws
    from ministack.services.cloudformation import provisioners

    handlers = vars(provisioners)["_RESOURCE_HANDLERS"]
    assert "snapshot" in handlers["AWS::RDS::DBCluster"]
    assert "import" in handlers["AWS::S3::Bucket"]


def test_a_type_of_another_system_is_made_changed_replaced_and_removed(aws: Cloud) -> None:
    calls: list[tuple[Any, ...]] = []

    def create(logical_id: str, properties: dict[str, Any], stack_name: str) -> tuple[str, dict[str, Any]]:
        del stack_name
        calls.append(("create", logical_id, properties))
        return f"thing-{properties['Name']}", {"Arn": "an-arn"}

    def update(
        physical_id: str, old: dict[str, Any], new: dict[str, Any], stack_name: str, logical_id: str
    ) -> tuple[str, dict[str, Any]]:
        del stack_name, logical_id
        calls.append(("update", physical_id, old["Size"], new["Size"]))
        return physical_id, {"Arn": "an-arn"}

    def remove(physical_id: str, properties: dict[str, Any]) -> None:
        del properties
        calls.append(("delete", physical_id))

    def template(name: str, size: int) -> dict[str, Any]:
        it = {"Type": "Ours::One::Thing", "Properties": {"Name": name, "Size": size}}
        return {"Resources": {"It": it}, "Outputs": {"Arn": {"Value": {"Fn::GetAtt": ["It", "Arn"]}}}}

    thing = ResourceType(create=create, delete=remove, update=update, replaced_by=frozenset({"Name"}))
    with registered({"Ours::One::Thing": thing}):
        stack = aws.stack(template("a", 1))
        deploy(aws, template("a", 2), stack=stack)
        deploy(aws, template("b", 2), stack=stack)
        assert resources(aws, stack)["It"] == "thing-b"
        delete(aws, stack)
    assert calls == [
        ("create", "It", {"Name": "a", "Size": 1}),
        ("update", "thing-a", 1, 2),
        ("create", "It", {"Name": "b", "Size": 2}),
        ("delete", "thing-a"),
        ("delete", "thing-b"),
    ]


def test_a_change_set_says_that_a_create_only_property_replaces(aws: Cloud) -> None:
    def template(name: str, description: str) -> str:
        properties = {"AlarmName": name, "AlarmRule": "FALSE", "AlarmDescription": description}
        it = {"Type": "AWS::CloudWatch::CompositeAlarm", "Properties": properties}
        return json.dumps({"Resources": {"It": it}})

    cloudformation = aws.client("cloudformation")
    stack = aws.stack(json.loads(template("one", "a")))
    for number, (body, replacement) in enumerate(
        ((template("one", "b"), "False"), (template("two", "a"), "True")), start=1
    ):
        made = cloudformation.create_change_set(StackName=stack, ChangeSetName=f"change-{number}", TemplateBody=body)
        described = cloudformation.describe_change_set(ChangeSetName=made["Id"])
        assert [change["ResourceChange"]["Replacement"] for change in described["Changes"]] == [replacement]
    delete(aws, stack)
