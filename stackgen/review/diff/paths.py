"""The path from an entry of a template to a value in it: keys, places in lists, and items by what names them."""

from __future__ import annotations

from stackgen.jsontext import compact

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    Element = str | int | tuple[Any, ...]
    """A key; a place; two places, ``(1, 2)``; an item by its name, ``("Key", "Name")`` or with its place as third."""
    Path = tuple[Element, ...]


def path_text(path: Path) -> str:
    """A path as a person reads it: ``Properties.Tags[Key=Name].Value``."""
    text = ""
    for element in path:
        if isinstance(element, str):
            text += f".{element}" if text else element
        elif isinstance(element, int):
            text += f"[{element}]"
        elif isinstance(element[0], int):
            text += f"[{element[0]}->{element[1]}]"
        else:
            value = element[1] if isinstance(element[1], str) else compact(element[1])
            text += f"[{element[0]}={value}]"
    return text


def path_order(element: Element) -> tuple[int, int, str]:
    """Where an element stands among its siblings."""
    if isinstance(element, str):
        return 0, 0, element
    if isinstance(element, int):
        return 1, element, ""
    if isinstance(element[0], int):
        return 1, element[1], str(element[0])
    return 2, element[2] if len(element) > 2 else 0, compact(element[:2], sort_keys=True)  # noqa: PLR2004  key, value, position


def reversed_element(element: Element) -> Element:
    """The element, seen from the other build."""
    return (element[1], element[0]) if isinstance(element, tuple) and isinstance(element[0], int) else element


def json_element(element: Element) -> object:
    """The element as a Diff has it in JSON."""
    if not isinstance(element, tuple):
        return element
    if isinstance(element[0], int):
        return {"before": element[0], "after": element[1]}
    found = {element[0]: element[1]}
    return found if len(element) == 2 else {**found, "position": element[2]}  # noqa: PLR2004  key and value
