"""Runs operations: which may start, what starts with them, and what their end leaves behind.

An operation that is asked for either starts at once or waits in its set's queue. An instance that runs is a timer
on the clock, and a task only while its stack is worked on.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from stackgen.local.stacksets import definition as definitions
from stackgen.local.stacksets import errors
from stackgen.local.stacksets import operations as states
from stackgen.local.stacksets.attempts import Verdict
from stackgen.local.stacksets.instances import CURRENT, INOPERABLE, OUTDATED, Instance
from stackgen.local.stacksets.operations import Operation, Plan, Work
from stackgen.local.stacksets.rollout import CANCELLED, FAILED, PENDING, RUNNING, SUCCEEDED, Result, Rollout

if TYPE_CHECKING:
    from collections.abc import Iterable

    from stackgen.local.clock import Clock
    from stackgen.local.stacksets.attempts import Attempts
    from stackgen.local.stacksets.sets import StackSet
    from stackgen.local.stacksets.stacks import Durations


class Engine:
    """The operations of all sets on one clock."""

    def __init__(self, clock: Clock, attempts: Attempts, durations: Durations) -> None:
        self._clock = clock
        self._attempts = attempts
        self._durations = durations

    def admit(self, stack_set: StackSet, operation_id: str) -> None:
        """Refuse what may not even be asked for now.

        assumed: an id that is taken is noticed first, for it is what makes a repeated request harmless.

        :raises ServiceError: for an id that is taken, and for a set that is busy and does not queue.
        """
        operations = stack_set.operations
        if operation_id in operations:
            raise errors.operation_id_taken(operation_id)
        if not operations.are_over and not stack_set.definition.is_managed:
            raise errors.operation_in_progress(stack_set.arn)

    def submit(self, stack_set: StackSet, plan: Plan) -> str:
        """Start an operation, or queue it behind those that it would disturb; its id."""
        operation = stack_set.operations.add(plan, self._clock.now(), stack_set.definition)
        if stack_set.definition.is_managed and plan.targets is not None:
            operation.places = frozenset(target.place for target in plan.targets)
        self._start_due(stack_set)
        return operation.id

    def stop(self, stack_set: StackSet, operation: Operation) -> None:
        """Start nothing more of an operation; what runs goes on to its end (API_StopStackSetOperation).

        :raises ServiceError: InvalidOperationException, where it has ended.
        """
        if operation.is_over:
            raise errors.invalid_operation(f"Operation {operation.id} is {operation.status} and cannot be stopped")
        if operation.status == states.QUEUED:
            stack_set.operations.queue.remove(operation)
            self._close(operation, states.STOPPED)
            self._start_due(stack_set)
            return
        operation.status = states.STOPPING
        if operation.rollout is not None:
            operation.rollout.stop()

    def _start_due(self, stack_set: StackSet) -> None:
        while True:
            operation = stack_set.operations.next_due(is_managed=stack_set.definition.is_managed)
            if operation is None:
                return
            self._start(stack_set, operation)

    def _start(self, stack_set: StackSet, operation: Operation) -> None:
        plan = operation.plan
        if plan.definition is not None:
            stack_set.definition = plan.definition
        operation.definition = stack_set.definition
        operation.status = states.RUNNING
        stack_set.operations.running.append(operation)
        if plan.outdates_all:
            _outdate(stack_set.instances)
        instances = [_prepared(operation, instance) for instance in _affected(stack_set, plan)]
        operation.results = _in_order(plan, [Result(each.account, each.region, each.unit) for each in instances])
        operation.rollout = Rollout(
            operation.results, plan.preferences, lambda result: _cancelled(stack_set, operation, result)
        )
        first = operation.rollout.begin()
        for result in first:
            self._launch(stack_set, operation, result)
        if not first:
            self._clock.call_later(self._durations.untouched, lambda: self._finish(stack_set, operation))

    def _launch(self, stack_set: StackSet, operation: Operation, result: Result) -> None:
        """Let an instance run: its time passes on a timer, and the work on its stack is a task."""
        instance = stack_set.instances[result.account, result.region]
        if operation.plan.work is not Work.DETECT_DRIFT:
            instance.detailed_status = RUNNING
        name = f"{stack_set.name}: {result.account} {result.region}"
        self._clock.call_later(
            self._attempts.duration(operation, instance),
            lambda: self._clock.spawn(lambda: self._run(stack_set, operation, result, instance), name),
        )

    def _run(self, stack_set: StackSet, operation: Operation, result: Result, instance: Instance) -> None:
        try:
            verdict = self._attempts.make(stack_set, operation, instance)
        except Exception as error:  # noqa: BLE001 - else the operation would run for ever
            verdict = Verdict(FAILED, FAILED, f"Internal failure: {error!r}")
        result.status, result.reason = verdict.status, verdict.reason
        operation.failed += verdict.status == FAILED
        _settle(stack_set, operation, instance, verdict)
        if operation.rollout is None:
            return
        for following in operation.rollout.end(result):
            self._launch(stack_set, operation, following)
        if operation.rollout.is_over:
            self._finish(stack_set, operation)

    def _finish(self, stack_set: StackSet, operation: Operation) -> None:
        if operation.status == states.STOPPING:  # assumed: even where the tolerance was exceeded before
            status = states.STOPPED
        elif operation.rollout is not None and operation.rollout.exceeded:
            status = states.FAILED
        else:
            status = states.SUCCEEDED
        self._close(operation, status)
        operation.rollout = None
        stack_set.operations.running.remove(operation)
        if operation.plan.work is Work.DETECT_DRIFT:
            stack_set.drift_operation = operation
        self._start_due(stack_set)

    def _close(self, operation: Operation, status: str) -> None:
        operation.status = status
        operation.ended = self._clock.now()


def _in_order(plan: Plan, results: list[Result]) -> list[Result]:
    rank = {region: number for number, region in enumerate(plan.preferences.region_order)}
    return sorted(results, key=lambda result: rank.get(result.region, len(rank)))


def _outdate(instances: Iterable[Instance]) -> None:
    for instance in instances:
        if instance.status != INOPERABLE:
            instance.status = OUTDATED


def _affected(stack_set: StackSet, plan: Plan) -> list[Instance]:
    """The instances that an operation goes to; those that are created begin to exist here.

    API_StackInstance: INOPERABLE ones are left out of updates. assumed: of CreateStackInstances too.
    """
    instances: list[Instance]
    if plan.targets is None:
        instances = sorted(stack_set.instances, key=lambda each: each.region)  # assumed: regions in this order
    elif plan.work in {Work.CREATE, Work.IMPORT}:
        instances = [stack_set.instances.add(target) for target in plan.targets]
    else:
        found = (stack_set.instances.get(*target.place) for target in plan.targets)
        instances = [each for each in found if each is not None]
    return [each for each in instances if not plan.work.is_deployment or each.status != INOPERABLE]


def _prepared(operation: Operation, instance: Instance) -> Instance:
    """Mark an instance as waiting for an operation; what it should be like, it should be from now on."""
    plan = operation.plan
    instance.operation_id = operation.id
    if plan.work is not Work.DETECT_DRIFT:
        instance.detailed_status, instance.reason = PENDING, ""
    if plan.work.is_deployment or plan.work is Work.IMPORT:
        instance.status = OUTDATED
    if plan.work.is_deployment and plan.overrides is not None:
        instance.overrides = definitions.overrides(plan.overrides, instance.overrides)
    return instance


def _cancelled(stack_set: StackSet, operation: Operation, result: Result) -> None:
    if operation.plan.work is not Work.DETECT_DRIFT:
        instance = stack_set.instances[result.account, result.region]
        instance.detailed_status, instance.reason = CANCELLED, result.reason


def _settle(stack_set: StackSet, operation: Operation, instance: Instance, verdict: Verdict) -> None:
    work = operation.plan.work
    succeeded = verdict.status == SUCCEEDED
    if work is Work.DETECT_DRIFT:
        operation.drifted += succeeded and instance.drift == "DRIFTED"
        operation.in_sync += succeeded and instance.drift == "IN_SYNC"
        return
    if work is Work.DELETE and succeeded:
        stack_set.instances.remove(instance)
        return
    instance.detailed_status, instance.reason = verdict.detailed_status, verdict.reason
    if succeeded:
        instance.status = CURRENT
    elif verdict.status == FAILED and work in {Work.DELETE, Work.IMPORT}:
        instance.status = INOPERABLE
