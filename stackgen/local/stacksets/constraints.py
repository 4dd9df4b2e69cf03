"""What a template allows its parameters to be.

Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/parameters-section-structure.html. assumed:
StackSets look at that when a set or its instances are asked for, as CreateStack does, and not only in each stack.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from stackgen.local.stacksets import errors

if TYPE_CHECKING:
    from collections.abc import Mapping

_LISTS = ("CommaDelimitedList", "List<")
#: What such a parameter is given is a name; the value that constraints are about is found in each account.
_NAMED_ELSEWHERE = "AWS::SSM::Parameter::"


def check(name: str, declared: Mapping[str, Any], value: str) -> None:
    """Hold a value to AllowedValues and AllowedPattern; of a list, each member.

    A pattern must match the whole value. assumed: one that Python cannot read, but Java can, allows everything.

    :raises ServiceError: ValidationError.
    """
    kind = str(declared.get("Type", ""))
    if kind.startswith(_NAMED_ELSEWHERE):
        return
    members = [member.strip() for member in value.split(",")] if kind.startswith(_LISTS) else [value]
    allowed = declared.get("AllowedValues")
    if isinstance(allowed, list) and not {_text(each) for each in allowed}.issuperset(members):
        raise errors.unfit(name, "must be one of AllowedValues", _described(declared))
    pattern = declared.get("AllowedPattern")
    if pattern is not None and not all(_matches(str(pattern), member) for member in members):
        raise errors.unfit(name, f"must match pattern {pattern}", _described(declared))


def _described(declared: Mapping[str, Any]) -> str:
    return str(declared.get("ConstraintDescription") or "")


def _matches(pattern: str, value: str) -> bool:
    try:
        return re.fullmatch(pattern, value) is not None
    except re.error:
        return True


def _text(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
