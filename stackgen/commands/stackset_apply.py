"""``stackset apply``: plan, ask, carry out, follow; and going on where an earlier run was cut off."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from stackgen.errors import PARTIAL

from .asking import add_yes, confirm
from .forms import form_of
from .stackset_ending import cause_lines, causes_json, interrupted
from .stackset_opening import FORMS, add_planning, build_of, following_of, opened, parser_of, wanted_of
from .stackset_plan import show, shown, word_of
from .words import counted

if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence

    from stackgen.console import Console
    from stackgen.deploy.stacksets.planner import Prepared
    from stackgen.deploy.stacksets.planning import Operation
    from stackgen.deploy.stacksets.rollout import Outcome

    from .stackset_opening import Opened

DESCRIPTION = """\
Make a StackSet what the project says: it is made where it is missing, stacks are created, updated and, with --prune,
deleted, in exactly the accounts and regions that the plan shows. Asks before; follows every operation to its end. A run
that was cut off is taken up by the next; after a failure the next one goes to what is not well, and nowhere else.

-e and -r leave a part of the accounts and regions; the rest stays as it is.
"""


def run(console: Console, arguments: Sequence[str]) -> int:
    """Roll each set out; the exit code of the only one, or 8 where one went well and one did not."""
    parser = parser_of("apply", DESCRIPTION)
    add_planning(parser)
    add_yes(parser)
    add = parser.add_argument
    add("--stop", action="store_true", help="when interrupted, also stop the operation that runs; else it goes on")
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
    from stackgen.deploy.stacksets.following import busy
    from stackgen.deploy.stacksets.rollout import outcome, roll_out

    following = following_of(console, each)
    try:
        prepared = _planned(console, options, each)
        if prepared.running is not None:
            if not prepared.is_ours:
                raise busy(each.name, prepared.running.id)
            console.tell(f"{each.place}: a rollout of the same still runs, begun by another run; it is followed first")
            following.follow(prepared.running.id)
            prepared = _planned(console, options, each)
        plan = prepared.plan
        if plan.is_nothing:
            ended = outcome(plan, (), plan.instances)
        else:
            show(console, each, prepared, console.tell)
            words = [f"{name} {plan.counts[name]:,}" for name in ("create", "update", "delete") if plan.counts[name]]
            confirm(console, f"{each.place}: {', '.join(words) or 'change its definition'}?", yes=options.yes)
            ended = roll_out(prepared, following, lambda number, operation: _begun(console, plan, number, operation))
    except KeyboardInterrupt:
        return interrupted(console, each, following, stop=options.stop)
    told.append(_told(console, options, each, ended, prepared))
    return ended.exit_code


def _planned(console: Console, options: argparse.Namespace, each: Opened) -> Prepared:
    from stackgen.deploy.stacksets.planner import plan

    build = build_of(each)
    wanted = wanted_of(console, options, each, build)
    return plan(build, wanted, each.client, prune=options.prune, adopt=options.adopt, with_secrets=options.secrets)


def _begun(console: Console, plan: Any, number: int, operation: Operation) -> None:
    regions = ", ".join(operation.batch.rectangle.regions)
    where = f" in {regions}" if regions else ""
    count = counted(operation.step.pairs, "stack")
    console.tell(f"operation {number} of {len(plan.operations)}: {word_of(operation.action)} {count}{where}")


def _told(
    console: Console, options: argparse.Namespace, each: Opened, ended: Outcome, prepared: Prepared
) -> dict[str, Any]:
    from stackgen.deploy.stacksets.failures import grouped
    from stackgen.deploy.stacksets.outputs import outputs_of

    causes = grouped(ended.failed, each.reader)
    outputs = outputs_of(ended, each.reader) if options.outputs else {}
    nothing = prepared.plan.is_nothing and not ended.exit_code
    if console.form != "json":
        parts = [f"{counted(len(ended.well), 'stack')} well", f"{len(ended.failed):,} failed"]
        parts += [f"{len(ended.waiting):,} not tried"]
        parts += [f"{len(ended.suspended):,} skipped, for their accounts are suspended"] if ended.suspended else []
        parts += [f"{len(ended.deleted):,} deleted"] if ended.deleted else []
        console.say(f"{each.place}: {', '.join(parts)}{'; nothing to do' if nothing else ''}")
        for line in cause_lines(console, causes):
            console.say(line)
        if ended.waiting:
            console.say(f"  not tried: {shown(console, ended.waiting)}")
        if ended.failed or ended.waiting:
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
        "exit_code": ended.exit_code,
        "nothing_to_do": nothing,
        "well": list(map(str, ended.well)),
        "failed": causes_json(causes),
        "not_tried": list(map(str, ended.waiting)),
        "suspended": list(map(str, ended.suspended)),
        "deleted": list(map(str, ended.deleted)),
        "operations": [{"id": one.operation_id, "status": one.status} for one in ended.operations],
        "outputs": {str(pair): values for pair, values in outputs.items()},
    }
