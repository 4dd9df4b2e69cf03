"""The first line of a diff: how many templates, resources and other entries differ, and how."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

NOTHING = "no changes"
_ORDER = ("added", "changed", "removed", "renamed", "moved")
_SINGULAR = {
    "awstemplateformatversion": "format version",
    "metadata": "metadata entry",
    "hooks": "hook",
    "transform": "transform",
    "description": "description",
}
_PLURAL = {"metadata entry": "metadata entries"}
_LAST = ("outputs", "metadata", "description", "transform", "awstemplateformatversion")


def verdict_of(counts: Mapping[str, Any]) -> str:
    """``3 templates changed: 1 resource added, 2 changed; 1 output removed``; ``no changes`` where there are none."""
    children = counts["children"]
    following = f"{_counted(children, 'nested stack')} with a new TemplateURL" if children else ""
    if not counts["templates"]:
        return f"{NOTHING} but {following}" if following else NOTHING
    sections = [name for name in counts if name not in ("templates", "resources", "children", *_LAST)]
    rest = ["resources", *sections, *_LAST]
    parts = [_tally(_SINGULAR.get(name, name.removesuffix("s")), counts[name]) for name in rest if name in counts]
    whole = _tally("template", counts["templates"])
    return f"{whole}: {'; '.join([*parts, *filter(None, [following])])}" if parts or following else whole


def _tally(what: str, counts: Mapping[str, int]) -> str:
    """``1 resource added, 2 changed``: the noun is said once."""
    parts: list[str] = []
    for kind in _ORDER:
        if counts.get(kind):
            parts.append(f"{counts[kind]:,} {kind}" if parts else f"{_counted(counts[kind], what)} {kind}")
    return ", ".join(parts)


def _counted(number: int, what: str) -> str:
    return f"{number:,} {what if number == 1 else _PLURAL.get(what, what + 's')}"
