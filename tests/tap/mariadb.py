"""A real database for the containers' code: MariaDB on 127.0.0.1, on a free port, in a folder that tests throw away.

    def test_something(database: Database) -> None:      # an empty schema of its own, on a server that tests share
        with database.connect() as connection: ...

    def test_an_outage(server: MariaDb) -> None:         # a server of its own, to be killed
        server.kill()       # SIGKILL: nothing is flushed, nobody is told
        server.start()      # on the same folder and port

It takes nothing but TLS, and the user ``admin`` may do what the master user of Aurora MySQL may. What the code must not
lean on is set to other values than MariaDB's own: ``sql_mode`` is empty, the character set of the server is latin1.

Aurora MySQL 3 is MySQL 8.0, not MariaDB. What differs and matters here, with its source (pages of
dev.mysql.com/doc/refman/8.0/en and of mariadb.com/kb/en); our code keeps to what both know:

* ``IF [NOT] EXISTS`` of a column, index or constraint, ``CREATE OR REPLACE TABLE`` and ``RETURNING`` are MariaDB's
  alone (alter-table.html; alter-table, returning): refused in SQL files.
* Collations ``utf8mb4_0900_*`` are MySQL's alone, and its default (charset-mysql.html; supported-character-sets-and-
  collations): tables name theirs, one that both have.
* ``sql_mode`` is what a parameter group says, so sessions set their own (sql-mode.html; AWS:
  AuroraMySQL.Reference.ParameterGroups.html).
* DDL commits what went before it in both, and is atomic statement by statement (implicit-commit.html, atomic-ddl.html;
  atomic-ddl, since 10.6).
* Names of columns in ``information_schema`` are answered in capitals by MySQL (information-schema-introduction.html):
  rows are read by position.
* A check that fails is error 3819 in MySQL, 4025 in MariaDB (mysql-errors/8.0/en/server-error-reference.html;
  mariadb-error-codes-4000-to-4099): nothing tells them apart.
* ``DROP COLUMN`` of a column that a key of several has takes it out of the key in MySQL, and is refused by MariaDB when
  the key is unique (alter-table.html; alter-table): the index goes first.
* ``JSON`` is a type in MySQL, LONGTEXT with a check in MariaDB (json.html; json-data-type): not used.
* Locks of ``GET_LOCK`` end with their session and belong to one server process in both, so a failover drops them;
  their names have at most 64 characters (locking-functions.html; get_lock).
"""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import time
from contextlib import suppress
from pathlib import Path
from typing import Any, NamedTuple, Self

import pymysql
from pymysql.connections import Connection

from tests.certificates import HOST, Certificates, certificates

USER = "admin"
PASSWORD = "Uhlenhorst-0815_geheim"  # noqa: S105 - of a server that only this machine can reach
PATIENCE = 60.0
"""Seconds that a server may take to start or to stop; it needs one."""

RIGHTS = (
    "SELECT, INSERT, UPDATE, DELETE, CREATE, DROP, RELOAD, PROCESS, REFERENCES, INDEX, ALTER, SHOW DATABASES, "
    "CREATE TEMPORARY TABLES, LOCK TABLES, EXECUTE, CREATE VIEW, SHOW VIEW, CREATE ROUTINE, ALTER ROUTINE, "
    "CREATE USER, EVENT, TRIGGER"
)
"""Of a master user: UsingWithRDS.MasterAccounts.html. No SUPER."""

SETTINGS = (
    "--bind-address=127.0.0.1",
    "--require-secure-transport=ON",
    "--skip-name-resolve",
    "--sql-mode=",
    "--character-set-server=latin1",
    "--collation-server=latin1_swedish_ci",
    "--explicit-defaults-for-timestamp=ON",
    "--max-connections=135",  # of Aurora with the default of 4 ACU
    "--innodb-buffer-pool-size=64M",
    "--innodb-flush-log-at-trx-commit=2",
    "--performance-schema=OFF",
)
STORAGE = ("--innodb-log-file-size=16M", "--innodb-flush-method=nosync", "--skip-innodb-doublewrite")
"""Small, and never waiting for the disk: a killed process loses nothing, only a machine without power would."""


class Database(NamedTuple):
    """A schema on a server, and all that one needs to get there."""

    server: MariaDb
    name: str

    def connect(self, **settings: Any) -> Connection[Any]:
        return self.server.connect(database=self.name, **settings)


class MariaDb:
    """One server on a folder; ``start`` before use. Raises AssertionError where MariaDB is not installed."""

    host = HOST
    user = USER
    password = PASSWORD

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.data = folder / "data"
        self.certificates: Certificates = certificates(folder)
        self.port = _free_port()
        self._process: subprocess.Popen[bytes] | None = None
        self._leash: subprocess.Popen[bytes] | None = None
        self._databases = 0
        self._folders = [f"--datadir={self.data}", f"--tmpdir={folder}"]  # in /tmp each would sweep away the others'
        _run(_program("mariadb-install-db"), "--no-defaults", *self._folders, *STORAGE, "--skip-test-db", *_as_root())

    @property
    def authority(self) -> Path:
        """The file with the certificate that a client must trust."""
        return self.certificates.authority

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.stop()

    def start(self) -> Self:
        """Begin, or begin again on the same folder and port; returns when it takes connections."""
        self.launch()
        self.wait()
        return self

    def launch(self) -> None:
        """Begin, without waiting until it takes connections."""
        assert self._process is None, "it runs"
        with (self.folder / "log").open("ab") as log:
            self._process = subprocess.Popen(self._command(), stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        # Whatever happens to this process, the server does not outlive it.
        watch = f"read -r _; kill -KILL {self._process.pid} 2>/dev/null"
        self._leash = subprocess.Popen(["sh", "-c", watch], stdin=subprocess.PIPE)

    def wait(self) -> None:
        """Return when it takes connections."""
        until = time.monotonic() + PATIENCE
        while True:
            with suppress(pymysql.err.OperationalError):
                self.connect().close()
                return
            assert self._process is not None
            assert self._process.poll() is None, self.log()
            assert time.monotonic() < until, self.log()
            time.sleep(0.02)

    def kill(self) -> None:
        """SIGKILL, as a host that dies: no transaction ends, no client is told."""
        assert self._process is not None, "it does not run"
        self._process.kill()
        self._ended()

    def stop(self) -> None:
        """End it, if it runs, as its operator would."""
        if self._process is None:
            return
        self._process.terminate()
        self._ended()

    def connect(self, **settings: Any) -> Connection[Any]:
        """A connection over TLS as the master user; ``settings`` are those of ``pymysql.connect``."""
        ours: dict[str, Any] = {
            "host": self.host,
            "port": self.port,
            "user": self.user,
            "password": self.password,
            "ssl_ca": str(self.authority),
            "ssl_verify_cert": True,
            "ssl_verify_identity": True,
            "charset": "utf8mb4",
            "connect_timeout": 5,
        }
        return pymysql.connect(**{**ours, **settings})

    def database(self) -> Database:
        """A new, empty schema."""
        self._databases += 1
        made = Database(self, f"schema_{self._databases}")
        with self.connect() as connection, connection.cursor() as cursor:
            cursor.execute(f"CREATE DATABASE `{made.name}`")
        return made

    def drop(self, database: Database) -> None:
        """End who is still in a schema, and remove it."""
        with self.connect() as connection, connection.cursor() as cursor:
            cursor.execute("SELECT id FROM information_schema.processlist WHERE db = %s", (database.name,))
            for (number,) in cursor.fetchall():
                with suppress(pymysql.err.MySQLError):  # it may have gone by itself
                    cursor.execute(f"KILL CONNECTION {int(number)}")
            cursor.execute(f"DROP DATABASE IF EXISTS `{database.name}`")

    def log(self) -> str:
        """What the server wrote."""
        return (self.folder / "log").read_text("utf-8", "replace")

    def _command(self) -> list[str]:
        users = self.folder / "users.sql"
        users.write_text(
            f"CREATE USER IF NOT EXISTS '{self.user}'@'%' IDENTIFIED BY '{self.password}' REQUIRE SSL;\n"
            f"GRANT {RIGHTS} ON *.* TO '{self.user}'@'%' WITH GRANT OPTION;\n",
            "utf-8",
        )
        return [
            _program("mariadbd"),
            "--no-defaults",
            *self._folders,
            f"--port={self.port}",
            f"--socket={self.folder / 'socket'}",
            f"--pid-file={self.folder / 'pid'}",
            f"--ssl-ca={self.certificates.authority}",
            f"--ssl-cert={self.certificates.certificate}",
            f"--ssl-key={self.certificates.key}",
            f"--init-file={users}",
            *STORAGE,
            *SETTINGS,
            *_as_root(),
        ]

    def _ended(self) -> None:
        assert self._process is not None
        assert self._leash is not None
        self._process.wait(PATIENCE)
        self._leash.kill()
        self._leash.wait(PATIENCE)
        assert self._leash.stdin is not None
        self._leash.stdin.close()
        self._process = self._leash = None


def _program(name: str) -> str:
    found = shutil.which(name, path=f"{os.environ.get('PATH', os.defpath)}:/usr/sbin:/usr/local/sbin")
    assert found, f"needs {name}; on Debian: sudo apt-get install -y mariadb-server (scripts/test does it)"
    return found


def _as_root() -> list[str]:
    """MariaDB does not run as root unless it is told so."""
    return ["--user=root"] if os.geteuid() == 0 else []


def _run(*command: str) -> None:
    ran = subprocess.run(command, capture_output=True, timeout=PATIENCE, check=False)
    assert ran.returncode == 0, (ran.stdout + ran.stderr).decode("utf-8", "replace")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])
