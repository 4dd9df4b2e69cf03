"""The state machines of a template: definitions as objects, as texts, and as texts in ``Fn::Sub`` or ``Fn::Join``.

A definition is read with its substitutions put in; what only AWS knows stays in it as ``${...}``. One that cannot be
read (it is in a bucket, or what is put in changes its form) is left out: nothing is found in it.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, NamedTuple

from stackgen.asl.graph import inner_scopes, mapping
from stackgen.jsontext import parsed

from .pointers import filled, pointer
from .values import UNKNOWN, Branch, Path, Scenario, function_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .view import Resource, View

TYPES = ("AWS::StepFunctions::StateMachine", "AWS::Serverless::StateMachine")
_NUMBERS = re.compile(r'("(?:\w*(?:Seconds|Attempts|Rate|Concurrency|Count|Percentage))"\s*:\s*)\$\{[^}"]+\}')
"""Members that are numbers, so that what is put in has no quotes."""


class Machine(NamedTuple):
    """A definition that one of a resource's scenarios has."""

    resource: Resource
    definition: dict[str, Any]
    path: Path
    is_text: bool
    scenario: Scenario

    def states(self) -> Iterator[State]:
        """All states, those inside Map and Parallel too."""
        yield from _states(self, self.definition, self.path, guarded=False)

    def place(self, name: str) -> Path:
        """Where a state stands; the definition where it is a text, or there is no such state."""
        return next((each.path for each in self.states() if each.name == name), self.path)


class State(NamedTuple):
    """A state; ``guarded`` where a Map or Parallel around it retries or catches."""

    name: str
    content: dict[str, Any]
    path: Path
    guarded: bool


def machines(view: View) -> list[Machine]:
    """All that can be read."""
    if "machines" not in view.kept:
        view.kept["machines"] = [one for each in view.of_type(*TYPES) for one in _machines_of(each)]
    found: list[Machine] = view.kept["machines"]
    return found


def _machines_of(resource: Resource) -> Iterator[Machine]:
    own = {}
    for found in resource.values("DefinitionSubstitutions"):
        own.update(found.value if isinstance(found.value, dict) else {})
    for name in ("Definition", "DefinitionString"):
        for found in resource.values(name):
            definition, is_text = _read(found, own)
            if definition:
                yield Machine(resource, definition, found.path, is_text, found.scenario)


def _read(found: Branch, own: dict[str, Any]) -> tuple[dict[str, Any], bool]:
    value = found.value
    if isinstance(value, dict) and not function_of(value)[0]:
        content = _whole(value, own)
        return (content if isinstance(content, dict) and "${?}" not in _states_of(content) else {}), False
    text = pointer(value, in_text=isinstance(value, str))
    if not isinstance(text, str):
        return {}, True
    try:
        content = parsed(_NUMBERS.sub(r"\g<1>1", filled(text, own)))
    except (ValueError, RecursionError):
        return {}, True
    return (content if isinstance(content, dict) else {}), True


def _states_of(content: Any) -> list[Any]:
    """All states, whatever stands in their places."""
    states = mapping(mapping(content).get("States"))
    return [
        *states.values(),
        *(one for each in states.values() for scope in inner_scopes(mapping(each)) for one in _states_of(scope)),
    ]


def _whole(value: Any, own: dict[str, Any]) -> Any:
    """An object with its substitutions and intrinsic functions as texts."""
    if isinstance(value, str):
        return filled(value, own)
    if isinstance(value, list):
        return [_whole(each, own) for each in value]
    if isinstance(value, dict):
        if function_of(value)[0]:
            text = pointer(value)
            return "${?}" if text is UNKNOWN else text
        return {str(key): _whole(each, own) for key, each in value.items()}
    return value


def _states(machine: Machine, scope: dict[str, Any], path: Path, *, guarded: bool) -> Iterator[State]:
    for name, content in mapping(scope.get("States")).items():
        if not isinstance(content, dict):
            continue
        here = path if machine.is_text else (*path, "States", str(name))
        yield State(str(name), content, here, guarded)
        for inner in inner_scopes(content):
            below = here if machine.is_text else (*here, *_step(content, inner))
            within = guarded or bool(content.get("Retry") or content.get("Catch"))
            yield from _states(machine, dict(inner), below, guarded=within)


def _step(content: dict[str, Any], inner: Any) -> Path:
    for name in ("ItemProcessor", "Iterator"):
        if content.get(name) is inner:
            return (name,)
    return ("Branches", next(number for number, each in enumerate(content["Branches"]) if each is inner))
