"""What a change of a property does to its resource, as far as the type's schema tells.

A schema's facts are not all there is: AWS documents replacements that no schema mentions. Whoever knows such a fact
answers an Effect too, and ``strictest`` chooses.
"""

from __future__ import annotations

from stackgen.records import NamedTuple

from .pointers import ANY, below, readable

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

    from .pointers import Path, Pointer
    from .type_schema import TypeSchema

__all__ = ["ABSENT", "Effect", "governing", "strictest"]

RANKS = ("update", "unknown", "never", "conditional", "replace")


class Effect(NamedTuple):
    """``kind`` is one of these, the strictest last.

    update       changed in place
    unknown      the schema does not tell: it lists no such property, or nothing of what replaces
    never        only AWS writes the property, so a template cannot
    conditional  replaced under some conditions, which the schema does not name
    replace      replaced
    """

    kind: str
    text: str
    """Why, as a person reads it: ``KeySchema is create-only``."""
    source: str = "schema"


class _Marker:
    def __init__(self, name: str) -> None:
        self.name = name

    def __repr__(self) -> str:
        return self.name


ABSENT = _Marker("ABSENT")
"""The value of a property that is not there, before or after."""
_UNSAID = _Marker("UNSAID")

_SAME, _PERHAPS, _OTHER = range(3)


def governing(schema: TypeSchema, path: Path, before: Any = _UNSAID, after: Any = _UNSAID) -> Effect:
    """What the change of the property at ``path`` does; ``before`` and ``after`` are the values there.

    The path is the deepest that changed. It still may lie above a create-only property, where a whole object was
    added or removed: then the values are looked into, and where they cannot be (nobody gave them, or they are not
    known before the deployment), the answer is ``conditional``.
    """
    place = readable(path) or "Properties"
    effects = [_by_pointer(pointer, path, before, after, "replace") for pointer in schema.create_only]
    effects += [_by_pointer(pointer, path, before, after, "conditional") for pointer in schema.conditional_create_only]
    found = [effect for effect in effects if effect is not None]
    if schema.updatable is False:
        found.append(Effect("replace", f"{schema.type} cannot be updated"))
    if not found:
        if any(below(pointer, path) == () for pointer in schema.read_only):
            found.append(Effect("never", f"{place} is read-only"))
        elif path and path[0] not in schema.properties and not schema.takes_any_property:
            found.append(Effect("unknown", f"{schema.type} has no property {path[0]}"))
        elif not schema.says_what_replaces():
            found.append(Effect("unknown", f"the schema of {schema.type} does not say what replaces it"))
    return strictest(found) or Effect("update", f"{place} is updated in place")


def strictest(effects: Sequence[Effect]) -> Effect | None:
    """The strictest of several answers about one change, the first of equals; None if there is none."""
    return max(effects, key=lambda effect: RANKS.index(effect.kind), default=None)


def _by_pointer(pointer: Pointer, path: Path, before: Any, after: Any, kind: str) -> Effect | None:
    rest = below(pointer, path)
    if rest is None:
        return None
    how = "create-only" if kind == "replace" else "create-only under some conditions"
    inner = readable(pointer)
    if not rest:
        place = readable(path)
        lies = "" if len(path) == len(pointer) else f", part of {inner},"
        return Effect(kind, f"{place}{lies} is {how}")
    if before is _UNSAID or after is _UNSAID:
        return Effect("conditional", f"{readable(path) or 'Properties'} may hold another {inner}, which is {how}")
    difference = _difference(before, after, rest)
    if difference == _OTHER:
        return Effect(kind, f"{inner} is {how}")
    if difference == _PERHAPS:
        return Effect("conditional", f"{inner}, which is {how}, may change with {readable(path) or 'Properties'}")
    return None


def _difference(before: Any, after: Any, rest: Pointer) -> int:
    """Whether two values differ at a place inside."""
    if (before is ABSENT and after is ABSENT) or before == after:
        return _SAME
    if not rest:
        return _OTHER
    values = [value for value in (before, after) if value is not ABSENT]
    name, others = rest[0], rest[1:]
    if any(map(_is_unknown, values)):
        return _PERHAPS
    if any(isinstance(value, list) for value in values):
        return _of_lists(before, after, others if name == ANY else rest)
    if name == ANY:
        keys = {key for value in values for key in value}
        return max((_of_items(_at(before, key), _at(after, key), others) for key in keys), default=_SAME)
    return _difference(_at(before, name), _at(after, name), others)


def _of_lists(before: Any, after: Any, rest: Pointer) -> int:
    """Item by item; what one list has and the other has not may be a replacement or none: AWS does not say."""
    ours, theirs = (value if isinstance(value, list) else [] for value in (before, after))
    longest = max(len(ours), len(theirs))
    pairs = ((*ours, *[ABSENT] * (longest - len(ours))), (*theirs, *[ABSENT] * (longest - len(theirs))))
    differences = [_of_items(old, new, rest) for old, new in zip(*pairs, strict=True)]
    highest = max(differences, default=_SAME)
    return highest if len(ours) == len(theirs) else min(highest, _PERHAPS)


def _of_items(before: Any, after: Any, rest: Pointer) -> int:
    difference = _difference(before, after, rest)
    return min(difference, _PERHAPS) if before is ABSENT or after is ABSENT else difference


def _at(value: Any, key: str) -> Any:
    return value.get(key, ABSENT) if value is not ABSENT else ABSENT


def _is_unknown(value: Any) -> bool:
    """Whether nobody can look into a value: a symbol, an intrinsic function, a text where an object belongs."""
    if isinstance(value, list):
        return False
    if not isinstance(value, dict):
        return True
    return len(value) == 1 and next(iter(value)).startswith(("Fn::", "Ref"))
