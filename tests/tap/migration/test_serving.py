"""A database that warms up, dies, is locked or does not let one in, and what CloudFormation is told then."""

from __future__ import annotations

import shutil
import threading
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from stackgen.local.cloud import Cloud
from stacks.tap.images.migration import handler as function
from stacks.tap.images.migration.errors import (
    DatabaseRefused,
    DatabaseUnavailable,
    MigrationError,
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
from tests.tap.migration.desk import Desk
from tests.tap.migration.schemas import GROWTH, connected, rows, schema, written

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

    def settings(self) -> Settings:
        return Settings(self.database.server.user, self.parameter, str(self.authority))

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
            self.settings, self.passwords,
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
    assert 60 - 5 - 8 < sum(pauses) < 60  # the time, what a last attempt needs, and the longest pause
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


BROKEN: dict[str, Callable[[Path], object]] = {
    "no UTF-8": lambda folder: (folder / "V0002__owner.sql").write_bytes(b"\xff"),
    "a gap": lambda folder: (folder / "V0001__accounts.sql").unlink(),
    "a refused statement": lambda folder: (folder / "V0003__without_names.sql").write_text(
        "DROP TABLE accounts;", "utf-8"
    ),
    "a changed file": lambda folder: (folder / "V0001__accounts.sql").write_text(
        GROWTH["V0001__accounts.sql"].replace("one", "1"), "utf-8"
    ),
    "a folder for a file": lambda folder: (folder / "V0004__folder.sql").mkdir(),
    "no folder": shutil.rmtree,
}


@pytest.mark.requirement("TAP-D31")
@pytest.mark.parametrize("broken", BROKEN)
@pytest.mark.parametrize("has", [1, 2])
def test_a_rollback_succeeds_though_the_files_of_the_image_are_broken(scene: Scene, broken: str, has: int) -> None:
    """the image that broke the update breaks its rollback too, and the stack must be mended by hand"""
    assert scene.bring(has).version == has
    before = schema(scene.database)
    BROKEN[broken](scene.folder)
    with pytest.raises(MigrationError):
        scene.bring(3)
    assert scene.bring(1, lowers=True).version in (1, has)
    assert schema(scene.database) == before


@pytest.mark.requirement("TAP-D31")
def test_a_rollback_succeeds_though_the_function_is_not_set_up(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """a variable that the failed update took away, or an error that nobody thought of, fails its rollback"""
    properties = {
        "ClusterEndpoint": "aurora.example", "ClusterIdentifier": "aurora-cluster-dev", "DatabaseName": "transactions",
        "DatabasePort": "3306", "SchemaVersion": "1",
    }  # fmt: skip
    monkeypatch.delenv("PASSWORD_PARAMETER", raising=False)
    for had, status in (("2", "SUCCESS"), ("1", "FAILED")):
        before = {**properties, "SchemaVersion": had}
        event = desk.request("Update", ResourceProperties=properties, OldResourceProperties=before)
        function.handler(event, Limited())
        assert desk.puts[-1].said["Status"] == status
    assert desk.puts[0].said["Data"] == {"AppliedVersion": "1"}
    assert desk.puts[1].said["Reason"].startswith("SettingInvalid: environment variables that are not set:")


class Limited:
    """Lambda's context."""

    def get_remaining_time_in_millis(self) -> int:
        return 300_000


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
