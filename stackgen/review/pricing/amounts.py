"""Amounts that are not known exactly: low, typical and high, in decimals, so that cents add up."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

ZERO = Decimal(0)
MOST = Decimal(10) ** 15
"""More than anybody is charged for; what is written beyond is a mistake, and its cents would be lost in rounding."""


@dataclass(frozen=True, slots=True)
class Range:
    """Three amounts; of a difference they are the three scenarios and need not rise."""

    low: Decimal
    typical: Decimal
    high: Decimal

    @classmethod
    def of(cls, low: Decimal | int | str, typical: Decimal | int | str, high: Decimal | int | str) -> Range:
        """From what is written as numbers or texts."""
        return cls(Decimal(low), Decimal(typical), Decimal(high))

    @classmethod
    def exactly(cls, amount: Decimal | int | str) -> Range:
        """One amount that is known."""
        return cls.of(amount, amount, amount)

    def __add__(self, other: Range) -> Range:
        return Range(self.low + other.low, self.typical + other.typical, self.high + other.high)

    def __sub__(self, other: Range) -> Range:
        return Range(self.low - other.low, self.typical - other.typical, self.high - other.high)

    def __mul__(self, other: Range | Decimal | int) -> Range:
        by = other if isinstance(other, Range) else Range.exactly(other)
        return Range(self.low * by.low, self.typical * by.typical, self.high * by.high)

    def each(self, change: Callable[[Decimal], Decimal]) -> Range:
        """The same change of all three."""
        return Range(change(self.low), change(self.typical), change(self.high))

    def within(self, low: Decimal, high: Decimal) -> Range:
        """Cut to what can be: an average capacity lies between the smallest and the largest."""
        return self.each(lambda amount: min(max(amount, low), high))

    @property
    def is_zero(self) -> bool:
        return not (self.low or self.typical or self.high)


NOTHING = Range(ZERO, ZERO, ZERO)
ONE = Range.exactly(1)


def total(ranges: Iterable[Range]) -> Range:
    """The sum; nothing of none."""
    return sum(ranges, NOTHING)


def decimal_of(value: object) -> Decimal | None:
    """A number, or a text that is one, as an amount of something; None for anything else, and for what nobody has."""
    if isinstance(value, bool) or not isinstance(value, int | float | str | Decimal):
        return None
    try:
        amount = Decimal(str(value).strip())
    except ArithmeticError:
        return None
    return amount if amount.is_finite() and 0 <= amount <= MOST else None
