"""SQL files for tests, runs of them on a real schema, and what the schema is then."""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

from pymysql.connections import Connection

from stacks.tap.images.common.connecting import Access
from stacks.tap.images.migration.connecting import connect
from stacks.tap.images.migration.migrating import Outcome, Work, migrate
from stacks.tap.images.migration.sources import migrations
from tests.tap.mariadb import Database

GROWTH = {
    "V0001__accounts.sql": """
        CREATE TABLE accounts (id INT NOT NULL, name VARCHAR(40) NOT NULL, PRIMARY KEY (id))
            ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
        INSERT INTO accounts (id, name) VALUES (1, 'one; and a half'), (2, 'two');
    """,
    "V0002__owner.sql": """
        -- old code writes no owner
        ALTER TABLE accounts ADD COLUMN owner VARCHAR(40) NULL;
        UPDATE accounts SET owner = CONCAT(name, '''s owner') WHERE owner IS NULL;
        CREATE INDEX accounts_by_owner ON accounts (owner);
        ALTER TABLE accounts ALTER COLUMN name SET DEFAULT 'nobody';
        CREATE VIEW owners AS SELECT owner, COUNT(*) AS accounts FROM accounts GROUP BY owner;
        INSERT INTO accounts (id, name, owner) SELECT id + 10, name, owner FROM accounts;
    """,
    "V0003__without_names.sql": """-- contract
        ALTER TABLE accounts ADD CONSTRAINT accounts_id_is_positive CHECK (id > 0);
        ALTER TABLE accounts MODIFY COLUMN owner VARCHAR(60) NOT NULL;
        ALTER TABLE accounts RENAME COLUMN name TO title;
        CREATE UNIQUE INDEX accounts_by_both ON accounts (owner, id);
        DROP INDEX accounts_by_owner ON accounts;
        ALTER TABLE accounts DROP COLUMN title;
        CREATE OR REPLACE VIEW owners AS SELECT owner FROM accounts;
        DELETE FROM accounts WHERE id > 11;
        DROP VIEW IF EXISTS owners;
        ALTER TABLE accounts RENAME TO holders;
    """,
}
"""Every form of statement but DROP TABLE."""


def written(folder: Path, files: dict[str, str]) -> Path:
    """A folder with these files and no others."""
    folder.mkdir(exist_ok=True)
    for old in folder.glob("*.sql"):
        old.unlink()
    for name, text in files.items():
        (folder / name).write_text(text, "utf-8")
    return folder


def access(database: Database) -> Access:
    server = database.server
    return Access(server.host, server.port, database.name, server.user, str(server.authority))


def connected(database: Database) -> Connection[Any]:
    """As the migration connects."""
    return connect(access(database), database.server.password, 60)


def brought(
    database: Database,
    folder: Path,
    wanted: int,
    *,
    over: Callable[[Connection[Any]], Any] = lambda connection: connection,
    patience: float = 20,
) -> Outcome:
    """Bring the schema to a version, over what ``over`` makes of a connection."""
    told: list[str] = []
    with closing(connected(database)) as connection:
        work = Work(migrations(folder), wanted, patience, lambda: None, told.append)
        return migrate(over(connection), work)


def rows(database: Database, query: str) -> tuple[tuple[Any, ...], ...]:
    with database.connect() as connection, connection.cursor() as cursor:
        cursor.execute(query)
        found: tuple[tuple[Any, ...], ...] = cursor.fetchall()
        return found


def schema(database: Database) -> dict[str, Any]:
    """All that ``information_schema`` knows of a schema, its data, and what is noted of its files."""
    found: dict[str, Any] = {}
    for table, columns in (
        ("tables", "table_name, table_type, engine, table_collation"),
        ("columns", "table_name, column_name, column_type, is_nullable, column_default, collation_name, column_key"),
        ("statistics", "table_name, index_name, seq_in_index, column_name, non_unique"),
        ("table_constraints", "table_name, constraint_name, constraint_type"),
        ("views", "table_name, view_definition"),
    ):
        found[table] = rows(
            database,
            f"SELECT {columns} FROM information_schema.{table} WHERE table_schema = DATABASE() ORDER BY {columns}",  # noqa: S608
        )
    found["views"] = re.sub(r"`schema_[0-9]+`", "", str(found["views"]))
    for name, kind, *_ in found["tables"]:
        if kind == "BASE TABLE" and name != "schema_migrations":
            found[f"rows of {name}"] = rows(database, f"SELECT * FROM {name} ORDER BY id")  # noqa: S608
    noted = "version, name, checksum, statements_begun, statements_done, digest_of_done, applied_at IS NOT NULL"
    found["noted"] = rows(database, f"SELECT {noted} FROM schema_migrations ORDER BY version")  # noqa: S608
    return found
