"""Take the lock of a repository in an environment, unless somebody else holds it or a newer build has gone ahead.

In: ``env``, ``repo``, ``sk``, ``execution_arn``, ``retry_count``. Out: ``lock_acquired``, ``retry_count``,
``should_retry``, ``superseded``, ``message``. Raises MissingInput where no such build was recorded, Transient, Refused.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from . import builds, locks, moments
from .entry import entry
from .errors import MissingInput
from .inputs import Build, number, text

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .clients import Clients
    from .settings import Settings


class Request(NamedTuple):
    """Who wants the lock, and how often it was asked for before."""

    build: Build
    execution_arn: str
    retry_count: int

    @classmethod
    def from_event(cls, event: Mapping[str, Any]) -> Request:
        return cls(Build.from_event(event), text(event, "execution_arn"), number(event, "retry_count", 0))


def acquire_lock(request: Request, settings: Settings, clients: Clients) -> dict[str, Any]:
    """Raises MissingInput where no such build was recorded. Taking it again for the same build is fine."""
    build = request.build
    holder = locks.acquire(build, request.execution_arn, clients, settings)
    if holder is not None:
        tries, most = request.retry_count + 1, settings.lock_max_retries
        told = f"lock held by build {holder.build_id} until {moments.stamp(holder.expires)} at the latest"
        message = f"{told}, retry {tries} of {most}" if tries <= most else f"{told}, also after {most} retries"
        return _answer(tries, message, should_retry=tries <= most)
    newer = builds.begin(build, clients, settings)
    if newer:
        locks.release(build, clients, settings)
        return _answer(request.retry_count, f"superseded by the newer build {newer}", superseded=True)
    if not builds.move(build, builds.IN_PROGRESS, clients, settings, execution_arn=request.execution_arn):
        locks.release(build, clients, settings)
        record = builds.find(build, clients, settings)
        if record is None:
            raise MissingInput(f"there is no build {build.sk} of {build.repo} in {build.env}")
        return _answer(request.retry_count, f"build {build.sk} has ended already: {record['status']}", superseded=True)
    return {**_answer(request.retry_count, "Lock acquired"), "lock_acquired": True}


def _answer(count: int, message: str, *, should_retry: bool = False, superseded: bool = False) -> dict[str, Any]:
    return {
        "lock_acquired": False,
        "retry_count": count,
        "should_retry": should_retry,
        "superseded": superseded,
        "message": message,
    }


@entry
def handler(event: Mapping[str, Any], settings: Settings, clients: Clients) -> dict[str, Any]:
    return acquire_lock(Request.from_event(event), settings, clients)
