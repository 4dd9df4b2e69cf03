"""The deletion of a stack to its end: what is done in which order, what failed, what stays."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from stackgen.errors import FindingsError, UsageError, likely

from .actions import Action
from .forecast import FAILS, RETAINED
from .stacks import NESTED, find, tree

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from .events import Event
    from .forecast import Forecast
    from .stacks import Resource, StackState, Tree

DELETE_FAILED = "DELETE_FAILED"
UNPROTECT = "--unprotect takes the termination protection away first"
_MOST_SHOWN = 3


class Left(NamedTuple):
    """Something that stays behind."""

    path: str
    type: str
    physical_id: str
    why: str


def refuse(forecast: Forecast, *, unprotect: bool, purge: bool, place: str = "") -> None:
    """See that the deletion can go well. Raises FindingsError for what would make it fail, with what to do."""
    place = place or forecast.tree.state.name
    if forecast.is_protected and not unprotect:
        raise FindingsError(f"{place} is protected from deletion", UNPROTECT)
    if forecast.imports:
        name, stacks = next(iter(forecast.imports.items()))
        raise FindingsError(
            f"{place} cannot be deleted: its export {name} is used by {', '.join(stacks)}",
            "delete those stacks first, or let them no longer import it",
        )
    failing = [each for each in forecast.of(FAILS) if each.content is None or not purge]
    if failing:
        is_full = any(each.content for each in failing)
        raise FindingsError(
            f"{place} cannot be deleted as a whole: {failing[0].path} ({failing[0].physical_id}): {failing[0].why}",
            *(f"{each.path} ({each.physical_id}): {each.why}" for each in failing[1:_MOST_SHOWN]),
            "--purge-data empties buckets and repositories for good; DeletionPolicy Retain keeps them"
            if is_full
            else "turn it off in the template and deploy, or keep it with DeletionPolicy Retain",
        )


def unprotected(state: StackState) -> Action:
    """The call that lets a stack be deleted."""
    asked = {"StackName": state.id, "EnableTerminationProtection": False}
    why = f"take the termination protection of {state.name} away"
    return Action("cloudformation", "update_termination_protection", asked, why)


def deleted(state: StackState, token: str, keep: Sequence[str] = ()) -> Action:
    """The call that deletes a stack; *keep* are logical IDs that failed before, and stay outside of any stack."""
    more = {"RetainResources": list(keep)} if keep else {}
    why = f"delete the stack {state.name}" + (f" and leave {', '.join(keep)}" if keep else "")
    return Action("cloudformation", "delete_stack", {"StackName": state.id, "ClientRequestToken": token, **more}, why)


def failed(tree: Tree) -> list[tuple[Tree, Resource]]:
    """What could not be deleted, each with its stack, the deepest first; not the stacks that only tell of it."""
    below = [each for child in tree.children.values() for each in failed(child)]
    own = [
        (tree, each)
        for each in tree.resources
        if each.status == DELETE_FAILED and not (each.type == NESTED and each.logical_id in tree.children)
    ]
    return [*below, *own]


def keeping(tree: Tree, names: Sequence[str], token: str) -> list[tuple[Tree, Action]]:
    """The calls that delete what is left but for these: nested stacks first, the root last. Raises UsageError."""
    found = failed(tree)
    known = {name: each for each in found for name in (each[1].path, each[1].path.partition("/")[2])}
    for name in names:
        if name not in known:
            hint = likely(name, known) or "nothing has failed to be deleted"
            raise UsageError(f"--leave {name}: only what could not be deleted can be left behind", hint)
    kept: dict[str, tuple[Tree, list[str]]] = {}
    for name in names:
        stack, resource = known[name]
        kept.setdefault(stack.path, (stack, []))[1].append(resource.logical_id)
    below = sorted((path for path in kept if path != tree.path), key=lambda path: -path.count("/"))
    steps = [(kept[path][0], kept[path][1]) for path in below]
    steps.append((tree, kept[tree.path][1] if tree.path in kept else []))
    return [
        (stack, deleted(stack.state, f"{token}-{number}", sorted(set(ids))))
        for number, (stack, ids) in enumerate(steps)
    ]


def left_behind(forecast: Forecast, events: Sequence[Event]) -> list[Left]:
    """What stays, by the events of the deletion; of a nested stack that stays all that is in it."""
    skipped = {each.path: each for each in events if each.status == "DELETE_SKIPPED"}
    return [*_left(forecast, skipped)]


def retained(events: Sequence[Event], cloudformation: Any) -> list[Left]:
    """What stays, where no forecast was made: what was kept, and all that is in a nested stack that was."""
    found = []
    for each in events:
        if each.status != "DELETE_SKIPPED":
            continue
        found.append(Left(each.path, each.type, each.physical_id, "retained"))
        state = find(each.physical_id, cloudformation) if each.type == NESTED else None
        if state is not None:
            why = f"{each.path} is retained with all that is in it"
            below = tree(state, cloudformation, each.path).all_resources()
            found += [Left(one.path, one.type, one.physical_id, why) for one in below]
    return found


def _left(forecast: Forecast, skipped: dict[str, Event]) -> Iterator[Left]:
    told = set()
    for fate in forecast.fates:
        above = next((path for path in skipped if fate.path.startswith(f"{path}/")), "")
        if fate.path in skipped or above:
            told.add(fate.path)
            why = fate.why if fate.fate == RETAINED else "it was left behind as asked"
            yield Left(fate.path, fate.type, fate.physical_id, why)
    for path, event in skipped.items():
        if path not in told:
            yield Left(path, event.type, event.physical_id, event.reason or "CloudFormation left it behind")
