"""Where things lie: whatever a picture holds, nothing touches what it has nothing to do with."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from stackgen.review.picture.layout import SMALL, TITLE, laid_out, texts_of
from stackgen.review.picture.metrics import width_of
from stackgen.review.picture.model import Arrow, Box, Node
from tests.review.picture.geometry import check_apart, check_arrows, check_labels, points

if TYPE_CHECKING:
    from collections.abc import Sequence

    from stackgen.review.picture.arrangement import Rectangle
    from stackgen.review.picture.layout import Placed

NAMES = st.text("abcMW i.", min_size=1, max_size=20)
STATUSES = st.sampled_from(["", "", "added", "removed", "changed", "replaced", "moved"])


def node(key: str, *names: str, **more: object) -> Node:
    return Node(key, names or (key,), "EC2 Vpc", (key,), **more)  # type: ignore[arg-type]  # of any kind


def box(key: str, *items: Node | Box, arrows: Sequence[tuple[int, int]] = (), values: tuple[str, ...] = ()) -> Box:
    kept = tuple(Arrow(items[a].key, items[b].key, "reference", values) for a, b in arrows)
    return Box(key, key, "nested" if key else "picture", items=items, arrows=kept)


@st.composite
def boxes(draw: st.DrawFn, key: str = "", depth: int = 2) -> Box:
    items: list[Node | Box] = []
    for number in range(draw(st.integers(1, 7))):
        own = f"{key}/{number}"
        kind = draw(st.integers(0, 5))
        if depth and kind == 0:
            items.append(draw(boxes(own, depth - 1)))
        elif kind == 1:
            items.append(Box(own, draw(NAMES), "closed", details=("3 resources",), status=draw(STATUSES)))
        else:
            names = tuple(draw(st.lists(NAMES, min_size=1, max_size=4)))
            items.append(Node(own, names, draw(NAMES), (own,), draw(st.integers(1, 3)), status=draw(STATUSES)))
    keys = st.sampled_from([item.key for item in items])
    kinds = st.sampled_from(["reference", "depends", "import"])
    values = st.sampled_from([(), (), ("One",), ("One", "Two")])
    arrows = draw(st.lists(st.builds(Arrow, keys, keys, kinds, values), max_size=12, unique_by=lambda a: a.values))
    more = draw(st.lists(st.builds(Arrow, keys, keys, kinds), max_size=12))
    return Box(key, draw(NAMES), "nested" if key else "picture", items=tuple(items), arrows=(*arrows, *more))


CROWDED_EDGE = box(
    "",
    node("a", "One", "Two"),
    box("b", node("b/0", "One", "Two", "Three")),
    Box("c", "M", "closed", details=("3 resources",)),
    arrows=[(2, 0), (0, 1), (0, 2), (0, 2), (0, 2), (0, 2), (1, 2)],
)
CROWDED_EDGE = replace(
    CROWDED_EDGE, arrows=(replace(CROWDED_EDGE.arrows[0], values=("One",)), *CROWDED_EDGE.arrows[1:])
)
"""Arrows that reach one edge from far above and from far below it; once, some of them ended beside it."""


@given(boxes())
@settings(max_examples=150, deadline=None)
def test_boxes_and_nodes_of_one_parent_never_overlap_and_lie_inside_it(picture: Box) -> None:
    for parent in laid_out(picture).everything():
        check_apart(parent)


@given(boxes())
@settings(max_examples=100, deadline=None)
def test_every_text_fits_into_its_item(picture: Box) -> None:
    for each in laid_out(picture).everything():
        for text in each.texts:
            assert width_of(text.text, TITLE if text.strong else SMALL, bold=text.strong) <= each.area.width - 20


@given(boxes())
@settings(max_examples=100, deadline=None)
def test_a_label_lies_on_nothing_and_inside_its_box(picture: Box) -> None:
    for parent in laid_out(picture).everything():
        check_labels(parent)


@given(boxes())
@example(CROWDED_EDGE)
@settings(max_examples=100, deadline=None)
def test_arrows_run_from_their_source_to_their_target_around_everything_else(picture: Box) -> None:
    for parent in laid_out(picture).everything():
        check_arrows(parent)


@given(boxes())
@settings(max_examples=50, deadline=None)
def test_the_same_picture_has_the_same_layout(picture: Box) -> None:
    assert laid_out(picture) == laid_out(picture)


@given(boxes())
@settings(max_examples=50, deadline=None)
def test_every_item_is_laid_out_once_and_every_arrow_between_two_items_drawn(picture: Box) -> None:
    for parent in laid_out(picture).everything():
        if isinstance(parent.item, Box):
            assert [each.item for each in parent.inside] == list(parent.item.items)
            wanted = [arrow for arrow in parent.item.arrows if arrow.source != arrow.target]
            assert [curve.arrow for curve in parent.curves] == wanted


def by_key(placed: Placed) -> dict[str, Rectangle]:
    return {each.item.key: each.area for each in placed.everything()}


def test_what_is_needed_stands_left_of_what_needs_it() -> None:
    vpc, subnet, instance = node("vpc"), node("subnet"), node("instance")
    areas = by_key(laid_out(box("", instance, subnet, vpc, arrows=[(2, 1), (1, 0)])))
    assert areas["vpc"].x < areas["subnet"].x < areas["instance"].x


def test_a_chain_too_long_for_a_page_runs_downwards() -> None:
    nodes = [node(f"n{number}", "ANodeWithALongNameIndeed") for number in range(9)]
    areas = by_key(laid_out(box("", *nodes, arrows=[(at, at + 1) for at in range(8)])))
    assert areas["n0"].y < areas["n8"].y
    assert areas["n0"].x == areas["n8"].x


def test_one_arrow_between_two_nodes_is_straight() -> None:
    (curve,) = laid_out(box("", node("a"), node("b"), arrows=[(0, 1)])).curves
    assert len({round(y, 3) for _, y in points(curve.way)}) == 1


@pytest.mark.parametrize(
    "arrows",
    [
        [(0, 0)],
        [(0, 1), (1, 0)],
        [(0, 1), (1, 2), (2, 0)],
        [(0, 1), (1, 2), (2, 0), (2, 1), (3, 3), (3, 0), (0, 3)],
        [(a, b) for a in range(4) for b in range(4)],
    ],
)
def test_circles_do_not_hang(arrows: list[tuple[int, int]]) -> None:
    placed = laid_out(box("", *(node(f"n{number}") for number in range(4)), arrows=arrows, values=("One",)))
    assert len(placed.curves) == sum(a != b for a, b in arrows)


def test_an_arrow_that_closes_a_circle_still_points_to_its_target() -> None:
    placed = laid_out(box("", node("a"), node("b"), arrows=[(0, 1), (1, 0)]))
    areas = by_key(placed)
    back = placed.curves[1]
    assert back.way[0][0][0] == pytest.approx(areas["b"].x)
    assert back.way[-1][-1][0] == pytest.approx(areas["a"].x + areas["a"].width)


def test_an_empty_picture_has_a_place_too() -> None:
    assert laid_out(Box("", "", "picture")).area.width > 0


@pytest.mark.parametrize(
    "arrows",
    [
        pytest.param([(0, at) for at in range(1, 600)], id="a hub"),
        pytest.param([(at, at + 1) for at in range(599)], id="a chain"),
        pytest.param([(at, (at * 7) % 600) for at in range(600)], id="circles"),
        pytest.param([(at, at + step) for at in range(500) for step in (1, 9, 99)], id="long ways"),
    ],
)
def test_six_hundred_nodes_take_seconds(arrows: list[tuple[int, int]]) -> None:
    start = time.process_time()
    laid_out(box("", *(node(f"n{number}") for number in range(600)), arrows=arrows))
    assert time.process_time() - start < 20


def test_types_can_be_left_out_and_counts_stay() -> None:
    several = node("s", "Subnet1-3", count=3)
    assert [each.text for each in texts_of(several, types=False)] == ["Subnet1-3", "3 \N{MULTIPLICATION SIGN}"]
    assert [each.text for each in texts_of(node("one"), types=False)] == ["one"]


@pytest.mark.parametrize(
    ("narrow", "wide"),
    [("iiii", "WWWW"), ("abc", "abcd"), ("ab", "\N{CJK UNIFIED IDEOGRAPH-4E2D}\N{CJK UNIFIED IDEOGRAPH-6587}")],
)
def test_wider_characters_take_more_room(narrow: str, wide: str) -> None:
    assert width_of(narrow, 12) < width_of(wide, 12)
    assert width_of(narrow, 12) < width_of(narrow, 12, bold=True)
