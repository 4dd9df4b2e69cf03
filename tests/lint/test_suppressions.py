"""Silenced rules have a reason, and silence something."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from stackgen.lint.finding import BuiltTemplate, Finding
from stackgen.lint.suppressions import applied
from tests.lint.kit import built

if TYPE_CHECKING:
    from collections.abc import Callable


def silencing(rules: list[str], reasons: dict[str, str]) -> dict[str, Any]:
    return {"cfn-lint": {"config": {"ignore_checks": rules}}, "stackgen": {"suppressions": reasons}}


def resource(metadata: dict[str, Any]) -> BuiltTemplate:
    return built("shop/topic", {"Resources": {"Topic": {"Type": "AWS::SNS::Topic", "Metadata": metadata}}})


def whole(metadata: dict[str, Any]) -> BuiltTemplate:
    return built("shop/topic", {"Metadata": metadata, "Resources": {"Topic": {"Type": "AWS::SNS::Topic"}}})


def left(template: BuiltTemplate, *rules: str, owner: str = "Topic", mandatory: tuple[str, ...] = ()) -> list[str]:
    findings = [Finding(template.name, template.file, 1, rule, "", ("Resources", owner)) for rule in rules]
    return [f"{each.rule}:{each.line}" for each in applied(template, findings, mandatory)]


def test_with_a_reason_a_rule_is_silent() -> None:
    metadata = silencing(["W3005"], {"W3005": "for a reader"})
    assert left(resource(metadata), "W3005") == []
    assert left(whole(metadata), "W3005") == []


def test_a_suppression_that_silences_nothing_is_told() -> None:
    template = resource(silencing(["W3005"], {"W3005": "once needed"}))
    assert left(template, "E3002") == ["E3002:1", "I9119:6"]
    assert list(applied(template, [], tell_unused=False)) == []


def test_a_resource_silences_its_own_findings_only() -> None:
    template = resource(silencing(["W3005"], {"W3005": "here"}))
    assert left(template, "W3005", owner="Queue") == ["W3005:1", "I9119:6"]


def test_a_template_silences_by_the_beginning_of_a_rule() -> None:
    template = whole(silencing(["W30"], {"W30": "generated"}))
    assert left(template, "W3005", "W3006", "W2001") == ["W2001:1"]


def test_a_mandatory_rule_cannot_be_silenced() -> None:
    template = resource(silencing(["W3005"], {"W3005": "no"}))
    assert left(template, "W3005", mandatory=("W3",)) == ["W3005:1"]


@pytest.mark.parametrize("rule", ["W9100", "W9118"])
@pytest.mark.parametrize("place", [resource, whole])
def test_nothing_silences_the_rules_that_watch_over_exceptions(
    rule: str, place: Callable[[dict[str, Any]], BuiltTemplate]
) -> None:
    """Neither it nor the beginning of its ID, which would silence all of ours."""
    for word in (rule, "W91", ""):
        assert f"{rule}:1" in left(place(silencing([word], {word: "no"})), rule)


@pytest.mark.parametrize("metadata", [1, {"cfn-lint": 1}, {"cfn-lint": {"config": {"ignore_checks": "W1"}}}])
def test_malformed_metadata_silences_nothing(metadata: Any) -> None:
    assert left(resource(metadata), "W3005") == ["W3005:1"]
