"""What AWS demands of a single state of a definition.

Which fields a type has: https://docs.aws.amazon.com/step-functions/latest/dg/workflow-states.html
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

SCHEMA = "SCHEMA_VALIDATION_FAILED"
TARGET = "MISSING_TRANSITION_TARGET"

_LONGEST_NAME = 80
_ANY = {"Type", "Comment", "QueryLanguage"}
_PATHS = {"InputPath", "OutputPath"}
_FLOW = {"Next", "End"}
_LANGUAGE = {"Assign", "Output"}
_RESULT = {"ResultPath", "ResultSelector", "Parameters", "Arguments", "Retry", "Catch"}
_SECONDS = {"Seconds", "SecondsPath", "Timestamp", "TimestampPath"}
_LIMITS = {"TimeoutSeconds", "TimeoutSecondsPath", "HeartbeatSeconds", "HeartbeatSecondsPath"}
_MAP = {
    "Items", "ItemsPath", "ItemSelector", "ItemBatcher", "ItemReader", "ItemProcessor", "Iterator", "Label",
    "MaxConcurrency", "MaxConcurrencyPath", "ResultWriter", "ToleratedFailureCount", "ToleratedFailureCountPath",
    "ToleratedFailurePercentage", "ToleratedFailurePercentagePath",
}  # fmt: skip

#: The fields that each type of state has.
FIELDS: dict[str, set[str]] = {
    "Task": _ANY | _PATHS | _FLOW | _LANGUAGE | _RESULT | _LIMITS | {"Resource", "Credentials"},
    "Pass": _ANY | _PATHS | _FLOW | _LANGUAGE | {"Result", "ResultPath", "Parameters"},
    "Choice": _ANY | _PATHS | _LANGUAGE | {"Choices", "Default"},
    "Wait": _ANY | _PATHS | _FLOW | _LANGUAGE | _SECONDS,
    "Succeed": _ANY | _PATHS | {"Output"},
    "Fail": _ANY | {"Error", "ErrorPath", "Cause", "CausePath"},
    "Parallel": _ANY | _PATHS | _FLOW | _LANGUAGE | _RESULT | {"Branches"},
    "Map": _ANY | _PATHS | _FLOW | _LANGUAGE | _RESULT | _MAP,
}
#: One field of each of these sets must be there, and no second one.
_ONE_OF: dict[str, list[set[str]]] = {
    "Task": [_FLOW, {"Resource"}],
    "Pass": [_FLOW],
    "Choice": [{"Choices"}],
    "Wait": [_FLOW, _SECONDS],
    "Parallel": [_FLOW, {"Branches"}],
    "Map": [_FLOW, {"ItemProcessor", "Iterator"}],
}
_LISTS = ("Branches", "Choices")


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that AWS refuses in a definition, and where it is."""

    code: str
    message: str
    location: str

    def __str__(self) -> str:
        return f"{self.code}: {self.message}" + (f" at {self.location}" if self.location else "")


def targets(state: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """The states that may come next, and the field that says so."""
    for field in ("Next", "Default"):
        if isinstance(state.get(field), str):
            yield state[field], field
    for field in ("Choices", "Catch"):
        rules = state.get(field)
        for index, rule in enumerate(rules if isinstance(rules, list) else []):
            if isinstance(rule, dict) and isinstance(rule.get("Next"), str):
                yield rule["Next"], f"{field}[{index}]/Next"


def state_problems(name: str, state: Any, path: str) -> Iterator[Problem]:
    """What is wrong with a state, its transitions and what it contains left out."""
    if len(name) > _LONGEST_NAME:
        yield Problem(SCHEMA, f"State name exceeds {_LONGEST_NAME} characters: {name}", path)
    if not isinstance(state, dict):
        yield Problem(SCHEMA, "Expected a JSON object", path)
        return
    kind = state.get("Type")
    if kind not in FIELDS:
        what = "These fields are required: [Type]" if kind is None else f"Value '{kind}' is not a valid Type"
        yield Problem(SCHEMA, what, path)
        return
    yield from _field_problems(kind, state, path)
    yield from _list_problems(state, path)
    for field in ("Retry", "Catch"):
        if field in state:
            yield from _matcher_problems(field, state[field], path)


def _field_problems(kind: str, state: dict[str, Any], path: str) -> Iterator[Problem]:
    for field in state:
        if field.removesuffix(".$") not in FIELDS[kind]:
            yield Problem(SCHEMA, f"Field '{field}' is not supported", path)
    if kind in {"Task", "Parallel", "Map", "Pass", "Wait"} and state.get("End", True) is not True:
        yield Problem(SCHEMA, "Value must be true", f"{path}/End")
    for choice in _ONE_OF.get(kind, []):
        names = ", ".join(sorted(choice))
        there = [field for field in choice if field in state]
        if not there:
            what = f"one of [{names}]" if len(choice) > 1 else f"[{names}]"
            yield Problem(SCHEMA, f"These fields are required: {what}", path)
        elif len(there) > 1:
            yield Problem(SCHEMA, f"Only one of these fields is allowed: [{names}]", path)
    for field in ("TimeoutSeconds", "HeartbeatSeconds"):
        value = state.get(field, 1)
        if field in FIELDS[kind] and (type(value) is not int or value < 1):
            yield Problem(SCHEMA, "Expected value of type Integer greater than 0", f"{path}/{field}")


def _list_problems(state: dict[str, Any], path: str) -> Iterator[Problem]:
    for field in _LISTS:
        if field in state and (not isinstance(state[field], list) or not state[field]):
            yield Problem(SCHEMA, "Expected a JSON array with at least one element", f"{path}/{field}")
    rules = state.get("Choices")
    for index, rule in enumerate(rules if isinstance(rules, list) else []):
        if not isinstance(rule, dict) or not isinstance(rule.get("Next"), str):
            yield Problem(SCHEMA, "These fields are required: [Next]", f"{path}/Choices[{index}]")


def _matcher_problems(field: str, rules: Any, path: str) -> Iterator[Problem]:
    if not isinstance(rules, list):
        yield Problem(SCHEMA, "Expected a JSON array", f"{path}/{field}")
        return
    for index, rule in enumerate(rules):
        where = f"{path}/{field}[{index}]"
        names = rule.get("ErrorEquals") if isinstance(rule, dict) else None
        if not isinstance(names, list) or not names:
            yield Problem(SCHEMA, "These fields are required: [ErrorEquals]", where)
        elif "States.ALL" in names and (len(names) > 1 or index + 1 < len(rules)):
            what = f"States.ALL must appear alone and in the last element of {field}"
            yield Problem(SCHEMA, what, f"{where}/ErrorEquals")
        if field == "Catch" and not (isinstance(rule, dict) and isinstance(rule.get("Next"), str)):
            yield Problem(SCHEMA, "These fields are required: [Next]", where)
