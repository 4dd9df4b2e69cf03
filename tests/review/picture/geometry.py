"""What a layout must keep: nothing touches what it has nothing to do with, and labels lie on nothing."""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING

from stackgen.review.picture.arrangement import Rectangle
from stackgen.review.picture.layout import SMALL
from stackgen.review.picture.metrics import width_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from stackgen.review.picture.layout import Placed
    from stackgen.review.picture.routes import Point, Step


def overlap(one: Rectangle, other: Rectangle, slack: float = 0.01) -> bool:
    return (
        one.x < other.x + other.width - slack
        and other.x < one.x + one.width - slack
        and one.y < other.y + other.height - slack
        and other.y < one.y + one.height - slack
    )


def inside(inner: Rectangle, outer: Rectangle, slack: float = 0.01) -> bool:
    return (
        inner.x >= outer.x - slack
        and inner.y >= outer.y - slack
        and inner.x + inner.width <= outer.x + outer.width + slack
        and inner.y + inner.height <= outer.y + outer.height + slack
    )


def points(way: Sequence[Step]) -> Iterator[Point]:
    """Points along a way, close to each other on its curves."""
    here = way[0][0]
    yield here
    for step in way[1:]:
        p = (here, step[0], step[0], step[0]) if len(step) == 1 else (here, *step)
        for part in range(1, 9):
            t = part / 8
            weights = ((1 - t) ** 3, 3 * t * (1 - t) ** 2, 3 * t * t * (1 - t), t**3)
            yield (
                sum(w * x for w, (x, _) in zip(weights, p, strict=True)),
                sum(w * y for w, (_, y) in zip(weights, p, strict=True)),
            )
        here = step[-1]


def check_apart(parent: Placed) -> None:
    """Items lie in their parent and on no other."""
    for each in parent.inside:
        assert inside(each.area, parent.area)
    for one, other in combinations(parent.inside, 2):
        assert not overlap(one.area, other.area)


def check_labels(parent: Placed) -> None:
    """Labels lie in their box, on no item and on no other label."""
    labels = []
    for curve in parent.curves:
        if curve.label is not None:
            width = width_of(curve.arrow.label, SMALL)
            labels.append(Rectangle(curve.label[0] - width / 2, curve.label[1] - 7, width, 14))
    assert all(inside(label, parent.area) for label in labels)
    assert not any(overlap(label, each.area) for label in labels for each in parent.inside)
    assert not any(overlap(one, other) for one, other in combinations(labels, 2))


def check_arrows(parent: Placed) -> None:
    """Arrows begin at their source, end at their target, and cross no third item."""
    areas = {each.item.key: each.area for each in parent.inside}
    for curve in parent.curves:
        start, end = curve.way[0][0], curve.way[-1][-1]
        assert inside(Rectangle(*start, 0, 0), areas[curve.arrow.source], 0.2)
        assert inside(Rectangle(*end, 0, 0), areas[curve.arrow.target], 0.2)
        for key, area in areas.items():
            if key not in (curve.arrow.source, curve.arrow.target):
                assert not any(
                    area.x + 0.1 < x < area.x + area.width - 0.1 and area.y + 0.1 < y < area.y + area.height - 0.1
                    for x, y in points(curve.way)
                )
