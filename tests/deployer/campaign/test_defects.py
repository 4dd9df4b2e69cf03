"""The campaign notices every defect that is planted; without one the same cases find nothing."""

from __future__ import annotations

import pytest

from stackgen.local.campaign.cases import case_of
from stackgen.local.campaign.defects import DEFECTS, Defect
from stackgen.local.campaign.pool import Worker
from stackgen.local.campaign.races import races
from stackgen.local.campaign.running import Violation
from tests.deployer.campaign.support import told

SHOWN_BY_CASES = [name for name, each in DEFECTS.items() if each.shows]
SHOWN_BY_RACES = ["read-then-put", "unconditional-put"]


NOTICED_BY = {
    "unconditional-put": "one_holder_at_a_time",
    "unconditional-release": "one_holder_at_a_time",
    "cartesian": "nothing_else_was_touched",
    "inoperable-fine": "everything_is_current",
    "inoperable-progress": "it_ends_by_itself",
    "no-release": "the_lock_went_first",
    "first-instances": "builds_are_true",
    "first-results": "again",
    "lost-counter": "it_ends_by_itself",
    "open-records": "records_agree",
    "nothing-is-success": "builds_are_true",
    "no-renewal": "one_holder_at_a_time",
    "random-ids": "nothing_is_done_twice",
    "everything-back": "nothing_else_was_touched",
    "define-everywhere": "nothing_else_was_touched",
    "older-wins": "the_newest_wins",
    "lossy-records": "records_agree",
    "no-clean-up": "the_lock_is_free",
    "unmarked": "it_passes",
    "no-retry": "it_passes",
}
"""The check that must see it: a replacement that merely breaks the functions would be seen by another."""


def found(cases: tuple[str, ...], *defects: Defect) -> list[Violation]:
    worker = Worker(defects)
    try:
        return [violation for case in cases for violation in worker.run(case_of(case)).violations]
    finally:
        worker.close()


@pytest.mark.parametrize("name", SHOWN_BY_CASES)
def test_a_planted_defect_is_noticed(name: str) -> None:
    violations = found(DEFECTS[name].shows, DEFECTS[name])
    assert NOTICED_BY[name] in {part for violation in violations for part in violation.check.split(", ")}
    assert all(violation.message for violation in violations)
    assert "it_can_be_rehearsed" not in {violation.check for violation in violations}, told(violations)


@pytest.mark.requirement("DEP-03", "DEP-09")
def test_without_a_defect_the_same_cases_find_nothing() -> None:
    """A check that a sound deployer does not pass: then the others would prove nothing."""
    cases = tuple(dict.fromkeys(case for name in SHOWN_BY_CASES for case in DEFECTS[name].shows))
    violations = found(tuple(case for case in cases if case != "lasting"))  # which has a test of its own
    assert not violations, told(violations)


@pytest.mark.parametrize("name", SHOWN_BY_RACES)
def test_a_race_shows_a_lock_that_is_not_one(name: str) -> None:
    assert any(seen for _, seen in races(4, defects=(DEFECTS[name],)))


def test_there_are_more_than_ten_and_each_has_a_way_to_be_seen() -> None:
    assert len(DEFECTS) > 10
    assert {name for name, each in DEFECTS.items() if not each.shows} <= set(SHOWN_BY_RACES)
