"""Widened access: what a change lets someone do that was not possible before."""

from __future__ import annotations

from .acls import acl_gains
from .alike import Alike
from .iam import policy_gains
from .joining import joining_gains
from .names import moved
from .network import network_gains
from .phrases import Direction
from .public import public_gains
from .routes import route_gains
from .side import Side
from .widening import Severity, Widening, in_order

TYPE_CHECKING = False
if TYPE_CHECKING:
    from stackgen.review.evaluation.tree import Tree

__all__ = ["Severity", "Widening", "narrowed", "widened"]


def widened(before: Tree | None, after: Tree) -> list[Widening]:
    """What ``after`` opens that ``before`` did not, the gravest first; all of it for a new stack."""
    renamed = moved(before, after) if before is not None else {}
    return _gains(Side.of(before, renamed), Side.of(after, {}), Direction.GAINED)


def narrowed(before: Tree | None, after: Tree) -> list[Widening]:
    """What ``before`` opened and ``after`` does not."""
    renamed = moved(before, after) if before is not None else {}
    return _gains(Side.of(after, {}), Side.of(before, renamed), Direction.LOST)


def _gains(before: Side, after: Side, direction: Direction) -> list[Widening]:
    alike = Alike(before, after)
    found = list(policy_gains(before, after, direction, alike))
    found += network_gains(before, after, direction, alike)
    found += joining_gains(before, after, direction, alike)
    found += acl_gains(before, after, direction)
    found += route_gains(before, after, direction)
    found += public_gains(before, after, direction)
    return in_order(found)
