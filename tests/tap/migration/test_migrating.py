"""The migration on a real database: cut off anywhere, begun twice at once, from any version to any other."""

from __future__ import annotations

import re
import signal
import subprocess
import sys
import threading
import time
from contextlib import closing
from functools import partial
from itertools import count
from pathlib import Path
from textwrap import dedent
from typing import Any

import pymysql
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stacks.tap.images.migration.errors import HistoryChanged, LockHeld, OutOfTime, SourcesInvalid, StatementFailed
from stacks.tap.images.migration.history import locked
from stacks.tap.images.migration.migrating import Outcome, Work, migrate
from stacks.tap.images.migration.sources import SQL, migrations
from tests.support import ROOT
from tests.tap.mariadb import Database, MariaDb
from tests.tap.migration.cutting import Cut, Killed
from tests.tap.migration.schemas import GROWTH, access, brought, connected, rows, schema, written

FIRST, SECOND, THIRD = GROWTH


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return written(tmp_path / "sql", GROWTH)


@pytest.mark.requirement("TAP-18")
def test_the_first_deployment_makes_the_table_that_the_validator_needs(database: Database) -> None:
    """the files of the image do not run, or the table does not tell duplicates apart"""
    newest = len(migrations())
    assert brought(database, SQL, newest).version == newest
    insert = (
        "INSERT INTO transactions (transaction_id, account_id, session_digest, amount, currency, accepted_at) "
        "VALUES ('{}', 'a', 's', '123456789012345.6789', 'EUR', '2026-11-29 20:00:00.123456')"
    )
    with database.connect() as connection, connection.cursor() as cursor:
        cursor.execute(insert.format("t1"))
        cursor.execute(insert.format("T1"))
        with pytest.raises(pymysql.err.IntegrityError, match="Duplicate"):
            cursor.execute(insert.format("t1"))


def test_the_example_of_the_readme_runs(database: Database, tmp_path: Path) -> None:
    text = (ROOT / "stacks" / "tap" / "README.md").read_text("utf-8")
    (example,) = re.findall(r"(?:^    .*\n)*^    -- V0002__notes.sql\n(?:^    .*\n)*", text, re.MULTILINE)
    files = {path.name: path.read_text("utf-8") for path in SQL.glob("V0001*.sql")}
    folder = written(tmp_path / "sql", {**files, "V0002__notes.sql": dedent(example)})
    assert brought(database, folder, 2).applied[1:] == ("V0002__notes.sql",)


@pytest.mark.requirement("TAP-19")
def test_whoever_is_cut_off_after_any_command_is_continued_to_the_same_schema(
    shared_server: MariaDb, folder: Path
) -> None:
    """after a function was killed at some statement its successor fails, or makes or changes something twice

    Each function is killed one command later than the last one, until one of them completes a statement.
    """
    whole, database = shared_server.database(), shared_server.database()
    brought(whole, folder, 3)
    cuts, commands, done = 0, 1, 0
    while True:
        try:
            outcome = brought(database, folder, 3, over=partial(Cut, commands=commands))
        except Killed:
            cuts, commands = cuts + 1, commands + 1
        else:
            break
        if (now := noted(database)) > done:
            assert now == done + 1
            commands, done = 1, now
    assert outcome.version == 3
    assert schema(database) == schema(whole)
    statements = sum(len(migration.changes) for migration in migrations(folder))
    assert done >= statements - 1  # the last one may be followed by no more than a command
    assert cuts > 8 * statements
    shared_server.drop(whole)


def noted(database: Database) -> int:
    """How many statements the database remembers as done."""
    if not rows(database, "SHOW TABLES LIKE 'schema_migrations'"):
        return 0
    ((done,),) = rows(database, "SELECT COALESCE(SUM(statements_done), 0) FROM schema_migrations")
    return int(done)


@pytest.mark.requirement("TAP-19")
def test_a_killed_process_is_no_more_than_a_cut(database: Database, tmp_path: Path) -> None:
    """the test above cuts where no process is ever cut, and a real one leaves something else behind"""
    folder = many(tmp_path / "many", 60)
    server = database.server
    program = (
        "import sys; from pathlib import Path\n"
        "from stacks.tap.images.common.connecting import Access\n"
        "from stacks.tap.images.migration.connecting import connect\n"
        "from stacks.tap.images.migration.migrating import Work, migrate\n"
        "from stacks.tap.images.migration.sources import migrations\n"
        "host, port, name, user, ca, password, folder = sys.argv[1:]\n"
        "connection = connect(Access(host, int(port), name, user, ca), password, 60)\n"
        "migrate(connection, Work(migrations(Path(folder)), 60, 20, lambda: None, lambda _: None))\n"
    )
    arguments = [*map(str, access(database)), server.password, str(folder)]
    for enough in (3, 20, 40):
        process = subprocess.Popen([sys.executable, "-c", program, *arguments], cwd=ROOT)
        until = time.monotonic() + 60
        while noted(database) < enough:
            assert process.poll() is None
            assert time.monotonic() < until
        process.kill()
        assert process.wait() == -signal.SIGKILL
    assert brought(database, folder, 60).version == 60
    assert rows(database, "SELECT COUNT(*), MAX(id) FROM numbers") == ((59, 60),)


@pytest.mark.requirement("TAP-19")
def test_a_killed_server_is_no_more_than_a_cut(server: MariaDb, folder: Path) -> None:
    """what was noted as done is not there after the database died, or what is there was not noted"""
    whole, database = server.database(), server.database()
    brought(whole, folder, 3)
    expected = schema(whole)
    for commands in (9, 14, 21, 27):
        with pytest.raises(Killed):
            brought(database, folder, 3, over=partial(Cut, commands=commands, die=lambda _: server.kill()))
        server.start()
    assert brought(database, folder, 3).version == 3
    assert schema(database) == expected


@pytest.mark.requirement("TAP-19")
def test_of_several_at_once_one_runs_and_the_others_find_it_done(database: Database, folder: Path) -> None:
    """two functions change the schema at once, or one of them fails for that the other was first"""
    outcomes: list[Outcome] = []
    raised: list[BaseException] = []
    together = threading.Barrier(4)

    def run() -> None:
        together.wait()
        try:
            outcomes.append(brought(database, folder, 3, patience=30))
        except BaseException as error:  # noqa: BLE001 - looked at below
            raised.append(error)

    threads = [threading.Thread(target=run) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not raised
    assert sorted(len(each.applied) for each in outcomes) == [0, 0, 0, 3]
    assert {each.version for each in outcomes} == {3}


def test_another_one_that_does_not_end_is_named(database: Database, folder: Path) -> None:
    with closing(connected(database)) as other, locked(other, 0):
        with other.cursor() as cursor:
            cursor.execute("SELECT CONNECTION_ID()")
            ((number,),) = cursor.fetchall()
        with pytest.raises(LockHeld, match=f"of {database.name} runs \\(connection {number}\\)"):
            brought(database, folder, 1, patience=0)
    assert brought(database, folder, 1).version == 1


def test_a_text_of_a_file_arrives_as_it_is_though_the_server_thinks_in_latin1(database: Database, folder: Path) -> None:
    (folder / SECOND).write_text("UPDATE accounts SET name = '€ 😀 \\' ''%s';", "utf-8")
    brought(database, folder, 2)
    assert rows(database, "SELECT DISTINCT name FROM accounts") == (("€ 😀 ' '%s",),)


def test_two_schemas_of_a_server_do_not_wait_for_each_other(shared_server: MariaDb, folder: Path) -> None:
    first, second = shared_server.database(), shared_server.database()
    with closing(connected(first)) as other, locked(other, 0):
        assert brought(second, folder, 1, patience=0).version == 1


@pytest.mark.requirement("TAP-19")
def test_a_client_that_falls_silent_gives_the_lock_back(database: Database, folder: Path) -> None:
    """a function that Lambda froze while it migrated keeps the lock, and no later deployment can migrate"""
    with closing(connected(database)) as frozen, locked(frozen, 0):
        with frozen.cursor() as cursor:
            cursor.execute("SELECT @@SESSION.wait_timeout")
            assert cursor.fetchone() == (60,)
            cursor.execute("SET SESSION wait_timeout = 1")  # the test does not wait for a minute
        began = time.monotonic()
        assert brought(database, folder, 1, patience=20).version == 1
        assert time.monotonic() - began < 15


def many(folder: Path, number: int) -> Path:
    files = {"V0001__numbers.sql": GROWTH[FIRST].split("INSERT")[0].replace("accounts", "numbers")}
    for version in range(2, number + 1):
        insert = f"INSERT INTO numbers (id, name) VALUES ({version}, 'n');"  # noqa: S608 - a number
        files[f"V{version:04}__number_{version}.sql"] = insert
    return written(folder, files)


@pytest.mark.requirement("TAP-19", "TAP-D31")
@settings(max_examples=25, deadline=None)
@given(wanted=st.lists(st.integers(min_value=1, max_value=100), min_size=1, max_size=4))
def test_from_any_version_of_a_hundred_to_any_other_each_runs_once_and_in_order(
    shared_server: MariaDb, tmp_path_factory: pytest.TempPathFactory, wanted: list[int]
) -> None:
    """a version is left out, run twice or out of order, or a lower one undoes something or fails"""
    folder = many(tmp_path_factory.getbasetemp() / "many", 100)
    database = shared_server.database()
    ran: list[str] = []
    for number, version in enumerate(wanted, 1):
        reached = max(wanted[:number])
        outcome = brought(database, folder, version)
        ran += outcome.applied
        assert outcome.version == reached
        assert [name[:5] for name in ran] == [f"V{each:04}" for each in range(1, reached + 1)]
    assert rows(database, "SELECT id FROM numbers ORDER BY id") == tuple((each,) for each in range(2, max(wanted) + 1))
    shared_server.drop(database)


@pytest.mark.requirement("TAP-D31")
def test_an_older_image_than_the_schema_has_nothing_to_do(database: Database, tmp_path: Path) -> None:
    """the rollback of a deployment fails, because the old image does not know the new files"""
    brought(database, written(tmp_path / "new", GROWTH), 2)
    before = schema(database)
    old = written(tmp_path / "old", {FIRST: GROWTH[FIRST] + "-- as the old image has it"})
    assert brought(database, old, 1) == Outcome(2)
    assert schema(database) == before


def test_a_version_that_the_image_does_not_hold_is_no_silent_success(database: Database, folder: Path) -> None:
    with pytest.raises(SourcesInvalid, match=r"version 4 .+ this image knows 3"):
        brought(database, folder, 4)


def test_a_file_that_was_changed_after_it_ran_is_named_with_both_checksums(database: Database, folder: Path) -> None:
    brought(database, folder, 1)
    was = migrations(folder)[0].checksum
    (folder / FIRST).write_text(GROWTH[FIRST].replace("40", "50"), "utf-8")
    now = migrations(folder)[0].checksum
    with pytest.raises(HistoryChanged, match=f"{FIRST} was changed .+ {now[:12]}, and {was[:12]}"):
        brought(database, folder, 2)
    assert rows(database, "SELECT COUNT(*) FROM schema_migrations") == ((1,),)


FAILING = {
    "a change of the schema": ("ALTER TABLE accounts ADD COLUMN name INT NULL", 1060, "Duplicate column name 'name'"),
    "a change of data": ("UPDATE accounts SET id = 1", 1062, "Duplicate entry '1' for key 'PRIMARY'"),
    "a value that does not fit": ("UPDATE accounts SET name = REPEAT('x', 41)", 1406, "Data too long"),
    "a table that is not there": ("INSERT INTO account (id) VALUES (1)", 1146, "account' doesn't exist"),
    "no SQL": ("UPDATE accounts SETT id = 1", 1064, "syntax"),
}


@pytest.mark.requirement("TAP-44")
@pytest.mark.parametrize(("text", "number", "words"), FAILING.values(), ids=FAILING)
def test_a_statement_that_fails_is_named_and_the_data_are_as_before(
    database: Database, folder: Path, text: str, number: int, words: str
) -> None:
    """a message without file and statement, or half of a change of data stays"""
    brought(database, folder, 1)
    before = rows(database, "SELECT * FROM accounts")
    (folder / SECOND).write_text(f"CREATE INDEX accounts_by_name ON accounts (name);\n{text};\n", "utf-8")
    with pytest.raises(StatementFailed) as failed:
        brought(database, folder, 2)
    assert failed.value.number == number
    assert str(failed.value).startswith(f"{SECOND}, statement 2 ({text}): error {number}: ")
    assert words in str(failed.value)
    assert rows(database, "SELECT * FROM accounts") == before
    (folder / SECOND).write_text(
        "CREATE INDEX accounts_by_name ON accounts (name);\nUPDATE accounts SET name = 'mended';\n", "utf-8"
    )
    assert brought(database, folder, 2).applied == (SECOND,)
    assert rows(database, "SELECT DISTINCT name FROM accounts") == (("mended",),)


def test_what_ran_of_a_file_that_failed_may_not_be_mended(database: Database, folder: Path) -> None:
    (folder / SECOND).write_text("CREATE INDEX i ON accounts (name); UPDATE nothing SET a = 1;", "utf-8")
    with pytest.raises(StatementFailed):
        brought(database, folder, 2)
    for mended in (
        "CREATE INDEX j ON accounts (name); UPDATE accounts SET id = id;",
        "CREATE INDEX i ON accounts (id);",
    ):
        (folder / SECOND).write_text(mended, "utf-8")
        with pytest.raises(HistoryChanged, match=f"{SECOND}: its first 1 statements ran already"):
            brought(database, folder, 2)


def test_what_somebody_made_by_hand_is_not_taken_for_what_a_file_makes(database: Database, folder: Path) -> None:
    brought(database, folder, 1)
    with database.connect() as connection, connection.cursor() as cursor:
        cursor.execute("ALTER TABLE accounts ADD COLUMN owner INT NULL")
    with pytest.raises(StatementFailed, match=re.escape(f"{SECOND}, statement 1 (ALTER TABLE")):
        brought(database, folder, 2)


def test_a_statement_that_was_mended_after_it_was_cut_off_is_not_taken_for_done(
    database: Database, folder: Path
) -> None:
    brought(database, folder, 1)
    wide = "ALTER TABLE accounts ADD COLUMN owner VARCHAR(40) NULL"
    (folder / SECOND).write_text(f"{wide};", "utf-8")
    for commands in count(1):
        with pytest.raises(Killed):
            brought(database, folder, 2, over=partial(Cut, commands=commands))
        if rows(database, "SHOW COLUMNS FROM accounts LIKE 'owner'"):
            break
    assert rows(database, "SELECT statements_begun, statements_done FROM schema_migrations WHERE version = 2") == (
        (1, 0),
    )
    (folder / SECOND).write_text(f"{wide.replace('40', '60')};", "utf-8")
    with pytest.raises(StatementFailed, match="Duplicate column name"):
        brought(database, folder, 2)


def test_the_time_is_looked_at_before_each_statement(database: Database, folder: Path) -> None:
    """after the watchdog told of a failure, the statement that runs is the last"""
    asked: list[Any] = []

    def going_on() -> None:
        asked.append(None)
        if len(asked) == 3:
            raise OutOfTime

    with closing(connected(database)) as connection, pytest.raises(OutOfTime):
        migrate(connection, Work(migrations(folder), 3, 1, going_on, lambda _: None))
    assert rows(database, "SELECT version, statements_done FROM schema_migrations") == ((1, 2), (2, 0))
    assert brought(database, folder, 3).version == 3
