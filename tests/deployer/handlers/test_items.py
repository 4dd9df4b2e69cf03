"""Items of DynamoDB as plain dictionaries."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stackgen.deployer.handlers import items
from tests.deployer.handlers.field import Field
from tests.deployer.handlers.properties import steady

PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**30), 10**30) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=10,
)


@steady
@given(st.dictionaries(st.text(min_size=1, max_size=5), PLAIN, max_size=4))
def test_what_is_written_is_read_again_as_it_was(content: dict[str, Any]) -> None:
    assert items.plain(items.item(content)) == content


def test_numbers_are_whole_where_they_can_be() -> None:
    read = items.plain({"a": {"N": "3"}, "b": {"N": "3.5"}, "c": {"L": [{"N": "2"}]}})
    assert (read, [type(each) for each in (read["a"], read["b"], read["c"][0])]) == (
        {"a": 3, "b": 3.5, "c": [2]},
        [int, float, int],
    )


def test_a_query_follows_every_page_and_leaves_columns_where_they_are(field: Field) -> None:
    for number in range(7):
        field.made.put("deployments", PK="pages", SK=f"A#{number}", big="x" * 350_000, status="S", number=number)
    field.made.put("deployments", PK="pages", SK="B#1", status="S", number=99)
    table = field.made.table("deployments")
    found: list[dict[str, Any]] = []

    def ask() -> None:
        found.extend(items.query(field.dynamodb, table, "pages", "A#", columns=("status", "number")))

    assert field.count("dynamodb", "Query", ask) >= 3
    assert found == [{"status": "S", "number": number} for number in range(7)]


def test_the_newest_come_first_where_that_is_asked_for(field: Field) -> None:
    for number in range(3):
        field.made.put("deployments", PK="order", SK=f"{number}")
    found = items.query(field.dynamodb, field.made.table("deployments"), "order", newest_first=True)
    assert [each["SK"] for each in found] == ["2", "1", "0"]


@pytest.mark.parametrize("there", [True, False])
def test_one_item_is_read_as_it_is_now(field: Field, there: bool) -> None:
    if there:
        field.made.put("deployments", PK="one", SK="1", x=1)
    found = items.get(field.dynamodb, field.made.table("deployments"), {"PK": "one", "SK": "1" if there else "2"})
    assert found == ({"PK": "one", "SK": "1", "x": 1} if there else None)
