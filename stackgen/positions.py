"""Where something stands in a JSON text."""

from __future__ import annotations

import json
import re

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|[{}\[\],:]|[^\s"{}\[\],:]+')


def line_of(text: str, path: Sequence[str]) -> int:
    """The line, counted from 1, of the key or list item at a path; of the last part that is there if it is not."""
    deepest = position = 0
    for here, start in _places(text):
        if len(here) > deepest and here == list(path[: len(here)]):
            deepest, position = len(here), start
        if deepest == len(path):
            break
    return text.count("\n", 0, position) + 1


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
            here[-1] = json.loads(word)
            yield here, token.start()
        else:
            if in_list and in_list[-1]:
                yield here, token.start()
            if word in ("{", "["):
                in_list.append(word == "[")
                here.append("0" if word == "[" else "")
                expects_key = word == "{"
