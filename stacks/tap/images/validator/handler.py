"""The entry point of the image: ``images.validator.handler.handler``.

In: a transaction, as it is or as the body of an HTTP API's event. Out: ``statusCode``, ``valid``, ``errors``; 200
accepted, 400 malformed, 401 without a session, 409 where another transaction has the id. Raises ValidatorError.
"""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

from aws_lambda_powertools import Logger

from .doors import Door
from .errors import Unexpected, ValidatorError
from .patience import Patience
from .problems import Problem
from .services import of_environment
from .validation import Kind, Verdict, validate

log = Logger(service="transaction-validator")


def handler(event: object, context: Any) -> dict[str, Any]:
    """Judge one event with the services of this environment."""
    request_id = str(getattr(context, "aws_request_id", ""))
    door = Door.of(event, request_id)
    log.set_correlation_id(door.correlation_id)
    log.append_keys(function_request_id=request_id, door="http" if door.is_http else "direct")
    began = time.perf_counter()
    try:
        verdict = _judged(door, context)
    except ValidatorError as error:
        log.error("no verdict", extra={"error": type(error).__name__, "reason": str(error), **_took(began)})  # noqa: TRY400  its trace would show values
        return door.failed(error)
    log.info("verdict", extra={**_told(verdict), **_took(began)})
    return door.answer(verdict)


def _judged(door: Door, context: Any) -> Verdict:
    if isinstance(door.given, Problem):
        return Verdict(Kind.REFUSED, (door.given,))
    try:
        return validate(door.given, of_environment(), _patience(context))
    except ValidatorError:
        raise
    except Exception as error:  # noqa: BLE001  the door's last resort: an unknown error's own message may hold values
        raise Unexpected(f"{type(error).__name__} {_place(error)}") from None


def _patience(context: Any) -> Patience:
    left = getattr(context, "get_remaining_time_in_millis", None)
    return Patience() if left is None else Patience(left=lambda: left() / 1_000)


def _told(verdict: Verdict) -> dict[str, Any]:
    """What the log tells of a verdict: names of errors, and of a transaction its id alone."""
    told: dict[str, Any] = {"kind": verdict.kind.value, "status": verdict.status}
    if verdict.found:
        told["codes"] = [each.code for each in verdict.found]
    if verdict.transaction_id:
        told["transaction_id"] = verdict.transaction_id
    return told


def _took(began: float) -> dict[str, float]:
    return {"milliseconds": round((time.perf_counter() - began) * 1_000, 1)}


def _place(error: BaseException) -> str:
    """The line of ours that an error came from."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    return "" if trace is None else f"in {Path(trace.tb_frame.f_code.co_filename).name}:{trace.tb_lineno}"
