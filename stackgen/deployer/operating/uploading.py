"""A release in the artifact bucket: found there, or uploaded from a folder so that its last object starts a build."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from botocore.exceptions import ClientError

from stackgen.deployer.handlers import artifacts, moments
from stackgen.deployer.handlers.errors import ReleaseInvalid
from stackgen.deployer.handlers.refusals import code_of
from stackgen.deployer.handlers.releases import MARKER, Release
from stackgen.errors import OutputFileError, StackgenError, UsageError, likely

from . import builds

if TYPE_CHECKING:
    from pathlib import Path

    from .installation import Installation

PATIENCE = 90
"""Seconds in which the build of an uploaded release appears: S3 tells of an object within seconds, seldom a minute."""

_ABSENT = ("NoSuchKey", "404", "NotFound")


class NoBuildError(StackgenError):
    """A release arrived, and nothing made a build of it."""


class Folder(NamedTuple):
    """Files of a release, the marker not among them."""

    files: tuple[tuple[str, Path], ...]
    marker: Path | None


def release_of(repo: str, s3_key: str | None, version: str | None, branch: str | None) -> dict[str, str]:
    """What a build says of its release, from the words of a command. Raises UsageError."""
    key = (s3_key or "").strip("/")
    if not key:
        if not version or not branch:
            raise UsageError("--folder needs --version N.HASH and --branch B: they are part of where it is uploaded")
        key = f"{repo}/{branch}/{version}"
    own = f"{repo}/{branch}/{version}" if version and branch else key
    try:
        found = Release.of_key(f"{own}/{MARKER}")
    except ReleaseInvalid as error:
        hint = "--version N.HASH and --branch B say what the key does not" if s3_key and own == key else ""
        raise UsageError(str(error), hint) from error
    if found.repo != repo:
        raise UsageError(f"--s3-key {s3_key} is a release of {found.repo}, not of {repo}", likely(repo, [found.repo]))
    return {
        "repo": repo,
        "build_number": found.build_number,
        "branch": found.branch,
        "version": found.version,
        "commit_hash": found.commit_hash,
        "s3_key": key,
    }


def bucket_of(installation: Installation, said: str | None) -> str:
    """The artifact bucket of the installation, unless another is said. Raises StackgenError."""
    bucket = said or installation.setting("s3-bucket")
    if not bucket:
        raise StackgenError(
            f"the installation {installation.settings.env} does not say which bucket its releases are in",
            "--bucket NAME does; the deployer's stack keeps it as a setting",
        )
    return bucket


def see_that_it_is_there(installation: Installation, bucket: str, s3_key: str) -> None:
    """Raises UsageError where no template lies at the key."""
    key = f"{artifacts.folder(s3_key)}{artifacts.TEMPLATE}"
    try:
        installation.clients.s3.head_object(Bucket=bucket, Key=key)
    except ClientError as error:
        if code_of(error) not in _ABSENT:
            raise
        raise UsageError(
            f"there is no release at s3://{bucket}/{s3_key}: it has no {artifacts.TEMPLATE}",
            "without s3:ListBucket a missing object looks like one that may not be read",
        ) from error


def folder_of(path: Path) -> Folder:
    """The files of a folder. Raises OutputFileError where it is none, or has no template."""
    if not path.is_dir():
        raise OutputFileError("is no folder: that of a release was expected", location=(str(path), 0))
    files = {each.relative_to(path).as_posix(): each for each in sorted(path.rglob("*")) if each.is_file()}
    if artifacts.TEMPLATE not in files:
        close = likely(artifacts.TEMPLATE, files) if files else "it is empty"
        raise OutputFileError(f"has no {artifacts.TEMPLATE}", close, location=(str(path), 0))
    marker = files.pop(MARKER, None)
    return Folder(tuple(files.items()), marker)


def upload(installation: Installation, bucket: str, s3_key: str, folder: Folder) -> int:
    """Put every file, and the marker last: its arrival starts the build. How many there were."""
    prefix, s3 = artifacts.folder(s3_key), installation.clients.s3
    for name, path in folder.files:
        with path.open("rb") as body:
            s3.put_object(Bucket=bucket, Key=f"{prefix}{name}", Body=body)
    s3.put_object(
        Bucket=bucket,
        Key=f"{prefix}{MARKER}",
        Body=folder.marker.read_bytes() if folder.marker else b"{}\n",
        ContentType="application/json",
    )
    return len(folder.files) + 1


def appeared(installation: Installation, repo: str, env: str, s3_key: str, newest: str) -> dict[str, Any]:
    """The build that the arrival made, newer than *newest*. Raises NoBuildError where none appears."""
    until = moments.now() + PATIENCE
    while True:
        for record in builds.recent(installation, repo, env):
            if record["SK"] > newest and record.get("s3_key") == s3_key:
                return record
        if moments.now() >= until:
            raise NoBuildError(
                f"s3://.../{s3_key} is uploaded, but no build of it appeared within {PATIENCE} seconds",
                "the function S3Trigger makes it: look at its log group and its queue of failures",
                f"multi apply {repo} --s3-key {s3_key} starts the build without it",
            )
        moments.sleep(1)
