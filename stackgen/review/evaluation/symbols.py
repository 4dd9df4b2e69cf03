"""What is not known before the deployment. Symbols are equal when they stand for the same value.

Symbol
├── Attribute    a Ref or GetAtt of a resource of the tree
├── Live         known to the account alone: an import, an SSM parameter, a parameter nobody gave ...
├── Hidden       the value of a NoEcho parameter: comparable, never shown
├── Mixed        a text of known parts and symbols: Fn::Sub, Fn::Join
├── Computed     a function whose arguments are not all known
└── Choice       an Fn::If whose condition is not known
"""

from __future__ import annotations

import os

from stackgen.jsontext import compact, quoted

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

Path = tuple[str, ...]
_SALT = os.urandom(16)


PSEUDO = "pseudo parameter"


class Symbol:
    """Something unknown; ``key`` tells one from another, ``str()`` is how a person reads it."""

    __slots__ = ("key",)
    key: str

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Symbol) and self.key == other.key

    def __hash__(self) -> int:
        return hash(self.key)

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self})"

    def inner(self) -> Iterator[Any]:
        """The values that it is made from."""
        return iter(())


class Attribute(Symbol):
    """A resource's ``Ref`` (``attribute`` is empty) or ``Fn::GetAtt``; ``stack`` begins with the root's name."""

    __slots__ = ("attribute", "logical_id", "stack")

    def __init__(self, stack: Path, logical_id: str, attribute: str = "") -> None:
        self.stack = stack
        self.logical_id = logical_id
        self.attribute = attribute
        self.key = f"attribute {'/'.join(stack)}/{logical_id}.{attribute}"

    @property
    def owner(self) -> tuple[Path, str]:
        """The resource: its stack, and its logical ID."""
        return self.stack, self.logical_id

    def __str__(self) -> str:
        inside = "/".join([*self.stack[1:], self.logical_id])
        return f"{inside}.{self.attribute}" if self.attribute else inside


class Live(Symbol):
    """Known to the account alone; ``kind`` says what it is: ``import``, ``SSM parameter``, ``parameter`` ..."""

    __slots__ = ("kind", "text")

    def __init__(self, kind: str, text: str, key: str = "") -> None:
        """``key`` tells it from others where ``text`` is shortened for the reader, or hides something."""
        self.kind = kind
        self.text = text
        self.key = f"{kind} {key or text}"

    def __str__(self) -> str:
        return self.text if self.kind == PSEUDO else f"<{self.kind} {self.text}>"


class Hidden(Symbol):
    """What a NoEcho parameter was given: equal to the same value, and shown to nobody.

    Keys are part of texts that are printed, so that of a secret is its digest.
    """

    __slots__ = ("digest", "name")

    def __init__(self, name: str, value: str) -> None:
        self.name = name
        self.digest = digest_of(value)
        self.key = f"hidden {self.digest}"

    def __str__(self) -> str:
        return "****"


class Mixed(Symbol):
    """A text of known parts and symbols; there is at least one symbol."""

    __slots__ = ("parts",)

    def __init__(self, parts: tuple[str | Symbol, ...]) -> None:
        self.parts = parts

    def __getattr__(self, name: str) -> str:
        """The key, when it is first asked for: most texts are never compared."""
        if name != "key":
            raise AttributeError(name)
        self.key = "text " + compact([each if isinstance(each, str) else [each.key] for each in self.parts])
        return self.key

    def inner(self) -> Iterator[Any]:
        return iter(self.parts)

    def __str__(self) -> str:
        return "".join(each if isinstance(each, str) else f"${{{each}}}" for each in self.parts)


class Computed(Symbol):
    """A function that cannot be computed, such as ``Fn::GetAZs``; its arguments are evaluated."""

    __slots__ = ("arguments", "function")

    def __init__(self, function: str, *arguments: Any) -> None:
        self.function = function
        self.arguments = arguments
        self.key = f"{function} {canonical(arguments)}"

    def inner(self) -> Iterator[Any]:
        return iter(self.arguments)

    def __str__(self) -> str:
        is_map = self.function == "Fn::FindInMap"  # its keys are enough
        told = [each for each in self.arguments if not (is_map and isinstance(each, dict))]
        return f"{self.function.removeprefix('Fn::')}({', '.join(map(shown, told))})"


class Choice(Symbol):
    """One of two values; ``condition`` is the symbol of what decides."""

    __slots__ = ("condition", "otherwise", "then")

    def __init__(self, condition: Symbol, then: Any, otherwise: Any) -> None:
        self.condition = condition
        self.then = then
        self.otherwise = otherwise
        self.key = f"if {condition.key} {canonical([then, otherwise])}"

    def inner(self) -> Iterator[Any]:
        return iter((self.condition, self.then, self.otherwise))

    def __str__(self) -> str:
        return f"{shown(self.then)} or {shown(self.otherwise)}"


def digest_of(text: str) -> str:
    """What a text can be compared by without being read; another in every process."""
    import hmac  # with OpenSSL behind it; few builds have a secret

    return hmac.digest(_SALT, text.encode("utf-8", "surrogatepass"), "sha256").hex()


class _Absent:
    """The value of ``AWS::NoValue``: what holds it is not there."""

    def __repr__(self) -> str:
        return "AWS::NoValue"


ABSENT = _Absent()


def canonical(value: Any) -> str:
    """A text that is the same for values that mean the same: ``true`` and ``"true"``, keys in any order."""
    return quoted(value) if type(value) is str else compact(_normal(value))


def _normal(value: Any) -> Any:
    if type(value) is str:
        return value
    if isinstance(value, Symbol):
        return {"": value.key}
    if isinstance(value, dict):
        return {str(key): _normal(value[key]) for key in sorted(value, key=str)}
    if isinstance(value, list | tuple):
        return [_normal(each) for each in value]
    return value if value is None else text_of(value)


def text_of(value: Any) -> str:
    """A scalar as CloudFormation hands it on: ``true``, ``1``, ``1.5``."""
    if type(value) is str:
        return value
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


def shown(value: Any, most: int = 60) -> str:
    """A value in one line."""
    if isinstance(value, Symbol):
        text = str(value)
    elif isinstance(value, dict):
        text = "{" + ", ".join(f"{key}: {shown(each)}" for key, each in value.items()) + "}"
    elif isinstance(value, list | tuple):
        text = "[" + ", ".join(shown(each) for each in value) + "]"
    elif value is ABSENT or value is None:
        text = "nothing"
    else:
        text = text_of(value)
    return text if len(text) <= most else text[: most - 3] + "..."


def symbols_in(value: Any, path: Path = ()) -> Iterator[tuple[Path, Symbol]]:
    """Every symbol below a value, with the path of the place that it stands at; those inside symbols too."""
    pending = [(path, value)]
    while pending:
        path, value = pending.pop()
        if isinstance(value, dict):
            pending += [((*path, key), each) for key, each in value.items() if type(each) is not str]
        elif isinstance(value, list | tuple):
            pending += [((*path, str(number)), each) for number, each in enumerate(value) if type(each) is not str]
        elif isinstance(value, Symbol):
            yield path, value
            pending += [(path, each) for each in value.inner()]
