"""References inside a value as it is written: what a resource, output or condition of a template names."""

from __future__ import annotations

from itertools import filterfalse

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Collection, Iterator
    from typing import Any

_NO_NAME = "!}"
"""What follows the brace where a text only looks like a reference."""

_is_text = str.__instancecheck__

_NO_VALUES = ("DependsOn", "Condition", "Metadata", "Type")


class Edge:
    """One reference; ``path`` is where it stands, ``attribute`` what of the target, empty for a Ref."""

    __slots__ = ("attribute", "kind", "path", "target")

    def __init__(self, path: tuple[str, ...], kind: str, target: str, attribute: str = "") -> None:
        self.path = path
        self.kind = kind
        self.target = target
        self.attribute = attribute

    def __repr__(self) -> str:
        attribute = f", {self.attribute!r}" if self.attribute else ""
        return f"Edge({'.'.join(self.path)}: {self.kind} {self.target!r}{attribute})"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Edge) and self._key() == other._key()

    def __hash__(self) -> int:
        return hash(self._key())

    def _key(self) -> tuple[object, ...]:
        return self.path, self.kind, self.target, self.attribute


def edges_of(value: Any, path: tuple[str, ...] = ()) -> Iterator[Edge]:
    """Every reference below a value: Ref, GetAtt, Sub, Condition (also that of ``Fn::If``), FindInMap."""
    pending = [(path, value)]
    while pending:
        here, each = pending.pop()
        if isinstance(each, list):
            pending += [((*here, str(number)), item) for number, item in enumerate(each)]
            continue
        if not isinstance(each, dict):
            continue
        if len(each) == 1:
            function, data = next(iter(each.items()))
            read = _FUNCTIONS.get(function)
            if read is not None:
                yield from read(here, data)
        pending += [((*here, str(key)), item) for key, item in each.items()]


def resource_edges(resource: dict[str, Any]) -> Iterator[Edge]:
    """Every reference of a resource, with its ``DependsOn`` and ``Condition``; of its Metadata none."""
    depends = resource.get("DependsOn", [])
    for target in [depends] if isinstance(depends, str) else depends if isinstance(depends, list) else []:
        if isinstance(target, str):
            yield Edge(("DependsOn",), "DependsOn", target)
    if isinstance(resource.get("Condition"), str):
        yield Edge(("Condition",), "Condition", resource["Condition"])
    for key, value in resource.items():
        if key not in _NO_VALUES:
            yield from edges_of(value, (key,))


def targets_of(resource: dict[str, Any]) -> set[str]:
    """The names that the references of a resource lead to: those of ``resource_edges``, without their places."""
    depends = resource.get("DependsOn", [])
    several = [depends] if isinstance(depends, str) else depends if isinstance(depends, list) else []
    found = {each for each in several if isinstance(each, str)}
    if isinstance(resource.get("Condition"), str):
        found.add(resource["Condition"])
    pending = [value for key, value in resource.items() if key not in _NO_VALUES]
    for each in pending:  # every value of every build passes here: no edge is made where a name is enough
        if type(each) is dict:
            if len(each) > 1:
                pending += filterfalse(_is_text, each.values())
                continue
            for function, data in each.items():
                if type(data) is not str:
                    pending.append(data)
                if function == "Ref" and type(data) is str:
                    found.add(data)
                elif function in _FUNCTIONS:
                    found.update(_named_by(function, data))
        elif type(each) is list:
            pending += filterfalse(_is_text, each)
    return found


def _named_by(function: str, data: Any) -> Collection[str]:
    """What a function, other than a plain Ref, names."""
    if function == "Fn::Sub" and type(data) is str:
        return [name for name, _ in names_in(data)]
    return [edge.target for edge in _FUNCTIONS[function]((), data)]


def names_in(text: str) -> list[tuple[str, str]]:
    """What a text of ``Fn::Sub`` names: ``Name`` or ``Name.Attribute``, each as a pair."""
    found = []
    start = text.find("${") + 2
    while start > 1 and (stop := text.find("}", start)) >= 0:
        if text[start] in _NO_NAME:
            stop = start
        else:
            name, _, attribute = text[start:stop].strip().partition(".")
            found.append((name, attribute))
        start = text.find("${", stop) + 2
    return found


def _ref(path: tuple[str, ...], data: Any) -> Iterator[Edge]:
    if isinstance(data, str):
        yield Edge(path, "Ref", data)


def _get_att(path: tuple[str, ...], data: Any) -> Iterator[Edge]:
    parts = data.split(".", 1) if isinstance(data, str) else data
    if isinstance(parts, list) and len(parts) >= 2 and isinstance(parts[0], str):  # noqa: PLR2004  a name and an attribute
        yield Edge(path, "GetAtt", parts[0], ".".join(str(part) for part in parts[1:]))


def _sub(path: tuple[str, ...], data: Any) -> Iterator[Edge]:
    text, given = (data[0], data[1]) if isinstance(data, list) and len(data) == 2 else (data, {})  # noqa: PLR2004  text and variables
    if not isinstance(text, str):
        return
    for name, attribute in names_in(text):
        if not isinstance(given, dict) or (f"{name}.{attribute}" if attribute else name) not in given:
            yield Edge(path, "Sub", name, attribute)


def _condition(path: tuple[str, ...], data: Any) -> Iterator[Edge]:
    if isinstance(data, str):
        yield Edge(path, "Condition", data)


def _if(path: tuple[str, ...], data: Any) -> Iterator[Edge]:
    if isinstance(data, list) and data and isinstance(data[0], str):
        yield Edge(path, "Condition", data[0])


def _find(path: tuple[str, ...], data: Any) -> Iterator[Edge]:
    if isinstance(data, list) and data and isinstance(data[0], str):
        yield Edge(path, "FindInMap", data[0])


_FUNCTIONS = {
    "Ref": _ref,
    "Fn::GetAtt": _get_att,
    "Fn::Sub": _sub,
    "Condition": _condition,
    "Fn::If": _if,
    "Fn::FindInMap": _find,
}
