"""The base of all rules. A rule imports this module and not the class: cfn-lint takes each class it sees for a rule.

Each rule says for people what it asks for: ``shortdesc`` (what), ``why``, ``remedy``, which of the guidelines and of
the public catalogues it is, and shows with ``passes`` and ``fails``, templates in YAML, what it means.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple

from cfnlint.rules import CloudFormationLintRule, RuleMatch

from .view import View

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from cfnlint.template import Template

    from stackgen.profiles import Profile

    from .values import Path
    from .view import Resource


JUDGE_OF_BODIES = "E9186"
"""The rule that asks all others about templates inside of templates."""


class Found(NamedTuple):
    """Something that a rule finds, and where."""

    path: Path
    message: str


class Rule(CloudFormationLintRule):  # type: ignore[misc]  # cfn-lint has no types
    """What one rule is; a subclass is named as its module in PascalCase."""

    why: ClassVar[str] = ""
    """What happens where it is not kept."""
    remedy: ClassVar[str] = ""
    """What to write instead."""
    pillar: ClassVar[str] = ""
    """Of the Well-Architected Framework: security, reliability, operational excellence, performance, cost."""
    guidelines: ClassVar[tuple[str, ...]] = ()
    """Ids of the guidelines that it enforces, as GDL-020."""
    public: ClassVar[tuple[str, ...]] = ()
    """Ids in public catalogues: AWS's Foundational Security Best Practices (S3.8) and checkov (CKV_AWS_53)."""
    profiles: ClassVar[frozenset[Profile] | None] = None
    """For which profiles it counts; all where that is None."""
    options: ClassVar[dict[str, dict[str, Any]]] = {}
    """cfn-lint's ``config_definition``: name to default, type and itemtype."""
    passes: ClassVar[str] = ""
    fails: ClassVar[str] = ""

    def __init__(self) -> None:
        super().__init__()
        self.description = f"{self.why} {self.remedy}"
        self.tags = ["stackgen", *([self.pillar] if self.pillar else [])]
        self.config_definition = self.options
        self.parent_rules = [JUDGE_OF_BODIES]  # so cfn-lint hands each to that one, with its settings
        self.configure()

    def find(self, view: View) -> Iterable[Found]:
        """What it finds in a template."""
        raise NotImplementedError

    def match(self, cfn: Template) -> Iterator[RuleMatch]:
        """What cfn-lint calls."""
        view = view_of(cfn)
        if self.profiles is None or view.profile in self.profiles:
            for path, message in dict.fromkeys(self.find(view)):
                yield RuleMatch(list(path), message)

    def matchall_resource_properties(self, *_arguments: object) -> Iterator[RuleMatch]:
        """Nothing: cfn-lint asks each rule about each resource, and ours look at whole templates."""
        return iter(())


class OfResources(Rule):
    """A rule that looks at each resource of some types by itself."""

    types: ClassVar[tuple[str, ...]] = ()

    def find(self, view: View) -> Iterator[Found]:
        """Look at each."""
        for each in view.of_type(*self.types):
            yield from self.look(each, view)

    def look(self, resource: Resource, view: View) -> Iterable[Found]:
        """What it finds in one."""
        raise NotImplementedError


_last: list[View] = []
"""The view of the template at hand: cfn-lint gives it to one rule after another."""


def view_of(cfn: Template) -> View:
    """The view that all rules share."""
    if not _last or _last[0].cfn is not cfn:
        _last[:] = [View(cfn)]
    return _last[0]


def by_another(other: CloudFormationLintRule, found: Found) -> RuleMatch:
    """What one rule found that another was asked for."""
    return RuleMatch(list(found.path), found.message, rule=other)


def back_to(view: View) -> None:
    """Go on with a template after others were looked at on the way."""
    _last[:] = [view]
