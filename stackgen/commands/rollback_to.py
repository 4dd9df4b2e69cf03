"""``rollback --to``: an older version, planned, asked and carried out like any deployment."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from stackgen.errors import StackgenError, UsageError

from .deploy import carried_out, wishes_of
from .deploying import deployment_at_commit, deployment_of, needs_boto3
from .rolling_out import Rollout

if TYPE_CHECKING:
    import argparse

    from stackgen.console import Console
    from stackgen.deploy.applying import Applying
    from stackgen.deploy.backup_records import Record
    from stackgen.deploy.plans import Plan
    from stackgen.deploy.releases import Release

    from .deploying import Deployment
    from .rolling_out import Job


def run(console: Console, options: argparse.Namespace) -> int:
    """Deploy each target as it was; the exit codes are those of ``deploy``. Raises UsageError."""
    if options.skip or options.goes_on:
        raise UsageError("--skip and --continue are of a way back that got stuck; --to deploys")
    wishes = wishes_of(options)
    needs_boto3()
    from stackgen.deploy.backup_records import read

    if options.release and options.values_of:
        raise UsageError("a release has its own values", "--values-of goes with --to COMMIT")
    release = _release(console, options) if options.release else None
    if release:
        options.to = release.commit
    record = read(Path(options.values_of)) if options.values_of else None
    values = record.parameters if record else release.values if release else {}
    of_record = f"the release {release.id}" if release else f"the record {options.values_of}"
    with deployment_at_commit(console, options, options.to, values, of_record) as deployment:
        if record:
            _see_that_it_is_of(record, [each.stack_name for each in deployment.targets])
        if release:
            _see_that_it_is_the_same(release, deployment)
        whose = of_record if values else "that commit's settings and files"
        console.tell(f"the templates of {options.to} ({deployment.build.commit[:12]}), with the values of {whose}")
        rollout = Rollout(console, deployment, wishes, _Earlier())
        return carried_out(console, rollout, deployment.targets, deployment, options, "rollback-to")


def _see_that_it_is_of(record: Record, stacks: list[str]) -> None:
    """Raises UsageError where the values are those of another stack, or would be given to several."""
    if stacks != [record.stack]:
        problem = f"--values-of: the record is of {record.place}, and {', '.join(stacks)} would get its values"
        raise UsageError(problem, f"-e {record.environment} -r {record.region} names that stack alone")


def _release(console: Console, options: argparse.Namespace) -> Release:
    """The release that is meant, of the one stack that is. Raises UsageError, ReleaseError."""
    from stackgen.deploy.releases import chosen, listed

    with deployment_of(console, options, as_it_stands=True) as deployment:
        targets = deployment.targets
        if len(targets) != 1:
            raise UsageError(f"--to-release is of one stack, and {len(targets)} are meant", "name one, with -e and -r")
        name = targets[0].stack_name
        return chosen(listed(name, deployment.sessions.of(targets[0])("ssm")), options.release, name)


def _see_that_it_is_the_same(release: Release, deployment: Deployment) -> None:
    """Raises ReleaseError where the commit's templates are not those that were deployed."""
    from stackgen.deploy.artifacts import digest_of
    from stackgen.deploy.releases import ReleaseError

    (target,) = deployment.targets
    found = digest_of(deployment.build.templates[target.template].text)
    if found != release.digest:
        problem = f"{release.template} of {release.commit[:12]} has the digest {found}, the release {release.digest}"
        raise ReleaseError(problem, "the commit is another than the one that was deployed: git fetch, or look at it")


class _Earlier:
    """Plans that bring a stack back that is there."""

    def decide(self, job: Job, applying: Applying) -> None:
        """Plan what leads back. Raises StackgenError where there is no stack, BusyError, NeedsPersonError."""
        from stackgen.deploy.next_steps import command_for
        from stackgen.deploy.plans import UPDATE

        plan = applying.planner.planned(job.target)
        if plan.kind != UPDATE:
            problem = f"{job.target.place} was never made, so no version of it comes back"
            raise StackgenError(problem, f"{command_for(job.target, 'deploy')} makes it")
        job.plan = plan

    def prepare(self, plan: Plan, applying: Applying) -> Plan:
        return applying.prepared(plan)

    def take_back(self, plan: Plan, applying: Applying) -> None:
        applying.discard(plan)
