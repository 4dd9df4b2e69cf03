"""The validator where its stack puts it: with the variables, names and rights of the templates, on a real database."""

from __future__ import annotations

import json
import os
from typing import Any

import pytest

from stackgen.local.cloud import Cloud
from stacks.tap.images.validator.handler import handler
from tests.local.tapstack import SUFFIX, TapStack
from tests.tap.mariadb import Database
from tests.tap.validator.world import World, wanted

REGION = "eu-west-1"
FUNCTION = f"transaction-validator-{SUFFIX}"
BROKEN = "tx-broken"


class BrokenContext:
    """What Lambda never gives: with it the code meets an error that nobody thought of."""

    aws_request_id = "request-1"

    def get_remaining_time_in_millis(self) -> int:
        raise RuntimeError("correct-horse-battery-1")


@pytest.fixture
def tap(cloud: Cloud, database: Database) -> TapStack:
    """The whole tree, whose database parameters are made to lead to the real one."""

    def run(event: object, context: Any) -> dict[str, Any]:
        os.environ["DATABASE_CA_FILE"] = str(database.server.authority)  # the environment is this invocation's own
        broken = isinstance(event, dict) and event.get("transaction_id") == BROKEN
        return handler(event, BrokenContext() if broken else context)

    cloud.functions.register(FUNCTION, run)
    World.create_schema(database)
    tap = TapStack(cloud, REGION)
    tap.prepare(REGION)
    tap.deploy(REGION, "TapStack-dev", "TapStack", {**tap.root_parameters(REGION), "TransactionLimit": "500"})
    assert tap.status(REGION, "TapStack-dev") == "CREATE_COMPLETE"
    ssm = tap.client("ssm", REGION)
    place = {"endpoint": database.server.host, "port": str(database.server.port), "name": database.name,
             "user": database.server.user, "password": database.server.password}  # fmt: skip
    for name, value in place.items():
        kind = "SecureString" if name == "password" else "String"
        ssm.put_parameter(Name=f"/tap/{SUFFIX}/database/{name}", Value=value, Type=kind, Overwrite=True)
    tap.client("dynamodb", REGION).put_item(
        TableName=tap.outputs(REGION, "TapStack-dev")["SessionTableName"],
        Item={"session_id": {"S": "session-1"}, "user_id": {"S": "u"}, "expires_at": {"N": str(2**40)}},
    )
    return tap


def invoke(tap: TapStack, **fields: Any) -> Any:
    answer = tap.client("lambda", REGION).invoke(
        FunctionName=FUNCTION, Qualifier="live", Payload=json.dumps(wanted(**fields))
    )
    return json.loads(answer["Payload"].read())


@pytest.mark.requirement("TAP-12", "TAP-09")
def test_callers_of_the_alias_reach_a_validator_that_finds_all_it_needs(tap: TapStack, database: Database) -> None:
    """the stack gives the function another variable, table, bucket or parameter than the code asks for"""
    outputs = tap.outputs(REGION, "TapStack-dev")
    assert invoke(tap) == {"statusCode": 200, "valid": True, "errors": []}
    assert [each["code"] for each in invoke(tap, transaction_id="tx-2", amount="500.01")["errors"]] == [
        "amount_too_large"
    ]
    with database.connect() as connection, connection.cursor() as cursor:
        cursor.execute("SELECT transaction_id FROM transactions")
        assert cursor.fetchall() == (("tx-1",),)
    found = tap.client("s3", REGION).list_objects_v2(Bucket=outputs["AuditLogBucketName"])["Contents"]
    assert [each["Key"] for each in found] == ["transactions/tx-1.json"]


def test_an_error_that_nobody_thought_of_tells_its_place_and_no_value(tap: TapStack) -> None:
    tap.client("ssm", REGION).put_parameter(
        Name=f"/tap/{SUFFIX}/database/port", Value="1", Type="String", Overwrite=True
    )
    raised = invoke(tap, transaction_id=BROKEN)
    assert raised["errorType"] == "Unexpected"
    assert raised["errorMessage"].startswith("RuntimeError in test_in_the_stack.py:")
    assert "correct-horse" not in json.dumps(raised)
