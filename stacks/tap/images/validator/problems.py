"""What can be wrong with a transaction, each with a name that stays, a field and a sentence.

A sentence tells what is right, and repeats nothing that was sent: answers and logs carry no value of a caller's.
"""

from __future__ import annotations

from typing import NamedTuple

OK, MALFORMED, UNAUTHORIZED, CONFLICT = 200, 400, 401, 409
"""Status codes of verdicts."""


class Problem(NamedTuple):
    """One thing that is wrong."""

    code: str
    field: str
    message: str
    status: int = MALFORMED

    def shown(self) -> dict[str, str]:
        """As answers hold it."""
        return {"code": self.code, "field": self.field, "message": self.message}


def missing(field: str) -> Problem:
    return Problem(f"{field}_missing", field, f"{field} must be there")


def of_wrong_type(field: str, expected: str) -> Problem:
    return Problem(f"{field}_type", field, f"{field} must be {expected}")


def of_wrong_form(field: str, expected: str) -> Problem:
    return Problem(f"{field}_format", field, f"{field} must be {expected}")


NO_OBJECT = Problem("input_type", "", "the input must be a JSON object")
UNKNOWN_FIELDS = Problem("input_fields", "", "the input has fields that a transaction has not")

BODY_MISSING = Problem("body_missing", "", "the request must have a body")
BODY_TOO_LARGE = Problem("body_too_large", "", "the body must be of 8,192 bytes at most")
BODY_ENCODING = Problem("body_encoding", "", "the body must be text in UTF-8")
BODY_NO_JSON = Problem("body_json", "", "the body must be JSON as RFC 8259 has it")
BODY_REPEATS = Problem("body_repeats", "", "the body names a field more than once")
BODY_TOO_DEEP = Problem("body_depth", "", "the body is nested too deeply")

AMOUNT_NOT_EXACT = Problem(
    "amount_inexact",
    "amount",
    'amount must be a text such as "12.50", or a whole number: fractions lose digits in JSON',
)
AMOUNT_NOT_POSITIVE = Problem("amount_not_positive", "amount", "amount must be more than 0")
AMOUNT_TOO_LARGE = Problem("amount_too_large", "amount", "amount is above the limit")
AMOUNT_TOO_FINE = Problem("amount_precision", "amount", "amount has more decimals than its currency")
CURRENCY_UNKNOWN = Problem("currency_unknown", "currency", "currency must be a code of ISO 4217 that money is paid in")

SESSION_UNKNOWN = Problem("session_unknown", "session_id", "there is no such session", UNAUTHORIZED)
SESSION_EXPIRED = Problem("session_expired", "session_id", "the session has expired", UNAUTHORIZED)

OTHER_CONTENT = Problem(
    "transaction_conflict", "transaction_id", "another transaction has this transaction_id", CONFLICT
)
