"""One resource type, as its provider schema describes it."""

from __future__ import annotations

from stackgen.errors import OutputFileError
from stackgen.jsontext import parsed as read

from .pointers import ANY, parsed

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from typing import Any

    from .pointers import Path, Pointer

__all__ = ["HANDLERS", "TypeSchema", "broken"]

HANDLERS = ("create", "read", "update", "delete", "list")

_REINSTALL = "install cfn-lint again: pip install --force-reinstall 'stackgen[lint]'"
_MEMBER = '\n "'  # cfn-lint writes a schema with one space of indentation: deeper members have more, texts no line ends
_AFTER_NAME = '": '
_DEEPEST = 12  # alternatives within alternatives


class TypeSchema:
    """What is asked of a schema; nothing of it changes once it is read.

    The largest schemas are of 300 kB, and descriptions of properties are most of it, so a member is parsed when it is
    asked for. Raises OutputFileError, which names the file, for a text that is no schema.
    """

    __slots__ = (
        "_members",
        "_path",
        "additional_identifiers",
        "conditional_create_only",
        "create_only",
        "permissions",
        "primary_identifier",
        "read_only",
        "replacement_strategy",
        "type",
        "updatable",
        "write_only",
    )

    def __init__(self, type_: str, text: str, path: str) -> None:
        self.type = type_
        self._path = path
        try:
            self._members = _members(text)
            self._read()
        except (AttributeError, TypeError, ValueError) as error:
            raise broken(path, f"it is no provider schema: {error}") from error
        if self.member("typeName") != type_:
            raise broken(path, f"it describes {self.member('typeName')}, not {type_}")

    def _read(self) -> None:
        self.create_only = self._pointers("createOnlyProperties")
        self.conditional_create_only = self._pointers("conditionalCreateOnlyProperties")
        self.read_only = self._pointers("readOnlyProperties")
        self.write_only = self._pointers("writeOnlyProperties")
        self.primary_identifier = self._pointers("primaryIdentifier")
        self.additional_identifiers: tuple[tuple[Pointer, ...], ...] = tuple(
            _pointers(each) for each in self.member("additionalIdentifiers", [])
        )
        self.replacement_strategy: str = self.member("replacementStrategy", "create_then_delete")
        handlers = self.member("handlers", {})
        self.permissions: Mapping[str, tuple[str, ...]] = {
            name: tuple(handler.get("permissions", ())) for name, handler in handlers.items()
        }
        """The actions that each handler needs; a type without handlers tells of none."""
        self.updatable: bool | None = "update" in handlers if handlers else None
        """Whether it can be updated at all; None where the schema has no handlers, and so does not say."""

    def __repr__(self) -> str:
        return f"TypeSchema({self.type!r})"

    @property
    def handlers(self) -> tuple[str, ...]:
        return tuple(self.permissions)

    @property
    def required(self) -> tuple[str, ...]:
        return tuple(self.member("required", ()))

    @property
    def properties(self) -> Mapping[str, Any]:
        """The JSON schema of each property."""
        found: Mapping[str, Any] = self.member("properties", {})
        return found

    @property
    def takes_any_property(self) -> bool:
        """Whether properties that the schema does not list may be given, as to a custom resource."""
        return bool(self.member("patternProperties")) or bool(self.member("additionalProperties"))

    def says_what_replaces(self) -> bool:
        """Whether the schema can be asked: some old types have neither handlers nor create-only properties."""
        return self.updatable is not None or bool(self.create_only or self.conditional_create_only)

    def subschemas(self, path: Path) -> list[Mapping[str, Any]]:
        """The JSON schemas of the property at a path, one for each alternative; none where there is no property."""
        found: list[Mapping[str, Any]] = [{"properties": self.properties}]
        for step in path:
            found = [inner for outer in found for each in self._alternatives(outer) for inner in _inside(each, step)]
        return [each for outer in found for each in self._alternatives(outer)]

    def member(self, name: str, default: Any = None) -> Any:
        """A member of the schema's object, parsed."""
        found = self._members.get(name)
        if found is None:
            return default
        if isinstance(found, str):
            try:
                found = self._members[name] = (read(found[len(name) + len(_AFTER_NAME) :].removesuffix(",")),)
            except ValueError as error:
                raise broken(self._path, f"its {name}: {error}") from error
        return found[0]

    def _pointers(self, name: str) -> tuple[Pointer, ...]:
        return _pointers(self.member(name, []))

    def _alternatives(self, schema: Mapping[str, Any], depth: int = 0) -> Iterator[Mapping[str, Any]]:
        """A schema, what it refers to, and what it may be besides."""
        if depth > _DEEPEST:
            return
        yield schema
        further = [inner for word in ("oneOf", "anyOf", "allOf") for inner in schema.get(word, ())]
        reference = str(schema.get("$ref", ""))
        if reference.startswith("#/definitions/"):
            further.append(self.member("definitions", {}).get(reference.removeprefix("#/definitions/"), {}))
        for inner in further:
            if isinstance(inner, dict):
                yield from self._alternatives(inner, depth + 1)


def _members(text: str) -> dict[str, Any]:
    """The members of an object: each as it is written, or its value in a tuple where the layout is not cfn-lint's."""
    start, *members = text.rstrip().split(_MEMBER)
    if start != "{" or not members or not members[-1].endswith("\n}"):
        content = read(text)
        if not isinstance(content, dict):
            raise TypeError("it holds no object")
        return {name: (value,) for name, value in content.items()}
    members[-1] = members[-1].removesuffix("\n}")
    return {member[: member.find(_AFTER_NAME)]: member for member in members}


def _pointers(pointers: list[str]) -> tuple[Pointer, ...]:
    return tuple(map(parsed, pointers))


def _inside(schema: Mapping[str, Any], step: str | int) -> Iterator[Mapping[str, Any]]:
    """What a schema says of one of its members, or of its items."""
    properties = schema.get("properties", {})
    if step in properties:
        yield properties[step]
    elif step == ANY or isinstance(step, int) or step.isdecimal():
        items = schema.get("items")
        if isinstance(items, dict):
            yield items
    if step not in properties:
        yield from schema.get("patternProperties", {}).values()


def broken(path: str, why: str) -> OutputFileError:
    return OutputFileError(f"cfn-lint's file cannot be read: {why}", _REINSTALL, location=(path, 0))
