"""Values as a person reads them: functions in their short form, long texts cut where nothing differs."""

from __future__ import annotations

import json

from .canonical import function_of
from .masking import MASK

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

LONGEST = 72
"""Characters of a value in a line."""

MOST_LINES = 40
"""Lines of a text's difference."""

CUT = "..."
HIDDEN = "(hidden values differ)"


def shown(value: Any) -> str:
    """A value in one line: compact JSON with ``!Ref X`` and its like for functions."""
    function = function_of(value)
    if function:
        return _short_form(function, value[function])
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key}: {shown(each)}" for key, each in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(shown, value)) + "]"
    return json.dumps(value, ensure_ascii=False)


def cut(text: str, longest: int = LONGEST) -> str:
    """A long text without its middle."""
    if len(text) <= longest:
        return text
    head = (longest - len(CUT)) * 2 // 3
    return text[:head] + CUT + text[len(text) - (longest - len(CUT) - head) :]


def pair(before: Any, after: Any, longest: int = LONGEST) -> tuple[str, str]:
    """Two values, each in one line, cut so that what differs is seen."""
    left, right = shown(before), shown(after)
    if left == right == json.dumps(MASK):
        return MASK, f"{MASK} {HIDDEN}"
    if left == right and MASK in left:
        return cut(left, longest), HIDDEN
    if left == right:  # 1 and "1" where they differ have other texts; spellings of a function may have one
        left, right = json.dumps(before), json.dumps(after)
    if len(left) <= longest and len(right) <= longest:
        return left, right
    head = _common(left, right)
    tail = min(_common(left[::-1], right[::-1]), min(len(left), len(right)) - head)
    return _window(left, head, tail, longest), _window(right, head, tail, longest)


def lines_of(before: Any, after: Any) -> list[str] | None:
    """The difference of two texts of several lines, each line with its sign; None where they are no such texts."""
    left, right = _text_in(before), _text_in(after)
    if left is None or right is None or left == right or "\n" not in left + right:
        return None
    from difflib import unified_diff

    lines = [
        line.rstrip("\n") if not line.startswith("@@") else "@@"
        for line in unified_diff(left.splitlines(), right.splitlines(), lineterm="", n=1)
    ][2:]
    if len(lines) > MOST_LINES:
        lines = [*lines[:MOST_LINES], f"{CUT} and {len(lines) - MOST_LINES:,} more lines"]
    return [line[:1] + cut(line[1:], 2 * LONGEST) if line[:1] in "+- " else line for line in lines]


def _short_form(function: str, data: Any) -> str:
    name = "!" + function.removeprefix("Fn::")
    if isinstance(data, str):
        is_name = function in ("Ref", "Condition", "Fn::GetAtt")
        return f"{name} {data if is_name else json.dumps(data, ensure_ascii=False)}"
    if function == "Fn::GetAtt" and isinstance(data, list) and all(isinstance(each, str) for each in data):
        return f"{name} {'.'.join(data)}"
    return f"{name} {shown(data)}"


def _common(left: str, right: str) -> int:
    at = 0
    for one, other in zip(left, right, strict=False):
        if one != other:
            break
        at += 1
    return at


def _window(text: str, head: int, tail: int, longest: int) -> str:
    """The part of a text that differs, with what fits around it."""
    if len(text) <= longest:
        return text
    start, end = head, len(text) - tail
    inner = longest - 2 * len(CUT)
    if end - start > inner:
        before = CUT if start > 0 else ""
        after = CUT if end < len(text) else ""
        return before + cut(text[start:end], longest - len(before) - len(after)) + after
    around = inner - (end - start)
    first = max(0, start - around // 2)
    last = min(len(text), first + inner)
    first = max(0, last - inner)
    return (CUT if first else "") + text[first:last] + (CUT if last < len(text) else "")


def _text_in(value: Any) -> str | None:  # noqa: PLR0911  one for each form
    """The text that a value makes, with its references in place; JSON in a text with one member a line."""
    function = function_of(value)
    if function in ("Fn::Base64", "Fn::Sub", "Fn::Join"):
        data = value[function]
        if function == "Fn::Base64":
            return _text_in(data)
        if function == "Fn::Sub":
            return _text_in(data[0] if isinstance(data, list) and data else data)
        if isinstance(data, list) and len(data) == 2 and isinstance(data[0], str) and isinstance(data[1], list):  # noqa: PLR2004  delimiter and list
            return data[0].join(each if isinstance(each, str) else "${" + shown(each) + "}" for each in data[1])
        return None
    if not isinstance(value, str):
        return None
    if len(value) > LONGEST and value.lstrip()[:1] in ("{", "["):
        try:
            return json.dumps(json.loads(value), indent=2, ensure_ascii=False)
        except ValueError:
            return value
    return value
