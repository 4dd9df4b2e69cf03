"""A connection to the database over TLS, and the patience for one that is warming up or fails over."""

from __future__ import annotations

import random
import ssl
from typing import TYPE_CHECKING, Any, NamedTuple

import pymysql

from .errors import DatabaseRefused

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from pymysql.connections import Connection

DENIED = 1045
PASSING = frozenset(
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

_CONNECT = 5
"""Seconds."""
_SESSION = "SET SESSION time_zone = '+00:00', sql_mode = 'TRADITIONAL', lock_wait_timeout = 60, wait_timeout = 60"
"""Times are UTC; what does not fit is refused and never cut; a table that others use is not waited for too long. And a
client that is silent for a minute is gone, with its lock: Lambda freezes a function that has answered, and closes none
of its connections."""


class Access(NamedTuple):
    """All that a connection needs but the password."""

    host: str
    port: int
    schema: str
    user: str
    ca_file: str


def connect(access: Access, password: str, seconds: float) -> Connection[Any]:
    """A connection without autocommit; a statement may take *seconds*. Raises DatabaseRefused, pymysql's errors."""
    settings: dict[str, Any] = {"ssl_ca": access.ca_file, "ssl_verify_cert": True, "ssl_verify_identity": True}
    try:
        return pymysql.connect(
            host=access.host,
            port=access.port,
            user=access.user,
            password=password,
            database=access.schema,
            charset="utf8mb4",
            autocommit=False,
            init_command=_SESSION,
            connect_timeout=_CONNECT,
            read_timeout=max(_CONNECT, seconds),
            write_timeout=_CONNECT,
            **settings,
        )
    except (FileNotFoundError, ValueError) as error:
        raise DatabaseRefused(f"no connection can be made: {type(error).__name__}") from None
    except pymysql.err.OperationalError as error:
        cause = getattr(error, "original_exception", None)
        if isinstance(cause, ssl.SSLCertVerificationError):
            raise DatabaseRefused(f"{access.host} is not known to be RDS: {cause.verify_message}") from None
        raise


def number_of(error: pymysql.MySQLError) -> int:
    """MySQL's number of an error; 0 where it has none."""
    return error.args[0] if error.args and isinstance(error.args[0], int) else 0


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
