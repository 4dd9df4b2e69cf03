"""The table of prices: USD for one unit, by price and region, each with its basis, its source and its date.

A price that the table does not have for a region is missing: it is neither nothing nor that of another region.
Quantities are counted in base units: requests, not millions of them.
"""

from __future__ import annotations

import csv
import datetime as dt
import re
from dataclasses import dataclass, replace
from decimal import Decimal
from importlib.resources import files
from typing import TYPE_CHECKING

from .amounts import ZERO

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

BASES = {
    "golden": "a published test expectation of another estimator, from the price list of its date",
    "price-list": "a row of AWS's price list, quoted with its file and date",
    "doc": "a page of AWS or a note that quotes one",
    "derived": "computed from a bill or from other prices",
    "unverified": "nobody has checked it",
    "live": "asked of AWS's Pricing API in this run",
}
OLDEST = 180
"""Days after which a price is old: still used, but not silently."""

SCALES = {"million": 1_000_000, "10k requests": 10_000, "1k requests": 1_000, "1k transitions": 1_000}
"""Units that hold many base units; every other unit holds one."""


@dataclass(frozen=True, slots=True)
class Tier:
    """From the base unit ``start`` up to ``end`` one unit costs ``usd``."""

    start: Decimal
    end: Decimal | None
    usd: Decimal


@dataclass(frozen=True, slots=True)
class Price:
    """One price in one region."""

    id: str
    type: str
    dimension: str
    unit: str
    region: str
    tiers: tuple[Tier, ...]
    basis: str
    source: str
    date: str
    sku: str = ""
    note: str = ""

    @property
    def scale(self) -> int:
        """How many base units one unit holds."""
        return SCALES.get(self.unit, 1)

    @property
    def usd(self) -> Decimal:
        """What one unit costs, where it is the first that costs something."""
        return next((tier.usd for tier in self.tiers if tier.usd), ZERO)

    @property
    def allowance(self) -> Decimal:
        """The base units a month that an account has free."""
        return next((tier.start for tier in self.tiers if tier.usd), ZERO)

    def cost(self, quantity: Decimal, allowance: Decimal = ZERO) -> Decimal:
        """USD for base units of which the first ``allowance`` are free.

        Beyond the last known tier its price goes on, which is never too low: prices fall with the quantity.
        """
        start, end = self.allowance, self.allowance + max(quantity - allowance, ZERO)
        paid = ZERO
        for number, tier in enumerate(self.tiers):
            last = number == len(self.tiers) - 1 or tier.end is None
            upto = end if last or tier.end is None else min(end, tier.end)
            paid += max(upto - max(start, tier.start), ZERO) * tier.usd
        return paid / self.scale

    def exceeds(self, quantity: Decimal) -> bool:
        """Whether a quantity goes beyond the tiers that the table knows."""
        end = self.tiers[-1].end
        return end is not None and quantity > end

    def age(self, today: dt.date) -> int | None:
        """Days since it was true, counted from the first day that its date can mean; None where it has no date."""
        when = day_of(self.date)
        return None if when is None else max((today - when).days, 0)

    def doubt(self, today: dt.date) -> str:
        """Why nobody should rely on it: ``unverified``, ``undated``, ``412 days old``; empty where one can."""
        if self.basis == "unverified":
            return "unverified"
        age = self.age(today)
        if age is None:
            return "undated"
        return f"{age:,} days old" if age > OLDEST else ""


class Table:
    """The prices by their id and region."""

    def __init__(self, prices: Iterable[Price]) -> None:
        self._prices = {(price.id, price.region): price for price in prices}

    def __iter__(self) -> Iterator[Price]:
        return iter(self._prices.values())

    def __len__(self) -> int:
        return len(self._prices)

    def find(self, price: str, region: str) -> Price | None:
        """The price in exactly this region."""
        return self._prices.get((price, region))

    def known(self, price: str) -> Price | None:
        """The price in whichever region has one, for its words and its unit; its figures are of no use elsewhere."""
        return next((each for each in self._prices.values() if each.id == price), None)

    def with_rows(self, rows: Iterable[Price]) -> Table:
        """The same table with some prices exchanged, or added."""
        return Table([*self._prices.values(), *rows])


def bundled() -> Table:
    """The table that comes with the library."""
    text = files(__package__).joinpath("prices.csv").read_text("utf-8")
    return Table(rows_of(text))


def rows_of(text: str) -> list[Price]:
    """The rows of a table as CSV; several of one price and region are its tiers."""
    rows: dict[tuple[str, str], Price] = {}
    for row in csv.DictReader(text.splitlines()):
        price = _price(row)
        before = rows.get((price.id, price.region))
        tiers = sorted([*(before.tiers if before else ()), *price.tiers], key=lambda tier: tier.start)
        rows[price.id, price.region] = replace(price, tiers=tuple(tiers))
    return list(rows.values())


def day_of(date: str) -> dt.date | None:
    """The first day that a date can mean: ``2026`` is its first of January."""
    found = re.match(r"(\d{4})(?:-(\d\d)(?:-(\d\d))?)?", date)
    if found is None:
        return None
    return dt.date(int(found[1]), int(found[2] or 1), int(found[3] or 1))


def _price(row: Mapping[str, str]) -> Price:
    end = Decimal(row["tier_to"]) if row["tier_to"] else None
    return Price(
        id=row["price_id"],
        type=row["cfn_type"],
        dimension=row["dimension"],
        unit=row["unit"],
        region=row["region"],
        tiers=(Tier(Decimal(row["tier_from"]), end, Decimal(row["usd"])),),
        basis=row["basis"],
        source=row["source"],
        date=row["source_date"],
        sku=row["sku"],
        note=row["note"],
    )
