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

from ..common.connecting import number_of
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
            _Run(connection, migration, work).complete(known.get(migration.version))
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


class _Run:
    """One file that is run, or completed."""

    def __init__(self, connection: Connection[Any], migration: Migration, work: Work) -> None:
        self._connection = connection
        self._history = History(connection)
        self._migration = migration
        self._work = work

    def complete(self, record: Record | None) -> None:
        """Do what is not noted as done. Raises StatementFailed, and what ``going_on`` raises."""
        if record is None or record.checksum != self._migration.checksum:
            self._history.start(self._migration)
            self._connection.commit()
        for change in self._migration.changes[record.done if record else 0 :]:
            self._work.going_on()
            try:
                self._do(change, cut_off=self._was_cut_off(change.statement.number, record))
            except pymysql.MySQLError as error:
                raise self._named(error, change) from error
        self._history.finish(self._migration)
        self._connection.commit()
        self._work.tell(f"{self._migration.name}: applied")

    def _was_cut_off(self, number: int, record: Record | None) -> bool:
        """Whether somebody began just this statement, and did not note that it was done."""
        return (
            record is not None and record.begun == number and record.digest_of_begun == self._migration.digest(number)
        )

    def _do(self, change: Change, *, cut_off: bool) -> None:
        number = change.statement.number
        if cut_off and change.guard is not None and self._is_made(change.guard):
            self._work.tell(f"{self._where(change)}: made by an attempt that was cut off")
        else:
            self._work.tell(self._where(change))
            if not change.data:
                self._history.begin(self._migration, number)
                self._connection.commit()
            with self._connection.cursor() as cursor:
                cursor.execute(change.statement.text)
        self._history.end(self._migration, number)
        self._connection.commit()

    def _is_made(self, guard: Guard) -> bool:
        with self._connection.cursor() as cursor:
            cursor.execute(f"SELECT COUNT(*) FROM information_schema.{guard.query}", guard.names)  # noqa: S608 - of rules
            (count,) = cursor.fetchone() or (0,)
        return (count > 0) is guard.there

    def _where(self, change: Change) -> str:
        return f"{self._migration.name}, statement {change.statement.number} ({change.statement})"

    def _named(self, error: pymysql.MySQLError, change: Change) -> StatementFailed:
        number = number_of(error)
        words = str(error.args[1]) if len(error.args) > 1 else type(error).__name__
        return StatementFailed(f"{self._where(change)}: error {number}: {words}", number)
