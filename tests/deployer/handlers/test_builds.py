"""The record of a build, and of the latest one: statuses go forward, and so does what is newest."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import ClientError
from hypothesis import given, settings
from hypothesis import strategies as st

from stackgen.deployer.handlers import builds
from stackgen.deployer.handlers.builds import FAILED, IN_PROGRESS, PENDING, STATUSES, SUCCESS, TERMINAL
from stackgen.deployer.handlers.inputs import Build
from stackgen.local.dynamodb import ConflictingTransaction
from stackgen.local.faults import Fail, LoseAnswer, Throttle
from tests.deployer.handlers.field import Field, code
from tests.deployer.handlers.installation import FunctionFailed
from tests.deployer.handlers.properties import steady


def move(field: Field, build: Build, status: str, **more: Any) -> bool:
    return builds.move(build, status, field.clients, field.settings, **more)


def latest(field: Field, build: Build) -> dict[str, Any]:
    return builds.latest(build.env, build.repo, field.clients, field.settings)


def test_a_new_build_waits_and_is_the_latest(field: Field) -> None:
    build = field.build()
    record = field.record(build)
    assert (record["status"], record["stack_name"]) == (PENDING, f"dev-{build.repo}")
    assert record["created_at"] == record["updated_at"]
    assert latest(field, build) == {
        "PK": "LATEST#dev",
        "SK": f"REPO#{build.repo}",
        "id": f"{build.repo}/dev:{build.sk}",
        "build_id": build.sk,
        "status": PENDING,
    }


def test_a_build_is_put_once(field: Field) -> None:
    build = field.build()
    again = {"repo": build.repo, "env": build.env, "SK": build.sk, "version": "other"}
    assert not builds.put_new(again, field.clients, field.settings)
    assert field.record(build)["version"] != "other"


ORDER = {PENDING: 0, IN_PROGRESS: 1, SUCCESS: 2, FAILED: 2}
MOVES = st.lists(st.tuples(st.integers(0, 2), st.sampled_from(STATUSES)), max_size=10)


@pytest.mark.requirement("DEP-D59")
@settings(parent=steady, max_examples=12)
@given(moves=MOVES)
def test_whatever_is_asked_for_statuses_and_the_latest_build_go_forward(
    field: Field, moves: list[tuple[int, str]]
) -> None:
    """A build that comes back from its end, or a latest one that goes back to an older."""
    first = field.build()
    made = [first, field.build(first.repo), field.build(first.repo)]
    statuses = [PENDING] * 3
    good = ""
    for number, status in moves:
        before = statuses[number]
        may = before == status or (before not in TERMINAL and ORDER[status] > ORDER[before])
        assert move(field, made[number], status) == may
        if may:
            statuses[number] = status
            if status == SUCCESS:
                good = max(good, made[number].sk)
        assert [field.record(each)["status"] for each in made] == statuses
        found = latest(field, first)
        assert (found["build_id"], found["status"]) == (made[2].sk, statuses[2])
        assert found.get("good_build_id", "") == good


def test_a_status_has_its_moment_and_what_else_is_told(field: Field) -> None:
    build = field.build()
    field.cloud.clock.advance(60)
    assert move(field, build, IN_PROGRESS, execution_arn="e")
    record = field.record(build)
    assert (record["execution_arn"], "finished_at" in record) == ("e", False)
    assert record["updated_at"] > record["created_at"]
    assert move(field, build, FAILED, error_msg="no\nquota")
    record = field.record(build)
    assert (record["error_msg"], record["finished_at"]) == ("no quota", record["updated_at"])


def test_the_first_message_stays(field: Field) -> None:
    build = field.build()
    assert [move(field, build, FAILED, error_msg=text) for text in ("first", "second")] == [True, True]
    assert field.record(build)["error_msg"] == "first"


def test_a_message_has_a_bound(field: Field) -> None:
    build = field.build()
    move(field, build, FAILED, error_msg="x" * 100_000)
    assert len(field.record(build)["error_msg"]) == 1_000


def test_a_move_may_ask_for_one_status_before(field: Field) -> None:
    build = field.build()
    assert move(field, build, IN_PROGRESS, only_from=PENDING)
    assert not move(field, build, IN_PROGRESS, only_from=PENDING)


def test_a_build_that_is_not_there_does_not_move(field: Field) -> None:
    build = field.build()._replace(repo=field.repo())
    assert not move(field, build, FAILED)
    assert builds.find(build, field.clients, field.settings) is None
    assert latest(field, build) == {}


def test_a_good_build_is_remembered_though_a_newer_one_waits_already(field: Field) -> None:
    """It is where the newer one goes back to."""
    older = field.build()
    newer = field.build(older.repo)
    assert move(field, older, SUCCESS)
    assert latest(field, older)["good_build_id"] == older.sk
    assert (latest(field, older)["build_id"], latest(field, older)["status"]) == (newer.sk, PENDING)
    assert move(field, newer, SUCCESS)
    assert latest(field, older)["good_build_id"] == newer.sk
    late = newer._replace(sk=older.sk)
    assert move(field, late, SUCCESS), "told twice"
    assert latest(field, older)["good_build_id"] == newer.sk


def test_a_build_that_begins_hears_of_a_newer_one_that_began_before(field: Field) -> None:
    older = field.build()
    newer = field.build(older.repo)

    def begin(build: Build) -> str:
        return builds.begin(build, field.clients, field.settings)

    assert [begin(older), begin(newer), begin(newer), begin(older)] == ["", "", "", newer.sk]


def test_further_attributes_need_a_build_that_is_there(field: Field) -> None:
    build = field.build()
    builds.note(build, field.clients, field.settings, template_hash="h")
    assert field.record(build)["template_hash"] == "h"
    with pytest.raises(ClientError) as caught:
        builds.note(build._replace(repo=field.repo()), field.clients, field.settings, template_hash="h")
    assert code(caught.value) == "ConditionalCheckFailedException"


# The function


@pytest.mark.requirement("DEP-44", "DEP-D51", "DEP-D64")
@pytest.mark.parametrize(
    ("error", "message"),
    [
        ({"Error": "Refused", "Cause": '{"errorMessage": "no", "errorType": "Refused", "trace": []}'}, "Refused: no"),
        ({"Error": "States.Timeout"}, "States.Timeout"),
        ({"Error": "States.TaskFailed", "Cause": "plain"}, "States.TaskFailed: plain"),
        ({"Error": "X", "Cause": '["list"]'}, 'X: ["list"]'),
        ({"Error": "X", "Cause": '{"errorMessage": ""}'}, "X"),
        ({"Cause": "only"}, "only"),
        ({"Error": "X", "Cause": None}, "X"),
    ],
)
def test_the_error_that_step_functions_caught_becomes_the_message(
    field: Field, error: dict[str, Any], message: str
) -> None:
    """A failed build without its status, or with a JSON document instead of the reason."""
    build = field.build()
    assert field.call("update_build_status", build, status="FAILED", error=error) is None
    assert (field.record(build)["status"], field.record(build)["error_msg"]) == ("FAILED", message)


@pytest.mark.parametrize("more", [{}, {"error": None}, {"error": "text"}, {"error_msg": ""}])
def test_a_status_without_an_error_has_no_message(field: Field, more: dict[str, Any]) -> None:
    build = field.build()
    field.call("update_build_status", build, status="FAILED", **more)
    assert "error_msg" not in field.record(build)


def test_a_status_that_does_not_exist_is_refused(field: Field) -> None:
    with pytest.raises(FunctionFailed, match=r"^MissingInput: status must be one of PENDING, IN_PROGRESS, SUCCESS"):
        field.call("update_build_status", field.build(), status="DONE")


def test_a_build_that_has_ended_keeps_its_status_and_nobody_is_disturbed(field: Field) -> None:
    build = field.build(status="SUCCESS")
    field.call("update_build_status", build, status="FAILED", error_msg="late")
    assert field.record(build)["status"] == "SUCCESS"
    field.call("update_build_status", build._replace(repo=field.repo()), status="FAILED")


# Faults


@pytest.mark.parametrize("kind", [Throttle(), ConflictingTransaction(0), ConflictingTransaction(1)])
def test_what_collides_or_is_throttled_is_tried_again(field: Field, kind: Any) -> None:
    build = field.build()
    with field.fault("dynamodb:TransactWriteItems", kind), pytest.raises(FunctionFailed, match=r"^Transient"):
        field.call("update_build_status", build, status="FAILED")
    assert field.record(build)["status"] == "PENDING"
    field.call("update_build_status", build, status="FAILED", error_msg="m")
    assert field.record(build)["status"] == "FAILED"


def test_a_collision_with_a_transaction_on_the_latest_item_does_not_fail_a_build(field: Field) -> None:
    """A newer build arrives in the moment in which an older one begins."""
    build = field.build()
    collides = ConflictingTransaction()
    with field.fault("dynamodb:UpdateItem", collides), pytest.raises(FunctionFailed, match=r"^Transient"):
        field.acquire(build)


def test_a_table_that_may_not_be_written_is_refused(field: Field) -> None:
    build = field.build()
    denied = Fail("AccessDeniedException")
    with field.fault("dynamodb:TransactWriteItems", denied), pytest.raises(FunctionFailed, match=r"^Refused"):
        field.call("update_build_status", build, status="FAILED")


@pytest.mark.parametrize("times", [1, 5])
def test_a_status_whose_answer_is_lost_is_written_once(field: Field, times: int) -> None:
    build = field.build()
    with field.fault("dynamodb:TransactWriteItems", LoseAnswer(), times):
        if times == 1:
            field.call("update_build_status", build, status="FAILED", error_msg="why")
        else:
            with pytest.raises(FunctionFailed, match=r"^Transient"):
                field.call("update_build_status", build, status="FAILED", error_msg="why")
    field.call("update_build_status", build, status="FAILED", error_msg="other")
    assert field.record(build)["error_msg"] == "why"
