"""Whether the conditions of a statement say who or what it is about: those that anything satisfies do not count."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from .pointers import spellings
from .values import ABSENT, branches, elements, function_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from .policies import Statement
    from .view import View

HOW = frozenset({"aws:securetransport", "aws:requestedregion", "aws:multifactorauthpresent"})
"""Keys that say how, when or where, and neither who nor on what."""
_LIKE = ("StringLike", "ArnLike", "ArnEquals", "IpAddress")
_ALL_OF_A_KIND = re.compile(r"([\w-]+[/:])?[*?/]+")
_ARN_PARTS = 6


def restricts(statement: Statement, is_key: Callable[[str], bool], *, surely: bool = False) -> bool:
    """Whether it always asks one of some keys, in lower case, for a value that not everything has.

    *surely* leaves away what is satisfied where the key is missing: ``...IfExists``, ``ForAllValues``.
    """
    wholes = branches(statement.content.get("Condition"), statement.scenario)
    return all(
        _is_unknown(each.value)
        or any(
            _counts(operator, asked, is_key, statement)
            for operator, asked in _members(each.value)
            if _is_positive(operator, surely=surely)
        )
        for each in wholes
        if statement.view.can_be(each.scenario)
    )


def asked_of(statement: Statement, is_key: Callable[[str], bool]) -> list[str]:
    """The texts that any operator compares some keys with."""
    return [
        text
        for whole in branches(statement.content.get("Condition"), statement.scenario)
        for _, asked in _members(whole.value)
        for one in branches(asked, whole.scenario)
        for key, value in _members(one.value)
        if is_key(key.lower())
        for text in _texts(value, statement)
    ]


def _counts(operator: str, asked: Any, is_key: Callable[[str], bool], statement: Statement) -> bool:
    plain = operator.rpartition(":")[2]
    return all(
        _is_unknown(each.value)
        or any(is_key(key.lower()) and _is_narrow(plain, value, statement) for key, value in _members(each.value))
        for each in branches(asked, statement.scenario)
    )


def _is_positive(operator: str, *, surely: bool) -> bool:
    qualifier, _, plain = operator.rpartition(":")
    if surely and (plain.endswith("IfExists") or qualifier == "ForAllValues" or plain == "Null"):
        return False
    return "Not" not in plain


def _is_narrow(operator: str, value: Any, statement: Statement) -> bool:
    if any(each.value is ABSENT for each in branches(value, statement.scenario)):
        return False
    texts = _texts(value, statement)
    if operator == "Null":
        return all(each.lower() == "false" for each in texts)
    return not operator.startswith(_LIKE) or not any(map(is_anything, texts))


def is_anything(text: str) -> bool:
    """Whether a pattern, or a range of addresses, leaves nothing out: ``*``, ``arn:aws:s3:::*``, ``0.0.0.0/0``."""
    if not text.strip("*?") or text.endswith("/0"):
        return True
    fields = text.split(":", _ARN_PARTS - 1)
    if fields[0] != "arn":
        return False
    account, resource = fields[4:] if len(fields) == _ARN_PARTS else ("*", fields[-1])
    return not account.strip("*?") and _ALL_OF_A_KIND.fullmatch(resource) is not None


def _texts(value: Any, statement: Statement) -> list[str]:
    found = elements(value, statement.scenario)
    return [one for each in found for one in _spelled(each.value, statement.view, in_text=statement.is_text)]


def _spelled(value: Any, view: View, *, in_text: bool) -> Iterable[str]:
    return [str(value)] if isinstance(value, bool) else spellings(value, view, in_text=in_text)


def _is_unknown(value: Any) -> bool:
    return bool(function_of(value)[0])


def _members(value: Any) -> list[tuple[str, Any]]:
    if not isinstance(value, dict) or function_of(value)[0]:
        return []
    return [(str(key), each) for key, each in value.items()]
