"""What happened in a case as AWS saw it: the life of locks, what StackSets were asked for, which stacks were worked on.

It is written where calls take effect, so an answer that was lost is in it, and a call that was refused is not.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable

    from stackgen.local.campaign.wire import Wire
    from stackgen.local.cloud import Cloud
    from stackgen.local.wire import Call, Response

Pair = tuple[str, str]

TAKEN, RENEWED, RELEASED = "taken", "renewed", "released"
_OK = 300
_CHANGES = frozenset(
    {"CreateStackSet", "UpdateStackSet", "CreateStackInstances", "UpdateStackInstances", "DeleteStackInstances"}
)
STACK = "AWS::CloudFormation::Stack"


class LockEvent(NamedTuple):
    """A write of a lock that took effect. ``until`` is the time at which it expires."""

    order: int
    at: float
    what: str
    lock: str
    build: str
    execution: str
    until: float


class Change(NamedTuple):
    """A StackSet was asked for a change and accepted it. ``places`` is None where it means all instances."""

    order: int
    at: float
    build: str
    operation: str
    stack_set: str
    operation_id: str
    places: frozenset[Pair] | None


class Worked(NamedTuple):
    """A stack of a StackSet was begun to be worked on."""

    order: int
    at: float
    stack: str
    place: Pair
    status: str


class End(NamedTuple):
    """An execution ended."""

    order: int
    at: float
    execution: str
    status: str


class Journal:
    """Of the case that runs."""

    def __init__(self, cloud: Cloud, wire: Wire, locks: str) -> None:
        self._clock = cloud.clock
        self._wire = wire
        self._locks = locks.encode()
        self._order = 0
        self.locks: list[LockEvent] = []
        self.changes: list[Change] = []
        self.stacks: list[Worked] = []
        self.ends: list[End] = []
        cloud.gateway.observers.append(self._observe)
        cloud.formation.operations.watchers.append(self._stack_event)

    def watch(self, locks: str) -> None:
        """Watch another table of locks."""
        self._locks = locks.encode()

    def begin(self) -> None:
        for kept in (self.locks, self.changes, self.stacks, self.ends):
            kept.clear()

    def _now(self) -> tuple[int, float]:
        self._order += 1
        return self._order, self._clock.time()

    def ended(self, execution: str, status: str) -> None:
        self.ends.append(End(*self._now(), execution, status))

    def _observe(self, call: Call, response: Response) -> None:
        if response.status >= _OK:
            return
        if call.service == "dynamodb" and self._locks in call.request.body:
            self._lock(call)
        elif call.service == "cloudformation" and call.operation in _CHANGES:
            self._change(call)

    def _lock(self, call: Call) -> None:
        said = call.parameters
        if call.operation == "PutItem":
            item = said["Item"]
            what, key, until = TAKEN, item["PK"]["S"], float(item["ttl"]["N"])
            build, execution = item["build_id"]["S"], item["execution_arn"]["S"]
        elif call.operation in {"UpdateItem", "DeleteItem"}:
            caller = self._wire.caller()
            what = RENEWED if call.operation == "UpdateItem" else RELEASED
            key, execution, build = said["Key"]["PK"]["S"], "", caller.build if caller else ""
            until = _until(said)
        else:
            return
        self.locks.append(LockEvent(*self._now(), what, key, build, execution, until))

    def _change(self, call: Call) -> None:
        said, caller = call.parameters, self._wire.caller()
        places = None
        if said.get("Accounts") or call.operation == "CreateStackSet":
            places = frozenset(
                (account, region) for account in said.get("Accounts") or [] for region in said.get("Regions") or []
            )
        build, name = caller.build if caller else "", said["StackSetName"]
        operation_id = str(said.get("OperationId") or "")
        self.changes.append(Change(*self._now(), build, call.operation, name, operation_id, places))

    def _stack_event(self, event: dict[str, Any]) -> None:
        if event["ResourceType"] != STACK or not event["StackName"].startswith("StackSet-"):
            return
        region, account = event["StackId"].split(":")[3:5]
        self.stacks.append(Worked(*self._now(), event["StackName"], (account, region), event["ResourceStatus"]))

    def touched(self, stack_set: str) -> set[Pair]:
        """Where anything was asked of a StackSet or became of its stacks."""
        asked = {place for each in self.changes if each.stack_set == stack_set for place in each.places or ()}
        prefix = f"StackSet-{stack_set[:82]}-"
        return asked | {each.place for each in self.stacks if each.stack.startswith(prefix)}


def _until(said: dict[str, Any]) -> float:
    values: Iterable[dict[str, Any]] = (said.get("ExpressionAttributeValues") or {}).values()
    return max((float(each["N"]) for each in values if "N" in each), default=0.0)
