"""``Fn::ForEach`` written out: what a loop over a known list makes of conditions, resources, outputs and properties.

A loop is an identifier, a collection and an object, of which there is one copy for each item: ``${Identifier}`` in keys
and texts, and a ``Ref`` of the identifier, are the item; ``&{Identifier}`` is the letters and digits of the item.
Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference-foreach.html
"""

from __future__ import annotations

import re

from .functions import evaluated
from .symbols import Symbol, text_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from .scope import Scope

__all__ = ["LANGUAGE_EXTENSIONS", "loops_in", "may_make", "unrolled"]

LANGUAGE_EXTENSIONS = "AWS::LanguageExtensions"
_LOOP = "Fn::ForEach::"
_SECTIONS = ("Conditions", "Resources", "Outputs")
_PARTS = 3
_MOST_ITEMS = 2_500
"""Far more than the 500 resources of a template; loops within loops would double with each of them."""

_PLACE = re.compile(r"([$&])\{\s*([0-9A-Za-z]+)\s*\}")
_NO_LETTER = re.compile(r"[^0-9A-Za-z]")


def unrolled(content: dict[str, Any], scope: Scope) -> dict[str, Any]:
    """A template with its loops written out; a loop whose collection is not known stays as it is."""
    loops = _Loops(scope)
    return {name: loops.value(each, {}) if name in _SECTIONS else each for name, each in content.items()}


def loops_in(content: dict[str, Any]) -> dict[str, Any]:
    """The loops that make entries of a section, by where they are: ``Resources.Fn::ForEach::Tables``."""
    sections = ((name, content.get(name)) for name in _SECTIONS)
    entries = ((name, each) for name, each in sections if isinstance(each, dict))
    return {f"{name}.{key}": loop for name, each in entries for key, loop in each.items() if _is_loop(key)}


def may_make(content: dict[str, Any], logical_id: str) -> bool:
    """Whether a loop of a template, of which nobody knows what it makes, may make a resource of this name."""
    found = loops_in({"Resources": content.get("Resources")})
    return any(re.fullmatch(each, logical_id) for loop in found.values() for each in _patterns(loop))


def _patterns(loop: Any) -> Iterator[str]:
    if isinstance(loop, list) and len(loop) == _PARTS and isinstance(loop[2], dict):
        for key, each in loop[2].items():
            if _is_loop(key):
                yield from _patterns(each)
            else:
                yield ".+".join(re.escape(part) for part in _PLACE.sub("\0", str(key)).split("\0"))


def _is_loop(key: Any) -> bool:
    return str(key).startswith(_LOOP)


class _Loops:
    """Writes out the loops of one template; ``names`` are the identifiers around a value, with their items."""

    def __init__(self, scope: Scope) -> None:
        self._scope = scope
        self._left = _MOST_ITEMS

    def value(self, value: Any, names: dict[str, str]) -> Any:
        if isinstance(value, str):
            return _filled(value, names)
        if isinstance(value, list):
            return [self.value(each, names) for each in value]
        return self._object(value, names) if isinstance(value, dict) else value

    def _object(self, value: dict[str, Any], names: dict[str, str]) -> Any:
        name = value.get("Ref")
        if isinstance(name, str) and name in names and len(value) == 1:
            return names[name]
        result: dict[str, Any] = {}
        for key, each in value.items():
            made = self._made(each, names) if _is_loop(key) else None
            result |= {_filled(str(key), names): self.value(each, names)} if made is None else made
        text = result.get("Fn::Sub")
        return text if names and len(result) == 1 and isinstance(text, str) and "${" not in text else result

    def _made(self, loop: Any, names: dict[str, str]) -> dict[str, Any] | None:
        """What a loop makes; None where that is not known, or it is no loop."""
        if not isinstance(loop, list) or len(loop) != _PARTS:
            return None
        identifier, collection, fragment = loop
        items = evaluated(self.value(collection, names), self._scope)
        if not isinstance(identifier, str) or not isinstance(items, list) or not isinstance(fragment, dict):
            return None
        result: dict[str, Any] = {}
        for item in items:
            self._left -= 1
            if self._left < 0 or isinstance(item, Symbol | dict | list):
                return None
            made = self.value(fragment, {**names, identifier: text_of(item)})
            if not isinstance(made, dict) or any(map(_is_loop, made)):
                return None
            result |= made
        return result


def _filled(text: str, names: dict[str, str]) -> str:
    """A text with the items in the places of their identifiers."""
    if not names or "{" not in text:
        return text

    def item(found: re.Match[str]) -> str:
        known = names.get(found[2])
        if known is None:
            return found[0]
        return known if found[1] == "$" else _NO_LETTER.sub("", known)

    return _PLACE.sub(item, text)
