"""Exceptions from rules, each with a reason and, where the rule is ours, somebody who answers for it until a day.

They are written into Metadata in cfn-lint's own notation, so that its command line keeps quiet too; reason, owner and
day stand beside it in ``stackgen.suppressions``.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from .errors import DeclarationError
from .profiles import noted
from .rule_ids import is_ours

if TYPE_CHECKING:
    from collections.abc import Sequence

    from .errors import Location

_DAY = re.compile(r"20\d\d-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])")
_LINTER = "cfn-lint"
_FORM = 'Exemption("why", owner="who answers", expires="2027-06-30")'


@dataclass(frozen=True)
class Exemption:
    """Why a rule does not count in a place, who answers for that, and from which day (``2027-06-30``) it does again.

    Raises DeclarationError where one of them is missing.
    """

    reason: str
    owner: str
    expires: str

    def __post_init__(self) -> None:
        for name, value in asdict(self).items():
            if not isinstance(value, str) or not value.strip():
                raise DeclarationError(f"an exemption has no {name}: {value!r}", _FORM)
        if not _DAY.fullmatch(self.expires):
            raise DeclarationError(f"{self.expires!r} is no day on which an exemption expires", "such as 2027-06-30")


Exemptions = Mapping[str, Exemption | str]
"""Rule ID to the exemption; for a rule of cfn-lint's own a text will do, its reason."""


def check_exemptions(what: str, exemptions: Exemptions, where: Location) -> None:
    """Each has its reason, and those of our rules an owner and a day. Raises DeclarationError."""
    for rule, given in exemptions.items():
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
