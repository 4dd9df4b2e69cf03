"""How ``stackset apply`` rolls one set out with a way back, and how it tells what became of that."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from stackgen.errors import StackgenError

from .asking import confirm
from .stackset_ending import cause_lines, causes_json
from .stackset_plan import shown, word_of
from .words import counted

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable, Iterator

    from stackgen.console import Console
    from stackgen.deploy.stacksets.before import Before
    from stackgen.deploy.stacksets.following import Following
    from stackgen.deploy.stacksets.planner import Prepared
    from stackgen.deploy.stacksets.planning import Operation
    from stackgen.deploy.stacksets.releasing import Released
    from stackgen.deploy.stacksets.rollout import Outcome
    from stackgen.deploy.stacksets.safety import Safety
    from stackgen.review.model import Build

    from .stackset_opening import Opened


def safety_of(console: Console, each: Opened, build: Build, following: Following) -> Safety:
    """What a set is taken back with."""
    from stackgen.deploy.stacksets.safety import Safety

    return Safety(
        build,
        following,
        each.client("s3"),
        each.reader,
        begun(console, "operation back"),
        lambda text: console.tell(f"{each.place}: {text}"),
    )


def pending_of(prepared: Prepared, safety: Safety, *, is_wanted: bool) -> Before | None:
    """The record of an unfinished rollout; where nothing shall be taken back, only if it may be read."""
    try:
        return safety.pending(prepared)
    except StackgenError:
        if is_wanted:
            raise
        return None


def taken_up(
    console: Console, options: argparse.Namespace, each: Opened, prepared: Prepared, safety: Safety
) -> Released | None:
    """What is left to do of a rollout that was cut off and is over as far as AWS goes; None where there is no such."""
    from stackgen.deploy.stacksets.releasing import failed, failed_before, taken_back, watched
    from stackgen.deploy.stacksets.rollout import outcome

    pending = pending_of(prepared, safety, is_wanted=not options.no_revert)
    plan = prepared.plan
    if pending is None:
        return None
    if options.no_revert:
        safety.forget(plan.wanted)
        return None
    if pending.back:
        console.tell(f"{each.place}: an earlier run was cut off while it took a rollout back; it is gone on with")
        confirm(console, f"{each.place}: take {counted(len(pending.back), 'stack')} back?", yes=options.yes)
        return taken_back(plan, pending, outcome(plan, (), plan.instances), safety)
    if pending.well and failed_before(pending, prepared):
        confirm(console, f"{each.place}: take back what failed?", yes=options.yes)
        return failed(plan, pending, safety)
    if plan.is_nothing:
        console.tell(f"{each.place}: an earlier run was cut off while it watched alarms; it is gone on with")
        return watched(prepared, pending, safety)
    if pending.well:
        console.tell(f"{each.place}: an earlier rollout was cut off; what was before it is what this one goes back to")
    return None


def way_back_lines(prepared: Prepared) -> Iterator[str]:
    """What takes a plan back, before somebody agrees to it."""
    from stackgen.deploy.stacksets.before import before, touched

    if before(prepared) is None:
        return
    pairs = set(touched(prepared.plan))
    watched = [cell for cell in prepared.plan.wanted.cells if cell.pair in pairs and cell.alarms]
    minutes = max((cell.monitoring_minutes for cell in watched), default=0)
    alarm = f", or an alarm up to {counted(minutes, 'minute')} after it," if watched else ""
    yield f"a failure{alarm} takes it back to what there is now, which is kept in S3 first; --no-revert does not"


def rolled_out(
    console: Console, options: argparse.Namespace, prepared: Prepared, following: Following, safety: Safety
) -> Released:
    """Carry a plan out, with a way back unless nobody wants one."""
    from stackgen.deploy.stacksets.releasing import Released, release
    from stackgen.deploy.stacksets.rollout import roll_out

    heard = begun(console, "operation", len(prepared.plan.operations))
    if options.no_revert:
        return Released(roll_out(prepared, following, heard))
    return release(prepared, safety.pending(prepared), safety, heard)


def begun(console: Console, word: str, total: int = 0) -> Callable[[int, Operation], None]:
    """What tells of each operation as it begins."""

    def tell(number: int, operation: Operation) -> None:
        regions = ", ".join(operation.batch.rectangle.regions)
        where = f" in {regions}" if regions else ""
        of = f" of {total}" if total else ""
        count = counted(operation.step.pairs, "stack")
        console.tell(f"{word} {number}{of}: {word_of(operation.action)} {count}{where}")

    return tell


def verdict(released: Released) -> str:
    """``2 stacks well, 1 failed, 0 not tried``; or that it was taken back, and why."""
    ended, back = released.outcome, released.back
    if back is not None:
        count, away = counted(len(back.well), "stack"), len(back.failed) + len(back.waiting)
        how = "NOT taken back everywhere" if away else "taken back"
        return f"{how}, {count} as before{f', {away:,} not' if away else ''}: {released.why}"
    parts = [f"{counted(len(ended.well), 'stack')} well", f"{len(ended.failed):,} failed"]
    parts += [f"{len(ended.waiting):,} not tried"]
    parts += [f"{len(ended.suspended):,} skipped, for their accounts are suspended"] if ended.suspended else []
    parts += [f"{len(ended.deleted):,} deleted"] if ended.deleted else []
    return ", ".join(parts)


def back_lines(console: Console, each: Opened, ended: Released) -> Iterator[str]:
    """What was taken back, and what a person does next."""
    from stackgen.deploy.stacksets.failures import grouped

    back, again = ended.back, f"stackset apply {each.declared.key}"
    if back is None:
        yield from _unreverted_lines(each, ended)
        return
    if ended.hidden:
        names = ", ".join(ended.hidden)
        yield f"  as this rollout has given it, for AWS does not tell what it was before: {names}"
    if not back.exit_code:
        yield f"  mend the cause, and {again} rolls out again"
        return
    away = [one.pair for one in back.failed] + list(back.waiting)
    yield f"  as before: {shown(console, back.well) or 'none'}"
    yield f"  not as before: {shown(console, away)}"
    yield from cause_lines(console, grouped(back.failed, each.reader))
    yield f"  mend the cause, and {again} goes on taking back"


def _unreverted_lines(each: Opened, ended: Released) -> Iterator[str]:
    """Where a rollout fails and there was nothing before, or nothing leads back to it."""
    if not ended.why:
        return
    yield f"  {ended.why}, and nothing leads back: no stack of these was well with an earlier version"
    if not ended.outcome.exit_code:
        yield (
            f"  the stacks stay as they are; mend the cause and stackset apply {each.declared.key}, or "
            f"stackset delete {each.declared.key} --no-retain deletes them"
        )


def back_json(each: Opened, ended: Released) -> dict[str, Any] | None:
    """The same for a program."""
    from stackgen.deploy.stacksets.failures import grouped

    back: Outcome | None = ended.back
    if back is None:
        return None
    return {
        "complete": not back.exit_code,
        "as_before": list(map(str, back.well)),
        "failed": causes_json(grouped(back.failed, each.reader)),
        "not_tried": list(map(str, back.waiting)),
        "operations": [{"id": one.operation_id, "status": one.status} for one in back.operations],
    }
