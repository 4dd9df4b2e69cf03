"""How a run of a handler ends: what its caller gets, in the words of Lambda and of its Python runtime.

Sources: python-exceptions.html; limits: gettingstarted-limits.html; the runtime itself:
https://github.com/aws/aws-lambda-python-runtime-interface-client (``bootstrap.py``, ``lambda_runtime_marshaller.py``).
"""

from __future__ import annotations

import json
import traceback
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from stackgen.local.task import ClockStopped, TaskCancelled

if TYPE_CHECKING:
    from collections.abc import Callable

    from stackgen.local.functions.handler_context import HandlerContext

MOST_PAYLOAD = 6 * 1024 * 1024
"""Bytes of a synchronous request or answer (gettingstarted-limits.html)."""


@dataclass(slots=True)
class Invoked:
    """An invocation that was made: of what, with what, how it ended."""

    function: str
    account: str
    region: str
    event: Any
    request_id: str
    started: float
    ended: float | None = None
    result: Any = None
    error_type: str = ""
    error_message: str = ""

    def end(self, at: float, result: dict[str, Any]) -> None:
        """Note how it ended."""
        self.ended = at
        said = _read(result["body"])
        if result.get("error"):
            self.error_type, self.error_message = said["errorType"], said["errorMessage"]
        else:
            self.result = said


def called(handler: Callable[[Any, HandlerContext], Any], event: Any, context: HandlerContext) -> dict[str, Any]:
    """Run a handler; its answer, or its failure, as ministack's executors give it.

    :raises BaseException: what the clock raises to stop it.
    """
    request_id = context.aws_request_id
    try:
        said = handler(event, context)
    except (ClockStopped, TaskCancelled):
        raise
    except Exception as error:  # noqa: BLE001 - whatever a handler raises is its answer
        within = error.__traceback__.tb_next if error.__traceback__ else None
        return failure(type(error).__name__, str(error), request_id, traceback.format_tb(within))
    except BaseException as left:  # noqa: BLE001 - the process of the runtime would end here, not ours
        return failure("Runtime.ExitError", f"RequestId: {request_id} Error: {_exit(left)}")
    try:
        text = said.decode() if isinstance(said, bytes) else json.dumps(said, default=_number, allow_nan=False)
    except (TypeError, ValueError, OverflowError, RecursionError) as error:
        return failure("Runtime.MarshalError", f"Unable to marshal response: {error}", request_id, [])
    return _answer(text)


def timed_out(request_id: str, seconds: float) -> dict[str, Any]:
    message = f"RequestId: {request_id} Error: Task timed out after {seconds:.2f} seconds"
    return failure("Sandbox.Timedout", message)


def failure(kind: str, message: str, request_id: str = "", trace: list[str] | None = None) -> dict[str, Any]:
    said: dict[str, Any] = {"errorMessage": message, "errorType": kind}
    if trace is not None:
        said |= {"requestId": request_id, "stackTrace": trace}
    return {"body": json.dumps(said), "raw_payload": True, "error": True, "function_error": "Unhandled", "log": ""}


def _answer(text: str) -> dict[str, Any]:
    size = len(text.encode())
    if size > MOST_PAYLOAD:
        return failure(
            "Function.ResponseSizeTooLarge",
            f"Response payload size ({size} bytes) exceeded maximum allowed payload size ({MOST_PAYLOAD} bytes).",
        )
    return {"body": text, "raw_payload": True, "log": ""}


def _number(value: object) -> int | float:
    """The runtime writes a Decimal as a number; what is no JSON is refused in the words of ``json``."""
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    raise TypeError(f"Object of type {type(value).__name__} is not JSON serializable")


def _exit(left: BaseException) -> str:
    """assumed: the wording where the code is 0, and that everything but SystemExit leaves with 1."""
    code = left.code if isinstance(left, SystemExit) else 1
    if code is None or code == 0:
        return "Runtime exited without providing a reason"
    return f"Runtime exited with error: exit status {code if isinstance(code, int) else 1}"


def _read(body: str) -> Any:
    try:
        return json.loads(body)
    except ValueError:
        return body
