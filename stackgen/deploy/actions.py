"""What changes AWS: single calls, planned as values and performed by the executor alone."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from uuid import uuid4

if TYPE_CHECKING:
    from collections.abc import Mapping

HIDDEN = "****"


def token_of(word: str) -> str:
    """A ClientRequestToken that no operation had before; *word* says which command asks."""
    return f"{word}-{uuid4()}"


@dataclass(frozen=True, slots=True)
class Action:
    """One call of AWS's API, in boto3's words.

    ``why`` is a sentence for the person who is asked; ``secrets`` names parameters whose values nobody sees: of the
    call itself, or of the stack that it deploys.
    """

    service: str
    operation: str
    parameters: Mapping[str, Any] = field(repr=False)
    why: str
    secrets: frozenset[str] = field(default=frozenset())
    always: bool = False
    """Whether it is performed also where what stands before it in a plan has failed."""

    def shown(self) -> dict[str, Any]:
        """As plans and people see it."""
        return {
            "service": self.service,
            "operation": self.operation,
            "parameters": {name: self._masked(name, value) for name, value in self.parameters.items()},
            "why": self.why,
        }

    def _masked(self, name: str, value: Any) -> Any:
        if name in self.secrets:
            return HIDDEN
        if isinstance(value, bytes):
            return f"{len(value)} bytes"
        if name in ("Parameters", "ParameterOverrides") and isinstance(value, list):
            return [
                {**each, "ParameterValue": HIDDEN} if each.get("ParameterKey") in self.secrets else each
                for each in value
            ]
        return value
