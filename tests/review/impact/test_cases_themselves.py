"""The table of known answers is sound: what judges the library must not itself be wrong in form."""

from __future__ import annotations

import pytest

from tests.review.impact.cases.every import CASES, THEMES
from tests.review.impact.cases.model import ANSWERS, Case

SOURCES = (
    "https://docs.aws.amazon.com/",
    "https://github.com/aws/",
    "https://github.com/awsdocs/",
    "https://github.com/aws-cloudformation/",
)

each_case = pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)


def test_every_name_is_unique() -> None:
    assert len({case.name for case in CASES}) == len(CASES)


def test_there_are_enough_cases() -> None:
    assert len(CASES) >= 60
    assert all(THEMES.values())


def test_every_answer_is_expected_somewhere() -> None:
    assert {answer for case in CASES for answer in case.expected.values()} == ANSWERS


@each_case
def test_the_source_is_documentation_of_aws(case: Case) -> None:
    assert case.source.startswith(SOURCES)


@each_case
def test_the_answers_are_words_of_the_table(case: Case) -> None:
    assert case.expected
    assert set(case.expected.values()) <= ANSWERS
    assert bool(case.failure) == ("fails" in case.expected.values())
    assert case.policy in {"", "Delete", "Retain", "Snapshot"}


@each_case
def test_the_templates_are_cloudformation(case: Case) -> None:
    assert case.root in case.before
    assert case.root in case.after
    for content in (*case.before.values(), *case.after.values()):
        assert content["Resources"]
        for resource in content["Resources"].values():
            assert resource["Type"].startswith("AWS::")
            assert isinstance(resource["Properties"], dict)


@each_case
def test_the_change_is_a_change(case: Case) -> None:
    assert case.before != case.after or case.parameters_after not in (None, case.parameters)


@each_case
def test_every_answer_is_about_a_resource_of_the_build(case: Case) -> None:
    logical_ids = {
        name for side in (case.before, case.after) for content in side.values() for name in content["Resources"]
    }
    for address in case.expected:
        head, *rest = address.split("/")
        assert head == case.root.rpartition("/")[2]
        assert set(rest) <= logical_ids


@each_case
def test_parameters_are_declared_and_given(case: Case) -> None:
    after = case.parameters if case.parameters_after is None else case.parameters_after
    for build, values in ((case.before, case.parameters), (case.after, after)):
        declared = build[case.root].get("Parameters", {})
        required = {name for name, parameter in declared.items() if "Default" not in parameter}
        assert required <= set(values) <= set(declared)
