"""What to do about a reason that CloudFormation gives, where the reason is well known; each with its source.

The first entry whose pattern is found in the reason counts, so what is special stands before what is general. Text in
braces is what the pattern's groups found.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from .remedy_table import KNOWN

_ARN = re.compile(r"arn:[\w-]+:(?:iam|sts)::\d*:(?P<kind>[\w-]+)/(?P<name>[^\s,]+)")
_SERVICE_SESSION = "AWSCloudFormation"
"""The name of the session that CloudFormation opens with a stack's service role."""

_MOST = 2_000
"""Characters of a reason that are looked at; what matters stands at its beginning."""


@dataclass(frozen=True, slots=True)
class Remedy:
    """What to do, for a person, and where AWS says so."""

    name: str
    """Stable, for programs: ``already-exists``."""
    text: str
    source: str


def remedy_of(reason: str, type_: str = "") -> Remedy | None:
    """The known remedy of a reason, for a resource of a type; None where there is none."""
    for each in KNOWN:
        if each.type and not type_.startswith(each.type):
            continue
        found = each.pattern.search(reason[:_MOST])
        if found is not None:
            groups = {name: value.strip("'\".,: ") for name, value in found.groupdict("").items()}
            if "who" in groups:
                groups["who"] = _named(groups["who"])
            return Remedy(each.name, each.text.format(**groups), each.source)
    return None


def _named(who: str) -> str:
    """``the role Deployer`` for ``arn:aws:sts::111111111111:assumed-role/Deployer/session``."""
    found = _ARN.search(who)
    if found is None:
        return who or "whoever deploys"
    name, _, session = found["name"].partition("/")
    if found["kind"] != "assumed-role":
        return f"the {found['kind']} {found['name']}"
    return f"the stack's service role {name}" if session == _SERVICE_SESSION else f"the role {name}"
