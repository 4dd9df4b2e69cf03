"""The systems' templates as their briefs have them are full of defects: the rules find each that is named there."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from cfnlint.decode import decode_str

from .kit import Seen, rules, seen

FOLDER = Path(__file__).parent / "briefs"
WHOLE = "Template"
"""What is found in no part of it."""
RIGHT: dict[str, tuple[str, ...]] = {
    "deployer": ("E9135", "E9176", "E9179", "E9182"),
    "plot_palette": ("E9107", "E9108", "E9116", "E9120", "E9130", "W9129"),
    "smart_stream": ("E9120", "W9144", "W9171", "W9170", "E9109", "E9173"),
    "tap": ("E9110", "E9140", "E9176", "W9118"),
}
"""Rules that each of them keeps."""
TRIPPED = {
    "deployer": {"GDL-012", "GDL-017"},
    "plot_palette": {"GDL-012", "GDL-031", "GDL-053", "GDL-071", "GDL-115"},
    "smart_stream": {
        "GDL-012", "GDL-021", "GDL-025", "GDL-053", "GDL-070", "GDL-112", "GDL-115", "GDL-131",
    },
}  # fmt: skip
"""The guidelines that are known to be broken there; of GDL-031 only its exception is: what goes out may go anywhere."""


def noted(name: str, what: str) -> dict[str, Any]:
    content, errors = decode_str((FOLDER / f"{name}.yaml").read_text("utf-8"))
    assert not errors
    found: dict[str, Any] = content["Metadata"].get(what, {})
    return found


def part(finding: Seen) -> str:
    return finding.path.split("/")[1] if "/" in finding.path else WHOLE


@pytest.mark.parametrize("name", RIGHT)
def test_what_is_wrong_in_the_brief_is_found_and_nothing_else(name: str) -> None:
    found = {(part(each), each.rule) for each in seen((FOLDER / f"{name}.yaml").read_text("utf-8"))}
    assert {(part, rule) for part, named in noted(name, "findings").items() for rule in named} == found


@pytest.mark.parametrize("name", TRIPPED)
def test_each_guideline_that_the_brief_breaks_is_found_where_it_is_broken(name: str) -> None:
    """A rule with another purpose may find something in the same place, and the guideline is told by none."""
    places = noted(name, "guidelines")
    assert set(places) == TRIPPED[name]
    findings = seen((FOLDER / f"{name}.yaml").read_text("utf-8"))
    told = {(guideline, part(each)) for each in findings for guideline in rules()[each.rule].guidelines}
    assert set(places.items()) - told == set()


@pytest.mark.parametrize("name", RIGHT)
def test_what_is_right_in_the_brief_is_not_found(name: str) -> None:
    assert seen((FOLDER / f"{name}.yaml").read_text("utf-8"), *RIGHT[name]) == []


def test_what_is_right_beside_what_is_wrong_is_not_found() -> None:
    found = seen((FOLDER / "smart_stream.yaml").read_text("utf-8"))
    assert "MQTTLogGroup" not in {part(each) for each in found}


@pytest.mark.parametrize("name", ["plot_palette", "smart_stream"])
def test_the_tags_that_no_resource_of_the_brief_has_are_told_once(name: str) -> None:
    told = [each.message for each in seen((FOLDER / f"{name}.yaml").read_text("utf-8"), "W9145")]
    assert told.count("no resource has the tags Owner, CostCenter, ManagedBy") == 1


def test_a_function_whose_log_group_is_lambdas_own_breaks_the_guideline_of_retention() -> None:
    found = [each for each in seen((FOLDER / "smart_stream.yaml").read_text("utf-8"), "W9139") if "log" in each.message]
    assert [part(each) for each in found] == ["ApiFunction"]
