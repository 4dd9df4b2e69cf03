"""Which conditions hold in production, as far as a template says what its environments are called.

A protection that depends on the kind of environment is somebody's decision, unless production is what goes without. So
only conditions are judged that compare a parameter with the word for a kind of environment; those on switches, and on
words that say nothing, are unknown.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .values import function_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .view import View

PRODUCTION = frozenset({"prod", "production", "prd", "live"})
OTHERS = frozenset({
    "dev", "develop", "development", "test", "testing", "qa", "uat", "stage", "staging", "stg", "sandbox", "preview",
    "nonprod", "non-prod", "nonproduction", "non-production",
})  # fmt: skip
_DEEPEST = 20
"""Conditions in conditions; more are a circle."""


class Environments:
    """What is known of one template."""

    def __init__(self, view: View) -> None:
        self._parameters = view.parameters
        self._conditions = view.section("Conditions")
        self._words: dict[str, set[str]] = {}
        for each in self._conditions.values():
            for name, word in _compared(each):
                self._words.setdefault(name, set()).add(word)
        self._known: dict[str, bool | None] = {}

    def holds(self, condition: str) -> bool | None:
        """Whether a condition holds in production; None where that cannot be told."""
        if condition not in self._known:
            self._known[condition] = self._of(self._conditions.get(condition), 0)
        return self._known[condition]

    def _of(self, value: Any, depth: int) -> bool | None:
        name, argument = function_of(value)
        if depth > _DEEPEST:
            return None
        if name == "Condition":
            return self._of(self._conditions.get(str(argument)), depth + 1)
        if name == "Fn::Equals":
            found = [self._is_word(one, word) for one, word in _compared(value)]
            return found[0] if found else None
        if name not in ("Fn::Not", "Fn::And", "Fn::Or") or not isinstance(argument, list) or not argument:
            return None
        parts = [self._of(each, depth + 1) for each in argument]
        if name == "Fn::Not":
            return None if parts[0] is None else not parts[0]
        decisive = name == "Fn::Or"  # one that holds is enough for it, as one that does not is for Fn::And
        return decisive if decisive in parts else None if None in parts else not decisive

    def _is_word(self, parameter: str, word: str) -> bool | None:
        allowed = self._parameters.get(parameter, {}).get("AllowedValues")
        words = {str(each) for each in allowed} if isinstance(allowed, list) else self._words[parameter]
        called = {each for each in words if each.lower() in PRODUCTION}
        if len(called) == 1:
            return word in called
        is_other = word.lower() in OTHERS and (bool(called) or not isinstance(allowed, list))
        return False if is_other else None


def _compared(value: Any) -> Iterator[tuple[str, str]]:
    """The parameters that a condition compares with a word, and the word."""
    pending = [value]
    while pending:
        name, argument = function_of(pending.pop())
        if not isinstance(argument, list):
            continue
        if name in ("Fn::Not", "Fn::And", "Fn::Or"):
            pending += argument
        elif name == "Fn::Equals" and len(argument) == 2:  # noqa: PLR2004  it compares two
            for one, other in (argument, argument[::-1]):
                function, parameter = function_of(one)
                if function == "Ref" and isinstance(parameter, str) and isinstance(other, str):
                    yield parameter, other
