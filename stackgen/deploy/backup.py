"""Backups on demand of the tables and databases of a whole tree of stacks, before something may cost their data."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, NamedTuple

from stackgen.errors import StackgenError

from . import stacks
from .backup_jobs import Job, to_the_end
from .backup_kinds import CLUSTER, CREATING, INSTANCE, KINDS, instead
from .backup_records import Left, Record, Saved

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from .actions import Action
    from .backup_kinds import Kind
    from .polling import Pace
    from .stacks import Tree
    from .targets import Target


class BackupError(StackgenError):
    """Something could not be backed up; *record* has what could."""

    def __init__(self, message: str, *hints: str, record: Record | None = None) -> None:
        super().__init__(message, *hints)
        self.record = record


class Wanted(NamedTuple):
    """A resource that holds data; with ``advice`` one that AWS cannot back up on demand."""

    path: str
    type: str
    physical_id: str
    advice: str = ""

    @property
    def is_possible(self) -> bool:
        """Whether it can be backed up."""
        return not self.advice


def wanted(tree: Tree, paths: Iterable[str] | None = None) -> tuple[Wanted, ...]:
    """What holds data in a tree of stacks, or at and below these paths of it."""
    below = None if paths is None else tuple(paths)
    found = []
    for each in tree.all_resources():
        if not each.physical_id or (below is not None and not _is_below(each.path, below)):
            continue
        advice = instead(each.type, each.physical_id)
        if each.type in KINDS or advice:
            found.append(Wanted(each.path, each.type, each.physical_id, advice))
    return tuple(found)


def _is_below(path: str, places: Sequence[str]) -> bool:
    return any(path == place or path.startswith(f"{place}/") for place in places)


def unseen(tree: Tree) -> list[str]:
    """Where there may be data that a look at the stacks does not show: a nested stack, or a table, that is not there.

    A backup that leaves them out would be taken for one of everything.
    """
    return [
        resource.path
        for stack in tree.stacks()
        for resource in stack.resources
        if (resource.type == stacks.NESTED and resource.logical_id not in stack.children)
        or (resource.type in KINDS and not resource.physical_id)
    ]


def back_up(  # noqa: PLR0917  what it works on, and with what
    wanted: Sequence[Wanted],
    target: Target,
    perform: Callable[[Action], Any],
    client: Callable[[str], Any],
    pace: Pace,
    told: Callable[[str], None] = lambda _: None,
    kept: Callable[[Record], object] = lambda _: None,
) -> Record:
    """Begin a backup of each, and wait until all are there.

    *kept* gets the record before anything is begun, and again with each that comes about, so that it is at hand where
    a run is cut off. Raises BackupError where one fails or does not come about; the others are waited for all the same.
    """
    stamp = datetime.fromtimestamp(pace.now(), UTC).strftime("%Y%m%d-%H%M%S")
    record = _recorded(target, client("cloudformation"), stamp)
    left = tuple(Left(each.path, each.type, each.physical_id, each.advice) for each in wanted if not each.is_possible)
    jobs = [Job(kind, saved, perform, client(kind.service)) for kind, saved in _begun(wanted, stamp, client)]
    record = replace(record, saved=tuple(job.saved for job in jobs), left=left)
    kept(record)
    saved = to_the_end(jobs, pace, told, lambda saved: kept(replace(record, saved=saved)))
    record = replace(record, saved=saved)
    failed = [each for each in record.saved if not each.is_good]
    if failed:
        raise BackupError(
            f"no backup of {failed[0].path} ({failed[0].source}): {failed[0].reason}",
            *(f"nor of {each.path} ({each.source}): {each.reason}" for each in failed[1:3]),
            f"{len(failed)} of {len(record.saved)} failed; nothing else was changed",
            record=record,
        )
    return record


def _begun(wanted: Iterable[Wanted], stamp: str, client: Callable[[str], Any]) -> Iterator[tuple[Kind, Saved]]:
    """What is backed up how: each source once, and of a cluster its storage instead of its instances."""
    seen = set()
    for each in sorted((each for each in wanted if each.is_possible), key=lambda each: KINDS[each.type] is INSTANCE):
        kind, source = KINDS[each.type], each.physical_id
        settings: dict[str, Any] = {}
        if kind is INSTANCE:
            (found,) = client("rds").describe_db_instances(DBInstanceIdentifier=source)["DBInstances"]
            if found.get("DBClusterIdentifier"):
                kind, source = CLUSTER, found["DBClusterIdentifier"]
            else:
                settings = {"subnets": found.get("DBSubnetGroup", {}).get("DBSubnetGroupName", "")}
                groups = found.get("VpcSecurityGroups", [])
                settings["groups"] = [group["VpcSecurityGroupId"] for group in groups]
        if kind is CLUSTER and (kind.noun, source) not in seen:
            (found,) = client("rds").describe_db_clusters(DBClusterIdentifier=source)["DBClusters"]
            groups = found.get("VpcSecurityGroups", [])
            settings = {
                "engine": found["Engine"],
                "subnets": found.get("DBSubnetGroup", ""),
                "groups": [group["VpcSecurityGroupId"] for group in groups],
            }
        if (kind.noun, source) not in seen:
            seen.add((kind.noun, source))
            yield (
                kind,
                Saved(each.path, each.type, source, kind.named(source, stamp), status=CREATING, settings=settings),
            )


def _recorded(target: Target, cloudformation: Any, stamp: str) -> Record:
    """The stack as it is deployed: its templates, and its values but for the secret ones."""
    found = cloudformation.describe_stacks(StackName=target.stack_name)["Stacks"][0]
    state = stacks.state_of(found)
    tree = stacks.tree(state, cloudformation)
    templates = {each.path: _template(each, cloudformation) for each in tree.stacks()}
    hidden = _hidden(templates[tree.path], found.get("Parameters", []))
    return Record(
        stack=state.name,
        stack_id=state.id,
        account=target.account,
        region=target.region,
        environment=target.env,
        template=target.template,
        stamp=stamp,
        parameters={
            each["ParameterKey"]: each.get("ParameterValue", "")
            for each in found.get("Parameters", [])
            if each["ParameterKey"] not in hidden
        },
        secrets=tuple(sorted(hidden)),
        tags=state.tags,
        templates=templates,
    )


def _template(tree: Tree, cloudformation: Any) -> Any:
    return cloudformation.get_template(StackName=tree.state.id, TemplateStage="Original")["TemplateBody"]


def _hidden(template: Any, parameters: Iterable[dict[str, Any]]) -> set[str]:
    """Parameters that must not be kept: those with NoEcho; where the template is no JSON, those that AWS masks."""
    declared = template.get("Parameters", {}) if isinstance(template, dict) else {}
    return {
        each["ParameterKey"]
        for each in parameters
        if str(declared.get(each["ParameterKey"], {}).get("NoEcho", "")).lower() == "true"
        or set(each.get("ParameterValue", "")) == {"*"}
    }
