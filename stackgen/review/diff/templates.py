"""Which template of one build is which of the other, when its name changed."""

from __future__ import annotations

from .canonical import text_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from stackgen.review.model import Build

    Pair = tuple[str | None, str | None]


def paired(before: Build, after: Build) -> list[Pair]:
    """Every template of either build, once; None on the side that has it not.

    A template keeps its place under another name where the same nested stack of a kept template uses it, or where
    one of one content is gone and one of the same content is new.
    """
    pairs: list[Pair] = [(name, name) for name in before.templates if name in after.templates]
    gone = {name for name in before.templates if name not in after.templates}
    new = {name for name in after.templates if name not in before.templates}
    if gone and new:
        pending = list(pairs)
        while pending:  # what is found below a renamed template counts too
            found = _by_nesting(before, after, pending, gone, new)
            pending = found or _by_content(before, after, gone, new)
            pairs += pending
            gone = gone.difference(name for name, _ in pending if name)
            new = new.difference(name for _, name in pending if name)
        if not pairs:
            pairs = _by_content(before, after, gone, new)
            gone = gone.difference(name for name, _ in pairs if name)
            new = new.difference(name for _, name in pairs if name)
    return pairs + [(name, None) for name in sorted(gone)] + [(None, name) for name in sorted(new)]


def _by_nesting(before: Build, after: Build, pairs: list[Pair], gone: set[str], new: set[str]) -> list[Pair]:
    found: set[tuple[str, str]] = set()
    for left, right in pairs:
        if left is None or right is None:
            continue
        then, now = before.children(left), after.children(right)
        for title, child in then.items():
            name, other = child.name, now[title].name if title in now else None
            if name in gone and other in new and name is not None and other is not None:
                found.add((name, other))
    return _unambiguous(found)


def _by_content(before: Build, after: Build, gone: set[str], new: set[str]) -> list[Pair]:
    texts = {name: _content_text(after.templates[name].content) for name in new}
    found = set()
    for name in gone:
        text = _content_text(before.templates[name].content)
        found |= {(name, other) for other in new if texts[other] == text}
    return _unambiguous(found)


def _unambiguous(found: set[tuple[str, str]]) -> list[Pair]:
    names = [name for pair in found for name in (("gone", pair[0]), ("new", pair[1]))]
    return sorted(pair for pair in found if names.count(("gone", pair[0])) == names.count(("new", pair[1])) == 1)


def _content_text(content: dict[str, Any]) -> str:
    return text_of(content)
