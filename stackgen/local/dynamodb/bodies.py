"""Requests and answers of DynamoDB as the JSON that they are, for what must come back exactly as it was sent."""

from __future__ import annotations

import json
import zlib
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from stackgen.local.wire import Response

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from stackgen.local.wire import Call

OK = 200


def sent(call: Call) -> dict[str, Any]:
    """The body of a request; empty where it is none, which the service will refuse."""
    try:
        body = json.loads(call.request.body)
    except ValueError:
        return {}
    return body if isinstance(body, dict) else {}


def told(response: Response) -> dict[str, Any]:
    """The body of an answer."""
    body: dict[str, Any] = json.loads(response.body)
    return body


def response(body: Mapping[str, Any], status: int = OK) -> Response:
    """An answer, with the checksum that clients of DynamoDB look at."""
    data = json.dumps(body, ensure_ascii=False).encode()
    headers = {"content-type": "application/x-amz-json-1.0", "x-amz-crc32": str(zlib.crc32(data))}
    return Response(status, headers, data)


@contextmanager
def asking(call: Call, body: Mapping[str, Any]) -> Iterator[None]:
    """Let a call ask for something else while it is served."""
    whole, parameters = call.request, call._parameters
    data = json.dumps(body, ensure_ascii=False).encode()
    headers = {**whole.headers, "content-length": str(len(data))}
    call.request, call._parameters = replace(whole, headers=headers, body=data), None
    try:
        yield
    finally:
        call.request, call._parameters = whole, parameters
