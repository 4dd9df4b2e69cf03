"""How a property opens or closes a resource: the rows of the table of openings are made from these."""

from __future__ import annotations

from stackgen.records import IntEnum, NamedTuple
from stackgen.review.evaluation.symbols import Symbol, text_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

__all__ = [
    "FALSE",
    "TRUE",
    "Level",
    "Switch",
    "always",
    "bare_origin",
    "given",
    "one_of",
    "other_than",
    "page",
    "public_network",
    "row",
]


class Level(IntEnum):
    CLOSED = 0
    UNSURE = 1  # it depends on what the template does not say
    OPEN = 2


class Switch(NamedTuple):
    """``path`` leads to a value, ``[]`` through a list; ``opens`` judges a value, ``missing`` is for none.

    Two paths with " or " between them lead to values of which the most open one counts.
    """

    type: str
    path: str
    opens: Callable[[Any], Level]
    missing: Level
    words: str
    """What holds when it is open: "`Bucket` ..."."""
    remedy: str
    source: str
    unless: tuple[str, tuple[str, ...]] = ("", ())
    """A property, and its values under which the row says nothing."""


def page(kind: str) -> str:
    """The page of a type in the template reference."""
    name = kind.removeprefix("AWS::").replace("::", "-").lower()
    return f"https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-{name}.html"


def one_of(*values: str) -> Callable[[Any], Level]:
    """Open with one of these values, in small letters."""

    def judge(value: Any) -> Level:
        if isinstance(value, Symbol):
            return Level.UNSURE
        return Level.OPEN if text_of(value).lower() in values else Level.CLOSED

    return judge


def other_than(*values: str) -> Callable[[Any], Level]:
    """Open with any value but these."""
    opens = one_of(*values)

    def judge(value: Any) -> Level:
        return Level(Level.OPEN - opens(value))

    return judge


def always(_value: Any) -> Level:
    """Open by being there at all."""
    return Level.OPEN


def given(value: Any) -> Level:
    """Closed by being there at all."""
    return Level.UNSURE if isinstance(value, Symbol) else Level.CLOSED


def bare_origin(origin: Any) -> Level:
    """An S3 origin that CloudFront reads without an identity, so that the bucket must be open to everybody."""
    if not isinstance(origin, dict) or "S3OriginConfig" not in origin:
        return Level.CLOSED
    identity = origin["S3OriginConfig"]
    identity = identity.get("OriginAccessIdentity") if isinstance(identity, dict) else identity
    return Level.CLOSED if origin.get("OriginAccessControlId") or identity else Level.OPEN


def public_network(policy: Any) -> Level:
    """A network policy of OpenSearch Serverless, which is a text of JSON."""
    if isinstance(policy, Symbol) and "AllowFromPublic" not in str(policy):
        return Level.UNSURE
    text = "".join(str(policy).split())
    return Level.OPEN if '"AllowFromPublic":true' in text else Level.CLOSED


TRUE, FALSE = one_of("true"), one_of("false")


def row(
    kind: str,
    path: str,
    opens: Callable[[Any], Level] = TRUE,
    missing: Level = Level.CLOSED,
    *,
    words: str = "can be reached from the internet",
    remedy: str = "Set it to false, and reach it from inside the VPC",
    source: str = "",
    unless: tuple[str, tuple[str, ...]] = ("", ()),
) -> Switch:
    """A row of the table. Its source is the type's page, unless another one says more."""
    return Switch(f"AWS::{kind}", path, opens, missing, words, remedy, source or page(kind), unless)
