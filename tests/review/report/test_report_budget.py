"""A comment fits, and the verdict is never what it loses."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stackgen.review.report.budget import LIMIT, Section, fitting, size
from stackgen.review.report.markdown import comment
from tests.review.report import reports

FIRST = ["**the verdict**"]


def section(name: str, rows: int, length: int = 50) -> Section:
    return Section((f"<{name}>",), tuple(f"{name}{number:>{length}}" for number in range(rows)), (f"</{name}>",))


def test_what_fits_is_left_alone() -> None:
    assert fitting(FIRST, [section("a", 2, 1)], 100) == ["**the verdict**", "", "<a>", "a0", "a1", "</a>"]


def test_the_largest_part_is_cut_first() -> None:
    lines = fitting(FIRST, [section("small", 3), section("large", 100)], 2_000)
    assert sum(line.startswith("small") for line in lines) == 3
    kept = sum(line.startswith("large") for line in lines)
    assert 20 < kept < 40
    assert f"\nand {100 - kept} more" in lines


def test_parts_that_are_equally_large_are_cut_alike() -> None:
    lines = fitting(FIRST, [section("a", 100), section("b", 100)], 4_000)
    assert abs(sum(line[0] == "a" for line in lines if line) - sum(line[0] == "b" for line in lines if line)) <= 1


def test_characters_beyond_the_basic_plane_count_twice_as_in_javascript() -> None:
    assert size(["\N{GRINNING FACE}"]) == 3


@given(st.lists(st.tuples(st.integers(0, 400), st.integers(1, 300)), max_size=6), st.integers(1_500, 40_000))
def test_it_always_fits_and_counts_what_it_left_out(parts: list[tuple[int, int]], limit: int) -> None:
    sections = [section(f"p{number}-", rows, length) for number, (rows, length) in enumerate(parts)]
    lines = fitting(FIRST, sections, limit)
    assert lines[0] == FIRST[0]
    assert size(lines) <= limit
    for number, (rows, _) in enumerate(parts):
        start = lines.index(f"<p{number}->")
        inside = lines[start + 1 : lines.index(f"</p{number}->")]
        kept = sum(line.startswith(f"p{number}-") for line in inside)
        more = [line for line in inside if "more" in line]
        assert kept == rows or more == [f"\nand {rows - kept} more"]


@pytest.mark.parametrize("number", [50, 500])
def test_a_comment_on_a_large_change_fits(number: int) -> None:
    text = comment(reports.large(number))
    assert len(text) <= LIMIT
    assert text.startswith(f"**{number} losses of data, {number} replaced")
    assert text.count("<details") == text.count("</details>")
    assert ("\n- and " in text) is (number == 500)
    assert text.count("```") % 2 == 0
