"""CloudFormation's limits, and how near a template is."""

from __future__ import annotations

from typing import Any

import pytest
from troposphere import sqs

from stackgen import Mapping, Output, Parameter, render
from stackgen.errors import LimitError
from stackgen.limits import HeadRoom, head_room
from tests.samples import SystemStack


def stack_of(count: int, **members: Any) -> Any:
    """A class with so many resources and these members."""

    def build(self: Any) -> None:
        for number in range(count):
            self.add(sqs.Queue(f"Queue{number}"))

    return type("Large", (SystemStack,), {"file": "large", "__doc__": "Large.", "build": build, **members})


def table(keys: int, attributes: int) -> Mapping:
    return Mapping({f"k{key}": {f"a{number}": "x" for number in range(attributes)} for key in range(keys)})


def many(kind: Any, count: int, *given: Any, **options: Any) -> dict[str, Any]:
    return {f"M{number}": kind(*given, **options) for number in range(count)}


OVER: list[tuple[int, dict[str, Any], str]] = [
    (501, {}, "501 of 500 Resources"),
    (1, many(Parameter, 201), "201 of 200 Parameters"),
    (1, many(Output, 201, value="x"), "201 of 200 Outputs"),
    (1, many(Mapping, 201, {"a": {"b": "c"}}), "201 of 200 Mappings"),
    (1, {"Table": table(201, 1)}, "201 of 200 keys in mapping Table"),
    (1, {"Table": table(1, 201)}, "201 of 200 keys in mapping Table"),
    (1, {"metadata": {"a": "x" * 1_000_000}}, r"1,000,\d+ of 1,000,000 bytes"),
    (1, {"__doc__": "ü" * 513}, "the Description of Large has 1,026 bytes, 1,024 are allowed"),
]


@pytest.mark.parametrize(("count", "members", "message"), OVER)
def test_one_more_than_the_limit_is_refused(count: int, members: dict[str, Any], message: str) -> None:
    with pytest.raises(LimitError, match=message) as refused:
        render(stack_of(count, **members))
    assert refused.value.hints


AT: list[tuple[int, dict[str, Any]]] = [
    (500, {}),
    (1, many(Parameter, 200)),
    (1, many(Output, 200, value="x")),
    (1, many(Mapping, 200, {"a": {"b": "c"}})),
    (1, {"Table": table(200, 1)}),
    (1, {"Table": table(1, 200)}),
]


@pytest.mark.parametrize(("count", "members"), AT)
def test_the_limit_itself_is_allowed_and_stands_first(count: int, members: dict[str, Any]) -> None:
    nearest = render(stack_of(count, **members)).rooms[0]
    assert nearest.used == nearest.most
    assert nearest.share == 1


def test_a_description_of_the_longest_kind_is_taken() -> None:
    assert render(stack_of(1, __doc__="ü" * 512)).text


def test_a_limit_is_told_with_what_is_used_of_it() -> None:
    assert str(HeadRoom("bytes", 51_200, 1_000_000)) == "51,200 of 1,000,000 bytes"


def test_the_nearest_limit_stands_first() -> None:
    rooms = head_room({"Resources": {"A": {}}, "Mappings": {"M": {"a": {"b": 1}, "c": {"d": 1}}}}, 900_000)
    assert [room.what for room in rooms][:2] == ["bytes", "keys in mapping M"]
    assert rooms == sorted(rooms, key=lambda room: -room.share)


def test_a_mapping_that_a_macro_makes_is_counted_without_its_keys() -> None:
    rooms = head_room({"Mappings": {"Fn::Transform": {"Name": "AWS::Include"}}}, 1)
    assert any(room.what == "keys in mapping Fn::Transform" for room in rooms)
