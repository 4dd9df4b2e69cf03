"""A release has arrived in the artifact bucket: make the record of a build from it.

In: a notification of S3, ``Records``. Out: nothing. Raises Transient, Refused, once every object had its turn.

S3 may tell of one object twice, and of several at once. So the id of the build follows from the event, the record is
written only where it is not there yet, and each object is judged by itself: a key that no release can have is told in
the log and hides no other. What AWS refuses or fails to answer is raised when all have had their turn; the whole event
then comes back, and what was written stays as it is.

A release that nobody said the targets of becomes a build that has failed, with the reason, and is not started.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import unquote_plus

from botocore.exceptions import BotoCoreError, ClientError

from . import builds, items, keys, ksuid, moments, targets
from .entry import entry, log
from .errors import DeployerError, MissingInput, ReleaseInvalid, TargetsInvalid, TargetsNotConfigured, Transient
from .inputs import text
from .refusals import bounded, translated
from .releases import MARKER, Release

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .clients import Clients
    from .settings import Settings

FIRST_ENVIRONMENT = "dev"
"""Where a release goes first unless a configuration says otherwise."""

_USELESS = (MissingInput, ReleaseInvalid, TargetsInvalid)
"""What stays wrong, however often the event comes back."""


@dataclass(frozen=True, slots=True)
class Request:
    """What S3 tells, one record for each object."""

    records: tuple[Any, ...]

    @classmethod
    def from_event(cls, event: Mapping[str, Any]) -> Request:
        """The event that S3 sends when it is asked to notify holds no records."""
        records = event.get("Records", [])
        if not isinstance(records, list):
            raise MissingInput(f"Records must be a list, and is {type(records).__name__}")
        return cls(tuple(records))


class Arrival(NamedTuple):
    """One object that has come."""

    bucket: str
    key: str
    seconds: int
    distinct: str
    """Tells this object from an earlier one of the same key: its version or, without versions, its sequencer."""

    @classmethod
    def from_record(cls, record: Any) -> Arrival | None:
        """None where it is no object that came. Raises MissingInput."""
        about = _object(record, "the record")
        if not text(about, "eventName").removeprefix("s3:").startswith("ObjectCreated:"):
            return None
        told = _object(about.get("s3"), "s3")
        bucket, thing = _object(told.get("bucket"), "s3.bucket"), _object(told.get("object"), "s3.object")
        version = thing.get("versionId")
        distinct = version if isinstance(version, str) and version not in {"", "null"} else text(thing, "sequencer")
        when = text(about, "eventTime")
        try:
            seconds = int(datetime.fromisoformat(when).timestamp())
        except ValueError as error:
            raise MissingInput(f"eventTime must be a time, and is {when!r}") from error
        return cls(text(bucket, "name"), unquote_plus(text(thing, "key")), seconds, distinct)

    def build_id(self) -> str:
        """The same for the same event. Raises MissingInput."""
        try:
            return ksuid.of_event(self.seconds, self.bucket, self.key, self.distinct)
        except ValueError as error:
            raise MissingInput(f"eventTime cannot be: {error}") from error


def s3_trigger(request: Request, settings: Settings, clients: Clients) -> dict[str, Any]:
    """Make a build of each release; tell which there are, and which objects were none."""
    made: list[dict[str, Any]] = []
    refused: list[dict[str, str]] = []
    failures: list[DeployerError] = []
    ignored = 0
    for record in request.records:
        try:
            arrival = Arrival.from_record(record)
            if arrival is None or arrival.key.rpartition("/")[2] != MARKER:
                ignored += 1
                continue
            made.append(_build(arrival, settings, clients))
        except _USELESS as error:
            log.error("this object makes no build: %s", error)
            refused.append({"object": bounded(str(record), 300), "message": bounded(str(error))})
        except (ClientError, BotoCoreError) as error:
            failures.append(translated(error))
            log.warning("this object made no build yet: %s", failures[-1])
    if failures:
        raise next((each for each in failures if isinstance(each, Transient)), failures[0])
    return {"builds": made, "refused": refused, "ignored": ignored}


def _build(arrival: Arrival, settings: Settings, clients: Clients) -> dict[str, Any]:
    """Write the build of one release, once."""
    release = Release.of_key(arrival.key)
    env = _first_environment(release.repo, settings, clients)
    sk = arrival.build_id()
    record: dict[str, Any] = {
        "SK": sk,
        "repo": release.repo,
        "env": env,
        "build_number": release.build_number,
        "branch": release.branch,
        "version": release.version,
        "commit_hash": release.commit_hash,
        "s3_bucket": arrival.bucket,
        "s3_key": release.s3_key,
        "status": builds.PENDING,
    }
    try:
        targets.configured(env, release.repo, clients.dynamodb, settings)
    except (TargetsNotConfigured, TargetsInvalid) as error:
        message = bounded(f"not started: {error}; configure the targets and deploy {release.version} again")
        record |= {"status": builds.FAILED, "error_msg": message, "finished_at": moments.stamp()}
        log.error(message)
    created = builds.put_new(record, clients, settings)
    told = {"repo": release.repo, "env": env, "sk": sk, "status": record["status"], "created": created}
    log.info("build %s of %s %s", sk, release.repo, "is made" if created else "is there already")
    return told


def _first_environment(repo: str, settings: Settings, clients: Clients) -> str:
    """What the repository's configuration says, or that of all, or ``dev``. Raises TargetsInvalid."""
    for name in (repo, keys.DEFAULT_REPO):
        key = {"PK": keys.targets(name), "SK": keys.CONFIG}
        env = (items.get(clients.dynamodb, settings.table("targets"), key) or {}).get("initial_env")
        if env:
            if not isinstance(env, str) or "#" in env:
                raise TargetsInvalid(f"initial_env of {name} is {env!r}, but the name of an environment was expected")
            return env
    return FIRST_ENVIRONMENT


def _object(found: Any, name: str) -> dict[str, Any]:
    if not isinstance(found, dict):
        raise MissingInput(f"{name} must be an object, and is {type(found).__name__}")
    return found


@entry
def handler(event: Mapping[str, Any], settings: Settings, clients: Clients) -> dict[str, Any]:
    return s3_trigger(Request.from_event(event), settings, clients)
