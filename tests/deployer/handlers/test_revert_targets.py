"""The way back: to the last good build, wherever the failed one touched anything, and told in every record."""

from __future__ import annotations

import json
from typing import Any

import pytest

from stackgen.deployer.handlers.inputs import Build
from stackgen.local.faults import Fail, LoseAnswer, Throttle
from tests.deployer.handlers.field import HERE, THERE, A, B, C, Field
from tests.deployer.handlers.installation import FunctionFailed

POLICY = {"rollback_on_failure": True, "max_concurrent_count": 1}
BAD = {"Size": "big"}


def failing(field: Field, *, updates: bool = True, **more: Any) -> tuple[Build, Build, dict[str, Any]]:
    """A good build, a newer one that failed in B after it reached A, and what the last look at that said."""
    good = field.deployed(groups=[((A, B, C), (HERE,))], parameters={"Size": "small"})
    bad = field.planned(good.repo, groups=[((A, B, C), (HERE,))], parameters=BAD, policy=POLICY, **more)
    what = "update" if updates else "create"
    with field.fault(f"{what}:AWS::SSM::Parameter", Fail("x", "no quota"), account=B):
        last = field.wait(bad, field.deploy(bad))
    assert last["should_revert"]
    return good, bad, last


def revert(field: Field, build: Build, operation_id: str = "") -> dict[str, Any]:
    name = field.stack_set(build)
    answer: dict[str, Any] = field.call("revert_targets", build, stack_set_name=name, operation_id=operation_id)
    return answer


def back(field: Field, build: Build, operation_id: str = "", most: int = 30) -> dict[str, Any]:
    """Once a minute, as the state machine calls."""
    for _ in range(most):
        answer = revert(field, build, operation_id)
        if answer["is_complete"]:
            return answer
        field.cloud.clock.advance(60)
    raise AssertionError(f"it never comes back: {answer}")


def deployed_size(field: Field, build: Build, account: str) -> str:
    """What the stack in an account was last deployed with."""
    stacks = field.cloud.client("cloudformation", account, HERE).describe_stacks()["Stacks"]
    (mine,) = [each for each in stacks if f"-{field.stack_set(build)}-" in each["StackName"]]
    return str({each["ParameterKey"]: each["ParameterValue"] for each in mine["Parameters"]}["Size"])


@pytest.mark.requirement("DEP-D83", "DEP-D27")
def test_what_was_touched_goes_back_to_the_last_good_build(field: Field) -> None:
    """A target that keeps the failed release, or one that was never touched and is."""
    good, bad, _ = failing(field)
    assert [deployed_size(field, bad, account) for account in (A, B, C)] == ["big", "small", "small"]
    answer = back(field, bad)
    assert answer == {"is_complete": True, "message": f"2 of 2 touched targets returned to build {good.sk}"}
    assert [deployed_size(field, bad, account) for account in (A, B, C)] == ["small"] * 3
    assert [each["Action"] for each in field.operations(bad)] == ["CREATE", "UPDATE", "UPDATE"]
    told = {place: each["status_reason"] for place, each in field.deployments(bad).items()}
    reason = f"returned to build {good.sk}: 2 of 3 deployments failed"
    assert told[f"{A}/{HERE}"] == reason
    assert told[f"{B}/{HERE}"].startswith(f"{reason}; before that: ")
    assert "no quota" in told[f"{B}/{HERE}"]
    assert "returned" not in told[f"{C}/{HERE}"], "nothing happened there"
    assert set(field.statuses(bad).values()) == {"FAILED"}


def test_the_outcome_says_why_and_where_the_build_went(field: Field) -> None:
    good, bad, _ = failing(field)
    back(field, bad)
    answer = field.finish(bad)
    assert answer["build_status"] == "FAILED"
    message = f"2 of 3 deployments failed; 2 of 2 touched targets returned to build {good.sk}"
    assert answer["error_msg"] == message
    assert (field.record(bad)["error_msg"], field.record(bad)["reverted_to"]) == (message, good.sk)


def test_a_call_after_the_end_says_the_same_and_starts_nothing(field: Field) -> None:
    _, bad, _ = failing(field)
    first = back(field, bad)
    before = len(field.operations(bad))
    assert revert(field, bad) == first
    assert len(field.operations(bad)) == before


def test_what_runs_is_stopped_first(field: Field) -> None:
    good = field.deployed(groups=[((A, B, C), (HERE,))], parameters={"Size": "small"})
    policy = {**POLICY, "alarms": ["errors"]}
    bad = field.planned(good.repo, groups=[((A, B, C), (HERE,))], parameters=BAD, policy=policy)
    operation_id = field.deploy(bad)["operation_id"]
    field.cloud.clock.advance(5)
    assert revert(field, bad, operation_id) == {"is_complete": False, "message": "the operation at hand is stopped"}
    assert field.operations(bad)[-1]["Status"] in ("STOPPING", "STOPPED")
    assert back(field, bad, operation_id)["message"] == f"1 of 1 touched targets returned to build {good.sk}"
    assert {deployed_size(field, bad, account) for account in (A, B, C)} == {"small"}


def test_without_a_good_build_everything_stays_as_it_is(field: Field) -> None:
    build = field.planned(groups=[((A, B), (HERE,))], policy=POLICY)
    with field.fault("create:AWS::SSM::Parameter", Fail("x", "no quota"), account=B):
        field.wait(build, field.deploy(build))
    assert revert(field, build) == {
        "is_complete": True,
        "message": "no build was good before, so everything stays as it is",
    }
    field.finish(build)
    assert "reverted_to" not in field.record(build)


def test_where_nothing_was_touched_nothing_goes_back(field: Field) -> None:
    good = field.deployed()
    bad = field.planned(good.repo, parameters=BAD, policy=POLICY)
    assert bad.sk > good.sk
    field.cloud.clock.settle()
    assert revert(field, bad)["message"] == "nothing was touched"


def test_what_was_created_gets_the_good_build_too(field: Field) -> None:
    good = field.deployed(groups=[((A,), (HERE,))], parameters={"Size": "small"})
    groups = [((A,), (HERE,)), ((B, C), (HERE,))]
    bad = field.planned(good.repo, groups=groups, parameters=BAD, policy={"rollback_on_failure": True})
    with field.fault("create:AWS::SSM::Parameter", Fail("x", "no quota"), account=C):
        field.roll_out(bad)
    back(field, bad)
    assert [deployed_size(field, bad, account) for account in (A, B)] == ["small", "small"]


def test_a_target_that_does_not_come_back_says_so(field: Field) -> None:
    good, bad, _ = failing(field)
    with field.fault("update:AWS::SSM::Parameter", Fail("x", "still no quota"), account=A):
        answer = back(field, bad)
    assert answer["message"] == f"1 of 2 touched targets returned to build {good.sk}"
    assert field.deployments(bad)[f"{A}/{HERE}"]["status_reason"].startswith(f"not returned to build {good.sk}: ")


def test_the_good_build_is_read_as_it_was(field: Field) -> None:
    """Its template may have been written over since."""
    good, bad, _ = failing(field)
    field.upload(good, "cloudformation.template", "Resources: [")
    field.upload(good, "cloudformation-params.json", json.dumps({"Size": "written over"}))
    assert back(field, bad)["message"].startswith("2 of 2 touched targets")
    assert deployed_size(field, bad, A) == "small"


def test_what_is_as_it_should_be_counts_as_returned(field: Field) -> None:
    """A new account has the good release already where the failed build brought no other."""
    good = field.deployed(groups=[((A,), (HERE,))])
    groups = [((A, B, C), (HERE,))]
    policy = {"rollback_on_failure": True, "mode": "collect-all"}
    bad = field.planned(good.repo, groups=groups, policy=policy)
    with field.fault("create:AWS::SSM::Parameter", Fail("x", "no quota"), account=C):
        field.roll_out(bad)
    assert back(field, bad)["message"] == f"2 of 2 touched targets returned to build {good.sk}"


def test_a_stack_set_that_is_busy_is_tried_again(field: Field) -> None:
    _, bad, _ = failing(field)
    other = field.cloudformation.update_stack_instances(StackSetName=field.stack_set(bad), Accounts=[C], Regions=[HERE])
    assert revert(field, bad)["is_complete"] is False
    assert field.operations(bad)[-1]["OperationId"] == other["OperationId"]
    assert back(field, bad)["message"].startswith("2 of 2 touched targets")


def test_a_way_back_that_takes_half_a_day_is_given_up(field: Field) -> None:
    _, bad, _ = failing(field)
    assert not revert(field, bad)["is_complete"]
    field.made.cloud.clock.advance(3_000)
    for _ in range(15):
        field.acquire(bad)
        field.cloud.clock.advance(3_000)
    assert revert(field, bad)["is_complete"]


@pytest.mark.parametrize(
    "calls",
    [
        "dynamodb:GetItem",
        "dynamodb:Query",
        "dynamodb:BatchWriteItem",
        "dynamodb:PutItem",
        "s3:GetObject",
        "cloudformation:DescribeStackSet",
        "cloudformation:ListStackInstances",
        "cloudformation:GetTemplateSummary",
        "cloudformation:UpdateStackSet",
        "cloudformation:ListStackSetOperationResults",
    ],
)
@pytest.mark.parametrize("kind", [Throttle(), LoseAnswer()], ids=["throttled", "answer lost"])
def test_a_way_back_that_is_interrupted_goes_on(field: Field, calls: str, kind: Any) -> None:
    _, bad, last = failing(field)
    assert last["should_revert"]
    told = ""
    with field.fault(calls, kind):
        try:
            for _ in range(5):
                if revert(field, bad)["is_complete"]:
                    break
                field.cloud.clock.advance(60)
        except FunctionFailed as failed:
            told = failed.name
    assert told in ("", "Transient")
    assert back(field, bad)["message"].startswith("2 of 2 touched targets")
    assert [each["Action"] for each in field.operations(bad)] == ["CREATE", "UPDATE", "UPDATE"]


def test_a_region_apart_is_no_part_of_the_way_back(field: Field) -> None:
    good = field.deployed(groups=[((A,), (HERE,)), ((B,), (THERE,))], parameters={"Size": "small"})
    groups = [((A,), (HERE,)), ((B,), (THERE,))]
    bad = field.planned(good.repo, groups=groups, parameters=BAD, policy=POLICY)
    first = field.plan(bad)[0]
    with field.fault("update:AWS::SSM::Parameter", Fail("x", "no quota"), account=first[2][0]):
        field.wait(bad, field.deploy(bad))
    assert back(field, bad)["message"].startswith("1 of 1 touched targets")
