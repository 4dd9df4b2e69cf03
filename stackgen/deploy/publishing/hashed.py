"""Files under names that end with a digest, so that whoever has one keeps it for good: app.0123456789abcdef.js.

Pages keep their names, for people type them, and so does what no page leads to. A digest is of a file and of all that
it leads to: what changes below it gives it another name too, also where two files lead to each other.
"""

from __future__ import annotations

import hashlib
import posixpath
import re
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

PAGES = (".html", ".htm")
FOR_GOOD = "public, max-age=31536000, immutable"

_TEXTS = (*PAGES, ".css", ".js", ".mjs", ".svg", ".webmanifest")
"""What may name other files."""
_NAMED = re.compile(rb"""(?<=["'(=])([^"'()\s?#<>]+)(?=["')?#\s>])""")
_DIGITS = 16


class File(NamedTuple):
    """What is put, where, and whether its name says its content."""

    key: str
    content: bytes
    is_hashed: bool = False


def hashed(files: Mapping[str, bytes]) -> list[File]:
    """The files with their new names, in themselves and in what names them."""
    leads = {key: set(_named(key, content, files)) for key, content in files.items()}
    shown = {each for key in files if key.endswith(PAGES) for each in _below(key, leads)}
    names = {key: _with_digest(key, files, leads) for key in shown if not key.endswith(PAGES)}
    return [
        File(names.get(key, key), _renamed(key, content, names), key in names) for key, content in sorted(files.items())
    ]


def _named(key: str, content: bytes, files: Mapping[str, bytes]) -> Iterator[str]:
    for found in _NAMED.findall(content) if key.endswith(_TEXTS) else ():
        name = _resolved(key, found)
        if name in files:
            yield name


def _resolved(key: str, found: bytes) -> str:
    """Which file a text in another one names: from the root, or from beside it."""
    text = found.decode("utf-8", "replace")
    return posixpath.normpath(
        text.lstrip("/") if text.startswith("/") else posixpath.join(posixpath.dirname(key), text)
    )


def _below(key: str, leads: Mapping[str, Iterable[str]]) -> set[str]:
    """The file, and all that it leads to."""
    found, waiting = {key}, [key]
    while waiting:
        new = set(leads[waiting.pop()]) - found
        found |= new
        waiting += new
    return found


def _with_digest(key: str, files: Mapping[str, bytes], leads: Mapping[str, Iterable[str]]) -> str:
    digest = hashlib.sha256()
    for each in sorted(_below(key, leads)):
        digest.update(f"{each}\0{len(files[each])}\0".encode() + files[each])
    stem, dot, end = key.rpartition(".")
    end = digest.hexdigest()[:_DIGITS] + dot + end
    return f"{stem}.{end}" if dot and "/" not in end else f"{key}.{digest.hexdigest()[:_DIGITS]}"


def _renamed(key: str, content: bytes, names: Mapping[str, str]) -> bytes:
    def new(found: re.Match[bytes]) -> bytes:
        name = names.get(_resolved(key, found[1]))
        if name is None:
            return found[0]
        start = found[1].rpartition(b"/")
        return start[0] + start[1] + posixpath.basename(name).encode()

    return _NAMED.sub(new, content) if key.endswith(_TEXTS) else content
