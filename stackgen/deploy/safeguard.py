"""A backup before an update that may cost data: of everything in the tree of stacks that can be, or no update."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from stackgen.errors import shown

from . import backup, stacks
from .backup_records import RecordFile, incomplete

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from .actions import Action
    from .plans import Plan
    from .polling import Pace
    from .targets import Target


class Safeguard(NamedTuple):
    """What a backup is made with; *told* hears of each resource as it is saved."""

    perform: Callable[[Action], Any]
    client: Callable[[str], Any]
    pace: Pace
    folder: Path
    told: Callable[[str], None]


def is_needed(plan: Plan) -> bool:
    """Whether there is data that the plan may cost."""
    return bool(plan.risks) and plan.state is not None


def backed_up(plan: Plan, by: Safeguard) -> Path | None:
    """Back everything up, wait, and say where the record is; None where nothing can be backed up.

    What cannot be is told. Raises BackupError, RecordError, OutputFileError; the stack was not touched then.
    """
    assert plan.state is not None  # noqa: S101 - is_needed says so
    tree = stacks.tree(plan.state, by.client("cloudformation"), plan.target.stack_name)
    unseen = backup.unseen(tree)
    if unseen:
        raise backup.BackupError(
            f"no backup of {plan.target.place}: what is in {', '.join(unseen)} cannot be seen",
            "nothing was changed; --no-backup deploys without one",
        )
    found = backup.wanted(tree)
    for each in found:
        if not each.is_possible:
            by.told(f"{each.path} ({each.type}) is not backed up: {each.advice}")
    if not any(each.is_possible for each in found):
        return None
    return saved(found, plan.target, by)


def saved(found: Sequence[backup.Wanted], target: Target, by: Safeguard) -> Path:
    """Back these up and say where the record is; there is one too where some of them failed. Raises the same."""
    for path in incomplete(by.folder, target.stack_name, target.account, target.region):
        by.told(f"{shown(str(path))}: that backup was cut off; this one is made anew")
    record = RecordFile(by.folder)
    backup.back_up(found, target, by.perform, by.client, by.pace, by.told, record.write)
    return record.path
