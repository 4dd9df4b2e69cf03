"""Old final snapshots of database clusters: whose they are, which may go, and the calls that delete them.

CloudFormation makes one whenever it deletes a cluster, and nothing in AWS lets them expire. Which are due is decided
by ``snapshots``, as it is for the function that does the same every day.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from botocore.exceptions import BotoCoreError, ClientError

from stackgen.environments import _text

from .actions import Action
from .settings import filled, settings_of, words_of
from .snapshots import AUTOMATED, FOREIGN, MADE_ON_PURPOSE, Plan, Rule, plan, reason_to_keep

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime

    from stackgen.project import Project

    from .executor import Executor
    from .snapshots import Snapshot
    from .targets import Target

KEPT = "newest"
"""Why a snapshot is kept beside the reasons of ``snapshots``: it is one of those that are kept whatever their age."""
_GONE = "DBClusterSnapshotNotFoundFault"
_SAFE_TAGS = ("Environment", "Project")


class Pruned(NamedTuple):
    """What became of those that were to be deleted."""

    deleted: Sequence[str]
    failed: Mapping[str, str]
    """Why, by name."""


def tags_of(project: Project, target: Target) -> dict[str, str]:
    """What a snapshot must be tagged with to be one of this stack's: its setting, or environment and project.

    Raises ProjectError.
    """
    words = words_of(target.env, target.region, target.account, target.template)
    said = settings_of(project, target.env, target.template, words).values.get("snapshot_tags")
    if said is None:
        return {name: target.tags[name] for name in _SAFE_TAGS if name in target.tags}
    return {
        key: filled(project, said.origin, key, _text(project, said.origin, key, value), words)
        for key, value in said.value.items()
    }


def ours(snapshots: Iterable[Snapshot], rule: Rule, now: datetime) -> list[tuple[Snapshot, str]]:
    """Those that bear the tags, the newest first, each with why it is kept; nothing where it is due."""
    judged = [(each, reason_to_keep(each, rule, now)) for each in snapshots]
    found = [each for each in judged if each[1] not in (AUTOMATED, FOREIGN)]
    return sorted(found, key=lambda each: (each[0].made_at or now, each[0].name), reverse=True)


def forecast(snapshots: Sequence[Snapshot], rule: Rule, now: datetime, keep: int = 0) -> Plan:
    """What would be deleted; the *keep* newest of each cluster stay, however old they are, and beside them backups."""
    spared: set[str] = set()
    of_cluster: dict[str, int] = {}
    for each, reason in ours(snapshots, rule, now):
        if reason in MADE_ON_PURPOSE:
            continue
        number = of_cluster[each.cluster] = of_cluster.get(each.cluster, 0) + 1
        if number <= keep and not reason:
            spared.add(each.arn)
    found = plan((each for each in snapshots if each.arn not in spared), rule, now)
    return found._replace(kept={**found.kept, KEPT: len(spared)}) if spared else found


def deletions(found: Plan) -> list[Action]:
    """The calls, the oldest first."""
    return [
        Action(
            "rds",
            "delete_db_cluster_snapshot",
            {"DBClusterSnapshotIdentifier": each.name},
            f"delete the snapshot {each.name} of {each.cluster}",
        )
        for each in found.doomed
    ]


def prune(actions: Iterable[Action], executor: Executor) -> Pruned:
    """Delete them; one that is gone already counts as deleted, and one that is refused holds up no other."""
    deleted: list[str] = []
    failed: dict[str, str] = {}
    for action in actions:
        name = str(action.parameters["DBClusterSnapshotIdentifier"])
        try:
            executor.perform(action)
        except ClientError as error:
            told = error.response.get("Error", {})
            if told.get("Code") != _GONE:
                failed[name] = f"{told.get('Code', '')}: {told.get('Message', '')}"
                continue
        except BotoCoreError as error:
            failed[name] = str(error)
            continue
        deleted.append(name)
    return Pruned(deleted, failed)
