"""``deploy``: plan, ask, carry out, follow; and going on where an earlier run was cut off."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from stackgen.errors import DeclinedError, FindingsError

from .arguments import Parser
from .asking import add_yes, confirm
from .deploying import add_stacks, add_values, deployment_of
from .forms import form_of, in_help
from .words import counted

if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence

    from stackgen.console import Console
    from stackgen.deploy.applying import Applying, Ended
    from stackgen.deploy.events import Event
    from stackgen.deploy.plans import Plan, Risk
    from stackgen.deploy.targets import Target

    from .deploying import Deployment

FORMS = ("text", "json")
PARTIAL = 8
DESCRIPTION = """\
Deploy stacks as they are in the build folder: templates are put into their bucket, AWS says in a change set what would
change, in nested stacks too; after a yes it is carried out, and followed to its end. Regions go one after the other,
and what fails is the last. A run that was cut off is taken up by the next.

What may cost data is refused with 4 unless --allow names it. No backup is made: make one by hand before.
"""


def run(console: Console, arguments: Sequence[str]) -> int:
    """Deploy each target; the exit code of the only one, or 8 where some went well and one did not."""
    options = _parser().parsed(arguments)
    form = form_of(console, *FORMS)
    with deployment_of(console, options) as deployment:
        told: list[dict[str, Any]] = []
        code = 0
        for target in deployment.targets:
            code = _one(console, deployment, target, options, told)
            if code:
                break
        good = sum(not each["exit_code"] for each in told)
        left = len(deployment.targets) - len(told)
        if form == "json":
            console.json("deploy", {"stacks": told, "not_begun": left})
        else:
            _print(console, told, left)
    return PARTIAL if code and good else code


def _parser() -> Parser:
    parser = Parser("deploy", DESCRIPTION + in_help(*FORMS), "[STACK...] ...")
    add_stacks(parser)
    add_values(parser)
    add_yes(parser)
    add = parser.add_argument
    text = "replace:LogicalId or remove:LogicalId: this may cost its data; may be repeated"
    add("--allow", action="append", default=[], metavar="WHAT", help=text)
    add("--no-rollback", action="store_true", help="leave what failed as it is, for somebody to look at")
    return parser


def _one(
    console: Console, deployment: Deployment, target: Target, options: argparse.Namespace, told: list[dict[str, Any]]
) -> int:
    from stackgen.deploy.applying import Applying
    from stackgen.deploy.executor import Performer
    from stackgen.deploy.planner import Planner
    from stackgen.deploy.polling import Pace

    client = deployment.sessions.of(target)
    executor = Performer(client, lambda action: console.detail(f"{target.region}: {action.why}"))
    applying = Applying(
        Planner(deployment.build, client), executor, client, Pace(), lambda event: _hear(console, event)
    )
    running = applying.going_on(target)
    if running is not None:
        console.tell(f"{target.place}: an earlier deployment still runs; it is followed first")
        ended = applying.followed(target.stack_name, running.stack_id)
        if ended.exit_code:
            told.append(_outcome(target, ended, ended.exit_code))
            return ended.exit_code
    plan = _agreed(console, applying, target, options)
    done = applying.apply(plan, disable_rollback=options.no_rollback)
    if done is None:
        state = plan.state
        changed = "settings alone" if len(plan.execute) > 1 else "nothing to do"
        told.append({
            "stack": target.stack_name, "account": target.account, "region": target.region,
            "status": state.status if state else "", "outcome": changed, "exit_code": 0, "counts": {},
            "outputs": dict(state.outputs) if state else {}, "failures": [],
        })  # fmt: skip
        return 0
    told.append({**_outcome(target, done, done.exit_code), "counts": _counts(plan)})
    return done.exit_code


def _agreed(console: Console, applying: Applying, target: Target, options: argparse.Namespace) -> Plan:
    """The plan, when somebody said yes. Raises DeclinedError, FindingsError; what was prepared is then taken back."""
    from stackgen.deploy.plans import NOTHING, RECREATE

    if applying.planner.planned(target).kind == RECREATE:
        question = f"{target.place} was rolled back when it was made; delete what is left, and make it again?"
        confirm(console, question, yes=options.yes)
    plan = applying.prepare(target)
    if plan.kind == NOTHING:
        return plan
    _show(console, plan)
    risks = plan.not_allowed(options.allow)
    try:
        if risks:
            raise _refused(target, risks)
        for risk in plan.risks:
            console.warn(f"{risk.sentence}; no backup is made: make one by hand before")
        words = ", ".join(f"{number} {word}" for word, number in _counts(plan).items())
        confirm(console, f"{plan.kind} {target.place}: {words or 'no resource'}?", yes=options.yes)
    except (DeclinedError, FindingsError, KeyboardInterrupt):
        applying.discard(plan)
        raise
    return plan


def _refused(target: Target, risks: Sequence[Risk]) -> FindingsError:
    flags = " ".join(f"--allow {risk.names[0]}" for risk in risks)
    return FindingsError(
        f"{target.place}: {counted(len(risks), 'change')} may cost data: {risks[0].sentence}",
        "no backup is made: make one by hand before you allow it",
        f"{flags} allows it",
    )


def _show(console: Console, plan: Plan) -> None:
    """What AWS says will happen, and where the offline verdict says otherwise."""
    from stackgen.deploy.stacks import NESTED
    from stackgen.deploy.verdicts import word_of

    for change in plan.changes:
        if change.type != NESTED:
            console.tell(f"  {change.path} ({change.type}): {word_of(change)}")
    for each in plan.differences:
        console.tell(f"  {each.path}: AWS says {each.aws}, the templates say {each.offline}: {each.why}")


def _hear(console: Console, event: Event) -> None:
    reason = f": {event.reason}" if event.reason else ""
    console.tell(f"{event.time:%H:%M:%S}  {event.status:<28} {event.path}{reason}")


def _counts(plan: Plan) -> dict[str, int]:
    from stackgen.deploy.verdicts import counted as counts

    return counts(plan.changes)


def _outcome(target: Target, ended: Ended, code: int) -> dict[str, Any]:
    words = {0: "deployed", 5: "failed, and everything is as it was", 6: "failed, and somebody must decide"}
    return {
        "stack": target.stack_name, "account": target.account, "region": target.region,
        "status": ended.state.status, "outcome": words[code], "exit_code": code, "counts": {},
        "outputs": dict(ended.state.outputs),
        "failures": [{"path": each.path, "reason": each.reason} for each in ended.events if each.is_failure],
    }  # fmt: skip


def _print(console: Console, told: Sequence[dict[str, Any]], left: int) -> None:
    good = sum(not each["exit_code"] for each in told)
    verdict = f"{counted(good, 'stack')} well, {len(told) - good} failed, {left} not begun"
    console.say(verdict)
    for each in told:
        counts = ", ".join(f"{number} {word}" for word, number in each["counts"].items())
        more = f" ({counts})" if counts else ""
        console.say(f"{each['stack']} in {each['account']}/{each['region']}: {each['outcome']}{more}")
        for name, value in sorted(each["outputs"].items()):
            console.say(f"  {name} = {value}")
        for failure in each["failures"]:
            console.say(f"  {failure['path']}: {failure['reason']}")
        if each["exit_code"] == 5:  # noqa: PLR2004  taken back
            console.say("  CloudFormation has rolled it back; mend the cause and deploy again")
        elif each["exit_code"]:
            console.say("  nothing is rolled back any more: continue or delete it in CloudFormation's console")
