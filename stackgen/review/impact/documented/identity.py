"""Keys and user pools: what they are made with, they keep."""

from __future__ import annotations

from stackgen.review.impact.result import FAILS

from .questions import PERHAPS, by_name, differ, unknown
from .row import Row, reference

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .row import Change, Table

_POOL = "https://docs.aws.amazon.com/cognito/latest/developerguide/cognito-user-pool-updating.html"


def _of_key(name: str, default: object) -> Row:
    text = f"{name} of a KMS key cannot change; a new key needs another logical ID"
    return Row(name, FAILS, text, reference("KMS::Key"), default=default)


def _of_pool(name: str) -> Row:
    text = f"{name} of a user pool cannot change; a new pool needs another logical ID"
    return Row(name, FAILS, text, _POOL)


def _attributes_go(change: Change) -> bool | None:
    """Whether an attribute leaves a user pool, or is another one under its name."""
    before, after = by_name(change.before, "Name"), by_name(change.after, "Name")
    if before is None or after is None:
        return PERHAPS
    return any(name not in after or differ(attribute, after[name]) for name, attribute in before.items())


def _attributes_are_required(change: Change) -> bool | None:
    """Whether a user pool gets an attribute that every user must have."""
    before, after = by_name(change.before, "Name"), by_name(change.after, "Name")
    if before is None or after is None:
        return PERHAPS
    required = [attribute.get("Required") for name, attribute in after.items() if name not in before]
    if unknown(required):
        return PERHAPS
    return any(str(each).lower() == "true" for each in required)


ROWS: Table = {
    "AWS::KMS::Key": (
        _of_key("KeySpec", "SYMMETRIC_DEFAULT"),
        _of_key("KeyUsage", "ENCRYPT_DECRYPT"),
        _of_key("MultiRegion", default=False),
        _of_key("Origin", "AWS_KMS"),
    ),
    "AWS::Cognito::UserPool": (
        _of_pool("AliasAttributes"),
        _of_pool("UsernameAttributes"),
        _of_pool("UsernameConfiguration"),
        Row(
            "Schema",
            FAILS,
            "an attribute of a user pool's Schema can be added, not changed or taken away",
            _POOL,
            when=_attributes_go,
        ),
        Row(
            "Schema",
            FAILS,
            "a user pool that exists gets no further required attribute in its Schema",
            _POOL,
            when=_attributes_are_required,
        ),
    ),
}
