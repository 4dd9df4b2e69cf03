"""What an error of botocore means: worth another attempt, or not."""

from __future__ import annotations

from typing import TYPE_CHECKING

from botocore.exceptions import BotoCoreError, ClientError

from .errors import OperationInProgressException, Refused, Transient

if TYPE_CHECKING:
    from .errors import DeployerError

_THROTTLED = (
    "Throttl",
    "TooManyRequests",
    "RequestLimitExceeded",
    "ProvisionedThroughput",
    "SlowDown",
    "LimitExceededTryAgain",
)
_PASSING = frozenset(
    {
        "InternalServerError", "InternalFailure", "InternalError", "ServiceUnavailable", "RequestTimeout",
        "TransactionInProgressException", "TransactionConflictException", "StaleRequestException",
    }
)  # fmt: skip
_SERVER_FAULT = 500
MOST_MESSAGE = 1_000
"""Characters of a message; the payload of a state machine and an item have limits."""


def code_of(error: BaseException) -> str:
    """The code of a refusal, or the class of any other error."""
    if isinstance(error, ClientError):
        return str(error.response.get("Error", {}).get("Code", ""))
    return type(error).__name__


def is_transient(error: BaseException) -> bool:
    """Whether the same call may succeed a little later."""
    if isinstance(error, ClientError):
        code = code_of(error)
        status = int(error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0))
        if code == "TransactionCanceledException":
            reasons = {each.get("Code") for each in error.response.get("CancellationReasons", [])}
            return bool(reasons & {"TransactionConflict", "ThrottlingError", "ProvisionedThroughputExceeded"})
        return code.startswith(_THROTTLED) or code in _PASSING or status >= _SERVER_FAULT
    return isinstance(error, BotoCoreError | ConnectionError | TimeoutError)


def translated(error: ClientError | BotoCoreError) -> DeployerError:
    """The error of ours for one of botocore's."""
    message = bounded(str(error))
    if is_transient(error):
        return Transient(message)
    if code_of(error) == "OperationInProgressException":
        return OperationInProgressException(message)
    return Refused(message)


def bounded(text: str, most: int = MOST_MESSAGE) -> str:
    """A text of one line and no more than so many characters."""
    line = " ".join(text.split())
    return line if len(line) <= most else f"{line[: most - 1]}…"
