"""What Step Functions allows, and JSON as it measures it.

Source: https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html
"""

from __future__ import annotations

import json
from datetime import date
from typing import Any

from stackgen.local.errors import ServiceError

#: The longest input or output of a state, a task or an execution, in bytes of UTF-8.
PAYLOAD = 262_144
#: The most events that the history of an execution holds; the last one says how it ended.
EVENTS = 25_000
#: The longest an execution of an EXPRESS machine runs, in seconds.
EXPRESS_SECONDS = 300
#: The most iterations of an inline Map that run at the same time.
INLINE_ITERATIONS = 40
#: What stands for "no limit" where a number of seconds is asked for.
FOREVER = 99_999_999
#: How many days the name of an execution stays taken after it ended.
NAME_DAYS = 90
#: The most tags of a state machine.
TAGS = 50


def text_of(value: Any) -> str:
    """JSON without blanks, as histories and outputs show it."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), default=_other)


def _other(value: Any) -> str:
    return value.isoformat() if isinstance(value, date) else str(value)


def fits(value: Any) -> bool:
    """Whether a payload may be passed on."""
    return size(text_of(value)) <= PAYLOAD


def size(text: str) -> int:
    return len(text) if text.isascii() else len(text.encode())


def payload(text: str, name: str, code: str) -> Any:
    """A payload that a caller sent as JSON.

    :raises ServiceError: ValidationException where it is too long, *code* where it is no JSON.
    """
    if size(text) > PAYLOAD:
        raise ServiceError(
            "ValidationException",
            f"1 validation error detected: Value at '{name}' failed to satisfy constraint: "
            f"Member must have length less than or equal to {PAYLOAD}",
        )
    try:
        return json.loads(text)
    except ValueError as error:
        raise ServiceError(code, f"Invalid State Machine Execution {name.capitalize()}: '{error}'") from None
