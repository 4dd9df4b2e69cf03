"""How a build goes: its record, its targets by outcome and cause, and the operation that runs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from botocore.exceptions import ClientError

from stackgen.deployer.handlers import keys, operations, plans, records
from stackgen.deployer.handlers.errors import OperationNotFoundException, StackSetNotFoundException
from stackgen.deployer.handlers.settling import counted

from . import builds, locks
from .causes import Grouped, grouped

if TYPE_CHECKING:
    from collections.abc import Mapping

    from stackgen.deployer.handlers.inputs import Build
    from stackgen.deployer.handlers.plans import Header
    from stackgen.deployer.handlers.records import Record

    from .installation import Installation


class Live(NamedTuple):
    """The operation that runs, as CloudFormation tells of it now."""

    operation_id: str
    status: str
    batch_index: int
    is_way_back: bool
    total: int
    ended: int
    recorded: int
    """How many of those that have ended the records know of."""

    @property
    def behind(self) -> int:
        """How many ended targets the records do not know of yet."""
        return max(self.ended - self.recorded, 0)


class Status(NamedTuple):
    """Everything that is shown of a build."""

    record: dict[str, Any]
    records: tuple[Record, ...]
    header: Header | None
    back: Header | None
    live: Live | None
    execution: str
    """How the execution of a build that has not ended stands, in Step Functions' words."""
    grouped: Grouped

    @property
    def build(self) -> Build:
        return builds.build_of(self.record)

    @property
    def counts(self) -> dict[str, int]:
        return counted(self.records)

    @property
    def is_over(self) -> bool:
        return builds.is_over(self.record)

    @property
    def inoperable(self) -> list[Record]:
        return [each for each in self.records if each.detailed_status == "INOPERABLE"]

    @property
    def exit_code(self) -> int:
        return builds.exit_code(self.record, self.counts["succeeded"], is_inoperable=bool(self.inoperable))


def read(installation: Installation, record: dict[str, Any]) -> Status:
    """Read what there is of a build whose record was read."""
    build = builds.build_of(record)
    clients, settings = installation.clients, installation.settings
    found = records.load(build, clients, settings, whole=True)
    header = plans.find(build, clients, settings)
    back = plans.find(build, clients, settings, plans.REVERT)
    live, execution = None, ""
    if not builds.is_over(record):
        live = _live(installation, build, header, back, found)
        arn = execution_arn(installation, record)
        execution = locks.execution_status(installation, arn) if arn else ""
    return Status(record, tuple(found), header, back, live, execution, grouped(found))


def again(installation: Installation, status: Status) -> Status:
    """Read it once more."""
    record = builds.find(installation, status.build)
    return read(installation, record or status.record)


def execution_arn(installation: Installation, record: Mapping[str, Any]) -> str:
    """The execution that works on a build: that which holds its lock, for one may hand over to the next."""
    lock = locks.find(installation, str(record["repo"]), str(record["env"]))
    if lock is not None and lock.build_id == record["SK"] and lock.execution_arn:
        return lock.execution_arn
    return str(record.get("execution_arn") or "")


def _live(
    installation: Installation, build: Build, header: Header | None, back: Header | None, found: list[Record]
) -> Live | None:
    plan, kind = (back, plans.REVERT) if back is not None else (header, plans.ROLLOUT)
    if plan is None or plan.started < 0:
        return None
    clients, name = installation.clients, keys.stack_set_name(build.env, build.repo)
    operation_id = keys.operation_id(build.sk, kind, plan.started)
    try:
        operation = operations.find(name, operation_id, clients)
        if operation is None:
            return None
        results = list(operations.results(name, operation_id, clients))
    except (StackSetNotFoundException, OperationNotFoundException):
        return None
    ended = {each.pair for each in results if records.FROM_DETAILED.get(each.status) in ("SUCCESS", "FAILED")}
    known = ended if back else {each.pair for each in found if each.status in ("SUCCESS", "FAILED")}
    way_back = back is not None
    return Live(operation_id, operation.status, plan.started, way_back, len(results), len(ended), len(ended & known))


def stop(installation: Installation, arn: str, cause: str) -> bool:
    """Stop an execution; False where it had ended already, or is not there."""
    machine = installation.clients.stepfunctions
    try:
        if machine.describe_execution(executionArn=arn)["status"] != "RUNNING":
            return False
        machine.stop_execution(executionArn=arn, error="StoppedByOperator", cause=cause)
    except ClientError as error:
        if error.response.get("Error", {}).get("Code") not in ("ExecutionDoesNotExist", "InvalidArn"):
            raise
        return False
    return True
