"""How amounts are written: USD with cents, ranges, quantities."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .prices import OLDEST

if TYPE_CHECKING:
    from collections.abc import Sequence
    from decimal import Decimal

    from .amounts import Range
    from .estimate import Estimate
    from .total import Total


def usd(amount: Decimal) -> str:
    """``1,234.50``."""
    return f"{round(amount, 2) + 0:,.2f}"


def signed(amount: Decimal) -> str:
    """``+21.90``."""
    return f"{round(amount, 2) + 0:+,.2f}"


def span(amounts: Range) -> str:
    """``USD 30.00 (12.00 to 100.00)``: the typical amount, and the lowest and the highest where they differ."""
    low, typical, high = usd(amounts.low), usd(amounts.typical), usd(amounts.high)
    return f"USD {typical}" if low == typical == high else f"USD {typical} ({low} to {high})"


def signed_span(amounts: Range) -> str:
    """``USD +21.90 (+10.95 to +21.90)``; in the order of the scenarios."""
    low, typical, high = signed(amounts.low), signed(amounts.typical), signed(amounts.high)
    return f"USD {typical}" if low == typical == high else f"USD {typical} ({low} to {high})"


def quantity(amounts: Range) -> str:
    """``730``, or ``365 to 2,920``."""
    low, high = _short(amounts.low), _short(amounts.high)
    return low if low == high else f"{low} to {high}"


def unit_price(amount: Decimal) -> str:
    """All digits of a price: ``0.0000166667``."""
    return f"{amount.normalize():f}"


def counted(number: int, what: str) -> str:
    """``1 price``, ``2 prices``."""
    return f"{number:,} {what}{'' if number == 1 else 's'}"


def dates(total: Total, estimates: Sequence[Estimate]) -> str:
    """Of which days the prices are, and how long ago the oldest was true."""
    oldest, newest = total.dates
    if not oldest:
        return "no dated price"
    ages = [
        line.price.age(each.today) or 0
        for each in estimates
        for line in each.lines
        if line.price and line.quantity.high
    ]
    days = f"prices of {oldest}" if oldest == newest else f"prices of {oldest} to {newest}"
    return f"{days}, the oldest {counted(max(ages, default=0), 'day')} old"


def split(total: Total) -> str:
    """How much rests on verified prices, and how much does not; empty where all does."""
    if not total.doubts:
        return ""
    return (
        f"verified {span(total.verified)}; {span(total.doubtful)} rests on {counted(len(total.doubts), 'price')} "
        f"unverified or older than {OLDEST} days"
    )


def trusted(total: Total) -> str:
    """How much of the typical amount rests on verified prices: ``USD 76.60 of 653.44 verified``."""
    if not total.dates[0] and not total.doubts:
        return ""
    return f"USD {usd(total.verified.typical)} of {usd(total.usd.typical)} verified" if total.doubts else "all verified"


def doubts(total: Total) -> str:
    """All rows that nobody should rely on, by why: ``unverified: kms-key, kms-req; 763 days old: vpce-hour``."""
    named: dict[str, list[str]] = {}
    for price, why in total.doubts:
        named.setdefault(why, []).append(price.id)
    ordered = sorted(named, key=lambda why: (why[0].isdigit(), why))
    return "; ".join(f"{why}: {', '.join(sorted(set(named[why])))}" for why in ordered)


def _short(amount: Decimal) -> str:
    text = f"{amount:,.4f}".rstrip("0").rstrip(".")
    return text if text != "0" or not amount else f"{amount.normalize():.1g}"
