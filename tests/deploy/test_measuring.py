"""What an operation took, by its events; and ``time --measure``, which tells it of what is deployed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from stackgen.deploy.measuring import Measured, OfStack, OfType, Waited, measured

from .deployed import ACCOUNT, NAME, READS, REGION
from .test_timeline import event
from .test_verify_command import ALARM, with_settings

if TYPE_CHECKING:
    from stackgen.deploy.events import Event

    from .typed import Typed

QUEUE = "AWS::SQS::Queue"
CREATION = [
    event(0, "s/", "CREATE_IN_PROGRESS"),
    event(1, "s/DATA", "CREATE_IN_PROGRESS"),
    event(2, "s/DATA/", "CREATE_IN_PROGRESS"),
    event(3, "s/DATA/Queue", "CREATE_IN_PROGRESS"),
    event(5, "s/DATA/Short", "CREATE_IN_PROGRESS"),
    event(10, "s/DATA/Short", "CREATE_COMPLETE"),
    event(60, "s/DATA/Queue", "CREATE_COMPLETE"),
    event(61, "s/DATA/", "CREATE_COMPLETE"),
    event(62, "s/DATA", "CREATE_COMPLETE"),
    event(63, "s/Last", "CREATE_IN_PROGRESS"),
    event(93, "s/Last", "CREATE_COMPLETE"),
    event(95, "s/", "CREATE_COMPLETE"),
]


def of(events: list[Event]) -> Measured:
    found = measured(events, "arn:s")
    assert found is not None
    return found


def test_a_creation_is_told_by_stack_and_type_with_the_chain_that_made_it_long() -> None:
    found = of(CREATION)
    assert (found.kind, found.seconds, found.watched) == ("creation", 95.0, 2.0)
    assert found.stacks == [OfStack("s/DATA", 61.0)]
    assert found.types == [OfType(QUEUE, 3, 92.0, 57.0)]
    assert found.chain == [Waited("s/DATA/Queue", QUEUE, 3.0, 60.0), Waited("s/Last", QUEUE, 63.0, 93.0)]


@pytest.mark.requirement("TAP-D24")
def test_what_is_deleted_after_an_update_is_not_counted() -> None:
    """the twenty minutes in which a replaced function gives its interfaces back make every update late"""
    update = [
        event(0, "s/", "UPDATE_IN_PROGRESS"),
        event(1, "s/Queue", "UPDATE_IN_PROGRESS"),
        event(60, "s/Queue", "UPDATE_COMPLETE"),
        event(61, "s/", "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS"),
        event(62, "s/Queue", "DELETE_IN_PROGRESS"),
        event(1_262, "s/Queue", "DELETE_COMPLETE"),
        event(1_263, "s/", "UPDATE_COMPLETE"),
    ]
    found = of(update)
    assert (found.kind, found.status, found.seconds, found.is_counted) == ("update", "UPDATE_COMPLETE", 61.0, True)
    assert found.types == [OfType(QUEUE, 1, 59.0, 59.0)]


def test_an_operation_that_still_runs_is_told_as_that_and_events_of_others_as_nothing() -> None:
    assert of(CREATION[:6]).is_going_on
    assert not of(CREATION).is_going_on
    assert measured(CREATION, "arn:other") is None
    assert of([event(0, "s/", "CREATE_IN_PROGRESS")]).chain == []


def one(told: dict[str, Any]) -> dict[str, Any]:
    (found,) = told["stacks"]
    content: dict[str, Any] = found
    return content


def test_the_creation_of_what_is_deployed_stands_beside_what_was_expected(typed: Typed) -> None:
    typed.deploy()
    ran = typed.run("time", "--measure", "--within", "15")
    assert (ran.code, ran.err) == (0, "")
    lines = ran.out.splitlines()
    assert lines[0] == "1 stack: the longest took 0.0 minutes, 0 of 1 longer than it may"
    assert lines[2] == (
        f"{NAME} in {ACCOUNT}/{REGION}: its creation took 0.0 minutes, of 15 that it may take (CREATE_COMPLETE)"
    )
    assert all(each.operation.startswith(READS) for each in typed.cloud.gateway.notes)
    found = one(typed.told("time", "--measure"))
    assert found["expected_seconds"] > 0
    assert {each["path"] for each in found["nested_stacks"]} == {
        f"{NAME}/Data", f"{NAME}/Data/Tables", f"{NAME}/Queues",
    }  # fmt: skip
    assert all(each["expected_seconds"] > 0 for each in found["nested_stacks"])


@pytest.mark.requirement("TAP-D05")
def test_the_time_in_which_alarms_are_watched_is_counted_and_too_long_is_found(typed: Typed) -> None:
    """an update that is watched for sixteen minutes passes for one within fifteen"""
    shop = typed.deploy(queues={"Errors": ALARM})
    arn = f"arn:aws:cloudwatch:{REGION}:{ACCOUNT}:alarm:till-errors"
    formation = shop.client("cloudformation")
    typed.cloud.clock.advance(60)
    values = formation.describe_stacks(StackName=NAME)["Stacks"][0]["Parameters"]
    formation.update_stack(
        StackName=NAME,
        UsePreviousTemplate=True,
        Parameters=[
            {"ParameterKey": each["ParameterKey"], "ParameterValue": "9"}
            if each["ParameterKey"] == "Delay"
            else {"ParameterKey": each["ParameterKey"], "UsePreviousValue": True}
            for each in values
        ],
        RollbackConfiguration={
            "RollbackTriggers": [{"Arn": arn, "Type": "AWS::CloudWatch::Alarm"}], "MonitoringTimeInMinutes": 16,
        },
    )  # fmt: skip
    assert one(typed.told("time", "--measure"))["status"] == "UPDATE_IN_PROGRESS"
    typed.cloud.clock.advance(16 * 60 + 1)
    with_settings(typed, "[tool.stackgen.stack.shop-stack]\nminutes = 15\n")
    told = one(typed.told("time", "--measure", code=4))
    assert (told["operation"], told["ended_as"], told["within"]) == ("update", "UPDATE_COMPLETE", 15)
    assert told["seconds"] >= 16 * 60
    assert told["watched_seconds"] >= 16 * 60
    assert one(typed.told("time", "--measure", "--within", "17"))["late"] is False


def test_a_deletion_is_not_counted(typed: Typed) -> None:
    shop = typed.deploy()
    formation = shop.client("cloudformation")
    arn = formation.describe_stacks(StackName=NAME)["Stacks"][0]["StackId"]
    typed.cloud.clock.advance(60)
    formation.delete_stack(StackName=NAME)
    told = one(typed.told("time", "--measure", arn, "--within", "0"))
    assert (told["operation"], told["counted"], told["late"]) == ("deletion", False, False)
    assert "its last operation was a deletion, which is not counted" in typed.run("time", "--measure", arn).out
