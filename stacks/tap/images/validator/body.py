"""The JSON of an HTTP request, read strictly: whatever two readers could understand differently is a problem."""

from __future__ import annotations

import base64
import binascii
import json
import re
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from . import problems
from .problems import Problem

if TYPE_CHECKING:
    from collections.abc import Mapping

MOST = 8_192
"""Bytes; a transaction has a few hundred."""
DEEPEST = 8
"""Objects and lists in each other; a transaction is one. How deep Python itself reads depends on who calls it."""

_TEXT = re.compile(r'"(?:[^"\\]|\\.)*"', re.DOTALL)


class _RepeatedError(ValueError):
    """A name stands twice in one object."""


def read(event: Mapping[str, Any]) -> object | Problem:
    """The value in the body of an event, whose fractions stay exact; or what is wrong with the body."""
    text = _text(event)
    if isinstance(text, Problem):
        return text
    if _depth(text) > DEEPEST:
        return problems.BODY_TOO_DEEP
    try:
        value: object = json.loads(text, parse_float=Decimal, parse_constant=_refuse, object_pairs_hook=_object)
    except _RepeatedError:
        return problems.BODY_REPEATS
    except (ValueError, ArithmeticError):
        return problems.BODY_NO_JSON
    return value


def _text(event: Mapping[str, Any]) -> str | Problem:
    body = event.get("body")
    if not isinstance(body, str) or not body:
        return problems.BODY_MISSING
    if len(body) > 2 * MOST:
        return problems.BODY_TOO_LARGE
    try:
        content = base64.b64decode(body, validate=True) if event.get("isBase64Encoded") is True else body.encode()
        text = content.decode()
    except (binascii.Error, UnicodeError):
        return problems.BODY_ENCODING
    return problems.BODY_TOO_LARGE if len(content) > MOST else text


def _depth(text: str) -> int:
    depth = deepest = 0
    for each in re.findall(r"[\[\]{}]", _TEXT.sub("", text)):
        depth += 1 if each in "[{" else -1
        deepest = max(deepest, depth)
    return deepest


def _refuse(name: str) -> object:
    raise ValueError(f"{name} is no JSON")


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise _RepeatedError
    return found
