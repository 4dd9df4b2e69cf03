"""One connection to the database, over TLS, kept while the function is warm and made anew when it is lost."""

from __future__ import annotations

import time
from contextlib import suppress
from typing import TYPE_CHECKING, TypeVar

import pymysql

from ..common.connecting import DENIED, PASSING, UNREACHABLE, CannotConnect, Manners, connect, number_of
from .errors import DatabaseRefused, DatabaseUnavailable

if TYPE_CHECKING:
    from collections.abc import Callable

    from .parameters import Parameters
    from .patience import Patience

    Connection = pymysql.Connection[pymysql.cursors.Cursor]

Answer = TypeVar("Answer")

_IDLE = 30.0
"""Seconds after which a connection is asked whether it lives; a frozen environment does not hear that it was closed."""
_SESSION = (
    "SET SESSION time_zone = '+00:00', sql_mode = 'TRADITIONAL', innodb_lock_wait_timeout = 4, wait_timeout = 120"
)
"""Times are UTC, what does not fit is refused and never cut, and a lock is waited for no longer than an answer. Who is
silent for two minutes has gone: a frozen environment closes no connection, and the database has few."""
_MANNERS = Manners(_SESSION, autocommit=True, connect=3)


class Database:
    """Does work on a connection; what fails in passing is done again, so the work must bear being done twice."""

    def __init__(self, parameters: Parameters, ca_file: str, clock: Callable[[], float] = time.monotonic) -> None:
        self._parameters = parameters
        self._ca_file = ca_file
        self._clock = clock
        self._connection: Connection | None = None
        self._used = 0.0

    def run(self, work: Callable[[Connection], Answer], patience: Patience) -> Answer:
        """What *work* answers. Raises DatabaseUnavailable, DatabaseRefused, ParametersUnavailable."""
        last = 0
        renewed = False
        for _ in patience.tries():
            try:
                answer = work(self._connected())
            except pymysql.MySQLError as error:
                self.close()
                last = number_of(error)
                if last not in PASSING and (last != DENIED or renewed):
                    raise DatabaseRefused(f"the database refused: error {last}") from None
                if last in (DENIED, UNREACHABLE) and not renewed:
                    self._parameters.forget()  # the password was changed, or the database has moved
                    renewed = True
            else:
                self._used = self._clock()
                return answer
        raise DatabaseUnavailable(f"the database did not answer, also after several attempts: error {last}")

    def close(self) -> None:
        """The next work makes a new connection."""
        if self._connection is not None:
            with suppress(pymysql.MySQLError, OSError):
                self._connection.close()
        self._connection = None

    def _connected(self) -> Connection:
        if self._connection is None:
            self._connection = self._new()
        elif self._clock() - self._used > _IDLE:
            self._connection.ping(reconnect=False)
        return self._connection

    def _new(self) -> Connection:
        found = self._parameters.found()
        try:
            return connect(found.access(self._ca_file), found.password, _MANNERS)
        except CannotConnect as error:
            raise DatabaseRefused(str(error)) from None
