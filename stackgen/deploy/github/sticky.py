"""One comment for each purpose on a pull request: written once, then changed, never repeated."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from stackgen.errors import UsageError

if TYPE_CHECKING:
    from .api import GitHub

WRITTEN, CHANGED, SAME = "written", "changed", "as it was"
MOST = 65_536
"""Characters of a comment. Source: GitHub refuses a longer one, "body is too long (maximum is 65536 characters)"."""
_KEY = re.compile(r"[a-z][a-z0-9-]{0,31}")
_CUT = "\n\n(cut off here: a comment has an end)\n"


def marker(key: str) -> str:
    """The line by which the comment is found again. Raises UsageError."""
    if not _KEY.fullmatch(key):
        raise UsageError(f"--key {key!r}: up to 32 small letters, digits and hyphens were expected")
    return f"<!-- stackgen comment: {key} -->"


def stick(github: GitHub, number: int, key: str, body: str) -> str:
    """Write the comment, or change what a workflow wrote before. Raises GitHubError."""
    line = marker(key)
    text = f"{line}\n{body.strip()}\n"
    if len(text) > MOST:
        text = text[: MOST - len(_CUT)] + _CUT
    for each in github.comments(number):
        said = each.get("body") or ""
        if said.startswith(line) and (each.get("user") or {}).get("type") == "Bot":
            if said.strip() == text.strip():
                return SAME
            github.correct(each["id"], text)
            return CHANGED
    github.say(number, text)
    return WRITTEN
