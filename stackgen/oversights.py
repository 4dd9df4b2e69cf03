"""What a stack class says that is allowed but hardly meant: no file, a misspelt setting."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .errors import shown
from .stack import Stack

if TYPE_CHECKING:
    from collections.abc import Iterator

SETTINGS: dict[str, type | tuple[type, ...]] = {
    "system": str,
    "file": str,
    "artifact_bucket": str,
    "name_pattern": str,
    "export_name": str,
    "transform": (list, tuple),
    "metadata": dict,
    "exemptions": dict,
    "parameter_groups": dict,
    "sections": dict,
}
"""What a stack class may set, and the type by which a misspelt one is told from an option of the author's own."""

_CLOSE = 0.85
_MOST_LETTERS = 3  # by which words so close can differ: the others are not worth difflib's import


def every_stack() -> list[type[Stack]]:
    """All classes that derive from Stack, also one whose name in its module another has taken."""
    found: dict[type[Stack], None] = {}
    pending: list[type[Stack]] = [Stack]
    while pending:
        for each in pending.pop().__subclasses__():
            if each not in found:
                found[each] = None
                pending.append(each)
    return list(found)


def oversights(stack: type[Stack]) -> Iterator[str]:
    """Warnings about one class, each with its place."""
    path, line = stack.location or ("an unknown file", 0)
    start = f"{shown(path)}:{line}: {stack.__name__}"
    misspelt = dict(_misspelt(stack))
    for name, setting in misspelt.items():
        yield f"{start}.{name} is no setting of a stack: did you mean {setting}?"
    if not stack.file and "build" in vars(stack) and not stack.__subclasses__() and "file" not in misspelt.values():
        yield f"{start} has a build() but names no file, so it builds no template"


def _misspelt(stack: type[Stack]) -> Iterator[tuple[str, str]]:
    for name, value in vars(stack).items():
        if name.startswith("_") or name in vars(Stack):
            continue
        alike = [each for each, kind in SETTINGS.items() if isinstance(value, kind) and _may_be(name, each)]
        if alike:
            from difflib import get_close_matches  # hardly ever

            for setting in get_close_matches(name, alike, n=1, cutoff=_CLOSE):
                yield name, setting


def _may_be(name: str, setting: str) -> bool:
    return name not in SETTINGS and len(set(name) ^ set(setting)) <= _MOST_LETTERS
