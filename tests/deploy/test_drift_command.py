"""``drift``: what was changed behind CloudFormation's back, in every nested stack, and what AWS could not look at."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from stackgen.deploy import stacks
from stackgen.deploy.drift import MODIFIED, detect
from stackgen.deploy.errors import BusyError
from stackgen.deploy.hiding import Hiding
from stackgen.local.faults import Fail

from .deployed import ACCOUNT, NAME, REGION, Deployed, target
from .typed import SETTINGS

if TYPE_CHECKING:
    from stackgen.deploy.drift import Detected

    from .typed import Typed

PLACE = f"{NAME} in {ACCOUNT}/{REGION}"


def ids(shop: Deployed) -> dict[str, str]:
    """The physical ids of the whole tree by logical ID."""
    cloudformation = shop.client("cloudformation")
    state = stacks.find(NAME, cloudformation)
    assert state is not None
    return {each.logical_id: each.physical_id for each in stacks.tree(state, cloudformation).all_resources()}


def changed(typed: Typed) -> Deployed:
    """The table two stacks below pays otherwise, and the queue waits longer; nobody told CloudFormation."""
    shop = typed.deploy()
    found = ids(shop)
    throughput = {"ReadCapacityUnits": 1, "WriteCapacityUnits": 1}
    dynamodb = shop.client("dynamodb")
    dynamodb.update_table(TableName=found["Table"], BillingMode="PROVISIONED", ProvisionedThroughput=throughput)
    shop.client("sqs").set_queue_attributes(QueueUrl=found["Queue"], Attributes={"DelaySeconds": "99"})
    return shop


def test_nothing_has_drifted_where_nobody_changed_anything(typed: Typed) -> None:
    typed.deploy()
    code, out, err = typed.run("drift", "--fail")
    assert code == 0
    assert out.splitlines()[0] == f"0 of 6 resources drifted, 3 resources not checked: {PLACE}"
    assert out.splitlines()[1] == "  not checked: AWS::CloudFormation::Stack (3 resources)"
    assert err == f"AWS looks at 4 stacks of {PLACE}\n"


def test_what_was_changed_in_nested_stacks_is_told_with_what_was_expected(typed: Typed) -> None:
    changed(typed)
    code, out, _ = typed.run("drift")
    assert code == 0
    lines = out.splitlines()
    assert lines[0] == f"2 of 6 resources drifted, 3 resources not checked: {PLACE}"
    at = lines.index(f"  {NAME}/Data/Tables/Table (AWS::DynamoDB::Table) was changed")
    assert lines[at + 1] == "    /BillingMode: PAY_PER_REQUEST expected, PROVISIONED found"
    at = lines.index(f"  {NAME}/Queues/Queue (AWS::SQS::Queue) was changed")
    assert lines[at + 1] == "    /DelaySeconds: 5 expected, 99 found"
    assert typed.run("drift", "--fail")[0] == 4


def test_many_types_that_aws_does_not_look_at_are_one_line_unless_all_are_wanted(typed: Typed) -> None:
    """A page of them hid what had drifted."""
    more = {
        "Gateway": {"Type": "AWS::EC2::InternetGateway"},
        "Cluster": {"Type": "AWS::ECS::Cluster"},
        "Pool": {"Type": "AWS::Cognito::UserPool"},
    }
    typed.deploy(root=more)
    lines = typed.run("drift").out.splitlines()
    some = "AWS::CloudFormation::Stack, AWS::Cognito::UserPool, AWS::EC2::InternetGateway"
    assert lines[1:] == [f"  not checked: 6 resources of 4 types, such as {some}; -v lists all"]
    lines = typed.run("drift", "-v").out.splitlines()
    assert "  not checked: AWS::EC2::InternetGateway (1 resource)" in lines


def test_programs_are_told_every_resource(typed: Typed) -> None:
    changed(typed)
    content = typed.told("drift")
    assert (content["schema"], content["version"]) == ("stackgen/drift", 1)
    (told,) = content["stacks"]
    statuses = {each["path"]: each["status"] for each in told["resources"]}
    assert statuses[f"{NAME}/Queues/Queue"] == "MODIFIED"
    assert statuses[f"{NAME}/Queues/Note"] == "IN_SYNC"
    assert statuses[f"{NAME}/Data"] == "NOT_CHECKED"
    (queue,) = [each for each in told["resources"] if each["path"] == f"{NAME}/Queues/Queue"]
    assert queue["differences"] == [
        {"path": "/DelaySeconds", "kind": "NOT_EQUAL", "expected": "5", "actual": "99"}
    ]  # fmt: skip


def test_what_is_gone_is_told(typed: Typed) -> None:
    shop = typed.deploy()
    queue = ids(shop)["Queue"]
    shop.client("sqs").delete_queue(QueueUrl=queue)
    code, out, _ = typed.run("drift", "--fail")
    assert code == 4
    assert f"  {NAME}/Queues/Queue (AWS::SQS::Queue) is gone: {queue}" in out


def test_a_secret_is_hidden_also_the_one_that_somebody_put_in_its_place(typed: Typed) -> None:
    hidden = {"Type": "AWS::SSM::Parameter", "Properties": {"Type": "String", "Value": {"Ref": "Password"}}}
    shop = typed.deploy(root={"Held": hidden})
    name = ids(shop)["Held"]
    shop.client("ssm").put_parameter(Name=name, Value="another-secret", Type="String", Overwrite=True)
    for form in ("text", "json"):
        code, out, _ = typed.run("drift", "--fail", "--format", form)
        assert code == 4
        assert "another-secret" not in out
    assert "    /Value: **** expected, **** found" in typed.run("drift")[1]


def test_a_stack_on_which_an_operation_runs_is_left_alone(typed: Typed) -> None:
    shop = typed.shop()
    plan = shop.plan()
    typed.cloud.formation.operations.steps.durations["*"] = 60
    assert plan.change_set is not None
    shop.client("cloudformation").execute_change_set(ChangeSetName=plan.change_set.id)
    code, out, err = typed.run("drift")
    assert (code, out) == (7, "")
    assert f"python -m stackgen events shop-stack -e dev -r {REGION} --follow" in err


def test_a_stack_in_a_state_that_aws_does_not_look_at_needs_a_person(typed: Typed) -> None:
    typed.cloud.faults.add("create:AWS::DynamoDB::Table", Fail("InternalFailure", "planted"))
    typed.shop().deploy()
    code, _, err = typed.run("drift")
    assert code == 6
    assert "is in ROLLBACK_COMPLETE, in which AWS looks for no drift" in err
    assert "python -m stackgen deploy shop-stack" in err


def test_a_region_that_cannot_be_looked_at_hides_no_other(typed: Typed) -> None:
    """The healthy one was not looked at, and nothing was told of it."""
    typed.write("pyproject.toml", SETTINGS.replace('["us-east-1"]', '["eu-west-1", "us-east-1"]'))
    typed.cloud.faults.add("create:AWS::DynamoDB::Table", Fail("InternalFailure", "planted"), region="eu-west-1")
    typed.run("deploy", "--yes", "-p", "TemplatesBucketName=", "--continue-on-error", "--every", "0.1")
    ran = typed.run("drift")
    assert ran.code == 8
    assert f"{NAME} in {ACCOUNT}/eu-west-1 is in ROLLBACK_COMPLETE, in which AWS looks for no drift" in ran.err
    (first, *_) = ran.out.splitlines()
    assert first.startswith("0 of ")
    assert first.endswith(f"{NAME} in {ACCOUNT}/us-east-1; 1 stack could not be looked at")


OPERATIONS = ("DetectStackDrift", "DescribeStackDriftDetectionStatus", "DescribeStackResourceDrifts",
              "ListStackResources")  # fmt: skip


@pytest.mark.parametrize("operation", OPERATIONS)
@pytest.mark.parametrize(
    ("fault", "told"),
    [
        (Fail("AccessDenied", "no", 403), "may not"),
        (Fail("ExpiredToken", "no", 403), "accept these credentials"),
        (Fail("Throttling", "no"), "refused for now"),
    ],
)
def test_what_aws_refuses_is_told(
    typed: Typed, monkeypatch: pytest.MonkeyPatch, operation: str, fault: Fail, told: str
) -> None:
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")
    typed.deploy()
    typed.cloud.faults.add(f"cloudformation:{operation}", fault, times=None)
    code, out, err = typed.run("drift")
    assert (code, out) == (1, "")
    assert told in err


class Slow:
    """The stand-in's CloudFormation as AWS is: it looks for a while, fails in part, and tells one in each page."""

    def __init__(self, client: Any, looks: int = 0, failed: str = "") -> None:
        self._client = client
        self._looks = looks
        self._failed = failed
        self.pages = 0

    def __getattr__(self, name: str) -> Any:
        return getattr(self._client, name)

    def describe_stack_drift_detection_status(self, **asked: str) -> dict[str, Any]:
        answer: dict[str, Any] = self._client.describe_stack_drift_detection_status(**asked)
        self._looks -= 1
        if self._looks >= 0:
            return {**answer, "DetectionStatus": "DETECTION_IN_PROGRESS"}
        if self._failed and self._failed in answer["StackId"]:
            return {**answer, "DetectionStatus": "DETECTION_FAILED", "DetectionStatusReason": "Failed on [Queue]"}
        return answer

    def describe_stack_resource_drifts(self, **asked: Any) -> dict[str, Any]:
        self.pages += 1
        answer: dict[str, Any] = self._client.describe_stack_resource_drifts(**asked, MaxResults=1)
        return answer


def found_by(shop: Deployed, client: Slow) -> Detected:
    state = stacks.find(NAME, client)
    assert state is not None
    return detect(target(), stacks.tree(state, client), client, shop.pace, Hiding(target()))


def test_detection_is_waited_for_and_every_page_read(typed: Typed) -> None:
    shop = changed(typed)
    before = typed.cloud.clock.time()
    client = Slow(shop.client("cloudformation"), looks=9)
    found = found_by(shop, client)
    assert len(found.of(MODIFIED)) == 2
    assert typed.cloud.clock.time() - before == 15.0
    assert client.pages == 5


def test_a_detection_that_failed_in_part_still_tells_what_it_found(typed: Typed) -> None:
    shop = changed(typed)
    found = found_by(shop, Slow(shop.client("cloudformation"), failed=f"{NAME}-Queues"))
    assert found.failed == {f"{NAME}/Queues": "Failed on [Queue]"}
    assert len(found.drifted) == 2


def test_a_detection_without_end_is_given_up(typed: Typed) -> None:
    shop = typed.deploy()
    with pytest.raises(BusyError, match="after 30 minutes"):
        found_by(shop, Slow(shop.client("cloudformation"), looks=10**6))
