"""What lint reads and what it finds: values without I/O."""

from __future__ import annotations

from typing import Any, NamedTuple

from stackgen.errors import shown
from stackgen.positions import line_of
from stackgen.rule_ids import is_ours

LEVELS = {"E": "error", "W": "warning", "I": "informational", "C": "warning"}
"""By a rule's first letter; C is checkov's CKV, which has no levels."""


PACK = "stackgen.lint.rules"
"""Our own rules, as cfn-lint's ``--append-rules`` names them."""
_OURS, _THEIRS = "E9137", "I3510"
"""Both of actions that fit none of the resources beside them."""
CONTRACTS = "E9117"
"""What templates promise each other: it fails in AWS."""


class Finding(NamedTuple):
    """One finding in one template; ``line`` counts from 1, ``path`` leads to the culprit."""

    template: str
    file: str
    line: int
    rule: str
    message: str
    path: tuple[str, ...] = ()

    @property
    def level(self) -> str:
        """``error``, ``warning`` or ``informational``, from the rule's first letter."""
        return LEVELS.get(self.rule[:1], "error")

    @property
    def is_advice(self) -> bool:
        """Whether a guideline says so: AWS would deploy it all the same."""
        return is_ours(self.rule) and self.rule != CONTRACTS


def without_repeated(findings: list[Finding]) -> list[Finding]:
    """Without what cfn-lint tells of an action of a policy that one of our rules tells, too."""
    told = [each for each in findings if each.rule == _OURS]
    return [each for each in findings if each.rule != _THEIRS or not any(_is_of(each, one) for one in told)]


def _is_of(theirs: Finding, ours: Finding) -> bool:
    statement, action = theirs.path[:-1], theirs.message.split("'")[1:2]
    return ours.path[: len(statement)] == statement and bool(set(action) & set(ours.message.split()))


def place(finding: Finding) -> str:
    """The file, from the folder at hand, with forward slashes on every machine."""
    return shown(finding.file).replace("\\", "/")


class BuiltTemplate(NamedTuple):
    """A template of a build folder; ``children`` are the templates of its nested stacks, by logical ID."""

    name: str
    file: str
    text: str
    content: dict[str, Any]
    children: dict[str, str]

    def section(self, name: str) -> dict[str, Any]:
        """A section's entries; none where there is no such section, or something that is no entry."""
        section = self.content.get(name)
        entries = section.items() if isinstance(section, dict) else ()
        return {key: entry for key, entry in entries if isinstance(entry, dict)}

    def finding(self, rule: str, message: str, *path: str) -> Finding:
        """A finding at a place of this template."""
        return Finding(self.name, self.file, line_of(self.text, path), rule, message, path)


def entry(owner: object, *path: str) -> dict[str, Any]:
    """The object at a path below an object; an empty one where there is none, or something else."""
    for key in path:
        owner = owner.get(key) if isinstance(owner, dict) else None
    return owner if isinstance(owner, dict) else {}
