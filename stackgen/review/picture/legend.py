"""What the signs of a picture mean; only those that occur in it are explained."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .model import SIGNS, Arrow

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .model import Box


def legend_of(picture: Box) -> list[tuple[str, str]]:
    """Pairs of a kind and its meaning: statuses first, then ``conditional``, ``depends`` and ``import``."""
    found = [(status, f"{SIGNS[status]} {status}") for status in picture.statuses()]
    if any(item.conditional for item in picture.everything()):
        found.append(("conditional", "only under a condition"))
    kinds = {arrow.kind for arrow in arrows_of(picture)}
    if "depends" in kinds:
        found.append(("depends", "DependsOn only"))
    if "import" in kinds:
        found.append(("import", "export and import"))
    return found


def arrows_of(picture: Box) -> Iterator[Arrow]:
    """Every arrow, at any depth."""
    yield from picture.arrows
    for box in picture.boxes():
        yield from box.arrows
