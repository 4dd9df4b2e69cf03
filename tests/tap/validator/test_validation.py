"""What is accepted, and what an accepted transaction leaves behind: in the database first, then in the audit log."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from hashlib import sha256

import pytest

from stackgen.local.faults import Fail, LoseAnswer, Throttle
from stacks.tap.images.validator.errors import AuditUnavailable, SessionsUnavailable
from stacks.tap.images.validator.validation import Kind
from tests.tap.validator.world import BUCKET, LATE, NOW, SESSION, World, wanted

DIGEST = sha256(SESSION.encode()).hexdigest()


def test_an_accepted_transaction_is_in_the_database_and_in_the_audit_log(world: World) -> None:
    verdict = world.judge(wanted())
    assert verdict.kind is Kind.ACCEPTED
    assert verdict.answer() == {"statusCode": 200, "valid": True, "errors": []}
    at = datetime(2026, 3, 1, 12, 0, 0, 250_000)  # noqa: DTZ001 - the database's times are UTC and do not say so
    assert world.rows() == [("tx-1", Decimal("12.5000"), "EUR", "account-1", DIGEST, at)]
    assert world.objects() == {
        "transactions/tx-1.json": {
            "account_id": "account-1",
            "accepted_at": "2026-03-01T12:00:00.250000Z",
            "amount": "12.50",
            "currency": "EUR",
            "format": 1,
            "session": DIGEST,
            "transaction_id": "tx-1",
        }
    }


@pytest.mark.parametrize("again", [wanted(), wanted(amount="12.5"), wanted(correlation_id="second")])
def test_the_same_content_again_gets_the_same_answer_and_writes_nothing(world: World, again: dict[str, object]) -> None:
    first = world.judge(wanted())
    before = world.everything()
    later = replace(world.services(), now=lambda: NOW.replace(hour=18))
    second = world.judge(again, later)
    assert second.kind is Kind.REPEATED
    assert second.answer() == first.answer()
    assert world.everything() == before
    assert len(world.cloud.client("s3").list_object_versions(Bucket=BUCKET)["Versions"]) == 1


@pytest.mark.parametrize("other", [{"amount": "12.51"}, {"currency": "USD"}, {"account_id": "account-2"}])
def test_other_content_under_the_same_id_is_a_conflict(world: World, other: dict[str, str]) -> None:
    world.judge(wanted())
    before = world.everything()
    verdict = world.judge(wanted(**other))
    assert (verdict.kind, verdict.status) == (Kind.CONFLICT, 409)
    assert [each.code for each in verdict.found] == ["transaction_conflict"]
    assert world.everything() == before


def test_ids_that_differ_in_case_alone_are_two_transactions(world: World) -> None:
    assert world.judge(wanted(transaction_id="A")).kind is Kind.ACCEPTED
    assert world.judge(wanted(transaction_id="a")).kind is Kind.ACCEPTED


@pytest.mark.parametrize(
    ("session", "code"), [("nobody", "session_unknown"), (LATE, "session_expired"), ("odd", "session_expired")]
)
def test_who_has_no_living_session_is_refused_though_his_item_is_still_there(
    world: World, session: str, code: str
) -> None:
    world.cloud.client("dynamodb").put_item(
        TableName="sessions-dev", Item={"session_id": {"S": "odd"}, "expires_at": {"S": "tomorrow"}}
    )
    before = world.everything()
    verdict = world.judge(wanted(session_id=session))
    assert (verdict.status, [each.code for each in verdict.found]) == (401, [code])
    assert world.everything() == before


def test_a_session_is_read_as_it_is_now(world: World) -> None:
    """Who has just logged in, or out, is judged by that."""
    asked: list[dict[str, object]] = []
    events = world.cloud.client("dynamodb").meta.events
    events.register("provide-client-params.dynamodb.GetItem", lambda params, **_: asked.append(params))
    world.judge(wanted())
    assert [each["ConsistentRead"] for each in asked] == [True]


def test_a_malformed_input_is_told_of_its_session_too(world: World) -> None:
    verdict = world.judge(wanted(session_id=LATE, amount="-1", currency="XXX"))
    assert verdict.status == 400
    assert [each.code for each in verdict.found] == ["currency_unknown", "amount_not_positive", "session_expired"]


def test_what_was_accepted_is_answered_alike_after_the_session_has_expired(world: World) -> None:
    world.log_in("short", int(NOW.timestamp()) + 60)
    first = world.judge(wanted(session_id="short"))
    later = replace(world.services(), now=lambda: NOW.replace(hour=18))
    assert world.judge(wanted(session_id="short"), later).answer() == first.answer()


@pytest.mark.parametrize("changed", [{"session_id": LATE}, {"amount": "1"}, {"transaction_id": "tx-2"}])
def test_without_a_living_session_only_its_own_transaction_can_be_repeated(
    world: World, changed: dict[str, str]
) -> None:
    world.log_in("short", int(NOW.timestamp()) + 60)
    world.judge(wanted(session_id="short"))
    later = replace(world.services(), now=lambda: NOW.replace(hour=18))
    verdict = world.judge(wanted(**{"session_id": "short", **changed}), later)
    assert [each.code for each in verdict.found] == ["session_expired"]


def test_a_death_between_database_and_audit_log_is_made_up_for_by_the_next_attempt(world: World) -> None:
    world.cloud.faults.add("s3:PutObject", Fail("InternalError", "down", 500), times=20)
    with pytest.raises(AuditUnavailable, match="InternalError"):
        world.judge(wanted())
    world.cloud.faults.clear()
    assert len(world.rows()) == 1
    assert world.objects() == {}
    later = replace(world.services(), now=lambda: NOW.replace(hour=18))
    assert world.judge(wanted(), later).answer()["valid"] is True
    repaired = world.objects()["transactions/tx-1.json"]
    world.judge(wanted(transaction_id="tx-2"))
    assert repaired == {**world.objects()["transactions/tx-2.json"], "transaction_id": "tx-1"}  # as the first would be


def test_an_object_whose_answer_is_lost_is_there_and_written_once(world: World) -> None:
    world.cloud.faults.add("s3:PutObject", LoseAnswer(), times=1)
    assert world.judge(wanted()).kind is Kind.ACCEPTED
    assert len(world.cloud.client("s3").list_object_versions(Bucket=BUCKET)["Versions"]) == 1


def test_who_writes_an_object_at_the_same_moment_as_another_asks_again(world: World) -> None:
    """S3 answers 409 then, which boto3 does not repeat: of two duplicates at once one gets an error and an alarm"""
    conflict = Fail("ConditionalRequestConflict", "The conditional request cannot succeed due to a conflict", 409)
    world.cloud.faults.add("s3:PutObject", conflict, times=2)
    assert world.judge(wanted()).kind is Kind.ACCEPTED
    assert len(world.objects()) == 1
    world.cloud.faults.add("s3:PutObject", conflict, times=20)
    with pytest.raises(AuditUnavailable, match="ConditionalRequestConflict, also after several attempts"):
        world.judge(wanted(transaction_id="tx-2"))
    world.cloud.faults.clear()
    assert world.judge(wanted(transaction_id="tx-2")).kind is Kind.REPEATED
    assert len(world.objects()) == len(world.rows()) == 2


def test_a_session_table_that_does_not_answer_is_no_verdict(world: World) -> None:
    world.cloud.faults.add("dynamodb:GetItem", Throttle(), times=20)
    with pytest.raises(SessionsUnavailable, match=r"Throttling|Throughput"):
        world.judge(wanted())
    assert world.rows() == []
