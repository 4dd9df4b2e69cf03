"""``stackset apply``: plan, ask, carry out, follow; and going on where an earlier run was cut off."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from stackgen.errors import PARTIAL

from .asking import add_yes, confirm
from .forms import form_of
from .stackset_ending import cause_lines, causes_json, interrupted
from .stackset_opening import FORMS, add_planning, build_of, following_of, opened, parser_of, wanted_of
from .stackset_plan import show, shown
from .stackset_releasing import (
    back_json,
    back_lines,
    pending_of,
    rolled_out,
    safety_of,
    taken_up,
    verdict,
    way_back_lines,
)

if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence

    from stackgen.console import Console
    from stackgen.deploy.stacksets.following import Following
    from stackgen.deploy.stacksets.planner import Prepared
    from stackgen.deploy.stacksets.releasing import Released
    from stackgen.deploy.stacksets.safety import Safety
    from stackgen.review.model import Build

    from .stackset_opening import Opened

DESCRIPTION = """\
Make a StackSet what the project says: it is made where it is missing, stacks are created, updated and, with --prune,
deleted, in exactly the accounts and regions that the plan shows. Asks before; follows every operation to its end. A run
that was cut off is taken up by the next.

Where an update fails, or an alarm goes off meanwhile or in the minutes after it, what it touched is taken back to the
definition of before: StackSets know no rollback triggers, so rollback_alarms and monitoring_minutes of the template's
stack are watched from here. With --no-revert what is well stays, and the next run goes to what is not, and nowhere
else. So it does after a first rollout, before which there was nothing.

-e and -r leave a part of the accounts and regions; the rest stays as it is.
"""


def run(console: Console, arguments: Sequence[str]) -> int:
    """Roll each set out; the exit code of the only one, or 8 where one went well and one did not."""
    parser = parser_of("apply", DESCRIPTION)
    add_planning(parser)
    add_yes(parser)
    add = parser.add_argument
    add("--stop", action="store_true", help="when interrupted, also stop the operation that runs; else it goes on")
    add("--no-revert", action="store_true", help="take nothing back, and watch no alarms")
    add("--outputs", action="store_true", help="list the outputs of the stacks, as far as they may be read")
    options = parser.parsed(arguments)
    form = form_of(console, *FORMS)
    told: list[dict[str, Any]] = []
    code = 0
    with opened(console, options) as sets:
        for each in sets:
            code = _one(console, options, each, told)
            if code:
                break
    good = sum(not each["exit_code"] for each in told)
    if form == "json":
        console.json("stackset-apply", {"stack_sets": told, "not_begun": len(sets) - len(told)})
    return PARTIAL if code and good else code


def _one(console: Console, options: argparse.Namespace, each: Opened, told: list[dict[str, Any]]) -> int:
    following = following_of(console, each)
    try:
        prepared, ended = _ended(console, options, each, following)
    except KeyboardInterrupt:
        return interrupted(console, each, following, stop=options.stop)
    told.append(_told(console, options, each, ended, prepared))
    return ended.exit_code


def _ended(
    console: Console, options: argparse.Namespace, each: Opened, following: Following
) -> tuple[Prepared, Released]:
    """Follow what an earlier run has begun, then do what is left."""
    from stackgen.deploy.stacksets.releasing import Released
    from stackgen.deploy.stacksets.rollout import outcome

    build = build_of(each)
    prepared = _planned(console, options, each, build)
    safety = safety_of(console, each, build, following)
    if prepared.running is not None:
        _follow_first(console, options, each, prepared, safety)
        prepared = _planned(console, options, each, build)
    done = taken_up(console, options, each, prepared, safety)
    plan = prepared.plan
    if done is None and plan.is_nothing:
        done = Released(outcome(plan, (), plan.instances))
    if done is None:
        show(console, each, prepared, console.tell)
        for line in () if options.no_revert else way_back_lines(prepared):
            console.tell(line)
        words = [f"{name} {plan.counts[name]:,}" for name in ("create", "update", "delete") if plan.counts[name]]
        confirm(console, f"{each.place}: {', '.join(words) or 'change its definition'}?", yes=options.yes)
        done = rolled_out(console, options, prepared, following, safety)
    return prepared, done


def _follow_first(
    console: Console, options: argparse.Namespace, each: Opened, prepared: Prepared, safety: Safety
) -> None:
    """Wait for an operation of an earlier run. Raises BusyError for one of somebody else's."""
    from stackgen.deploy.stacksets.following import busy

    running = prepared.running
    assert running is not None  # noqa: S101 - it is what is followed
    pending = pending_of(prepared, safety, is_wanted=not options.no_revert)
    if not prepared.is_ours and not (pending and pending.back):
        raise busy(each.name, running.id)
    what = "a rollout of the same" if prepared.is_ours else "what takes a rollout back"
    console.tell(f"{each.place}: {what} still runs, begun by another run; it is followed first")
    safety.following.follow(running.id)


def _planned(console: Console, options: argparse.Namespace, each: Opened, build: Build) -> Prepared:
    from stackgen.deploy.stacksets.planner import plan

    wanted = wanted_of(console, options, each, build)
    return plan(build, wanted, each.client, prune=options.prune, adopt=options.adopt, with_secrets=options.secrets)


def _told(
    console: Console, options: argparse.Namespace, each: Opened, released: Released, prepared: Prepared
) -> dict[str, Any]:
    from stackgen.deploy.stacksets.failures import grouped
    from stackgen.deploy.stacksets.outputs import outputs_of

    ended = released.outcome
    causes = grouped(ended.failed, each.reader)
    outputs = outputs_of(ended, each.reader) if options.outputs else {}
    nothing = prepared.plan.is_nothing and not ended.exit_code
    if console.form != "json":
        console.say(f"{each.place}: {verdict(released)}{'; nothing to do' if nothing else ''}")
        for line in cause_lines(console, causes):
            console.say(line)
        if ended.waiting:
            console.say(f"  not tried: {shown(console, ended.waiting)}")
        for line in back_lines(console, each, released):
            console.say(line)
        if released.back is None and (ended.failed or ended.waiting):
            console.say(
                "  CloudFormation takes back what failed, the StackSet keeps its new definition; mend the cause, and "
                f"stackset apply {each.declared.key} goes to what is not well"
            )
        for pair, values in outputs.items():
            console.say(f"  {pair}")
            for name, value in sorted(values.items()):
                console.say(f"    {name} = {value}")
    return {
        "name": each.name,
        "exit_code": released.exit_code,
        "nothing_to_do": nothing,
        "well": list(map(str, ended.well)),
        "failed": causes_json(causes),
        "not_tried": list(map(str, ended.waiting)),
        "suspended": list(map(str, ended.suspended)),
        "deleted": list(map(str, ended.deleted)),
        "why": released.why,
        "taken_back": back_json(each, released),
        "operations": [{"id": one.operation_id, "status": one.status} for one in ended.operations],
        "outputs": {str(pair): values for pair, values in outputs.items()},
    }
