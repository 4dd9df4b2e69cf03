"""What follows from one condition for another: enough to accept a guard that says the same in other words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .declaration import intrinsic
from .sections import Condition

if TYPE_CHECKING:
    from collections.abc import Mapping


class Logic:
    """The conditions of a template by logical ID, and what is known to hold or not to hold."""

    def __init__(self, conditions: Mapping[str, Condition]) -> None:
        self._conditions = conditions
        self._known: set[tuple[str, bool]] = set()

    def learn(self, thing: object, *, holds: bool) -> None:
        """Take it, and what follows: both parts of an And that holds, of an Or that does not, the opposite of a Not."""
        function, parts = self._read(thing)
        if function == "Condition":
            if (parts, holds) not in self._known:
                self._known.add((parts, holds))
                if parts in self._conditions:
                    self.learn(self._conditions[parts].expression, holds=holds)
        elif function == "Fn::Not":
            self.learn(parts[0], holds=not holds)
        elif function == ("Fn::And" if holds else "Fn::Or"):
            for part in parts:
                self.learn(part, holds=holds)

    def proves(self, thing: object, *, holds: bool) -> bool:
        """Whether what is known leaves no other choice."""
        function, parts = self._read(thing)
        if function == "Condition":
            if (parts, holds) in self._known:
                return True
            return parts in self._conditions and self.proves(self._conditions[parts].expression, holds=holds)
        if function == "Fn::Not":
            return self.proves(parts[0], holds=not holds)
        if function in ("Fn::And", "Fn::Or"):
            enough = all if (function == "Fn::And") is holds else any
            return enough(self.proves(part, holds=holds) for part in parts)
        return False

    def _read(self, thing: object) -> tuple[str, Any]:
        """The function and its parts; of a condition ``"Condition"`` and its logical ID."""
        if isinstance(thing, str):
            return "Condition", thing
        if isinstance(thing, Condition):  # an inherited wire means the condition of that name
            return "Condition", thing.logical_id
        for function, parts in intrinsic(thing).items():
            return self._read(parts) if function == "Condition" else (function, parts)
        return "", ()
