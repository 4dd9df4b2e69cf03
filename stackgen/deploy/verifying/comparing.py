"""What was expected of an answer, against what it says; it may always say more."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

_MOST = 300
"""Characters of a value that are shown."""


def differences(expected: Any, found: Any, path: str = "") -> Iterator[str]:
    """What of the expected is not in an answer."""
    if isinstance(expected, dict) and isinstance(found, dict):
        for key, value in expected.items():
            place = f"{path}.{key}" if path else key
            if key in found:
                yield from differences(value, found[key], place)
            else:
                yield f"the answer has no {place}"
    elif expected != found or isinstance(expected, bool) != isinstance(found, bool):
        yield f"{path or 'the answer'} is {json.dumps(found)[:_MOST]}, expected {json.dumps(expected)}"


def at(found: Any, path: str) -> Any:
    """What stands at ``cards.0.id``. Raises LookupError."""
    for key in path.split("."):
        if isinstance(found, list):
            if not key.isdecimal():
                raise LookupError(path)
            found = found[int(key)]
        elif isinstance(found, dict) and key in found:
            found = found[key]
        else:
            raise LookupError(path)
    return found
