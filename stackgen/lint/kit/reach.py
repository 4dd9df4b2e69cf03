"""What the ARNs of a policy mean: a resource that is known, or whatever there is, as ``arn:aws:iam::*:role/*``."""

from __future__ import annotations

from functools import cache

from stackgen.lint.iam.levels import matcher

from .pointers import VARIABLE

_ANY = "zq7"
"""A name that nobody gives: what means it means all."""
_ARN_PARTS = 6


@cache
def means(text: str, service: str, resource: str) -> bool:
    """Whether it means a resource, as ``("iam", "role/deployer")``, in whatever partition, region and account."""
    pattern, wanted = _plain(text), _plain(resource)
    fields = pattern.split(":", _ARN_PARTS - 1)
    sample = ["arn", "aws", service, "", "", wanted]
    for number in (1, 3, 4):  # partition, region, account
        if number < len(fields) - 1:
            sample[number] = fields[number]
    return matcher(pattern).fullmatch(":".join(sample)) is not None


def means_any(text: str, service: str, kind: str) -> bool:
    """Whether it means all of a kind, as ``("iam", "role/")``."""
    return means(text, service, kind + _ANY)


def fields_of(text: str) -> list[str]:
    """The six parts of an ARN, with its variables; none of anything else."""
    whole = VARIABLE.sub(lambda found: found[0].replace(":", "\0"), text)
    fields = [each.replace("\0", ":") for each in whole.split(":", _ARN_PARTS - 1)]
    return fields if len(fields) == _ARN_PARTS and fields[0] == "arn" else []


def _plain(text: str) -> str:
    return VARIABLE.sub(lambda found: found[1].replace(":", "."), text)
