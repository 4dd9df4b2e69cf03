"""One connection to the database, over TLS, kept while the function is warm and made anew when it is lost."""

from __future__ import annotations

import ssl
import time
from contextlib import suppress
from typing import TYPE_CHECKING, Any, TypeVar

import pymysql

from .errors import DatabaseRefused, DatabaseUnavailable

if TYPE_CHECKING:
    from collections.abc import Callable

    from .parameters import Parameters
    from .patience import Patience

    Connection = pymysql.Connection[pymysql.cursors.Cursor]

Answer = TypeVar("Answer")

_IDLE = 30.0
"""Seconds after which a connection is asked whether it lives; a frozen environment does not hear that it was closed."""
_CONNECT, _READ, _WRITE = 3, 5, 5
"""Seconds."""
_SESSION = "SET SESSION time_zone = '+00:00', sql_mode = 'TRADITIONAL', innodb_lock_wait_timeout = 4"
"""Times are UTC, what does not fit is refused and never cut, and a lock is waited for no longer than an answer."""

_DENIED = 1045
_PASSING = frozenset(
    {
        1040, 1203,  # too many connections
        1053, 1077, 1078, 1079,  # the server goes down
        1152, 1158, 1159, 1160, 1161, 1184,  # the connection broke
        1205, 1213,  # a lock was waited for too long, or by two for each other
        1290, 1836,  # read-only: after a failover the old writer is a reader
        1317, 1927,  # killed
        2002, 2003, 2006, 2013, 2014, 2055,  # cannot connect, gone, lost
    }
)  # fmt: skip
"""Errors that pass. Source: MySQL 8.0 Error Message Reference; 1927 is MariaDB's."""


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
                if isinstance(getattr(error, "original_exception", None), ssl.SSLCertVerificationError):
                    raise DatabaseRefused("the database shows a certificate that nobody vouches for") from None
                if last not in _PASSING and (last != _DENIED or renewed):
                    raise DatabaseRefused(f"the database refused: error {last}") from None
                if last == _DENIED or not renewed:
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
        access = self._parameters.access()
        settings: dict[str, Any] = {
            "ssl_ca": self._ca_file,
            "ssl_verify_cert": True,
            "ssl_verify_identity": True,
            "connect_timeout": _CONNECT,
            "read_timeout": _READ,
            "write_timeout": _WRITE,
        }
        try:
            return pymysql.connect(
                host=access.host,
                port=access.port,
                user=access.user,
                password=access.password,
                database=access.database,
                charset="utf8mb4",
                autocommit=True,
                init_command=_SESSION,
                **settings,
            )
        except (FileNotFoundError, ValueError) as error:
            raise DatabaseRefused(f"no connection can be made: {type(error).__name__}") from None


def number_of(error: pymysql.MySQLError) -> int:
    """MySQL's number of an error; 0 where it has none."""
    return error.args[0] if error.args and isinstance(error.args[0], int) else 0
