"""How long the value of a parameter may be, and which characters it may have."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple

from .limits import PARAMETER_VALUE_BYTES
from .parameter_types import (
    AVAILABILITY_ZONE_NAME,
    HOSTED_ZONE_ID,
    IMAGE_ID,
    INSTANCE_ID,
    KEY_PAIR_NAME,
    NUMBER,
    SECURITY_GROUP_ID,
    SECURITY_GROUP_NAME,
    SSM_PARAMETER_NAME,
    SUBNET_ID,
    VOLUME_ID,
    VPC_ID,
    is_ssm,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from .parameter import Parameter

_DIGITS = "0123456789"
_HEXADECIMAL = _DIGITS + "abcdef"
_LOWER = "abcdefghijklmnopqrstuvwxyz"
_PRINTABLE = "".join(map(chr, range(32, 127)))


class Extent(NamedTuple):
    """Lengths in characters, the characters, and why it may be that long where the author can change it."""

    shortest: int
    longest: int
    characters: str
    why: str = ""
    example: str = ""

    @property
    def sample(self) -> str:
        """A short harmless value; never empty, for that a name may be empty is not worth a refusal."""
        if self.example:
            return self.example
        letter = next((each for each in self.characters if each in _LOWER), self.characters[:1] or "a")
        return letter * max(1, self.shortest)


PSEUDO = {
    "AWS::AccountId": Extent(12, 12, _DIGITS),
    "AWS::Partition": Extent(3, len("aws-us-gov"), _LOWER + "-"),
    "AWS::Region": Extent(9, len("ap-southeast-1"), _LOWER + _DIGITS + "-", example="eu-west-1"),
    "AWS::StackName": Extent(
        1, 128, _LOWER + _LOWER.upper() + _DIGITS + "-", "a stack's name has up to 128 characters"
    ),
    "AWS::URLSuffix": Extent(13, len("amazonaws.com.cn"), _LOWER + ".", example="amazonaws.com"),
}
"""Pseudo parameters, from the CloudFormation User Guide and the list of regions, read on 2026-11-20."""


def _id(prefix: str) -> Extent:
    """An EC2 ID: its prefix and 17 hexadecimal digits, 8 in old accounts."""
    characters = "".join(sorted({*prefix, *_HEXADECIMAL}))
    return Extent(len(prefix) + 8, len(prefix) + 17, characters, example=prefix + "0" * 17)


_CHOOSE = "its type takes no max_length: give it allowed_values"
BY_TYPE: dict[str, Extent] = {
    IMAGE_ID: _id("ami-"),
    INSTANCE_ID: _id("i-"),
    SECURITY_GROUP_ID: _id("sg-"),
    SUBNET_ID: _id("subnet-"),
    VOLUME_ID: _id("vol-"),
    VPC_ID: _id("vpc-"),
    AVAILABILITY_ZONE_NAME: Extent(
        len("eu-west-1a"), len("ap-northeast-1-wl1-nrt-wlz-1"), _LOWER + _DIGITS + "-", example="eu-west-1a"
    ),
    HOSTED_ZONE_ID: Extent(1, 32, _LOWER.upper() + _DIGITS, example="Z0123456789ABCDEFGHIJ"),
    KEY_PAIR_NAME: Extent(1, 255, "", _CHOOSE),
    SECURITY_GROUP_NAME: Extent(1, 255, "", _CHOOSE),
    SSM_PARAMETER_NAME: Extent(1, 2048, "", _CHOOSE),
}
"""What AWS itself says of its IDs and names, from the API references of EC2, Route 53 and SSM, read on 2026-11-20."""


def extent_of(parameter: Parameter[Any] | None) -> Extent | None:
    """The extent of a scalar parameter; ``None`` for a list and for what is read from Systems Manager."""
    if parameter is None or parameter.is_list or is_ssm(parameter.type):
        return None
    if parameter.allowed_values:
        values = sorted(parameter.allowed_values, key=len)
        characters = "".join(sorted(set("".join(values))))
        return Extent(len(values[0]), len(values[-1]), characters, "its longest allowed value", values[0])
    if parameter.type == NUMBER:
        return _number(parameter.min_value, parameter.max_value)
    if parameter.type in BY_TYPE:
        return BY_TYPE[parameter.type]
    shortest, longest, characters = 0, PARAMETER_VALUE_BYTES, ""
    if parameter.pattern is not None:
        shortest, longest, characters = pattern_extent(parameter.pattern)
    if parameter.min_length is not None:
        shortest = max(shortest, parameter.min_length)
    if parameter.max_length is not None:
        longest = min(longest, parameter.max_length)
    return Extent(shortest, longest, characters, "" if longest < PARAMETER_VALUE_BYTES else "give it a max_length")


def _number(least: float | None, most: float | None) -> Extent:
    """Between whole bounds a whole number is assumed; else nobody knows how many decimals it has."""
    if least is None or most is None or least != int(least) or most != int(most):
        return Extent(1, PARAMETER_VALUE_BYTES, "", "give it whole numbers as min_value and max_value", "1")
    lower, upper = int(least), int(most)
    widths = [len(str(bound)) for bound in (lower, upper)]
    shortest = 1 if lower <= 0 <= upper else min(widths)
    example = str(min(max(0, lower), upper))
    return Extent(shortest, max(widths), _DIGITS + ("-" if lower < 0 else ""), "its bounds are that wide", example)


@cache  # the same few patterns stand behind every name
def pattern_extent(pattern: str) -> tuple[int, int, str]:
    """Lengths of the shortest and longest match of an AllowedPattern, and its printable characters."""
    parser = getattr(re, "_parser")  # noqa: B009  the one place that knows a pattern's width; a test holds it to that
    parsed = parser.parse(pattern)
    shortest, longest = parsed.getwidth()
    characters = set(_characters(parsed))
    if parsed.state.flags & re.IGNORECASE or "(?i" in pattern:
        characters |= {folded for each in characters for folded in (each.lower(), each.upper())}
    return int(shortest), min(int(longest), PARAMETER_VALUE_BYTES), "".join(sorted(characters))


def _characters(parsed: Any) -> Iterator[str]:
    for operation, argument in parsed:
        yield from _characters_of(str(operation), argument)


def _characters_of(operation: str, argument: Any) -> Iterator[str]:
    if operation == "LITERAL":
        yield chr(argument)
    elif operation == "RANGE":
        yield from (each for each in _PRINTABLE if argument[0] <= ord(each) <= argument[1])
    elif operation == "IN":
        inside = set(_characters(argument))
        yield from set(_PRINTABLE) - inside if str(argument[0][0]) == "NEGATE" else inside
    elif operation == "CATEGORY":
        yield from (each for each in _PRINTABLE if re.match(_CATEGORIES[str(argument)], each))
    elif operation == "ANY":
        yield from _PRINTABLE
    elif operation == "NOT_LITERAL":
        yield from _PRINTABLE.replace(chr(argument), "")
    else:
        for inner in _INNER.get(operation, lambda _: ())(argument):
            yield from _characters(inner)


_CATEGORIES = {
    "CATEGORY_DIGIT": r"\d",
    "CATEGORY_NOT_DIGIT": r"\D",
    "CATEGORY_WORD": r"\w",
    "CATEGORY_NOT_WORD": r"\W",
    "CATEGORY_SPACE": r"\s",
    "CATEGORY_NOT_SPACE": r"\S",
}
_INNER: dict[str, Callable[[Any], Sequence[Any]]] = {
    "MAX_REPEAT": lambda argument: [argument[2]],
    "MIN_REPEAT": lambda argument: [argument[2]],
    "POSSESSIVE_REPEAT": lambda argument: [argument[2]],
    "SUBPATTERN": lambda argument: [argument[3]],
    "BRANCH": lambda argument: argument[1],
    "ATOMIC_GROUP": lambda argument: [argument],
    "GROUPREF_EXISTS": lambda argument: [part for part in argument[1:] if part is not None],
}
"""The patterns inside an operation; an anchor, a look-ahead and a back reference add no character."""
