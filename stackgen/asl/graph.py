"""A definition read as a graph: its scopes, their states, and the edges along which an execution goes.

Definitions that people wrote may hold anything anywhere; what has no shape that can be read is passed over here, for
AWS tells of it when the machine is created.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

ENDS = frozenset({"Succeed", "Fail"})
CATCHING = frozenset({"Task", "Map", "Parallel"})
TYPES = frozenset({*ENDS, *CATCHING, "Choice", "Pass", "Wait"})


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong with a machine: which rule says so, in which state, and what may help."""

    rule: str
    state: str
    message: str
    hint: str = ""


@dataclass(frozen=True, slots=True)
class Edge:
    """One way from a state to another; ``how`` is the field that says so: Next, Default, Choices[0] or Catch[0]."""

    source: str
    target: str
    how: str

    @property
    def caught(self) -> bool:
        return self.how.startswith("Catch")

    def __str__(self) -> str:
        return f"{self.source} -> {self.target}"


@dataclass(frozen=True, slots=True)
class Scope:
    """States that may follow each other: those of the machine, of a branch, of a Map's iteration."""

    owner: str
    start: str
    states: Mapping[str, Mapping[str, Any]]
    edges: tuple[Edge, ...]

    def after(self, name: str) -> list[Edge]:
        return [edge for edge in self.edges if edge.source == name]

    def reached(self) -> set[str]:
        """The states that an execution can enter."""
        return _closure({self.start} & set(self.states), self.edges)

    def ending(self) -> set[str]:
        """The states from which an execution can come to an end."""
        ends = {name for name, state in self.states.items() if is_end(state)}
        return _closure(ends, [Edge(edge.target, edge.source, edge.how) for edge in self.edges])


def _closure(start: set[str], edges: list[Edge] | tuple[Edge, ...]) -> set[str]:
    after: dict[str, list[str]] = {}
    for edge in edges:
        after.setdefault(edge.source, []).append(edge.target)
    found, ahead = set(start), sorted(start)
    while ahead:
        new = set(after.get(ahead.pop(), ())) - found
        found |= new
        ahead += sorted(new)
    return found


def scopes(definition: Mapping[str, Any], owner: str = "") -> Iterator[Scope]:
    """The scope of a machine, and those within its states; the outer ones first."""
    states = mapping(definition.get("States"))
    named = {name: mapping(state) for name, state in states.items() if isinstance(name, str)}
    start = definition.get("StartAt")
    edges = [edge for name, state in named.items() for edge in edges_of(name, state) if edge.target in named]
    yield Scope(owner, start if isinstance(start, str) else "", named, tuple(edges))
    for name, state in named.items():
        for inner in inner_scopes(state):
            yield from scopes(inner, name)


def inner_scopes(state: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """What a Map does with each item, the branches of a Parallel."""
    for inner in (state.get("ItemProcessor"), state.get("Iterator"), *sequence(state.get("Branches"))):
        if isinstance(inner, dict):
            yield inner


def edges_of(name: str, state: Mapping[str, Any]) -> Iterator[Edge]:
    """All edges of a state, also those that lead nowhere."""
    for field in ("Next", "Default"):
        if isinstance(state.get(field), str):
            yield Edge(name, state[field], field)
    for field in ("Choices", "Catch"):
        for index, rule in enumerate(sequence(state.get(field))):
            target = mapping(rule).get("Next")
            if isinstance(target, str):
                yield Edge(name, target, f"{field}[{index}]")


def kind_of(state: Mapping[str, Any]) -> str:
    """The type of a state; empty where it has none."""
    kind = state.get("Type")
    return kind if isinstance(kind, str) else ""


def is_end(state: Mapping[str, Any]) -> bool:
    return state.get("End") is True or kind_of(state) in ENDS


def catches_all(state: Mapping[str, Any]) -> bool:
    return any("States.ALL" in sequence(mapping(rule).get("ErrorEquals")) for rule in sequence(state.get("Catch")))


def mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def sequence(value: Any) -> list[Any]:
    return list(value) if isinstance(value, list | tuple) else []
