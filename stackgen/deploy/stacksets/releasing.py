"""A rollout that is taken back where it fails or where an alarm goes off: what stands in for rollback triggers.

What the set is now is kept first. Then it is rolled out, watched, and either forgotten or taken back.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from botocore.exceptions import ClientError

from stackgen.deploy.errors import NeedsPersonError
from stackgen.deployer.handlers.refusals import bounded

from . import before as records
from . import reading
from .following import STOPPED
from .reverting import cells, revert, was
from .rollout import NEEDS_PERSON, OK, outcome, put_in_place, roll_out

if TYPE_CHECKING:
    from .before import Before
    from .planner import Prepared
    from .planning import SetPlan
    from .rollout import Begun, Outcome
    from .safety import Safety
    from .wanted import Wanted
    from .watching import Watch

TAKEN_BACK = 5
_FAILED = "FAILED"


class Released(NamedTuple):
    """How a rollout ended, and what came of taking it back."""

    outcome: Outcome
    why: str = ""
    """Why it shall not stay; nothing where it may."""
    back: Outcome | None = None
    """None where nothing was taken back."""
    hidden: tuple[str, ...] = ()
    """Parameters that did not go back, because AWS does not tell what they were."""

    @property
    def exit_code(self) -> int:
        """5 where it was taken back, 6 where that failed, or where an alarm goes off and nothing leads back."""
        if self.back is not None:
            return NEEDS_PERSON if self.back.exit_code else TAKEN_BACK
        return NEEDS_PERSON if self.why and not self.outcome.exit_code else self.outcome.exit_code


def failed_before(record: Before, prepared: Prepared) -> bool:
    """Whether what is wanted has been rolled out already, failed, and was cut off before it was taken back."""
    wanted = prepared.plan.wanted
    ours = replace(record, rollouts=(wanted.fingerprint,))
    done = [each for each in record.since(prepared.operations) if ours.knows(each, prepared.operations)]
    return bool(done) and done[0].status == _FAILED and wanted.declared.policy.stops_at_failure


def release(prepared: Prepared, pending: Before | None, safety: Safety, begun: Begun) -> Released:
    """Roll out, watch, and take back. Raises StackSetError before anything is done, BusyError, what AWS refuses.

    *pending* is what an unfinished rollout before would have been taken back to; it stays that.
    """
    plan, following = prepared.plan, safety.following
    wanted = plan.wanted
    record = _record(prepared, pending)
    since = record.began(wanted.fingerprint, prepared.operations)
    watch = safety.watch(wanted, record.touched, since)
    if since is None:
        watch.check()
    elif watch.has_raised():  # an earlier run has begun it, and whatever went off since tells of it
        return _begun(plan, replace(record, why=watch.raised), outcome(plan, (), plan.instances), safety)
    put_in_place(prepared, following)
    is_kept = bool(record.well) or watch.is_watching
    if is_kept and record != pending:
        safety.keep(record, wanted)
    if watch.is_watching:
        following.heeded = watch.is_raised
    ended = roll_out(replace(prepared, prepare=()), following, begun)
    return _concluded(plan, ended, record if is_kept else None, watch, safety)


def _record(prepared: Prepared, pending: Before | None) -> Before:
    """What an unfinished rollout was to be taken back to, if there is one, or what there is now."""
    fingerprint = prepared.plan.wanted.fingerprint
    if pending is not None and (pending.well or fingerprint in pending.rollouts):
        return pending.with_rollout(fingerprint, records.touched(prepared.plan))
    return records.before(prepared) or records.first(prepared)


def watched(prepared: Prepared, record: Before, safety: Safety) -> Released:
    """Go on where a run was cut off whose operations are all over, and well."""
    plan = prepared.plan
    ended = outcome(plan, (), plan.instances)
    since = record.began(plan.wanted.fingerprint, prepared.operations)
    return _concluded(plan, ended, record, safety.watch(plan.wanted, record.touched, since), safety)


def taken_back(plan: SetPlan, record: Before, ended: Outcome, safety: Safety) -> Released:
    """Take ``record.back`` back, or go on with it, and forget the record where all of it went well.

    Raises NeedsPersonError where AWS refuses it.
    """
    record = record.with_rollout(was(plan.wanted, record).fingerprint)
    safety.keep(record, plan.wanted)  # before it begins: whoever comes after goes on with it
    safety.told(f"{record.why}: it is taken back")
    try:
        back = revert(plan.wanted, record, safety)
    except ClientError as error:
        raise NeedsPersonError(
            f"{plan.wanted.name} is not taken back, although {record.why}: {bounded(str(error))}",
            "mend the cause: the same command goes on taking back",
        ) from error
    if back.exit_code == OK:
        safety.forget(plan.wanted)
    return Released(ended, record.why, back, tuple(sorted(record.hidden)))


def failed(plan: SetPlan, record: Before, safety: Safety) -> Released:
    """Take back what a run before has seen fail, and was cut off then."""
    ended = outcome(plan, (), plan.instances)
    why = "a rollout of the same failed, and was cut off before it was taken back"
    return _begun(plan, replace(record, why=why), ended, safety)


def _begun(plan: SetPlan, record: Before, ended: Outcome, safety: Safety) -> Released:
    """Decide what goes back, and begin with it."""
    instances = reading.instances(plan.wanted.name, safety.following.caller) if record.well else ()
    back = cells(record, instances)
    if back:
        return taken_back(plan, replace(record, back=back), ended, safety)
    safety.forget(plan.wanted)
    return Released(ended, record.why)


def _concluded(plan: SetPlan, ended: Outcome, record: Before | None, watch: Watch, safety: Safety) -> Released:
    """What comes after the last operation of a rollout: the minutes of watching, and the way back."""
    wanted, following = plan.wanted, safety.following
    following.heeded = _never
    why = _reason(plan, ended, watch, safety)
    if not why:
        is_stopped = bool(ended.operations) and ended.operations[-1].status == STOPPED
        if record is not None and not is_stopped:
            safety.forget(wanted)
        return Released(ended)
    if record is None:
        return Released(ended, why)
    return _begun(plan, replace(record, why=why), ended, safety)


def _reason(plan: SetPlan, ended: Outcome, watch: Watch, safety: Safety) -> str:
    """Why a rollout shall not stay; nothing where it may. Waits for the minutes of watching where it went well."""
    has_failed = any(each.status == _FAILED for each in ended.operations)
    if has_failed and not watch.raised and plan.wanted.declared.policy.stops_at_failure:
        return f"{len(ended.failed):,} of {len(plan.wanted.chosen):,} stacks failed"
    if watch.is_watching and not watch.raised and ended.well:
        if watch.minutes:
            safety.told(f"its alarms are watched for {watch.minutes} minutes")
        watch.monitor(_end(plan.wanted, safety))
    return watch.raised


def _end(wanted: Wanted, safety: Safety) -> float:
    """When the newest operation ended, which may have been in another run."""
    ended = [each.ended for each in reading.operations(wanted.name, safety.following.caller, 1)]
    return ended[0].timestamp() if ended and ended[0] else safety.following.pace.now()


def _never() -> bool:
    return False
