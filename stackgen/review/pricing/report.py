"""An estimate, or the difference of two, as a verdict, a table, Markdown and data."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from .amounts import Range
from .prices import BASES
from .total import by_stack, changes, difference, total_of
from .wording import counted, dates, doubts, quantity, signed, signed_span, span, split, trusted, unit_price, usd

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from .estimate import Estimate, Line
    from .total import Change, Total

SHOWN_TYPES = 8
_COLUMNS = ("resource", "what", "quantity", "unit", "USD a unit", "low", "typical", "high", "basis", "date", "note")


class Compared(NamedTuple):
    """One environment in one region; ``before`` is None where nothing is compared. ``findings`` are sentences."""

    after: Estimate
    before: Estimate | None = None
    findings: tuple[str, ...] = ()


def verdict(compared: Sequence[Compared]) -> str:
    """The first line: what it costs a month, or how much more; how much of it is verified; how old the prices are."""
    lines = [line for each in compared for line in each.after.lines]
    total = total_of(lines)
    where = compared[0].after.place if len(compared) == 1 else counted(len(compared), "place")
    age = "; ".join(filter(None, (trusted(total), dates(total, [each.after for each in compared]))))
    lacking = f"; {counted(len(total.missing), 'charge')} without a price" if total.missing else ""
    if all(each.before is None for each in compared):
        return f"{span(total.usd)} a month in {where}; {age}{lacking}"
    before = total_of([line for each in compared if each.before for line in each.before.lines])
    change = difference(row for each in compared for row in _changes(each))
    return f"{signed_span(change)} a month in {where}, from {span(before.usd)} to {span(total.usd)}; {age}{lacking}"


def warnings(compared: Sequence[Compared]) -> Iterator[str]:
    """What nobody may overlook, in sentences: doubtful prices, missing ones, types that are not covered."""
    for each in compared:
        estimate = each.after
        total = total_of(estimate.lines)
        if total.doubts:
            yield f"{estimate.place}: {split(total)}: {doubts(total)}"
        if total.missing:
            named = sorted({f"{line.dimension} of {line.address} ({line.missing})" for line in total.missing})
            more = f" and {len(named) - SHOWN_TYPES:,} more" if len(named) > SHOWN_TYPES else ""
            yield f"{estimate.place}: not in the total: {'; '.join(named[:SHOWN_TYPES])}{more}"
        if estimate.uncovered:
            types = sorted(set(estimate.uncovered.values()))
            more = f" and {len(types) - SHOWN_TYPES:,} more types" if len(types) > SHOWN_TYPES else ""
            count = counted(len(estimate.uncovered), "resource")
            yield f"{estimate.place}: not covered: {count}: {', '.join(types[:SHOWN_TYPES])}{more}"
        if estimate.unstated:
            unstated = sum(len(keys) for keys in estimate.unstated.values())
            yield f"{estimate.place}: {counted(unstated, 'amount')} of usage not stated and counted as nothing"
    yield from dict.fromkeys(note for each in compared for note in each.after.notes)


def text(compared: Sequence[Compared], width: int | None) -> Iterator[str]:
    """All below the verdict: stack by stack, or what changed."""
    for each in compared:
        total = total_of(each.after.lines)
        yield ""
        yield f"{each.after.place}: {span(total.usd)} a month"
        if total.doubts:
            yield f"  {split(total)}"
        if each.before is None:
            yield from _stacks(each.after, width)
        else:
            rows = [
                (change.sign, change.address, signed(change.difference.low), signed(change.difference.typical),
                 signed(change.difference.high))
                for change in _changes(each)
            ]  # fmt: skip
            yield from (
                _table([("", "resource", "low", "typical", "high"), *rows], width, "llrrr")
                if rows
                else ["  nothing changes in cost"]
            )
        for finding in each.findings:
            yield f"  note: {finding}"
    yield from _legend(compared)


def _legend(compared: Sequence[Compared]) -> Iterator[str]:
    """What the words in the column of bases mean; a difference has no such column."""
    lines = [line for each in compared if each.before is None for line in each.after.lines]
    used = {line.price.basis for line in lines if line.price and line.usd is not None and not line.usd.is_zero}
    if used:
        yield ""
        yield from (f"basis {name}: {meaning}" for name, meaning in BASES.items() if name in used)


def _stacks(estimate: Estimate, width: int | None) -> Iterator[str]:
    rows: list[tuple[str, ...]] = [_COLUMNS]
    for stack, amount in by_stack(estimate.lines).items():
        own = [line for line in estimate.lines if line.stack == stack]
        shown = [line for line in own if line.price is None or (line.usd is not None and not line.usd.is_zero)]
        nothing = len(own) - len(shown)
        rows.append((stack, f"({counted(nothing, 'charge')} of nothing)" if nothing else "", "", "", "",
                     usd(amount.low), usd(amount.typical), usd(amount.high), "", "", ""))  # fmt: skip
        rows += [_row(line) for line in shown]
    yield from _table(rows, width, "llrlrrrrlll")


def _row(line: Line) -> tuple[str, ...]:
    name = line.address.rpartition("/")[2]
    start = (f"  {name}", line.dimension, quantity(line.quantity), line.unit)
    if line.price is None or line.usd is None:
        return (*start, "?", "?", "?", "?", line.missing, "", line.note)
    price = line.price
    mark = price.basis if line.doubt in ("", price.basis) else f"{price.basis}, {line.doubt}"
    figures = (usd(line.usd.low), usd(line.usd.typical), usd(line.usd.high))
    return (*start, unit_price(price.usd), *figures, mark, price.date or "undated", line.note)


def _table(rows: Sequence[tuple[str, ...]], width: int | None, sides: str) -> Iterator[str]:
    """Columns; in a narrow terminal the last are left out, and at last the first is cut."""
    widths = [max(len(row[number]) for row in rows) for number in range(len(rows[0]))]
    columns = len(widths)
    while width is not None and columns > 2 and sum(widths[:columns]) + 2 * columns > width:  # noqa: PLR2004  name and one more
        columns -= 1
    for row in rows:
        cells = [
            cell.rjust(size) if side == "r" else cell.ljust(size)
            for cell, size, side in zip(row[:columns], widths, sides, strict=False)
        ]
        line = ("  " + "  ".join(cells)).rstrip()
        yield line if width is None or len(line) <= width else line[: max(width - 3, 0)] + "..."


def markdown(compared: Sequence[Compared]) -> Iterator[str]:
    """The verdict in bold, then one table a place."""
    yield f"**{_escaped(verdict(compared))}**"
    for each in compared:
        yield ""
        yield f"#### {_escaped(each.after.place)}"
        yield ""
        if each.before is None:
            yield "| stack | low | typical | high |"
            yield "|---|---:|---:|---:|"
            for stack, amount in by_stack(each.after.lines).items():
                yield f"| {_escaped(stack)} | {usd(amount.low)} | {usd(amount.typical)} | {usd(amount.high)} |"
        else:
            yield "| | resource | low | typical | high |"
            yield "|---|---|---:|---:|---:|"
            for change in _changes(each):
                by = change.difference
                figures = f"{signed(by.low)} | {signed(by.typical)} | {signed(by.high)}"
                yield f"| `{change.sign}` | {_escaped(change.address)} | {figures} |"
        for finding in each.findings:
            yield ""
            yield f"Note: {_escaped(finding)}"
    told = list(warnings(compared))
    if told:
        yield ""
        yield from (f"- :warning: {_escaped(sentence)}" for sentence in told)


def as_dict(compared: Sequence[Compared]) -> dict[str, object]:
    """Everything, for programs; USD are rounded to cents, unit prices are texts."""
    return {
        "verdict": verdict(compared),
        "warnings": list(warnings(compared)),
        "places": [_place(each) for each in compared],
    }


def _place(each: Compared) -> dict[str, object]:
    estimate, total = each.after, total_of(each.after.lines)
    found: dict[str, object] = {
        "environment": estimate.environment,
        "region": estimate.region,
        "total": _amounts(total.usd),
        "verified": _amounts(total.verified),
        "doubtful": _amounts(total.doubtful),
        "doubts": [{"price": price.id, "region": price.region, "doubt": why} for price, why in total.doubts],
        "stacks": {stack: _amounts(amount) for stack, amount in by_stack(estimate.lines).items()},
        "lines": [_line(line) for line in estimate.lines],
        "not_covered": estimate.uncovered,
        "free": estimate.free,
        "unstated": estimate.unstated,
        "findings": list(each.findings),
    }
    if each.before is not None:
        found["before"] = _amounts(total_of(each.before.lines).usd)
        found["difference"] = _amounts(difference(_changes(each)))
        found["changes"] = [
            {"sign": change.sign, "address": change.address, "type": change.type, "before": _amounts(change.before),
             "after": _amounts(change.after), "difference": _amounts(change.difference)}
            for change in _changes(each)
        ]  # fmt: skip
    return found


def _line(line: Line) -> dict[str, object]:
    price = line.price
    return {
        "address": line.address,
        "type": line.type,
        "price": line.price_id,
        "region": line.region,
        "dimension": line.dimension,
        "unit": line.unit,
        "quantity": {name: float(getattr(line.quantity, name)) for name in Range.__slots__},
        "unit_usd": unit_price(price.usd) if price else None,
        "usd": _amounts(line.usd) if line.usd is not None else None,
        "basis": price.basis if price else None,
        "source": price.source if price else None,
        "date": price.date if price else None,
        "doubt": line.doubt or line.missing,
        "note": line.note,
    }


def _amounts(amounts: Range) -> dict[str, float]:
    return {name: float(round(getattr(amounts, name), 2)) for name in Range.__slots__}


def _changes(each: Compared) -> list[Change]:
    return changes(each.before.lines if each.before else [], each.after.lines)


def strict_total(compared: Sequence[Compared]) -> Total:
    """The total over all places, with every doubt: ``--strict`` refuses one that has any."""
    return total_of([line for each in compared for line in each.after.lines])


def _escaped(sentence: str) -> str:
    return sentence.replace("\\", "\\\\").replace("|", "\\|").replace("<", "&lt;").replace("*", "\\*")
