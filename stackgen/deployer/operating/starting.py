"""Starting builds: only the record is written, and the deployer's own functions do the rest."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Any, NamedTuple

from stackgen.deployer.handlers import builds as records
from stackgen.deployer.handlers import ksuid, moments, targets
from stackgen.deployer.handlers.errors import TargetsInvalid, TargetsNotConfigured
from stackgen.deployer.handlers.inputs import Build
from stackgen.errors import LockedError, StackgenError, UsageError

from . import builds, locks
from .installation import no_such

if TYPE_CHECKING:
    from collections.abc import Mapping

    from stackgen.deployer.handlers.targets import Configured

    from .installation import Installation

RELEASE = ("repo", "build_number", "branch", "version", "commit_hash", "s3_bucket", "s3_key")
"""What a build says of its release."""

PINNED = ("template_hash", "template_version")
"""Which bytes of the template a build was made of, known once it has begun."""


class TargetsMissingError(StackgenError):
    """Nobody said where to."""


class Wanted(NamedTuple):
    """A build that is not written yet."""

    record: dict[str, Any]
    targets: int
    """How many it goes to."""

    @property
    def env(self) -> str:
        return str(self.record["env"])


def wanted(installation: Installation, env: str, release: Mapping[str, Any], **more: object) -> Wanted:
    """A new build of a release, if its targets are configured. Raises TargetsMissingError."""
    record = {name: release[name] for name in (*RELEASE, *PINNED) if release.get(name)}
    record |= {"env": env, **{name: value for name, value in more.items() if value}}
    found = _configured(installation, str(record["repo"]), env)
    return Wanted(record, len(found.pairs))


def _configured(installation: Installation, repo: str, env: str) -> Configured:
    clients = installation.clients
    try:
        return targets.configured(env, repo, clients.dynamodb, installation.settings)
    except TargetsNotConfigured as error:
        hint = f"multi targets set --repo {repo} -e {env} --accounts ... --regions ... says where to"
        named = no_such(installation, repo, env, "targets")
        raise TargetsMissingError(str(error), *named.hints, hint) from error
    except TargetsInvalid as error:
        raise TargetsMissingError(
            f"the targets of {repo} in {env} cannot be used: {error}", "multi targets set --overwrite mends them"
        ) from error


def see_that_none_runs(installation: Installation, repo: str, env: str) -> None:
    """Raises LockedError where a build holds the lock, or is about to take it."""
    lock = locks.find(installation, repo, env)
    here = f"{repo} -e {env}"
    if lock is not None and not lock.has_expired:
        raise LockedError(
            f"build {lock.build_id} works on {repo} in {env}: it holds the lock, until {moments.stamp(lock.ttl)}",
            f"multi status {here} --watch follows it, multi stop {here} ends it, multi lock show {here} tells more",
            "--queue starts this one all the same: it waits a few minutes for the lock",
        )
    newest = builds.recent(installation, repo, env, 1)
    if newest and not builds.is_over(newest[0]):
        raise LockedError(
            f"build {newest[0]['SK']} of {repo} in {env} is {newest[0]['status']}, since {newest[0].get('created_at')}",
            f"multi status {here} --watch follows it",
            "--queue starts this one all the same: it waits a few minutes for the lock",
        )


def start(installation: Installation, new: Wanted) -> dict[str, Any]:
    """Write the build; the stream of the table starts it. The record as it was written."""
    repo, env = str(new.record["repo"]), new.env
    newest = builds.recent(installation, repo, env, 1)
    sk = _new_id(str(newest[0]["SK"]) if newest else "")
    build = Build(env, repo, sk)
    if not records.put_new({**new.record, "SK": sk}, installation.clients, installation.settings):
        there = builds.find(installation, build)
        if there is None:
            raise StackgenError(f"build {sk} of {repo} in {env} could not be written", "the same command again tries")
        return there  # the id is random, so it is this one: an attempt whose answer was lost has written it
    return builds.find(installation, build) or {**new.record, "SK": sk, "status": records.PENDING}


def _new_id(newest: str) -> str:
    """An id that sorts after the newest one, also where both are of one second, or that clock goes ahead."""
    sk = ksuid.new(moments.now(), secrets.token_bytes(ksuid.PAYLOAD))
    if sk > newest:
        return sk
    return ksuid.new(ksuid.parse(newest).seconds + 1, secrets.token_bytes(ksuid.PAYLOAD))


def downstream(installation: Installation, repo: str, env: str) -> tuple[str, ...]:
    """Where releases of a repository are promoted to from an environment. Raises UsageError where nowhere."""
    from .targets import effective

    record = effective(installation, repo, env)
    if record is None:
        raise no_such(installation, repo, env, "targets")
    if not record.downstream:
        raise UsageError(
            f"{repo} has nothing downstream of {env}: releases end there",
            f"multi targets set --repo {repo} -e {env} --overwrite --downstream-env ENV says where they go",
        )
    return record.downstream


def failed_pairs(installation: Installation, record: Mapping[str, Any]) -> int:
    """How many targets a build failed in, which a retry goes to. Raises UsageError where none did."""
    build = builds.build_of(record)
    if not builds.is_over(record):
        raise LockedError(
            f"build {build.sk} of {build.repo} in {build.env} is {record['status']}: nothing is retried before it ends",
            f"multi status {build.repo} -e {build.env} --watch follows it",
        )
    try:
        found = targets.of_build(build, {"retry_of": build.sk}, installation.clients.dynamodb, installation.settings)
    except TargetsNotConfigured as error:
        if record["status"] == records.SUCCESS:
            raise UsageError(f"build {build.sk} of {build.repo} in {build.env} succeeded: nothing failed") from error
        raise UsageError(
            f"build {build.sk} of {build.repo} in {build.env} failed before it had targets: {error}",
            f"multi redeploy {build.repo} -e {build.env} --build {build.sk} starts it anew",
        ) from error
    return len(found.pairs)
