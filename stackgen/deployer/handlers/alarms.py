"""Alarms that tell of a bad release where CloudFormation watches none: how they are, and when to look again.

One that goes off and is quiet again between two looks has told of it all the same, so what it did since is asked too.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from .policy import MOST_ALARMS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from .inputs import Pair

MOST_PLACES = 48
"""Places of one look. Each takes a client of its own, which costs a fifth of a second of a small function's CPU."""

LEAST_WAIT, MOST_WAIT, LOOKS = 30, 600, 20
"""Seconds between two looks of a watch that takes about twenty."""

LOUD = "ALARM"
RANG = "quiet again"
"""How an alarm is said to be that has gone off since, and is in another state now."""

_MOST_CHANGES = 100
"""Changes of an alarm that are looked through, the newest first; as many as one call tells."""
_TYPES = ["MetricAlarm", "CompositeAlarm"]


def states(names: Sequence[str], reader: Any, since: float | None = None) -> dict[str, str]:
    """The state of each alarm that exists, of a hundred at most; *reader* is CloudWatch. Raises what boto3 raises.

    *since* is a moment: one that has gone off after it, and is quiet now, is ``RANG``.
    """
    answer = reader.describe_alarms(AlarmNames=list(names), AlarmTypes=_TYPES, MaxRecords=MOST_ALARMS)
    found = [*answer.get("MetricAlarms", []), *answer.get("CompositeAlarms", [])]
    told = {each["AlarmName"]: each["StateValue"] for each in found}
    if since is None:
        return told
    moved = [each["AlarmName"] for each in found if each["StateValue"] != LOUD and _has_moved(each, since)]
    return {**told, **{name: RANG for name in moved if went_off(name, since, reader)}}


def went_off(name: str, since: float, reader: Any) -> bool:
    """Whether an alarm has gone off since a moment, by its history. Raises what boto3 raises."""
    answer = reader.describe_alarm_history(
        AlarmName=name,
        AlarmTypes=_TYPES,
        HistoryItemType="StateUpdate",
        StartDate=datetime.fromtimestamp(since, UTC),
        MaxRecords=_MOST_CHANGES,
    )
    return any(_led_to(each) == LOUD for each in answer["AlarmHistoryItems"])


def _has_moved(alarm: Mapping[str, Any], since: float) -> bool:
    """Whether its state has changed since, as far as it tells that by itself."""
    moment = alarm.get("StateTransitionedTimestamp") or alarm.get("StateUpdatedTimestamp")
    return moment is None or moment.timestamp() >= since


def _led_to(item: Mapping[str, Any]) -> str:
    """The state that a change led to."""
    try:
        return str(json.loads(item["HistoryData"])["newState"]["stateValue"])
    except (KeyError, TypeError, ValueError):  # the summary is for people, and says it last
        return str(item.get("HistorySummary", "")).rpartition(" ")[2]


def part(places: Sequence[Pair], looks: int) -> Sequence[Pair]:
    """What a look takes: it begins where the one before ended."""
    if len(places) <= MOST_PLACES:
        return places
    start = looks * MOST_PLACES % len(places)
    return [*places, *places][start : start + MOST_PLACES]


def pause(minutes: int, left: int) -> int:
    """Seconds until the next look of a watch of so many minutes, of which some seconds are left."""
    return min(MOST_WAIT, max(LEAST_WAIT, minutes * 60 // LOOKS), max(1, left))
