"""Look at the alarms of a release where it has been deployed: while it goes out, and for a while after each wave.

StackSets know no rollback triggers, so this stands in for them. In: ``env``, ``repo``, ``sk``, ``batch_index``,
``is_complete``. Out: ``verdict`` (``alarm``, ``bake`` or ``go-on``), ``wait_seconds`` until the next look, ``message``.
Raises Refused where no place can be read, LockLost, Transient.

An alarm that has gone off since its wave began counts, also where it is quiet again. One that does not exist says
nothing: it may be part of the stack. Where the reader role lets the function in
nowhere, watching is impossible, and that is an error. Of more than 48 places a look takes the next 48; a watch of 20
looks so comes to some 1,000, and of more to a part of them.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any, NamedTuple

from botocore.exceptions import ClientError

from . import alarms, locks, moments, parallel, plans
from .alarms import LEAST_WAIT
from .entry import entry, log
from .errors import MissingInput, Refused
from .inputs import Build, Pair, flag, number
from .refusals import code_of, is_transient

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from .clients import Clients
    from .plans import Header
    from .settings import Settings

_FORBIDDEN = ("AccessDenied", "AccessDeniedException")


class Request(NamedTuple):
    """After, or during, which batch."""

    build: Build
    batch_index: int
    is_complete: bool

    @classmethod
    def from_event(cls, event: Mapping[str, Any]) -> Request:
        return cls(Build.from_event(event), number(event, "batch_index"), flag(event, "is_complete"))


def watch_alarms(request: Request, settings: Settings, clients: Clients) -> dict[str, Any]:
    """Raises Refused where no place can be read, LockLost."""
    build = request.build
    locks.renew(build, clients, settings)
    header = plans.find(build, clients, settings)
    if header is None:
        raise MissingInput(f"build {build.sk} has no plan: create_stackset comes first")
    raised = _raised(request, header, settings, clients)
    if raised:
        plans.note(build, clients, settings, revert_reason=raised)
        return {"verdict": "alarm", "wait_seconds": LEAST_WAIT, "message": raised}
    left = _left(header) if request.is_complete else 0
    if left > 0:
        pause = alarms.pause(header.rules.bake_minutes, left)
        return {"verdict": "bake", "wait_seconds": pause, "message": f"watched for another {left} s"}
    return {"verdict": "go-on", "wait_seconds": LEAST_WAIT, "message": "no alarm"}


def _left(header: Header) -> int:
    """Seconds for which the wave that has just ended is still watched."""
    if not header.wave_ended:
        return 0
    ended = datetime.fromisoformat(header.wave_ended)
    return int(header.rules.bake_minutes * 60 - moments.seconds_since(ended))


def _raised(request: Request, header: Header, settings: Settings, clients: Clients) -> str:
    """The first alarm that is in ALARM, or was since the wave began, as a sentence."""
    names = list(header.rules.alarms)
    everywhere = _places(request, settings, clients)
    places = alarms.part(everywhere, header.looks)
    if len(places) < len(everywhere):
        plans.note(request.build, clients, settings, looks=header.looks + 1)

    since = datetime.fromisoformat(header.wave_began).timestamp() if header.wave_began else None

    def look(pair: Pair) -> str | None:
        reader = clients.in_target("cloudwatch", pair.account_id, pair.region, settings)
        if reader is None:
            return None
        try:
            found = _states(names, reader, since)
        except ClientError as error:
            if is_transient(error):
                raise
            log.warning(
                "the alarms of %s are not read: %s", pair, error
            )  # a role that may not, a region that is closed
            return None
        loud = [name for name, state in found.items() if state == alarms.LOUD]
        rang = [name for name, state in found.items() if state == alarms.RANG]
        if loud:
            return f"alarm {loud[0]} is in ALARM in {pair}"
        return f"alarm {rang[0]} was in ALARM in {pair}, and is quiet again" if rang else ""

    said = parallel.each(look, places)
    if places and all(each is None for each in said):
        role = settings.reader_role_name
        raise Refused(
            f"the alarms cannot be watched: the role {role} lets the deployer in at none of {len(places)} places"
        )
    return next((each for each in said if each), "")


def _states(names: Sequence[str], reader: Any, since: float | None) -> dict[str, str]:
    """How the alarms are; where the role may not read their history, how they are now."""
    try:
        return alarms.states(names, reader, since)
    except ClientError as error:
        if since is None or code_of(error) not in _FORBIDDEN:
            raise
        found = alarms.states(names, reader)
        log.warning("what the alarms did between two looks is not read: %s", error)
        return found


def _places(request: Request, settings: Settings, clients: Clients) -> list[Pair]:
    """Where the batches of the wave at hand have been, as far as they were begun."""
    build, index = request.build, request.batch_index
    wave = plans.batch(build, index, clients, settings)
    found = wave.rectangle.pairs()
    while index > 0:
        index -= 1
        before = plans.batch(build, index, clients, settings)
        if before.wave != wave.wave:
            break
        found += before.rectangle.pairs()
    return found


@entry
def handler(event: Mapping[str, Any], settings: Settings, clients: Clients) -> dict[str, Any]:
    return watch_alarms(Request.from_event(event), settings, clients)
