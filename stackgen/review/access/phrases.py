"""How gained access reads, and how the same reads when it is lost."""

from __future__ import annotations

from stackgen.policy_documents import ENDPOINT, TRUST
from stackgen.records import Enum

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from .comparison import Gain
    from .names import Holder, Names
    from .statements import Selection, Statement

__all__ = ["Direction", "denial", "grant", "listed", "subject"]

_MOST = 4


class Direction(Enum):
    """``GAINED`` is read from the older state to the newer one, ``LOST`` the other way round."""

    GAINED = "gained"
    LOST = "lost"

    def verb(self, gained: str, lost: str) -> str:
        return gained if self is Direction.GAINED else lost

    def may(self, *, certain: bool) -> str:
        if certain:
            return self.verb("may now", "may no longer")
        return self.verb("may now possibly", "may possibly no longer")

    def has(self, *, certain: bool) -> str:
        if certain:
            return self.verb("now has", "no longer has")
        return self.verb("may now have", "may no longer have")


def listed(selections: Sequence[Selection], most: int = _MOST) -> str:
    """A few of them by name, the rest as a number."""
    if any(each.negated for each in selections):
        return ", ".join(each.shown for each in selections)
    texts = list(dict.fromkeys(f"`{each.shown}`" for one in selections for each in one.patterns))
    if len(texts) <= most:
        return ", ".join(texts)
    return f"{', '.join(texts[: most - 1])} and {len(texts) - most + 1} more"


def _who(principals: Selection) -> str:
    if any(each.shown == "*" for each in principals.patterns) and not principals.negated:
        return "everybody (`*`)"
    return listed([principals])


def grant(holder: Holder, kind: str, gain: Gain, names: Names, direction: Direction) -> str:
    """``"`Role` may now `s3:GetObject` on `*`"``, or what fits a trust or a resource policy."""
    name, statement = names.address(holder), gain.statement
    uncertain = not gain.certain
    if statement.opaque is not None:
        change = direction.verb("may widen", "may narrow")
        return f"the policy of `{name}` {change} access: `{statement.opaque.shown}` is not known before the deployment"
    may = direction.verb("may now", "may no longer")
    doubt = direction.verb(" (may widen access)", " (may narrow access)") if uncertain else ""
    tail = _condition(gain) + doubt
    if kind == TRUST:
        return f"{_who(gain.principals)} {may} assume `{name}`{tail}"
    actions = listed(gain.actions)
    if kind == "statement":
        return f"`{name}` {may} {actions} on {listed(gain.resources)}{tail}"
    if kind == ENDPOINT:
        return f"{_who(gain.principals)} {may} {actions} on {listed(gain.resources)} through `{name}`{tail}"
    return f"{_who(gain.principals)} {may} {actions} on {_inside(gain.resources, name)}{tail}"


def _inside(resources: Sequence[Selection], name: str) -> str:
    """What a resource policy is about: the resource, with the part of it where one is named."""
    texts = listed(resources)
    return f"`{name}`" if texts == "`*`" else f"{texts} of `{name}`"


def _condition(gain: Gain) -> str:
    """What is asked for now, and what is no longer."""
    now = gain.statement.conditions
    if gain.near is None:
        return f" if {gain.statement.when}" if now else ""
    gone = [each.shown for each in gain.near.conditions if each not in now]
    without = f" without the condition `{' and '.join(gone)}`"
    return f"{without}, only if {gain.statement.when}" if now else without


def denial(holder: Holder, kind: str, gain: Gain, names: Names, direction: Direction) -> str:
    """``"a policy of `Bucket` no longer denies `s3:*` to everybody"``."""
    name, statement = names.address(holder), gain.statement
    whom = "" if kind == "statement" else f" to {_who(gain.principals)}"
    what = f"{listed(gain.actions)} on {listed(gain.resources)}{whom}"
    if gain.near is not None:
        verb = direction.verb("now denies", "denied")
        return f"a policy of `{name}` {verb} {what} only if {gain.near.when}"
    verb = direction.verb("no longer denies", "now denies")
    doubt = "" if gain.certain else direction.verb(" (may widen access)", " (may narrow access)")
    when = f" if {statement.when}" if statement.conditions else ""
    return f"a policy of `{name}` {verb} {what}{when}{doubt}"


def subject(holder: Holder, kind: str, statements: Sequence[Statement], names: Names, direction: Direction) -> str:
    """A new resource with its statements in short."""
    name = names.address(holder)
    shown = [_short(each, kind, name) for each in statements[:_MOST]]
    if len(statements) > _MOST:
        shown.append(f"{len(statements) - _MOST} more")
    lead = direction.verb("new", "removed")
    if kind == TRUST:
        return f"{lead} `{name}` can be assumed by {'; '.join(shown)}"
    if kind == "statement":
        return f"{lead} `{name}` may {'; '.join(shown)}"
    return f"{lead} `{name}` lets {'; '.join(shown)}"


def _short(statement: Statement, kind: str, name: str) -> str:
    if statement.opaque is not None:
        return f"`{statement.opaque.shown}` (not known)"
    when = f" if {statement.when}" if statement.conditions else ""
    if kind == TRUST:
        return f"{_who(statement.principals)}{when}"
    what = f"{listed([statement.actions])} on "
    if kind == "statement":
        return f"{what}{listed([statement.resources])}{when}"
    return f"{_who(statement.principals)} {what}{_inside([statement.resources], name)}{when}"
