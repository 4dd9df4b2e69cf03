"""The migration's image as Lambda runs it: its entry point, its client, its own environment; no Docker."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import pytest

from stackgen.local.cloud import Cloud
from tests.tap.mariadb import Database, MariaDb
from tests.tap.migration.desk import SIGNATURE, Desk
from tests.tap.migration.schemas import rows
from tests.tap.runtime import Runtime

PARAMETER = "/tap/dev/database/master-password"


def properties(database: Database, version: int = 1) -> dict[str, Any]:
    """As CloudFormation sends them: texts all."""
    return {
        "ServiceToken": "arn:aws:lambda:us-east-1:111111111111:function:schema-migration-dev",
        "ServiceTimeout": "300",
        "ClusterEndpoint": database.server.host,
        "ClusterIdentifier": "aurora-cluster-dev",
        "DatabaseName": database.name,
        "DatabasePort": str(database.server.port),
        "SchemaVersion": str(version),
    }


def variables(cloud: Cloud, database: Database) -> dict[str, str]:
    """Those that the stack sets, and where the tests' services and authority are."""
    return {
        "AWS_ENDPOINT_URL": cloud.url,
        "DATABASE_CA_FILE": str(database.server.authority),
        "DATABASE_USER": database.server.user,
        "IMAGE_TAG": "1.0.0",
        "LOG_LEVEL": "INFO",
        "PASSWORD_PARAMETER": PARAMETER,
    }


def keep_password(cloud: Cloud, password: str = MariaDb.password) -> None:
    cloud.client("ssm").put_parameter(Name=PARAMETER, Value=password, Type="SecureString", Overwrite=True)


@pytest.mark.requirement("TAP-10", "TAP-18", "TAP-34")
def test_one_request_of_each_type_is_answered(cloud: Cloud, database: Database, desk: Desk, tmp_path: Path) -> None:
    """the image's command, its copied files or its libraries do not make a function, or a secret is in its log"""
    keep_password(cloud)
    wanted = properties(database)
    with Runtime("migration", tmp_path, variables(cloud, database)) as function:
        for event in (
            desk.request("Create", ResourceProperties=wanted),
            desk.request("Update", ResourceProperties=wanted, OldResourceProperties=properties(database, 2)),
            desk.request("Delete", ResourceProperties=wanted),
            desk.request("Replace", ResourceProperties=wanted),
        ):
            assert function.invoke(event) == (None, None)
        log = function.log()
    created, updated, deleted, unknown = (put.said for put in desk.puts)
    done = {
        "Status": "SUCCESS",
        "PhysicalResourceId": "schema-aurora-cluster-dev",
        "StackId": "arn:aws:cloudformation:us-east-1:111111111111:stack/TapStack-dev-Migration/1",
        "RequestId": "5c3f0b1e-0000-4000-8000-000000000000",
        "LogicalResourceId": "SchemaMigration",
    }
    assert created == updated == {**done, "Data": {"AppliedVersion": "1"}}
    assert deleted == done
    assert unknown["Status"] == "FAILED"
    assert unknown["Reason"].startswith(
        "RequestInvalid: RequestType must be Create, Update or Delete, and is 'Replace'"
    )
    assert rows(database, "SELECT version FROM schema_migrations") == ((1,),)
    assert rows(database, "SHOW TABLES LIKE 'transactions'")
    assert '"correlation_id":"5c3f0b1e-0000-4000-8000-000000000000"' in log
    assert MariaDb.password not in log
    assert SIGNATURE not in log


@pytest.mark.requirement("TAP-34", "TAP-44")
def test_a_wrong_password_is_told_without_it(cloud: Cloud, database: Database, desk: Desk, tmp_path: Path) -> None:
    """whoever reads the events of a stack, or the log, learns the password"""
    keep_password(cloud, "wrong-password-1")
    with Runtime("migration", tmp_path, variables(cloud, database)) as function:
        function.invoke(desk.request("Create", ResourceProperties=properties(database)))
        log = function.log()
    (put,) = desk.puts
    assert put.said["Status"] == "FAILED"
    assert put.said["Reason"].startswith("DatabaseRefused: the database refused: error 1045: Access denied for user")
    assert "wrong-password-1" not in f"{put.body!r}{log}"


@pytest.mark.requirement("TAP-34", "TAP-44")
def test_a_password_in_an_error_of_the_database_is_in_no_line_of_the_log(
    cloud: Cloud, database: Database, desk: Desk, tmp_path: Path
) -> None:
    """the database repeats a value in its error, and whoever reads the log or the stack's events learns it"""
    keep_password(cloud)
    function = Runtime("migration", tmp_path, variables(cloud, database))
    (tmp_path / "task/images/migration/sql/V0002__secrets.sql").write_text(
        """
        CREATE TABLE secrets (word VARCHAR(80) NOT NULL, PRIMARY KEY (word))
            ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
        INSERT INTO secrets (word) VALUES ('it');
        INSERT INTO secrets (word) VALUES ('it');
        """.replace("it", MariaDb.password),
        "utf-8",
    )
    with function:
        function.invoke(desk.request("Create", ResourceProperties=properties(database, 2)))
        log = function.log()
    (put,) = desk.puts
    assert (
        "statement 3 (INSERT INTO secrets (word) VALUES ('***')): error 1062: Duplicate entry '***' for key"
        in (put.said["Reason"])
    )
    assert log.count("VALUES ('***')") >= 3
    assert MariaDb.password not in f"{put.body!r}{log}"


@pytest.mark.requirement("TAP-D22", "TAP-19")
def test_a_migration_that_hangs_is_told_fifteen_seconds_before_the_function_is_stopped(
    cloud: Cloud, database: Database, desk: Desk, tmp_path: Path
) -> None:
    """CloudFormation hears nothing of a migration that is stopped, or its successor cannot go on"""
    keep_password(cloud)
    with database.connect() as other, other.cursor() as cursor:
        cursor.execute("CREATE TABLE transactions (id INT PRIMARY KEY)")
        cursor.execute("LOCK TABLES transactions WRITE")
        with Runtime("migration", tmp_path, variables(cloud, database), seconds=17) as function:
            began = time.monotonic()
            function.invoke(desk.request("Create", ResourceProperties=properties(database)))
            assert time.monotonic() - began < 17
            (failed,) = desk.puts
            assert failed.said["Status"] == "FAILED"
            assert failed.said["Reason"].startswith("OutOfTime: not done within")
            function.kill()
        cursor.execute("DROP TABLE transactions")
    (tmp_path / "again").mkdir()
    with Runtime("migration", tmp_path / "again", variables(cloud, database)) as function:
        function.invoke(desk.request("Create", ResourceProperties=properties(database)))
    assert desk.puts[-1].said["Data"] == {"AppliedVersion": "1"}
