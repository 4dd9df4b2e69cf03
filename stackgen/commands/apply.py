"""``apply``: carry a saved plan out, exactly so or not at all."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from stackgen.environments import given
from stackgen.errors import StackgenError, UsageError, shown

from . import summary
from .arguments import Parser
from .context import project_of
from .deploy import add_carrying_out, carried_out, wishes_of
from .deploying import Deployment, add_values, needs_boto3, read_build
from .forms import form_of, in_help
from .rolling_out import Rollout

if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence

    from stackgen.console import Console
    from stackgen.deploy.applying import Applying
    from stackgen.deploy.plans import Plan
    from stackgen.deploy.saved import SavedPlan, Values
    from stackgen.deploy.sessions import Sessions
    from stackgen.deploy.targets import Target
    from stackgen.project import Project
    from stackgen.review.model import Build

    from .rolling_out import Job

FORMS = ("text", "json")
DESCRIPTION = """\
Carry out what plan --save has kept: exactly those change sets. It is refused where something is not as it was when the
plan was made: templates of the build folder, parameters, account, region, the stack itself. Values that nobody sees are
not in the file: those that were given with -p are given again. -e and -r choose among the plans of the file.
"""


def run(console: Console, arguments: Sequence[str]) -> int:
    """Carry out each plan of the file; the exit codes are those of ``deploy``."""
    options = _parser().parsed(arguments)
    form_of(console, *FORMS)
    wishes = wishes_of(options)
    needs_boto3()
    from stackgen.deploy.saved_file import read
    from stackgen.deploy.sessions import Sessions

    values, plans = read(Path(options.file))
    if not plans:  # the plan had found that nothing changes
        return summary.tell(console, "apply", [], 0)
    project = project_of(console)
    build = read_build(project)
    sessions = Sessions()
    with sessions.telling():
        found = [
            (_target_of(console, project, build, sessions, each, values, options), each)
            for each in _chosen(console, plans)
        ]
        targets = [target for target, _ in found]
        deployment = Deployment(project, build, targets, sessions)
        source = _Saved(console, build, {_key(target): each for target, each in found}, values)
        rollout = Rollout(console, deployment, wishes, source)
        return carried_out(console, rollout, targets, deployment, options, "apply")


def _parser() -> Parser:
    parser = Parser("apply", DESCRIPTION + in_help(*FORMS), "FILE ...")
    parser.add_argument("file", metavar="FILE", help="what plan --save has written")
    add_values(parser)
    add_carrying_out(parser)
    return parser


def _chosen(console: Console, plans: Sequence[SavedPlan]) -> list[SavedPlan]:
    """Those that -e and -r mean; all where they say nothing. Raises UsageError."""
    found = [
        each
        for each in plans
        if (not console.environments or each.environment in console.environments)
        and (not console.regions or each.region in console.regions)
    ]
    if not found:
        places = ", ".join(f"-e {each.environment} -r {each.region}" for each in plans)
        raise UsageError("the file has no plan for these environments and regions", f"it has: {places}")
    return found


def _target_of(  # noqa: PLR0917  what a target is made from
    console: Console,
    project: Project,
    build: Build,
    sessions: Sessions,
    saved: SavedPlan,
    values: Values,
    options: argparse.Namespace,
) -> Target:
    """The target of a plan as it would be now. Raises StalePlanError where there is none any more."""
    from stackgen.deploy.errors import StalePlanError
    from stackgen.deploy.resolving import Wish, decided, resolve

    wish = Wish(
        [saved.template],
        [saved.environment],
        [saved.region],
        {**values.given, **given(options.parameter)},
        (*values.files, *options.parameters),
        console.profile,
    )
    start = f"the plan of {saved.place} is not carried out: "
    try:
        (target,) = decided(resolve(project, build, wish, sessions.account))
    except StackgenError as error:
        hidden = f"not kept, and to be given again: {', '.join(values.hidden)}" if values.hidden else ""
        place, line = error.location or ("", 0)
        where = f"{shown(place)}:{line}: " if line else f"{shown(place)}: " if place else ""
        raise StalePlanError(f"{start}{where}{error.message}", hidden, *error.hints) from error
    if target.account != saved.account:
        problem = f"{start}it is for account {saved.account}, and the credentials are of {target.account}"
        raise StalePlanError(problem, "--profile NAME chooses others")
    return target


def _key(target: Target) -> tuple[str, str, str]:
    return target.env, target.template, target.region


class _Saved:
    """Plans from a file."""

    def __init__(
        self, console: Console, build: Build, plans: dict[tuple[str, str, str], SavedPlan], values: Values
    ) -> None:
        self._console = console
        self._build = build
        self._plans = plans
        self._values = values

    def decide(self, job: Job, applying: Applying) -> None:
        """The plan, if everything is as it was; where it has been begun already, what is left of it.

        Raises StalePlanError, BusyError.
        """
        from stackgen.deploy import changesets, saved, stacks

        plan, target = self._plans[_key(job.target)], job.target
        cloudformation = applying.client("cloudformation")
        found = changesets.find(plan.change_set, "", cloudformation)
        state = stacks.find(target.stack_name, cloudformation)
        done = saved.carried_out(plan, found, state, cloudformation)
        if done is not None:
            self._rest(job, applying, plan, done)
            return
        job.plan = saved.checked(plan, applying.planner.planned(target), self._values)
        saved.see_that_it_is_there(plan, found)
        applying.repair(target)

    def _rest(self, job: Job, applying: Applying, plan: SavedPlan, done: str) -> None:
        """What is left of a plan that was begun already: to follow it where it still runs, settings, or nothing."""
        from stackgen.deploy import saved
        from stackgen.deploy.outcomes import carried_out_before, ended

        target = job.target
        now = applying.planner.settled(target)
        saved.see_that_it_is_the_same(plan, now, self._values, done or "already")
        if not done:
            self._console.tell(f"{target.place}: this plan was begun already")
            last = applying.followed(target.stack_name, now.state.id if now.state else "")
            if last.exit_code:
                job.outcome = ended(target, last, job.hiding)
                return
        applying.repair(target)
        job.plan = applying.planner.settled(target)
        if done and not job.plan.execute:
            job.outcome, job.plan = carried_out_before(job.plan, done, job.hiding), None

    def prepare(self, plan: Plan, applying: Applying) -> Plan:
        """The plan with AWS's verdict. Raises StalePlanError where values in Parameter Store are others by now."""
        from stackgen.deploy import saved
        from stackgen.deploy.hiding import Hiding
        from stackgen.deploy.resolved import look, untold

        if not plan.change_set_name:
            return plan
        done, target = applying.planner.completed(plan), plan.target
        values = done.change_set.resolved if done.change_set else ()
        looked = look(values, target.secrets, Hiding(target).text, applying.client)
        saved.see_that_values_are_as_read(target.place, looked.changed)
        for name in untold(self._build.templates[target.template].section("Parameters"), values):
            self._console.tell(f"{target.place}: AWS does not tell what {name} was read as, so nobody can compare it")
        for note in looked.notes:
            self._console.tell(f"{target.place}: {note}")
        return done

    def take_back(self, plan: Plan, applying: Applying) -> None:
        """Nothing: somebody may carry it out later."""
