"""What travels in the state of the machine: never more than a fixed size, whatever the number of targets.

A payload of Step Functions holds 256 KiB; ours stay below 32. What is cut is in the tables.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable

MOST_ENTRIES = 100
MOST_BYTES = 12 * 1024


def shortened(entries: Iterable[Any], most: int = MOST_ENTRIES, size: int = MOST_BYTES) -> tuple[list[Any], bool]:
    """As many of the first *entries* as fit, and whether that is not all."""
    taken: list[Any] = []
    used = 2
    for entry in entries:
        used += len(json.dumps(entry, separators=(",", ":")).encode()) + 1
        if len(taken) == most or used > size:
            return taken, True
        taken.append(entry)
    return taken, False
