"""The picture of a change: the build after it, coloured, with what it removes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stackgen.review.diff.compare import compare

from .assembly import picture_of, roots_to_draw
from .changes import changes_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from stackgen.review.impact.result import Impact
    from stackgen.review.model import Build

    from .model import Box


def compared(base: Build, build: Build, roots: Sequence[str] | None = None, impacts: Iterable[Impact] = ()) -> Box:
    """Every resource by itself, of some templates or of all; ``impacts`` tell what is replaced, in any place."""
    changes = changes_of(compare(base, build), impacts)
    if roots is None:
        renamed = set(changes.renamed.values())
        gone = [name for name in roots_to_draw(base) if name not in build.templates and name not in renamed]
        roots = [*roots_to_draw(build), *gone]
    return picture_of(build, roots, changes=changes, base=base)
