"""Physical names: made in a system's pattern, and checked against the type's rules with the longest value that they may have."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, NamedTuple

from troposphere import AWSHelperFn, Sub

from .declaration import Declaration
from .errors import NamingError
from .limits import PARAMETER_VALUE_BYTES
from .parameter import Parameter
from .physical_names import PHYSICAL_NAMES

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from .errors import Location
    from .physical_names import PhysicalName

STEM = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_HOLE = re.compile(r"(\$\{[^!}][^}]*\})")
_DIGITS = "0123456789"
_LOWER = "abcdefghijklmnopqrstuvwxyz"


class Extent(NamedTuple):
    """How long a value may be, and which characters it may have."""

    longest: int
    characters: str
    why: str


PSEUDO = {
    "AWS::AccountId": Extent(12, _DIGITS, ""),
    "AWS::Partition": Extent(len("aws-us-gov"), _LOWER + "-", ""),
    "AWS::Region": Extent(len("ap-northeast-1"), _LOWER + _DIGITS + "-", ""),
    "AWS::StackName": Extent(128, _LOWER + _LOWER.upper() + _DIGITS + "-", "a stack's name has up to 128 characters"),
    "AWS::URLSuffix": Extent(len("amazonaws.com.cn"), _LOWER + ".", ""),
}
"""Pseudo parameters, from the CloudFormation User Guide and the list of regions, read on 2026-11-20."""


def named_in(pattern: str, stem: str, further: tuple[str, ...], where: Location) -> Sub:
    """``Sub`` of a system's pattern around a kebab-case stem. Raises NamingError for another stem."""
    if STEM.fullmatch(stem) is None:
        kebab = re.sub(r"[^a-z0-9]+", "-", re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "-", stem).lower()).strip("-")
        raise NamingError(f"{stem!r} is not in kebab-case", f"did you mean {kebab!r}?" if kebab else "", location=where)
    return Sub("-".join((pattern.replace("{stem}", stem), *further)))


def check_physical_name(
    kind: str, title: str, properties: Mapping[str, Any], parameters: Mapping[str, Parameter[Any]], where: Location
) -> None:
    """The physical name that a resource is given, if its type has one. Raises NamingError.

    Checked is the longest value that the constraints of the template's parameters allow; what is known only at deployment (an
    attribute of another resource) is not.
    """
    rule = PHYSICAL_NAMES.get(kind)
    value = properties.get(rule.property) if rule else None
    if rule is None or value is None:
        return
    for pieces in _readings(value, parameters):
        problem = _problem(rule, pieces)
        if problem:
            text = "".join(piece if isinstance(piece, str) else f"${{{name}}}" for piece, name in pieces)
            raise NamingError(
                f"{title}: {rule.property} {text!r} {problem[0]}", *problem[1:], f"{kind} takes {rule.words}", location=where
            )


Pieces = list[tuple[str | Extent, str]]


def _problem(rule: PhysicalName, pieces: Pieces) -> list[str]:
    longest = sum(len(piece) if isinstance(piece, str) else piece.longest for piece, _ in pieces)
    if longest > rule.longest:
        widest = max(
            (pair for pair in pieces if isinstance(pair[0], Extent)), key=lambda pair: pair[0][0], default=None
        )
        hint = ""
        if widest and isinstance(widest[0], Extent):
            hint = f"{widest[1]} may have {widest[0].longest:,}" + (f": {widest[0].why}" if widest[0].why else "")
        return [f"may have {longest:,} characters, {rule.longest} are allowed", hint]
    for index, (piece, name) in enumerate(pieces):
        if isinstance(piece, Extent):
            refused = _refused(rule, pieces, index, piece.characters)
            if refused:
                return [f"is refused when {name} holds {refused!r}", f"narrow the constraints of {name}"]
    sample = "".join(piece if isinstance(piece, str) else _sample(piece) for piece, _ in pieces)
    if re.fullmatch(rule.pattern, sample) is None or len(sample) < rule.shortest:
        return [f"is refused, as in {sample!r}"] if any(isinstance(piece, Extent) for piece, _ in pieces) else ["is refused"]
    return []


def _refused(rule: PhysicalName, pieces: Pieces, index: int, characters: str) -> str:
    """A character of the hole that the type does not take, tried between two harmless ones."""

    def fits(inner: str) -> bool:
        parts = [
            inner if at == index else piece if isinstance(piece, str) else _sample(piece)
            for at, (piece, _) in enumerate(pieces)
        ]
        return re.fullmatch(rule.pattern, "".join(parts)) is not None

    around = _sample(Extent(1, characters, ""))
    if not fits(around) or fits(around + around.join(characters) + around):
        return ""
    return next((each for each in characters if not fits(around + each + around)), "")


def _sample(extent: Extent) -> str:
    return next((each for each in extent.characters if each in _LOWER), extent.characters[:1] or "a")


def _readings(value: Any, parameters: Mapping[str, Parameter[Any]]) -> Iterator[Pieces]:
    """Each way in which the name may turn out, as literal texts and holes; nothing for what only AWS knows."""
    data = {"Ref": value.logical_id} if isinstance(value, Declaration) else getattr(value, "data", value)
    if isinstance(data, str):
        yield [(data, "")]
    elif isinstance(data, dict) and "Fn::If" in data:
        for branch in data["Fn::If"][1:]:
            yield from _readings(branch, parameters)
    elif isinstance(data, dict) and "Ref" in data:
        name = data["Ref"].logical_id if isinstance(data["Ref"], Declaration) else str(data["Ref"])
        yield from _filled([("${" + name + "}", name)], {}, parameters)
    elif isinstance(data, dict) and "Fn::Sub" in data and isinstance(value, AWSHelperFn | dict):
        body = data["Fn::Sub"]
        text, local = body if isinstance(body, list | tuple) else (body, {})
        yield from _filled([(part, part[2:-1]) for part in _HOLE.split(text) if part], local, parameters)


def _filled(
    parts: list[tuple[str, str]], local: Mapping[str, Any], parameters: Mapping[str, Parameter[Any]]
) -> Iterator[Pieces]:
    pieces: Pieces = []
    for text, name in parts:
        if _HOLE.fullmatch(text) is None:
            pieces.append((text.replace("${!", "${"), ""))
            continue
        extent = None if name in local else PSEUDO.get(name) or _extent(parameters.get(name))
        if extent is None:
            return
        pieces.append((extent, name))
    yield pieces


def _extent(parameter: Parameter[Any] | None) -> Extent | None:
    """The longest value of a parameter and its characters; ``None`` for what is no scalar parameter."""
    if parameter is None or parameter.is_list:
        return None
    if parameter.allowed_values:
        longest = max(len(value) for value in parameter.allowed_values)
        return Extent(longest, "".join(sorted(set("".join(parameter.allowed_values)))), "its longest allowed value")
    width, characters = pattern_extent(parameter.pattern) if parameter.pattern else (PARAMETER_VALUE_BYTES, "")
    longest = min(width, parameter.max_length if parameter.max_length is not None else PARAMETER_VALUE_BYTES)
    why = "" if longest < PARAMETER_VALUE_BYTES else "give it a max_length"
    return Extent(longest, characters, why)


_PRINTABLE = "".join(map(chr, range(32, 127)))


def pattern_extent(pattern: str) -> tuple[int, str]:
    """The longest match of an AllowedPattern and the printable characters that a match may hold."""
    parser = getattr(re, "_parser")  # noqa: B009  the one place that knows a pattern's width; a test holds it to that
    parsed = parser.parse(pattern)
    _, longest = parsed.getwidth()
    return min(int(longest), PARAMETER_VALUE_BYTES), "".join(sorted(set(_characters(parsed))))


def _characters(parsed: Any) -> Iterator[str]:
    for operation, argument in parsed:
        yield from _characters_of(str(operation), argument)


def _characters_of(operation: str, argument: Any) -> Iterator[str]:
    if operation == "LITERAL":
        yield chr(argument)
    elif operation == "RANGE":
        yield from map(chr, range(argument[0], argument[1] + 1))
    elif operation == "IN":
        inside = set(_characters(argument))
        yield from set(_PRINTABLE) - inside if str(argument[0][0]) == "NEGATE" else inside
    elif operation in ("MAX_REPEAT", "MIN_REPEAT", "POSSESSIVE_REPEAT"):
        yield from _characters(argument[2])
    elif operation == "SUBPATTERN":
        yield from _characters(argument[3])
    elif operation == "BRANCH":
        for branch in argument[1]:
            yield from _characters(branch)
    elif operation == "ATOMIC_GROUP":
        yield from _characters(argument)
    elif operation == "CATEGORY":
        yield from (each for each in _PRINTABLE if re.match(_CATEGORIES[str(argument)], each))
    elif operation in ("ANY", "NOT_LITERAL"):
        yield from _PRINTABLE


_CATEGORIES = {
    "CATEGORY_DIGIT": r"\d", "CATEGORY_NOT_DIGIT": r"\D", "CATEGORY_WORD": r"\w",
    "CATEGORY_NOT_WORD": r"\W", "CATEGORY_SPACE": r"\s", "CATEGORY_NOT_SPACE": r"\S",
}  # fmt: skip
