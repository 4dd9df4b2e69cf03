"""What is said of calls to AWS while they are made: all of them with ``-v``, and always those that take a while."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from stackgen.console import Console
    from stackgen.deploy.actions import Action

_LONG = frozenset({"create_bucket", "create_change_set"})


def narrated(console: Console, region: str) -> Callable[[Action], None]:
    """Tells of each call before it is made."""

    def told(action: Action) -> None:
        tell = console.tell if action.operation in _LONG else console.detail
        tell(f"{region}: {action.why}")

    return told
