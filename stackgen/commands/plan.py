"""``plan``: what a deployment would change, by AWS's change set beside the offline verdict; kept for ``apply``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from stackgen.errors import StackgenError

from .arguments import Parser
from .deploying import add_parallel, add_stacks, add_values, deployment_of, waves_of
from .forms import form_of, in_help
from .freshness import see_that_it_is_fresh
from .narrating import narrated
from .plan_words import lines_of
from .words import counted

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable, Sequence

    from stackgen.console import Console
    from stackgen.deploy.applying import Applying
    from stackgen.deploy.plans import Plan
    from stackgen.deploy.saved import Values
    from stackgen.deploy.targets import Target
    from stackgen.review.model import Build

    from .deploying import Deployment

FORMS = ("text", "json")
CHANGES = 3
DESCRIPTION = """\
Say what a deployment would do, and do nothing of it: each resource that changes, in nested stacks too, as AWS says it
in a change set, and beside it what the templates say with the values of this deployment; where the two differ, why;
and what may cost data. No stack is changed, so nobody is asked. AWS reads templates from a bucket: it is made where it
is missing, and templates that are missing there are uploaded; both stay. The change set is taken back at the end,
unless --save keeps it for apply. A stack policy that was set by hand is never set aside: what it denies, the plan
cannot do.
"""


class Planned(NamedTuple):
    """A plan, how it was made, and whether it is kept."""

    plan: Plan
    applying: Applying
    is_kept: bool


def run(console: Console, arguments: Sequence[str]) -> int:
    """Plan each target; 3 with ``--exit-code`` where anything would change."""
    options = _parser().parsed(arguments)
    form = form_of(console, *FORMS)
    with deployment_of(console, options) as deployment:
        see_that_it_is_fresh(console, deployment)
        planned = _planned(console, deployment, options)
        if form == "json":
            console.json("planned", _content(planned, _values_of(options, deployment), is_saved=bool(options.save)))
        else:
            _print(console, deployment.build, planned, options)
    return CHANGES if options.exit_code and any(_changes(each.plan) for each in planned) else 0


def _parser() -> Parser:
    parser = Parser("plan", DESCRIPTION + in_help(*FORMS), "[STACK...] ...")
    add_stacks(parser)
    add_values(parser)
    add_parallel(parser)
    add = parser.add_argument
    add("--save", metavar="FILE", help="keep the change sets, and write what apply needs to carry them out")
    add("--exit-code", action="store_true", help="3 where anything would change")
    return parser


def _planned(console: Console, deployment: Deployment, options: argparse.Namespace) -> list[Planned]:
    """All plans; where one cannot be made, or the file not written, nothing of the others is left."""
    from stackgen.deploy.saved import content_of
    from stackgen.deploy.saved_file import see_that_it_can_be_written, write

    found: dict[int, Planned] = {}
    if options.save:
        see_that_it_can_be_written(Path(options.save))
    try:
        _plan_all(console, deployment, options, found)
        planned = [found[number] for number in sorted(found)]
        if options.save:
            kept = [each.plan for each in planned if each.is_kept]
            write(Path(options.save), content_of(kept, _values_of(options, deployment)))
    except BaseException:
        for each in found.values():
            if each.is_kept and each.plan.makes_change_set:
                each.applying.discard(each.plan)
        raise
    return planned


def _plan_all(console: Console, deployment: Deployment, options: argparse.Namespace, found: dict[int, Planned]) -> None:
    """Plan every target, the regions of a stack at once where that is asked; *found* gets each under its number.

    Raises what the first of a wave raised; the others of that wave have come to their end then.
    """
    from stackgen.deploy.at_once import Stop, at_once

    stop = Stop()
    failed: dict[int, StackgenError] = {}
    numbers = {id(each): number for number, each in enumerate(deployment.targets)}

    def one(target: Target) -> None:
        applying = _applying(console, deployment, target, stop.sleep)
        try:
            with deployment.sessions.telling():
                plan = applying.planner.planned(target)
                found[numbers[id(target)]] = _one(applying, plan, is_saved=bool(options.save))
        except StackgenError as error:
            failed[numbers[id(target)]] = error

    for wave in waves_of(deployment.project, deployment.targets, parallel=options.parallel):
        at_once(one, wave, stop)
        if failed:
            raise failed[min(failed)]


def _applying(console: Console, deployment: Deployment, target: Target, sleep: Callable[[float], None]) -> Applying:
    from stackgen.deploy.applying import Applying
    from stackgen.deploy.executor import Performer
    from stackgen.deploy.planner import Planner
    from stackgen.deploy.polling import Pace

    client = deployment.sessions.of(target)
    executor = Performer(client, narrated(console, target.region))
    return Applying(Planner(deployment.build, client), executor, client, Pace(sleep=sleep))


def _one(applying: Applying, plan: Plan, *, is_saved: bool) -> Planned:
    from stackgen.deploy.errors import NeedsPersonError
    from stackgen.deploy.next_steps import command_for
    from stackgen.deploy.plans import NOTHING, RECREATE

    if plan.kind == RECREATE:
        if is_saved:
            raise NeedsPersonError(
                f"no plan of {plan.target.place} can be kept: its creation was rolled back, and AWS makes no change "
                "set before what is left is deleted",
                f"{command_for(plan.target, 'deploy')} deletes it and makes the stack again",
            )
        return Planned(plan, applying, is_kept=False)
    done = applying.prepared(plan)
    if is_saved and done.kind != NOTHING:
        return Planned(done, applying, is_kept=True)
    if done.makes_change_set or done.kind == NOTHING:
        applying.discard(done)
    return Planned(done, applying, is_kept=not done.makes_change_set and done.kind != NOTHING)


def _values_of(options: argparse.Namespace, deployment: Deployment) -> Values:
    """What the command line said of parameters, without what nobody may see."""
    from stackgen.deploy.saved import Values
    from stackgen.environments import given

    hidden = {name for target in deployment.targets for name in target.secrets}
    said = given(options.parameter)
    return Values(
        {name: value for name, value in said.items() if name not in hidden},
        tuple(options.parameters),
        tuple(sorted(hidden.intersection(said))),
    )


def _changes(plan: Plan) -> bool:
    """Whether anything would be done: also to a setting beside the template."""
    from stackgen.deploy.plans import NOTHING

    return plan.kind != NOTHING or any(each.operation != "delete_change_set" for each in plan.execute)


def _verdict(planned: Sequence[Planned]) -> str:
    from stackgen.deploy.stacks import NESTED

    resources = sum(change.type != NESTED for each in planned for change in each.plan.changes)
    stacks = sum(_changes(each.plan) for each in planned)
    risks = sum(len(each.plan.risks) for each in planned)
    end = f"{risks} may cost data" if risks else "no data at risk"
    if not stacks:
        return f"nothing changes in {counted(len(planned), 'stack')}"
    return f"{counted(resources, 'change')} in {stacks} of {counted(len(planned), 'stack')}, {end}"


def _print(console: Console, build: Build, planned: Sequence[Planned], options: argparse.Namespace) -> None:
    console.say(_verdict(planned))
    for each in planned:
        declared = build.templates[each.plan.target.template].section("Parameters")
        for line in lines_of(each.plan, declared):
            console.say(line)
        for line in _made(each, is_saved=bool(options.save)):
            console.say(f"  {line}")
    kept = [each for each in planned if each.is_kept]
    if options.save and kept:
        console.say(f"kept in {options.save}: {counted(len(kept), 'plan')}")
        console.tell(f"carry it out: python -m stackgen apply {options.save}")
    elif options.save:
        console.say(f"nothing to keep in {options.save}")


def _made(each: Planned, *, is_saved: bool) -> list[str]:
    """What planning itself left in AWS, or took back."""
    plan = each.plan
    buckets = [action.parameters["Bucket"] for action in plan.prepare if action.operation == "create_bucket"]
    uploads = [action for action in plan.prepare if action.operation == "put_object"]
    found = [f"made the bucket {name}" for name in buckets]
    if uploads and plan.change_set is not None:
        found.append(f"uploaded {counted(len(uploads), 'template')} to {plan.target.bucket}")
    if plan.change_set is None:
        return []
    word = "taken back" if not each.is_kept else "kept" if is_saved else "left as it is, for an earlier plan keeps it"
    shell = plan.kind == "create"
    end = (
        "; until it is carried out the stack is an empty shell, in REVIEW_IN_PROGRESS" if shell and each.is_kept else ""
    )
    return [*found, f"change set {plan.change_set_name}: {word}{end}"]


def _content(planned: Sequence[Planned], values: Values, *, is_saved: bool) -> dict[str, Any]:
    from stackgen.deploy.saved import content_of

    content = content_of([each.plan for each in planned], values)
    for shown, each in zip(content["plans"], planned, strict=True):
        shown["kept"] = each.is_kept
        shown["made"] = _made(each, is_saved=is_saved)
    return {"verdict": _verdict(planned), **content}
