"""What the tests of the rules share: a template in YAML, and what our rules alone find in it, as cfn-lint runs them."""

from __future__ import annotations

from functools import cache
from textwrap import dedent
from typing import Any, NamedTuple

from cfnlint.decode import decode_str
from cfnlint.rules import Rules
from cfnlint.template import Template

from stackgen.lint.kit.rule import Rule


class Seen(NamedTuple):
    """A finding as tests compare it."""

    rule: str
    path: str
    message: str


@cache
def rules() -> dict[str, Rule]:
    """All rules of the pack by their ids, loaded as cfn-lint loads them."""
    found = {each.id: each for each in Rules.create_from_module("stackgen.lint.rules").values()}
    for each in found.values():
        for parent in each.parent_rules:
            found[parent].child_rules[each.id] = each
    return found


def seen(
    template: str,
    *chosen: str,
    profile: str = "",
    regions: tuple[str, ...] = ("us-east-1",),
    options: dict[str, dict[str, object]] | None = None,
) -> list[Seen]:
    """What the rules find, all or those with these ids; in the order of path and message. ``options`` are by rule.

    They are asked one by one: cfn-lint's own loop catches what a rule raises, and no test would hear of it.
    """
    text = dedent(template)
    if profile:
        text = f"Metadata: {{stackgen: {{profile: {profile}}}}}\n{text}"
    content, errors = decode_str(text)
    assert not errors, errors
    found: list[Seen] = []
    cfn = Template("nothing.yaml", content, list(regions))
    found += [Seen(each.rule.id, "", each.message) for each in cfn.transform() or ()]
    for name in chosen or rules():
        rule = rules()[name]
        rule.configure((options or {}).get(name))
        for each in rule.match(cfn):
            by: Any = getattr(each, "rule", rule)
            if not chosen or by.id in chosen:
                found.append(Seen(by.id, "/".join(map(str, each.path)), each.message))
    return sorted(found)


def paths(template: str, rule: str, profile: str = "") -> list[str]:
    """Where one rule finds something."""
    return [each.path for each in seen(template, rule, profile=profile)]
