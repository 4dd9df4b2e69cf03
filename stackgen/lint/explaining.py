"""What each rule asks for, why, and what to do: those of our pack, those between templates, and cfn-lint's own."""

from __future__ import annotations

from textwrap import dedent
from typing import TYPE_CHECKING, Any, NamedTuple

from stackgen.errors import MissingExtraError

from .finding import LEVELS

if TYPE_CHECKING:
    from collections.abc import Iterable


class Told(NamedTuple):
    """A rule as people read it."""

    id: str
    kind: str
    """error, warning or informational."""
    title: str
    why: str
    remedy: str
    source: str = ""
    pillar: str = ""
    guidelines: tuple[str, ...] = ()
    public: tuple[str, ...] = ()
    profiles: tuple[str, ...] = ()
    """For which profiles it counts; all where that is empty."""
    options: dict[str, Any] = {}  # noqa: RUF012  a value of a tuple, never changed
    """What ``.cfnlintrc`` may configure, with the defaults."""
    passes: str = ""
    fails: str = ""


_ACROSS = (
    Told(
        "E9117", LEVELS["E"], "What templates promise each other holds",
        "CloudFormation finds out in the deployment, when half of the stacks have changed.",
        "Hand over what the child's parameter declares, and export what is imported, once.",
        pillar="reliability", guidelines=("GDL-160",),
    ),
    Told(
        "E9111", LEVELS["E"], "Rollback triggers are there before the stack is, are five at most, and watch on",
        "A missing trigger fails the operation: a stack that names its own alarm can never be created.",
        "Let another stack make the alarms of rollback_alarms, and give monitoring_minutes.",
        source="https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_RollbackConfiguration.html",
        pillar="operational excellence", guidelines=("GDL-056", "GDL-181"),
    ),
    Told(
        "W9158", LEVELS["W"], "A production system has a budget",
        "What it costs is known when the bill comes.",
        "Make an AWS::Budgets::Budget in one of its templates, with alerts below 100 %, or say which one covers it.",
        source="https://docs.aws.amazon.com/cost-management/latest/userguide/budgets-managing-costs.html",
        pillar="cost", guidelines=("GDL-090",), profiles=("production",),
    ),
    Told(
        "I9119", LEVELS["I"], "A suppression silences something",
        "It would silence the next finding, which nobody has judged.",
        "Remove it.", pillar="operational excellence", guidelines=("GDL-051",),
    ),
)  # fmt: skip
"""What ``lint`` finds between templates and in what silences: no rules of cfn-lint."""


def pack() -> dict[str, Told]:
    """Our own rules by id. Raises MissingExtraError without the extra ``lint``."""
    return _by_id([*_ACROSS, *(_of_ours(each) for each in _loaded("stackgen.lint.rules"))])


def everything() -> dict[str, Told]:
    """Our rules and those of cfn-lint. Raises MissingExtraError without the extra ``lint``."""
    theirs = (
        Told(str(each.id), LEVELS.get(str(each.id)[:1], "error"), str(each.shortdesc), str(each.description), "",
             str(each.source_url or ""))
        for each in _loaded("")
    )  # fmt: skip
    return {**_by_id(theirs), **pack()}


def _by_id(told: Iterable[Told]) -> dict[str, Told]:
    return {each.id: each for each in sorted(told, key=lambda one: one.id)}


def _loaded(module: str) -> list[Any]:
    try:
        import cfnlint.rules
    except ImportError as error:
        raise MissingExtraError(
            f"rules are told by cfn-lint ({error})", "install the extra lint: pip install 'stackgen[lint]'"
        ) from error
    rules = cfnlint.rules.Rules
    if module:
        return list(rules.create_from_module(module).values())
    return list(rules.create_from_directory(cfnlint.rules.__path__[0]).values())


def _of_ours(rule: Any) -> Told:
    return Told(
        rule.id, LEVELS[rule.id[:1]], rule.shortdesc, rule.why, rule.remedy, rule.source_url, rule.pillar,
        rule.guidelines, rule.public, tuple(sorted(each.value for each in rule.profiles or ())),
        {name: value["default"] for name, value in rule.options.items()},
        dedent(rule.passes).strip(), dedent(rule.fails).strip(),
    )  # fmt: skip
