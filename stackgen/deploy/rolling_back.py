"""The way back of a stack, by its status; decided by reading alone.

| status                                              | way                                                    |
|-----------------------------------------------------|--------------------------------------------------------|
| UPDATE_FAILED, CREATE_FAILED                        | RollbackStack: the failure was left as it is           |
| UPDATE_ROLLBACK_FAILED                              | ContinueUpdateRollback, without what is to be skipped  |
| UPDATE_IN_PROGRESS                                  | CancelUpdateStack                                      |
| every other ..._IN_PROGRESS                         | followed until it is over                              |
| ROLLBACK_COMPLETE, ROLLBACK_FAILED, REVIEW_IN_PROGRESS | DeleteStack: nothing else is possible               |
| UPDATE_ROLLBACK_COMPLETE                            | none: it is back already                               |
| every other ..._COMPLETE                            | none by CloudFormation: deploy an older version        |
| DELETE_FAILED, IMPORT_ROLLBACK_FAILED               | none: a person must decide                             |

Source: CloudFormation User Guide, "Stack status codes", "Continue rolling back an update"; API_RollbackStack.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from stackgen.errors import UsageError, likely

from .actions import Action
from .stacks import NESTED

if TYPE_CHECKING:
    from collections.abc import Sequence

    from .stacks import Resource, StackState, Tree

ROLL_BACK, CONTINUE, CANCEL, FOLLOW, DELETE, BACK, HEALTHY, STUCK = (
    "roll back", "continue", "cancel", "follow", "delete", "back already", "healthy", "stuck",
)  # fmt: skip

_WAYS = {
    "UPDATE_FAILED": ROLL_BACK,
    "CREATE_FAILED": ROLL_BACK,
    "UPDATE_ROLLBACK_FAILED": CONTINUE,
    "UPDATE_IN_PROGRESS": CANCEL,
    "ROLLBACK_COMPLETE": DELETE,
    "ROLLBACK_FAILED": DELETE,
    "REVIEW_IN_PROGRESS": DELETE,
    "UPDATE_ROLLBACK_COMPLETE": BACK,
    "DELETE_FAILED": STUCK,
    "IMPORT_ROLLBACK_FAILED": STUCK,
}
_SENTENCES = {
    ROLL_BACK: "what the failed operation did is taken back",
    CONTINUE: "the way back, which got stuck, is gone on",
    CANCEL: "the update that runs is cancelled, and taken back",
    FOLLOW: "an operation runs that cannot be cancelled: it is followed to its end",
    DELETE: "it was never made, and can only be deleted",
    BACK: "it is back already: nothing to do",
    HEALTHY: "it is well, so CloudFormation has nothing to take back",
    STUCK: "there is no way back from there",
}
_CANCELLED = "cancelled"
"""In the reason of a resource that did not fail itself."""

_GOOD = {
    ROLL_BACK: ("UPDATE_ROLLBACK_COMPLETE", "ROLLBACK_COMPLETE", "DELETE_COMPLETE"),
    CONTINUE: ("UPDATE_ROLLBACK_COMPLETE",),
    CANCEL: ("UPDATE_ROLLBACK_COMPLETE",),
    DELETE: ("DELETE_COMPLETE",),
}
MISSED, NEEDS_PERSON = 1, 6


@dataclass(frozen=True, slots=True)
class Way:
    """What will be done with a stack."""

    state: StackState
    kind: str
    action: Action | None = None
    failed: tuple[Resource, ...] = ()
    """What could not be rolled back."""
    skipped: tuple[str, ...] = ()
    """What is left as it is, in CloudFormation's words: ``NestedStackName.LogicalId``."""

    @property
    def sentence(self) -> str:
        """For the person who is asked."""
        return f"{self.state.name} is in {self.state.status}: {_SENTENCES[self.kind]}"

    def exit_code(self, status: str) -> int:
        """0 where it went as it was meant, 1 where it is well but not back, 6 where somebody must decide."""
        if status in _GOOD.get(self.kind, ()):
            return 0
        if status.endswith("_COMPLETE"):
            return 0 if self.kind == FOLLOW else MISSED
        return NEEDS_PERSON


def way_of(tree: Tree, skip: str, token: str) -> Way:
    """The way back of a stack; *skip* is ``auto`` or names, and *token* marks the operation. Raises UsageError."""
    state = tree.state
    kind = _WAYS.get(state.status, FOLLOW if state.is_going_on else HEALTHY)
    if skip and kind != CONTINUE:
        raise UsageError(
            f"--skip: {state.name} is in {state.status}",
            "only of a way back that got stuck (UPDATE_ROLLBACK_FAILED) something can be skipped",
        )
    failed = tuple(each for each, _ in stuck(tree)) if kind == CONTINUE else ()
    skipped = _skipped(tree, skip) if skip else ()
    return Way(state, kind, _action(kind, state, skipped, token), failed, skipped)


def _action(kind: str, state: StackState, skipped: Sequence[str], token: str) -> Action | None:
    asked = {"StackName": state.id, "ClientRequestToken": token}
    if kind == ROLL_BACK:
        more = {"RetainExceptOnCreate": True}  # what is new and holds nothing would be in the way of the next attempt
        return Action("cloudformation", "rollback_stack", {**asked, **more}, f"take back what failed in {state.name}")
    if kind == CONTINUE:
        left = {"ResourcesToSkip": list(skipped)} if skipped else {}
        why = f"go on taking back the update of {state.name}"
        return Action("cloudformation", "continue_update_rollback", {**asked, **left}, why)
    if kind == CANCEL:
        return Action("cloudformation", "cancel_update_stack", asked, f"cancel the update of {state.name}")
    if kind == DELETE:
        return Action("cloudformation", "delete_stack", asked, f"delete what is left of {state.name}")
    return None


def stuck(tree: Tree) -> list[tuple[Resource, str]]:
    """What could not be rolled back, in the deepest stacks, each with its name for ``ResourcesToSkip``.

    A nested stack that failed only tells of what failed inside of it, and what was cancelled did not fail.
    """
    return [
        (resource, resource.logical_id if stack is tree else f"{stack.state.name}.{resource.logical_id}")
        for stack in tree.stacks()
        for resource in stack.resources
        if resource.status == "UPDATE_FAILED" and resource.type != NESTED and _CANCELLED not in resource.reason.lower()
    ]


def _skipped(tree: Tree, skip: str) -> tuple[str, ...]:
    """The names that CloudFormation takes. Raises UsageError for one that did not fail."""
    found = stuck(tree)
    if skip == "auto":
        if not found:
            raise UsageError("--skip auto: nothing is found that failed", "events tells what happened")
        return tuple(name for _, name in found)
    known: dict[str, str] = {}
    for resource, name in found:
        known |= {resource.path: name, resource.path.partition("/")[2]: name, name: name}
    names = [each.strip() for each in skip.split(",")]
    for each in names:
        if each not in known:
            raise UsageError(
                f"--skip {each or skip!r}: only what failed on its way back can be skipped",
                likely(each, known),
                "--skip auto means all of it",
            )
    return tuple(dict.fromkeys(known[each] for each in names))
