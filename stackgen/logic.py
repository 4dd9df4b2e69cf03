"""Whether one condition follows from others: enough to accept a guard that says the same in other words.

A truth table over what the conditions compare. Two comparisons of the same things are one, wherever they are written;
that ``Equals(Env, "prod")`` excludes ``Equals(Env, "dev")`` is not known here.
"""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING, Any

from .declaration import Declaration, intrinsic
from .sections import Condition

if TYPE_CHECKING:
    from collections.abc import Mapping

    Values = Mapping[object, bool]

MOST_ATOMS = 12
"""Comparisons in one question, at most: 4,096 rows. Beyond, a guard is believed, and left to the linter."""


class Logic:
    """The conditions of a template by logical ID, and what is known to hold or not to hold."""

    def __init__(self, conditions: Mapping[str, Condition]) -> None:
        self._conditions = conditions
        self._known: list[tuple[object, bool]] = []

    def learn(self, thing: object, *, holds: bool) -> None:
        """Take it as given that a condition, or an expression, holds or does not."""
        self._known.append((thing, holds))

    def proves(self, thing: object, *, holds: bool) -> bool:
        """Whether what is known leaves no other choice; where nothing is known, nothing is proven."""
        if not self._known:
            return False
        atoms: dict[object, None] = {}
        for each in (thing, *(known for known, _ in self._known)):
            self._collect(each, atoms, frozenset())
        if len(atoms) > MOST_ATOMS:
            return True
        rows = (dict(zip(atoms, row, strict=True)) for row in product((True, False), repeat=len(atoms)))
        return all(
            self._value(thing, row) is holds
            for row in rows
            if all(self._value(known, row) is held for known, held in self._known)
        )

    def _collect(self, thing: object, atoms: dict[object, None], above: frozenset[str]) -> None:
        function, parts = self._read(thing)
        if function == "Condition" and parts in self._conditions and parts not in above:
            self._collect(self._conditions[parts].expression, atoms, above | {parts})
        elif function in ("Fn::And", "Fn::Or", "Fn::Not"):
            for part in parts:
                self._collect(part, atoms, above)
        else:
            atoms[_atom(function, parts)] = None

    def _value(self, thing: object, row: Values) -> bool:
        function, parts = self._read(thing)
        known = row.get(_atom(function, parts))
        if known is not None:
            return known
        if function == "Condition":
            return self._value(self._conditions[parts].expression, row)
        values = [self._value(part, row) for part in parts]
        if function == "Fn::Not":
            return not values[0]
        return all(values) if function == "Fn::And" else any(values)

    def _read(self, thing: object) -> tuple[str, Any]:
        """The function and its parts; of a condition ``"Condition"`` and its logical ID."""
        if isinstance(thing, str):
            return "Condition", thing
        if isinstance(thing, Condition):  # an inherited wire means the condition of that name
            return "Condition", thing.logical_id
        for function, parts in intrinsic(thing).items():
            return self._read(parts) if function == "Condition" else (function, parts)
        return "", thing


def _atom(function: str, parts: Any) -> object:
    """What makes two comparisons the same: their sides, in either order; of anything else, how it is written."""
    if function == "Fn::Equals":
        return function, frozenset(map(_written, parts))
    return function, _written(parts)


def _written(thing: Any) -> object:
    if isinstance(thing, Declaration):
        return "Ref", thing.logical_id
    data = getattr(thing, "data", thing)
    if isinstance(data, dict):
        return tuple((key, _written(data[key])) for key in sorted(data)) if len(data) != 1 else _one(data)
    if isinstance(data, list | tuple):
        return tuple(map(_written, data))
    return str(data)


def _one(data: dict[str, Any]) -> object:
    ((function, inner),) = data.items()
    written = _written(inner)
    if function == "Ref":  # Ref of a declaration, or of its name
        return written if isinstance(inner, Declaration) else ("Ref", str(inner))
    return function, written
