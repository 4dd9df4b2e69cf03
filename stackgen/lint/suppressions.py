"""Silenced rules: what silences what, and whether it still does (I9119). W9118 and W9100 are rules of their own.

cfn-lint's own notation silences, in a resource's Metadata or in the template's: ``cfn-lint.config.ignore_checks``. The
reasons stand beside it in ``stackgen.suppressions``, by rule: a text, or for our own rules reason, owner and the day on
which it expires. It is applied here and not by cfn-lint, so that our own rules are silenced alike, and so that it is
known what each suppression keeps silent. Nothing silences the rules that watch over exceptions.
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any, NamedTuple

from stackgen.rule_ids import NEVER_EXCEPTED, is_ours, reaches_ours

from .finding import entry

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from .finding import BuiltTemplate, Finding

UNUSED = "I9119"
_FOREIGN = "CKV"
"""The checks of checkov: whether they find something is known only where it runs."""


class Suppression(NamedTuple):
    """One rule that is silenced in one resource, or in the whole template where ``place`` is empty."""

    place: tuple[str, ...]
    rule: str
    reason: str
    owner: str = ""
    expires: str = ""
    """The day from which it silences nothing any more, as ``2027-06-30``; empty where that was not said."""

    def silences(self, finding: Finding) -> bool:
        """Whether cfn-lint would keep quiet: in a template the beginning of a rule's ID is enough."""
        if self.place:
            return finding.rule == self.rule and finding.path[:2] == self.place
        return bool(self.rule) and finding.rule.startswith(self.rule)

    def watchers(self) -> list[str]:
        """The rules that watch over exceptions, as far as it would silence them."""
        start = self.rule and not self.place
        return [each for each in NEVER_EXCEPTED if each == self.rule or (start and each.startswith(self.rule))]

    def is_over(self, today: str) -> bool:
        """Whether its day has come; days are written as ``2027-06-30``."""
        return bool(self.expires) and self.expires <= today

    def lack(self) -> str:
        """What is missing of what it must say."""
        if not self.reason:
            return "a reason"
        if is_ours(self.rule) if self.place else reaches_ours(self.rule):
            return "an owner" if not self.owner else "a day on which it expires" if not _is_day(self.expires) else ""
        return ""


def suppressions_of(content: dict[str, Any]) -> list[Suppression]:
    """What a template silences."""
    places: list[tuple[tuple[str, ...], dict[str, Any]]] = [((), content)]
    places += [(("Resources", title), resource) for title, resource in entry(content, "Resources").items()]
    found: list[Suppression] = []
    for place, owner in places:
        ignored = entry(owner, "Metadata", "cfn-lint", "config").get("ignore_checks", ())
        notes = entry(owner, "Metadata", "stackgen", "suppressions")
        rules = [str(rule) for rule in ignored] if isinstance(ignored, list) else []
        found += [Suppression(place, rule, *_said(notes.get(rule))) for rule in rules]
    return found


def told_at(place: tuple[str, ...], rule: str, silenced: Iterable[Suppression]) -> tuple[str, ...]:
    """Where a rule that watches over exceptions tells of one in a place.

    In a resource that ignores this rule too, cfn-lint by itself would drop it; of all resources together it does not.
    """
    if place and any(each.place == place and each.rule == rule for each in silenced):
        return place[:1]
    return (*place, "Metadata", "cfn-lint")


def _said(note: Any) -> tuple[str, str, str]:
    if not isinstance(note, dict):
        return str(note or "").strip(), "", ""
    reason, owner, expires = (str(note.get(name) or "").strip() for name in ("reason", "owner", "expires"))
    return reason, owner, expires


def _is_day(text: str) -> bool:
    try:
        return bool(dt.date.fromisoformat(text))
    except ValueError:
        return False


def applied(
    template: BuiltTemplate, findings: Iterable[Finding], mandatory: Sequence[str] = (), *, tell_unused: bool = True
) -> Iterator[Finding]:
    """The findings that are not silenced, and suppressions that silence nothing. ``mandatory`` rules stay, and ours.

    One that has expired silences what it did, so that its own finding is all that is new.
    """
    suppressions = suppressions_of(template.content)
    used = set()
    for finding in findings:
        silencing = [each for each in suppressions if each.silences(finding)]
        used.update(silencing)
        if not silencing or finding.rule.startswith((*mandatory, *NEVER_EXCEPTED)):
            yield finding
    for each in suppressions if tell_unused else ():
        if each.reason and each not in used and not each.watchers() and not each.rule.startswith(_FOREIGN):
            message = f"{each.rule} is ignored, but finds nothing here: remove the suppression"
            yield template.finding(UNUSED, message, *each.place, "Metadata", "cfn-lint")
