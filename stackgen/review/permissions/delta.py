"""What the deploying role needs more, and less, when one build takes the place of another."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from stackgen.iam_actions import Allowed

if TYPE_CHECKING:
    from .needs import Permissions

__all__ = ["Change", "Delta", "delta"]


class Change(NamedTuple):
    """An action, and the types that need it; or a role that is handed over, and the resources that get it."""

    name: str
    needed_by: tuple[str, ...]


@dataclass(frozen=True)
class Delta:
    """``added`` is needed by the build after and was not by the build before; ``removed`` the other way round.

    While a stack is updated, and when the update rolls back, resources of both builds are handled: take away what is
    removed only afterwards.
    """

    added: tuple[Change, ...] = ()
    removed: tuple[Change, ...] = ()
    roles_added: tuple[Change, ...] = ()
    roles_removed: tuple[Change, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.added or self.removed or self.roles_added or self.roles_removed)


def delta(before: Permissions, after: Permissions) -> Delta:
    """An action that a wildcard of the other build allows is neither added nor removed."""
    return Delta(
        added=_lacking(after, before),
        removed=_lacking(before, after),
        roles_added=_roles_lacking(after, before),
        roles_removed=_roles_lacking(before, after),
    )


def _lacking(ours: Permissions, theirs: Permissions) -> tuple[Change, ...]:
    allowed = Allowed(theirs.grantable)
    return tuple(Change(action, ours.actions[action]) for action in ours.grantable if action not in allowed)


def _roles_lacking(ours: Permissions, theirs: Permissions) -> tuple[Change, ...]:
    return tuple(Change(arn, addresses) for arn, addresses in ours.roles.items() if arn not in theirs.roles)
