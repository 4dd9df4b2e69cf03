"""The day that rules go by: today, in UTC, or the one that the option ``today`` gives."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

OPTION: dict[str, dict[str, Any]] = {
    "today": {
        "default": "",
        "type": "string",
        "pattern": r"\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])",
        "expected": "a day in quotes such as '2027-06-30'",
    }
}


def today(config: Mapping[str, Any]) -> date:
    """The day; today where the option is none, for a rule never raises."""
    try:
        return date.fromisoformat(str(config["today"]))
    except ValueError:
        return datetime.now(UTC).date()
