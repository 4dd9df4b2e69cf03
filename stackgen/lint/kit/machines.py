"""The state machines of a template, each as often as conditions make another machine of it.

A definition that cannot be read, for it is in a bucket or what is put in changes its form, is left out: nothing is
found in it.
"""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING, Any, NamedTuple

from stackgen.asl.graph import inner_scopes, mapping, sequence

from .definitions import conditions_in, read
from .values import ABSENT, Path, Scenario, branches, number

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from .view import Resource, View

TYPES = ("AWS::StepFunctions::StateMachine", "AWS::Serverless::StateMachine")
_DEFINITIONS = ("Definition", "DefinitionString")
_SUBSTITUTIONS = "DefinitionSubstitutions"
_MOST = 5
"""Conditions that are thought through one by one; more of them go with the last of these."""


class Machine(NamedTuple):
    """A definition that one of a resource's scenarios has."""

    resource: Resource
    definition: dict[str, Any]
    path: Path
    places: dict[int, Path]
    scenario: Scenario

    def states(self) -> Iterator[State]:
        """All states, those inside Map and Parallel too."""
        yield from self._states(self.definition, guarded=False)

    def place(self, name: str) -> Path:
        """Where a state stands; the definition where it is a text, or there is no such state."""
        return next((each.path for each in self.states() if each.name == name), self.path)

    def is_whole(self) -> bool:
        """Whether no state is something that only AWS knows."""
        return not any(isinstance(each, str) for each in _contents(self.definition))

    def _states(self, scope: dict[str, Any], *, guarded: bool) -> Iterator[State]:
        for name, content in mapping(scope.get("States")).items():
            if isinstance(content, dict):
                yield State(str(name), content, self.places.get(id(content), self.path), guarded)
                for inner in inner_scopes(content):
                    yield from self._states(dict(inner), guarded=guarded or expects_errors(content))


class State(NamedTuple):
    """A state; ``guarded`` where a Map or Parallel around it retries or catches."""

    name: str
    content: dict[str, Any]
    path: Path
    guarded: bool


class Remark(NamedTuple):
    """Something about a state; ``is_idle`` where it only matters if no conditions make it otherwise."""

    state: str
    path: Path
    message: str
    is_idle: bool = False


def machines(view: View) -> list[Machine]:
    """All that can be read."""
    return [each for variants in by_resource(view) for each in variants]


def by_resource(view: View) -> list[list[Machine]]:
    """For each resource the machines that its definition may be."""
    return _kept(view)[0]


def unreadable(view: View) -> list[tuple[Path, str]]:
    """The definitions that are none, and why."""
    return _kept(view)[1]


def expects_errors(state: dict[str, Any]) -> bool:
    """Whether a state catches errors, or tries again; one of no attempts is no retry."""
    retries = state.get("Retry")
    if state.get("Catch") or isinstance(retries, str):  # a text: what only AWS knows
        return True
    return any(number(mapping(each).get("MaxAttempts")) != 0 for each in sequence(retries))


def remarks(variants: Sequence[Machine], of_each: Sequence[Sequence[Remark]]) -> Iterator[tuple[Path, str]]:
    """Where what is said of the machines of one resource stands, and the message: under which conditions it is so."""
    said: dict[tuple[str, str], list[tuple[Machine, Remark]]] = {}
    for machine, found in zip(variants, of_each, strict=True):
        for each in found:
            said.setdefault((each.state, each.message), []).append((machine, each))
    for (state, message), where in said.items():
        having = [each for each in variants if any(one.name == state for one in each.states())] or variants
        if len({id(each) for each, _ in where}) >= len(having):
            yield where[0][1].path, message
        elif not where[0][1].is_idle:
            yield where[0][1].path, f"{message}{_when([each for each, _ in where])}"


def _when(variants: Sequence[Machine]) -> str:
    first, *others = variants
    own = first.resource.scenario
    shared = {
        name: holds
        for name, holds in first.scenario.items()
        if name not in own and all(each.scenario.get(name) is holds for each in others)
    }
    terms = [f"{name} is {str(holds).lower()}" for name, holds in sorted(shared.items())]
    return f", where {' and '.join(terms)}" if terms else ""


def _kept(view: View) -> tuple[list[list[Machine]], list[tuple[Path, str]]]:
    if "machines" not in view.kept:
        wrong: list[tuple[Path, str]] = []
        read_ones = [list(_machines_of(each, view, wrong)) for each in view.of_type(*TYPES)]
        view.kept["machines"] = [each for each in read_ones if each], list(dict.fromkeys(wrong))
    found: tuple[list[list[Machine]], list[tuple[Path, str]]] = view.kept["machines"]
    return found


def _machines_of(resource: Resource, view: View, wrong: list[tuple[Path, str]]) -> Iterator[Machine]:
    own = resource.properties.get(_SUBSTITUTIONS)
    for name in _DEFINITIONS:
        if name not in resource.properties:
            continue
        value, path = resource.properties[name], (*resource.path, "Properties", name)
        for scenario in _scenarios(resource, [value, own], view):
            if next(branches(value, scenario)).value is ABSENT:
                continue
            found = read(value, own, path, scenario, view.values)
            if found is not None and not found.problem:
                yield Machine(resource, found.content, found.path, found.places, scenario)
            elif found is not None and name == "DefinitionString":
                wrong.append((found.path, f"{resource.title}: {name} {found.problem}"))


def _scenarios(resource: Resource, value: Any, view: View) -> Iterator[Scenario]:
    asked = [each for each in dict.fromkeys(conditions_in(value)) if each not in resource.scenario]
    for holds in product((True, False), repeat=min(len(asked), _MOST)):
        scenario = resource.scenario | {name: holds[min(at, _MOST - 1)] for at, name in enumerate(asked)}
        if view.can_be(scenario):
            yield scenario


def _contents(scope: Any) -> list[Any]:
    """All states, whatever stands in their places; a text where nobody knows which there are."""
    states = mapping(scope).get("States")
    found = [scope, states, *mapping(states).values()]
    for each in map(mapping, mapping(states).values()):
        branches_of = each.get("Branches")
        inner = [each.get("ItemProcessor"), each.get("Iterator"), branches_of, *sequence(branches_of)]
        found += [one for below in inner for one in (_contents(below) if isinstance(below, dict) else [below])]
    return found
