"""From any JSON value to a transaction, or to everything that is wrong with it at once."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import TYPE_CHECKING, NamedTuple

from . import problems
from .currencies import DECIMALS, MOST_DECIMALS
from .problems import Problem

if TYPE_CHECKING:
    from collections.abc import Mapping

IDENTIFIER = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
IDENTIFIER_WORDS = "1 to 64 letters, digits and . _ -, with a letter or a digit first"

_AMOUNT = re.compile(r"(-?)(0|[1-9][0-9]*)(?:\.([0-9]+))?")
_AMOUNT_WORDS = 'digits such as "12.50": no sign but -, no exponent, no blank, no leading zero'
_MOST_TEXT = 64
"""Characters of an amount that is worth reading."""

FIELDS = ("transaction_id", "amount", "currency", "account_id", "session_id")
"""What a transaction has."""
ASIDE = ("correlation_id",)
"""What may come with it and is no part of it."""


class Transaction(NamedTuple):
    """A transaction whose fields are right; the session may still be wrong."""

    transaction_id: str
    amount: Decimal
    currency: str
    account_id: str
    session_id: str


class Read(NamedTuple):
    """What was made of an input: a transaction or problems, and the session's id where that alone is right."""

    transaction: Transaction | None
    problems: tuple[Problem, ...]
    session_id: str


def read(given: object, limit: Decimal) -> Read:
    """Look at every field; *limit* is the largest amount."""
    if not isinstance(given, dict):
        return Read(None, (problems.NO_OBJECT,), "")
    found: list[Problem] = []
    if not given.keys() <= {*FIELDS, *ASIDE}:
        found.append(problems.UNKNOWN_FIELDS)
    transaction_id = _identifier(given, "transaction_id", found)
    currency = _currency(given, found)
    amount = _amount(given, DECIMALS.get(currency, MOST_DECIMALS), limit, found)
    account_id = _identifier(given, "account_id", found)
    session_id = _identifier(given, "session_id", found)
    if "correlation_id" in given:
        _identifier(given, "correlation_id", found)
    if found or amount is None:
        return Read(None, tuple(found), session_id)
    return Read(Transaction(transaction_id, amount, currency, account_id, session_id), (), session_id)


def _text(given: Mapping[str, object], field: str, found: list[Problem]) -> str | None:
    value = given.get(field)
    if value is None:
        found.append(problems.missing(field))
    elif not isinstance(value, str):
        found.append(problems.of_wrong_type(field, "a text"))
    else:
        return value
    return None


def _identifier(given: Mapping[str, object], field: str, found: list[Problem]) -> str:
    text = _text(given, field, found)
    if text is None:
        return ""
    if not IDENTIFIER.fullmatch(text):
        found.append(problems.of_wrong_form(field, IDENTIFIER_WORDS))
        return ""
    return text


def _currency(given: Mapping[str, object], found: list[Problem]) -> str:
    text = _text(given, "currency", found)
    if text is None:
        return ""
    if text not in DECIMALS:
        found.append(problems.CURRENCY_UNKNOWN)
        return ""
    return text


def _amount(given: Mapping[str, object], decimals: int, limit: Decimal, found: list[Problem]) -> Decimal | None:
    value = given.get("amount")
    if value is None:
        found.append(problems.missing("amount"))
    elif isinstance(value, bool) or not isinstance(value, str | int | float | Decimal):
        found.append(problems.of_wrong_type("amount", "a text or a whole number"))
    elif isinstance(value, float | Decimal):
        found.append(problems.AMOUNT_NOT_EXACT)
    else:
        amount = _whole(value) if isinstance(value, int) else _written(value, decimals)
        if isinstance(amount, Problem):
            found.append(amount)
        elif amount > limit:
            found.append(problems.AMOUNT_TOO_LARGE)
        else:
            return amount
    return None


def _whole(value: int) -> Decimal | Problem:
    return problems.AMOUNT_NOT_POSITIVE if value <= 0 else Decimal(value)


def _written(text: str, decimals: int) -> Decimal | Problem:
    match = _AMOUNT.fullmatch(text) if len(text) <= _MOST_TEXT else None
    if match is None:
        return problems.of_wrong_form("amount", _AMOUNT_WORDS)
    sign, _, fraction = match.groups()
    amount = Decimal(text)
    if sign or not amount:
        return problems.AMOUNT_NOT_POSITIVE
    return problems.AMOUNT_TOO_FINE if len(fraction or "") > decimals else amount
