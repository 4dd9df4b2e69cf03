"""Sums of an estimate, split by how far their prices can be trusted, and the difference of two."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from .amounts import NOTHING, Range, total
from .estimate import addresses

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from .estimate import Estimate, Line
    from .prices import Price


@dataclass(frozen=True, slots=True)
class Total:
    """All of it; ``verified`` and ``doubtful`` make the sum. ``doubts`` names the rows that the latter rests on."""

    usd: Range
    verified: Range
    doubtful: Range
    doubts: tuple[tuple[Price, str], ...]
    missing: tuple[Line, ...]
    dates: tuple[str, str]
    """Of the oldest and the newest price that was used; empty where none has a date."""


@dataclass(frozen=True, slots=True)
class Change:
    """What one resource costs more or less; the scenarios of ``difference`` are those of both sides."""

    sign: str
    address: str
    type: str
    before: Range
    after: Range

    @property
    def difference(self) -> Range:
        return self.after - self.before


def total_of(lines: Sequence[Line]) -> Total:
    """The sum of lines. A price that is used for nothing raises no doubt; one that is missing is never nothing."""
    used = [line for line in lines if line.price is not None and line.quantity.high]
    doubts = {
        (line.price.id, line.price.region): (line.price, line.doubt) for line in used if line.price and line.doubt
    }
    dates = sorted(line.price.date for line in used if line.price and line.price.date)
    verified = total(line.usd for line in lines if line.usd is not None and not line.doubt)
    doubtful = total(line.usd for line in lines if line.usd is not None and line.doubt)
    missing = tuple(line for line in lines if line.price is None)
    span = (dates[0], dates[-1]) if dates else ("", "")
    return Total(verified + doubtful, verified, doubtful, tuple(doubts.values()), missing, span)


def by_resource(lines: Sequence[Line]) -> dict[str, Range]:
    """What each resource costs; one whose prices are all missing is there with nothing."""
    return {address: _sum(own) for address, own in addresses(lines).items()}


def by_stack(lines: Sequence[Line]) -> dict[str, Range]:
    """What each stack costs, without those nested in it."""
    found: dict[str, list[Line]] = {}
    for line in lines:
        found.setdefault(line.stack, []).append(line)
    return {stack: _sum(own) for stack, own in sorted(found.items())}


def by_region(estimates: Iterable[Estimate]) -> dict[str, Range]:
    """What each environment costs in each of its regions."""
    return {each.place: total_of(each.lines).usd for each in estimates}


def changes(before: Sequence[Line], after: Sequence[Line]) -> list[Change]:
    """What differs between two estimates: ``+`` added, ``-`` removed, ``~`` changed in cost."""
    old, new = by_resource(before), by_resource(after)
    types = {line.address: line.type for line in [*before, *after]}
    found = []
    for address in sorted({*old, *new}):
        sign = "~" if address in old and address in new else "+" if address in new else "-"
        change = Change(sign, address, types[address], old.get(address, NOTHING), new.get(address, NOTHING))
        if sign != "~" or not change.difference.is_zero:
            found.append(change)
    return found


def difference(found: Iterable[Change]) -> Range:
    """All changes together."""
    return total(change.difference for change in found)


def _sum(lines: Iterable[Line]) -> Range:
    return total(line.usd for line in lines if line.usd is not None)
