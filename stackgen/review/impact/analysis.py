"""Two evaluated trees of one root compared: what happens to every resource, followed through references to the end.

A replaced resource has another physical ID. Whatever refers to it, also through the outputs and parameters of nested
stacks, changes with it, and is replaced itself where the reference stands in a create-only property; so on, until
nothing more changes. The trees are evaluated as wholes, so a reference through three stacks is one step here.
"""

from __future__ import annotations

from stackgen.review.evaluation.symbols import Attribute, canonical, shown, symbols_in
from stackgen.review.evaluation.tree import address_of
from stackgen.review.schemas.sam_types import generated_type

from .codes import verdict
from .comparison import Difference, differences
from .identity import Identity, is_harmless
from .policies import RETAIN, policy_of
from .result import (
    CERTAIN,
    CONDITIONAL,
    CREATE,
    DELETE,
    FAILS,
    NONE,
    REPLACE,
    UNKNOWN,
    UPDATE,
    WEIGHT,
    Impact,
    Judgement,
    Reason,
    weaker,
)
from .veil import hidden_below, told_value

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from stackgen.review.evaluation.tree import Resource, Tree
    from stackgen.review.model import Build

    from .judge import Judge
    from .result import Verdict

    Owner = tuple[tuple[str, ...], str]
    Path = tuple[str, ...]
    Builds = tuple[Build | None, Build | None]

_POLICIES = ("DeletionPolicy", "UpdateReplacePolicy")


class Analysis:
    """What happens to each resource when ``before`` is deployed and is updated to ``after``.

    ``before`` is None for a stack that is new, ``after`` for one that is taken away. ``builds`` are what the trees are
    of: there stand the templates of StackSets.
    """

    def __init__(self, before: Tree | None, after: Tree | None, judge: Judge, builds: Builds = (None, None)) -> None:
        self.before = before
        self.after = after
        self.judge = judge
        self._builds = builds
        self.failures: list[Verdict] = []
        self.notes: list[Verdict] = []
        self._identities = [Identity(tree, judge) if tree else None for tree in (before, after)]
        self._impacts: dict[Owner, Impact] = {}
        self._updated: dict[Owner, set[str]] = {}
        self._moved: dict[Owner, set[str]] = {}
        self._compare()
        self._propagate()
        self.impacts = {owner: self._with_policy(owner) for owner, each in self._impacts.items() if each.action != NONE}

    def impact_of(self, owner: Owner) -> Impact | None:
        """What happens to one resource; None where nothing does."""
        return self.impacts.get(owner)

    def differ(self, before: Any, after: Any) -> str:
        """How sure it is that two values of this tree differ once it is updated; empty where they do not."""
        first, second = self._identities
        if first is None or second is None:
            return CERTAIN
        found = {each.certainty for each in differences(before, after, first.resolve, second.resolve)}
        for _, symbol in symbols_in(after):
            impact = self.impacts.get(symbol.owner) if isinstance(symbol, Attribute) else None
            if impact is not None and impact.action == REPLACE and not isinstance(second.resolve(symbol), str):
                found.add(impact.certainty)
        return max(found, key=WEIGHT.__getitem__, default="")

    def leaving(self) -> Iterator[tuple[Impact, Resource]]:
        """Every impact by which a deployed resource goes or is replaced, with the resource as it is deployed."""
        for owner, impact in self.impacts.items():
            old = self.before.find(*owner) if self.before else None
            if old is not None and impact.action in (REPLACE, DELETE):
                yield impact, old

    def changed_properties(self, owner: Owner) -> set[str]:
        """The top-level properties of a resource whose own values differ."""
        return self._updated.get(owner, set())

    def _compare(self) -> None:
        olds = {each.owner: each for each in self.before.resources()} if self.before else {}
        news = {each.owner: each for each in self.after.resources()} if self.after else {}
        for owner in [*news, *(owner for owner in olds if owner not in news)]:
            old, new = olds.get(owner), news.get(owner)
            if old is not new or new is None or new.exists is not True:  # to one that the trees share nothing happens
                self._impacts[owner] = self._impact(owner, old, new)

    def _impact(self, owner: Owner, old: Resource | None, new: Resource | None) -> Impact:
        was, will = (True if each and each.exists else each.exists if each else False for each in (old, new))
        if old is not None and new is not None and was is not False and will is not False:
            impact = self._kept(owner, old, new)
            if was is None or will is None:
                return self._half_there(impact, old, new)
            return impact
        if new is not None and will is not False:
            text = "its condition holds now" if old is not None else "it is new"
            certainty = CERTAIN if will else CONDITIONAL
            certainty = UNKNOWN if self._may_be_made(self.before, owner) else certainty
            return Impact(new.address, new.type, CREATE, certainty, (Reason("Condition", text, "template"),))
        if old is not None and was is not False:
            text = "its condition no longer holds" if new is not None else "it is not in the template any more"
            certainty = CERTAIN if was else CONDITIONAL
            certainty = UNKNOWN if self._may_be_made(self.after, owner) else certainty
            reason = Reason("Condition", text, "template")
            return Impact(old.address, old.type, DELETE, certainty, (reason,), self._fate(old))
        there = new or old
        return Impact(address_of(*owner), there.type if there else "", NONE, CERTAIN)

    @staticmethod
    def _may_be_made(tree: Tree | None, owner: Owner) -> bool:
        """Whether a loop whose items are not known may make a resource."""
        from stackgen.review.evaluation.loops import may_make

        stack = tree.stacks.get(owner[0]) if tree is not None else None
        return stack is not None and may_make(stack.template.content, owner[1])

    def _fate(self, old: Resource) -> str:
        """The policy by which a resource goes: a nested stack that goes and is retained keeps all that is in it."""
        for depth in range(1, len(old.stack)):
            title = old.stack[depth]
            outer = self.before.find(old.stack[:depth], title) if self.before else None
            now = self.after.find(old.stack[:depth], title) if self.after else None
            if outer is not None and (now is None or now.exists is False):
                policy = policy_of(outer, "DeletionPolicy")
                if policy.startswith(RETAIN):
                    return policy
        return policy_of(old, "DeletionPolicy")

    def _half_there(self, impact: Impact, old: Resource, new: Resource) -> Impact:
        """A resource whose condition is not known before or after."""
        if canonical(old.when) == canonical(new.when):
            return impact._replace(certainty=weaker(impact.certainty, CONDITIONAL))
        reason = Reason("Condition", "whether it is there hangs on a value that is not known", "template")
        if impact.action == REPLACE:
            return impact._replace(certainty=UNKNOWN, reasons=(*impact.reasons, reason))
        action, policy = (CREATE, "") if new.exists else (DELETE, self._fate(old))
        return impact._replace(action=action, certainty=UNKNOWN, reasons=(reason, *impact.reasons), policy=policy)

    def _kept(self, owner: Owner, old: Resource, new: Resource) -> Impact:
        if generated_type(old.type) != generated_type(new.type):
            text = f"Type was {old.type}; a resource cannot become another under its logical ID"
            reason = Reason("Type", text, "template", old.type, new.type)
            both = old.exists is True and new.exists is True
            self.failures += [verdict("V204", new.address, text)] if both else []
            return Impact(new.address, new.type, FAILS, CERTAIN if both else CONDITIONAL, (reason,))
        impact = Impact(new.address, new.type, NONE, CERTAIN)
        if old.type != new.type:
            reason = Reason("Type", "Type is what the transform makes of the old one", "template", old.type, new.type)
            return impact._replace(action=REPLACE, certainty=UNKNOWN, reasons=(reason,))
        for difference in self._differences(old, new):
            self._updated.setdefault(owner, set()).add(difference.path[0])
            impact = self._with(impact, old, new, difference)
        for name in _POLICIES:
            first, second = policy_of(old, name), policy_of(new, name)
            if first != second:
                self.notes.append(verdict("V409", new.address, f"{name}: {first} -> {second}"))
        if canonical(old.definition.get("Metadata")) != canonical(new.definition.get("Metadata")):
            reason = Reason("Metadata", "Metadata is updated, and nothing else with it", "template")
            impact = _raised(impact, UPDATE, CERTAIN, reason)
        return impact

    def _differences(self, old: Resource, new: Resource) -> list[Difference]:
        first, second = self._identities
        if first is None or second is None:
            return []
        return list(differences(old.properties, new.properties, first.resolve, second.resolve))

    def _with(self, impact: Impact, old: Resource, new: Resource, difference: Difference) -> Impact:
        judgement = self.judge.judge(difference, old, new)
        path = ".".join(("Properties", *difference.path))
        names = hidden_below(old, self.before, self._builds[0]) | hidden_below(new, self.after, self._builds[1])
        before = told_value(difference.before, difference.path, old.properties, old.type, names)
        after = told_value(difference.after, difference.path, new.properties, new.type, names)
        reason = Reason(path, judgement.text, judgement.source, before, after)
        return self._judged(impact, judgement, difference.certainty, reason)

    def _judged(self, impact: Impact, judgement: Judgement, certainty: str, reason: Reason) -> Impact:
        if judgement.effect == FAILS and certainty == CERTAIN == judgement.certainty:
            found = verdict("V205", impact.address, judgement.text)
            self.failures += [found] if found not in self.failures else []
        return _raised(impact, judgement.effect, weaker(certainty, judgement.certainty), reason)

    def _propagate(self) -> None:
        """Push replacements along references until nothing changes."""
        if self.before is None or self.after is None:
            return
        pending = [owner for owner, impact in self._impacts.items() if impact.action in (REPLACE, UPDATE)]
        if not pending:
            return
        from .uses import Uses

        uses = Uses(self.after)
        while pending:
            owner = pending.pop()
            if self._impacts[owner].action != REPLACE and is_harmless(self._changed(owner)):
                continue
            for user, path, symbol in uses.of(owner):
                if self._pushed(owner, user, path, symbol):
                    pending.append(user)

    def _with_policy(self, owner: Owner) -> Impact:
        """A replaced resource's policy is that of the new template."""
        impact = self._impacts[owner]
        new = self.after.find(*owner) if self.after else None
        return (
            impact._replace(policy=policy_of(new, "UpdateReplacePolicy"))
            if impact.action == REPLACE and new
            else impact
        )

    def _pushed(self, owner: Owner, user: Owner, path: Path, symbol: Attribute) -> bool:
        """Raise the impact on a user of a resource; whether that changed anything for the users of that one."""
        if self.before is None or self.after is None:
            return False
        old, new = self.before.find(*user), self.after.find(*user)
        if old is None or new is None or old.type != new.type:
            return False
        source, target = self._impacts[owner], self._impacts.get(user) or Impact(new.address, new.type, NONE, CERTAIN)
        if target.action in (CREATE, DELETE):
            return False
        if source.action == REPLACE and source.certainty in WEIGHT:
            certainty, what = source.certainty, "is replaced" if source.certainty == CERTAIN else "may be replaced"
        elif self._may_move(owner, symbol):
            certainty, what = CONDITIONAL, "may get another value"
        else:
            return False
        if not (old.exists and new.exists):
            certainty = weaker(certainty, CONDITIONAL)
        judgement = self.judge.judge(Difference(path, symbol, symbol, certainty), old, new)
        text = f"refers to {shown(symbol)}, which {what}; {judgement.text}"
        reason = Reason(".".join(("Properties", *path)), text, source.address)
        raised = self._judged(target, judgement, certainty, reason)
        stronger = _rank(raised) > _rank(target)
        if stronger or (raised != target and reason.path not in {each.path for each in target.reasons}):
            self._impacts[user] = raised
        moved = self._moved.setdefault(user, set())
        is_news = path[0] not in moved
        moved.add(path[0])
        return stronger or is_news

    def _may_move(self, owner: Owner, symbol: Attribute) -> bool:
        identity = self._identities[1]
        return identity is not None and identity.may_move(symbol, self._changed(owner))

    def _changed(self, owner: Owner) -> set[str]:
        """The top-level properties of a resource that differ, or may, by what they refer to."""
        return self._updated.get(owner, set()) | self._moved.get(owner, set())


_ACTIONS = (NONE, UPDATE, REPLACE, FAILS)


def _rank(impact: Impact) -> tuple[int, int]:
    """How much an impact is: any doubt about a replacement is more than a certain update."""
    return (_ACTIONS.index(impact.action) if impact.action in _ACTIONS else len(_ACTIONS), WEIGHT[impact.certainty])


def _raised(impact: Impact, action: str, certainty: str, reason: Reason) -> Impact:
    """The impact with one more reason; the strongest decides what happens, and its reasons come first."""
    candidate = impact._replace(action=action, certainty=certainty)
    if impact.action == NONE or _rank(candidate) > _rank(impact):
        return candidate._replace(reasons=(reason, *impact.reasons))
    return impact._replace(reasons=(*impact.reasons, reason))
