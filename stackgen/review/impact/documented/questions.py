"""What ``when`` of a row asks: each answers True, False, or None where a value is not known before the deployment."""

from __future__ import annotations

from stackgen.review.evaluation.symbols import Choice, Symbol, canonical, symbols_in, text_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from .row import Change

    Question = Callable[[Change], bool | None]

PERHAPS = None
"""The answer where a value is not known."""


def becomes(*pairs: tuple[str, str]) -> Question:
    """Whether a value becomes another in one of these ways."""

    def ask(change: Change) -> bool | None:
        if unknown(change.before, change.after):
            return PERHAPS
        return (_text(change.before), _text(change.after)) in pairs

    return ask


def other_than(*pairs: tuple[str, str]) -> Question:
    """Whether a value becomes another in none of these ways."""
    ask = becomes(*pairs)

    return lambda change: _not(ask(change))


def was_given(change: Change) -> bool | None:
    return _is_given(change.before)


def was_absent(change: Change) -> bool | None:
    return _not(_is_given(change.before))


def is_added(change: Change) -> bool | None:
    return _both(_not(_is_given(change.before)), _is_given(change.after))


def is_removed(change: Change) -> bool | None:
    return _both(_is_given(change.before), _not(_is_given(change.after)))


def is_another(change: Change) -> bool | None:
    """Given before and given after."""
    return _both(_is_given(change.before), _is_given(change.after))


def shrinks(change: Change) -> bool | None:
    """Whether a number becomes smaller."""
    if unknown(change.before, change.after):
        return PERHAPS
    try:
        return float(change.after) < float(change.before)
    except (TypeError, ValueError):
        return False


def allows(policy: str, switch: str) -> Question:
    """Whether the new resource's UpdatePolicy has a switch on; ``policy`` is the object that holds it, or nothing."""

    def ask(change: Change) -> bool | None:
        found = change.new.attributes.get("UpdatePolicy") or {}
        for name in (policy, switch) if policy else (switch,):
            if isinstance(found, Symbol):
                return PERHAPS
            found = found.get(name) if isinstance(found, dict) else None
        return PERHAPS if unknown(found) else _text(found) == "true"

    return ask


def refuses(policy: str, switch: str) -> Question:
    """Whether the new resource's UpdatePolicy leaves a switch off."""
    ask = allows(policy, switch)

    return lambda change: _not(ask(change))


def sets(name: str, *values: str) -> Question:
    """Whether the new resource gives a property, one of these values if any is named."""

    def ask(change: Change) -> bool | None:
        value = change.new.properties.get(name)
        if isinstance(value, Symbol) and values:
            return PERHAPS
        return value is not None and (not values or _text(value) in values)

    return ask


def alone(change: Change, *names: str) -> bool:
    """Whether nothing but the properties named differs between the two resources."""
    others = [
        {key: value for key, value in each.properties.items() if key not in names} for each in (change.old, change.new)
    ]
    return canonical(others[0]) == canonical(others[1])


def by_name(items: Any, name: str) -> dict[str, dict[str, Any]] | None:
    """The items of a list under their names; None for a list that is not known, or whose names are not."""
    if items is None:
        return {}
    if not isinstance(items, list):
        return None
    found = {}
    for item in items:
        if not isinstance(item, dict) or unknown(item.get(name)):
            return None
        found[_text(item.get(name))] = item
    return found


def unknown(*values: Any) -> bool:
    """Whether there is a symbol at or below a value."""
    return any(True for _ in symbols_in(list(values)))


def differ(before: Any, after: Any) -> bool:
    return canonical(before) != canonical(after)


def _text(value: Any) -> str:
    return "" if value is None else text_of(value)


def _is_given(value: Any) -> bool | None:
    """Whether a value is there; a choice may be between a value and none."""
    return PERHAPS if isinstance(value, Choice) else value not in (None, "")


def _not(answer: bool | None) -> bool | None:  # noqa: FBT001  an answer is all there is
    return PERHAPS if answer is PERHAPS else not answer


def _both(first: bool | None, second: bool | None) -> bool | None:  # noqa: FBT001  two answers
    if first is False or second is False:
        return False
    return PERHAPS if first is PERHAPS or second is PERHAPS else True
