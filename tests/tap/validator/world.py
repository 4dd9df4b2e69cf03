"""What a validator works on: a real database with the first schema; sessions, parameters and bucket of a stand-in."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from pymysql.constants import CLIENT

from stackgen.local.cloud import Cloud
from stacks.tap.images.validator.patience import Patience
from stacks.tap.images.validator.services import made
from stacks.tap.images.validator.settings import Settings
from stacks.tap.images.validator.validation import Services, Verdict, validate
from tests.support import ROOT
from tests.tap.mariadb import Database, MariaDb

SCHEMA = ROOT / "stacks/tap/images/migration/sql/V0001__transactions.sql"
PATH = "/tap/dev/database"
PASSWORD_PARAMETER = f"{PATH}/master-password"
BUCKET = "audit-logs-dev-111111111111-us-east-1"
TABLE = "sessions-dev"
SESSION, LATE = "session-1", "session-late"
"""A session that lives long, and one that has expired and is not deleted yet."""
NOW = datetime(2026, 3, 1, 12, 0, 0, 250_000, UTC)
EAGER = Patience(first=0.01, longest=0.2)


def wanted(**fields: Any) -> dict[str, Any]:
    """A transaction that is right, but for what is said."""
    right = {
        "transaction_id": "tx-1", "amount": "12.50", "currency": "EUR", "account_id": "account-1", "session_id": SESSION
    }  # fmt: skip
    return {name: value for name, value in {**right, **fields}.items() if value is not ...}


@dataclass
class World:
    """Everything that a validation may read or write."""

    cloud: Cloud
    server: MariaDb
    name: str
    authority: Path

    @classmethod
    def on(cls, cloud: Cloud, database: Database) -> World:
        world = cls(cloud, database.server, database.name, database.server.authority)
        cls.create_schema(database)
        world.prepare()
        return world

    @staticmethod
    def create_schema(database: Database) -> None:
        """What the migration does."""
        with database.connect(client_flag=CLIENT.MULTI_STATEMENTS) as connection, connection.cursor() as cursor:
            cursor.execute(SCHEMA.read_text("utf-8"))

    def prepare(self) -> None:
        s3 = self.cloud.client("s3")
        s3.create_bucket(Bucket=BUCKET)
        s3.put_bucket_versioning(Bucket=BUCKET, VersioningConfiguration={"Status": "Enabled"})
        dynamodb = self.cloud.client("dynamodb")
        dynamodb.create_table(
            TableName=TABLE,
            KeySchema=[{"AttributeName": "session_id", "KeyType": "HASH"}],
            AttributeDefinitions=[{"AttributeName": "session_id", "AttributeType": "S"}],
            BillingMode="PAY_PER_REQUEST",
        )
        self.log_in(SESSION, int(NOW.timestamp()) + 10**9)
        self.log_in(LATE, int(NOW.timestamp()))
        self.put_parameters()

    def put_parameters(self, **changed: str) -> None:
        """What the database stack and the deployment write."""
        values = {"endpoint": self.server.host, "port": str(self.server.port), "name": self.name,
                  "user": self.server.user, "master-password": self.server.password, **changed}  # fmt: skip
        for name, value in values.items():
            kind = "SecureString" if name == "master-password" else "String"
            self.cloud.client("ssm").put_parameter(Name=f"{PATH}/{name}", Value=value, Type=kind, Overwrite=True)

    def log_in(self, session_id: str, expires_at: int) -> None:
        item = {"session_id": {"S": session_id}, "user_id": {"S": "u"}, "expires_at": {"N": str(expires_at)}}
        self.cloud.client("dynamodb").put_item(TableName=TABLE, Item=item)

    @property
    def variables(self) -> dict[str, str]:
        """The function's environment, as the stack sets it; the authority is the test's."""
        return {
            "AUDIT_BUCKET": BUCKET,
            "DATABASE_PARAMETERS_PATH": PATH,
            "PASSWORD_PARAMETER": PASSWORD_PARAMETER,
            "SESSION_TABLE": TABLE,
            "DATABASE_CA_FILE": str(self.authority),
        }

    def services(self, **variables: str) -> Services:
        """Those of one environment of the function, at NOW."""
        settings = Settings.read({**self.variables, **variables})
        return replace(made(settings, self.cloud.client), now=lambda: NOW)

    def judge(self, given: object, services: Services | None = None) -> Verdict:
        return validate(given, services or self.services(), EAGER)

    def rows(self) -> list[tuple[Any, ...]]:
        """What the database holds, by id."""
        with self.server.connect(database=self.name) as connection, connection.cursor() as cursor:
            cursor.execute(
                "SELECT transaction_id, amount, currency, account_id, session_digest, accepted_at "
                "FROM transactions ORDER BY transaction_id"
            )
            return list(cursor.fetchall())

    def objects(self) -> dict[str, Any]:
        """What the audit log holds, by key."""
        s3 = self.cloud.client("s3")
        keys = [
            each["Key"]
            for page in s3.get_paginator("list_objects_v2").paginate(Bucket=BUCKET)
            for each in page.get("Contents", [])
        ]
        return {key: json.loads(s3.get_object(Bucket=BUCKET, Key=key)["Body"].read()) for key in keys}

    def sessions(self) -> list[Any]:
        """What the session table holds."""
        items: list[Any] = self.cloud.client("dynamodb").scan(TableName=TABLE)["Items"]
        return sorted(items, key=lambda item: str(item["session_id"]))

    def everything(self) -> tuple[Any, ...]:
        return self.rows(), self.objects(), self.sessions()
