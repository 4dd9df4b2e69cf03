"""What Lambda refuses, and ministack would take.

Sources: gettingstarted-limits.html, API_CreateFunction.html, API_Invoke.html, images-create.html. assumed: the wording
of what is too large, and that a function's image is looked for in the order of the other checks' names.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from stackgen.local.errors import ServiceError
from stackgen.local.functions.outcome import MOST_PAYLOAD

if TYPE_CHECKING:
    from collections.abc import Callable

    from stackgen.local.embedded import Embedded
    from stackgen.local.gateway import Around
    from stackgen.local.wire import Call, Response

MOST_EVENT = 1024 * 1024
"""Bytes of an asynchronous request."""
_MOST_VARIABLES = 4096
"""Bytes of all environment variables together."""
_LONGEST = 900
"""Seconds."""


class Limits:
    """Stands around the operations that make, change and invoke functions."""

    def __init__(self, embedded: Embedded) -> None:
        self._embedded = embedded

    def operations(self) -> dict[str, Around]:
        return {
            "CreateFunction": self._make,
            "UpdateFunctionCode": self._make,
            "UpdateFunctionConfiguration": self._make,
            "Invoke": self._invoke,
        }

    def _make(self, call: Call, forward: Callable[[Call], Response]) -> Response:
        said = call.parameters
        _see_that_it_ends(said.get("Timeout"))
        _see_that_they_fit((said.get("Environment") or {}).get("Variables") or {})
        image = said.get("ImageUri") or (said.get("Code") or {}).get("ImageUri")
        if image:
            with self._embedded.scope(call.account, call.region):
                _see_that_it_exists(image)
        return forward(call)

    def _invoke(self, call: Call, forward: Callable[[Call], Response]) -> Response:
        kind = call.request.headers.get("x-amz-invocation-type") or "RequestResponse"
        see_that_it_fits(call.request.body, kind)
        event_of(call.request.body)
        return forward(call)


def see_that_it_fits(payload: bytes, kind: str) -> None:
    """:raises ServiceError: where the payload of an invocation is too large for its type."""
    most = MOST_EVENT if kind == "Event" else MOST_PAYLOAD
    if len(payload) > most:
        message = f"{len(payload)} byte payload is too large for the {kind} invocation type (limit {most} bytes)"
        raise ServiceError("RequestTooLargeException", message, 413)


def event_of(payload: bytes) -> Any:
    """The event that a payload is.

    :raises ServiceError: where it is not JSON.
    """
    try:
        return json.loads(payload or b"{}")
    except ValueError as error:
        message = f"Could not parse request body into json: {error}"
        raise ServiceError("InvalidRequestContentException", message) from error


def _see_that_it_ends(timeout: int | None) -> None:
    if timeout is not None and timeout > _LONGEST:
        message = (
            f"1 validation error detected: Value '{timeout}' at 'timeout' failed to satisfy constraint: "
            f"Member must have value less than or equal to {_LONGEST}"
        )
        raise ServiceError("ValidationException", message)


def _see_that_they_fit(variables: dict[str, str]) -> None:
    measured = json.dumps(variables, separators=(",", ":"), ensure_ascii=False)
    if len(measured.encode()) > _MOST_VARIABLES:
        message = (
            "Lambda was unable to configure your environment variables because the environment variables you have "
            f"provided exceeded the 4KB limit. String measured: {measured}"
        )
        raise ServiceError("InvalidParameterValueException", message)


def _see_that_it_exists(image: str) -> None:
    from stackgen.local.resources.emulator import ServiceRefused
    from stackgen.local.resources.lambda_functions import _digest

    try:
        _digest(image)
    except ServiceRefused as refused:
        flaw = "is not valid" if " is not valid." in str(refused) else "does not exist"
        message = f"Source image {image} {flaw}. Provide a valid source image."
        raise ServiceError("InvalidParameterValueException", message) from refused
