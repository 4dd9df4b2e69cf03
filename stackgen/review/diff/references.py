"""The references of a canonical value, led elsewhere."""

from __future__ import annotations

from .canonical import function_of, joined, sub_parts

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any


def renamed(resource: Any, name_of: Callable[[str], str | None]) -> Any:
    """A canonical resource in which every logical ID that it refers to is that of ``name_of``; None keeps it."""

    def kept(name: str) -> str:
        return name_of(name) or name

    found = _value(resource, kept)
    depends = found.get("DependsOn") if isinstance(found, dict) else None
    if isinstance(depends, list) and all(isinstance(each, str) for each in depends):
        found["DependsOn"] = sorted(map(kept, depends))
    return found


def _value(value: Any, name_of: Callable[[str], str]) -> Any:  # noqa: PLR0911  one for each form
    if isinstance(value, list):
        return [_value(each, name_of) for each in value]
    if not isinstance(value, dict):
        return value
    function = function_of(value)
    data = value[function] if function else None
    if function == "Ref" and isinstance(data, str):
        return {function: name_of(data)}
    if function == "Fn::GetAtt" and isinstance(data, list) and data and isinstance(data[0], str):
        return {function: [name_of(data[0]), *data[1:]]}
    if function == "Fn::Sub" and isinstance(data, str):
        return joined([_part(*part, name_of) for part in sub_parts(data)])
    if function == "Fn::Sub" and isinstance(data, list) and len(data) == 2 and isinstance(data[0], str):  # noqa: PLR2004  text and variables
        given = data[1] if isinstance(data[1], dict) else {}
        parts = [_part(*part, lambda name: name if name in given else name_of(name)) for part in sub_parts(data[0])]
        text = joined(parts)
        return {function: [text if isinstance(text, str) else text[function], _value(data[1], name_of)]}
    return {key: _value(each, name_of) for key, each in value.items()}


def _part(text: str, is_name: bool, name_of: Callable[[str], str]) -> tuple[str, bool]:  # noqa: FBT001  a pair, spread
    if not is_name:
        return text, False
    name, dot, attribute = text.partition(".")
    return name_of(name) + dot + attribute, True
