"""Whose a stack is: its tag ``Environment`` says so, and whoever changes a stack asks here first."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .errors import NeedsPersonError
from .settings import OWNER

if TYPE_CHECKING:
    from .stacks import StackState
    from .targets import Target


def owner_of(state: StackState, target: Target) -> str:
    """The environment whose stack it is; where it does not say, it is taken for the target's."""
    return state.tags.get(OWNER, target.env)


def see_that_it_is_ours(state: StackState, target: Target) -> None:
    """Raises NeedsPersonError for the stack of another environment, which has the same name there."""
    owner = owner_of(state, target)
    if owner != target.env:
        raise NeedsPersonError(
            f"{target.place} belongs to the environment {owner}, not to {target.env}",
            f"-e {owner} means it, if that is what you want; nothing was done",
            "otherwise give the stack of this environment another name: stack_name in its settings",
        )
