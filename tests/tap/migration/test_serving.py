"""A database that warms up, dies, is locked or does not let one in, and what CloudFormation is told then."""

from __future__ import annotations

import threading
import time
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from stackgen.local.cloud import Cloud
from stacks.tap.images.migration.errors import (
    DatabaseRefused,
    DatabaseUnavailable,
    PasswordUnavailable,
    SettingInvalid,
    StatementFailed,
)
from stacks.tap.images.migration.history import locked
from stacks.tap.images.migration.migrating import Outcome
from stacks.tap.images.migration.passwords import Passwords
from stacks.tap.images.migration.request import Request
from stacks.tap.images.migration.serving import Means, serve
from stacks.tap.images.migration.settings import Settings
from tests.tap.mariadb import Database, MariaDb
from tests.tap.migration.schemas import GROWTH, connected, rows, written

PARAMETER = "/tap/dev/database/master-password"


class Scene:
    """A migration of ``database`` with the services of a stand-in; what it tells, and how long it slept."""

    def __init__(self, cloud: Cloud, database: Database, folder: Path) -> None:
        self.cloud = cloud
        self.database = database
        self.folder = written(folder, GROWTH)
        self.told: list[str] = []
        self.slept: list[float] = []
        self.seconds = 60.0
        self.authority = database.server.authority
        self.host = database.server.host
        self.parameter = PARAMETER
        self.keep(database.server.password)
        self.passwords = Passwords(lambda: cloud.client("ssm"))

    def keep(self, password: str) -> None:
        self.cloud.client("ssm").put_parameter(Name=PARAMETER, Value=password, Type="SecureString", Overwrite=True)

    def bring(self, version: int, *, lowers: bool = False, asleep: bool = True) -> Outcome:
        """``asleep=False``: pauses take none of the test's time, and nothing but them takes the migration's."""
        server = self.database.server
        began = time.monotonic()

        def left() -> float:
            return self.seconds - (time.monotonic() - began if asleep else sum(self.slept))

        def sleep(seconds: float) -> None:
            self.slept.append(seconds)
            time.sleep(seconds if asleep else 0)

        means = Means(
            Settings(server.user, self.parameter, str(self.authority)), self.passwords,
            left, lambda: None, self.told.append, sleep, self.folder,
        )  # fmt: skip
        return serve(Request(self.host, server.port, self.database.name, version, lowers), means)


@pytest.fixture
def scene(cloud: Cloud, database: Database, tmp_path: Path) -> Scene:
    return Scene(cloud, database, tmp_path / "sql")


@pytest.fixture
def fragile(cloud: Cloud, server: MariaDb, tmp_path: Path) -> Scene:
    """On a server that may be killed."""
    return Scene(cloud, server.database(), tmp_path / "sql")


@pytest.mark.requirement("TAP-19")
def test_a_database_that_warms_up_is_waited_for(fragile: Scene) -> None:
    """the first deployment fails, because a paused cluster or a new address needs half a minute"""
    server = fragile.database.server
    server.stop()
    started = threading.Timer(1.2, server.launch)
    started.start()
    assert fragile.bring(3).version == 3
    started.join()
    assert fragile.slept
    assert "attempt 1" in fragile.told[0]


@pytest.mark.requirement("TAP-19")
def test_a_database_that_never_comes_is_given_up_in_time_after_growing_pauses(fragile: Scene) -> None:
    """the function tries until it is stopped, without telling, or thousands of times"""
    fragile.database.server.stop()
    with pytest.raises(DatabaseUnavailable, match=r"did not answer in time: \(2003, \"Can't connect"):
        fragile.bring(3, asleep=False)
    pauses = fragile.slept
    assert 50 < sum(pauses) < 60
    assert 6 <= len(pauses) <= 20
    assert max(pauses) <= 8
    assert pauses[0] <= 0.5


@pytest.mark.requirement("TAP-19")
def test_a_server_that_dies_meanwhile_is_come_back_to(fragile: Scene) -> None:
    """a failover in the midst of a migration fails the deployment"""
    server = fragile.database.server
    tell = fragile.told.append
    died: list[str] = []

    class Told(list[str]):
        def append(self, text: str) -> None:
            tell(text)
            if "V0002__owner.sql, statement 3" in text and not died:
                died.append(text)
                server.kill()
                threading.Timer(0.3, server.launch).start()

    fragile.told = Told()
    assert fragile.bring(3).version == 3
    assert died


def test_a_table_that_is_locked_too_long_is_told_with_file_and_statement(scene: Scene) -> None:
    assert scene.bring(1).version == 1
    scene.seconds = 6.5
    with scene.database.connect() as other, other.cursor() as cursor:
        cursor.execute("SELECT * FROM accounts")
        with pytest.raises(
            StatementFailed, match=r"V0002__owner.sql, statement 1 \(ALTER TABLE accounts .+: error 2013"
        ):
            scene.bring(3)
    scene.seconds = 60
    assert scene.bring(3).version == 3


def test_a_wrong_password_is_read_anew_once_and_then_told_without_it(scene: Scene) -> None:
    scene.keep("wrong-password-1")
    with pytest.raises(DatabaseRefused, match="error 1045: Access denied") as refused:
        scene.bring(1)
    assert len(scene.slept) == 1
    assert "wrong-password-1" not in f"{refused.value} {scene.told}"
    assert scene.passwords.hidden("it is wrong-password-1!") == "it is ***!"


@pytest.mark.requirement("TAP-D33")
def test_a_password_that_was_changed_is_found_by_a_warm_function(scene: Scene) -> None:
    """a function that has run before keeps the old password, and the deployment fails until it is cold"""
    scene.keep("old-password-1")
    assert scene.passwords.read(PARAMETER) == "old-password-1"
    scene.keep(scene.database.server.password)
    assert scene.passwords.read(PARAMETER) == "old-password-1"
    assert scene.bring(1).version == 1


def test_a_password_that_is_not_there_is_named(scene: Scene) -> None:
    scene.parameter = "/tap/dev/database/another"
    with pytest.raises(PasswordUnavailable, match="parameter /tap/dev/database/another: ParameterNotFound"):
        scene.bring(1)


@pytest.mark.requirement("TAP-34")
def test_a_database_of_another_authority_or_name_gets_no_password(scene: Scene) -> None:
    """whoever takes the database's address is given the password"""
    scene.authority = Path("/etc/ssl/certs/ca-certificates.crt")
    with pytest.raises(DatabaseRefused, match=r"127.0.0.1 is not known to be RDS: .*certificate"):
        scene.bring(1)
    assert not scene.slept
    scene.authority = scene.database.server.authority
    scene.host = "localhost"  # of which the certificate says nothing
    with pytest.raises(DatabaseRefused, match=r"localhost is not known to be RDS: Hostname mismatch"):
        scene.bring(1)
    scene.authority = Path("/nowhere.pem")
    with pytest.raises(DatabaseRefused, match="no connection can be made: FileNotFoundError"):
        scene.bring(1)


@pytest.mark.requirement("TAP-D31")
def test_a_rollback_succeeds_though_the_database_is_gone(fragile: Scene) -> None:
    """a rollback fails for want of a database that it has nothing to ask, and the stack must be mended by hand"""
    fragile.database.server.stop()
    assert fragile.bring(1, lowers=True, asleep=False) == Outcome(1)
    assert "nothing is to be done" in fragile.told[-1]
    assert sum(fragile.slept) < 30


@pytest.mark.requirement("TAP-D31")
def test_a_rollback_succeeds_without_the_password_and_beside_another_migration(scene: Scene) -> None:
    """a rollback fails because the password is gone, or because the failed migration still holds the lock"""
    with closing(connected(scene.database)) as other, locked(other, 0):
        scene.seconds = 3
        assert scene.bring(1, lowers=True) == Outcome(1)
        assert "runs (connection" in scene.told[-1]
    scene.parameter = "/tap/dev/database/another"
    assert scene.bring(1, lowers=True) == Outcome(1)
    assert "ParameterNotFound" in scene.told[-1]


def test_a_session_is_strict_whatever_the_server_is(scene: Scene) -> None:
    scene.folder = written(scene.folder, {**GROWTH, "V0002__owner.sql": "UPDATE accounts SET name = REPEAT('x', 41);"})
    with pytest.raises(StatementFailed, match="error 1406"):
        scene.bring(2)
    assert rows(scene.database, "SELECT name FROM accounts ORDER BY id") == (("one; and a half",), ("two",))


@pytest.mark.parametrize("name", ["DATABASE_USER", "PASSWORD_PARAMETER"])
def test_a_variable_that_is_missing_is_named(name: str) -> None:
    given: dict[str, Any] = {"DATABASE_USER": "admin", "PASSWORD_PARAMETER": PARAMETER, name: ""}
    with pytest.raises(SettingInvalid, match=name):
        Settings.read(given)
    assert Settings.read({**given, name: "x"}).ca_file == "/opt/rds-ca.pem"
