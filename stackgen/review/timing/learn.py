"""Times of one's own: samples folded into rows, and merged with the rows that were learned before."""

from __future__ import annotations

from collections import defaultdict
from statistics import median
from typing import TYPE_CHECKING, NamedTuple

from stackgen.review.nested import NESTED_STACK

from .events import events_in, samples_of
from .rows import Row
from .table import is_custom
from .variants import names_for

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from .events import Sample

BASIS = "learned"


class Learned(NamedTuple):
    """All rows after learning, and what was new: samples and rows."""

    rows: list[Row]
    samples: int
    kinds: int


def learned(files: Mapping[str, str], before: Iterable[Row] = ()) -> Learned:
    """Fold the events of files (texts by name) into rows. Raises OutputFileError for the first broken file."""
    merged = {row.key: row for row in before}
    count = 0
    touched = set()
    for name, text in files.items():
        events = events_in(text, name)
        grouped: dict[tuple[str, str, str], list[Sample]] = defaultdict(list)
        for sample in samples_of(events):
            if sample.type != NESTED_STACK:  # what it takes is what is in it
                kind = "Custom::*" if is_custom(sample.type) else sample.type
                grouped[kind, names_for(kind, sample.properties)[0], sample.operation].append(sample)
        date = max(event.at for event in events).date().isoformat()
        source = f"stack events in {name.replace(chr(92), '/').rsplit('/', 1)[-1]}"
        for key, samples in grouped.items():
            row = _row(key, samples, source, date)
            merged[key] = _together(merged[key], row) if key in merged else row
            touched.add(key)
            count += len(samples)
    return Learned(sorted(merged.values(), key=lambda row: row.key), count, len(touched))


def _row(key: tuple[str, str, str], samples: list[Sample], source: str, date: str) -> Row:
    seconds = [sample.seconds for sample in samples]
    readies = [sample.seconds if sample.configured is None else sample.configured for sample in samples]
    unblock = median(readies) if key[2] == "create" else None
    return Row(*key, min(seconds), median(seconds), max(seconds), unblock, BASIS, source, date, "", len(samples))


def _together(one: Row, other: Row) -> Row:
    """Two rows as one: the range spans both, the typical time is weighted by the samples behind each."""
    samples = one.samples + other.samples

    def weighted(first: float, second: float) -> float:
        return round((first * one.samples + second * other.samples) / samples, 1)

    pairs = one.unblock, other.unblock
    unblock = None if pairs[0] is None or pairs[1] is None else weighted(pairs[0], pairs[1])
    sources = "; ".join(dict.fromkeys([*one.source.split("; "), *other.source.split("; ")]))
    low, high = min(one.low, other.low), max(one.high, other.high)
    date = max(one.date, other.date)
    return Row(*one.key, low, weighted(one.typical, other.typical), high, unblock, BASIS, sources, date, "", samples)
