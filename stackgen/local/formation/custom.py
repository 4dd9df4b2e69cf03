"""Custom resources as CloudFormation treats them: what their functions answer, how it words that, and when it gives up.

Sources: crpg-ref-responses.html (an answer has at most 4,096 bytes), crpg-ref-requesttypes-delete.html.
"""

from __future__ import annotations

import json
import secrets
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from stackgen.local.formation import records
from stackgen.local.formation.steps import remember_failed_creation
from stackgen.local.virtual import Threading, given

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from stackgen.local.clock import Clock

MOST_ANSWER = 4096
"""Bytes."""


class CustomResources:
    """``mended`` lets the functions of custom resources answer on a port, and wait in virtual time."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._answered_ids: dict[tuple[str, str], str] = {}

    @contextmanager
    def mended(self, port: int) -> Iterator[None]:
        from ministack.services.cloudformation import custom_resource

        with given(
            custom_resource,
            threading=Threading(self._clock),
            _PORT=str(port),
            deliver_response=self._noting(custom_resource.deliver_response),
            invoke_custom_resource=self._in_its_words(custom_resource.invoke_custom_resource),
        ):
            yield

    def _noting(self, deliver: Callable[..., bool]) -> Callable[..., bool]:
        """Note the physical ids that functions answer, for one that failed is deleted by its id too."""

        def delivered(token: str, answer: dict[str, Any]) -> bool:
            key = (str(answer.get("StackId")), str(answer.get("LogicalResourceId")))
            self._answered_ids[key] = str(answer.get("PhysicalResourceId") or "")
            if len(json.dumps(answer, separators=(",", ":")).encode()) > MOST_ANSWER:
                answer = {**answer, "Status": "FAILED", "Reason": "Response object is too long."}
            return deliver(token, answer)

        return delivered

    def _in_its_words(self, invoke: Callable[..., Any]) -> Callable[..., Any]:
        def invoked(request: str, logical_id: str, properties: dict[str, Any], *where: Any, **rest: Any) -> Any:
            stack_name, _, kind = where
            try:
                return invoke(request, logical_id, properties, *where, **rest)
            except TimeoutError:
                reason = "CloudFormation did not receive a response from your Custom Resource. Please check your logs."
            except RuntimeError as failed:
                reason = f"Received response status [FAILED] from custom resource. Message returned: {failed}"
            if request == "Create":
                self._remember(stack_name, logical_id, kind, properties)
            raise ValueError(reason)

        return invoked

    def _remember(self, stack_name: str, logical_id: str, kind: str, properties: dict[str, Any]) -> None:
        """Its function gets a Delete too, under the physical id that it answered, or one that CloudFormation made up.

        assumed: the form of an id that the function never answered.
        """
        stack = records.known(stack_name)
        made_up = f"{stack_name}-{logical_id}-{secrets.token_hex(6).upper()}"
        physical_id = self._answered_ids.get((stack["StackId"], logical_id)) or made_up
        remember_failed_creation(stack, logical_id, kind, physical_id, properties)
