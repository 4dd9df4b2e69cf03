"""What the database remembers of the migrations that ran, and the lock that lets one run at a time."""

from __future__ import annotations

from contextlib import contextmanager, suppress
from hashlib import sha256
from typing import TYPE_CHECKING, Any, NamedTuple

import pymysql

from .errors import LockHeld

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pymysql.connections import Connection

    from .sources import Migration

_TABLE = """\
CREATE TABLE IF NOT EXISTS schema_migrations (
    version INT UNSIGNED NOT NULL,
    name VARCHAR(255) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    checksum CHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    statements_begun INT UNSIGNED NOT NULL DEFAULT 0,
    statements_done INT UNSIGNED NOT NULL DEFAULT 0,
    digest_of_begun CHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL DEFAULT '',
    digest_of_done CHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL DEFAULT '',
    started_at DATETIME(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6),
    applied_at DATETIME(6) NULL,
    PRIMARY KEY (version)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin"""


class Record(NamedTuple):
    """What is known of one version. More ``begun`` than ``done``: a statement failed, or who ran it was cut off."""

    version: int
    name: str
    checksum: str
    begun: int
    done: int
    digest_of_begun: str
    digest_of_done: str
    applied: bool


@contextmanager
def locked(connection: Connection[Any], seconds: float) -> Iterator[None]:
    """Alone with the schema of this connection, which commits what shall stay. Raises LockHeld.

    The lock ends with the connection at the latest.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT DATABASE()")
        (schema,) = _row(cursor)
        name = f"schema-migration-{sha256(str(schema).encode()).hexdigest()[:16]}"  # at most 64 characters
        cursor.execute("SELECT GET_LOCK(%s, %s)", (name, max(0, int(seconds))))
        if _row(cursor) != (1,):
            cursor.execute("SELECT IS_USED_LOCK(%s)", (name,))
            (holder,) = _row(cursor)
            raise LockHeld(f"another migration of {schema} runs (connection {holder}) and did not end in time")
        try:
            yield
        finally:
            with suppress(pymysql.MySQLError):  # a lost connection holds neither a transaction nor a lock
                connection.rollback()
                cursor.execute("SELECT RELEASE_LOCK(%s)", (name,))


class History:
    """The table ``schema_migrations``; to be used by who holds the lock. Nothing here commits but ``ready``."""

    def __init__(self, connection: Connection[Any]) -> None:
        self._connection = connection

    def ready(self) -> None:
        """See that the table is there."""
        self._do(_TABLE)

    def records(self) -> dict[int, Record]:
        """All that is known, by version."""
        with self._connection.cursor() as cursor:
            cursor.execute(
                "SELECT version, name, checksum, statements_begun, statements_done, digest_of_begun, "
                "digest_of_done, applied_at IS NOT NULL FROM schema_migrations ORDER BY version"
            )
            rows: tuple[tuple[Any, ...], ...] = cursor.fetchall()
        return {row[0]: Record._make((*row[:7], bool(row[7]))) for row in rows}

    def start(self, migration: Migration) -> None:
        """Its first statement is next, or the one after those that ran, in a file that was mended since."""
        self._do(
            "INSERT INTO schema_migrations (version, name, checksum) VALUES (%s, %s, %s) "
            "ON DUPLICATE KEY UPDATE name = %s, checksum = %s",
            migration.version, migration.name, migration.checksum, migration.name, migration.checksum,
        )  # fmt: skip

    def begin(self, migration: Migration, number: int) -> None:
        """A statement is about to be run."""
        self._do(
            "UPDATE schema_migrations SET statements_begun = %s, digest_of_begun = %s WHERE version = %s",
            number, migration.digest(number), migration.version,
        )  # fmt: skip

    def end(self, migration: Migration, number: int) -> None:
        """It was run."""
        self._do(
            "UPDATE schema_migrations SET statements_done = %s, digest_of_done = %s WHERE version = %s",
            number, migration.digest(number), migration.version,
        )  # fmt: skip

    def finish(self, migration: Migration) -> None:
        """All of its statements were."""
        self._do("UPDATE schema_migrations SET applied_at = CURRENT_TIMESTAMP(6) WHERE version = %s", migration.version)

    def _do(self, text: str, *values: object) -> None:
        with self._connection.cursor() as cursor:
            cursor.execute(text, values)


def _row(cursor: Any) -> tuple[Any, ...]:
    row: tuple[Any, ...] = cursor.fetchone()
    return row
