"""The database of the tests: as strict as the stack's, and it dies and comes back when it is told to."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import pymysql
import pytest

from tests.support import ROOT
from tests.tap.mariadb import Database, MariaDb


def test_a_connection_is_encrypted(database: Database) -> None:
    with database.connect() as connection, connection.cursor() as cursor:
        cursor.execute("SHOW STATUS LIKE 'Ssl_version'")
        assert cursor.fetchall() in ((("Ssl_version", "TLSv1.3"),), (("Ssl_version", "TLSv1.2"),))


@pytest.mark.parametrize(
    ("settings", "number"),
    [
        ({"ssl_disabled": True}, 1045),
        ({"password": "another"}, 1045),
        ({"host": "localhost", "ssl_ca": "/etc/ssl/certs/ca-certificates.crt"}, 2003),
    ],
    ids=["without TLS", "another password", "another authority"],
)
def test_who_does_not_come_as_the_stack_does_is_refused(
    database: Database, settings: dict[str, object], number: int
) -> None:
    with pytest.raises(pymysql.err.OperationalError) as refused:
        database.connect(**settings)
    assert refused.value.args[0] == number


def test_each_test_has_a_schema_of_its_own_that_is_empty(database: Database, shared_server: MariaDb) -> None:
    another = shared_server.database()
    with database.connect() as connection, connection.cursor() as cursor:
        cursor.execute("CREATE TABLE here (id INT PRIMARY KEY)")
    with another.connect() as connection, connection.cursor() as cursor:
        cursor.execute("SHOW TABLES")
        assert not cursor.fetchall()
    shared_server.drop(another)


def test_what_was_committed_survives_a_killed_server_and_what_was_not_does_not(server: MariaDb) -> None:
    database = server.database()
    with database.connect() as connection, connection.cursor() as cursor:
        cursor.execute("CREATE TABLE kept (id INT PRIMARY KEY) ENGINE=InnoDB")
        cursor.execute("INSERT INTO kept VALUES (1)")
        connection.commit()
        cursor.execute("INSERT INTO kept VALUES (2)")
        server.kill()
        with pytest.raises(pymysql.err.OperationalError):
            cursor.execute("SELECT 1")
    server.start()
    with database.connect() as connection, connection.cursor() as cursor:
        cursor.execute("SELECT id FROM kept")
        assert cursor.fetchall() == ((1,),)


def test_a_server_does_not_outlive_who_started_it(tmp_path: Path) -> None:
    program = (
        "import os, sys; from pathlib import Path; from tests.tap.mariadb import MariaDb\n"
        "print(MariaDb(Path(sys.argv[1])).start()._process.pid, flush=True)\n"
        "os.kill(os.getpid(), 9)"
    )
    folder = tmp_path / "m"
    folder.mkdir()
    started = subprocess.run(
        [sys.executable, "-c", program, str(folder)], cwd=ROOT, capture_output=True, text=True, timeout=60, check=False
    )
    number = int(started.stdout)
    until = time.monotonic() + 10
    while _runs(number):
        assert time.monotonic() < until
        time.sleep(0.02)


def _runs(number: int) -> bool:
    try:
        state = Path(f"/proc/{number}/stat").read_text("utf-8").rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z" and os.getpid() != number
