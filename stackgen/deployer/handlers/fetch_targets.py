"""Where a build goes: the repository's targets, or the default ones, as pairs of account and region.

In: ``env``, ``repo``, ``sk``. Out: ``targets`` (the first 100), ``count`` (of all), ``truncated``. Raises
TargetsNotConfigured, TargetsInvalid.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from . import builds, payloads, targets
from .entry import entry, log
from .inputs import Build

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .clients import Clients
    from .settings import Settings


def fetch_targets(build: Build, settings: Settings, clients: Clients) -> dict[str, Any]:
    record = builds.find(build, clients, settings)
    found = targets.of_build(build, record, clients.dynamodb, settings)
    if found.is_default:
        log.warning("%s has no targets of its own in %s: the default ones are used", build.repo, build.env)
    shown, truncated = payloads.shortened(pair.shown() for pair in found.pairs)
    return {"targets": shown, "count": len(found.pairs), "truncated": truncated}


@entry
def handler(event: Mapping[str, Any], settings: Settings, clients: Clients) -> dict[str, Any]:
    return fetch_targets(Build.from_event(event), settings, clients)
