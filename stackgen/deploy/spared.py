"""Who may delete what is in a bucket whose policy denies that to all others: an audit log is protected so."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_DELETING = ("s3:*", "s3:delete*", "s3:deleteobject*", "s3:deleteobject", "s3:deleteobjectversion")
_OTHERS = ("arnnotlike", "arnnotequals", "stringnotlike", "stringnotequals")
"""Conditions under which a Deny is for all but those that are named."""


def spared(bucket: str, account: str, s3: Any) -> tuple[str, ...]:
    """The ARNs that its policy names; none where it denies nothing, or may not be read."""
    try:
        text = s3.get_bucket_policy(Bucket=bucket, ExpectedBucketOwner=account)["Policy"]
    except ClientError:
        return ()
    return tuple(dict.fromkeys(_named(json.loads(text))))


def _named(policy: Mapping[str, Any]) -> Iterator[str]:
    for statement in _listed(policy.get("Statement", [])):
        actions = [action.lower() for action in _listed(statement.get("Action", []))]
        if statement.get("Effect") != "Deny" or not any(action in _DELETING for action in actions):
            continue
        for operator, keys in statement.get("Condition", {}).items():
            if operator.lower() in _OTHERS:
                for key, values in keys.items():
                    if key.lower() == "aws:principalarn":
                        yield from _listed(values)


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]
