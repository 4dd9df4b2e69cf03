"""How resources are called in a picture: short types, and many names in few words."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

TIMES = "\N{MULTIPLICATION SIGN}"
NO_STACKS = "no stacks"
"""The title of a picture without any."""
MOST_NAMES = 5
"""Names that a folded node shows one by one."""
LONGEST_LINE = 44
LONGEST_KIND = 34
"""Of the types that a closed box counts: one long name would make a wide box of many short lines."""
_NUMBER = re.compile(r"[0-9]+")


def short_type(name: str) -> str:
    """``AWS::EC2::Subnet`` is ``EC2 Subnet``; ``Custom::Thing`` is ``Custom Thing``."""
    return " ".join(part for part in name.split("::") if part and part != "AWS") or name


def cut(text: str, longest: int = LONGEST_LINE) -> str:
    """A text on one line, its middle left out where it is too long."""
    text = " ".join(text.split())
    if len(text) <= longest:
        return text
    head = (longest - 1) * 2 // 3
    return f"{text[:head]}…{text[head + 1 - longest :]}"


def lines_of(names: Sequence[str]) -> tuple[str, ...]:
    """The names of equal resources: ``PrivateSubnet1-3`` for a series, else the first few of them."""
    ordered = sorted(names, key=_natural)
    series = _series(ordered)
    if series:
        return (cut(series),)
    if len(ordered) <= MOST_NAMES:
        return tuple(cut(name) for name in ordered)
    shown = ordered[: MOST_NAMES - 1]
    return (*(cut(name) for name in shown), f"and {len(ordered) - len(shown):,} more")


def counted(types: Iterable[str], most: int) -> tuple[str, ...]:
    """Types with how many there are, a line a type, the frequent ones first; the rest in one line."""
    counts = sorted(Counter(types).items(), key=lambda each: (-each[1], each[0]))
    shown = counts if len(counts) <= most else counts[: most - 1]
    rest = sum(count for _, count in counts[len(shown) :])
    lines = [
        f"{count:,} {TIMES} {cut(name, LONGEST_KIND)}" if count > 1 else cut(name, LONGEST_KIND)
        for name, count in shown
    ]
    return (*lines, f"and {rest:,} more") if rest else tuple(lines)


def _series(names: Sequence[str]) -> str:
    """Names that differ in one number only, as one; empty for others."""
    if len(names) == 1:
        return names[0]
    parts = [(_NUMBER.split(name), _NUMBER.findall(name)) for name in names]
    texts, numbers = parts[0]
    if any(each != texts or len(found) != len(numbers) for each, found in parts):
        return ""
    different = [at for at in range(len(numbers)) if len({found[at] for _, found in parts}) > 1]
    if len(different) != 1:
        return ""
    at = different[0]
    values = [int(found[at]) for _, found in parts]
    if any(str(value) != found[at] for value, (_, found) in zip(values, parts, strict=True)):  # 01 is not 1
        return ""
    first, last = values[0], values[-1]
    span = f"{first}-{last}" if values == list(range(first, last + 1)) else ",".join(map(str, values))
    pieces = [texts[0]]
    for number, text in enumerate(texts[1:]):
        pieces += [span if number == at else numbers[number], text]
    return "".join(pieces)


def _natural(name: str) -> tuple[list[tuple[str, int]], str]:
    """A key by which Subnet10 comes after Subnet9."""
    texts, numbers = _NUMBER.split(name), [*map(int, _NUMBER.findall(name)), -1]
    return list(zip(texts, numbers, strict=True)), name
