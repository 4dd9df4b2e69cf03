"""What an error of botocore means: worth another attempt, or not."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import ClientError, ConnectionClosedError, EndpointConnectionError, ReadTimeoutError
from hypothesis import given
from hypothesis import strategies as st

from stackgen.deployer.handlers.errors import OperationInProgressException, Refused, Transient
from stackgen.deployer.handlers.refusals import bounded, code_of, is_transient, translated
from tests.deployer.handlers.properties import steady


def refused(code: str, status: int = 400, **more: Any) -> ClientError:
    answer: Any = {"Error": {"Code": code, "Message": "m"}, "ResponseMetadata": {"HTTPStatusCode": status}, **more}
    return ClientError(answer, "Call")


@pytest.mark.parametrize(
    "error",
    [
        refused("Throttling"),
        refused("ThrottlingException"),
        refused("TooManyRequestsException", 429),
        refused("RequestLimitExceeded"),
        refused("ProvisionedThroughputExceededException"),
        refused("SlowDown", 503),
        refused("InternalServerError"),
        refused("ServiceUnavailable"),
        refused("Unheard", 500),
        refused("Unheard", 503),
        refused("TransactionInProgressException"),
        refused("TransactionConflictException"),
        refused("StaleRequestException", 409),
        refused(
            "TransactionCanceledException", CancellationReasons=[{"Code": "None"}, {"Code": "TransactionConflict"}]
        ),
        refused("TransactionCanceledException", CancellationReasons=[{"Code": "ThrottlingError"}]),
        ReadTimeoutError(endpoint_url="u", error="e"),
        ConnectionClosedError(endpoint_url="u", error="e"),
        EndpointConnectionError(endpoint_url="u", error="e"),
    ],
    ids=code_of,
)
def test_what_may_succeed_later_is_transient(error: Any) -> None:
    assert is_transient(error)
    assert type(translated(error)) is Transient


@pytest.mark.parametrize(
    "error",
    [
        refused("AccessDenied", 403),
        refused("AccessDeniedException"),
        refused("ValidationError"),
        refused("LimitExceededException"),
        refused("ConditionalCheckFailedException"),
        refused("NoSuchKey", 404),
        refused("TransactionCanceledException", CancellationReasons=[{"Code": "ConditionalCheckFailed"}]),
        refused("TransactionCanceledException"),
    ],
    ids=code_of,
)
def test_what_stays_as_it_is_is_refused(error: ClientError) -> None:
    assert not is_transient(error)
    assert type(translated(error)) is Refused


@pytest.mark.requirement("DEP-32")
def test_a_busy_stack_set_has_an_error_of_its_own_which_the_state_machine_waits_for() -> None:
    """A conflict that is told by another name than the state machine retries."""
    assert type(translated(refused("OperationInProgressException", 409))) is OperationInProgressException


@steady
@given(text=st.text(max_size=300), most=st.integers(1, 100))
def test_a_message_is_one_line_and_bounded(text: str, most: int) -> None:
    line = bounded(text, most)
    assert len(line) <= most
    assert "\n" not in line
    whole = " ".join(text.split())
    assert line == whole or (line.endswith("…") and whole.startswith(line[:-1]))
