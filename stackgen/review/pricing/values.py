"""What an evaluated property can be: each branch of an open condition, or unknown."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from stackgen.review.evaluation.symbols import ABSENT, Attribute, Choice, Symbol, symbols_in

from .amounts import Range, decimal_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from stackgen.review.evaluation.tree import Resource, Tree


class _Unknown:
    """A value that only the account knows."""

    def __repr__(self) -> str:
        return "UNKNOWN"


UNKNOWN = _Unknown()


def alternatives(value: Any) -> Iterator[Any]:
    """Every value that can be meant; what is absent in one branch is left out of it."""
    if isinstance(value, Choice):
        yield from alternatives(value.then)
        yield from alternatives(value.otherwise)
    elif isinstance(value, Symbol):
        yield UNKNOWN
    elif value is not ABSENT and value is not None:
        yield value


def number_range(options: Sequence[Any]) -> Range | None:
    """From the smallest to the largest of possible numbers; None where there is none, or one is unknown.

    The typical is the largest: who is charged for either should expect the dearer.
    """
    numbers = [decimal_of(each) for each in options]
    known = [each for each in numbers if each is not None]
    if not known or len(known) < len(numbers):
        return None
    return Range(min(known), max(known), max(known))


def lengths(options: Sequence[Any]) -> tuple[int, int] | None:
    """The fewest and the most entries of a possible list; None where a list, or part of one, is unknown."""
    counted = []
    for option in options:
        parts = option.split(",") if isinstance(option, str) else option
        if not isinstance(parts, list):
            return None
        entries = [list(alternatives(part)) if isinstance(part, Choice) else [part] for part in parts]
        sure = sum(1 for part, entry in zip(parts, entries, strict=True) if len(entry) > 1 or not _may_lack(part))
        counted += [sure, sum(1 for entry in entries if entry)]
    return (min(counted), max(counted)) if counted else None


def _may_lack(part: Any) -> bool:
    return isinstance(part, Choice) and any(each is ABSENT or each is None for each in (part.then, part.otherwise))


def target(tree: Tree | None, value: Any) -> Resource | None:
    """The resource that a value refers to, if it refers to one of the tree."""
    for _, symbol in symbols_in(value):
        if tree is not None and isinstance(symbol, Attribute):
            return tree.find(*symbol.owner)
    return None
