"""Rows of provisioning times, as they stand in a CSV file: what one source says of one type and operation."""

from __future__ import annotations

import csv
import io
from importlib.resources import files
from typing import TYPE_CHECKING, NamedTuple

from stackgen.errors import OutputFileError, likely

if TYPE_CHECKING:
    from collections.abc import Iterable

BASES = ("learned", "measured", "handler-code", "public-report", "estimate")
"""How far a row can be trusted, the best first; what no row says has the basis ``default``."""

OPERATIONS = ("create", "update", "delete")
COLUMNS = (
    "resource_type",
    "variant",
    "operation",
    "low_s",
    "typical_s",
    "high_s",
    "unblock_s",
    "basis",
    "source",
    "source_date",
    "note",
)
SAMPLES = "samples"


class Row(NamedTuple):
    """Seconds from a resource's first event to its last, and until what refers to it may start (``unblock``)."""

    type: str
    variant: str
    operation: str
    low: float
    typical: float
    high: float
    unblock: float | None
    basis: str
    source: str
    date: str = ""
    note: str = ""
    samples: int = 1

    @property
    def key(self) -> tuple[str, str, str]:
        return self.type, self.variant, self.operation


def shipped_rows() -> list[Row]:
    """The project's own table."""
    text = files(__package__).joinpath("provisioning_times.csv").read_text(encoding="utf-8")
    return rows_of(text, "provisioning_times.csv")


def rows_of(text: str, path: str) -> list[Row]:
    """The rows of a file. Raises OutputFileError with the line of the first that is wrong."""
    reader = csv.reader(io.StringIO(text))
    heading = next(reader, [])
    missing = [column for column in COLUMNS if column not in heading]
    if missing:
        hint = f"{', '.join(missing)} missing in {','.join(heading)!r}" if heading else "the file is empty"
        raise OutputFileError(f"is no table of times: its first line is {','.join(COLUMNS)}", hint, location=(path, 1))
    return [
        _row(dict(zip(heading, cells, strict=False)), (path, reader.line_num), complete=len(cells) == len(heading))
        for cells in reader
        if cells
    ]


def text_of(rows: Iterable[Row]) -> str:
    """The rows as a file, with the number of samples behind each."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow([*COLUMNS, SAMPLES])
    for row in rows:
        seconds = [_shown(each) for each in (row.low, row.typical, row.high, row.unblock)]
        writer.writerow([*row.key, *seconds, row.basis, row.source, row.date, row.note, row.samples])
    return out.getvalue()


def _row(cells: dict[str, str], place: tuple[str, int], *, complete: bool) -> Row:
    if not complete:
        raise OutputFileError(
            "has more or fewer cells than the first line", "commas in a text need quotes", location=place
        )
    kind, operation, basis = cells["resource_type"], cells["operation"], cells["basis"]
    if operation not in OPERATIONS:
        raise OutputFileError(f"{operation!r} is no operation", likely(operation, OPERATIONS), location=place)
    if basis not in BASES:
        raise OutputFileError(f"{basis!r} is no basis", likely(basis, BASES), location=place)
    low, typical, high = (_seconds(cells[f"{name}_s"], f"{name}_s", place) for name in ("low", "typical", "high"))
    if not low <= typical <= high:
        raise OutputFileError(
            f"{kind}: low <= typical <= high was expected, not {low}, {typical}, {high}", location=place
        )
    unblock = _seconds(cells["unblock_s"], "unblock_s", place) if cells["unblock_s"] else None
    if not cells["source"]:
        raise OutputFileError(f"{kind}: a source was expected", location=place)
    samples = cells.get(SAMPLES) or "1"
    if not samples.isdecimal() or int(samples) < 1:
        raise OutputFileError(f"{kind}: samples is a number above 0, not {samples!r}", location=place)
    said = (cells["source"], cells["source_date"], cells["note"])
    return Row(kind, cells["variant"], operation, low, typical, high, unblock, basis, *said, int(samples))


def _seconds(text: str, column: str, place: tuple[str, int]) -> float:
    try:
        seconds = float(text)
    except ValueError:
        seconds = -1.0
    if not 0 <= seconds < float("inf"):
        raise OutputFileError(f"{column}: a number of seconds was expected, not {text!r}", location=place)
    return seconds


def _shown(seconds: float | None) -> str:
    return "" if seconds is None else f"{seconds:g}" if seconds < 1e6 else f"{seconds:.0f}"  # noqa: PLR2004  no exponents
