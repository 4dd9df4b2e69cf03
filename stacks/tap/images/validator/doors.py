"""Who calls, and how he is answered: through an HTTP API, or directly.

A verdict is an answer through both doors. Where there is none, a direct caller gets the error raised, so that whatever
retries and alarms stand around the function see it; an HTTP caller gets 503, and nothing that tells of the inside.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, NamedTuple

from . import body
from .transaction import IDENTIFIER

if TYPE_CHECKING:
    from .errors import ValidatorError
    from .validation import Verdict

_HEADER = "x-correlation-id"
_UNAVAILABLE = 503


class Door(NamedTuple):
    """Where an event came in, what it asks to judge, and the name under which the logs are found."""

    given: object
    """A JSON value, or the problem of a body that is none."""
    correlation_id: str
    is_http: bool

    @classmethod
    def of(cls, event: object, request_id: str) -> Door:
        """Events of HTTP APIs, payload format 2.0, are known by their request's context; an empty body is left out."""
        if isinstance(event, dict) and isinstance(event.get("requestContext"), dict):
            context, headers = event["requestContext"], event.get("headers")
            sent = headers.get(_HEADER) if isinstance(headers, dict) else None
            return cls(body.read(event), _first(sent, context.get("requestId"), request_id), is_http=True)
        sent = event.get("correlation_id") if isinstance(event, dict) else None
        return cls(event, _first(sent, request_id), is_http=False)

    def answer(self, verdict: Verdict) -> dict[str, Any]:
        answer = verdict.answer()
        return self._response(answer.pop("statusCode"), answer) if self.is_http else answer

    def failed(self, error: ValidatorError) -> dict[str, Any]:
        """The answer to an HTTP caller. Raises the error to a direct one."""
        if not self.is_http:
            raise error from None
        told = {"code": "unavailable", "field": "", "message": "no verdict now; the same request may be sent again"}
        return self._response(_UNAVAILABLE, {"valid": False, "errors": [told]})

    def _response(self, status: int, content: dict[str, Any]) -> dict[str, Any]:
        headers = {"content-type": "application/json", "cache-control": "no-store", _HEADER: self.correlation_id}
        return {"statusCode": status, "headers": headers, "body": json.dumps(content)}


def _first(*names: object) -> str:
    """The first that may stand in a log."""
    return next((name for name in names if isinstance(name, str) and IDENTIFIER.fullmatch(name)), "unknown")
