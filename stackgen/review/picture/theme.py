"""The colours of the pictures, for a light page and a dark one."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping


class Colors(NamedTuple):
    """Of one kind of item."""

    stroke: str
    fill: str
    text: str


class Palette(NamedTuple):
    """Of a whole picture; ``boxes`` are fillings by depth, deeper boxes begin again."""

    page: str
    muted: str
    line: str
    frame: str
    node: Colors
    boxes: tuple[str, ...]
    statuses: Mapping[str, Colors]


LIGHT = Palette(
    page="#ffffff",
    muted="#59636e",
    line="#6e7781",
    frame="#afb8c1",
    node=Colors("#8c959f", "#ffffff", "#1f2328"),
    boxes=("#f6f8fa", "#eaf2fb", "#f1ecfa"),
    statuses={
        "added": Colors("#1a7f37", "#dafbe1", "#0b4a1d"),
        "removed": Colors("#cf222e", "#ffebe9", "#82071e"),
        "changed": Colors("#9a6700", "#fff8c5", "#5c3d00"),
        "replaced": Colors("#bc4c00", "#ffdfc7", "#762c00"),
        "moved": Colors("#0969da", "#ddf4ff", "#0a3069"),
    },
)
DARK = Palette(
    page="#0d1117",
    muted="#9198a1",
    line="#8b949e",
    frame="#484f58",
    node=Colors("#6e7681", "#1c2128", "#e6edf3"),
    boxes=("#151b23", "#152131", "#211a33"),
    statuses={
        "added": Colors("#3fb950", "#12381f", "#aff5b4"),
        "removed": Colors("#f85149", "#4a1618", "#ffdcd7"),
        "changed": Colors("#d29922", "#3b2d09", "#f8e3a1"),
        "replaced": Colors("#f0883e", "#4a2409", "#ffd8b5"),
        "moved": Colors("#58a6ff", "#0f2d50", "#cae8ff"),
    },
)
