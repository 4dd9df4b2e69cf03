"""Why CloudFormation would refuse a value for a parameter: said once, for declarations and for the linter."""

from __future__ import annotations

import re

from .limits import PARAMETER_VALUE_BYTES
from .parameter_types import (
    IMAGE_ID,
    INSTANCE_ID,
    LIST_OF_NUMBERS,
    NUMBER,
    SECURITY_GROUP_ID,
    STRING,
    SUBNET_ID,
    VOLUME_ID,
    VPC_ID,
    element_of,
    takes_list,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", re.ASCII)
_PREFIXES = {
    str(IMAGE_ID): "ami-",
    str(INSTANCE_ID): "i-",
    str(SECURITY_GROUP_ID): "sg-",
    str(SUBNET_ID): "subnet-",
    str(VOLUME_ID): "vol-",
    str(VPC_ID): "vpc-",
}
NUMERIC = (str(NUMBER), str(LIST_OF_NUMBERS))
_MANY = 8  # allowed values that a message quotes


def text_of(literal: object) -> str:
    """A literal as CloudFormation reads it: ``true`` and ``false`` in lower case, of an Enum's member the value."""
    value = plain(literal)
    return str(value).lower() if isinstance(value, bool) else str(value)


def plain(value: object) -> object:
    """A text or number as its own kind: ``str()`` of a ``(str, Enum)`` member would be the member's name."""
    if isinstance(value, str):
        return str.__str__(value)
    if isinstance(value, bool):
        return value
    return next((kind(value) for kind in (int, float) if isinstance(value, kind)), value)


def refusal(declared: Mapping[str, Any], text: str) -> str:
    """What is wrong with a text for a parameter with this entry in the section Parameters, or nothing."""
    size = len(text.encode())
    if size > PARAMETER_VALUE_BYTES:
        return f"is {size:,} bytes long, {PARAMETER_VALUE_BYTES:,} are allowed"
    kind = str(declared.get("Type", STRING))
    return next(filter(None, (_refusal_of_one(declared, kind, part) for part in _parts(kind, text))), "")


def _parts(kind: str, text: str) -> list[str]:
    """The elements of a list, or the text; without dynamic references, whose values nobody knows here."""
    parts = [part.strip() for part in text.split(",")] if takes_list(kind) else [text]
    return [part for part in parts if not part.startswith("{{resolve:")]


def _refusal_of_one(declared: Mapping[str, Any], kind: str, text: str) -> str:
    allowed = [text_of(value) for value in declared.get("AllowedValues", ())]
    if allowed and text not in allowed:
        return f"is not one of {', '.join(allowed[:_MANY])}{', ...' if len(allowed) > _MANY else ''}"
    pattern = declared.get("AllowedPattern")
    if isinstance(pattern, str) and not _matches(pattern, text):
        return f"does not match {pattern}"
    for name, word, is_out in (("MinLength", "shorter", int.__lt__), ("MaxLength", "longer", int.__gt__)):
        if name in declared and is_out(len(text), int(declared[name])):
            return f"is {word} than {declared[name]} characters"
    return refusal_of_number(declared, text) if kind in NUMERIC else _refusal_of_id(kind, text)


def refusal_of_kind(kind: str, text: str) -> str:
    """What is wrong with a text as a value of this type, whatever parameter it is for, or nothing."""
    parts = _parts(kind, text)
    tell = refusal_of_number if kind in NUMERIC else None
    return next(filter(None, (tell({}, part) if tell else _refusal_of_id(kind, part) for part in parts)), "")


def _refusal_of_id(kind: str, text: str) -> str:
    element = element_of(kind) if takes_list(kind) else kind
    if not text and element.startswith("AWS::"):
        return "is empty"
    prefix = _PREFIXES.get(element, "")
    return "" if text.startswith(prefix) else f"does not begin with {prefix}"


def _matches(pattern: str, text: str) -> bool:
    try:
        return re.fullmatch(pattern, text) is not None
    except re.error:  # Java knows more than Python does
        return True


def refusal_of_number(declared: Mapping[str, Any], text: str) -> str:
    """What is wrong with a text for a Number, or one element of a list of them, or nothing."""
    if _NUMBER.fullmatch(text) is None:
        return "is not a number"
    if float(text) < float(declared.get("MinValue", "-inf")):
        return f"is below {declared['MinValue']}"
    if float(text) > float(declared.get("MaxValue", "inf")):
        return f"is above {declared['MaxValue']}"
    return ""
