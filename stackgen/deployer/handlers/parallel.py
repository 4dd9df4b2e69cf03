"""Calls side by side: eight at a time, as many as a function's connections serve without queueing."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

WORKERS = 8


def each(function: Callable[[Any], Any], things: Sequence[Any]) -> list[Any]:
    """What *function* answers for each thing, in order.

    The first exception is raised when whatever had begun has ended; what had not begun then is left out.
    """
    if len(things) <= 1:
        return [function(thing) for thing in things]
    with ThreadPoolExecutor(min(WORKERS, len(things))) as pool:
        return list(pool.map(function, things))
