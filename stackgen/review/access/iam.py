"""Access that policies give: what is allowed that was not, and what is no longer forbidden."""

from __future__ import annotations

from stackgen.policy_documents import ENDPOINT, MEMBERSHIPS, RESOURCE, TRUST

from .answers import all_of, any_of
from .comparison import denied_less, gained, whenever
from .inventory import inventories
from .patterns import Pattern, covers, literal
from .phrases import denial, grant, listed, subject
from .statements import EVERYBODY
from .widening import Severity, Widening

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from .comparison import Gain
    from .inventory import Inventory, Mark
    from .names import Holder
    from .phrases import Direction
    from .side import Alike, Side
    from .statements import Selection, Statement

__all__ = ["policy_gains"]

_PASS_ROLE = Pattern(literal("iam:passrole"), "iam:PassRole")
_POWERFUL_POLICIES = {"AdministratorAccess", "IAMFullAccess", "PowerUserAccess"}

_REMEDIES = {
    "statement": "Name the actions and resources that the code needs, and nothing else",
    "condition": "Keep the condition, or say in the pull request why it is not needed",
    "deny": "Keep the Deny, or say in the pull request what replaces it",
    "trust": "Name the one role or service that must assume it, with a condition on the account or organisation",
    "resource policy": "Name the principals, and ask for aws:SourceArn, aws:SourceAccount or aws:PrincipalOrgID",
    "endpoint policy": "Give the endpoint a policy that names the buckets, tables or services behind it",
    "attachment": "Write the statements that are needed instead of attaching a policy that AWS maintains",
    "boundary": "Keep the boundary: without it the policies alone say what is possible",
    "role": "Compare what the two roles may do",
    "group": "See what the group may do, and give only what is needed",
    "new access": "Read it as you would read a widened policy",
}


def policy_gains(old_side: Side, new_side: Side, direction: Direction, alike: Alike) -> Iterator[Widening]:
    """What the policies of the newer side give beyond those of the older one."""
    before, after = inventories(old_side, new_side, alike)
    if any(old_side.typed(*MEMBERSHIPS)) or any(new_side.typed(*MEMBERSHIPS)):
        from .membership import with_groups

        before, after = with_groups(old_side, before, new_side, after)
    known = set(before.names.resources)
    for key in dict.fromkeys([*after.statements, *before.statements]):
        holder, kind = key
        new, old = after.statements.get(key, []), before.statements.get(key, [])
        if isinstance(holder, tuple) and holder not in known:
            if new:
                yield from _new_access(holder, kind, new, after, direction)
            continue
        grants = gained(new, old)
        yield from (_grant(holder, kind, gain, after, direction) for gain in grants)
        if isinstance(holder, str) or holder in after.names.resources:
            yield from (_denial(key, gain, after, before, direction) for gain in denied_less(new, old))
    yield from _marks(before, after, direction)


def _grant(holder: Holder, kind: str, gain: Gain, after: Inventory, direction: Direction) -> Widening:
    loosened = gain.near is not None
    text = grant(holder, kind, gain, after.names, direction)
    before = ""
    if gain.near is not None:
        before = f"only if {gain.near.when}"
    statement = gain.statement
    label = "condition" if loosened and kind != TRUST else kind
    return Widening(
        kind=RESOURCE if label == ENDPOINT else label,
        address=statement.where or after.names.address(holder),
        text=text,
        before=before,
        after=_said(statement, gain.principals, gain.actions, gain.resources, kind),
        remedy=_REMEDIES[label],
        severity=_severity(statement, gain.principals, gain.actions, kind, after.account),
        certain=gain.certain,
    )


def _denial(key: tuple[Holder, str], gain: Gain, after: Inventory, before: Inventory, direction: Direction) -> Widening:
    holder, kind = key
    statement = gain.statement
    names = after.names if holder in after.names.resources else before.names
    return Widening(
        kind="deny",
        address=names.address(holder),
        text=denial(holder, kind, gain, after.names, direction),
        before="Deny " + _said(statement, gain.principals, gain.actions, gain.resources, kind),
        after=f"Deny only if {gain.near.when}" if gain.near is not None else "",
        remedy=_REMEDIES["deny"],
        severity=Severity.WIDER,
        certain=gain.certain,
    )


def _new_access(
    holder: Holder, kind: str, statements: list[Statement], after: Inventory, direction: Direction
) -> Iterator[Widening]:
    """One line for a new resource: what it may, or who may use it."""
    allowed = [each for each in dict.fromkeys(statements) if each.allow]
    if not allowed or (kind == ENDPOINT and all(each.where and _open_endpoint(each) for each in allowed)):
        return
    ranked = sorted(
        allowed, key=lambda each: _severity(each, each.principals, (each.actions,), kind, after.account, new=True)
    )
    worst = ranked[0]
    yield Widening(
        kind="new access",
        address=after.names.address(holder),
        text=subject(holder, kind, ranked, after.names, direction),
        before="",
        after=_said(worst, worst.principals, (worst.actions,), (worst.resources,), kind),
        remedy=_REMEDIES["new access"],
        severity=_severity(worst, worst.principals, (worst.actions,), kind, after.account, new=True),
        certain=not worst.guards and worst.opaque is None,
    )


def _open_endpoint(statement: Statement) -> bool:
    return not statement.conditions and statement.principals == EVERYBODY


def _said(
    statement: Statement,
    principals: Selection,
    actions: tuple[Selection, ...],
    resources: tuple[Selection, ...],
    kind: str,
) -> str:
    """A statement, or a part of it, in short."""
    if statement.opaque is not None:
        return statement.opaque.shown
    who = "" if kind == "statement" else f"{listed([principals])}: "
    what = "" if kind == TRUST else f" on {listed(list(resources))}"
    when = f" if {statement.when}" if statement.conditions else ""
    return f"{who}{listed(list(actions))}{what}{when}".replace("`", "")


def _severity(
    statement: Statement,
    principals: Selection,
    actions: tuple[Selection, ...],
    kind: str,
    account: str,
    *,
    new: bool = False,
) -> Severity:
    """Everybody first; then every action, handing out roles, and principals of other accounts."""
    if kind in (TRUST, RESOURCE) and statement.opaque is None:
        if not statement.conditions and (principals.negated or principals.covers(EVERYBODY) is True):
            return Severity.OPEN
        if any(_foreign(each, account) for each in principals.patterns):
            return Severity.POWERFUL
    elif any(_powerful(each) for each in actions) and kind != ENDPOINT:
        return Severity.POWERFUL
    return Severity.NEW if new else Severity.WIDER


def _powerful(actions: Selection) -> bool:
    return actions.negated or any(covers(each, _PASS_ROLE) is True for each in actions.patterns)


def _foreign(who: Pattern, account: str) -> bool:
    """Whether a principal is known to be of an account that is not the environment's own."""
    if who.text is None or not who.text.startswith("AWS:"):
        return False
    number = who.text.removeprefix("AWS:account ") if "account" in who.text else "".join(who.text.split(":")[5:6])
    return number.isdigit() and number != account


def _marks(before: Inventory, after: Inventory, direction: Direction) -> Iterator[Widening]:
    """Managed policies, roles and groups that came, boundaries that went."""
    for (holder, kind), marks in after.marks.items():
        if kind == "boundary" or (kind == "role" and holder not in before.names.resources):
            continue
        old = before.marks.get((holder, kind), [])
        for mark in dict.fromkeys(marks):
            answer = _had(mark, old)
            if answer is not True:
                yield _mark(holder, kind, mark, direction, certain=answer is False, after=after, before=before)
    for (holder, kind), marks in before.marks.items():
        if kind != "boundary" or holder not in after.names.resources:
            continue
        kept = after.marks.get((holder, kind), [])
        for mark in dict.fromkeys(marks):
            if _had(mark, kept) is not True:
                yield _boundary(holder, mark, kept, after, direction)


def _had(mark: Mark, others: list[Mark]) -> bool | None:
    return any_of(all_of((covers(each.pattern, mark.pattern), whenever(mark.guards, each.guards))) for each in others)


def _mark(
    holder: Holder,
    kind: str,
    mark: Mark,
    direction: Direction,
    *,
    certain: bool,
    after: Inventory,
    before: Inventory,
) -> Widening:
    name = after.names.address(holder)
    old = ", ".join(each.pattern.shown for each in before.marks.get((holder, kind), []))
    new = isinstance(holder, tuple) and holder not in before.names.resources
    if kind == "role":
        text = f"`{name}` {direction.verb('runs as', 'ran as')} `{mark.pattern.shown}`, whose access may be wider"
    elif kind == "group":
        verb = direction.verb("is now in", "is no longer in")
        text = f"`{name}` {verb} the group `{mark.pattern.shown}`, which may give it access"
    else:
        text = f"`{name}` {direction.has(certain=certain)} all that the policy `{mark.pattern.shown}` allows"
    severity = Severity.NEW if new else Severity.WIDER
    if mark.pattern.shown in _POWERFUL_POLICIES:
        severity = Severity.POWERFUL
    return Widening(
        "new access" if new else kind,
        name,
        text,
        old,
        mark.pattern.shown,
        _REMEDIES[kind],
        severity,
        certain=certain and kind not in ("role", "group") and not mark.guards,
    )


def _boundary(holder: Holder, mark: Mark, kept: list[Mark], after: Inventory, direction: Direction) -> Widening:
    name = after.names.address(holder)
    other = ", ".join(each.pattern.shown for each in kept)
    if kept:
        text = (
            f"`{name}` {direction.may(certain=False)} more: its boundary is `{other}` instead of `{mark.pattern.shown}`"
        )
    else:
        text = f"`{name}` {direction.verb('is no longer', 'is now')} kept within the boundary `{mark.pattern.shown}`"
    return Widening(
        "boundary",
        name,
        text,
        mark.pattern.shown,
        other,
        _REMEDIES["boundary"],
        Severity.WIDER if kept else Severity.POWERFUL,
        certain=not kept and not mark.guards,
    )
