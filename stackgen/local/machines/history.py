"""The history of an execution: what happened, in order, up to the number of events that AWS keeps.

Source: https://docs.aws.amazon.com/step-functions/latest/apireference/API_GetExecutionHistory.html
"""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any

from stackgen.local.machines.limits import EVENTS

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import datetime

#: What ``includeExecutionData=False`` leaves out.
_DATA = ("input", "inputDetails", "output", "outputDetails", "parameters")


class History:
    """Stands where the interpreter keeps its event manager.

    When one event is left, *on_full* is called, which must :meth:`conclude`. A context that was abandoned (a task that
    timed out, a branch whose sibling failed) tells nothing any more, nor does anything after the end.
    """

    def __init__(self, now: Callable[[], datetime], on_full: Callable[[], object]) -> None:
        self.events: list[dict[str, Any]] = []
        self._now = now
        self._on_full = on_full
        self._closed = False

    def add_event(
        self,
        context: Any,
        event_type: str,
        event_details: Mapping[str, Any] | None = None,
        timestamp: datetime | None = None,
        update_source_event_id: bool = True,  # noqa: FBT001, FBT002 - the interpreter's signature
    ) -> int:
        if self._closed or getattr(context, "abandoned", False):
            return int(context.last_published_event_id)
        if len(self.events) + 1 >= EVENTS:
            self._on_full()
            return len(self.events)
        number = self._append(event_type, context.source_event_id, event_details, timestamp)
        context.last_published_event_id = number
        if update_source_event_id:
            context.source_event_id = number
        return number

    def conclude(self, event_type: str, details: Mapping[str, Any], previous: int) -> None:
        """The last event."""
        self._append(event_type, previous, details)
        self._closed = True

    def _append(
        self, event_type: str, previous: int, details: Mapping[str, Any] | None, timestamp: datetime | None = None
    ) -> int:
        number = len(self.events) + 1
        event: dict[str, Any] = {
            "timestamp": timestamp or self._now(),
            "type": str(getattr(event_type, "value", event_type)),
            "id": number,
            "previousEventId": previous,
        }
        for name, value in (details or {}).items():
            event[name] = {key: item for key, item in value.items() if item is not None}
        self.events.append(event)
        return number


def shown(events: Sequence[dict[str, Any]], *, data: bool) -> list[dict[str, Any]]:
    """Copies of events for a caller, with or without inputs and outputs."""
    copies = copy.deepcopy(list(events))
    if not data:
        for event in copies:
            for details in event.values():
                if isinstance(details, dict):
                    for name in _DATA:
                        details.pop(name, None)
    return copies
