"""Findings point at the line of their culprit."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stackgen.positions import line_of

if TYPE_CHECKING:
    from collections.abc import Iterator

TEXT = """\
{
  "Metadata": {
    "Parameters": {
      "Vpc": "Vpc"
    }
  },
  "Parameters": {
    "Vpc": {
      "AllowedValues": [
        "a",
        {
          "Vpc": 1
        }
      ]
    }
  },
  "Quo\\"ted\\n": {
    "x": ":{[,]}"
  }
}
"""


@pytest.mark.parametrize(
    ("path", "line"),
    [
        ((), 1),
        (("Metadata",), 2),
        (("Metadata", "Parameters", "Vpc"), 4),
        (("Parameters",), 7),
        (("Parameters", "Vpc"), 8),
        (("Parameters", "Vpc", "AllowedValues", "0"), 10),
        (("Parameters", "Vpc", "AllowedValues", "1"), 11),
        (("Parameters", "Vpc", "AllowedValues", "1", "Vpc"), 12),
        (('Quo"ted\n', "x"), 18),
        (("Parameters", "Vpc", "Default"), 8),
        (("Nowhere", "Vpc"), 1),
    ],
)
def test_a_key_is_found_below_its_own_owner(path: tuple[str, ...], line: int) -> None:
    assert line_of(TEXT, path) == line


def paths(value: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Any]]:
    yield path, value
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, part in items:
        yield from paths(part, (*path, str(key)))


def marked(value: Any, path: tuple[str, ...], new: Any) -> Any:
    """The value with what stands at a path replaced."""
    if not path:
        return new
    if isinstance(value, list):
        return [marked(part, path[1:], new) if str(at) == path[0] else part for at, part in enumerate(value)]
    return {key: marked(part, path[1:], new) if key == path[0] else part for key, part in value.items()}


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text('ab"\\:,{}[]\n', max_size=4),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text('ab"{', max_size=2), inner, max_size=3),
    max_leaves=12,
)


@given(st.dictionaries(st.sampled_from("abc"), JSON, min_size=1), st.data())
def test_every_place_of_every_text_is_found(content: dict[str, Any], data: st.DataObject) -> None:
    path, _ = data.draw(st.sampled_from([each for each in paths(content) if each[0]]))
    lines = json.dumps(marked(content, path, "here it is"), indent=2).splitlines()
    (expected,) = [number for number, line in enumerate(lines, 1) if '"here it is"' in line]
    assert line_of("\n".join(lines), path) == expected
