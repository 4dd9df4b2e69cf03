"""Make the StackSet where there is none, plan the rollout, and begin it where the definition changes.

AWS knows no update of a definition alone: UpdateStackSet rolls out. So it is given the accounts and regions of the
first exact rectangle, and its operation is the first one that is followed. An unchanged definition is left alone.

In: ``env``, ``repo``, ``sk``, ``s3_bucket``, ``s3_key``. Out: ``stack_set_name``, ``operation`` (CREATE or UPDATE),
``batch_count``, ``orphans``, and ``operation_id`` where it began. Raises TemplateNotFetched, TemplateInvalid,
ParametersInvalid, StackSetNameTaken, OnlyOrphansLeft, OperationInProgressException, LockLost; on an error that stays
the build is marked FAILED.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from botocore.exceptions import BotoCoreError, ClientError

from . import artifacts, builds, definitions, keys, locks, moments, operations, planning, plans, records, targets
from .entry import entry, log
from .errors import DeployerError, OnlyOrphansLeft, OperationInProgressException, Transient
from .inputs import Build, text
from .refusals import translated

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .clients import Clients
    from .plans import Header
    from .policy import Policy
    from .settings import Settings


class Request(NamedTuple):
    """Which release."""

    build: Build
    s3_bucket: str
    s3_key: str

    @classmethod
    def from_event(cls, event: Mapping[str, Any]) -> Request:
        return cls(Build.from_event(event), text(event, "s3_bucket"), text(event, "s3_key"))


def create_stackset(request: Request, settings: Settings, clients: Clients) -> dict[str, Any]:
    """Raises what reading the release and calling StackSets raise; see ``definitions`` and ``operations``."""
    build = request.build
    locks.renew(build, clients, settings)
    name = keys.stack_set_name(build.env, build.repo)
    header = plans.find(build, clients, settings) or _planned(request, name, settings, clients)
    operation_id = ""
    if header.batch_count and plans.batch(build, 0, clients, settings).action == planning.DEFINE:
        operation_id = begin(build, 0, header, settings, clients)
    answer = {
        "stack_set_name": name,
        "operation": header.operation,
        "batch_count": header.batch_count,
        "orphans": header.orphans,
    }
    return {**answer, **({"operation_id": operation_id} if operation_id else {})}


def begin(build: Build, index: int, header: Header, settings: Settings, clients: Clients) -> str:
    """Start a batch of the plan, or find it started; the id of its operation."""
    operation_id = keys.operation_id(build.sk, plans.ROLLOUT, index)
    batch = plans.batch(build, index, clients, settings)
    if index > header.started:  # noted first: whoever comes after looks for it
        begins = header.rules.alarms and (
            index == 0 or plans.batch(build, index - 1, clients, settings).wave != batch.wave
        )
        more = {"wave_began": moments.stamp()} if begins else {}
        plans.note(build, clients, settings, started=index, **more)
    order = operations.Order(
        keys.stack_set_name(build.env, build.repo),
        operation_id,
        batch,
        {},
        header.rules,
    )
    if order.batch.action == planning.DEFINE and operations.find(order.stack_set_name, operation_id, clients) is None:
        if not order.batch.rectangle.accounts:
            _see_that_nothing_is_there(order.stack_set_name, clients)
        definition = definitions.requested(build, header.release, header.rules, settings, clients)
        order = order._replace(definition=definition)
    operations.start(order, clients, settings)
    return operation_id


def _see_that_nothing_is_there(name: str, clients: Clients) -> None:
    """UpdateStackSet without accounts reaches every instance. Raises OnlyOrphansLeft where there is one."""
    left = [each.pair for each in operations.existing(name, clients) if each.status != planning.INOPERABLE]
    if left:
        raise OnlyOrphansLeft(
            f"{len(left)} instances could not be deleted, such as {left[0]}: the change would reach them"
        )


def _planned(request: Request, name: str, settings: Settings, clients: Clients) -> Header:
    build = request.build
    record = builds.find(build, clients, settings) or {}
    is_retry = bool(record.get("retry_of"))
    policy = targets.configured(build.env, build.repo, clients.dynamodb, settings).policy
    place = artifacts.Place(request.s3_bucket, request.s3_key)
    release = definitions.released(build, record, place, policy, clients)
    for unused in release.unused:
        log.warning("the template declares no parameter %s, so it is not given", unused)
    wanted = definitions.request(release, policy, settings)
    found = definitions.find(name, build.repo, clients)
    existing = []
    if found is None:
        builds.note(build, clients, settings, operation="CREATE")  # first: whoever comes after says so too
        definitions.create(name, build, wanted, clients)
    else:
        existing = operations.existing(name, clients)
    pairs = [each.pair for each in records.load(build, clients, settings) if each.action != planning.DELETE]
    plan = planning.planned(
        pairs,
        existing,
        policy,
        is_changed=found is not None and definitions.is_changed(found, release, wanted),
        prunes=bool(record.get("prune")) and not is_retry,
    )
    _settle(build, plan, settings, clients)
    builds.note(
        build,
        clients,
        settings,
        template_hash=release.template.sha256,
        template_version=release.template.version,
        parameter_versions=release.versions,
    )
    header = plans.Header(
        len(plan.batches),
        {"sk": build.sk, "s3_bucket": request.s3_bucket, "s3_key": request.s3_key},
        _policy_record(policy),
        operation="CREATE" if found is None else str(record.get("operation", "UPDATE")),
        orphans=0 if is_retry else len(plan.orphans),
    )
    return plans.save(build, plan.batches, header, clients, settings)


def _settle(build: Build, plan: planning.Plan, settings: Settings, clients: Clients) -> None:
    """Write what is settled before anything starts, and a record for each orphan that will be deleted."""
    settled = [
        records.Record(pair, builds.SUCCESS, "SUCCEEDED", status_reason="was current already") for pair in plan.skipped
    ]
    settled += [
        records.Record(pair, builds.FAILED, planning.INOPERABLE, status_reason=planning.INOPERABLE_HINT)
        for pair in plan.inoperable
    ]
    records.update_all(build, settled, clients, settings)
    deleted = [pair for batch in plan.batches if batch.action == planning.DELETE for pair in batch.rectangle.pairs()]
    if deleted:
        records.create(build, deleted, clients, settings, action=planning.DELETE)


def _policy_record(policy: Policy) -> dict[str, Any]:
    """A policy as it is read again."""
    return {
        name: [list(each) for each in value] if name == "waves" else list(value) if isinstance(value, tuple) else value
        for name, value in policy._asdict().items()
        if value not in (None, ())
    }


@entry
def handler(event: Mapping[str, Any], settings: Settings, clients: Clients) -> dict[str, Any]:
    request = Request.from_event(event)
    try:
        return create_stackset(request, settings, clients)
    except (DeployerError, ClientError, BotoCoreError) as error:
        ours = error if isinstance(error, DeployerError) else translated(error)
        if not isinstance(ours, Transient | OperationInProgressException):
            _mark_failed(request.build, ours, settings, clients)
        raise ours from error


def _mark_failed(build: Build, error: DeployerError, settings: Settings, clients: Clients) -> None:
    """The state machine marks it too; where neither succeeds, the clean-up does."""
    try:
        builds.move(build, builds.FAILED, clients, settings, error_msg=f"{type(error).__name__}: {error}")
    except (ClientError, BotoCoreError) as unwritten:
        log.warning("the build is not marked as failed: %s", unwritten)
