"""Smart Stream deployed in the stand-in: one environment of each class side by side, and what is left of each."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from botocore.exceptions import ClientError

from stackgen.local.cloud import Cloud
from tests.smart_stream.deployment import CLASSES, SmartStream


@pytest.fixture
def stream() -> Iterator[SmartStream]:
    with Cloud() as cloud:
        stream = SmartStream(cloud)
        stream.share()
        yield stream


@pytest.mark.requirement("SS-01", "SS-04", "SS-22")
def test_one_environment_of_each_class_lives_beside_the_others(stream: SmartStream) -> None:
    """an environment cannot be made, takes a name of another, or exports another name"""
    seen: set[str] = set()
    for name in CLASSES:
        assert stream.deploy(name) == "CREATE_COMPLETE", stream.why(name)
        outputs = stream.outputs(name)
        assert outputs["ApiUrl"]["ExportName"] == f"yoto-smart-stream-{name}-ApiUrl"
        assert outputs["DynamoDBTableName"]["OutputValue"] == f"yoto-smart-stream-{name}"
        assert outputs["UiUrl"]["OutputValue"] == outputs["CloudFrontUrl"]["OutputValue"]
        common = {"PagesCacheControl", "ServiceName", "UiUrl"}
        values = {each["OutputValue"] for key, each in outputs.items() if key not in common}
        assert not values & seen
        seen |= values
    vpcs = stream.client("ec2").describe_vpcs(Filters=[{"Name": "tag:Project", "Values": ["yoto-smart-stream"]}])
    assert len(vpcs["Vpcs"]) == 2
    plans = stream.client("backup").list_backup_plans()["BackupPlansList"]
    assert [each["BackupPlanName"] for each in plans] == ["yoto-daily-dev"]
    selections = stream.client("backup").list_backup_selections(BackupPlanId=plans[0]["BackupPlanId"])
    assert [each["SelectionName"] for each in selections["BackupSelectionsList"]] == ["table"]
    (service,) = stream.client("ecs").describe_services(cluster="yoto-mqtt-prod", services=["yoto-mqtt-prod"])[
        "services"
    ]
    assert [(each["capacityProvider"], each.get("base")) for each in service["capacityProviderStrategy"]] == [
        ("FARGATE", 1),
        ("FARGATE_SPOT", None),
    ]


@pytest.mark.requirement("SS-D35", "SS-16")
def test_a_pull_request_leaves_nothing_and_production_its_data(stream: SmartStream) -> None:
    """the table of a pull request stays, or production's goes with its stack"""
    for name in ("prod", "pr-7"):
        stream.deploy(name)
    tables = stream.client("dynamodb")
    with pytest.raises(ClientError, match="protection"):
        tables.delete_table(TableName="yoto-smart-stream-prod")
    for name in ("prod", "pr-7"):
        stream.client("cloudformation").delete_stack(StackName=stream.stack(name))
    assert tables.list_tables()["TableNames"] == ["yoto-smart-stream-prod"]
    left = {each["Name"] for each in stream.client("s3").list_buckets()["Buckets"]}
    assert {each for each in left if "prod" in each or "pr-7" in each} == {
        "yoto-audio-prod-111111111111",
        "yoto-ui-prod-111111111111",
    }


@pytest.mark.requirement("SS-14", "SS-24")
def test_the_function_is_told_the_client_id_of_parameter_store(stream: SmartStream) -> None:
    """the function reads the parameter's name in place of the client ID, or another environment's table"""
    stream.deploy("pr-7", EnableMQTT="false")
    function = stream.client("lambda").get_function_configuration(FunctionName="yoto-api-pr-7")
    variables = function["Environment"]["Variables"]
    assert variables["YOTO_CLIENT_ID"] == "client-of-yoto"
    assert variables["DYNAMODB_TABLE"] == "yoto-smart-stream-pr-7"
