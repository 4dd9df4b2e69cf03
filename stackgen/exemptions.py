"""Exceptions from rules, each with a reason and, where the rule is ours, somebody who answers for it until a day.

They are written into Metadata in cfn-lint's own notation, so that its command line keeps quiet too; reason, owner and
day stand beside it in ``stackgen.suppressions``.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from .errors import DeclarationError
from .profiles import noted
from .rule_ids import NEVER_EXCEPTED, OURS, is_ours, likely_rule

if TYPE_CHECKING:
    from collections.abc import Sequence

    from .errors import Location

_RULE = re.compile(r"[EWI]\d{4}|CKV2?_\w+")
_LINTER = "cfn-lint"
_FORM = 'Exemption("why", owner="who answers", expires="2027-06-30")'


@dataclass(frozen=True, init=False)
class Exemption:
    """Why a rule does not count in a place, who answers for that, and the day (``2027-06-30``) on which that ends.

    From that day the exemption is itself a finding (W9100) until somebody decides again; what it silences stays silent,
    for cfn-lint knows no days. Raises DeclarationError where one of them is missing.
    """

    reason: str
    owner: str
    expires: str

    def __init__(self, reason: str = "", owner: str = "", expires: str = "") -> None:
        for name, value in (("reason", reason), ("owner", owner), ("expires", expires)):
            if not isinstance(value, str):
                raise DeclarationError(f"the {name} of an exemption is {value!r}, and a text was expected", _FORM)
            if not value.strip():
                raise DeclarationError(f"an exemption has no {name}: {value!r}", _FORM)
            object.__setattr__(self, name, value)
        if not is_day(expires):
            raise DeclarationError(f"{expires!r} is no day on which an exemption expires", "such as 2027-06-30")


def is_day(text: str) -> bool:
    """Whether it is a day that there is, written as ``2027-06-30``."""
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


Exemptions = Mapping[str, Exemption | str]
"""Rule ID to the exemption; for a rule of cfn-lint's own a text will do, its reason."""


def check_exemptions(what: str, exemptions: Exemptions, where: Location) -> None:
    """Each names a rule and has its reason, and those of our rules an owner and a day. Raises DeclarationError."""
    if not isinstance(exemptions, Mapping):
        found = f"{what} suppresses {exemptions!r}, but rules and why were expected"
        raise DeclarationError(found, f'write {{"E9130": {_FORM}}}', location=where)
    for rule, given in exemptions.items():
        _check_rule(what, rule, where)
        if isinstance(given, Exemption):
            continue
        if not isinstance(given, str):
            raise DeclarationError(f"{what} suppresses {rule} with {given!r}", f"write {_FORM}", location=where)
        if not given.strip():
            raise DeclarationError(f"{what} suppresses {rule} without a reason", location=where)
        if is_ours(rule):
            raise DeclarationError(
                f"{what} suppresses {rule} with a text alone: who answers for it, and until when?",
                f"write {_FORM}",
                location=where,
            )


def _check_rule(what: str, rule: object, where: Location) -> None:
    """It is the whole id of a rule, which of ours there is. Raises DeclarationError."""
    if not isinstance(rule, str) or not _RULE.fullmatch(rule) or (is_ours(rule) and rule not in OURS):
        problem = f"{what} suppresses {rule!r}, and there is no such rule"
        near = likely_rule(str(rule), OURS)
        raise DeclarationError(problem, near, "python -m stackgen explain --rules lists ours", location=where)
    if rule in NEVER_EXCEPTED:
        raise DeclarationError(f"{what} suppresses {rule}, which watches over exceptions", location=where)


def with_exemptions(parts: Sequence[Mapping[str, Any]], exemptions: Exemptions) -> dict[str, Any]:
    """What is said of them in Metadata, beside or instead of what the *parts* of it say to the linter already."""
    own: dict[str, Any] = next((part[_LINTER] for part in parts if _LINTER in part), {})
    config = own.get("config", {})
    ignored = sorted({*config.get("ignore_checks", ()), *exemptions})
    notes = {rule: given if isinstance(given, str) else asdict(given) for rule, given in sorted(exemptions.items())}
    merged: dict[str, Any] = {}
    for part in parts:
        merged |= part
    said = noted(merged, {"suppressions": notes})
    return {_LINTER: {**own, "config": {**config, "ignore_checks": ignored}}, "stackgen": said["stackgen"]}
