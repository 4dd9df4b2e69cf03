"""How a deployed stack stands: its status, what it was made from beside the build, its resources, its drift."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from . import stacks
from .events import Operation, last_operation, of_last_operation
from .next_steps import FORGOTTEN, command_for, next_step, words_of
from .owners import owner_of
from .stacks import NESTED
from .timeline import spans_of
from .verdicts import deployed

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from stackgen.review.model import Build

    from .stacks import StackState, Tree
    from .targets import Target
    from .timeline import Span

UP_TO_DATE, BEHIND, OTHERS, NOTHING = "up to date", "differs", "somebody else's", "nothing"
NOT_CHECKED, DRIFTED = "NOT_CHECKED", "DRIFTED"
_IN_PARTS = frozenset({
    "REVIEW_IN_PROGRESS", "ROLLBACK_COMPLETE", "DELETE_COMPLETE", "CREATE_FAILED", "ROLLBACK_FAILED", "DELETE_FAILED",
})  # fmt: skip
"""In these a stack holds nothing, or a part, that is as no build has it."""
_SSM = "AWS::SSM::Parameter::"


@dataclass(frozen=True, slots=True)
class Compared:
    """What is deployed, beside the build and the values of the project."""

    kind: str
    """Up to date, differs, somebody else's, or nothing to compare."""
    templates: tuple[str, ...] = ()
    """Those that differ, by their names in the build."""
    parameters: tuple[str, ...] = ()
    unread: tuple[str, ...] = ()
    """Parameters that AWS tells nobody, or that it has resolved."""
    owner: str = ""
    """The environment whose stack it is, where that is another."""


@dataclass(frozen=True, slots=True)
class Standing:
    """One stack, whether or not it exists."""

    target: Target
    state: StackState | None
    operation: Operation | None = None
    compared: Compared = field(default_factory=lambda: Compared(NOTHING))
    nested: int = 0
    counts: Mapping[str, int] = field(default_factory=dict)
    """Resources of the whole tree by their status, nested stacks aside."""
    running: tuple[Span, ...] = ()
    """What is being worked on now, nested stacks aside."""
    drifted: tuple[str, ...] = ()
    """Stacks of the tree that had drifted when AWS looked last."""
    unchecked: int = 0
    """Stacks of the tree at which it never looked."""
    drift_checked: datetime | None = None
    """When it looked last, at the one that it looked at first."""
    next_step: str = ""


def standing(target: Target, build: Build, cloudformation: Any) -> Standing:
    """Read how a stack stands; nothing is changed, and AWS is not asked to look for drift."""
    state = stacks.find(target.stack_name, cloudformation, even_deleted=not target.env)
    if state is None:
        makes = f"{command_for(target, 'deploy')} makes it"
        return Standing(target, None, next_step=makes if target.env else FORGOTTEN)
    tree = stacks.tree(state, cloudformation)
    every = list(tree.stacks())
    resources = [each for each in tree.all_resources() if each.type != NESTED]
    checked = [each.state.drift_checked for each in every if each.state.drift_checked]
    compared = compare(target, build, tree, cloudformation)
    step = next_step(state.status, words_of(target))
    if compared.kind == BEHIND and not step:
        step = f"{command_for(target, 'plan')} shows what a deployment would change"
    return Standing(
        target,
        state,
        last_operation(state.id, cloudformation),
        compared,
        len(every) - 1,
        dict(Counter(each.status for each in resources).most_common()),
        _running(state, cloudformation) if state.is_going_on else (),
        tuple(each.path for each in every if each.state.drift == DRIFTED),
        sum(each.state.drift in ("", NOT_CHECKED) for each in every),
        min(checked) if checked else None,
        step,
    )


def _running(state: StackState, cloudformation: Any) -> tuple[Span, ...]:
    spans = spans_of(of_last_operation(state.id, state.name, cloudformation))
    return tuple(each for each in spans if each.is_going_on and each.type != NESTED)


def compare(target: Target, build: Build, tree: Tree, cloudformation: Any) -> Compared:
    """Compare what is deployed with the build, template by template, and with the values of the project."""
    owner = owner_of(tree.state, target)
    if owner != target.env and target.env:
        return Compared(OTHERS, owner=owner)
    state = tree.state
    if state.is_going_on or state.status in _IN_PARTS or target.template not in build.templates:
        return Compared(NOTHING)
    there = deployed(tree, target.template, cloudformation)
    # a nested stack that is not there differs in the template above it, or a condition leaves it out
    templates = tuple(name for name, each in sorted(there.templates.items()) if each.content != _content(build, name))
    parameters, unread = _values(target, build, state)
    return Compared(BEHIND if templates or parameters else UP_TO_DATE, templates, parameters, unread)


def _content(build: Build, name: str) -> Any:
    return build.templates[name].content if name in build.templates else None


def _values(target: Target, build: Build, state: StackState) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The parameters whose values differ, and those of which that is not known."""
    differs, unread = [], []
    for name, declared in build.templates[target.template].section("Parameters").items():
        value = target.parameters.get(name)
        if value is None or value.is_secret or str(declared.get("Type", "")).startswith(_SSM):
            unread.append(name)
        elif state.parameters.get(name) != value.text:
            differs.append(name)
    return tuple(differs), tuple(unread)
