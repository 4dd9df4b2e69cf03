"""Fields of an event, each checked; an error names the field, what was found and what was expected."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from .errors import MissingInput

if TYPE_CHECKING:
    from collections.abc import Mapping


class Build(NamedTuple):
    """Which build an event is about."""

    env: str
    repo: str
    sk: str

    @classmethod
    def from_event(cls, event: Mapping[str, Any]) -> Build:
        """Raises MissingInput, which names the field."""
        return cls(text(event, "env"), text(event, "repo"), text(event, "sk"))


class Pair(NamedTuple):
    """One target: an account and a region."""

    account_id: str
    region: str

    def __str__(self) -> str:
        return f"{self.account_id}/{self.region}"

    def shown(self) -> dict[str, str]:
        """As payloads hold it."""
        return {"account_id": self.account_id, "region": self.region}


def text(event: Mapping[str, Any], name: str) -> str:
    """A text that is not empty."""
    value = event.get(name)
    if not isinstance(value, str) or not value:
        raise MissingInput(f"{name} must be a text that is not empty, and is {value!r}")
    return value


def number(event: Mapping[str, Any], name: str, default: int | None = None) -> int:
    """A whole number that is not negative."""
    value = event.get(name, default)
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        raise MissingInput(f"{name} must be a whole number from 0, and is {value!r}")
    return value


def flag(event: Mapping[str, Any], name: str) -> bool:
    """True or false; false where nothing is said."""
    value = event.get(name, False)
    if not isinstance(value, bool):
        raise MissingInput(f"{name} must be true or false, and is {value!r}")
    return value


def pairs(event: Mapping[str, Any], name: str = "targets") -> list[Pair]:
    """Targets as ``fetch_targets`` answers them."""
    value = event.get(name)
    if not isinstance(value, list):
        raise MissingInput(f"{name} must be a list of targets, and is {value!r}")
    return [Pair(text(each, "account_id"), text(each, "region")) for each in value]
