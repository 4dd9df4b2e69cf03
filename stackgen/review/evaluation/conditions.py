"""Conditions in three values: true, false, and a symbol where it cannot be known."""

from __future__ import annotations

from .functions import evaluated
from .symbols import ABSENT, Computed, Hidden, Symbol, canonical, digest_of, symbols_in, text_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from .scope import Scope

_PAIR = 2


def decided(condition: Any, scope: Scope) -> bool | Symbol:
    """Whether a condition holds, or the symbol of what decides it."""
    if isinstance(condition, dict) and len(condition) == 1:
        function, data = next(iter(condition.items()))
        decide = _FUNCTIONS.get(function)
        if decide is not None:
            return decide(data, scope)
    if isinstance(condition, bool):
        return condition
    return Computed("condition", _plain(evaluated(condition, scope)))


def _plain(value: Any) -> Any:
    return None if value is ABSENT else value


def _equals(data: Any, scope: Scope) -> bool | Symbol:
    if not isinstance(data, list) or len(data) != _PAIR:
        return Computed("Fn::Equals", _plain(evaluated(data, scope)))
    first, second = (_plain(evaluated(each, scope)) for each in data)
    if canonical(first) == canonical(second):
        return True
    hidden, other = (first, second) if isinstance(first, Hidden) else (second, first)
    if isinstance(hidden, Hidden) and isinstance(other, str | int | float | Hidden):
        return not isinstance(other, Hidden) and digest_of(text_of(other)) == hidden.digest
    if any(symbols_in([first, second])):
        return Computed("Fn::Equals", *sorted((first, second), key=canonical))
    return False


def _not(data: Any, scope: Scope) -> bool | Symbol:
    inner = data[0] if isinstance(data, list) and len(data) == 1 else data
    verdict = decided(inner, scope)
    if isinstance(verdict, bool):
        return not verdict
    if isinstance(verdict, Computed) and verdict.function == "Fn::Not":
        inner_symbol: Symbol = verdict.arguments[0]
        return inner_symbol
    return Computed("Fn::Not", verdict)


def _and(data: Any, scope: Scope) -> bool | Symbol:
    return _combined("Fn::And", data, scope, decides=False)


def _or(data: Any, scope: Scope) -> bool | Symbol:
    return _combined("Fn::Or", data, scope, decides=True)


def _combined(function: str, data: Any, scope: Scope, *, decides: bool) -> bool | Symbol:
    """One verdict that decides settles it, whatever is unknown beside it."""
    verdicts = [decided(each, scope) for each in (data if isinstance(data, list) else [data])]
    if decides in verdicts:
        return decides
    open_ones = list(dict.fromkeys(each for each in verdicts if isinstance(each, Symbol)))
    if not open_ones:
        return not decides
    return open_ones[0] if len(open_ones) == 1 else Computed(function, *sorted(open_ones, key=lambda each: each.key))


def _named(data: Any, scope: Scope) -> bool | Symbol:
    return scope.condition(data) if isinstance(data, str) else Computed("Condition", _plain(evaluated(data, scope)))


_FUNCTIONS: dict[str, Callable[[Any, Scope], bool | Symbol]] = {
    "Fn::Equals": _equals,
    "Fn::Not": _not,
    "Fn::And": _and,
    "Fn::Or": _or,
    "Condition": _named,
}
