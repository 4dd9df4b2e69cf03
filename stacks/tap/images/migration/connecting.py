"""A connection that migrates, and the patience for a database that is warming up or fails over."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING, Any

from ..common import connecting
from ..common.connecting import Access, CannotConnect, Manners
from .errors import DatabaseRefused

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from pymysql.connections import Connection

_CONNECT = 5
"""Seconds."""
_SESSION = "SET SESSION time_zone = '+00:00', sql_mode = 'TRADITIONAL', lock_wait_timeout = 60, wait_timeout = 60"
"""Times are UTC; what does not fit is refused and never cut; a table that others use is not waited for too long. And a
client that is silent for a minute is gone, with its lock: Lambda freezes a function that has answered, and closes none
of its connections."""


def connect(access: Access, password: str, seconds: float) -> Connection[Any]:
    """A connection without autocommit; a statement may take *seconds*. Raises DatabaseRefused, pymysql's errors."""
    manners = Manners(_SESSION, autocommit=False, connect=_CONNECT, read=max(_CONNECT, seconds), write=_CONNECT)
    try:
        return connecting.connect(access, password, manners)
    except CannotConnect as error:
        raise DatabaseRefused(str(error)) from None


def attempts(left: Callable[[], float], sleep: Callable[[float], None], longest: float = 8.0) -> Iterator[int]:
    """Numbers from 1, each but the first after a pause that grows, as long as there is time for another attempt."""
    number, pause = 1, 0.5
    while True:
        yield number
        wait = pause * (0.5 + random.random() / 2)  # noqa: S311 - so that not all come back at once
        if left() - wait < _CONNECT:
            return
        sleep(wait)
        number, pause = number + 1, min(longest, 2 * pause)
