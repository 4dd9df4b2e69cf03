"""A PENDING record for each target, before anything is touched. A second run writes what is missing, and nothing else.

In: ``env``, ``repo``, ``sk``, ``targets``, ``count``. Out: ``initialized_count``. Where ``targets`` holds only the
first of them, all are read again. Raises RecordsNotWritten, which names account and region.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from . import builds, records, targets
from .entry import entry
from .inputs import Build, Pair, number, pairs

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .clients import Clients
    from .settings import Settings


class Request(NamedTuple):
    """The targets of a build, or the first of them."""

    build: Build
    targets: list[Pair]
    number: int

    @classmethod
    def from_event(cls, event: Mapping[str, Any]) -> Request:
        given = pairs(event)
        return cls(Build.from_event(event), given, number(event, "count", len(given)))


def initialize_deployments(request: Request, settings: Settings, clients: Clients) -> dict[str, Any]:
    build, wanted = request.build, request.targets
    if request.number > len(wanted):
        record = builds.find(build, clients, settings)
        wanted = targets.of_build(build, record, clients.dynamodb, settings).pairs
    return {"initialized_count": records.create(build, wanted, clients, settings)}


@entry
def handler(event: Mapping[str, Any], settings: Settings, clients: Clients) -> dict[str, Any]:
    return initialize_deployments(Request.from_event(event), settings, clients)
