"""``deploy``: plan, ask, carry out, follow; and going on where an earlier run was cut off."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from stackgen.errors import StackgenError, UsageError

from . import summary
from .arguments import Parser
from .asking import add_yes
from .deploying import add_parallel, add_stacks, add_values, deployment_of, waves_of
from .forms import form_of, in_help
from .freshness import see_that_it_is_fresh
from .leave import check
from .numbers import seconds_of
from .rolling_out import Rollout, Wishes

if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence

    from stackgen.console import Console
    from stackgen.deploy.applying import Applying
    from stackgen.deploy.outcomes import Outcome
    from stackgen.deploy.plans import Plan
    from stackgen.deploy.targets import Target

    from .deploying import Deployment
    from .rolling_out import Job

FORMS = ("text", "json")
DESCRIPTION = """\
Deploy stacks as they are in the build folder: templates are put into their bucket, AWS says in a change set what would
change, in nested stacks too; after a yes it is carried out, and followed to its end. Stacks and regions go one after
the other, or the regions of a stack at once; the first failure is the end, unless --continue-on-error. What fails is
rolled back by CloudFormation. A run that was cut off is taken up by the next.

What may cost data is refused with exit code 4 unless --allow names it; it is backed up before it is done. For that one
update the project's own stack policy is set aside; one that was set by hand never is, and CloudFormation refuses then.
"""


def add_carrying_out(parser: Parser) -> None:
    """The options of carrying plans out."""
    add_yes(parser)
    add = parser.add_argument
    text = (
        "a change that may lose data and is meant, by its name: replace:LogicalId or remove:LogicalId, as the refusal "
        "says it; may be repeated"
    )
    add("--allow", action="append", default=[], metavar="WHAT", help=text)
    text = (
        "before a change that may cost data, back up every table and database of the stack and of those nested in it, "
        "wait until the backups are there, and change nothing where one fails; so it is unless --no-backup is given"
    )
    add("--backup", action="store_true", default=True, help=text)
    add("--no-backup", action="store_false", dest="backup", help="make no backup, also where data may be lost")
    add("--no-rollback", action="store_true", help="leave what failed as it is, for somebody to look at")
    add_parallel(parser)
    add("--continue-on-error", action="store_true", help="deploy the others where one fails; then 8 is the exit code")
    add("--every", metavar="SECONDS", default="5", help="how often AWS is asked what is new; 5 by default")


def wishes_of(options: argparse.Namespace) -> Wishes:
    """What the options say. Raises UsageError."""
    check(options.allow)
    return Wishes(
        options.yes,
        options.allow,
        options.backup,
        options.no_rollback,
        options.continue_on_error,
        seconds_of(options.every),
    )


def run(console: Console, arguments: Sequence[str]) -> int:
    """Deploy each target; the exit code of the only one, or 8 where some went well and one did not."""
    options = _parser().parsed(arguments)
    form_of(console, *FORMS)
    wishes = wishes_of(options)
    minutes = _minutes_of(options.rollback_monitor)
    with deployment_of(console, options) as deployment:
        see_that_it_is_fresh(console, deployment)
        targets = deployment.targets
        if minutes is not None:
            targets = [
                replace(each, monitoring_minutes=minutes, creation_monitoring_minutes=minutes) for each in targets
            ]
        rollout = Rollout(console, deployment, wishes, Planning(console, options))
        return carried_out(console, rollout, targets, deployment, options, "deploy")


def deployed(console: Console, deployment: Deployment, target: Target, *, is_sure: bool, every: float) -> Outcome:
    """One target as a step of another command; how it ended. Raises CutOffError when somebody interrupts."""
    options = _parser().parsed([])
    wishes = wishes_of(options)._replace(yes=is_sure, every=every)
    rollout = Rollout(console, deployment, wishes, Planning(console, options))
    rollout.run([[target]])
    return rollout.outcomes[0]


def carried_out(  # noqa: PLR0917  what it works on, and how
    console: Console,
    rollout: Rollout,
    targets: Sequence[Target],
    deployment: Deployment,
    options: argparse.Namespace,
    schema: str,
) -> int:
    """Carry it out and tell how it ended; also when somebody interrupts. Raises CutOffError."""
    from stackgen.deploy.errors import CutOffError

    try:
        rollout.run(waves_of(deployment.project, targets, parallel=options.parallel))
    except CutOffError:
        if rollout.outcomes:
            summary.tell(console, schema, rollout.outcomes, len(targets))
        raise
    return summary.tell(console, schema, rollout.outcomes, len(targets))


def _parser() -> Parser:
    parser = Parser("deploy", DESCRIPTION + in_help(*FORMS), "[STACK...] ...")
    add_stacks(parser)
    add_values(parser)
    modes = parser.add_mutually_exclusive_group()
    modes.add_argument("--create", action="store_true", help="only if the stack does not exist yet")
    modes.add_argument("--update", action="store_true", help="only if the stack exists")
    add_carrying_out(parser)
    text = "how long the alarms are watched that roll back, after the last change; 0 to 180, instead of the setting"
    parser.add_argument("--rollback-monitor", metavar="MINUTES", help=text)
    return parser


def _minutes_of(text: str | None) -> int | None:
    """Raises UsageError."""
    from stackgen.deploy.settings import MOST_MONITORING

    if text is None:
        return None
    if not (text.isascii() and text.isdecimal() and int(text) <= MOST_MONITORING):
        raise UsageError(f"--rollback-monitor {text!r}: minutes from 0 to {MOST_MONITORING} were expected")
    return int(text)


class ModeError(StackgenError):
    """A stack is there that was to be made, or is not there that was to be updated."""


class Planning:
    """Plans made now."""

    def __init__(self, console: Console, options: argparse.Namespace) -> None:
        self._console = console
        self._options = options

    def decide(self, job: Job, applying: Applying) -> None:
        """Follow what an earlier run of the same has begun, then plan what is left. Raises ModeError, BusyError."""
        from stackgen.deploy.outcomes import ended

        target = job.target
        running = applying.planner.running(target)
        if running is not None:
            self._console.tell(f"{target.place}: an earlier run of this deployment still goes on; it is followed first")
            done = applying.followed(target.stack_name, running.id)
            if done.exit_code:
                job.outcome = ended(target, done, job.hiding)
                return
        applying.repair(target)
        plan = applying.planner.planned(target)
        if running is None:
            _see_that_it_may(plan, self._options)
        job.plan = plan

    def prepare(self, plan: Plan, applying: Applying) -> Plan:
        return applying.prepared(plan)

    def take_back(self, plan: Plan, applying: Applying) -> None:
        applying.discard(plan)


def _see_that_it_may(plan: Plan, options: argparse.Namespace) -> None:
    """Raises ModeError."""
    from stackgen.deploy.plans import UPDATE

    place, status = plan.target.place, plan.state.status if plan.state else ""
    if options.create and plan.kind == UPDATE:
        raise ModeError(f"{place} exists: it is {status}", "without --create it is updated; nothing was done")
    if options.update and plan.kind != UPDATE:
        why = f"was never made: it is {status}" if status else "does not exist"
        raise ModeError(f"{place} {why}", "without --update it is made; nothing was done")
