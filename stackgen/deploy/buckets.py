"""Where the templates of a stack lie: the bucket in the TemplateURLs, and the parameter that names it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from stackgen.review.evaluation.environment import Environment

if TYPE_CHECKING:
    from collections.abc import Mapping

    from stackgen.review.model import Build

HOST = re.compile(r"https://(?P<bucket>[^/]+)\.s3[.-](?P<region>[^/.]+)\.[^/]+")
"""Where a TemplateURL leads, as it is written or with its values."""

_VARIABLE = re.compile(r"\$\{([^}]*)\}")
_REGION, _ACCOUNT = "AWS::Region", "AWS::AccountId"
_LONGEST = 63
_UNKNOWN = {_REGION: "<region>", _ACCOUNT: "<account>"}


class Place(NamedTuple):
    """The bucket of the templates that one stack nests, as its TemplateURLs write it."""

    expression: str
    parameter: str
    """The one that names the bucket, or nothing."""

    def name(self, values: Mapping[str, str], region: str, account: str) -> str:
        """The bucket with these values; empty where one of them is not known."""
        environment = Environment("", region, account)
        known = {_REGION: region, _ACCOUNT: account}
        found = [
            known.get(each, values.get(each) or environment.pseudo(each)) for each in _VARIABLE.findall(self.expression)
        ]
        return _VARIABLE.sub(lambda _: found.pop(0), self.expression) if all(found) else ""

    def value(self, system: str, region: str, account: str) -> str:
        """What the parameter is given where nobody names a bucket: a part of ``{system}-cfn-{account}-{region}``."""
        inside = _VARIABLE.findall(self.expression)
        return bucket_of(system, "" if _REGION in inside else region, "" if _ACCOUNT in inside else account)


def place_of(build: Build, template: str) -> Place | None:
    """Where the templates lie that a stack nests; None for a stack that nests none."""
    for child in build._used(template):
        host = HOST.match(child.url) if child.kind == "nested" else None
        if host:
            declared = build.templates[template].section("Parameters")
            named = [each for each in _VARIABLE.findall(host["bucket"]) if each in declared]
            return Place(host["bucket"], named[0] if len(named) == 1 else "")
    return None


def bucket_of(system: str, region: str, account: str) -> str:
    """``{system}-cfn-{account}-{region}``, without the parts that are empty."""
    plain = re.sub(r"[^a-z0-9]+", "-", system.lower()).strip("-") or "stackgen"
    end = "".join(f"-{part}" for part in ("cfn", account, region) if part)
    return plain[: _LONGEST - len("-cfn-123456789012-ap-southeast-99")].rstrip("-") + end


def with_unknown(account: str, region: str) -> tuple[str, str]:
    """The two, or what a person reads where one is not known."""
    return account or _UNKNOWN[_ACCOUNT], region or _UNKNOWN[_REGION]
