"""Bring the record of a build to a status. One that has ended stays as it ended; the first message stays.

In: ``env``, ``repo``, ``sk``, ``status``, and ``error_msg`` or ``error``, the object that Step Functions caught. Out:
nothing. Raises MissingInput for another status, Transient.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, NamedTuple

from . import builds
from .entry import entry, log
from .errors import MissingInput
from .inputs import Build, text

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .clients import Clients
    from .settings import Settings


class Request(NamedTuple):
    """What to write."""

    build: Build
    status: str
    message: str

    @classmethod
    def from_event(cls, event: Mapping[str, Any]) -> Request:
        status = text(event, "status")
        if status not in builds.STATUSES:
            raise MissingInput(f"status must be one of {', '.join(builds.STATUSES)}, and is {status!r}")
        return cls(Build.from_event(event), status, str(event.get("error_msg") or message_of(event.get("error"))))


def message_of(error: object) -> str:
    """What a person wants to know of a caught error: its Cause may be a document, a text or missing."""
    if not isinstance(error, dict):
        return ""
    name, cause = str(error.get("Error", "")), error.get("Cause", "")
    try:
        document = json.loads(cause)
    except (TypeError, ValueError):
        document = None
    if isinstance(document, dict):
        cause = document.get("errorMessage", "")
        name = str(document.get("errorType") or name)
    return f"{name}: {cause}" if name and cause else name or str(cause)


def update_build_status(request: Request, settings: Settings, clients: Clients) -> None:
    if not builds.move(request.build, request.status, clients, settings, error_msg=request.message):
        log.warning("build %s is not there, or has ended: it does not become %s", request.build.sk, request.status)


@entry
def handler(event: Mapping[str, Any], settings: Settings, clients: Clients) -> None:
    update_build_status(Request.from_event(event), settings, clients)
