"""IAM policy documents of a limited size, with a statement for each service."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, NamedTuple

from .needs import PASS_ROLE

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from .needs import Permissions

__all__ = ["INLINE_OF_ROLE", "MANAGED_POLICY", "POLICIES_OF_ROLE", "QUOTAS", "documents", "size"]

QUOTAS = "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html"
"""Where AWS gives the three figures below; white space does not count."""
MANAGED_POLICY = 6_144
"""The longest managed policy, in characters."""
INLINE_OF_ROLE = 10_240
"""The longest that all inline policies of a role may be together."""
POLICIES_OF_ROLE = 10
"""The managed policies that a role may have, unless AWS was asked for more."""

_VERSION = "2012-10-17"
_PASS_ROLE = "PassRole"  # noqa: S105  the name of a statement


class _Block(NamedTuple):
    """A statement whose list may be divided: actions on all resources, or one action on many."""

    sid: str
    items: tuple[str, ...]

    def statement(self) -> dict[str, Any]:
        if self.sid == _PASS_ROLE:
            return {"Sid": self.sid, "Effect": "Allow", "Action": PASS_ROLE, "Resource": list(self.items)}
        return {"Sid": self.sid, "Effect": "Allow", "Action": list(self.items), "Resource": "*"}


def documents(permissions: Permissions, limit: int = MANAGED_POLICY) -> list[dict[str, Any]]:
    """As few documents as come out of putting each service into the first that has room for it.

    A service is divided only where it is larger than a document. ``iam:PassRole`` is a statement of its own: for the
    roles that are known to be handed over, or for all if none is. Raises ValueError for a limit that cannot hold even
    the longest action.
    """
    found: list[list[_Block]] = []
    room: list[int] = []
    for block in _blocks(permissions):
        for part in _parts(block, limit):
            taken = _length(part.statement()) + 1  # and a comma
            at = next((at for at, left in enumerate(room) if left >= taken), len(room))
            if at == len(room):
                found.append([])
                room.append(limit - _EMPTY + 1)  # the first statement has no comma before it
            found[at].append(part)
            room[at] -= taken
    return [_document(blocks) for blocks in found]


def size(document: dict[str, Any]) -> int:
    """The characters of a document as IAM counts them."""
    return _length(document)


def _length(value: Any) -> int:
    return len(json.dumps(value, separators=(",", ":")))


def _blocks(permissions: Permissions) -> Iterator[_Block]:
    services: dict[str, list[str]] = {}
    for action in permissions.grantable:
        if action != PASS_ROLE:
            services.setdefault(action.partition(":")[0], []).append(action)
    for service in sorted(services):
        sid = "".join(part.capitalize() for part in service.split("-"))
        yield _Block(sid, tuple(services[service]))
    if PASS_ROLE in permissions.actions:
        yield _Block(_PASS_ROLE, tuple(permissions.roles) or ("*",))


def _parts(block: _Block, limit: int) -> Iterator[_Block]:
    """A block, divided where it is larger than a document."""
    most = limit - _EMPTY - _length(_Block(block.sid, ()).statement()) + 1  # the first item has no comma before it
    held: list[str] = []
    room = most
    for item in block.items:
        taken = _length(item) + 1
        if taken > most:
            raise ValueError(f"no document of {limit} characters can hold {item}")
        if taken > room:
            yield _Block(block.sid, tuple(held))
            held, room = [], most
        held.append(item)
        room -= taken
    yield _Block(block.sid, tuple(held))


def _document(blocks: Sequence[_Block]) -> dict[str, Any]:
    return {"Version": _VERSION, "Statement": [block.statement() for block in blocks]}


_EMPTY = _length(_document([]))
