"""The lock of a repository in an environment: two never hold it, and nobody waits for one that nobody holds."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from botocore.exceptions import ClientError

from stackgen.deployer.handlers import locks
from stackgen.deployer.handlers.errors import LockLost, LockNotReleased
from stackgen.deployer.handlers.inputs import Build
from stackgen.local.faults import Fail, LoseAnswer, Throttle
from tests.deployer.handlers.field import Field, code
from tests.deployer.handlers.installation import FunctionFailed


def acquired(field: Field, build: Build, execution: str = "e") -> locks.Holder | None:
    return locks.acquire(build, execution, field.clients, field.settings)


@pytest.mark.requirement("DEP-04", "DEP-06", "DEP-12")
def test_a_free_lock_is_taken_in_the_name_of_the_build(field: Field) -> None:
    """A lock without its holder, its execution or its end in epoch seconds."""
    build = field.build()
    answer = field.acquire(build)
    assert answer == {
        "lock_acquired": True,
        "retry_count": 0,
        "should_retry": False,
        "superseded": False,
        "message": "Lock acquired",
    }
    now = int(field.cloud.clock.time())
    assert field.lock(build) == {
        "PK": f"LOCK#dev#{build.repo}",
        "build_id": build.sk,
        "execution_arn": field.execution(build),
        "acquired_at": now,
        "ttl": now + 3600,
    }
    assert (field.record(build)["status"], field.record(build)["execution_arn"]) == (
        "IN_PROGRESS",
        field.execution(build),
    )


@pytest.mark.requirement("DEP-03", "DEP-06", "DEP-07")
def test_a_lock_that_is_held_is_asked_for_as_often_as_allowed_and_then_given_up(field: Field) -> None:
    """Two holders, another number of retries, or an error instead of an end to the waiting."""
    holder = field.build()
    field.acquire(holder)
    other = field.build(holder.repo)
    answers = [field.acquire(other, count) for count in (0, 1, 2)]
    assert [each["lock_acquired"] for each in answers] == [False] * 3
    assert [each["retry_count"] for each in answers] == [1, 2, 3]
    assert [each["should_retry"] for each in answers] == [True, True, False]
    assert not any(each["superseded"] for each in answers)
    for number, each in enumerate(answers, 1):
        assert each["message"].startswith(f"lock held by build {holder.sk} until 2026-01-01T")
        assert each["message"].endswith(f"retry {number} of 2" if number < 3 else "also after 2 retries")
    assert field.record(other)["status"] == "PENDING"


@pytest.mark.requirement("DEP-03")
def test_repositories_and_environments_do_not_wait_for_each_other(field: Field) -> None:
    """A lock that is wider than one repository in one environment."""
    one = field.build()
    builds = [one, field.build(one.repo, "prod"), field.build()]
    assert [field.acquire(build)["lock_acquired"] for build in builds] == [True] * 3


@pytest.mark.requirement("DEP-03", "DEP-06", "DEP-D39")
@pytest.mark.parametrize("number", range(3))
def test_of_many_that_race_one_has_the_lock(field: Field, number: int) -> None:
    """A race that two builds win, or none."""
    first = field.build()
    builds = [first, *(field.build(first.repo) for _ in range(7 + number))]
    with ThreadPoolExecutor(len(builds)) as pool:
        holders = list(pool.map(lambda build: acquired(field, build), builds))
    (winner,) = [build for build, holder in zip(builds, holders, strict=True) if holder is None]
    assert {holder.build_id for holder in holders if holder} == {winner.sk}


@pytest.mark.requirement("DEP-11", "DEP-D37")
def test_an_expired_lock_is_taken_over_though_its_item_is_still_there(field: Field) -> None:
    """A stale lock that blocks until DynamoDB deletes it, days late."""
    field.cloud.dynamodb.ttl_delay = 7 * 86_400.0
    stale = field.build()
    field.acquire(stale)
    newer = field.build(stale.repo)
    field.cloud.clock.advance(3600)
    assert not field.acquire(newer)["lock_acquired"], "it ends with its second, not before"
    field.cloud.clock.advance(1)
    assert field.acquire(newer)["lock_acquired"]
    with pytest.raises(LockLost, match=rf"build {stale.sk} no longer holds the lock of {stale.repo} in dev"):
        locks.renew(stale, field.clients, field.settings)
    with pytest.raises(FunctionFailed, match=rf"LockNotReleased: failed to release lock: build {newer.sk} holds it"):
        field.call("release_lock", stale)
    assert (field.lock(newer) or {})["build_id"] == newer.sk


def test_a_lock_that_is_renewed_outlives_its_first_term(field: Field) -> None:
    build = field.build()
    field.acquire(build)
    for _ in range(3):
        field.cloud.clock.advance(3000)
        locks.renew(build, field.clients, field.settings)
    assert not field.acquire(field.build(build.repo))["lock_acquired"]


def test_a_lock_that_is_gone_cannot_be_renewed(field: Field) -> None:
    build = field.build()
    with pytest.raises(LockLost):
        locks.renew(build, field.clients, field.settings)
    assert field.lock(build) is None


@pytest.mark.requirement("DEP-09")
def test_release_gives_the_lock_back_and_a_second_time_is_fine(field: Field) -> None:
    """A lock that stays, or an error where it is gone already."""
    build = field.build()
    field.acquire(build)
    for _ in range(2):
        assert field.call("release_lock", build) == {"released": True, "message": "Lock released"}
        assert field.lock(build) is None


@pytest.mark.requirement("DEP-09")
def test_only_the_owner_can_give_the_lock_back(field: Field) -> None:
    """A build that takes the lock of another one away."""
    build = field.build()
    field.acquire(build)
    with pytest.raises(FunctionFailed, match=r"^LockNotReleased: failed to release lock"):
        field.call("release_lock", field.build(build.repo))
    assert (field.lock(build) or {})["build_id"] == build.sk


def test_the_clean_up_gives_back_only_what_its_execution_took(field: Field) -> None:
    build = field.build()
    field.acquire(build, execution="second")
    with pytest.raises(LockNotReleased):
        locks.release(build, field.clients, field.settings, "first")
    locks.release(build, field.clients, field.settings, "second")
    assert field.lock(build) is None


def test_an_execution_that_continues_another_has_the_lock_of_its_build(field: Field) -> None:
    build = field.build()
    field.acquire(build, execution="first")
    assert field.acquire(build, execution="second")["lock_acquired"]
    assert (field.lock(build) or {})["execution_arn"] == "second"


# Order


@pytest.mark.requirement("DEP-D79")
def test_an_older_build_stands_back_behind_a_newer_one_that_has_begun(field: Field) -> None:
    """An older release that comes to the lock last and undoes what the newer one did."""
    older = field.build()
    newer = field.build(older.repo)
    field.acquire(newer)
    field.call("release_lock", newer)
    answer = field.acquire(older)
    assert (answer["lock_acquired"], answer["should_retry"], answer["superseded"]) == (False, False, True)
    assert answer["message"] == f"superseded by the newer build {newer.sk}"
    assert field.lock(older) is None
    assert field.record(older)["status"] == "PENDING"


def test_a_build_that_has_ended_does_not_begin_again(field: Field) -> None:
    build = field.build(status="FAILED")
    answer = field.acquire(build)
    assert (answer["superseded"], answer["message"]) == (True, f"build {build.sk} has ended already: FAILED")
    assert field.lock(build) is None


def test_a_build_that_nobody_recorded_is_an_error_and_leaves_no_lock(field: Field) -> None:
    build = field.build()._replace(repo=field.repo())
    with pytest.raises(FunctionFailed, match=rf"^MissingInput: there is no build {build.sk} of {build.repo} in dev"):
        field.acquire(build)
    assert field.lock(build) is None


# Faults

OPERATIONS = ["dynamodb:PutItem", "dynamodb:UpdateItem", "dynamodb:TransactWriteItems"]


@pytest.mark.parametrize("calls", OPERATIONS)
def test_a_throttled_table_is_transient_and_the_next_attempt_has_the_lock(field: Field, calls: str) -> None:
    build = field.build()
    with field.fault(calls, Throttle()), pytest.raises(FunctionFailed, match=r"^Transient: "):
        field.acquire(build)
    assert field.acquire(build)["lock_acquired"]


@pytest.mark.parametrize("calls", OPERATIONS)
@pytest.mark.parametrize("times", [1, 5])
def test_an_answer_that_is_lost_is_no_reason_to_wait_for_oneself(field: Field, calls: str, times: int) -> None:
    """One lost answer botocore asks for again itself; after five the state machine does."""
    build = field.build()
    with field.fault(calls, LoseAnswer(), times):
        if times == 1:
            assert field.acquire(build)["lock_acquired"]
        else:
            with pytest.raises(FunctionFailed, match=r"^Transient: "):
                field.acquire(build)
    assert field.acquire(build) == {
        "lock_acquired": True, "retry_count": 0, "should_retry": False, "superseded": False, "message": "Lock acquired",
    }  # fmt: skip
    assert field.record(build)["status"] == "IN_PROGRESS"


@pytest.mark.parametrize("calls", OPERATIONS)
def test_a_permission_that_lacks_is_refused(field: Field, calls: str) -> None:
    build = field.build()
    with (
        field.fault(calls, Fail("AccessDeniedException", "not authorized")),
        pytest.raises(FunctionFailed, match=r"^Refused: .*AccessDeniedException.*not authorized"),
    ):
        field.acquire(build)


@pytest.mark.parametrize("times", [1, 5])
def test_a_release_whose_answer_is_lost_is_a_release(field: Field, times: int) -> None:
    build = field.build()
    field.acquire(build)
    with field.fault("dynamodb:DeleteItem", LoseAnswer(), times):
        if times == 1:
            field.call("release_lock", build)
        else:
            with pytest.raises(FunctionFailed, match=r"^Transient"):
                field.call("release_lock", build)
    assert field.call("release_lock", build)["released"]


@pytest.mark.parametrize(
    ("kind", "error"), [(Throttle(), "Transient"), (Fail("AccessDeniedException"), "Refused")], ids=["slow", "denied"]
)
def test_a_release_that_fails_says_how(field: Field, kind: Throttle | Fail, error: str) -> None:
    build = field.build()
    field.acquire(build)
    with field.fault("dynamodb:DeleteItem", kind), pytest.raises(FunctionFailed, match=rf"^{error}: "):
        field.call("release_lock", build)
    assert field.lock(build) is not None


def test_what_is_no_question_of_the_condition_is_raised_as_it_is(field: Field) -> None:
    build = field.build()
    denied = Fail("AccessDeniedException")
    with field.fault("dynamodb:*Item", denied):
        for work in (locks.renew, locks.release, lambda *asked: locks.acquire(asked[0], "e", *asked[1:])):
            with pytest.raises(ClientError) as caught:
                work(build, field.clients, field.settings)
            assert code(caught.value) == "AccessDeniedException"
