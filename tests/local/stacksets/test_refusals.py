"""What instances are refused: places that cannot be, and stacks that CloudFormation will not make there."""

from __future__ import annotations

import pytest

from stackgen.local.errors import ServiceError
from tests.local.stacksets.rehearsal import HOME, Rehearsal, accounts, refused

ONE = accounts(1)
HERE = ONE[0], HOME
THROTTLED = ServiceError("Throttling", "Rate exceeded")


@pytest.mark.parametrize("region", ["mars-1", "eu-west", "EU-WEST-1", "eu-west-1a", "-1"])
@pytest.mark.parametrize("call", ["create", "update", "delete", "order"])
def test_what_is_no_region_is_refused_at_once(call: str, region: str) -> None:
    rehearsal = Rehearsal()
    rehearsal.deployed(ONE)
    calls = {
        "create": lambda: rehearsal.create(ONE, [HOME, region]),
        "update": lambda: rehearsal.update(ONE, [HOME, region]),
        "delete": lambda: rehearsal.delete(ONE, [HOME, region]),
        "order": lambda: rehearsal.update(ONE, OperationPreferences={"RegionOrder": [HOME, region]}),
    }

    assert region in refused("ValidationError", calls[call]).message

    assert list(rehearsal.statuses()) == [HERE]
    assert len(list(rehearsal.listed("ListStackSetOperations", StackSetName="app"))) == 1


@pytest.mark.parametrize("region", ["us-gov-west-1", "cn-northwest-1", "us-iso-east-1", "ap-southeast-12"])
def test_regions_of_every_partition_are_regions(region: str) -> None:
    rehearsal = Rehearsal()
    rehearsal.deployed(ONE, [region])
    assert rehearsal.statuses()[ONE[0], region] == ("CURRENT", "SUCCEEDED")


@pytest.mark.parametrize(
    ("work", "call", "expected"),
    [
        ("create", "create", ("OUTDATED", "FAILED")),
        ("update", "update", ("OUTDATED", "FAILED")),
        ("update", "describe", ("OUTDATED", "FAILED")),
        ("delete", "delete", ("INOPERABLE", "INOPERABLE")),
    ],
)
def test_an_error_of_cloudformation_in_the_account_fails_the_instance_with_its_message(
    work: str, call: str, expected: tuple[str, str]
) -> None:
    rehearsal = Rehearsal()
    if work == "create":
        rehearsal.create_set()
    else:
        rehearsal.deployed(ONE)
    rehearsal.stacks.refusing[call, HERE] = THROTTLED

    operation = {"create": rehearsal.create, "update": rehearsal.update, "delete": rehearsal.delete}[work](ONE)
    rehearsal.clock.settle()

    assert rehearsal.status(operation) == "FAILED"
    result = rehearsal.all_results(operation)[HERE]
    assert (result["Status"], result["StatusReason"]) == ("FAILED", "Rate exceeded")
    assert rehearsal.statuses()[HERE] == expected
    assert rehearsal.instance(*HERE)["StatusReason"] == "Rate exceeded"


@pytest.mark.parametrize("call", ["drift", "describe"])
def test_an_error_of_cloudformation_fails_the_look_for_drift(call: str) -> None:
    rehearsal = Rehearsal()
    rehearsal.deployed(ONE)
    rehearsal.stacks.refusing[call, HERE] = THROTTLED
    operation = str(rehearsal.call("DetectStackSetDrift", StackSetName="app")["OperationId"])
    rehearsal.clock.settle()
    assert rehearsal.all_results(operation)[HERE]["StatusReason"] == "Rate exceeded"
    assert rehearsal.statuses()[HERE] == ("CURRENT", "SUCCEEDED")


def test_a_stack_whose_creation_failed_and_that_cannot_be_deleted_keeps_the_first_reason() -> None:
    rehearsal = Rehearsal()
    rehearsal.create_set()
    rehearsal.stacks.failing[HERE] = "no quota"
    rehearsal.stacks.refusing["delete", HERE] = THROTTLED
    rehearsal.create(ONE)
    rehearsal.clock.settle()
    assert rehearsal.instance(*HERE)["StatusReason"] == "no quota"
