"""Performs what was planned, and nothing else; the only module of this package that changes AWS."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable

    from .actions import Action


class Executor(Protocol):
    """Performs one action after the other; what AWS answers goes back."""

    def perform(self, action: Action) -> dict[str, Any]: ...


class Performer:
    """Performs actions with clients; *told* hears of each before it is performed."""

    def __init__(self, client: Callable[[str], Any], told: Callable[[Action], None] = lambda _: None) -> None:
        self._client = client
        self._told = told

    def perform(self, action: Action) -> dict[str, Any]:
        """Raises what boto3 raises."""
        self._told(action)
        answer: dict[str, Any] = getattr(self._client(action.service), action.operation)(**action.parameters)
        return answer
