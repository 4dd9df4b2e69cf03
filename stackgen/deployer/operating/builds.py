"""Builds as a person names them: the latest, the last good one, or one by its id; and the exit code that each is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from stackgen.deployer.handlers import builds, items, keys, ksuid
from stackgen.deployer.handlers.inputs import Build
from stackgen.errors import UsageError, likely

from .installation import no_such

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .installation import Installation

MOST_NAMED = 5
"""Builds that an error names, the newest first."""

MOST_LOOKED_AT = 25
"""Builds among which the last good one is looked for; one that is older stands in the latest item."""

OK, FAILED_EVERYWHERE, REVERTED, NEEDS_A_PERSON, SUPERSEDED, PARTIAL = 0, 1, 5, 6, 7, 8
"""Exit codes: how a build ended."""

_SUPERSEDED = ("superseded by the newer build", "lock held by build")


def latest(installation: Installation, repo: str, env: str) -> dict[str, Any]:
    """The newest build of a repository in an environment. Raises UsageError where there is none."""
    found = _latest(installation, repo, env)
    if found is None:
        raise no_such(installation, repo, env, "build")
    return found


def good(installation: Installation, repo: str, env: str) -> dict[str, Any]:
    """The last build that succeeded. Raises UsageError where none did.

    The latest item tells of one too, but not of a build that succeeded while a newer one was waiting.
    """
    newest = recent(installation, repo, env, MOST_LOOKED_AT)
    if not newest:
        raise no_such(installation, repo, env, "build")
    for record in newest:
        if record["status"] == builds.SUCCESS:
            return record
    about = builds.latest(env, repo, installation.clients, installation.settings)
    sk = str(about.get("good_build_id") or "")
    found = find(installation, Build(env, repo, sk)) if sk else None
    if found is None:
        raise UsageError(f"no build of {repo} in {env} has succeeded yet", "multi status shows the latest one")
    return found


def named(installation: Installation, repo: str, env: str, sk: str) -> dict[str, Any]:
    """The build of an id. Raises UsageError where it is no id, or no build of this repository here."""
    try:
        ksuid.parse(sk)
    except ValueError as error:
        raise UsageError(f"--build {sk}: 27 letters and digits were expected", "multi status shows them") from error
    record = find(installation, Build(env, repo, sk))
    if record is not None:
        return record
    if _latest(installation, repo, env) is None:
        raise no_such(installation, repo, env, "build")
    newest = recent(installation, repo, env)
    raise UsageError(f"--build {sk}: {repo} in {env} has no such build", likely(sk, [each["SK"] for each in newest]))


def chosen(installation: Installation, repo: str, env: str, sk: str | None) -> dict[str, Any]:
    """The named build, or the latest. Raises UsageError."""
    return latest(installation, repo, env) if sk is None else named(installation, repo, env, sk)


def find(installation: Installation, build: Build) -> dict[str, Any] | None:
    """The record of a build as it is now."""
    return builds.find(build, installation.clients, installation.settings)


def recent(installation: Installation, repo: str, env: str, most: int = MOST_NAMED) -> list[dict[str, Any]]:
    """The newest builds, the newest first."""
    answer = installation.clients.dynamodb.query(
        TableName=installation.table("builds"),
        KeyConditionExpression="PK = :pk",
        ExpressionAttributeValues={":pk": items.value(keys.builds(env, repo))},
        ScanIndexForward=False,
        ConsistentRead=True,
        Limit=most,
    )
    return [items.plain(each) for each in answer["Items"]]


def build_of(record: Mapping[str, Any]) -> Build:
    """Which build a record is about."""
    return Build(str(record["env"]), str(record["repo"]), str(record["SK"]))


def is_over(record: Mapping[str, Any]) -> bool:
    return record["status"] in builds.TERMINAL


def exit_code(record: Mapping[str, Any], succeeded: int, *, is_inoperable: bool) -> int:
    """What a command that shows a build exits with."""
    if record["status"] != builds.FAILED:
        return OK
    if record.get("reverted_to"):
        return REVERTED
    if str(record.get("error_msg", "")).startswith(_SUPERSEDED):
        return SUPERSEDED
    if succeeded:
        return PARTIAL
    return NEEDS_A_PERSON if is_inoperable else FAILED_EVERYWHERE


def _latest(installation: Installation, repo: str, env: str) -> dict[str, Any] | None:
    found = recent(installation, repo, env, 1)
    return found[0] if found else None
