"""Templates inside of templates, as the bodies of StackSets are: read, and judged as if they lay beside.

cfn-lint's own rules are loaded once more for that, and only where there is such a body: they are in the middle of the
outer template when it comes to the inner one.
"""

from __future__ import annotations

import os
from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple

from cfnlint.decode import decode_str
from cfnlint.template import Template

from . import pointers
from .values import function_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from cfnlint.rules import CloudFormationLintRule

    from .values import Branch
    from .view import View

_EXAMPLES = {
    "AWS::AccountId": "123456789012",
    "AWS::Partition": "aws",
    "AWS::Region": "us-east-1",
    "AWS::StackName": "stack",
    "AWS::URLSuffix": "amazonaws.com",
}
"""What stands for the pseudo parameters of the outer template."""


_STUMBLED = "E0002"
"""What cfn-lint says where one of its rules raises."""


class Body(NamedTuple):
    """A body; ``content`` is empty where it cannot be read, and ``is_open`` says that only AWS knows a part of it."""

    content: dict[str, Any]
    is_open: bool
    problem: str = ""


def read(found: Branch, view: View) -> Body | None:
    """What a property's text says. None where nobody can tell."""
    text = pointers.pointer(found.value, in_text=isinstance(found.value, str))
    name = function_of(found.value)[0]
    if not isinstance(text, str) or name == "Ref":
        return None
    is_open = False
    if name:
        for pseudo, example in _EXAMPLES.items():
            text = text.replace(f"${{{pseudo}}}", example)
        text = view.values.spelled(text)
        is_open = pointers.is_open(text)
        text = pointers.plain(text)
    content, errors = decode_str(text)
    if not errors and isinstance(content, dict):
        return Body(content, is_open)
    if is_open:
        return None
    detail = str(errors[0].message).partition("(")[2].partition(")")[0] if errors else "no object"
    return Body({}, is_open, detail or str(errors[0]))


def problems(body: Body, view: View) -> Iterator[str]:
    """What cfn-lint says that AWS would refuse in it."""
    rules, config = _own_rules()
    inner = Template("body.yaml", body.content, view.cfn.regions)
    for each in inner.transform() or rules.run("body.yaml", inner, config):
        if each.rule.id.startswith("E") and each.rule.id != _STUMBLED:
            yield f"{_place(each.path)}{each.message} ({each.rule.id})"


def remarks(
    body: Body, view: View, rules: Iterable[CloudFormationLintRule]
) -> Iterator[tuple[CloudFormationLintRule, str]]:
    """What some rules of ours say about it, of the same profile as the template around it."""
    notes = {"stackgen": {"profile": view.profile.value}}
    inner = Template("body.yaml", {"Metadata": notes, **body.content}, view.cfn.regions)
    if inner.transform():
        return
    for rule in rules:
        for each in rule.match(inner):
            if not _is_silenced(rule.id, each.path, body.content):
                yield rule, f"{_place(each.path)}{each.message}"


def _is_silenced(rule: str, path: Sequence[str | int], content: Any) -> bool:
    """Whether the resource says so where cfn-lint reads it."""
    for key in (*path[:2], "Metadata", "cfn-lint", "config", "ignore_checks"):
        content = content.get(key) if isinstance(content, dict) else None
    return any(rule.startswith(str(each)) for each in content) if isinstance(content, list) else False


def _place(path: Iterable[str | int]) -> str:
    place = "/".join(map(str, path))
    return f"{place}: " if place else ""


@cache
def _own_rules() -> tuple[Any, Any]:
    from cfnlint.config import ConfigMixIn
    from cfnlint.runner import Runner

    config = ConfigMixIn(["--config-file", os.devnull])
    return Runner(config).rules, config
