"""Which environments are due, and why: their pull request is closed, their time is over, their removal was begun."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .lifetimes import moment
from .settings import DELETE

if TYPE_CHECKING:
    from collections.abc import Collection

    from .finding import Found
    from .settings import Ephemeral


def due(found: Found, ephemeral: Ephemeral, closed: Collection[int], now: float) -> str:
    """Why it is to be removed; nothing where it is not."""
    if not found.is_alive:
        return "it is gone, and has left something over" if ephemeral.retained == DELETE and found.left else ""
    if found.number in closed:
        return f"pull request {found.number} is closed"
    if found.agreed:
        return "its removal was begun"
    expires = found.expires(ephemeral)
    return f"its time was over on {moment(expires)}" if now >= expires else ""
