"""What a value points at: its text as ``Fn::Sub`` would write it, with ``${Queue.Arn}`` for an attribute of a resource.

In texts of this form two values can be compared though neither is known: those of a policy's resources and those of
what a function is wired to.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from .values import UNKNOWN, function_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from .values import Unknown
    from .view import Resource, View

VARIABLE = re.compile(r"\$\{([^!}][^}]*)\}")
_LITERAL = re.compile(r"\$\{!([^}]*)\}")
_HOLE = "${?}"
"""Stands for a part that cannot be told."""
_WHOLE = re.compile(r"\$\{([A-Za-z0-9]+)(?:\.[A-Za-z0-9.]+)?\}")


def pointer(value: Any, *, in_text: bool = False) -> str | Unknown:
    """The text; UNKNOWN where nothing can be told. ``in_text`` is set for a value out of a text that is one already."""
    if isinstance(value, str):
        return str(value) if in_text else str(value).replace("${", "${!")  # of cfn-lint's own kind of text
    if isinstance(value, int | float) and not isinstance(value, bool):
        return str(value)
    name, argument = function_of(value)
    reader = _READERS.get(name)
    return reader(argument) if reader else UNKNOWN


def filled(text: str, own: Mapping[str, Any]) -> str:
    """A text with the variables of ``Fn::Sub`` or ``DefinitionSubstitutions`` put in."""

    def replaced(found: re.Match[str]) -> str:
        if found[1] not in own:
            return found[0]
        inner = pointer(own[found[1]])
        return inner if isinstance(inner, str) else _HOLE

    return VARIABLE.sub(replaced, text)


def owner_of(text: object, view: View) -> Resource | None:
    """The resource of the template that a text is an attribute or the Ref of, all of it: ``${Queue.Arn}``."""
    found = _WHOLE.fullmatch(text) if isinstance(text, str) else None
    return view.resources.get(found[1]) if found else None


def is_open(text: str) -> bool:
    """Whether a part of it only AWS knows: a parameter, a name of a resource, an import."""
    return any(not each.startswith("AWS::") for each in VARIABLE.findall(text))


def plain(text: str) -> str:
    """A text with what is meant for IAM itself as IAM reads it: ``${!aws:username}`` is ``${aws:username}``."""
    return _LITERAL.sub(r"${\1}", text)


def _named(argument: Any) -> str:
    return f"${{{'.'.join(map(str, argument)) if isinstance(argument, list) else argument}}}"


def _joined(argument: Any) -> str | Unknown:
    if not isinstance(argument, list) or len(argument) != 2 or not isinstance(argument[1], list):  # noqa: PLR2004  separator, parts
        return UNKNOWN
    parts = [pointer(each) for each in argument[1]]
    return str(argument[0]).join(each if isinstance(each, str) else _HOLE for each in parts)


def _substituted(argument: Any) -> str | Unknown:
    if isinstance(argument, str):
        return argument
    if isinstance(argument, list) and len(argument) == 2 and isinstance(argument[0], str):  # noqa: PLR2004  text, variables
        return filled(argument[0], argument[1] if isinstance(argument[1], dict) else {})
    return UNKNOWN


_READERS: dict[str, Callable[[Any], str | Unknown]] = {
    "Ref": _named,
    "Fn::GetAtt": _named,
    "Fn::Sub": _substituted,
    "Fn::Join": _joined,
}
