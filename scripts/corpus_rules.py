"""Our rules of lint over one template, as cfn-lint runs them but for its catching of what a rule raises."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, NamedTuple

from cfnlint.decode import decode_str
from cfnlint.rules import Rules
from cfnlint.template import Template

from stackgen.lint.finding import PACK

if TYPE_CHECKING:
    from stackgen.lint.kit.rule import Rule

REGION = "us-east-1"


class Judged(NamedTuple):
    """One finding."""

    rule: str
    path: str
    message: str


def judged(text: str, file: str) -> list[Judged]:
    """What the rules find; nothing in a text that cfn-lint does not read. Raises what a rule raises."""
    content, errors = decode_str(text)
    if errors or not isinstance(content, dict):
        return []
    template = Template(file, content, [REGION])
    return [
        Judged(rule.id, "/".join(map(str, match.path)), match.message)
        for rule in _rules()
        for match in rule.match(template)
    ]


@cache
def _rules() -> list[Rule]:
    return list(Rules.create_from_module(PACK).values())
