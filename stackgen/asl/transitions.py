"""Ways from state to state: each leads to one that is there, each state is on one, and each way has an end."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from stackgen.asl.graph import TYPES, Problem, Scope, edges_of, is_end, kind_of
from stackgen.errors import likely

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence


def problems_of(all_scopes: Sequence[Scope]) -> Iterator[Problem]:
    """What is wrong with the transitions of a machine, given all its scopes."""
    for scope in all_scopes:
        yield from _transitions(scope)
    yield from _twice(all_scopes)


def _transitions(scope: Scope) -> Iterator[Problem]:
    inside = f" in {scope.owner}" if scope.owner else ""
    if not scope.states:
        yield Problem("no-states", scope.owner, f"there is no state{inside}")
        return
    if not scope.start:
        yield Problem("no-start", scope.owner, f"there is no StartAt{inside}", "name the first state")
    elif scope.start not in scope.states:
        message = f"StartAt{inside} is {scope.start}, which is no state{inside}"
        yield Problem("no-start", scope.owner, message, likely(scope.start, scope.states))
    broken = [each for name, state in scope.states.items() for each in _state(scope, name, state)]
    yield from broken
    if scope.start in scope.states and not broken:  # what is broken cuts off much else
        reached, ending = scope.reached(), scope.ending()
        for name in scope.states:
            if name not in reached:
                yield Problem("unreached", name, f"no way leads to {name}", "name it in a Next, or leave it out")
            elif name not in ending:
                yield Problem("endless", name, f"no way leads from {name} to an end", "it would go round for ever")


def _state(scope: Scope, name: str, state: Mapping[str, Any]) -> Iterator[Problem]:
    kind = kind_of(state)
    if kind not in TYPES:
        message = f"{name} has the Type {state['Type']}" if "Type" in state else f"{name} has no Type"
        yield Problem("no-type", name, message, likely(kind, TYPES))
    for edge in edges_of(name, state):
        if edge.target not in scope.states:
            message = f"{edge.how} of {name} is {edge.target}, which is no state beside it"
            yield Problem("dangling", name, message, likely(edge.target, scope.states))
    if _stuck(state):
        hint = "a Choice needs rules" if kind == "Choice" else "give it a Next, or End: true"
        yield Problem("stuck", name, f"{name} leads nowhere", hint)
    if is_end(state) and "Next" in state:
        yield Problem("two-ways", name, f"{name} is an end and has the Next {state['Next']}", "leave one of them out")


def _stuck(state: Mapping[str, Any]) -> bool:
    normal = [edge for edge in edges_of("", state) if not edge.caught]
    return not is_end(state) and not normal


def _twice(all_scopes: Sequence[Scope]) -> Iterator[Problem]:
    owners: dict[str, str] = {}
    for scope in all_scopes:
        for name in scope.states:
            if name in owners:
                message = f"two states are called {name}: one {_place(owners[name])}, one {_place(scope.owner)}"
                yield Problem("twice", name, message, "names are unique in the whole machine")
            owners.setdefault(name, scope.owner)


def _place(owner: str) -> str:
    return f"in {owner}" if owner else "of the machine"
