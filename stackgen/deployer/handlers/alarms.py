"""Alarms that tell of a bad release where CloudFormation watches none: how they are, and when to look again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .policy import MOST_ALARMS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from .inputs import Pair

MOST_PLACES = 48
"""Places of one look. Each takes a client of its own, which costs a fifth of a second of a small function's CPU."""

LEAST_WAIT, MOST_WAIT, LOOKS = 30, 600, 20
"""Seconds between two looks of a watch that takes about twenty."""

LOUD = "ALARM"


def states(names: Sequence[str], reader: Any) -> dict[str, str]:
    """The state of each alarm that exists, of a hundred at most; *reader* is CloudWatch. Raises what boto3 raises."""
    answer = reader.describe_alarms(
        AlarmNames=list(names), AlarmTypes=["MetricAlarm", "CompositeAlarm"], MaxRecords=MOST_ALARMS
    )
    found = [*answer.get("MetricAlarms", []), *answer.get("CompositeAlarms", [])]
    return {each["AlarmName"]: each["StateValue"] for each in found}


def part(places: Sequence[Pair], looks: int) -> Sequence[Pair]:
    """What a look takes: it begins where the one before ended."""
    if len(places) <= MOST_PLACES:
        return places
    start = looks * MOST_PLACES % len(places)
    return [*places, *places][start : start + MOST_PLACES]


def pause(minutes: int, left: int) -> int:
    """Seconds until the next look of a watch of so many minutes, of which some seconds are left."""
    return min(MOST_WAIT, max(LEAST_WAIT, minutes * 60 // LOOKS), max(1, left))
