"""``rollback``: bring a stack back after a failure, by its status."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from stackgen.errors import PARTIAL, StackgenError, UsageError

from .arguments import Parser
from .asking import confirm
from .deploy import add_carrying_out
from .deploying import add_stacks, add_values, deployment_of
from .forms import form_of, in_help
from .numbers import seconds_of
from .staying import kept_lines, left_lines, lost_lines
from .words import counted

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable, Iterator, Sequence

    from stackgen.console import Console
    from stackgen.deploy.events import Event
    from stackgen.deploy.following import Ended
    from stackgen.deploy.forecast import Forecast
    from stackgen.deploy.rolling_back import Way
    from stackgen.deploy.targets import Target

    from .deploying import Deployment

DESCRIPTION = """\
Bring stacks back after a failure. What is done follows from the status: a failure that was left as it is
(UPDATE_FAILED, CREATE_FAILED) is taken back; a way back that got stuck (UPDATE_ROLLBACK_FAILED) is gone on, with
--skip without what cannot be mended; an update that runs is cancelled; another operation is followed to its end; what
was never made is deleted, and what stays of it is listed. It is said and asked before.

A stack that is well is brought to an older version with --to: the templates of a commit, with the values that its own
files gave, or with those in the record of a backup; or with --to-release to a release: its commit, its values, its
images by their digests. That is planned, asked and carried out like any deployment.

Exit codes: 0 it is back, or was already; 1 it is well, and there is nothing to take back; 6 a person must decide;
with --to those of deploy.
"""


def run(console: Console, arguments: Sequence[str]) -> int:
    """Each stack after the other, up to the first that does not come back; 8 where only some did."""
    options = _parser().parsed(arguments)
    form = form_of(console, "text", "json")
    if options.to and options.release:
        raise UsageError("--to names a commit, and --to-release a release", "give one of them")
    if options.to or options.release:
        from .rollback_to import run as run_to

        return run_to(console, options)
    _refuse_options_of_to(options)
    told: list[dict[str, Any]] = []
    with deployment_of(console, options, as_it_stands=True) as deployment:
        for target in deployment.targets:
            told.append(_one(console, deployment, target, options))
            if told[-1]["exit_code"]:
                break
        left = len(deployment.targets) - len(told)
    if form == "json":
        console.json("rollback", {"stacks": told, "not_begun": left})
    else:
        _print(console, told, left)
    code: int = told[-1]["exit_code"]
    return PARTIAL if code and len(told) > 1 else code


def _parser() -> Parser:
    parser = Parser("rollback", DESCRIPTION + in_help("text", "json"), "[STACK...] ...")
    add_stacks(parser)
    add = parser.add_argument
    add("--continue", action="store_true", dest="goes_on", help="only go on with a way back that got stuck")
    text = "what is left as it is where the way back got stuck: auto for all that failed, or names with commas"
    add("--skip", metavar="WHAT", default="", help=text)
    add("--to", metavar="COMMIT", default="", help="deploy what was built in this commit; the options below are for it")
    text = "deploy a recorded release: the beginning of its ID, or previous; release list shows them"
    add("--to-release", dest="release", metavar="ID", default="", help=text)
    text = "the record of a backup, whose values are taken instead of those of the commit's files"
    add("--values-of", metavar="RECORD", default="", help=text)
    add_values(parser)
    add_carrying_out(parser)
    return parser


def _refuse_options_of_to(options: argparse.Namespace) -> None:
    """Raises UsageError for one that says nothing about what CloudFormation takes back by itself."""
    plain = _parser().parsed([])
    for name in (
        "values_of",
        "parameter",
        "parameters",
        "allow",
        "backup",
        "no_rollback",
        "parallel",
        "continue_on_error",
    ):
        if getattr(options, name) != getattr(plain, name):
            flag = "no-backup" if name == "backup" else name.replace("_", "-")
            raise UsageError(f"--{flag} goes with --to COMMIT", "without it nothing is deployed")


def _one(console: Console, deployment: Deployment, target: Target, options: argparse.Namespace) -> dict[str, Any]:
    from stackgen.deploy import stacks
    from stackgen.deploy.actions import token_of
    from stackgen.deploy.destroying import left_behind
    from stackgen.deploy.forecast import forecast
    from stackgen.deploy.hiding import Hiding
    from stackgen.deploy.next_steps import command_for
    from stackgen.deploy.owners import see_that_it_is_ours
    from stackgen.deploy.rolling_back import BACK, CONTINUE, DELETE, HEALTHY, STUCK, way_of

    client = deployment.sessions.of(target)
    cloudformation = client("cloudformation")
    state = stacks.find(target.stack_name, cloudformation)
    if state is None:
        problem = f"there is no stack {target.place}, so nothing to take back"
        raise StackgenError(problem, f"{command_for(target, 'deploy')} makes it")
    see_that_it_is_ours(state, target)
    tree = stacks.tree(state, cloudformation)
    way = way_of(tree, options.skip, token_of("rollback"))
    if options.goes_on and way.kind != CONTINUE:
        problem = f"--continue: {target.place} is in {state.status}, and no way back got stuck"
        raise UsageError(problem, "without --continue what fits that status is done")
    _show(console, target, way)
    if way.kind in (BACK, HEALTHY, STUCK):
        code = {BACK: 0, HEALTHY: 1, STUCK: 6}[way.kind]
        return _outcome(target, way, state.status, code)
    found = forecast(tree, target, client) if way.kind == DELETE and tree.resources else None
    for line in _forecast_lines(found) if found else ():
        console.tell(f"  {line}")
    ended = _done(console, target, way, client, options)
    status, hiding = ended.state.status, Hiding(target, deployment.build)
    return {
        **_outcome(target, way, status, way.exit_code(status)),
        "left": [each._asdict() for each in left_behind(found, ended.events)] if found else [],
        "outputs": hiding.outputs(ended.state.outputs) if status.endswith("COMPLETE") else {},
        "failures": [
            {"path": each.path, "reason": hiding.text(each.reason)} for each in ended.events if each.is_failure
        ],
    }


def _show(console: Console, target: Target, way: Way) -> None:
    """What would be done, before anybody is asked."""
    console.tell(f"{target.place}: {way.sentence}")
    for each in way.failed:
        console.tell(f"  {each.path} ({each.type}) could not be taken back: {each.reason or 'AWS gives no reason'}")
    for name in way.skipped:
        console.warn(f"{name} is skipped: it stays as it is, and the template no longer says how that is")


def _forecast_lines(found: Forecast) -> Iterator[str]:
    """What goes with a stack that can only be deleted, and what stays."""
    from stackgen.deploy.forecast import DELETED, FAILS
    from stackgen.deploy.stacks import NESTED

    gone = [each for each in found.of(DELETED) if each.type != NESTED]
    yield f"{counted(len(gone), 'resource')} deleted"
    yield from kept_lines(found)
    yield from lost_lines(found, lambda _: "no backup is made")
    for each in found.of(FAILS):
        yield f"will fail: {each.path} ({each.physical_id}): {each.why}"


def _done(
    console: Console, target: Target, way: Way, client: Callable[[str], Any], options: argparse.Namespace
) -> Ended:
    """Ask, do it and follow it; where an operation runs that cannot be cancelled, only follow."""
    from stackgen.deploy.events import began
    from stackgen.deploy.executor import Performer
    from stackgen.deploy.following import carried_out, ended
    from stackgen.deploy.hiding import Hiding
    from stackgen.deploy.polling import Pace

    cloudformation, hide = client("cloudformation"), Hiding(target).text
    pace = Pace(interval=seconds_of(options.every))

    def heard(event: Event) -> None:
        console.tell(event.seen(hide).line)

    try:
        if way.action is None:
            return ended(way.state, began(way.state.id, cloudformation), cloudformation, pace, heard)
        confirm(console, f"{target.place}: {way.action.why}?", yes=options.yes)
        performer = Performer(client, lambda action: console.detail(f"{target.region}: {action.why}"))
        return carried_out(way.action, way.state, performer, cloudformation, pace, heard)
    except KeyboardInterrupt:
        from .interrupting import cut_off_in

        raise cut_off_in(target, client, "rollback") from None


def _outcome(target: Target, way: Way, status: str, code: int) -> dict[str, Any]:
    from stackgen.deploy.next_steps import next_step, words_of
    from stackgen.deploy.rolling_back import HEALTHY

    words = words_of(target)
    steps = []
    if way.kind == HEALTHY:
        steps.append(f"an older version is deployed with {words.command('rollback --to COMMIT')}")
    elif way.skipped and not code:
        steps += [
            f"what was skipped is out of step with the template: {words.command('drift')} shows how",
            "make it by hand what the template says, or the template what it is, and deploy",
        ]
    elif status != "DELETE_COMPLETE":
        steps.append(next_step(status, words))
    return {
        "stack": target.stack_name, "account": target.account, "region": target.region, "before": way.state.status,
        "way": way.kind, "skipped": list(way.skipped), "status": status, "exit_code": code, "outputs": {},
        "left": [], "failures": [], "next": [step for step in steps if step],
    }  # fmt: skip


def _print(console: Console, told: Sequence[dict[str, Any]], left: int) -> None:
    from stackgen.deploy.destroying import Left

    back = sum(not each["exit_code"] for each in told)
    console.say(f"{counted(back, 'stack')} back, {len(told) - back} not, {left} not begun")
    for each in told:
        change = each["status"] if each["status"] == each["before"] else f"{each['before']}, now {each['status']}"
        console.say(f"{each['stack']} in {each['account']}/{each['region']}: {change}")
        for name, value in sorted(each["outputs"].items()):
            console.say(f"  {name} = {value}")
        for failure in each["failures"] if each["exit_code"] else ():
            console.say(f"  {failure['path']}: {failure['reason']}")
        for line in left_lines([Left(**one) for one in each["left"]]):
            console.say(f"  {line}")
        for step in each["next"]:
            console.say(f"  next: {step}")
