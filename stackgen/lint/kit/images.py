"""How a container's image is named: by what, and from whose registry."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .view import View


def looseness(view: View, value: Any) -> str:
    """Why the name of an image does not say which one is meant; empty where it does, or where that is unknown."""
    text = view.values.spelled(value)
    name = text.rpartition("/")[2]
    if "@" in name or not name:
        return ""
    _, colon, tag = name.rpartition(":")
    if tag == "latest":
        return "latest is another image every day"
    if not colon and "}" not in name:
        return "it has neither a tag nor a digest"
    return ""


def is_public(view: View, value: Any) -> bool:
    """Whether it comes from a public registry."""
    text = view.values.spelled(value)
    host, slash, _ = text.partition("/")
    if not slash:
        return bool(text) and "${" not in text
    return "$" not in host and ".dkr.ecr." not in host and ".dkr-ecr." not in host
