"""What a resource takes: the rows of all sources merged, and a stated default where there is none.

Several sources may speak of one type. The typical time is the median of those with the best basis; the range spans
what all of them saw. Samples of one's own replace the rest as soon as there are enough of them.
"""

from __future__ import annotations

from collections import defaultdict
from statistics import median
from typing import TYPE_CHECKING, Any, NamedTuple

from .rows import BASES, Row, shipped_rows
from .variants import names_for

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

ENOUGH = 3
"""Samples of one's own after which nobody else's are looked at."""

DEFAULT = "default"
DEFAULTS = {"create": (1.0, 5.0, 120.0), "update": (1.0, 5.0, 120.0), "delete": (1.0, 2.0, 60.0)}
"""For types without a row: one quick call is assumed, and the wide top says that nobody measured it."""


class Times(NamedTuple):
    """Seconds of one resource and operation; ``ready`` is when what refers to it may start."""

    low: float
    typical: float
    high: float
    ready: float
    basis: str
    sources: tuple[str, ...] = ()
    variant: str = ""

    @property
    def durations(self) -> tuple[float, float, float]:
        return self.low, self.typical, self.high

    @property
    def readies(self) -> tuple[float, float, float]:
        """When it unblocks, in each of the three cases: the same share of the time, never after the end."""
        share = min(1.0, self.ready / self.typical) if self.typical else 1.0
        return self.low * share, self.typical * share, self.high * share


NOTHING = Times(0.0, 0.0, 0.0, 0.0, "none")


class Table:
    """Rows by type, variant and operation."""

    def __init__(self, rows: Iterable[Row]) -> None:
        self.rows = tuple(rows)
        self._by_key: dict[tuple[str, str, str], list[Row]] = defaultdict(list)
        for row in self.rows:
            self._by_key[row.key].append(row)

    @classmethod
    def shipped(cls, further: Iterable[Row] = ()) -> Table:
        """The project's rows, and those that somebody learned."""
        return cls([*shipped_rows(), *further])

    def without(self, source: str) -> Table:
        """The table as if a source had never been read: every row that names it is left out."""
        return Table(row for row in self.rows if source not in row.source)

    def times(self, kind: str, operation: str, properties: Mapping[str, Any] | None = None) -> Times:
        """What a resource takes; the basis tells where nobody knows."""
        rows, variant = self._rows(kind, operation, properties or {})
        if rows:
            return _merged(rows, variant)
        low, typical, high = DEFAULTS[operation]
        return Times(low, typical, high, typical, DEFAULT)

    def _rows(self, kind: str, operation: str, properties: Mapping[str, Any]) -> tuple[list[Row], str]:
        for each in (kind, *(["Custom::*"] if is_custom(kind) else [])):
            for variant in names_for(each, properties):
                rows = self._by_key.get((each, variant, operation))
                if rows:
                    return rows, variant
        return [], ""


def is_custom(kind: str) -> bool:
    """Whether a resource is made by a function of one's own."""
    return kind.startswith("Custom::") or kind == "AWS::CloudFormation::CustomResource"


def _merged(rows: list[Row], variant: str) -> Times:
    own = [row for row in rows if row.basis == "learned"]
    if sum(row.samples for row in own) >= ENOUGH:
        rows = own
    best = min(rows, key=lambda row: BASES.index(row.basis)).basis
    chosen = [row for row in rows if row.basis == best]
    typical = median(row.typical for row in chosen)
    ready = median(row.typical if row.unblock is None else row.unblock for row in chosen)
    low, high = min(row.low for row in rows), max(row.high for row in rows)
    sources = tuple(dict.fromkeys(row.source for row in chosen))
    return Times(min(low, typical), typical, max(high, typical), min(ready, typical), best, sources, variant)
