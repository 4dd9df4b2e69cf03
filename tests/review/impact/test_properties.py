"""What holds for the review of any two builds."""

from __future__ import annotations

import json

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from stackgen.review.environments import Values
from stackgen.review.impact import markdown, text
from stackgen.review.impact.result import CERTAIN, CREATE, DELETE, FAIL_ON
from stackgen.review.impact.review import review
from stackgen.review.impact.summary import Summary
from stackgen.review.model import Build
from tests.review.impact.changing import project
from tests.review.strategies import build_of, builds, pairs_of_builds, respelled

MANY = settings(
    max_examples=30,
    deadline=None,
    phases=[Phase.generate, Phase.explicit, Phase.reuse],
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
VALUES = Values(project())
PLACES = Values(project({"dev": {"parameters": {"EnvironmentSuffix": "a"}}, "prod": {"regions": ["eu-west-1"]}}))


@MANY
@given(builds())
def test_a_build_has_no_impact_on_itself(build: Build) -> None:
    contents = {name: template.content for name, template in build.templates.items()}
    summary = Summary(review(build, build_of(contents), VALUES))
    assert summary.impacts == []
    assert summary.found(["replace", "destroy", "data-loss", "widen"]) == []


@MANY
@given(pairs_of_builds())
def test_any_change_is_reviewed_and_told_in_every_form(pair: tuple[Build, Build]) -> None:
    summary = Summary(review(*pair, PLACES))
    assert next(iter(text.lines_of(summary))) == summary.verdict
    assert len("\n".join(markdown.lines_of(summary))) < 65_536
    assert json.loads(json.dumps(summary.as_json()))["verdict"] == summary.verdict
    assert {each.split(" ", 1)[1] for each in summary.found(FAIL_ON)} <= set(FAIL_ON)


@MANY
@given(pairs_of_builds())
def test_what_is_added_is_created_and_what_is_removed_is_deleted(pair: tuple[Build, Build]) -> None:
    before, after = pair
    found = {
        (outcome.root, impact.address.partition("/")[2]): impact
        for outcome in review(before, after, VALUES).outcomes
        for impact in outcome.impacts
    }
    for build, other, action in ((after, before, CREATE), (before, after, DELETE)):
        for root in build.roots:
            there = build.templates[root].section("Resources")
            was = other.templates[root].section("Resources") if root in other.roots else {}
            for title in there.keys() - was.keys():
                impact = found.get((root, title))
                if "Condition" not in there[title]:
                    assert impact is not None
                    assert (impact.action, impact.certainty) == (action, CERTAIN)
                elif impact is not None:
                    assert impact.action == action


@MANY
@given(st.data(), builds())
def test_another_spelling_has_no_impact(data: st.DataObject, build: Build) -> None:
    contents = {name: data.draw(respelled(template.content)) for name, template in build.templates.items()}
    assert Summary(review(build, build_of(contents), VALUES)).impacts == []
