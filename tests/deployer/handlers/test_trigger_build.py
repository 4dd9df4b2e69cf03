"""A new build starts its execution once, whatever the stream repeats and whatever AWS answers."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from stackgen.deployer.handlers import items, ksuid, s3_trigger, trigger_build
from stackgen.local.cloud import Cloud
from stackgen.local.faults import Fail, LoseAnswer, Throttle
from tests.deployer.handlers.installation import ACCOUNT, FunctionFailed, Installation
from tests.local.machines.deployed import machine

SK = ksuid.new(1_795_970_919, bytes(16))
OTHER = ksuid.new(1_795_970_920, bytes(16))
SHORT = {"Work": {"Type": "Pass", "End": True}}
LONG = {"Work": {"Type": "Wait", "Seconds": 3600, "End": True}}


class Triggering:
    """An installation, its state machine, and the function of the stream."""

    def __init__(self, cloud: Cloud, states: dict[str, Any] = LONG) -> None:
        self.cloud = cloud
        self.machine = machine(cloud, states, "deployer")
        self.made = Installation(cloud, STATE_MACHINE_ARN=self.machine)
        self.made.install("trigger_build", trigger_build.handler)

    def build(self, sk: str = SK, **more: Any) -> dict[str, Any]:
        """Put a build; the item."""
        item = {
            "PK": f"REPO#{more.get('repo', 'shop')}#ENV#{more.get('env', 'dev')}",
            "SK": sk,
            "repo": "shop",
            "env": "dev",
            "branch": "feature/x",
            "version": "17.abc",
            "commit_hash": "abc",
            "build_number": "17",
            "s3_bucket": "artifacts",
            "s3_key": "shop/feature/x/17.abc",
            "status": "PENDING",
            **more,
        }
        self.made.put("builds", **{name: value for name, value in item.items() if value is not None})
        return {name: value for name, value in item.items() if value is not None}

    def tell(self, *records: dict[str, Any]) -> Any:
        return self.made.invoke("trigger_build", {"Records": list(records)})

    def executions(self) -> list[dict[str, Any]]:
        client = self.cloud.client("stepfunctions")
        found = client.list_executions(stateMachineArn=self.machine)["executions"]
        return [dict(client.describe_execution(executionArn=each["executionArn"])) for each in found]

    def statuses(self) -> list[str]:
        return [each["status"] for each in self.made.builds()]


@pytest.fixture
def cloud() -> Iterator[Cloud]:
    with Cloud() as cloud:
        yield cloud


def record(item: dict[str, Any], number: str = "100", name: str = "INSERT") -> dict[str, Any]:
    """As the stream tells it."""
    image = items.item(item)
    keys = {key: image[key] for key in ("PK", "SK") if key in image}
    return {
        "eventID": number,
        "eventName": name,
        "eventSource": "aws:dynamodb",
        "dynamodb": {"Keys": keys, "NewImage": image, "SequenceNumber": number, "StreamViewType": "NEW_AND_OLD_IMAGES"},
    }


@pytest.mark.requirement("DEP-50", "DEP-D32")
def test_a_new_build_starts_an_execution_that_it_remembers(cloud: Cloud) -> None:
    """A new build without an execution, with a wrong input of it, or that does not name it."""
    triggering = Triggering(cloud)
    assert triggering.tell(record(triggering.build())) == {"batchItemFailures": []}
    (execution,) = triggering.executions()
    assert execution["name"] == f"shop-dev-{SK}"
    assert json.loads(execution["input"]) == {
        "repo": "shop",
        "env": "dev",
        "branch": "feature/x",
        "version": "17.abc",
        "commit_hash": "abc",
        "sk": SK,
        "s3_bucket": "artifacts",
        "s3_key": "shop/feature/x/17.abc",
        "retry_count": 0,
        "continuation": 0,
    }
    (build,) = triggering.made.builds()
    assert (build["status"], build["execution_arn"]) == ("IN_PROGRESS", execution["executionArn"])
    assert [each["status"] for each in triggering.made.latest()] == ["IN_PROGRESS"]


@pytest.mark.requirement("DEP-50", "DEP-49", "DEP-52")
def test_from_the_upload_to_the_execution(cloud: Cloud) -> None:
    """An upload that does not reach Step Functions by way of S3 and the stream, or one without targets that does."""
    triggering = Triggering(cloud)
    made = triggering.made
    function = made.install("s3_trigger", s3_trigger.handler)
    made.targets("shop", "qa", "222222222222")
    made.put("targets", PK="REPO#shop", SK="CONFIG", initial_env="qa")
    stream = cloud.client("dynamodb").describe_table(TableName=made.table("builds"))["Table"]["LatestStreamArn"]
    cloud.client("lambda").create_event_source_mapping(
        EventSourceArn=stream,
        FunctionName="trigger_build",
        StartingPosition="TRIM_HORIZON",
        FunctionResponseTypes=["ReportBatchItemFailures"],
    )
    s3 = cloud.client("s3")
    s3.create_bucket(Bucket="artifacts")
    s3.put_bucket_notification_configuration(
        Bucket="artifacts",
        NotificationConfiguration={
            "LambdaFunctionConfigurations": [{"LambdaFunctionArn": function, "Events": ["s3:ObjectCreated:*"]}]
        },
    )
    for folder in ("shop/feature/a b/1.abc", "mail/main/2.def"):
        s3.put_object(Bucket="artifacts", Key=f"{folder}/cloudformation.template", Body=b"{}")
        s3.put_object(Bucket="artifacts", Key=f"{folder}/cloudformation-params.json", Body=b"{}")
    cloud.clock.settle()
    assert cloud.functions.failures() == []
    assert {(each["PK"], each["status"]) for each in made.builds()} == {
        ("REPO#mail#ENV#dev", "FAILED"),
        ("REPO#shop#ENV#qa", "IN_PROGRESS"),
    }
    (execution,) = triggering.executions()
    assert json.loads(execution["input"])["branch"] == "feature/a b"


@pytest.mark.parametrize("states", [SHORT, LONG])
def test_a_record_that_comes_again_starts_nothing_more_and_is_no_failure(cloud: Cloud, states: dict[str, Any]) -> None:
    triggering = Triggering(cloud, states)
    told = record(triggering.build())
    assert [triggering.tell(told) for _ in range(3)] == [{"batchItemFailures": []}] * 3
    cloud.clock.settle()
    assert triggering.tell(told) == {"batchItemFailures": []}
    assert len(triggering.executions()) == 1
    assert triggering.statuses() == ["IN_PROGRESS"]


@pytest.mark.requirement("DEP-D58")
def test_an_execution_that_ended_before_it_was_noted_is_found_by_its_name(cloud: Cloud) -> None:
    """Step Functions then says ExecutionAlreadyExists, for the input differs."""
    triggering = Triggering(cloud, SHORT)
    item = triggering.build()
    client = cloud.client("stepfunctions")
    earlier = client.start_execution(stateMachineArn=triggering.machine, name=f"shop-dev-{SK}", input="{}")
    cloud.clock.settle()
    assert triggering.tell(record(item)) == {"batchItemFailures": []}
    (build,) = triggering.made.builds()
    assert (build["status"], build["execution_arn"]) == ("IN_PROGRESS", earlier["executionArn"])


@pytest.mark.parametrize("status", ["SUCCESS", "FAILED", "IN_PROGRESS"])
def test_a_build_that_has_moved_on_meanwhile_stays_as_it_is(cloud: Cloud, status: str) -> None:
    """A fast execution ends the build before this function comes to note that it began."""
    triggering = Triggering(cloud)
    told = record(triggering.build())
    triggering.build(status=status, execution_arn="earlier")
    assert triggering.tell(told) == {"batchItemFailures": []}
    (build,) = triggering.made.builds()
    assert (build["status"], build["execution_arn"]) == (status, "earlier")


@pytest.mark.requirement("DEP-49")
@pytest.mark.parametrize(
    "changed",
    [
        {"status": "FAILED"},
        {"status": "IN_PROGRESS"},
        {"status": None},
        {"PK": "LATEST#dev", "SK": "REPO#shop"},
    ],
)
def test_what_does_not_wait_is_not_started(cloud: Cloud, changed: dict[str, Any]) -> None:
    """An execution for a build that was refused, or that runs already."""
    triggering = Triggering(cloud)
    assert triggering.tell(record(triggering.build(**changed))) == {"batchItemFailures": []}
    assert triggering.executions() == []


@pytest.mark.parametrize("name", ["MODIFY", "REMOVE"])
def test_only_a_record_that_was_inserted_starts_anything(cloud: Cloud, name: str) -> None:
    triggering = Triggering(cloud)
    assert triggering.tell(record(triggering.build(), name=name)) == {"batchItemFailures": []}
    assert (triggering.executions(), triggering.statuses()) == ([], ["PENDING"])


@pytest.mark.parametrize("missing", ["s3_bucket", "s3_key"])
def test_a_build_that_lacks_what_the_machine_needs_fails_with_the_name_of_the_field(cloud: Cloud, missing: str) -> None:
    triggering = Triggering(cloud)
    without: dict[str, Any] = {missing: None}
    lacking = triggering.build(**without)
    answer = triggering.tell(record(lacking), record(triggering.build(OTHER), "101"))
    assert answer == {"batchItemFailures": []}
    broken, good = triggering.made.builds()
    assert (broken["status"], good["status"]) == ("FAILED", "IN_PROGRESS")
    assert broken["error_msg"].startswith(f"not started: {missing} must be a text")


def test_a_record_of_no_build_at_all_does_not_block_the_stream(cloud: Cloud) -> None:
    triggering = Triggering(cloud)
    strange = {"PK": "REPO#shop#ENV#dev", "SK": SK, "status": "PENDING"}
    assert triggering.tell(record(strange), record(triggering.build(OTHER), "101")) == {"batchItemFailures": []}
    assert [each["name"] for each in triggering.executions()] == [f"shop-dev-{OTHER}"]


@pytest.mark.requirement("DEP-50")
@pytest.mark.parametrize(
    ("repo", "env"), [("shop", "dev"), ("my shop/api", "dev"), ("s" * 90, "dev"), ("é", "prod"), ("a.b_c", "e")]
)
def test_an_execution_has_a_name_that_step_functions_takes(cloud: Cloud, repo: str, env: str) -> None:
    """A name of a repository or an environment whose builds cannot be started."""
    triggering = Triggering(cloud)
    triggering.tell(record(triggering.build(repo=repo, env=env)))
    (execution,) = triggering.executions()
    assert len(execution["name"]) <= 80
    assert triggering.statuses() == ["IN_PROGRESS"]


@pytest.mark.parametrize(
    ("code", "status"),
    [("StateMachineDoesNotExist", 400), ("AccessDeniedException", 400), ("InvalidExecutionInput", 400)],
)
def test_a_start_that_is_refused_ends_the_build_with_the_reason(cloud: Cloud, code: str, status: int) -> None:
    triggering = Triggering(cloud)
    cloud.faults.add("stepfunctions:StartExecution", Fail(code, "no such machine", status), times=None)
    assert triggering.tell(record(triggering.build())) == {"batchItemFailures": []}
    (build,) = triggering.made.builds()
    assert build["status"] == "FAILED"
    assert build["error_msg"].startswith("not started: ")
    assert "no such machine" in build["error_msg"]
    assert build["finished_at"] == build["updated_at"]
    assert [each["status"] for each in triggering.made.latest()] == ["FAILED"]


def test_a_refusal_does_not_end_a_build_that_an_earlier_attempt_started(cloud: Cloud) -> None:
    triggering = Triggering(cloud)
    told = record(triggering.build())
    triggering.tell(told)
    cloud.faults.add("stepfunctions:StartExecution", Fail("AccessDeniedException"), times=None)
    assert triggering.tell(told) == {"batchItemFailures": []}
    assert triggering.statuses() == ["IN_PROGRESS"]


@pytest.mark.parametrize("call", ["stepfunctions:StartExecution", "dynamodb:TransactWriteItems"])
@pytest.mark.parametrize("kind", [Throttle(), LoseAnswer(), Fail("InternalServerError", status=500)])
def test_a_call_that_fails_once_is_made_again(cloud: Cloud, call: str, kind: Any) -> None:
    triggering = Triggering(cloud)
    fault = cloud.faults.add(call, kind, times=1)
    assert triggering.tell(record(triggering.build())) == {"batchItemFailures": []}
    assert fault.met == 1
    assert triggering.statuses() == ["IN_PROGRESS"]
    assert len(triggering.executions()) == 1


@pytest.mark.parametrize(
    ("call", "kind", "started"),
    [
        ("stepfunctions:StartExecution", Throttle(), 0),
        ("stepfunctions:StartExecution", LoseAnswer(), 1),
        ("stepfunctions:StartExecution", Fail("ExecutionLimitExceeded"), 0),
        ("stepfunctions:StartExecution", Fail("InternalServerError", status=500), 0),
        ("dynamodb:TransactWriteItems", Throttle(), 1),
        ("dynamodb:TransactWriteItems", Fail("AccessDeniedException"), 1),
    ],
)
def test_only_the_record_that_may_succeed_later_comes_back(cloud: Cloud, call: str, kind: Any, started: int) -> None:
    triggering = Triggering(cloud)
    troubled, fine = triggering.build(), triggering.build(OTHER)
    cloud.faults.add(call, kind, times=None, when=lambda call: SK in str(call.parameters))
    told = [record(troubled, "100"), record(fine, "101")]
    assert triggering.tell(*told) == {"batchItemFailures": [{"itemIdentifier": "100"}]}
    assert triggering.statuses() == ["PENDING", "IN_PROGRESS"]
    assert len(triggering.executions()) == started + 1
    cloud.faults.clear()
    assert triggering.tell(*told) == {"batchItemFailures": []}
    assert triggering.statuses() == ["IN_PROGRESS", "IN_PROGRESS"]
    assert len(triggering.executions()) == 2


def test_a_refused_start_whose_end_cannot_be_written_comes_back(cloud: Cloud) -> None:
    triggering = Triggering(cloud)
    cloud.faults.add("stepfunctions:StartExecution", Fail("AccessDeniedException"), times=None)
    cloud.faults.add("dynamodb:TransactWriteItems", Throttle(), times=None)
    told = record(triggering.build())
    assert triggering.tell(told) == {"batchItemFailures": [{"itemIdentifier": "100"}]}
    assert triggering.statuses() == ["PENDING"]


def test_without_a_state_machine_nothing_is_lost_and_the_setting_is_named(cloud: Cloud) -> None:
    made = Installation(cloud)
    made.install("trigger_build", trigger_build.handler)
    with pytest.raises(FunctionFailed, match="SettingMissing: the environment variable STATE_MACHINE_ARN is not set"):
        made.invoke("trigger_build", {"Records": []})


@pytest.mark.parametrize("event", [{}, {"Records": None}, {"Records": "x"}])
def test_an_event_without_records_is_refused(cloud: Cloud, event: dict[str, Any]) -> None:
    made = Installation(cloud, STATE_MACHINE_ARN=f"arn:aws:states:us-east-1:{ACCOUNT}:stateMachine:m")
    made.install("trigger_build", trigger_build.handler)
    with pytest.raises(FunctionFailed, match="MissingInput: Records must be a list"):
        made.invoke("trigger_build", event)
