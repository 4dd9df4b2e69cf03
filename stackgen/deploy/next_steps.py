"""What a person does next with a stack, by its status; in words of this command line.

Source: CloudFormation User Guide, "Stack status codes" and "Choose how to handle failures".
"""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING, NamedTuple

from .parameters import FLAG

if TYPE_CHECKING:
    from .targets import Target

_PROGRAM = "python -m stackgen"
_WITH_VALUES = ("deploy", "plan", "status", "verify", "rollback --to")
"""The commands that take values of parameters."""
_OF_TWO_WORDS = ("secrets",)
"""The commands whose second word comes before the stack."""
_STEPS = {
    "REVIEW_IN_PROGRESS": "nothing of it was made yet: {deploy} makes it",
    "CREATE_FAILED": "nothing was taken back: {rollback} takes it back",
    "UPDATE_FAILED": "nothing was taken back: {rollback} takes it back",
    "ROLLBACK_COMPLETE": "it was never made: {deploy} clears what is left, and makes it anew",
    "ROLLBACK_FAILED": "it can only be deleted: {destroy}, then {deploy}",
    "DELETE_FAILED": "it is deleted in part: {destroy} goes on with the rest",
    "DELETE_COMPLETE": "it is deleted: {deploy} makes it anew",
    "UPDATE_ROLLBACK_COMPLETE": "everything is as it was before: {deploy} tries again",
    "UPDATE_ROLLBACK_FAILED": "it is stuck halfway back: {rollback} --continue once the cause is mended, or with "
    "--skip auto where it cannot be",
    "IMPORT_ROLLBACK_COMPLETE": "nothing was imported: {deploy} tries again",
    "IMPORT_ROLLBACK_FAILED": "it is stuck halfway back: {rollback} --continue once the cause is mended",
}
NEEDS_PERSON = frozenset({
    "CREATE_FAILED", "UPDATE_FAILED", "ROLLBACK_FAILED", "DELETE_FAILED", "UPDATE_ROLLBACK_FAILED",
    "IMPORT_ROLLBACK_FAILED",
})  # fmt: skip
"""Statuses from which nothing leads on by itself."""
FORGOTTEN = "look at the ID again: AWS knows a stack by it until 90 days after its deletion"
"""What to do where there is no stack of an ID."""


class Words(NamedTuple):
    """How a command is told one stack."""

    stack: str = ""
    """``master-stack -e production -r us-east-1``, or a stack ID."""
    values: str = ""
    """``-p Name=Value --parameters FILE``: what this command was given, for those that take it."""

    def command(self, words: str) -> str:
        """A command on this very stack, as a person types it: ``events --follow`` is one."""
        word, _, options = words.partition(" ")
        if word in _OF_TWO_WORDS:
            second, _, options = options.partition(" ")
            word = f"{word} {second}"
        values = self.values if words.startswith(_WITH_VALUES) else ""
        return " ".join(part for part in (_PROGRAM, word, self.stack, values, options) if part)


_NOBODY = Words()


def next_step(status: str, stack: Words = _NOBODY) -> str:
    """What to do with a stack in a status; nothing where it is well."""
    if stack.stack.startswith("arn:"):  # it is gone, or of nobody here: no command of ours leads on
        return _STEPS.get(status, "").partition(": {")[0]
    commands = {name: stack.command(name) for name in ("deploy", "rollback", "destroy", "events --follow")}
    if status in _STEPS:
        return _STEPS[status].format(**commands)
    if "ROLLBACK" in status and status.endswith("_IN_PROGRESS"):
        return f"CloudFormation takes it back; {commands['events --follow']} shows how"
    if status.endswith("_IN_PROGRESS"):
        return f"CloudFormation still works on it; {commands['events --follow']} shows how"
    return ""


def words_of(target: Target) -> Words:
    """How commands are told this very stack, with the values and files of values that this one was given."""
    if not target.env:
        return Words(target.stack_name)
    given = [
        f"-p {name}={'...' if value.is_secret else shlex.quote(value.text)}"
        for name, value in target.parameters.items()
        if value.origin == FLAG
    ]
    files = [f"--parameters {shlex.quote(file)}" for file in target.files]
    return Words(f"{target.template.rpartition('/')[2]} -e {target.env} -r {target.region}", " ".join([*given, *files]))


def command_for(target: Target, words: str) -> str:
    """A command on this very stack, as a person types it."""
    return words_of(target).command(words)
