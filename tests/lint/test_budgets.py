"""A production system says what it may cost: one budget for all of its templates, or who else watches."""

from __future__ import annotations

from typing import Any

import pytest

from stackgen.lint.budgets import check_budgets
from stackgen.lint.finding import BuiltTemplate
from tests.lint.kit import built

BUDGET = {"Budget": {"Type": "AWS::Budgets::Budget", "Properties": {}}}
QUEUE = {"Queue": {"Type": "AWS::SQS::Queue"}}


def of(name: str, resources: object = QUEUE, profile: Any = "production") -> BuiltTemplate:
    return built(name, {"Metadata": {"stackgen": {"profile": profile}}, "Resources": resources})


def places(*templates: BuiltTemplate) -> list[tuple[str, str]]:
    return [(each.template, each.rule) for each in check_budgets({each.name: each for each in templates})]


def test_one_is_enough_for_all_templates_of_a_system() -> None:
    assert places(of("shop/a"), of("shop/b", BUDGET)) == []
    assert places(of("shop/a"), of("other/b", BUDGET)) == [("shop/a", "W9158")]


def test_it_is_missed_once_and_where_the_system_begins() -> None:
    root = of("shop/z")._replace(children={"A": "shop/a"})
    assert places(of("shop/a"), root) == [("shop/z", "W9158")]


@pytest.mark.parametrize("profile", ["standard", "destroyable", "ephemeral", None, 7, []])
def test_only_production_needs_one(profile: Any) -> None:
    assert places(of("shop/a", profile=profile)) == []


def test_a_template_of_no_system_stands_for_itself() -> None:
    (finding,) = check_budgets({"app": of("app")})
    assert finding.message == "this template is production and has no budget that tells what it costs"


@pytest.mark.parametrize("resources", [None, [], {"A": 7}, {"A": {"Type": []}}, {"A": {}}])
def test_rubbish_is_no_budget_and_raises_nothing(resources: object) -> None:
    assert places(of("shop/a", resources)) == [("shop/a", "W9158")]
