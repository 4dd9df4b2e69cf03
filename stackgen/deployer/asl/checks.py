"""What gets a state machine stuck, told of its definition: one that :mod:`stackgen.deployer.asl` built, or any other.

Step Functions refuses little when a machine is created. It takes a state whose errors nothing catches, a Choice that
does not know what to do, a path that was never written (States.Runtime, which cannot be caught), a Retry that goes on
for days, and it knows nothing of locks.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from stackgen.asl import choices, errors, transitions
from stackgen.asl.graph import Problem, kind_of, scopes
from stackgen.deployer.asl import flow, holding

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from stackgen.deployer.asl.holding import Holding

__all__ = ["LONGEST_RETRY", "Problem", "problems"]

LONGEST_RETRY = 3600.0
"""How many seconds the waits of one Retry may add up to, unless the caller knows better."""


def problems(
    definition: Mapping[str, Any],
    *,
    inputs: Iterable[str] | None = None,
    answers: Mapping[str, Iterable[str]] = MappingProxyType({}),
    holdings: Iterable[Holding] = (),
    longest_retry: float = LONGEST_RETRY,
) -> list[Problem]:
    """Everything that is wrong with a definition, what is in the way of the rest first.

    See :class:`stackgen.deployer.asl.Machine` for the parameters.
    """
    all_scopes = list(scopes(definition))
    found = list(transitions.problems_of(all_scopes))
    for scope in all_scopes:
        for name, state in scope.states.items():
            found += errors.problems_of(name, state, longest_retry)
            if kind_of(state) == "Choice":
                found += choices.problems_of(name, state)
    found += holding.problems_of(all_scopes[0], holdings)
    if not found:  # what an execution has written is only known where it is known how it goes
        found += flow.problems_of(definition, inputs, answers)
    return found
