"""Impact gives the answer that AWS documents, for every change whose answer is known."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from stackgen.review.environments import Values
from stackgen.review.impact.result import CERTAIN, CERTAIN_FAILURE, DELETE, UPDATE
from stackgen.review.impact.review import review
from stackgen.review.model import Build, Template
from tests.review.impact.cases.every import CASES

if TYPE_CHECKING:
    from stackgen.review.impact.review import Review
    from tests.review.impact.cases.model import Case

REASONS = {
    "custom name": ("V201",),
    "duplicate name": ("V203", "V210"),
    "output in use": ("V202",),
    "type": ("V204",),
    "limit": ("V206",),
    "export in use": ("V208",),
    "nested stack": ("V209",),
}
"""The codes of failures that are no property's."""

each_case = pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)


def reviewed(case: Case) -> Review:
    before, after = (
        Build(label, {name: Template(name, f"{name}.json", content) for name, content in templates.items()})
        for label, templates in (("before", case.before), ("after", case.after))
    )
    later = case.parameters if case.parameters_after is None else case.parameters_after
    values, earlier = (Values(None, (), ("us-east-1",), given) for given in (later, case.parameters))
    return review(before, after, values, earlier)


def answer(found: Review, address: str) -> str:
    """One word of the table of cases for what happens to a resource, or to a stack as a whole."""
    verdicts = [each for outcome in found.outcomes for each in outcome.verdicts]
    if any(each.kind == CERTAIN_FAILURE and f"{each.address}/".startswith(f"{address}/") for each in verdicts):
        return "fails"
    impacts = [each for outcome in found.outcomes for each in outcome.impacts if each.address == address]
    if not impacts:
        return "none"
    (impact,) = impacts
    if impact.certainty != CERTAIN:
        return impact.certainty
    return "retain" if impact.action == DELETE and impact.policy.startswith("Retain") else impact.action


@each_case
def test_the_answer_is_the_documented_one(case: Case) -> None:
    found = reviewed(case)
    assert {address: answer(found, address) for address in case.expected} == case.expected


@each_case
def test_a_failure_is_told_for_the_documented_reason(case: Case) -> None:
    """A verdict has the code that the case's keyword stands for; where none does, its text holds the keyword."""
    if case.failure:
        verdicts = [each for outcome in reviewed(case).outcomes for each in outcome.verdicts]
        failing = [each for each in verdicts if each.kind == CERTAIN_FAILURE]
        reasons = REASONS.get(case.failure, ())
        texts = [each.text.lower() for each in failing if each.code == "V205"]
        assert any(each.code in reasons for each in failing) or any(case.failure.lower() in text for text in texts)


@each_case
def test_no_replacement_is_taken_for_an_update(case: Case) -> None:
    found = reviewed(case)
    for address, expected in case.expected.items():
        if expected in ("replace", "conditional", "unknown", "fails"):
            assert answer(found, address) not in ("none", UPDATE)


@each_case
def test_the_policy_is_the_one_that_holds(case: Case) -> None:
    if case.policy:
        found = reviewed(case)
        impacts = [each for outcome in found.outcomes for each in outcome.impacts if each.address in case.expected]
        assert case.policy in {impact.policy for impact in impacts}
