"""Bringing a schema to a version, from wherever an earlier attempt left it.

    begun = n (commit) | statement n | done = n (commit)            a change of the schema, which commits by itself
    statement n + done = n (commit)                                 a change of data

Cut off before ``begun``, nothing has happened. Cut off after ``done``, all has. Between the two, the guard of the
statement's form asks the schema itself whether it was made. A change of data and the note of it are one transaction.
A connection is never made anew here: with it goes the lock, and somebody else may be at work.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import pymysql

from .errors import HistoryChanged, SourcesInvalid, StatementFailed
from .history import History, Record, locked

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from pymysql.connections import Connection

    from .rules import Change, Guard
    from .sources import Migration


class Outcome(NamedTuple):
    """Where the schema is now, and the files that were run or completed on the way."""

    version: int
    applied: tuple[str, ...] = ()


class Work(NamedTuple):
    """What a migration needs beside the database."""

    migrations: Sequence[Migration]
    wanted: int
    patience: float
    """Seconds that another migration is waited for."""
    going_on: Callable[[], None]
    """Called before each statement; raises where there is no more time."""
    tell: Callable[[str], None]


def migrate(connection: Connection[Any], work: Work) -> Outcome:
    """Run what is missing up to ``wanted``; a lower version than the schema has is nothing to do.

    Raises LockHeld, SourcesInvalid, HistoryChanged, StatementFailed, and pymysql's errors of a lost connection.
    """
    with locked(connection, work.patience):
        history = History(connection)
        history.ready()
        known = history.records()
        version = max((each.version for each in known.values() if each.applied), default=0)
        if work.wanted < version:
            work.tell(f"version {work.wanted} is wanted and the schema has {version}: nothing is undone")
            return Outcome(version)
        due = _due(work, known)
        for migration in due:
            _apply(connection, history, migration, known.get(migration.version), work)
        return Outcome(work.wanted, tuple(migration.name for migration in due))


def _due(work: Work, known: Mapping[int, Record]) -> list[Migration]:
    """What is left to do; what ran must be what the files say."""
    if work.wanted > len(work.migrations):
        raise SourcesInvalid(
            f"version {work.wanted} of the schema is wanted, and this image knows {len(work.migrations)}: "
            "give the tag of an image that holds its SQL file"
        )
    due = []
    for migration in work.migrations[: work.wanted]:
        record = known.get(migration.version)
        if record is None or not record.applied:
            _see_that_it_begins_alike(migration, record)
            due.append(migration)
        elif record.checksum != migration.checksum:
            raise HistoryChanged(
                f"{migration.name} was changed after it ran as {record.name}: checksum {migration.checksum[:12]}, and "
                f"{record.checksum[:12]} when it ran. Restore it, and write what is new into a file of a new version"
            )
    return due


def _see_that_it_begins_alike(migration: Migration, record: Record | None) -> None:
    """A file that failed may be mended from the failing statement on."""
    if record is None or not record.done:
        return
    if record.done > len(migration.changes) or migration.digest(record.done) != record.digest_of_done:
        raise HistoryChanged(
            f"{migration.name}: its first {record.done} statements ran already and are others now. Restore them; "
            "only what follows may be changed"
        )


def _apply(
    connection: Connection[Any], history: History, migration: Migration, record: Record | None, work: Work
) -> None:
    if record is None or record.checksum != migration.checksum:
        history.start(migration)
        connection.commit()
    for change in migration.changes[record.done if record else 0 :]:
        work.going_on()
        number = change.statement.number
        cut_off = record is not None and record.begun == number and record.digest_of_begun == migration.digest(number)
        try:
            _run(connection, history, migration, change, cut_off=cut_off, tell=work.tell)
        except pymysql.MySQLError as error:
            raise _named(error, migration, change) from error
    history.finish(migration)
    connection.commit()
    work.tell(f"{migration.name}: applied")


def _run(
    connection: Connection[Any],
    history: History,
    migration: Migration,
    change: Change,
    *,
    cut_off: bool,
    tell: Callable[[str], None],
) -> None:
    number, text, _ = change.statement
    where = f"{migration.name}, statement {number} ({change.statement})"
    if not change.data:
        if cut_off and change.guard is not None and _is_made(connection, change.guard):
            tell(f"{where}: made by an attempt that was cut off")
        else:
            history.begin(migration, number)
            connection.commit()
            tell(where)
            _execute(connection, text)
    else:
        tell(where)
        try:
            _execute(connection, text)
            history.end(migration, number)
        except pymysql.MySQLError:
            if connection.open:
                connection.rollback()
            raise
    history.end(migration, number)
    connection.commit()


def _execute(connection: Connection[Any], text: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(text)


def _is_made(connection: Connection[Any], guard: Guard) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT COUNT(*) FROM information_schema.{guard.query}", guard.names)  # noqa: S608 - of rules
        (count,) = cursor.fetchone() or (0,)
    return (count > 0) is guard.there


def _named(error: pymysql.MySQLError, migration: Migration, change: Change) -> StatementFailed:
    number = error.args[0] if error.args and isinstance(error.args[0], int) else 0
    words = str(error.args[1]) if len(error.args) > 1 else type(error).__name__
    return StatementFailed(
        f"{migration.name}, statement {change.statement.number} ({change.statement}): error {number}: {words}", number
    )
