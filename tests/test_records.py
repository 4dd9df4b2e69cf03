"""Records behave as the named tuples of ``typing`` do."""

from __future__ import annotations

import copy

import pytest

from stackgen.records import Enum, IntEnum, NamedTuple


class Point(NamedTuple):
    """Two numbers and a name."""

    x: int
    y: int = 0
    name: str = ""

    @property
    def far(self) -> bool:
        return self.x > 1


def test_a_record_is_a_tuple_with_names() -> None:
    point = Point(2, name="a")
    assert (point.x, point.y, point.name, point.far) == (2, 0, "a", True)
    assert point == (2, 0, "a")
    assert {point: 1}[Point(2, 0, "a")] == 1
    assert sorted([point, Point(1)]) == [Point(1), point]
    assert repr(point) == "Point(x=2, y=0, name='a')"


def test_a_record_is_changed_by_a_copy_and_read_as_a_dict() -> None:
    point = Point(x=1)._replace(y=3)
    assert point._asdict() == {"x": 1, "y": 3, "name": ""}
    assert copy.deepcopy(point) == point
    with pytest.raises(ValueError, match="has no z"):
        point._replace(z=1)  # type: ignore[call-arg]
    with pytest.raises(AttributeError):
        point.x = 2  # type: ignore[misc]


@pytest.mark.parametrize(("given", "named"), [((), {}), ((1, 2, "a", 4), {}), ((1,), {"x": 1}), ((1,), {"z": 1})])
def test_a_record_refuses_what_it_does_not_have(given: tuple[int, ...], named: dict[str, int]) -> None:
    with pytest.raises(TypeError, match="Point is given"):
        Point(*given, **named)  # type: ignore[arg-type]


class Side(Enum):
    """Two choices, and what they answer."""

    LEFT = "left"
    RIGHT = "right"

    @property
    def other(self) -> Side:
        return Side.LEFT if self is Side.RIGHT else Side.RIGHT


class Size(IntEnum):
    """Two choices in order."""

    SMALL = 1
    LARGE = 2


def test_a_choice_is_one_object_that_knows_its_name_and_value() -> None:
    assert (Side.LEFT.name, Side.LEFT.value, Side.LEFT.other) == ("LEFT", "left", Side.RIGHT)
    assert isinstance(Side.LEFT, Side)
    assert len({Side.LEFT, Side.RIGHT, Side.LEFT}) == 2
    assert repr(Side.LEFT) == "<Side.LEFT: 'left'>"


def test_a_choice_with_an_order_is_a_number_too() -> None:
    assert Size.SMALL < Size.LARGE
    assert max(Size.LARGE, Size.SMALL) is Size.LARGE
    assert (Size.LARGE, f"{Size.LARGE}", Size.LARGE.name) == (2, "2", "LARGE")
    assert repr(Size.LARGE) == "<Size.LARGE: 2>"


def test_a_choice_is_found_by_its_value() -> None:
    assert Side("left") is Side.LEFT
    assert Size(Size.LARGE - Size.SMALL) is Size.SMALL
    with pytest.raises(ValueError, match="3 is not a valid Size"):
        Size(3)


@pytest.mark.parametrize("choice", [Side.LEFT, Size.LARGE])
def test_a_copy_of_a_choice_is_the_choice(choice: object) -> None:
    assert copy.deepcopy([choice])[0] is choice
