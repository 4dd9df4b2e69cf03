"""Give the lock back; that it is free already is fine.

In: ``env``, ``repo``, ``sk``. Out: ``released``, ``message``. Raises LockNotReleased where another build holds it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from . import locks
from .entry import entry
from .inputs import Build

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .clients import Clients
    from .settings import Settings


def release_lock(build: Build, settings: Settings, clients: Clients) -> dict[str, Any]:
    locks.release(build, clients, settings)
    return {"released": True, "message": "Lock released"}


@entry
def handler(event: Mapping[str, Any], settings: Settings, clients: Clients) -> dict[str, Any]:
    return release_lock(Build.from_event(event), settings, clients)
