"""A plan carried out: what it needs put in place, its operations one after the other, and what became of each cell."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from botocore.exceptions import ClientError

from stackgen.deployer.handlers.planning import CURRENT, DELETE, INOPERABLE
from stackgen.deployer.handlers.refusals import code_of

from . import calls, reading
from .errors import StackSetError
from .failures import Failed
from .following import STOPPED, SUCCEEDED

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from stackgen.deployer.handlers.inputs import Pair

    from .following import Ended, Following
    from .planner import Prepared
    from .planning import Operation, SetPlan

    Begun = Callable[[int, Operation], None]

OK, ALL_FAILED, NEEDS_PERSON, PARTIAL = 0, 1, 6, 8
_CANCELLED = "CANCELLED"


class Outcome(NamedTuple):
    """How a rollout ended."""

    well: tuple[Pair, ...]
    """Cells that are as the project says."""
    failed: tuple[Failed, ...]
    waiting: tuple[Pair, ...]
    """Cells that were not tried, because others failed or it was stopped."""
    suspended: tuple[Pair, ...]
    deleted: tuple[Pair, ...]
    operations: tuple[Ended, ...]
    stack_ids: dict[Pair, str]

    @property
    def exit_code(self) -> int:
        """8 where some are well and some are not, 1 where none is, 6 where a cell is out of reach for good."""
        if any(each.status == INOPERABLE for each in self.failed):
            return NEEDS_PERSON
        if not self.failed and not self.waiting:
            return OK
        return PARTIAL if self.well else ALL_FAILED


def roll_out(prepared: Prepared, following: Following, begun: Begun) -> Outcome:
    """Carry out a plan; *begun* hears of each operation with its number. Raises BusyError, what AWS refuses."""
    plan, wanted = prepared.plan, prepared.plan.wanted
    fingerprint = wanted.fingerprint
    put_in_place(prepared, following)
    if plan.state is None:
        _create(prepared, following)
    ended: list[Ended] = []
    for number, operation in enumerate(plan.operations):
        begun(number + 1, operation)
        identity = calls.operation_id(fingerprint, prepared.newest, number)
        ended.append(following.run(calls.of_operation(plan, operation, identity, prepared.url)))
        stops = wanted.declared.policy.stops_at_failure or ended[-1].status == STOPPED
        if following.heeded() or (ended[-1].status != SUCCEEDED and stops):
            break
    return outcome(plan, ended, reading.instances(wanted.name, following.caller))


def put_in_place(prepared: Prepared, following: Following) -> None:
    """Upload what the operations of a plan read."""
    plan = prepared.plan
    for region, action in prepared.prepare if plan.operations or plan.state is None else ():
        following.perform(action, region)


def outcome(plan: SetPlan, ended: Sequence[Ended], instances: Sequence[reading.Instance]) -> Outcome:
    """What became of the cells of a plan, by what AWS says of them now."""
    there = {each.pair: each for each in instances}
    reasons = {
        pair: result.reason for each in ended for pair, result in each.results.items() if result.status == "FAILED"
    }
    well, failed, waiting, suspended = [], [], [], []
    for pair in sorted(plan.wanted.chosen):
        found = there.get(pair)
        if found is None or found.detailed in (_CANCELLED, "PENDING"):
            waiting.append(pair)
        elif found.detailed == reading.SKIPPED:
            suspended.append(pair)
        elif found.status == CURRENT:
            well.append(pair)
        elif found.detailed == "SUCCEEDED" or (found.detailed == "" and pair not in reasons):
            waiting.append(pair)  # out of date, and no operation has come to it
        else:
            status = INOPERABLE if found.status == INOPERABLE else found.detailed
            failed.append(Failed(pair, status, reasons.get(pair) or found.reason, found.stack_id))
    failed += list(_undeleted(plan, there, reasons))
    return Outcome(
        tuple(well),
        tuple(failed),
        tuple(waiting),
        tuple(suspended),
        tuple(pair for pair in plan.pairs(DELETE) if pair not in there),
        tuple(ended),
        {pair: each.stack_id for pair, each in there.items() if each.stack_id},
    )


def _undeleted(plan: SetPlan, there: dict[Pair, reading.Instance], reasons: dict[Pair, str]) -> Iterator[Failed]:
    for pair in plan.pairs(DELETE):
        found = there.get(pair)
        if found is not None:
            yield Failed(pair, found.status, reasons.get(pair) or found.reason, found.stack_id)


def _create(prepared: Prepared, following: Following) -> None:
    """Make the set; where another attempt has made it since, it is that one, if it is the same."""
    try:
        following.perform(calls.create_set(prepared.plan.wanted, prepared.url))
    except ClientError as error:
        if code_of(error) != "NameAlreadyExistsException":
            raise
        name = prepared.plan.wanted.name
        raise StackSetError(
            f"somebody else has made a StackSet {name} in the meantime", "stackset plan looks at it again"
        ) from error
