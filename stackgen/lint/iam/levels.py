"""Which actions write or manage permissions on resources that a policy could name.

``access_levels.json`` is made by ``scripts/access_levels``; it says from what, and as of when. Of actions that it does
not know, newer ones or those of other services, nothing is found.
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import Any

from stackgen.jsontext import parsed

PERMISSIONS, WRITE = "permissions", "write"
DATA = Path(__file__).with_name("access_levels.json")


@cache
def _content() -> dict[str, Any]:
    content: dict[str, Any] = parsed(DATA.read_text("utf-8"))
    return content


@cache
def on_objects() -> frozenset[str]:
    """The actions of S3 that act on objects and not on their bucket, in lower case."""
    return frozenset(f"s3:{each}".lower() for each in _content()["objects"].split())


@cache
def services() -> dict[str, dict[str, list[str]]]:
    """Service to level to the names of actions."""
    return {
        service: {level: names.split() for level, names in levels.items()}
        for service, levels in _content()["services"].items()
    }


@cache
def covered(action: str) -> dict[str, str]:
    """The actions that one of a policy means, ``s3:Put*`` or ``*``, and the level of each; only those on resources."""
    service, _, name = action.partition(":")
    pattern = matcher(name or "*")
    known = services() if service == "*" else {service.lower(): services().get(service.lower(), {})}
    return {
        f"{each}:{one}": level
        for each, levels in known.items()
        for level, names in levels.items()
        for one in names
        if pattern.fullmatch(one)
    }


@cache
def matcher(pattern: str) -> re.Pattern[str]:
    """What ``*`` and ``?`` of a policy stand for; IAM ignores the case of actions."""
    return re.compile(re.escape(pattern).replace(r"\*", ".*").replace(r"\?", "."), re.IGNORECASE)


@cache
def matches(granted: str, action: str) -> bool:
    """Whether an action of a policy, which may hold wildcards, means this one."""
    return matcher(granted).fullmatch(action) is not None
