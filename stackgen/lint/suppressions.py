"""Silenced rules: each has a reason (W9118) and still silences something (I9119).

cfn-lint's own notation silences, in a resource's Metadata or in the template's:
``cfn-lint.config.ignore_checks``. The reasons stand beside it in ``stackgen.suppressions``, by rule. It is
applied here and not by cfn-lint, so that our own rules are silenced alike, and so that it is known what each
suppression keeps silent.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from .finding import entry

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from .finding import BuiltTemplate, Finding

WITHOUT_REASON = "W9118"
UNUSED = "I9119"


class Suppression(NamedTuple):
    """One rule that is silenced in one resource, or in the whole template where ``owner`` is empty."""

    owner: tuple[str, ...]
    rule: str
    reason: str

    def silences(self, finding: Finding) -> bool:
        """Whether cfn-lint would keep quiet: in a template the beginning of a rule's ID is enough."""
        if self.owner:
            return finding.rule == self.rule and finding.path[:2] == self.owner
        return finding.rule.startswith(self.rule)


def suppressions_of(template: BuiltTemplate) -> list[Suppression]:
    """What the template silences."""
    owners: list[tuple[tuple[str, ...], dict[str, Any]]] = [((), template.content)]
    owners += [(("Resources", title), resource) for title, resource in template.section("Resources").items()]
    found: list[Suppression] = []
    for owner, content in owners:
        ignored = entry(content, "Metadata", "cfn-lint", "config").get("ignore_checks", ())
        reasons = entry(content, "Metadata", "stackgen", "suppressions")
        rules = [str(rule) for rule in ignored] if isinstance(ignored, list) else []
        found += [Suppression(owner, rule, str(reasons.get(rule) or "").strip()) for rule in rules]
    return found


def applied(
    template: BuiltTemplate, findings: Iterable[Finding], mandatory: Sequence[str] = (), *, tell_unused: bool = True
) -> Iterator[Finding]:
    """The findings that are not silenced, and those about the suppressions. ``mandatory`` rules cannot be silenced."""
    suppressions = suppressions_of(template)
    used = set()
    for finding in findings:
        silencing = [each for each in suppressions if each.silences(finding)]
        used.update(silencing)
        if not silencing or finding.rule.startswith(tuple(mandatory)):
            yield finding
    for each in suppressions:
        place = (*each.owner, "Metadata", "cfn-lint")
        if not each.reason:
            message = f"{each.rule} is ignored without a reason: say why in Metadata.stackgen.suppressions.{each.rule}"
            yield template.finding(WITHOUT_REASON, message, *place)
        elif tell_unused and each not in used:
            yield template.finding(
                UNUSED, f"{each.rule} is ignored, but finds nothing here: remove the suppression", *place
            )
