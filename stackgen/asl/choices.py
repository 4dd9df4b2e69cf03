"""Choices: a way out for every input, and no rule that can never be reached."""

from __future__ import annotations

import itertools
import json
import math
from typing import TYPE_CHECKING, Any

from stackgen.asl.graph import Problem, mapping, sequence

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    Alternatives = frozenset[frozenset[str]]

ALWAYS = frozenset[str]()
"""The conditions of what always holds: none."""
MOST_ALTERNATIVES = 256
"""Beyond that an And is compared as a whole."""


def problems_of(name: str, state: Mapping[str, Any]) -> Iterator[Problem]:
    """What is wrong with the rules of a Choice."""
    if "Default" not in state:
        message = f"{name} is a Choice without Default: an input that no rule takes fails with States.NoChoiceMatched"
        yield Problem("no-default", name, message, "name the state that follows then")
    before: list[Alternatives] = []
    for index, rule in enumerate(sequence(state.get("Choices"))):
        ways = alternatives(mapping(rule))
        earlier = next((number for number, other in enumerate(before) if _covers(other, ways)), None)
        if earlier is not None:
            said = "always holds" if ALWAYS in before[earlier] else "holds whenever this one does"
            message = f"Choices[{index}] of {name} is never reached: Choices[{earlier}] before it {said}"
            yield Problem(
                "hidden-rule", name, message, "the first rule that holds is taken: put the narrower one first"
            )
        before.append(ways)
    if any(ALWAYS in ways for ways in before[-1:]):
        yield Problem("hidden-rule", name, f"the Default of {name} is never reached: its last rule always holds")


def _covers(wide: Alternatives, narrow: Alternatives) -> bool:
    return all(any(part <= way for part in wide) for way in narrow)


def alternatives(condition: Mapping[str, Any]) -> Alternatives:
    """A condition as alternatives of conditions that must all hold, those being texts."""
    if "And" in condition:
        inner = [alternatives(mapping(each)) for each in sequence(condition["And"])]
        if math.prod(map(len, inner)) <= MOST_ALTERNATIVES:
            return frozenset(frozenset[str]().union(*ways) for ways in itertools.product(*inner))
    if "Or" in condition:
        return frozenset[frozenset[str]]().union(*(alternatives(mapping(each)) for each in sequence(condition["Or"])))
    if condition.get("Variable") == "$" and condition.get("IsPresent") is True:
        return frozenset({ALWAYS})
    said = {field: value for field, value in condition.items() if field not in {"Next", "Comment", "Assign", "Output"}}
    return frozenset({frozenset({json.dumps(said, sort_keys=True, default=str)})})
