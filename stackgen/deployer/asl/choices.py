"""Choices: a way out for every input, and no rule that can never be reached."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from stackgen.deployer.asl.graph import Problem, mapping, sequence

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping


def problems_of(name: str, state: Mapping[str, Any]) -> Iterator[Problem]:
    """What is wrong with the rules of a Choice."""
    if "Default" not in state:
        message = f"{name} is a Choice without Default: an input that no rule takes fails with States.NoChoiceMatched"
        yield Problem("no-default", name, message, "name the state that follows then")
    before: list[frozenset[str]] = []
    for index, rule in enumerate(sequence(state.get("Choices"))):
        parts = conjuncts(mapping(rule))
        earlier = next((number for number, other in enumerate(before) if other <= parts), None)
        if earlier is not None:
            said = "always holds" if not before[earlier] else "holds whenever this one does"
            message = f"Choices[{index}] of {name} is never reached: Choices[{earlier}] before it {said}"
            yield Problem(
                "hidden-rule", name, message, "the first rule that holds is taken: put the narrower one first"
            )
        before.append(parts)
    if frozenset() in before[-1:]:
        yield Problem("hidden-rule", name, f"the Default of {name} is never reached: its last rule always holds")


def conjuncts(condition: Mapping[str, Any]) -> frozenset[str]:
    """The conditions that must all hold, as texts; none for one that always holds."""
    both = condition.get("And")
    if both is not None:
        return frozenset[str]().union(*(conjuncts(mapping(each)) for each in sequence(both)))
    if condition.get("Variable") == "$" and condition.get("IsPresent") is True:
        return frozenset()
    said = {field: value for field, value in condition.items() if field not in {"Next", "Comment", "Assign", "Output"}}
    return frozenset({json.dumps(said, sort_keys=True, default=str)})
