"""Stack operations as tasks of the clock, in two phases.

CloudFormation deletes what was replaced or removed only after the whole tree was updated, and rolls every child back
when a sibling fails (UPDATE_COMPLETE_CLEANUP_IN_PROGRESS). So a child that was updated waits for the verdict of its
root; both are tasks, and both wait without time passing.
"""

from __future__ import annotations

import logging
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING, Any

from stackgen.local.formation import exports, policies, records, steps
from stackgen.local.formation.deletion import BEING_MADE
from stackgen.local.formation.monitoring import TOO_LATE, call, limit_time
from stackgen.local.formation.operation import CLOUDFORMATION_STACK, Child, Operation, current, drive, start
from stackgen.local.virtual import given

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from stackgen.local.clock import Clock
    from stackgen.local.formation.monitoring import Monitoring
    from stackgen.local.formation.operation import Work
    from stackgen.local.formation.records import Stack
    from stackgen.local.formation.steps import Steps

_SENT_BACK = "The root of this stack rolls back."
"""Says inside the engine that nothing failed here; no event shows it."""


_log = logging.getLogger(__name__)


class SentBack(Exception):
    """The root rolls back, and so does this child of it."""


def _sends_back(sends_back: Callable[[str], bool]) -> Callable[[str], bool]:
    """A set whose update failed has changed some instances; it is sent back as a child or a custom resource is."""
    return lambda kind: sends_back(kind) or kind == "AWS::CloudFormation::StackSet"


async def _inline(function: Callable[..., Any], *args: Any, **_: Any) -> Any:
    """In place of ministack's own threads: the operation has one already."""
    return function(*args)


class Operations:
    """``watchers`` are told every event of every stack, as it happens."""

    def __init__(self, clock: Clock, monitoring: Monitoring, each: Steps) -> None:
        self.clock = clock
        self.monitoring = monitoring
        self.steps = each
        self.watchers: list[Callable[[dict[str, Any]], None]] = []
        self._running: dict[str, Operation] = {}

    @contextmanager
    def mended(self) -> Iterator[None]:
        """Run the operations of ministack's CloudFormation on the clock."""
        from ministack.services.cloudformation import changesets, handlers, stacks

        told = self._telling(stacks._add_event)
        rolled_back = self._with_its_reason(stacks._roll_back_operation)
        resolved = self._in_two_phases(stacks._resolve_stack_outputs)
        with ExitStack() as mended:
            mended.enter_context(given(changesets, _create_stack_task_in_region=self._begin, _add_event=told))
            mended.enter_context(
                given(
                    handlers,
                    _create_stack_task_in_region=self._begin,
                    _add_event=told,
                    _capabilities_enforced=lambda: True,
                    _roll_back_operation=rolled_back,
                )
            )
            mended.enter_context(
                given(
                    stacks,
                    run_reentrant=_inline,
                    _sends_back_failed_update=_sends_back(stacks._sends_back_failed_update),
                    _add_event=told,
                    _resolve_stack_outputs=resolved,
                    _roll_back_operation=rolled_back,
                    _provision_resource=self.steps.creating(stacks._provision_resource),
                    _update_resource=self.steps.updating(stacks._update_resource),
                    _delete_resource=self.steps.deleting(stacks._delete_resource),
                )
            )
            yield

    def _begin(self, work: Work, stack: Stack, stack_id: str | None = None) -> None:
        from ministack.services.cloudformation import stacks

        begin = start.get()
        with stacks._stack_region_context(stack, stack_id):
            if begin is not None:
                begin(work, stack)
            else:
                if _is_deletion(work) and stack["StackStatus"] in BEING_MADE:
                    self._stop(stack)
                self.clock.spawn(lambda: self.run_root(work, stack), f"stack {stack['StackName']}")

    def _stop(self, stack: Stack) -> None:
        """Let a creation come to its end where it stands, for the stack is to be deleted."""
        stack["_deletion_requested"] = True
        stack["StackStatus"] = "DELETE_IN_PROGRESS"
        running = self._running.get(_tree(stack))
        if running is not None:
            self.clock.wake(running.listeners)

    def run_root(self, work: Work, stack: Stack) -> None:
        """Run the operation of a root and everything below it to the end, after what runs there already."""
        while (earlier := self._running.get(_tree(stack))) is not None and earlier is not current.get():
            self.clock.wait(lambda seen=earlier: seen.done, None, earlier.followers)  # type: ignore[misc]
        if _is_deletion(work):
            stack.pop("_deletion_requested", None)
        is_creation = stack["StackStatus"] == "CREATE_IN_PROGRESS"
        own = Operation(stack, self.monitoring.of_operation(stack), is_creation)
        current.set(own)
        start.set(None)
        if earlier is not None:
            drive(work, stack)
            return
        self._running[_tree(stack)] = own
        try:
            self._run(own, work, stack)
        finally:
            del self._running[_tree(stack)]
            own.done = True
            self.clock.wake(own.followers)

    def _run(self, own: Operation, work: Work, stack: Stack) -> None:
        asked = call.get()
        if own.is_creation and asked is not None and asked.operation == "CreateStack":
            limit_time(stack, asked.parameters.get("TimeoutInMinutes"), self.clock.time())
        stack["StackStatusReason"] = ""
        drive(work, stack)
        stack.pop("_deadline", None)
        if stack.pop("_because", "") == TOO_LATE:
            stack["StackStatusReason"] = TOO_LATE
        # an update that failed and keeps what it made (DisableRollback) keeps it in its children too
        own.committed = own.committed or stack["StackStatus"] == "UPDATE_FAILED"
        self._finish(own)

    def run_child(self, work: Work, stack: Stack) -> None:
        """Begin the update of a child, and come back when it was provisioned or has failed."""
        own = current.get()
        if own is None:
            raise RuntimeError("a child is updated by the operation of its root")
        task = self.clock.spawn(lambda: drive(work, stack), f"stack {stack['StackName']}")
        child = own.children[stack["StackId"]] = Child(stack, task)
        self.clock.wait(lambda: child.provisioned or task.finished, None, task.waiters)

    def send_back(self, stack_id: str) -> bool:
        """Roll a child back that waits for its root; whether there is one, or it went back by itself."""
        own = current.get()
        if own is None or stack_id not in own.children:
            return False
        own.sent_back.add(stack_id)
        self.clock.wake(own.waiters)
        own.children[stack_id].task.join()
        return True

    def _finish(self, own: Operation) -> None:
        """Let every child that still waits come to its end."""
        if not own.committed:
            own.sent_back |= own.children.keys()
        self.clock.wake(own.waiters)
        for child in own.children.values():
            child.task.join()

    def _in_two_phases(self, resolve: Callable[..., Any]) -> Callable[..., Any]:
        """The engine resolves outputs when all is provisioned and nothing taken away yet: here an update waits."""

        def resolved(*args: Any) -> Any:
            answer = resolve(*args)
            own, stack = current.get(), records.find(args[-1])
            if own is not None and stack is not None:
                self._see_that_it_may_be_so(own, stack, args[2], answer[1])
                with exports.published(stack, answer[1]):
                    self._wait_for_the_verdict(own, args[-1], answer[0])
            return answer

        return resolved

    def _see_that_it_may_be_so(
        self, own: Operation, stack: Stack, surviving: dict[str, Any], wanted: exports.Exports
    ) -> None:
        """Look at what decides over a stack when all of it is provisioned.

        :raises Exception: when it has to go back; the stack says why.
        """
        self.monitoring.see_that_it_goes_on(own, stack)
        stack.pop("_deadline", None)
        try:
            exports.check(stack, wanted, own.children)
        except exports.ExportRefused as refused:
            stack["_because"] = str(refused)
            raise
        override = policies.during.get() if own.root is stack else ""
        for logical_id in sorted(stack["_resources"].keys() - surviving.keys()):
            removed = stack["_resources"][logical_id]
            resource = policies.Resource(logical_id, removed["ResourceType"], removed["PhysicalResourceId"])
            try:
                policies.see_that_it_allows(stack, resource, policies.DELETE, override)
            except policies.PolicyDenied as denied:
                self._tell(stack, resource, "UPDATE_FAILED", str(denied))
                stack["_because"] = f"The following resource(s) failed to update: [{logical_id}]. "
                raise

    def _wait_for_the_verdict(self, own: Operation, stack_id: str, outputs: list[dict[str, Any]]) -> None:
        child = own.children.get(stack_id)
        if child is not None:
            child.stack["Outputs"] = outputs
            child.provisioned = True
            self.clock.wake(child.task.waiters)
            self.clock.wait(lambda: own.committed or stack_id in own.sent_back, None, own.waiters)
            if stack_id in own.sent_back:
                raise SentBack(_SENT_BACK)
            self._clean_up(child.stack)
        elif stack_id == own.root["StackId"]:
            self.monitoring.watch(own)
            own.committed = True
            if not own.is_creation:
                self._clean_up(own.root)
            self._finish(own)

    def _clean_up(self, stack: Stack) -> None:
        stack["StackStatus"] = "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS"
        itself = policies.Resource(stack["StackName"], CLOUDFORMATION_STACK, stack["StackId"])
        self._tell(stack, itself, stack["StackStatus"])

    def _tell(self, stack: Stack, resource: policies.Resource, status: str, reason: str = "") -> None:
        from ministack.services.cloudformation import stacks

        where = (stack["StackId"], stack["StackName"])
        stacks._add_event(*where, resource.logical_id, resource.kind, status, reason, resource.physical_id)

    def _with_its_reason(self, roll_back: Callable[..., Any]) -> Callable[..., Any]:
        async def rolled_back(
            name: str, stack_id: str, stack: Stack, failed: dict[str, Any], reason_override: str = ""
        ) -> None:
            own = current.get()
            reason = stack.get("_because") or (own.because if own is not None else "") or reason_override
            if not reason and failed.get("failed_logical_id") and not failed.get("is_update"):
                culprit = failed["failed_logical_id"]
                reason = f"The following resource(s) failed to create: [{culprit}]. Rollback requested by user."
            if stack.get("_deletion_requested"):
                return  # what was made goes with the stack
            stack.pop("_deadline", None)
            half_made = steps.failed_creations(stack)
            await roll_back(
                name, stack_id, stack, {**failed, "created": [*failed.get("created", []), *half_made]}, reason
            )
            stack["StackStatusReason"] = stack.get("StackStatusReason") or reason

        return rolled_back

    def _telling(self, add: Callable[..., None]) -> Callable[..., None]:
        def told(stack_id: str, *said: str, **more: str) -> None:
            from ministack.services import cloudformation

            if _SENT_BACK in said or _is_told_by_its_rollback(stack_id, *said):
                return
            add(stack_id, *said, **more)
            newest = cloudformation._stack_events[stack_id][-1]
            newest["PhysicalResourceId"] = newest["PhysicalResourceId"] or records.physical_id(newest)
            for watch in self.watchers:
                try:
                    watch(newest)
                except Exception:  # noqa: BLE001 - whoever watches has no part in the operation
                    _log.exception("a watcher of stack events failed")

        return told


def _is_deletion(work: Work) -> bool:
    return getattr(work, "__name__", "") == "_delete_stack_async"


def _tree(stack: Stack) -> str:
    return str(stack.get("RootId", stack["StackId"]))


def _is_told_by_its_rollback(
    stack_id: str, stack_name: str = "", logical_id: str = "", kind: str = "", status: str = "", *_: str
) -> bool:
    """Whether an event says that a stack failed which is about to roll back, and will say why."""
    stack, own = records.find(stack_id), current.get()
    return (
        kind == CLOUDFORMATION_STACK
        and logical_id == stack_name
        and status in {"CREATE_FAILED", "UPDATE_FAILED"}
        and stack is not None
        and stack["StackStatus"].endswith("_IN_PROGRESS")
        and bool(stack.get("_because") or stack.get("_deletion_requested") or (own is not None and own.because))
    )
