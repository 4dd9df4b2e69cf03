"""Inputs that are refused, with the names of the errors; and bodies that two readers would understand differently."""

from __future__ import annotations

import json
from typing import Any

from tests.tap.validator.world import wanted


def nested(depth: int) -> Any:
    found: Any = "x"
    for _ in range(depth):
        found = [found]
    return found


TEXTS = {
    "SQL that closes the text": "x'; DROP TABLE transactions; --",
    "SQL that is always true": "' OR '1'='1",
    "a union": "1 UNION SELECT password FROM users",
    "a comment": "a/**/b",
    "a backslash": "tx\\' OR 1=1 -- ",
    "a format": "%s%s%s%n",
    "a template": "{{7*7}}${7*7}",
    "a path": "../../etc/passwd",
    "a path, encoded": "%2e%2e%2fsecret",
    "a NUL": "tx-1\x00",
    "a newline": "tx-1\n",
    "a header": "a\r\nX-Injected: yes",
    "a blank before": " tx-1",
    "a blank after": "tx-1 ",
    "letters from afar": "транзакция",
    "a look-alike": "tх-1",  # noqa: RUF001 - the x is Cyrillic, which is the point
    "full-width digits": "１２３",  # noqa: RUF001 - so are these
    "a joiner": "tx\u200d1",
    "right to left": "tx\u202e1",
    "half a character": "tx\ud800",
    "an emoji": "💸",
    "markup": "<script>alert(1)</script>",
    "an XML entity": "<!ENTITY x SYSTEM 'file:///etc/passwd'>",
    "a formula": "=cmd|' /C calc'!A0",
    "nothing in it": "",
    "far too long": "a" * 100_000,
    "one too long": "a" * 65,
    "a mark first": "-rf",
}
"""Texts that are no identifier, whatever field they stand in."""

AMOUNTS: dict[str, tuple[Any, str]] = {
    "negative": ("-5.00", "amount_not_positive"),
    "negative, whole": (-5, "amount_not_positive"),
    "nothing": ("0", "amount_not_positive"),
    "nothing, with decimals": ("0.00", "amount_not_positive"),
    "less than nothing": ("-0", "amount_not_positive"),
    "not a number": ("NaN", "amount_format"),
    "infinity": ("Infinity", "amount_format"),
    "an exponent": ("1e3", "amount_format"),
    "a huge exponent": ("1E+999999999", "amount_format"),
    "a plus": ("+5", "amount_format"),
    "a leading zero": ("007", "amount_format"),
    "hexadecimal": ("0x10", "amount_format"),
    "underscores": ("1_000", "amount_format"),
    "commas": ("1,000.00", "amount_format"),
    "only a point": (".", "amount_format"),
    "no digit behind the point": ("5.", "amount_format"),
    "other digits": ("٣٤", "amount_format"),
    "digits without end": ("9" * 100_000, "amount_format"),
    "too many digits": ("9" * 40, "amount_too_large"),
    "above the limit by the least": ("1000000.01", "amount_too_large"),
    "a number without end": (10**5_000, "amount_too_large"),
    "too fine": ("0.001", "amount_precision"),
    "far too fine": ("0.1000000000000000055511151231257827", "amount_precision"),
    "a fraction": (12.5, "amount_inexact"),
    "a fraction that is none": (float("nan"), "amount_inexact"),
    "infinite": (float("inf"), "amount_inexact"),
    "true": (True, "amount_type"),
    "a list": (["5"], "amount_type"),
    "an object": ({"$gt": 0}, "amount_type"),
    "null": (None, "amount_missing"),
    "absent": (..., "amount_missing"),
}

OTHERS: dict[str, tuple[Any, list[str]]] = {
    "null": (None, ["input_type"]),
    "a text": ("tx-1", ["input_type"]),
    "a list": ([wanted()], ["input_type"]),
    "a number": (7, ["input_type"]),
    "nothing in it": (
        {},
        ["transaction_id_missing", "currency_missing", "amount_missing", "account_id_missing", "session_id_missing"],
    ),
    "wrong types": (
        {"transaction_id": 1, "amount": [], "currency": {}, "account_id": True, "session_id": 1.5},
        ["transaction_id_type", "currency_type", "amount_type", "account_id_type", "session_id_type"],
    ),
    "a field too many": (wanted(is_admin=True), ["input_fields"]),
    "a field that only Python knows": (wanted(__class__="x"), ["input_fields"]),
    "deep": (wanted(account_id=nested(500)), ["account_id_type"]),
    "no currency": (wanted(currency="XXX"), ["currency_unknown"]),
    "gold": (wanted(currency="XAU"), ["currency_unknown"]),
    "a currency of old": (wanted(currency="DEM"), ["currency_unknown"]),
    "a small currency": (wanted(currency="eur"), ["currency_unknown"]),
    "decimals of the yen": (wanted(currency="JPY", amount="100.5"), ["amount_precision"]),
    "decimals of the dinar": (wanted(currency="KWD", amount="1.2345"), ["amount_precision"]),
    "SQL to be found by": (wanted(correlation_id="'; --"), ["correlation_id_format"]),
}

BODIES: dict[str, tuple[Any, str]] = {
    "none": (None, "body_missing"),
    "empty": ("", "body_missing"),
    "an object": ({}, "body_missing"),
    "no JSON": ("{'a': 1}", "body_json"),
    "two values": ("{} {}", "body_json"),
    "cut off": (json.dumps(wanted())[:-1], "body_json"),
    "NaN": ('{"amount": NaN}', "body_json"),
    "infinity": ('{"amount": -Infinity}', "body_json"),
    "digits without end": ('{"amount": ' + "9" * 8_000 + "}", "body_json"),
    "a name twice": (json.dumps(wanted())[:-1] + ', "amount": "1"}', "body_repeats"),
    "a name twice, deep down": ('{"x": {"y": 1, "y": 2}}', "body_repeats"),
    "a name twice, escaped": ('{"amount": "1", "\\u0061mount": "2"}', "body_repeats"),
    "deep": ("[" * 4_000 + "]" * 4_000, "body_depth"),
    "just too deep": ('{"x": ' * 9 + "1" + "}" * 9, "body_depth"),
    "deep, between texts": ('["\\"", ' * 9 + "1" + "]" * 9, "body_depth"),
    "deep and not closed": ("[" * 4_000, "body_depth"),
    "large": (json.dumps(wanted(account_id="a" * 9_000)), "body_too_large"),
    "large in UTF-8": ('"' + "é" * 8_000 + '"', "body_too_large"),
    "half a character": ('"\ud800"', "body_encoding"),
}
