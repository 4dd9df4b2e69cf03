"""Targets one after the other, or the regions of a stack at once: plan all, show, ask once, back up, carry out, follow.

``deploy`` and ``apply`` differ in where a plan comes from; what becomes of it is the same.
"""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, NamedTuple, Protocol

from stackgen.errors import DeclinedError, StackgenError

from .asking import confirm
from .backup_make import folder_of
from .leave import backup_of, refused, unused
from .narrating import narrated
from .plan_words import counts_of, lines_of
from .words import counted

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from stackgen.console import Console
    from stackgen.deploy.applying import Applying
    from stackgen.deploy.events import Event
    from stackgen.deploy.outcomes import Outcome
    from stackgen.deploy.plans import Plan
    from stackgen.deploy.targets import Target
    from stackgen.review.model import Build

    from .deploying import Deployment


_DECLINED = "no stack was changed; templates that were uploaded stay in their bucket"


class Wishes(NamedTuple):
    """What the options say of carrying plans out."""

    yes: bool = False
    allow: Sequence[str] = ()
    is_backed_up: bool = True
    disable_rollback: bool = False
    goes_on: bool = False
    """Whether the others are deployed where one has failed."""
    every: float = 5.0
    may_lose_all: bool = False
    """Whether every change is allowed that may cost data, as in environments that come and go."""


class Job:
    """One target on its way."""

    def __init__(self, target: Target, build: Build) -> None:
        from stackgen.deploy.hiding import Hiding

        self.target = target
        self.hiding = Hiding(target, build)
        self.plan: Plan | None = None
        self.backup = ""
        self.is_begun = False
        """Whether CloudFormation has told anything of it."""
        self.outcome: Outcome | None = None


class Source(Protocol):
    """Where plans come from."""

    def decide(self, job: Job, applying: Applying) -> None:
        """Give it a plan, of which nothing is prepared yet; or an outcome, where an earlier run has done it."""

    def prepare(self, plan: Plan, applying: Applying) -> Plan:
        """The plan with AWS's verdict."""

    def take_back(self, plan: Plan, applying: Applying) -> None:
        """What becomes of a plan that is not carried out."""


class Rollout:
    """Carries the targets of a deployment out, wave after wave; those of one wave at the same time."""

    def __init__(self, console: Console, deployment: Deployment, wishes: Wishes, source: Source) -> None:
        from stackgen.deploy.at_once import Stop

        self._console = console
        self._deployment = deployment
        self._wishes = wishes
        self._source = source
        self._stop = Stop()
        self._speaking = threading.Lock()
        self._running: list[Job] = []
        self.outcomes: list[Outcome] = []

    def run(self, waves: Sequence[Sequence[Target]]) -> None:
        """All waves, or those to the first failure. Raises CutOffError when somebody interrupts."""
        for wave in waves:
            jobs = [Job(target, self._deployment.build) for target in wave]
            self._running = jobs
            try:
                goes_on = self._wave(jobs)
            except KeyboardInterrupt:
                from .interrupting import cut_off

                raise cut_off(jobs, self._deployment.sessions) from None
            finally:
                self.outcomes += [job.outcome for job in jobs if job.outcome]
            if not goes_on:
                return

    def _wave(self, jobs: Sequence[Job]) -> bool:
        """Whether the next one may begin."""
        for step in (self._decide, self._ask_to_make_again, self._prepare, self._ask):
            try:
                step(jobs)
            except DeclinedError as error:
                self._drop(jobs, error)
                return False
            if self._has_failed(jobs) and not self._wishes.goes_on:
                self._take_back(jobs)
                return False
        self._each(self._carried_out, jobs)
        return self._wishes.goes_on or not self._has_failed(jobs)

    def _decide(self, jobs: Sequence[Job]) -> None:
        self._each(lambda job: self._source.decide(job, self._applying(job)), jobs)

    def _ask_to_make_again(self, jobs: Sequence[Job]) -> None:
        from stackgen.deploy.plans import RECREATE

        places = " and ".join(job.target.place for job, plan in _open(jobs) if plan.kind == RECREATE)
        if places:
            question = f"the creation of {places} was rolled back; delete what is left, and make it again?"
            confirm(self._console, question, yes=self._wishes.yes)

    def _prepare(self, jobs: Sequence[Job]) -> None:
        def prepared(job: Job) -> None:
            if job.plan is not None:
                job.plan = self._source.prepare(job.plan, self._applying(job))

        self._each(prepared, jobs)

    def _ask(self, jobs: Sequence[Job]) -> None:
        """Show what changes, refuse what may cost data and nobody allows, ask. Raises DeclinedError."""
        from stackgen.deploy.plans import NOTHING

        changing = [(job, plan) for job, plan in _open(jobs) if plan.kind != NOTHING]
        for _, plan in changing:
            for line in lines_of(plan, self._deployment.build.templates[plan.target.template].section("Parameters")):
                self._console.tell(line)
        for job, plan in changing:
            risks = [] if self._wishes.may_lose_all else plan.not_allowed(self._wishes.allow)
            if risks:
                self._fail(job, refused(job.target, risks, self._wishes))
        for word in unused(self._wishes.allow, [plan for _, plan in changing]):
            self._console.warn(f"--allow {word}: nothing of that name may cost data")
        pending = [plan for job, plan in changing if job.outcome is None]
        if not pending or (self._has_failed(jobs) and not self._wishes.goes_on):
            return
        for plan in pending:
            for risk in plan.risks:
                self._console.warn(f"{risk.sentence}; {backup_of(risk, is_wished=self._wishes.is_backed_up)}")
        confirm(self._console, _question(pending), yes=self._wishes.yes, declined=_DECLINED)

    def _carried_out(self, job: Job) -> None:
        from stackgen.deploy import outcomes, safeguard
        from stackgen.deploy.plans import NOTHING

        plan, applying = job.plan, self._applying(job)
        if plan is None:
            return
        if plan.kind == NOTHING:
            applying.apply(plan)
            job.outcome = outcomes.unchanged(plan, job.hiding)
            return
        if self._wishes.is_backed_up and safeguard.is_needed(plan):
            job.backup = self._backed_up(plan, applying, job)
        try:
            done = applying.apply(plan, disable_rollback=self._wishes.disable_rollback)
        except StackgenError:
            raise
        except Exception as error:
            raise self._explained(error, job) from error
        if done is not None:
            job.outcome = outcomes.ended(job.target, done, job.hiding, plan, job.backup)

    def _explained(self, error: Exception, job: Job) -> Exception:
        """What AWS refuses in the midst, with what it means for the stack."""
        from stackgen.deploy.next_steps import command_for
        from stackgen.deploy.refusals import told

        ours = told(error, self._deployment.sessions.asked)
        if ours is None:
            return error
        again = command_for(job.target, "deploy")
        begun = f"CloudFormation goes on with what was begun; {again} takes it up"
        ours.hints.append(begun if job.is_begun else f"whatever was prepared stays; {again} takes it up")
        return ours

    def _backed_up(self, plan: Plan, applying: Applying, job: Job) -> str:
        """Where the record of the backup is. Raises what stands in its way; the plan is taken back then."""
        from stackgen.deploy import safeguard

        folder = folder_of(self._deployment.project, None)
        by = safeguard.Safeguard(
            applying.executor.perform, applying.client, applying.pace, folder, lambda line: self._say(job, line)
        )
        try:
            record = safeguard.backed_up(plan, by)
        except Exception:
            self._source.take_back(plan, applying)
            raise
        if record is not None:
            self._say(job, f"backed up: {record}")
        return str(record or "")

    def _applying(self, job: Job) -> Applying:
        from stackgen.deploy.applying import Applying
        from stackgen.deploy.executor import Performer
        from stackgen.deploy.planner import Planner
        from stackgen.deploy.polling import Pace

        client = self._deployment.sessions.of(job.target)
        executor = Performer(client, narrated(self._console, job.target.region))
        pace = Pace(sleep=self._stop.sleep, interval=self._wishes.every)
        planner = Planner(self._deployment.build, client)
        return Applying(planner, executor, client, pace, lambda event: self._hear(job, event))

    def _hear(self, job: Job, event: Event) -> None:
        job.is_begun = True
        self._say(job, event.seen(job.hiding.text).line)

    def _say(self, job: Job, line: str) -> None:
        """Narration; where several go at once it says whose."""
        start = f"{job.target.region}  " if len(self._running) > 1 else ""
        with self._speaking:
            self._console.tell(f"{start}{line}")

    def _each(self, work: Callable[[Job], None], jobs: Sequence[Job]) -> None:
        """Do the work for those that are not done; one that fails does not stop the others."""
        from stackgen.deploy.at_once import at_once

        def one(job: Job) -> None:
            try:
                with self._deployment.sessions.telling():
                    work(job)
            except StackgenError as error:
                self._fail(job, error)

        at_once(one, [job for job in jobs if job.outcome is None], self._stop)

    def _fail(self, job: Job, error: StackgenError) -> None:
        from stackgen.deploy.outcomes import refused

        job.outcome = refused(job.target, error)

    def _drop(self, jobs: Sequence[Job], error: DeclinedError) -> None:
        self._take_back(jobs)
        for job in jobs:
            if job.outcome is None:
                self._fail(job, error)

    def _take_back(self, jobs: Sequence[Job]) -> None:
        """Take back what was prepared and is not carried out."""
        with self._deployment.sessions.telling():
            for job in jobs:
                if job.plan is not None and job.plan.change_set is not None:
                    self._source.take_back(job.plan, self._applying(job))

    @staticmethod
    def _has_failed(jobs: Sequence[Job]) -> bool:
        return any(job.outcome is not None and job.outcome.exit_code for job in jobs)


def _open(jobs: Sequence[Job]) -> Iterator[tuple[Job, Plan]]:
    """Those that are not done, with their plans."""
    for job in jobs:
        if job.outcome is None and job.plan is not None:
            yield job, job.plan


def _question(plans: Sequence[Plan]) -> str:
    parts = [f"{plan.kind} {plan.target.place}: {counts_of(plan) or 'no resource'}" for plan in plans]
    return f"{'; '.join(parts)}?" if len(parts) == 1 else f"{counted(len(parts), 'stack')}: {'; '.join(parts)}?"
