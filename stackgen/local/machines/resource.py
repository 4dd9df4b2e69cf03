"""AWS::StepFunctions::StateMachine: a machine of the stand-in, made by the operations that clients call."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from stackgen.local.errors import ServiceError
from stackgen.local.resources.resource_type import ResourceType
from stackgen.local.wire import from_inside

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from stackgen.local.wire import Call

STATE_MACHINE = "AWS::StepFunctions::StateMachine"


class StateMachineType:
    """The handlers of the type, on the operations of Step Functions."""

    def __init__(self, operations: Mapping[str, Callable[[Call], dict[str, Any] | None]]) -> None:
        self._operations = operations

    def resource_type(self) -> ResourceType:
        return ResourceType(
            create=self.create,
            update=self.update,
            delete=self.delete,
            replaced_by=frozenset({"StateMachineName", "StateMachineType"}),
            tags="list",
        )

    def create(self, logical_id: str, properties: dict[str, Any], stack_name: str) -> tuple[str, dict[str, Any]]:
        name = properties.get("StateMachineName") or f"{logical_id}-{stack_name}"[:80]
        kind = properties.get("StateMachineType", "STANDARD")
        made = self._ask("CreateStateMachine", name=name, type=kind, tags=_tags(properties), **_changeable(properties))
        arn = made["stateMachineArn"]
        return arn, {"Arn": arn, "Name": name}

    def update(
        self, physical_id: str, old: dict[str, Any], new: dict[str, Any], stack_name: str, logical_id: str = ""
    ) -> tuple[str, dict[str, Any]]:
        del stack_name, logical_id
        self._ask("UpdateStateMachine", stateMachineArn=physical_id, **_changeable(new))
        gone = {tag["key"] for tag in _tags(old)} - {tag["key"] for tag in _tags(new)}
        if gone:
            self._ask("UntagResource", resourceArn=physical_id, tagKeys=sorted(gone))
        if _tags(new) != _tags(old):
            self._ask("TagResource", resourceArn=physical_id, tags=_tags(new))
        return physical_id, {}

    def delete(self, physical_id: str, properties: dict[str, Any]) -> None:
        del properties
        self._ask("DeleteStateMachine", stateMachineArn=physical_id)

    def _ask(self, action: str, **said: Any) -> dict[str, Any]:
        from ministack.core.responses import get_account_id, get_region

        try:
            return (
                self._operations[action](from_inside("stepfunctions", action, get_account_id(), get_region(), said))
                or {}
            )
        except ServiceError as refused:
            raise ValueError(f"{refused.message} (Service: Sfn, Error: {refused.code})") from refused


def _changeable(properties: dict[str, Any]) -> dict[str, Any]:
    """What a machine is made of, in the words of its API."""
    said: dict[str, Any] = {"definition": _definition(properties), "roleArn": properties["RoleArn"]}
    for name in ("LoggingConfiguration", "TracingConfiguration"):
        if properties.get(name):
            said[name[0].lower() + name[1:]] = _camel(properties[name])
    return said


def _definition(properties: dict[str, Any]) -> str:
    """The definition as text, wherever it is given, with its substitutions made.

    :raises ValueError: when there is none.
    """
    if properties.get("DefinitionString"):
        text = str(properties["DefinitionString"])
    elif properties.get("Definition"):
        text = json.dumps(properties["Definition"])
    elif properties.get("DefinitionS3Location"):
        text = _from_s3(properties["DefinitionS3Location"])
    else:
        raise ValueError("One of DefinitionString, Definition and DefinitionS3Location is required")
    for name, value in (properties.get("DefinitionSubstitutions") or {}).items():
        text = text.replace(f"${{{name}}}", json.dumps(str(value))[1:-1])
    return text


def _from_s3(place: dict[str, Any]) -> str:
    from ministack.services import s3

    found = s3._get_object_data(place["Bucket"], place["Key"], place.get("Version"))
    if found is None:
        raise ValueError(f"s3://{place['Bucket']}/{place['Key']} does not exist")
    return str(found.decode())


def _camel(value: Any) -> Any:
    """A property's names as the API writes them: the first letter is small."""
    if isinstance(value, dict):
        return {name[0].lower() + name[1:]: _camel(each) for name, each in value.items()}
    return [_camel(each) for each in value] if isinstance(value, list) else value


def _tags(properties: dict[str, Any]) -> list[dict[str, str]]:
    return [{"key": tag["Key"], "value": tag["Value"]} for tag in properties.get("Tags") or []]
