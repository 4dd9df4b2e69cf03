"""The Condition of a statement: what a request must be like, and whether one asks for less than another.

IAM joins the entries of a Condition with "and" and the values of an entry with "or", except under an operator that
says "not": there every value narrows.
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-logic-multiple-context-keys-or-values.html
"""

from __future__ import annotations

from stackgen.records import NamedTuple
from stackgen.review.evaluation.symbols import Symbol

from .answers import all_of, any_of
from .patterns import Pattern, Unknown, covers

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any

    from .answers import Answer
    from .names import Names

__all__ = ["Entries", "Entry", "asks_no_more", "entries_of"]

_PATTERNS = {"stringlike", "arnlike", "arnequals", "stringnotlike", "arnnotlike", "arnnotequals"}
_LOOSER = {"stringequals": "stringlike", "arnequals": "arnlike"}
_EXACT = {"stringequals", "stringnotequals", "bool", "null", "binaryequals", *_PATTERNS}


class Entry(NamedTuple):
    """One key under one operator, both in small letters, for IAM does not tell capitals apart there."""

    operator: str
    key: str
    values: frozenset[Pattern]
    shown: str

    @property
    def base(self) -> str:
        return self.operator.removesuffix("ifexists")

    @property
    def negative(self) -> bool:
        return "not" in self.base


Entries = tuple[Entry, ...]


def entries_of(condition: Any, names: Names) -> Entries:
    """The entries of a Condition; what cannot be read is an entry of its own that equals only itself."""
    if condition is None or condition == {}:
        return ()
    if not isinstance(condition, dict):
        return (_opaque(condition),)
    found = []
    for operator, keys in condition.items():
        if not isinstance(keys, dict):
            found.append(_opaque(keys))
            continue
        for key, value in keys.items():
            values = value if isinstance(value, list) else [value]
            wildcards = operator.lower().removesuffix("ifexists").rpartition(":")[2] in _PATTERNS
            patterns = [names.pattern(each, wildcards=wildcards) for each in values]
            shown = f"{operator} {key} {' or '.join(each.shown for each in patterns)}"
            found.append(Entry(operator.lower(), key.lower(), frozenset(patterns), shown))
    return tuple(sorted(set(found), key=lambda each: each.shown))


def _opaque(value: Any) -> Entry:
    content = value if isinstance(value, Symbol) else repr(value)
    return Entry("", "", frozenset({Pattern((Unknown(content),), str(value))}), str(value))


def asks_no_more(wide: Iterable[Entry], narrow: Entries) -> Answer:
    """Whether every request that satisfies ``narrow`` also satisfies ``wide``."""
    return all_of(any_of(_implied(entry, other) for other in narrow) for entry in wide)


def _implied(wide: Entry, narrow: Entry) -> Answer:
    """Whether what ``narrow`` asks for brings what ``wide`` asks for."""
    if not wide.operator or not narrow.operator:
        return True if _same(wide, narrow) else None
    if wide.key != narrow.key:
        return False
    if not _operator_no_stricter(wide, narrow):
        return None if _related(wide.base, narrow.base) else False
    return True if _same(wide, narrow) else _compared(wide, narrow)


def _compared(wide: Entry, narrow: Entry) -> Answer:
    """The same for one key and operators that fit, by the values."""
    if wide.base in {"ipaddress", "notipaddress"}:
        return _addresses(wide, narrow)
    if wide.base.startswith(("forallvalues:", "foranyvalue:")):
        return _values(wide, narrow) or None
    return _values(wide, narrow) if wide.base in _EXACT else None


def _same(wide: Entry, narrow: Entry) -> bool:
    return {each.tokens for each in wide.values} == {each.tokens for each in narrow.values}


def _operator_no_stricter(wide: Entry, narrow: Entry) -> bool:
    if narrow.operator.endswith("ifexists") and not wide.operator.endswith("ifexists"):
        return False
    return wide.base == narrow.base or _LOOSER.get(narrow.base) == wide.base


def _related(one: str, other: str) -> bool:
    """Operators of one family, such as two that compare numbers, may or may not imply each other."""
    return one != other and one[:4] == other[:4] and ("not" in one) == ("not" in other)


def _values(wide: Entry, narrow: Entry) -> Answer:
    if wide.negative:
        return all_of(any_of(covers(kept, left) for kept in narrow.values) for left in wide.values)
    return all_of(any_of(covers(each, value) for each in wide.values) for value in narrow.values)


def _addresses(wide: Entry, narrow: Entry) -> Answer:
    big, small = (narrow, wide) if wide.negative else (wide, narrow)
    return all_of(any_of(_within(value, each) for each in big.values) for value in small.values)


def _within(small: Pattern, big: Pattern) -> Answer:
    if small.tokens == big.tokens:
        return True
    if small.text is None or big.text is None:
        return None
    import ipaddress  # slow to load, and few statements compare networks

    try:
        inner, outer = ipaddress.ip_network(small.text, strict=False), ipaddress.ip_network(big.text, strict=False)
    except ValueError:
        return None
    if isinstance(inner, ipaddress.IPv4Network) and isinstance(outer, ipaddress.IPv4Network):
        return inner.subnet_of(outer)
    if isinstance(inner, ipaddress.IPv6Network) and isinstance(outer, ipaddress.IPv6Network):
        return inner.subnet_of(outer)
    return False
