"""What a value points at: its text as ``Fn::Sub`` would write it, with ``${Queue.Arn}`` for an attribute of a resource.

In texts of this form two values can be compared though neither is known: those of a policy's resources and those of
what a function is wired to.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from itertools import islice, product
from typing import TYPE_CHECKING, Any

from .values import ABSENT, UNKNOWN, branches, function_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .values import Unknown
    from .view import Resource, View

VARIABLE = re.compile(r"\$\{([^!}][^}]*)\}")
_LITERAL = re.compile(r"\$\{!([^}]*)\}")
HOLE = "${?}"
"""Stands for a part that cannot be told."""
_MOST = 16
"""So many combinations of what parameters and mappings say are looked at."""
_Known = Callable[[Any], list[str]]
"""What is said of a value elsewhere in the template."""
_WHOLE = re.compile(r"\$\{([A-Za-z0-9]+)(?:\.[A-Za-z0-9.]+)?\}")


def pointer(value: Any, *, in_text: bool = False) -> str | Unknown:
    """The text; UNKNOWN where nothing can be told. ``in_text`` is set for a value out of a text that is one already."""
    return next(iter(_texts_of(value, _nothing, in_text=in_text)), UNKNOWN)


def spellings(value: Any, view: View, *, in_text: bool = False) -> list[str]:
    """All texts that it may be as the template stands: with its mappings, and the defaults of its parameters."""

    def known(one: Any) -> list[str]:
        name, argument = function_of(one)
        if name == "Fn::If":
            chosen = [each.value for each in branches(one) if each.value is not ABSENT and each.value is not one]
            return [text for each in chosen for text in _texts_of(each, known)]
        is_list = name == "Ref" and "List" in str(view.parameters.get(str(argument), {}).get("Type"))
        found = [each for whole in view.literals(one) for each in (whole if isinstance(whole, list) else [whole])]
        plain = [str(each) for each in found if isinstance(each, str | int | float) and not isinstance(each, bool)]
        parts = [part.strip() for each in plain for part in (each.split(",") if is_list else [each])]
        return [each.replace("${", "${!") for each in parts if each]  # an empty default stands for "not given"

    values = value if isinstance(value, list) else [value]
    return list(dict.fromkeys(text for each in values for text in _texts_of(each, known, in_text=in_text)))


def filled(text: str, own: Mapping[str, Any]) -> str:
    """A text with the variables of ``Fn::Sub`` or ``DefinitionSubstitutions`` put in."""
    return _filled(text, own, _nothing)[0]


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


def _texts_of(value: Any, known: _Known, *, in_text: bool = False) -> list[str]:
    if isinstance(value, str) and (in_text or "${" not in value):  # of cfn-lint's own kind of text
        return _filled(str(value), {}, known) if "${" in value else [str(value)]
    if isinstance(value, str | int | float) and not isinstance(value, bool):
        return [str(value).replace("${", "${!")]
    name, argument = function_of(value)
    if name in ("Ref", "Fn::GetAtt"):
        return known(value) or [_named(argument)]
    if name == "Fn::Sub":
        text, own = argument if isinstance(argument, list) and len(argument) == 2 else (argument, {})  # noqa: PLR2004  text, variables
        return _filled(text, own if isinstance(own, dict) else {}, known) if isinstance(text, str) else []
    if name == "Fn::Join":
        return _joined(argument, known)
    return known(value) if name else []


def _joined(argument: Any, known: _Known) -> list[str]:
    if not isinstance(argument, list) or len(argument) != 2 or not isinstance(argument[1], list):  # noqa: PLR2004  separator, parts
        return []
    choices = [_texts_of(each, known) or [HOLE] for each in argument[1]]
    return [str(argument[0]).join(each) for each in islice(product(*choices), _MOST)]


def _filled(text: str, own: Mapping[str, Any], known: _Known) -> list[str]:
    names = list(dict.fromkeys(VARIABLE.findall(text)))
    choices = [
        (_texts_of(own[each], known) or [HOLE]) if each in own else (known({"Ref": each}) or [f"${{{each}}}"])
        for each in names
    ]
    found = (dict(zip(names, each, strict=True)) for each in islice(product(*choices), _MOST))
    return [_put(text, each) for each in found]


def _put(text: str, chosen: dict[str, str]) -> str:
    return VARIABLE.sub(lambda match: chosen[match[1]], text)


def _nothing(value: Any) -> list[str]:  # noqa: ARG001  all is left as it is
    return []
