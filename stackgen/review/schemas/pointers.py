"""Places inside a resource's properties: as the schemas write them, and where a change meets them.

A pointer is a tuple of names, ``("DestinationTableList", "*", "PartitionSpec")``; ``*`` stands for any item of a list
or any key of a map. A path is where a change is, with the item's number (or its text) instead of ``*``.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    Pointer = tuple[str, ...]
    Path = tuple[str | int, ...]

__all__ = ["ANY", "below", "parsed", "readable"]

ANY = "*"
_TOP = "/properties/"


def parsed(pointer: str) -> Pointer:
    """``/properties/A/*/B`` as names; the longer forms with ``/items`` and ``/properties`` inside mean the same."""
    if pointer.count("/") == 2 and "~" not in pointer and pointer.startswith(_TOP) and pointer != _TOP:  # noqa: PLR2004  as most are
        return (pointer.removeprefix(_TOP),)
    names = [name.replace("~1", "/").replace("~0", "~") for name in pointer.split("/")]
    if len(names) < 3 or names[:2] != ["", "properties"] or not all(names[2:]):  # noqa: PLR2004  and one name
        raise ValueError(f"{pointer!r} is no pointer to a property")
    first, *others = names[2:]
    steps = [ANY if name == "items" else name for name in others if name != "properties"]
    return (first, *steps)


def readable(place: Iterable[str | int]) -> str:
    """``A.*.B``."""
    return ".".join(map(str, place))


def below(pointer: Pointer, path: Path) -> Pointer | None:
    """What of a pointer lies below a path: nothing where the path is at or under it; None where they part.

    A schema may leave out the ``*`` between a list and what is in its items, so an item's number matches that too.
    """
    at = 0
    for step in path:
        if at == len(pointer):
            break
        name = pointer[at]
        if name in (ANY, step):
            at += 1
        elif not at or not _is_number(step):
            return None
    return pointer[at:]


def _is_number(step: str | int) -> bool:
    return isinstance(step, int) or step.isdecimal()
