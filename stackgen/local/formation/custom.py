"""Custom resources as CloudFormation treats them: what their functions answer, how it words that, and when it gives up.

Sources: crpg-ref-responses.html (an answer has at most 4,096 bytes), crpg-ref-requesttypes-delete.html.
"""

from __future__ import annotations

import contextvars
import json
import secrets
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from stackgen.local.formation import records
from stackgen.local.formation.operation import current
from stackgen.local.formation.requests import setting
from stackgen.local.formation.steps import remember_failed_creation
from stackgen.local.virtual import Threading, given

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from stackgen.local.clock import Clock
    from stackgen.local.formation.monitoring import Monitoring

MOST_ANSWER = 4096
"""Bytes."""
LONGEST = 3600
"""Seconds that a function may take (aws-resource-cloudformation-customresource.html, ServiceTimeout)."""


_time_left: contextvars.ContextVar[float | None] = contextvars.ContextVar("time_left", default=None)
"""Seconds that the stack of a custom resource has left."""


class _Limited(Threading):
    """Events that wait no longer than the stack has time."""

    def __init__(self, clock: Clock) -> None:
        super().__init__(clock)
        event: Any = self.Event
        self.Event = type("Event", (event,), {"wait": _limited(event.wait)})


def _limited(wait: Any) -> Callable[..., bool]:
    def limited(event: Any, timeout: float | None = None) -> bool:
        waits = [each for each in (timeout, _time_left.get()) if each is not None]
        return bool(wait(event, min(waits, default=None)))

    return limited


class CustomResources:
    """``mended`` lets the functions of custom resources answer on a port, and wait in virtual time."""

    def __init__(self, clock: Clock, monitoring: Monitoring) -> None:
        self._clock = clock
        self._monitoring = monitoring
        self._answered_ids: dict[tuple[str, str], str] = {}
        self._silent: dict[tuple[str, str], bool] = {}

    @contextmanager
    def mended(self, port: int) -> Iterator[None]:
        from ministack.services.cloudformation import custom_resource

        with given(
            custom_resource,
            threading=_Limited(self._clock),
            _PORT=str(port),
            deliver_response=self._noting(custom_resource.deliver_response),
            invoke_custom_resource=self._in_its_words(custom_resource.invoke_custom_resource),
        ):
            yield

    def _noting(self, deliver: Callable[..., bool]) -> Callable[..., bool]:
        """Note the physical ids that functions answer, for one that failed is deleted by its id too."""

        def delivered(token: str, answer: Any) -> bool:
            if not isinstance(answer, dict) or answer.get("Status") not in {"SUCCESS", "FAILED"}:
                # assumed wording; what is not JSON comes here as an empty object
                known = answer if isinstance(answer, dict) else {}
                answer = {
                    **known,
                    "Status": "FAILED",
                    "Reason": "Invalid response object: Status is no SUCCESS or FAILED",
                }
            key = (str(answer.get("StackId")), str(answer.get("LogicalResourceId")))
            self._answered_ids[key] = str(answer.get("PhysicalResourceId") or "")
            self._silent[key] = str(answer.get("NoEcho", "")).lower() == "true"
            if len(json.dumps(answer, separators=(",", ":")).encode()) > MOST_ANSWER:
                answer = {**answer, "Status": "FAILED", "Reason": "Response object is too long."}
            return deliver(token, answer)

        return delivered

    def _in_its_words(self, invoke: Callable[..., Any]) -> Callable[..., Any]:
        def invoked(request: str, logical_id: str, properties: dict[str, Any], *where: Any, **rest: Any) -> Any:
            stack_name, stack_id, kind = where
            stack, own = records.known(stack_name), current.get()
            if request != "Delete":
                see_that_its_time_is_possible(properties)
            left = self._monitoring.time_left(stack) if own is not None and request != "Delete" else None
            try:
                with setting(_time_left, left):
                    answer = invoke(request, logical_id, properties, *where, **rest)
            except TimeoutError:
                if request == "Create":
                    self._remember(stack_name, logical_id, kind, properties)
                if own is not None and left is not None:
                    self._monitoring.sleep(own, stack, 0.001)
                reason = "CloudFormation did not receive a response from your Custom Resource. Please check your logs."
            except RuntimeError as failed:
                if request == "Create":
                    self._remember(stack_name, logical_id, kind, properties)
                reason = f"Received response status [FAILED] from custom resource. Message returned: {failed}"
            else:
                self._listen(stack, logical_id, stack_id)
                return answer
            raise ValueError(reason)

        return invoked

    def _listen(self, stack: records.Stack, logical_id: str, stack_id: str) -> None:
        """Note whether what the function answered may be shown."""
        silent = {*stack.get("_silent", ())} - {logical_id}
        stack["_silent"] = sorted(silent | ({logical_id} if self._silent.get((stack_id, logical_id)) else set()))

    def _remember(self, stack_name: str, logical_id: str, kind: str, properties: dict[str, Any]) -> None:
        """Its function gets a Delete too, under the physical id that it answered, or one that CloudFormation made up.

        assumed: the form of an id that the function never answered.
        """
        stack = records.known(stack_name)
        made_up = f"{stack_name}-{logical_id}-{secrets.token_hex(6).upper()}"
        physical_id = self._answered_ids.get((stack["StackId"], logical_id)) or made_up
        remember_failed_creation(stack, logical_id, kind, physical_id, properties)


def see_that_its_time_is_possible(properties: dict[str, Any]) -> None:
    """:raises ValueError: for a ServiceTimeout that is none."""
    said = properties.get("ServiceTimeout")
    if said is None:
        return
    text = str(said)
    if not text.isdecimal() or not 1 <= int(text) <= LONGEST:
        raise ValueError(f"Value {text} of property ServiceTimeout must be between 1 and {LONGEST}")
