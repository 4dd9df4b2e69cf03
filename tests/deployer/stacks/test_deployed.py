"""The built templates in the stand-in: they deploy as they are, and what calls the functions calls them."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from stackgen.deployer import bundle
from stackgen.deployer.handlers import release_lock
from stackgen.local.cloud import Cloud

BUILT = Path(__file__).parents[3] / "build" / "deployer"
ACCOUNT = "111111111111"
REGION = "us-east-1"
CODE = "code-of-the-deployer"
NAMED = ["CAPABILITY_NAMED_IAM"]
KSUID = "2abcdefghijklmnopqrstuvwxyz"


class Deployed:
    """A deployer of the environment ``ops``; ``called`` holds the events of the functions around the machine."""

    def __init__(self, cloud: Cloud) -> None:
        self.cloud = cloud
        self.called: dict[str, list[Any]] = {"s3-trigger": [], "trigger-build": [], "clean-up-execution": []}
        for name, events in self.called.items():
            cloud.functions.register(f"*-{name}", keeping(events))
        self.client("s3").create_bucket(Bucket=CODE)
        self.client("s3").put_object(
            Bucket=CODE, Key=bundle.key(), Body=b"a zip"
        )  # handlers are registered, not unpacked

    def client(self, service: str) -> Any:
        return self.cloud.client(service, ACCOUNT, REGION)

    def deploy(self, name: str, **values: str) -> dict[str, str]:
        """Deploy a built template, and answer its outputs."""
        self.client("s3").put_object(Bucket=CODE, Key=f"{name}.json", Body=(BUILT / f"{name}.json").read_bytes())
        cloudformation = self.client("cloudformation")
        cloudformation.create_stack(
            StackName=name,
            TemplateURL=f"https://{CODE}.s3.{REGION}.amazonaws.com/{name}.json",
            Parameters=[{"ParameterKey": key, "ParameterValue": value} for key, value in values.items()],
            Capabilities=NAMED,
        )
        stack = cloudformation.describe_stacks(StackName=name)["Stacks"][0]
        events = cloudformation.describe_stack_events(StackName=name)["StackEvents"]
        failed = [each.get("ResourceStatusReason") for each in events if "FAILED" in each["ResourceStatus"]]
        assert stack["StackStatus"] == "CREATE_COMPLETE", failed
        return {each["OutputKey"]: each["OutputValue"] for each in stack["Outputs"]}

    def wait_for(self, function: str) -> None:
        """Let time pass until a function was called, and then some more: S3 tells it from a thread of its own."""
        until = time.monotonic() + 60
        while not self.called[function] and time.monotonic() < until:
            self.cloud.clock.advance(1)
            time.sleep(0.01)
        self.cloud.clock.advance(60)


def keeping(events: list[Any]) -> Callable[[Any, object], None]:
    """A function that only keeps what it is called with."""
    return lambda event, _: events.append(event)


@pytest.fixture
def deployed() -> Iterator[Deployed]:
    with Cloud() as cloud:
        yield Deployed(cloud)


def build(sk: str) -> dict[str, Any]:
    return {"PK": {"S": "REPO#shop#ENV#dev"}, "SK": {"S": sk}, "status": {"S": "PENDING"}}


def test_the_built_template_deploys_and_its_settings_can_be_looked_up(deployed: Deployed) -> None:
    outputs = deployed.deploy("deployer-stack", Env="ops", CodeBucketName=CODE)
    ssm = deployed.client("ssm")
    found = ssm.get_parameters_by_path(Path="/ops/aws-deployer/", Recursive=True)["Parameters"]
    settings = {each["Name"].removeprefix("/ops/aws-deployer/"): each["Value"] for each in found}
    assert settings["state-machine-arn"] == outputs["StateMachineArn"]
    assert settings["s3-bucket"] == outputs["ArtifactBucketName"] == f"ops-aws-deployer-{ACCOUNT}-{REGION}"
    assert settings["tables/builds"] == "ops-aws-deployer-builds"
    assert settings["administration-role-arn"].endswith(":role/AWSCloudFormationStackSetAdministrationRole-ops")
    machine = deployed.client("stepfunctions").describe_state_machine(stateMachineArn=outputs["StateMachineArn"])
    invoked = f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:ops-aws-deployer-acquire-lock"
    assert json.loads(machine["definition"])["States"]["AcquireLock"]["Parameters"]["FunctionName"] == invoked


def test_a_function_finds_its_tables_by_its_environment(deployed: Deployed) -> None:
    deployed.deploy("deployer-stack", Env="ops", TableNameSeparator="--", CodeBucketName=CODE)
    deployed.cloud.functions.register("handlers.release_lock.handler", release_lock.handler)
    locks = {"TableName": "ops-aws-deployer--locks"}
    deployed.client("dynamodb").put_item(
        **locks, Item={"PK": {"S": "LOCK#dev#shop"}, "build_id": {"S": KSUID}, "ttl": {"N": "1"}}
    )
    answer = deployed.client("lambda").invoke(
        FunctionName="ops-aws-deployer-release-lock",
        Payload=json.dumps({"env": "dev", "repo": "shop", "sk": KSUID}),
    )
    assert json.load(answer["Payload"])["released"] is True
    assert deployed.client("dynamodb").scan(**locks)["Count"] == 0


@pytest.mark.requirement("DEP-50")
def test_the_last_object_of_a_release_calls_the_trigger_and_no_other_does(deployed: Deployed) -> None:
    """the notification is not set, or is set for everything"""
    bucket = deployed.deploy("deployer-stack", Env="ops", CodeBucketName=CODE)["ArtifactBucketName"]
    for name in ("cloudformation.template", "cloudformation-params.dev.json", "cloudformation-params.json"):
        deployed.client("s3").put_object(Bucket=bucket, Key=f"shop/main/1.abc/{name}", Body=b"{}")
    deployed.wait_for("s3-trigger")
    keys = [record["s3"]["object"]["key"] for event in deployed.called["s3-trigger"] for record in event["Records"]]
    assert keys == ["shop/main/1.abc/cloudformation-params.json"]


@pytest.mark.requirement("DEP-50")
def test_new_builds_call_the_function_that_starts_executions_and_nothing_else_of_the_table_does(
    deployed: Deployed,
) -> None:
    """a change of a build, or the item of the latest one, starts an execution"""
    deployed.deploy("deployer-stack", Env="ops", CodeBucketName=CODE)
    dynamodb = deployed.client("dynamodb")
    dynamodb.put_item(TableName="ops-aws-deployer-builds", Item=build(KSUID))
    dynamodb.put_item(TableName="ops-aws-deployer-builds", Item=build(KSUID) | {"status": {"S": "FAILED"}})
    dynamodb.put_item(TableName="ops-aws-deployer-builds", Item={"PK": {"S": "LATEST#dev"}, "SK": {"S": "REPO#shop"}})
    deployed.wait_for("trigger-build")
    records = [record for event in deployed.called["trigger-build"] for record in event["Records"]]
    assert [record["eventName"] for record in records] == ["INSERT"]
    assert records[0]["dynamodb"]["NewImage"]["status"] == {"S": "PENDING"}


@pytest.mark.requirement("DEP-D41")
def test_an_execution_that_is_stopped_comes_to_the_clean_up(deployed: Deployed) -> None:
    """the rule, the queue's policy or the mapping does not fit, and nobody hears of it"""
    arn = deployed.deploy("deployer-stack", Env="ops", CodeBucketName=CODE)["StateMachineArn"]
    steps = deployed.client("stepfunctions")
    deployed.cloud.functions.register(
        "*-acquire-lock", lambda *_: {"lock_acquired": False, "should_retry": True, "retry_count": 1}
    )
    given = {"env": "dev", "repo": "shop", "sk": KSUID, "retry_count": 0, "continuation": 0}
    execution = steps.start_execution(stateMachineArn=arn, name="shop", input=json.dumps(given))["executionArn"]
    steps.stop_execution(executionArn=execution)
    deployed.wait_for("clean-up-execution")
    bodies = [
        json.loads(record["body"]) for event in deployed.called["clean-up-execution"] for record in event["Records"]
    ]
    assert [(each["detail"]["executionArn"], each["detail"]["status"]) for each in bodies] == [(execution, "ABORTED")]


def test_the_roles_of_a_target_and_the_administration_role_alone_deploy(deployed: Deployed) -> None:
    outputs = deployed.deploy("target-roles", Env="ops")
    assert outputs["ExecutionRoleArn"] == f"arn:aws:iam::{ACCOUNT}:role/AWSCloudFormationStackSetExecutionRole"
    assert outputs["ReaderRoleArn"] == f"arn:aws:iam::{ACCOUNT}:role/DeployerReaderRole"
    role = deployed.client("iam").get_role(RoleName="DeployerReaderRole")["Role"]
    pattern = role["AssumeRolePolicyDocument"]["Statement"][0]["Condition"]["ArnLike"]["aws:PrincipalArn"]
    assert pattern == f"arn:aws:iam::{ACCOUNT}:role/aws-deployer/ops/*"
    services = deployed.client("iam").get_policy_version(
        PolicyArn=outputs["BoundaryArn"],
        VersionId=deployed.client("iam").get_policy(PolicyArn=outputs["BoundaryArn"])["Policy"]["DefaultVersionId"],
    )["PolicyVersion"]["Document"]["Statement"][0]["Action"]
    assert {"s3:*", "dynamodb:*", "lambda:*"} <= set(services)
    alone = deployed.deploy("stackset-administration", Env="alone")
    assert alone["AdministrationRoleArn"].endswith(":role/AWSCloudFormationStackSetAdministrationRole-alone")
