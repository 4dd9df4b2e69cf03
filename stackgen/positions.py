"""Where something stands in a JSON text."""

from __future__ import annotations

import json
import re
from functools import lru_cache

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|[{}\[\],:]|[^\s"{}\[\],:]+')


def line_of(text: str, path: Sequence[str]) -> int:
    """The line, counted from 1, of the key or list item at a path; of the last part that is there if it is not."""
    known = _positions(text)
    there = tuple(path)
    while there and there not in known:
        there = there[:-1]
    return text.count("\n", 0, known.get(there, 0)) + 1


@lru_cache(maxsize=64)
def _positions(text: str) -> dict[tuple[str, ...], int]:
    """Where each key and list item starts, of a key that stands twice the first: one text is asked of many times."""
    found: dict[tuple[str, ...], int] = {}
    for here, start in _places(text):
        found.setdefault(tuple(here), start)
    return found


def _places(text: str) -> Iterator[tuple[list[str], int]]:
    """Every key and list item, with the path to it. The lists that are yielded live on: compare, do not keep."""
    here: list[str] = []
    in_list: list[bool] = []
    expects_key = False
    for token in _TOKEN.finditer(text):
        word = token[0]
        if word in ("}", "]"):
            here.pop()
            in_list.pop()
            expects_key = False
        elif word == ",":
            if in_list[-1]:
                here[-1] = str(int(here[-1]) + 1)
            expects_key = not in_list[-1]
        elif word == ":":
            expects_key = False
        elif expects_key:
            here[-1] = json.loads(word) if "\\" in word else word[1:-1]
            yield here, token.start()
        else:
            if in_list and in_list[-1]:
                yield here, token.start()
            if word in ("{", "["):
                in_list.append(word == "[")
                here.append("0" if word == "[" else "")
                expects_key = word == "{"
