"""The plan of a build: kept before anything starts, once, and read again as it was."""

from __future__ import annotations

import pytest
from botocore.exceptions import ClientError

from stackgen.deployer.handlers import plans
from stackgen.deployer.handlers.errors import RecordsNotWritten, Transient
from stackgen.deployer.handlers.inputs import Build
from stackgen.deployer.handlers.planning import CREATE, DEFINE, NOWHERE, Batch
from stackgen.deployer.handlers.plans import Header
from stackgen.deployer.handlers.policy import Policy
from stackgen.deployer.handlers.rectangles import Rectangle
from stackgen.local.dynamodb import LeaveUnprocessed
from stackgen.local.faults import Fail, LoseAnswer, Throttle
from tests.deployer.handlers.field import HERE, A, B, Field

BATCHES = [Batch(DEFINE, 0, NOWHERE), Batch(CREATE, 1, Rectangle((A, B), (HERE,)))]
HEADER = Header(2, {"sk": "1", "s3_bucket": "b", "s3_key": "k"}, {"mode": "collect-all", "waves": [[A], [B]]})


def save(field: Field, build: Build, header: Header = HEADER, kind: str = plans.ROLLOUT) -> Header:
    return plans.save(build, BATCHES, header, field.clients, field.settings, kind=kind)


def find(field: Field, build: Build, kind: str = plans.ROLLOUT) -> Header | None:
    return plans.find(build, field.clients, field.settings, kind)


def test_a_plan_is_read_again_as_it_was(field: Field) -> None:
    build = field.build()
    assert find(field, build) is None
    kept = save(field, build)
    assert kept == find(field, build) == HEADER._replace(began="2026-01-01T00:00:00Z")
    assert kept.rules == Policy(mode="collect-all", waves=((A,), (B,)))
    for index, batch in enumerate(BATCHES):
        assert plans.batch(build, index, field.clients, field.settings) == batch


def test_the_first_plan_stays(field: Field) -> None:
    """A second attempt would plan on what the first one has begun."""
    build = field.build()
    first = save(field, build)
    assert save(field, build, HEADER._replace(orphans=7)) == first


def test_the_way_back_is_a_plan_of_its_own(field: Field) -> None:
    build = field.build()
    save(field, build)
    assert find(field, build, plans.REVERT) is None
    save(field, build, HEADER._replace(good_build_id="g"), plans.REVERT)
    plans.note(build, field.clients, field.settings, plans.REVERT, outcome="done")
    back, forward = find(field, build, plans.REVERT), find(field, build)
    assert back is not None
    assert forward is not None
    assert (back.good_build_id, back.outcome, forward.outcome) == ("g", "done", "")


def test_what_is_noted_stands_in_the_header(field: Field) -> None:
    build = field.build()
    save(field, build)
    plans.note(build, field.clients, field.settings, started=1, wave_ended="w")
    found = find(field, build)
    assert found is not None
    assert (found.started, found.wave_ended, found.batch_count) == (1, "w", 2)


def test_nothing_is_noted_where_there_is_no_plan(field: Field) -> None:
    with pytest.raises(ClientError, match=r"ConditionalCheckFailed"):
        plans.note(field.build(), field.clients, field.settings, started=1)


def test_the_header_is_written_last(field: Field) -> None:
    """What is interrupted while batches are written has no plan yet, and plans anew."""
    build = field.build()
    with field.fault("dynamodb:PutItem", Throttle()), pytest.raises(ClientError):
        save(field, build)
    assert find(field, build) is None
    assert len(field.plan(build)) == 2
    assert save(field, build).batch_count == 2


def test_batches_that_are_not_written_leave_no_plan(field: Field) -> None:
    build = field.build()
    with field.fault("dynamodb:BatchWriteItem", Throttle()), pytest.raises(Transient):
        save(field, build)
    with field.fault("dynamodb:BatchWriteItem", Fail("AccessDeniedException")), pytest.raises(RecordsNotWritten):
        save(field, build)
    assert find(field, build) is None
    with field.fault("dynamodb:BatchWriteItem", LeaveUnprocessed(1), times=1):
        save(field, build)
    assert len(field.plan(build)) == 2


@pytest.mark.parametrize("times", [1, 5])
def test_a_header_whose_answer_is_lost_is_the_plan(field: Field, times: int) -> None:
    build = field.build()
    with field.fault("dynamodb:PutItem", LoseAnswer(), times):
        if times == 1:
            save(field, build)
        else:
            with pytest.raises(Exception, match=r"Connection was closed"):
                save(field, build)
    assert save(field, build, HEADER._replace(orphans=9)).orphans == 0
