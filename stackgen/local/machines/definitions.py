"""What AWS refuses in a definition when a state machine is created, and the program that a sound one is.

The codes and the messages about targets, terminal states and unsupported fields are those that AWS answers, as
https://github.com/floci-io/floci/pull/2786 and https://github.com/localstack/localstack/pull/12487 record them.
Assumed: the wording of the others.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from stackgen.local.errors import LocalError, ServiceError
from stackgen.local.machines.places import part
from stackgen.local.machines.states import SCHEMA, TARGET, Problem, state_problems, targets

if TYPE_CHECKING:
    from collections.abc import Iterator

_TOP = {"Comment", "StartAt", "States", "TimeoutSeconds", "Version", "QueryLanguage"}


@dataclass(frozen=True, slots=True)
class Program:
    """A definition that was read: what the interpreter runs, and how long an execution may take."""

    text: str
    component: Any
    timeout: int | None


def problems_of(text: str) -> list[Problem]:
    """Everything that AWS would refuse in a definition."""
    try:
        definition = json.loads(text)
    except ValueError as error:
        return [Problem("INVALID_JSON_DESCRIPTION", str(error), "")]
    if not isinstance(definition, dict):
        return [Problem("INVALID_JSON_DESCRIPTION", "Expected a JSON object", "")]
    found = [Problem(SCHEMA, f"Field '{name}' is not supported", "/") for name in definition if name not in _TOP]
    timeout = definition.get("TimeoutSeconds", 1)
    if type(timeout) is not int or timeout < 1:
        found.append(Problem(SCHEMA, "Expected value of type Integer greater than 0", "/TimeoutSeconds"))
    found.extend(_scope_problems(definition, ""))
    found.extend(_duplicates(definition))
    return found


def _scope_problems(scope: dict[str, Any], path: str) -> Iterator[Problem]:
    states = scope.get("States")
    start = scope.get("StartAt")
    missing = [name for name, value in (("StartAt", start), ("States", states)) if value is None]
    if missing:
        yield Problem(SCHEMA, f"These fields are required: [{', '.join(missing)}]", path or "/")
    if not isinstance(states, dict) or not states:
        if states is not None:
            yield Problem(SCHEMA, "Expected a JSON object with at least one state", f"{path}/States")
        return
    for name, state in states.items():
        yield from state_problems(name, state, f"{path}/States/{name}")
    sound = {name: state for name, state in states.items() if isinstance(state, dict)}
    if isinstance(start, str):
        yield from _transition_problems(sound, start, path)
    for inner, where in _inner_scopes(sound, path):
        yield from _scope_problems(inner, where)


def _transition_problems(states: dict[str, dict[str, Any]], start: str, path: str) -> Iterator[Problem]:
    if start not in states:
        yield Problem(TARGET, f"Missing 'Next' target: {start}", f"{path}/StartAt")
    for name, state in states.items():
        for target, where in targets(state):
            if target not in states:
                yield Problem(TARGET, f"Missing 'Next' target: {target}", f"{path}/States/{name}/{where}")
    if not any(state.get("End") is True or state.get("Type") in {"Succeed", "Fail"} for state in states.values()):
        yield Problem("MISSING_END_STATE", "Workflow has no terminal state", path)
        return
    reached: set[str] = set()
    ahead = [start]
    while ahead:
        name = ahead.pop()
        if name in states and name not in reached:
            reached.add(name)
            ahead.extend(target for target, _ in targets(states[name]))
    for name in states:
        if name not in reached:
            yield Problem(TARGET, f'State "{name}" is not reachable.', f"{path}/States/{name}")


def _inner_scopes(states: dict[str, dict[str, Any]], path: str) -> Iterator[tuple[dict[str, Any], str]]:
    for name, state in states.items():
        where = f"{path}/States/{name}"
        branches = state.get("Branches")
        for index, branch in enumerate(branches if isinstance(branches, list) else []):
            if isinstance(branch, dict):
                yield branch, f"{where}/Branches[{index}]"
        for field in ("ItemProcessor", "Iterator"):
            if isinstance(state.get(field), dict):
                yield state[field], f"{where}/{field}"


def _duplicates(definition: dict[str, Any]) -> Iterator[Problem]:
    """State names are unique in the whole machine, not only among their siblings."""
    seen: set[str] = set()
    scopes = [(definition, "")]
    while scopes:
        scope, path = scopes.pop(0)
        states = scope.get("States")
        if not isinstance(states, dict):
            continue
        for name in states:
            if name in seen:
                yield Problem("DUPLICATE_STATE_NAME", f"Duplicate state name: {name}", f"{path}/States/{name}")
            seen.add(name)
        scopes.extend(_inner_scopes({k: v for k, v in states.items() if isinstance(v, dict)}, path))


@lru_cache(maxsize=256)
def program(text: str) -> Program:
    """The program of a definition; read once, for the grammar is slow.

    :raises ServiceError: InvalidDefinition, with every problem.
    :raises LocalError: for JSONata, which the interpreter cannot evaluate.
    """
    found = problems_of(text)
    if not found:
        _refuse_jsonata(text)
        try:
            return Program(text, _parse(text), json.loads(text).get("TimeoutSeconds"))
        except Exception as error:  # noqa: BLE001 - the interpreter refuses with whatever it stumbles over
            found = [Problem(SCHEMA, str(error), "")]
    raise ServiceError("InvalidDefinition", f"Invalid State Machine Definition: '{', '.join(map(str, found))}'")


def _refuse_jsonata(text: str) -> None:
    if '"JSONata"' in text:
        raise LocalError("the stand-in evaluates JSONPath only; this state machine asks for JSONata")


def _parse(text: str) -> Any:
    return part("parse.asl_parser", "AmazonStateLanguageParser").parse(text)[0]
