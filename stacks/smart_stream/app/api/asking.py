"""What was asked, and what is answered: the events of an HTTP API, payload 2.0, and their answers.

Source: https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html.
"""

from __future__ import annotations

import base64
import binascii
import json
import re
from typing import TYPE_CHECKING, Any, NamedTuple

from api.errors import BadRequest, TooLarge

if TYPE_CHECKING:
    from collections.abc import Mapping

LONGEST = 65_536
"""Bytes of a body; audio goes to its bucket, not through here."""
CORRELATION = "x-correlation-id"
_SAFE = re.compile(r"[A-Za-z0-9._:/=+-]{1,64}")


class Request(NamedTuple):
    """One request."""

    method: str
    path: str
    headers: Mapping[str, str]
    text: str

    @classmethod
    def from_event(cls, event: Mapping[str, Any]) -> Request:
        """Raises BadRequest, TooLarge."""
        headers = {str(name).lower(): str(value) for name, value in (event.get("headers") or {}).items()}
        text = event.get("body") or ""
        if len(text) > LONGEST * 2:
            raise TooLarge(f"a body has {LONGEST} bytes at most")
        if event.get("isBase64Encoded"):
            try:
                text = base64.b64decode(text, validate=True).decode()
            except (binascii.Error, UnicodeDecodeError):
                raise BadRequest("the body is no text in UTF-8") from None
        if len(text.encode()) > LONGEST:
            raise TooLarge(f"a body has {LONGEST} bytes at most")
        return cls(event["requestContext"]["http"]["method"], event["rawPath"], headers, text)

    def texts(self, **wanted: str) -> dict[str, str]:
        """Members of the body, each with the pattern of its text. Raises BadRequest."""
        said = self._object()
        if unknown := sorted(set(said) - set(wanted)):
            raise BadRequest(f"{unknown[0][:60]!r} is not known here; expected {', '.join(wanted)}")
        for name, pattern in wanted.items():
            value = said.get(name, "")
            if not isinstance(value, str) or not re.fullmatch(pattern, value, re.DOTALL):
                raise BadRequest(f"{name} is missing, or not of the form {pattern}")
        return {name: said.get(name, "") for name in wanted}

    def _object(self) -> dict[str, Any]:
        try:
            said = json.loads(self.text)
        except (ValueError, RecursionError):
            raise BadRequest("the body is no JSON") from None
        if not isinstance(said, dict):
            raise BadRequest("the body is no JSON object")
        return said


class Answer(NamedTuple):
    """One answer."""

    status: int
    body: Mapping[str, Any] | None = None
    location: str = ""

    def shown(self, correlation_id: str) -> dict[str, Any]:
        """As the HTTP API wants it. Nobody keeps an answer: it may be another one in a second."""
        headers = {"cache-control": "no-store", CORRELATION: correlation_id}
        if self.location:
            headers["location"] = self.location
        if self.body is None:
            return {"statusCode": self.status, "headers": headers}
        headers["content-type"] = "application/json"
        return {"statusCode": self.status, "headers": headers, "body": json.dumps(self.body)}


def correlation_id(event: Mapping[str, Any], context: Any) -> str:
    """Whoever asks may name the request; else the HTTP API has, or Lambda."""
    headers = event.get("headers") or {}
    named = next((str(value) for name, value in headers.items() if str(name).lower() == CORRELATION), "")
    if _SAFE.fullmatch(named):
        return named
    given = (event.get("requestContext") or {}).get("requestId")
    return str(given or getattr(context, "aws_request_id", "") or "none")
