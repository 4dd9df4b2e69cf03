"""The form that every line of the log is written in: message, values, exception and trace, and no secret in it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping


def masking(hidden: Callable[[str], str]) -> Callable[[Mapping[str, Any]], str]:
    """What makes a line of JSON of a record. ``hidden`` takes secrets out of a text."""

    def masked(value: object) -> object:
        if value is None or isinstance(value, (bool, int, float)):
            return value
        if isinstance(value, dict):
            return {hidden(str(key)): masked(each) for key, each in value.items()}
        if isinstance(value, (list, tuple)):
            return [masked(each) for each in value]
        return hidden(str(value))

    def line(record: Mapping[str, Any]) -> str:
        written = json.dumps(masked(dict(record)), ensure_ascii=False, separators=(",", ":"))
        # what no stream takes would be told on stderr instead, as it is
        return written.encode("utf-8", "backslashreplace").decode("utf-8")

    return line
