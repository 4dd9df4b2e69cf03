"""The clients of a function: made once, and in target accounts only where the reader role lets the function in."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from stackgen.deployer.handlers.clients import Clients
from stackgen.deployer.handlers.settings import Settings
from stackgen.local.faults import Fail, Throttle
from stackgen.local.wire import Call
from tests.deployer.handlers.field import HERE, THERE, A, Field
from tests.deployer.handlers.installation import FunctionFailed

SETTINGS = Settings("ops", reader_role_name="Reader")


def inside(field: Field, work: Callable[[Clients], Any]) -> Any:
    """What a function answers that does some work with clients of its own."""
    made = Clients()
    name = f"probe{len(field.cloud.functions.invocations)}"
    field.made.install(name, lambda *_: work(made))
    return field.made.invoke(name, {})


def test_a_client_is_made_once_for_the_same_credentials(field: Field) -> None:
    def work(made: Clients) -> Any:
        assert made.dynamodb is made.dynamodb
        assert made.own("s3", THERE) is made.own("s3", THERE)
        return [made.own("cloudformation", THERE).meta.region_name, made.cloudformation.meta.region_name]

    assert inside(field, work) == [THERE, HERE]


def test_every_client_tries_five_times_and_does_not_wait_for_ever(field: Field) -> None:
    def work(made: Clients) -> Any:
        found = [made.dynamodb, made.s3, made.cloudformation, made.stepfunctions, made.own("ecr")]
        return [[each.meta.config.retries["total_max_attempts"], each.meta.config.read_timeout] for each in found]

    assert inside(field, work) == [[5, 20]] * 5


def test_a_target_is_read_with_the_role_that_lives_there(field: Field) -> None:
    asked: list[dict[str, Any]] = []

    def observe(call: Any, _: Any) -> None:
        if call.operation == "AssumeRole":
            asked.append(call.parameters)

    field.cloud.gateway.observers.append(observe)

    def work(made: Clients) -> Any:
        first = made.in_target("ssm", A, THERE, SETTINGS)
        assert first is made.in_target("ssm", A, THERE, SETTINGS), "taken on once"
        assert first is not None
        assert first.meta.config.retries["total_max_attempts"] == 5
        first.put_parameter(Name="/seen", Value="x", Type="String")
        return first.meta.region_name

    try:
        assert inside(field, work) == THERE
    finally:
        field.cloud.gateway.observers.remove(observe)
    assert field.cloud.client("ssm", A, THERE).get_parameter(Name="/seen")["Parameter"]["Value"] == "x"
    (said,) = asked
    assert (said["RoleArn"], said["RoleSessionName"], said["DurationSeconds"]) == (
        f"arn:aws:iam::{A}:role/Reader",
        "ops-aws-deployer",
        900,
    )


def test_a_role_is_taken_on_again_before_its_session_ends(field: Field) -> None:
    def work(made: Clients) -> Any:
        first = made.in_target("ssm", A, HERE, SETTINGS)
        found = []
        for seconds in (839, 2):
            field.cloud.clock.sleep(seconds)
            found.append(made.in_target("ssm", A, HERE, SETTINGS) is first)
        return [field.made.calls("sts", "AssumeRole"), *found]

    before = field.made.calls("sts", "AssumeRole")
    assert inside(field, work) == [before + 2, True, False]


def test_a_role_that_does_not_let_the_function_in_is_no_error(field: Field) -> None:
    denied = Fail("AccessDenied", "not authorized to perform sts:AssumeRole", 403)
    with field.fault("sts:AssumeRole", denied):
        assert inside(field, lambda made: made.in_target("ssm", A, HERE, SETTINGS) is None)


def test_whether_a_role_lets_in_is_not_known_while_sts_is_throttled(field: Field) -> None:
    with field.fault("sts:AssumeRole", Throttle()), pytest.raises(FunctionFailed, match=r"^ClientError: .*Throttling"):
        inside(field, lambda made: made.in_target("ssm", A, HERE, SETTINGS))


@pytest.mark.parametrize(
    ("region", "partition"),
    [("eu-west-1", "aws"), ("cn-north-1", "aws-cn"), ("us-gov-west-1", "aws-us-gov")],
)
def test_a_role_has_the_partition_of_its_region(field: Field, region: str, partition: str) -> None:
    asked: list[str] = []

    def remembers(call: Call) -> bool:
        asked.append(call.parameters["RoleArn"])
        return True

    with field.fault("sts:AssumeRole", Fail("AccessDenied", status=403), when=remembers):
        inside(field, lambda made: made.in_target("ssm", A, region, SETTINGS) is None)
    assert asked == [f"arn:{partition}:iam::{A}:role/Reader"]
