"""Stack operations as tasks of the clock, in two phases.

CloudFormation deletes what was replaced or removed only after the whole tree was updated, and rolls every child back
when a sibling fails (UPDATE_COMPLETE_CLEANUP_IN_PROGRESS). So a child that was updated waits for the verdict of its
root; both are tasks, and both wait without time passing.
"""

from __future__ import annotations

from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING, Any

from stackgen.local.formation import steps
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


class SentBack(Exception):
    """The root rolls back, and so does this child of it."""


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
                    _add_event=told,
                    _resolve_stack_outputs=resolved,
                    _roll_back_operation=rolled_back,
                    _provision_resource=self.steps.creating(stacks._provision_resource),
                    _update_resource=self.steps.updating(stacks._update_resource),
                    _delete_resource=self.steps.deleting(stacks._delete_resource),
                )
            )
            yield

    # Beginning and ending

    def _begin(self, work: Work, stack: Stack, stack_id: str | None = None) -> None:
        from ministack.services.cloudformation import stacks

        begin = start.get()
        with stacks._stack_region_context(stack, stack_id):
            if begin is not None:
                begin(work, stack)
            else:
                self.clock.spawn(lambda: self.run_root(work, stack), f"stack {stack['StackName']}")

    def run_root(self, work: Work, stack: Stack) -> None:
        """Run the operation of a root and everything below it to the end."""
        is_creation = stack["StackStatus"] == "CREATE_IN_PROGRESS"
        own = Operation(stack, self.monitoring.of_operation(stack), is_creation)
        current.set(own)
        start.set(None)
        drive(work, stack)
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

    # The two phases

    def _in_two_phases(self, resolve: Callable[..., Any]) -> Callable[..., Any]:
        """The engine resolves outputs when all is provisioned and nothing taken away yet: here an update waits."""

        def resolved(*args: Any) -> Any:
            answer = resolve(*args)
            own = current.get()
            if own is not None:
                self._wait_for_the_verdict(own, args[-1], answer[0])
            return answer

        return resolved

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
        from ministack.services.cloudformation import stacks

        stack["StackStatus"] = "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS"
        name, stack_id = stack["StackName"], stack["StackId"]
        stacks._add_event(stack_id, name, name, CLOUDFORMATION_STACK, stack["StackStatus"], physical_id=stack_id)

    # What is told of it

    def _with_its_reason(self, roll_back: Callable[..., Any]) -> Callable[..., Any]:
        async def rolled_back(
            name: str, stack_id: str, stack: Stack, failed: dict[str, Any], reason_override: str = ""
        ) -> None:
            own = current.get()
            reason = (own.because if own is not None else "") or reason_override
            if not reason and failed.get("failed_logical_id") and not failed.get("is_update"):
                culprit = failed["failed_logical_id"]
                reason = f"The following resource(s) failed to create: [{culprit}]. Rollback requested by user."
            half_made = steps.failed_creations(stack)
            await roll_back(
                name, stack_id, stack, {**failed, "created": [*failed.get("created", []), *half_made]}, reason
            )
            stack["StackStatusReason"] = stack.get("StackStatusReason") or reason

        return rolled_back

    def _telling(self, add: Callable[..., None]) -> Callable[..., None]:
        def told(stack_id: str, *said: str, **more: str) -> None:
            from ministack.services import cloudformation

            if _SENT_BACK in said:
                return
            add(stack_id, *said, **more)
            for watch in self.watchers:
                watch(cloudformation._stack_events[stack_id][-1])

        return told
