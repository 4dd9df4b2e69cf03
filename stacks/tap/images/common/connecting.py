"""A connection to Aurora: over TLS, to a server that RDS's own authorities vouch for, or none."""

from __future__ import annotations

import ssl
from typing import TYPE_CHECKING, Any, NamedTuple

import pymysql

if TYPE_CHECKING:
    from pymysql.connections import Connection

DENIED, UNREACHABLE = 1045, 2003
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


class CannotConnect(Exception):
    """No attempt would do better: the settings are wrong, or the server is not who it should be."""


class Access(NamedTuple):
    """All that a connection needs but the password."""

    host: str
    port: int
    schema: str
    user: str
    ca_file: str


class Manners(NamedTuple):
    """How a connection behaves; times in seconds."""

    session: str
    """What is set before all else: ``SET SESSION`` ..."""
    autocommit: bool
    connect: int = 5
    read: float = 5
    write: int = 5


def connect(access: Access, password: str, manners: Manners) -> Connection[Any]:
    """Raises CannotConnect, and pymysql's errors."""
    tls: dict[str, Any] = {"ssl_ca": access.ca_file, "ssl_verify_cert": True, "ssl_verify_identity": True}
    try:
        return pymysql.connect(
            host=access.host,
            port=access.port,
            user=access.user,
            password=password,
            database=access.schema,
            charset="utf8mb4",
            autocommit=manners.autocommit,
            init_command=manners.session,
            connect_timeout=manners.connect,
            read_timeout=manners.read,
            write_timeout=manners.write,
            **tls,
        )
    except (FileNotFoundError, ValueError) as error:
        raise CannotConnect(f"no connection can be made: {type(error).__name__}") from None
    except pymysql.err.OperationalError as error:
        cause = getattr(error, "original_exception", None)
        if isinstance(cause, ssl.SSLCertVerificationError):
            raise CannotConnect(f"{access.host} is not known to be RDS: {cause.verify_message}") from None
        raise


def number_of(error: pymysql.MySQLError) -> int:
    """MySQL's number of an error; 0 where it has none."""
    return error.args[0] if error.args and isinstance(error.args[0], int) else 0
