"""A change of templates, analysed or reviewed: what the tests of impact say in one line."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from stackgen.project import Project
from stackgen.review.environments import Values
from stackgen.review.evaluation.environment import Environment
from stackgen.review.evaluation.tree import evaluate
from stackgen.review.impact.analysis import Analysis
from stackgen.review.impact.judge import Judge
from stackgen.review.impact.review import review
from stackgen.review.impact.summary import Summary
from stackgen.review.model import Build, Template
from stackgen.review.schemas import Schemas

if TYPE_CHECKING:
    from stackgen.review.impact.result import Impact, Verdict

ROOT = Path(__file__).parents[3]

Contents = dict[str, dict[str, Any]]
"""Templates by name."""

SOMETIMES = {"Sometimes": {"Fn::Equals": [{"Ref": "Live"}, "yes"]}}
"""A condition that nobody knows: its parameter is given no value."""

LIVE = {"Live": {"Type": "String"}}


def resource(type_: str, properties: dict[str, Any] | None = None, /, **attributes: Any) -> dict[str, Any]:
    """A resource as a template has it."""
    return {"Type": type_, **({"Properties": properties} if properties else {}), **attributes}


def app(resources: dict[str, Any], **sections: Any) -> Contents:
    """One template, ``app``."""
    return {"app": {"Resources": resources, **sections}}


def nested(name: str, parameters: dict[str, Any] | None = None, /, **attributes: Any) -> dict[str, Any]:
    """A nested stack of another template of the build."""
    given = {"Parameters": parameters} if parameters else {}
    return resource("AWS::CloudFormation::Stack", {"TemplateURL": f"{name}.json", **given}, **attributes)


def build_of(contents: Contents, label: str = "build") -> Build:
    """The build of some templates."""
    templates = {
        name: Template(name, f"{name}.json", content, json.dumps(content)) for name, content in contents.items()
    }
    return Build(label, templates)


def analysed(before: Contents | None, after: Contents | None) -> Analysis:
    """What updating ``app`` does."""
    environment = Environment("dev", "us-east-1")
    old, new = (evaluate(build_of(each), "app", environment) if each else None for each in (before, after))
    return Analysis(old, new, Judge(Schemas()))


def impacts(before: Contents | None, after: Contents | None) -> dict[str, Impact]:
    """Every impact by its address, without the name of the root."""
    found = analysed(before, after).impacts.values()
    return {impact.address.partition("/")[2]: impact for impact in found}


def words(before: Contents | None, after: Contents | None) -> dict[str, str]:
    """What happens to every resource, as a person reads it."""
    return {address: impact.word for address, impact in impacts(before, after).items()}


def project(env: dict[str, Any] | None = None, regions: tuple[str, ...] = ("us-east-1",)) -> Project:
    """A project with these environments; its settings file is this repository's, for the lines of messages."""
    root, config, stacks, build = (str(ROOT / each) for each in ("", "pyproject.toml", "stacks", "build"))
    return Project(root, config, stacks, build, regions, {"env": env or {}, "stack": {}})


def reviewed(
    before: Contents, after: Contents, env: dict[str, Any] | None = None, regions: tuple[str, ...] = ("us-east-1",)
) -> Summary:
    """The review of a change in these environments and regions."""
    return Summary(review(build_of(before), build_of(after), Values(project(env, regions))))


def verdicts(before: Contents, after: Contents, env: dict[str, Any] | None = None) -> list[Verdict]:
    """The verdicts of a review."""
    return [each.verdict for each in reviewed(before, after, env).verdicts]


def codes(before: Contents, after: Contents, env: dict[str, Any] | None = None) -> list[str]:
    """The codes of the verdicts, each once."""
    return sorted({each.code for each in verdicts(before, after, env)})
