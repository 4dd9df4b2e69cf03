"""A state machine's definition as it is while some conditions hold: an object, a text, or ``Fn::Sub`` or ``Fn::Join``.

It is read with its substitutions put in; what only AWS knows stays in it as ``${...}``, in the place of an object or
a number too.
"""

from __future__ import annotations

import re
from json import JSONDecodeError
from typing import TYPE_CHECKING, Any, NamedTuple

from stackgen.jsontext import parsed

from .pointers import HOLE, VARIABLE, filled, pointer
from .values import ABSENT, branches, function_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from .values import Path, Scenario, Values

_PARTS = re.compile(r'"(?:[^"\\]|\\.)*"|' + VARIABLE.pattern, re.DOTALL)
"""A text in JSON, or a variable outside of one."""


class Definition(NamedTuple):
    """What was read; ``places`` tells by ``id`` where its objects stand, and ``problem`` why it is no definition."""

    content: dict[str, Any]
    path: Path
    places: dict[int, Path]
    problem: str = ""


def conditions_in(value: Any) -> Iterator[str]:
    """The conditions that an ``Fn::If`` at any depth asks for."""
    if isinstance(value, dict):
        name, argument = function_of(value)
        if name == "Fn::If" and isinstance(argument, list) and argument:
            yield str(argument[0])
        for each in value.values():
            yield from conditions_in(each)
    elif isinstance(value, list):
        for each in value:
            yield from conditions_in(each)


def read(value: Any, own: Any, path: Path, scenario: Scenario, values: Values) -> Definition | None:
    """What stands in a property, with its substitutions ``own``. None where nobody can tell."""
    found = next(branches(value, scenario, path))
    given = _settled(own, scenario)
    given = given if isinstance(given, dict) else {}
    if isinstance(found.value, dict) and not function_of(found.value)[0]:
        reader = _Reader(given, scenario)
        content = reader.whole(found.value, found.path)
        return Definition(content, found.path, reader.places) if isinstance(content, dict) else None
    text = pointer(_settled(found.value, scenario), in_text=isinstance(found.value, str))
    return _of_text(filled(text, given), found.path, values) if isinstance(text, str) else None


def _of_text(text: str, path: Path, values: Values) -> Definition | None:
    text, is_sure = _quoted(text, values)
    try:
        content = parsed(text)
    except JSONDecodeError as error:
        where = f"line {error.lineno}, column {error.colno}"
        return Definition({}, path, {}, f"is not JSON: {error.msg} in {where}") if is_sure else None
    except (ValueError, RecursionError):  # numbers and depths beyond what Python reads
        return None
    if isinstance(content, dict):
        return Definition(content, path, {})
    return Definition({}, path, {}, "is no object") if is_sure else None


def _quoted(text: str, values: Values) -> tuple[str, bool]:
    """A text whose variables all stand in quotes, and whether it is known what AWS will read."""
    is_sure = True

    def replaced(found: re.Match[str]) -> str:
        nonlocal is_sure
        if not found[1]:
            return found[0]
        known = values.spelled(found[0])
        if known != found[0]:
            return known
        is_sure = is_sure and found[1].startswith("AWS::")
        return f'"{found[0]}"'

    return _PARTS.sub(replaced, text), is_sure


def _settled(value: Any, scenario: Scenario) -> Any:
    """A value without its ``Fn::If``; what is left away there is absent."""
    value = next(branches(value, scenario)).value
    if isinstance(value, list):
        return [each for each in (_settled(each, scenario) for each in value) if each is not ABSENT]
    if isinstance(value, dict):
        inner = {key: _settled(each, scenario) for key, each in value.items()}
        return {key: each for key, each in inner.items() if each is not ABSENT}
    return value


class _Reader:
    """Makes an object of plain values, and remembers where each object in it came from."""

    def __init__(self, own: Mapping[str, Any], scenario: Scenario) -> None:
        self._own = own
        self._scenario = scenario
        self.places: dict[int, Path] = {}

    def whole(self, value: Any, path: Path) -> Any:
        found = next(branches(value, self._scenario, path))
        if isinstance(found.value, str):
            return filled(found.value, self._own)
        if isinstance(found.value, list):
            all_of = (self.whole(each, (*found.path, number)) for number, each in enumerate(found.value))
            return [each for each in all_of if each is not ABSENT]
        if isinstance(found.value, dict):
            return self._object(found.value, found.path)
        return found.value

    def _object(self, value: dict[str, Any], path: Path) -> Any:
        if function_of(value)[0] or "Fn::Transform" in value:
            text = pointer(_settled(value, self._scenario))
            return text if isinstance(text, str) else HOLE
        inner = {str(key): self.whole(each, (*path, key)) for key, each in value.items()}
        content = {key: each for key, each in inner.items() if each is not ABSENT}
        self.places[id(content)] = path
        return content
