"""The life of a resource: made, looked at, changed, looked at, removed, gone."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Protocol

import pytest
from botocore.exceptions import ClientError

ACCOUNT = "111111111111"
REGION = "eu-west-1"

Look = Callable[["Cloud", str], dict[str, Any]]


class Cloud(Protocol):
    def client(self, service: str, account: str = ACCOUNT, region: str = REGION) -> Any: ...

    def stack(self, template: dict[str, Any], parameters: dict[str, str] | None = None) -> str: ...


class Gone(Exception):
    """A look found nothing."""


class NotComplete(Exception):
    """A stack's status, and the reasons of its resources."""

    def __str__(self) -> str:
        return "\n".join(map(str, self.args))


@dataclass(frozen=True)
class Life:
    """A type's properties, what the service then shows, and the same after a change in place.

    :param beside: the resources it refers to, which come and go with it.
    """

    type: str
    properties: dict[str, Any]
    look: Look
    shows: dict[str, Any]
    change: dict[str, Any] = field(default_factory=dict)
    then_shows: dict[str, Any] = field(default_factory=dict)
    ref: str = ".+"
    attributes: dict[str, str] = field(default_factory=dict)
    beside: dict[str, Any] = field(default_factory=dict)


def live(aws: Cloud, life: Life) -> None:
    """Go through a whole life, and see that nothing of it remains."""
    stack = aws.stack(_template(life, {}))
    try:
        physical_id = _make_and_change(aws, life, stack)
    finally:
        delete(aws, stack)
    with pytest.raises((Gone, ClientError)):
        life.look(aws, physical_id)


def _make_and_change(aws: Cloud, life: Life, stack: str) -> str:
    outputs = _outputs(aws, stack)
    physical_id = outputs.pop("Ref")
    assert re.fullmatch(life.ref, physical_id), physical_id
    for name, pattern in life.attributes.items():
        assert re.fullmatch(pattern, outputs[_output(name)]), (name, outputs)
    _compare(life.look(aws, physical_id), _filled(life.shows, aws, stack))
    if life.change:
        deploy(aws, _template(life, life.change), stack=stack)
        assert _outputs(aws, stack)["Ref"] == physical_id
        _compare(life.look(aws, physical_id), _filled(life.then_shows, aws, stack))
    return physical_id


def _template(life: Life, change: dict[str, Any]) -> dict[str, Any]:
    properties = {key: value for key, value in {**life.properties, **change}.items() if value is not None}
    values = {"Ref": {"Ref": "It"}, **{name: {"Fn::GetAtt": ["It", name]} for name in life.attributes}}
    it = {"Type": life.type, "DeletionPolicy": "Delete", "Properties": properties}
    return {
        "Resources": {**life.beside, "It": it},
        "Outputs": {_output(name): {"Value": value} for name, value in values.items()},
    }


def _output(name: str) -> str:
    return name.replace(".", "")


def _compare(seen: dict[str, Any], expected: dict[str, Any]) -> None:
    other = {key: (seen.get(key), value) for key, value in expected.items() if seen.get(key) != value}
    assert not other, other


def _filled(expected: dict[str, Any], aws: Cloud, stack: str) -> dict[str, Any]:
    """Physical ids for ``<LogicalId>`` in what is expected."""
    text = json.dumps(expected)
    for logical_id, physical_id in resources(aws, stack).items():
        text = text.replace(f"<{logical_id}>", physical_id)
    filled: dict[str, Any] = json.loads(text)
    return filled


def _outputs(aws: Cloud, stack: str) -> dict[str, str]:
    (described,) = aws.client("cloudformation").describe_stacks(StackName=stack)["Stacks"]
    return {output["OutputKey"]: output["OutputValue"] for output in described.get("Outputs", [])}


def resources(aws: Cloud, stack: str) -> dict[str, str]:
    """Physical ids by logical id."""
    described = aws.client("cloudformation").describe_stack_resources(StackName=stack)["StackResources"]
    return {one["LogicalResourceId"]: one.get("PhysicalResourceId", "") for one in described}


def deploy(
    aws: Cloud, template: dict[str, Any], parameters: dict[str, str] | None = None, stack: str | None = None
) -> str:
    """Create a stack, or update it, and wait.

    :raises NotComplete: with the reasons of its resources.
    """
    cloudformation = aws.client("cloudformation")
    call = cloudformation.create_stack if stack is None else cloudformation.update_stack
    answer = call(
        StackName=stack or f"stack-{time.monotonic_ns()}",
        TemplateBody=json.dumps(template),
        Parameters=[{"ParameterKey": key, "ParameterValue": value} for key, value in (parameters or {}).items()],
        Capabilities=["CAPABILITY_NAMED_IAM"],
    )
    stack_id: str = answer["StackId"]
    status = wait(aws, stack_id)
    if status not in {"CREATE_COMPLETE", "UPDATE_COMPLETE"}:
        raise NotComplete(status, *reasons(aws, stack_id))
    return stack_id


def delete(aws: Cloud, stack: str) -> None:
    aws.client("cloudformation").delete_stack(StackName=stack)
    status = wait(aws, stack)
    if status != "DELETE_COMPLETE":
        raise NotComplete(status, *reasons(aws, stack))


def refused(aws: Cloud, template: dict[str, Any]) -> str:
    """The reason for which a template's creation fails. What there was is rolled back."""
    with pytest.raises(NotComplete) as failure:
        deploy(aws, template)
    return str(failure.value)


def refused_deletion(aws: Cloud, stack: str) -> str:
    """The reason for which a stack cannot be deleted."""
    with pytest.raises(NotComplete, match="DELETE_FAILED") as failure:
        delete(aws, stack)
    return str(failure.value)


def wait(aws: Cloud, stack: str) -> str:
    for _ in range(1000):
        (described,) = aws.client("cloudformation").describe_stacks(StackName=stack)["Stacks"]
        status: str = described["StackStatus"]
        if not status.endswith("_IN_PROGRESS"):
            return status
        time.sleep(0.01)
    raise TimeoutError(stack)


def reasons(aws: Cloud, stack: str) -> list[str]:
    events = aws.client("cloudformation").describe_stack_events(StackName=stack)["StackEvents"]
    return [event.get("ResourceStatusReason", "") for event in events if event["ResourceStatus"].endswith("FAILED")]


def tags(described: list[dict[str, str]]) -> dict[str, str]:
    """The user's own tags, without those of CloudFormation."""
    return {tag["Key"]: tag["Value"] for tag in described if not tag["Key"].startswith("aws:")}


def first(described: list[dict[str, Any]]) -> dict[str, Any]:
    """The only one found.

    :raises Gone: if none is.
    """
    if not described:
        raise Gone
    (one,) = described
    return one
