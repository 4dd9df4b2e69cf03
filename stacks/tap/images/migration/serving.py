"""From a request to where the schema is then: tried again while what fails may pass."""

from __future__ import annotations

import time
from contextlib import closing
from typing import TYPE_CHECKING, NamedTuple

import pymysql

from ..common.connecting import DENIED, PASSING, Access, number_of
from .connecting import attempts, connect
from .errors import DatabaseRefused, DatabaseUnavailable, StatementFailed
from .migrating import Outcome, Work, migrate
from .sources import SQL, migrations

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from .passwords import Passwords
    from .request import Request
    from .settings import Settings

_SHORT = 30.0
"""Seconds for a rollback, which needs nothing of the database."""


class Means(NamedTuple):
    """What a request is served with."""

    settings: Callable[[], Settings]
    passwords: Passwords
    left: Callable[[], float]
    """Seconds."""
    going_on: Callable[[], None]
    """Raises where there is no more time."""
    tell: Callable[[str], None]
    sleep: Callable[[float], None] = time.sleep
    folder: Path = SQL


def serve(request: Request, means: Means) -> Outcome:
    """Bring the schema to the version that is asked for. Raises MigrationError, but for a lower version nothing."""
    if not request.lowers:
        return _brought(request, means, means.left)
    try:
        return _brought(request, means, _at_most(_SHORT, means.left))
    except Exception as error:  # noqa: BLE001 - a rollback that fails leaves a stack that only an operator can mend
        said = f"{type(error).__name__}: {error}"
        means.tell(f"a lower version is wanted, so nothing is to be done, and no matter that this failed: {said}")
        return Outcome(request.version)


def _brought(request: Request, means: Means, left: Callable[[], float]) -> Outcome:
    settings = means.settings()
    found = migrations(means.folder)
    access = Access(request.host, request.port, request.schema, settings.user, settings.ca_file)

    def once() -> Outcome:
        password = means.passwords.read(settings.password_parameter)
        with closing(connect(access, password, left())) as connection:
            return migrate(connection, Work(found, request.version, left() - 1, means.going_on, means.tell))

    return _tried(once, means, left)


def _tried(once: Callable[[], Outcome], means: Means, left: Callable[[], float]) -> Outcome:
    renewed = False
    last: Exception | None = None
    for number in attempts(left, means.sleep):
        means.going_on()
        try:
            return once()
        except StatementFailed as error:
            if error.number not in PASSING:
                raise
            last = error
        except pymysql.MySQLError as error:
            last, code = error, number_of(error)
            if code == DENIED and not renewed:
                means.passwords.forget()  # it may have been changed since it was read
                renewed = True
            elif code not in PASSING:
                raise DatabaseRefused(f"the database refused: error {code}: {_words(error)}") from None
        means.tell(f"attempt {number}: {last}")
    if isinstance(last, StatementFailed):
        raise last
    raise DatabaseUnavailable(f"the database did not answer in time: {last}")


def _words(error: pymysql.MySQLError) -> str:
    return str(error.args[1]) if len(error.args) > 1 else type(error).__name__


def _at_most(seconds: float, left: Callable[[], float]) -> Callable[[], float]:
    spared = max(0.0, left() - seconds)
    return lambda: left() - spared
