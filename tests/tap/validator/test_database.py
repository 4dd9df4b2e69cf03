"""The connection: over TLS or not at all, kept, made anew when it is lost, and after the password was changed."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import Any

import pymysql
import pytest
from pymysql.connections import Connection

from stackgen.local.cloud import Cloud
from stackgen.local.faults import Fail
from stacks.tap.images.validator.database import Database
from stacks.tap.images.validator.errors import DatabaseRefused, DatabaseUnavailable, ParametersUnavailable
from stacks.tap.images.validator.parameters import Parameters
from stacks.tap.images.validator.patience import Patience
from stacks.tap.images.validator.settings import Settings
from tests.tap.validator.world import EAGER, PATH, World, wanted


class Clock:
    """Seconds that a test sets."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def opened(world: World, clock: Clock | None = None, **variables: str) -> Database:
    settings = Settings.read({**world.variables, **variables})
    parameters = Parameters(settings, world.cloud.client("ssm"))
    return Database(parameters, settings.ca_file, clock or Clock())


def identity(connection: Connection[Any]) -> int:
    """The number of a connection on the server."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT CONNECTION_ID()")
        row: Any = cursor.fetchone()
    return int(row[0])


def kill(world: World, number: int, **owner: str) -> None:
    with world.server.connect(**owner) as connection, connection.cursor() as cursor:
        cursor.execute(f"KILL CONNECTION {number}")


def test_a_warm_function_keeps_its_connection_and_its_parameters(world: World) -> None:
    database = opened(world)
    first = database.run(identity, EAGER)
    world.put_parameters(endpoint="nowhere.invalid")
    assert database.run(identity, EAGER) == first


def test_parameters_are_kept_for_as_long_as_the_setting_says_and_then_read_anew(world: World) -> None:
    def kept_for(seconds: str) -> Parameters:
        settings = Settings.read({**world.variables, "PARAMETER_TTL_SECONDS": seconds})
        return Parameters(settings, world.cloud.client("ssm"))

    long, short = kept_for("600"), kept_for("1")
    assert long.found() == short.found()
    world.put_parameters(endpoint="moved.example")
    until = time.monotonic() + 30
    while short.found().host != "moved.example":
        assert time.monotonic() < until
        time.sleep(0.1)
    assert long.found().host == world.server.host
    assert world.server.password not in repr(long.found())


def test_a_connection_is_encrypted_strict_and_in_utc(world: World) -> None:
    def facts(connection: Connection[Any]) -> list[Any]:
        with connection.cursor() as cursor:
            cursor.execute("SHOW STATUS LIKE 'Ssl_version'")
            found: list[Any] = [*cursor.fetchall()]
            cursor.execute("SELECT @@session.time_zone, @@session.sql_mode, @@session.autocommit")
            return [*found, *cursor.fetchall()]

    (_, version), (zone, mode, autocommit) = opened(world).run(facts, EAGER)
    assert version.startswith("TLSv1.")
    assert (zone, autocommit) == ("+00:00", 1)
    assert "STRICT_ALL_TABLES" in mode


def test_a_server_that_another_authority_vouches_for_is_refused_at_once(world: World) -> None:
    database = opened(world, DATABASE_CA_FILE="/etc/ssl/certs/ca-certificates.crt")
    waited: list[float] = []
    with pytest.raises(DatabaseRefused, match="certificate"):
        database.run(identity, replace(EAGER, sleep=waited.append))
    assert waited == []


def test_without_the_file_of_authorities_nothing_is_sent(world: World) -> None:
    with pytest.raises(DatabaseRefused, match="FileNotFoundError"):
        opened(world, DATABASE_CA_FILE="/nowhere/ca.pem").run(identity, EAGER)


def test_a_server_of_another_name_is_refused(world: World) -> None:
    world.put_parameters(endpoint="127.0.0.2")
    with pytest.raises((DatabaseRefused, DatabaseUnavailable)):  # it listens there or not; in no case is it entered
        opened(world).run(identity, EAGER)


def test_a_connection_that_was_killed_is_made_anew(world: World) -> None:
    database = opened(world)
    first = database.run(identity, EAGER)
    kill(world, first)
    world.cloud.faults.add("ssm:GetParameters", Fail("InternalServerError", "down", 500), times=20)
    assert database.run(identity, EAGER) != first  # its place and its password are still known


def test_a_connection_that_was_idle_is_asked_before_it_is_used(world: World) -> None:
    """The work is not begun on a dead connection."""
    clock = Clock()
    database = opened(world, clock)
    kill(world, database.run(identity, EAGER))
    clock.now += 31
    begun: list[str] = []

    def work(connection: Connection[Any]) -> int:
        begun.append("begun")
        return identity(connection)

    database.run(work, EAGER)
    assert len(begun) == 1


def test_a_rotated_password_is_read_anew_and_the_old_one_forgotten(world: World) -> None:
    with world.server.connect() as connection, connection.cursor() as cursor:
        cursor.execute("CREATE USER rotated@'%' IDENTIFIED BY 'before' REQUIRE SSL")
        cursor.execute(f"GRANT SELECT ON `{world.name}`.* TO rotated@'%'")
    try:
        world.put_parameters(**{"user": "rotated", "master-password": "before"})
        database = opened(world)
        first = database.run(identity, EAGER)
        with world.server.connect() as connection, connection.cursor() as cursor:
            cursor.execute("ALTER USER rotated@'%' IDENTIFIED BY 'after' REQUIRE SSL")
        world.put_parameters(**{"user": "rotated", "master-password": "after"})
        kill(world, first, user="rotated", password="after")  # noqa: S106 - of this test's own user
        assert database.run(identity, EAGER) != first
    finally:
        with world.server.connect() as connection, connection.cursor() as cursor:
            cursor.execute("DROP USER rotated@'%'")


def test_a_password_that_stays_wrong_is_asked_for_twice_and_no_more(world: World, cloud: Cloud) -> None:
    world.put_parameters(**{"master-password": "wrong"})
    asked: list[str] = []
    cloud.client("ssm").meta.events.register("before-call.ssm.GetParameters", lambda **_: asked.append("asked"))
    with pytest.raises(DatabaseRefused, match="error 1045") as refused:
        opened(world).run(identity, EAGER)
    assert "wrong" not in str(refused.value)
    assert len(asked) == 2


def test_a_cluster_that_has_moved_is_found_at_its_new_address(world: World) -> None:
    world.put_parameters(port="1")
    database = opened(world)
    with pytest.raises(DatabaseUnavailable, match="error 2003"):
        database.run(identity, Patience(attempts=1))
    world.put_parameters()
    assert database.run(identity, EAGER)


def test_a_server_that_is_away_is_tried_a_few_times_and_while_there_is_time(world: World) -> None:
    world.put_parameters(port="1")
    waited: list[float] = []
    patience = Patience(attempts=4, first=1.0, longest=1.5, sleep=waited.append, share=lambda: 1.0)
    with pytest.raises(DatabaseUnavailable):
        opened(world).run(identity, patience)
    assert waited == [1.0, 1.5, 1.5]
    waited.clear()
    with pytest.raises(DatabaseUnavailable):
        opened(world).run(identity, replace(patience, left=lambda: 6.5))
    assert waited == []


def test_parameters_that_are_missing_are_told_without_a_value(world: World) -> None:
    world.cloud.client("ssm").delete_parameter(Name=f"{PATH}/endpoint")
    with pytest.raises(ParametersUnavailable, match="GetParameterError"):
        world.judge(wanted())


def test_a_schema_that_is_missing_is_refused_by_its_number(world: World) -> None:
    with world.server.connect(database=world.name) as connection, connection.cursor() as cursor:
        cursor.execute("DROP TABLE transactions")
    with pytest.raises(DatabaseRefused, match="error 1146"):
        world.judge(wanted())


def test_an_insertion_whose_answer_is_lost_is_made_once(world: World) -> None:
    """The connection dies after the row was written and before anybody heard of it."""
    services = world.services()
    ledger = services.ledger
    lost: list[str] = []

    class Losing(Database):
        def run(self, work: Any, patience: Patience) -> Any:
            def once(connection: Connection[Any]) -> Any:
                answer = work(connection)
                if not lost:
                    lost.append("lost")
                    raise pymysql.OperationalError(2013, "Lost connection to server during query")
                return answer

            return super().run(once, patience)

    settings = services.settings
    ledger = type(ledger)(Losing(Parameters(settings, world.cloud.client("ssm")), settings.ca_file))
    verdict = world.judge(wanted(), replace(services, ledger=ledger))
    assert verdict.answer()["valid"] is True
    assert lost
    assert len(world.rows()) == len(world.objects()) == 1
