"""TapStack in the stand-in with the real migration on a real database: updated, failed, brought back, deleted."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from stackgen.local.cloud import Cloud
from stacks.tap.images.migration import handler as function
from stacks.tap.images.migration.responding import respond
from tests.local.tapstack import CAPABILITIES, REGIONS, SUFFIX, TapStack, parameters
from tests.tap.mariadb import Database
from tests.tap.migration.schemas import GROWTH, rows, written

ROOT = f"TapStack-{SUFFIX}"
FIRST, SECOND, _ = GROWTH
BROKEN = "UPDATE accounts SET name = owner"
FAILING = f"ALTER TABLE accounts ADD COLUMN note VARCHAR(40) NULL;\n{BROKEN};\n"


class Deployment:
    """TapStack of one region; its cluster's address leads to the tests' database, as a network would."""

    def __init__(self, cloud: Cloud, region: str, database: Database, folder: Path) -> None:
        self.tap = TapStack(cloud, region)
        self.database = database
        self.folder = folder
        self.asked: list[tuple[str, str]] = []
        self.tap.prepare(region)
        self.tap.client("ssm", region).put_parameter(
            Name=f"/tap/{SUFFIX}/database/password", Value=database.server.password, Type="SecureString", Overwrite=True
        )
        cloud.functions.register("*migration*", self.migrate)
        function.passwords.forget()  # of the stand-in of another test

    def migrate(self, event: dict[str, Any], context: Any) -> None:
        wanted = event["ResourceProperties"]
        self.asked.append((event["RequestType"], wanted["SchemaVersion"]))
        os.environ["DATABASE_CA_FILE"] = str(self.database.server.authority)
        there = {
            "ClusterEndpoint": self.database.server.host,
            "DatabasePort": str(self.database.server.port),
            "DatabaseName": self.database.name,
        }
        event = {**event, "ResourceProperties": {**wanted, **there}}
        respond(event, lambda: function.migrated(event, context, self.folder), function.log, function.passwords.hidden)

    def values(self, version: int) -> dict[str, str]:
        return {**self.tap.root_parameters(self.tap.home), "SchemaVersion": str(version)}

    def create(self, version: int) -> str:
        self.tap.deploy(self.tap.home, ROOT, "TapStack", self.values(version))
        return self.tap.status(self.tap.home, ROOT)

    def update(self, version: int) -> str:
        self.formation.update_stack(
            StackName=ROOT, TemplateURL=self.tap.url(self.tap.home, "TapStack"), Capabilities=CAPABILITIES,
            Parameters=parameters(self.values(version)),
        )  # fmt: skip
        return self.tap.status(self.tap.home, ROOT)

    @property
    def formation(self) -> Any:
        return self.tap.client("cloudformation", self.tap.home)

    def applied(self) -> str:
        return self.tap.outputs(self.tap.home, ROOT)["AppliedVersion"]

    def reasons(self) -> list[str]:
        """Why the custom resource failed."""
        stacks = self.formation.describe_stacks()["Stacks"]
        (child,) = [each["StackName"] for each in stacks if each["StackName"].startswith(f"{ROOT}-Migration")]
        events = self.formation.describe_stack_events(StackName=child)["StackEvents"]
        return [
            each["ResourceStatusReason"]
            for each in events
            if each["LogicalResourceId"] == "SchemaMigration" and each["ResourceStatus"].endswith("FAILED")
        ]


@pytest.mark.requirement("TAP-18", "TAP-D31", "TAP-45")
@pytest.mark.parametrize("region", REGIONS)
def test_an_update_whose_migration_fails_is_brought_back_with_file_and_statement_told(
    cloud: Cloud, database: Database, tmp_path: Path, region: str
) -> None:
    """the update succeeds over a half-made schema, its rollback fails, or nobody learns which statement it was"""
    folder = written(tmp_path / "sql", {**GROWTH, SECOND: FAILING})
    deployment = Deployment(cloud, region, database, folder)
    assert deployment.create(1) == "CREATE_COMPLETE"
    assert deployment.applied() == "1"
    before = rows(database, "SELECT id, name FROM accounts ORDER BY id")

    assert deployment.update(2) == "UPDATE_ROLLBACK_COMPLETE"
    (reason,) = deployment.reasons()
    assert f"StatementFailed: {SECOND}, statement 2 ({BROKEN}): error 1054: Unknown column 'owner'" in reason
    assert database.server.password not in reason
    assert deployment.applied() == "1"
    assert rows(database, "SELECT id, name FROM accounts ORDER BY id") == before

    (folder / SECOND).write_text(FAILING.replace("name = owner", "note = name"), "utf-8")
    assert deployment.update(2) == "UPDATE_COMPLETE"
    assert deployment.applied() == "2"
    assert rows(database, "SELECT note FROM accounts ORDER BY id") == (("one; and a half",), ("two",))

    deployment.formation.delete_stack(StackName=ROOT)
    assert deployment.asked == [("Create", "1"), ("Update", "2"), ("Update", "1"), ("Update", "2"), ("Delete", "2")]
    assert rows(database, "SELECT COUNT(*) FROM accounts") == ((2,),)


@pytest.mark.requirement("TAP-D31")
def test_an_update_whose_image_holds_broken_files_is_brought_back_by_the_same_image(
    cloud: Cloud, database: Database, tmp_path: Path
) -> None:
    """the stack is left in UPDATE_ROLLBACK_FAILED, for the rollback reads the files that broke the update"""
    folder = written(tmp_path / "sql", GROWTH)
    deployment = Deployment(cloud, "us-east-1", database, folder)
    assert deployment.create(1) == "CREATE_COMPLETE"
    (folder / SECOND).write_text("DROP TABLE accounts;\n", "utf-8")
    assert deployment.update(2) == "UPDATE_ROLLBACK_COMPLETE"
    (reason,) = deployment.reasons()
    assert f"SourcesInvalid: {SECOND}: statement 1 (DROP TABLE accounts)" in reason
    assert deployment.applied() == "1"
    assert rows(database, "SELECT COUNT(*) FROM accounts") == ((2,),)


@pytest.mark.requirement("TAP-D31")
def test_a_creation_whose_migration_fails_leaves_no_stack_and_can_be_repeated(
    cloud: Cloud, database: Database, tmp_path: Path
) -> None:
    """a first deployment that failed cannot be made again, for what its migration left in the database"""
    folder = written(tmp_path / "sql", {**GROWTH, SECOND: FAILING})
    deployment = Deployment(cloud, "us-east-1", database, folder)
    assert deployment.create(2) == "ROLLBACK_COMPLETE"
    deployment.formation.delete_stack(StackName=ROOT)
    (folder / SECOND).write_text(FAILING.replace("name = owner", "note = name"), "utf-8")
    assert deployment.create(2) == "CREATE_COMPLETE"
    assert deployment.applied() == "2"
