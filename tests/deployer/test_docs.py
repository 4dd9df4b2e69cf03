"""The deployer's page shows what the code says, and what it tells people to type is there."""

from __future__ import annotations

import json
import re
import runpy
from pathlib import Path

import pytest

from stackgen.deployer.asl.drawing import mermaid
from stackgen.deployer.handlers import errors
from stackgen.deployer.handlers.policy import KEYS, Policy

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs/deployer.md").read_text("utf-8")


def test_the_parts_that_are_made_from_the_code_are_as_the_code_is() -> None:
    docs = runpy.run_path(str(ROOT / "scripts/docs.py"))
    assert docs["written"]("deployer.md", PAGE, docs["of_deployer"](ROOT)) == PAGE, "write it: scripts/docs"


@pytest.mark.requirement("DEP-46")
@pytest.mark.parametrize(
    "scenario", ["Concurrent deployment", "StackSet conflict", "Partial failure", "Template error", "Missing targets"]
)
def test_each_of_the_five_scenarios_has_its_cause_and_its_remedy(scenario: str) -> None:
    """Fails where the table of errors loses one, or tells no command for it."""
    (row,) = [line for line in PAGE.splitlines() if line.startswith(f"| **{scenario}**")]
    symptom, cause, remedy = [cell.strip() for cell in row.strip("|").split(" | ")]
    assert symptom
    assert cause
    assert re.search(r"`multi |`aws |upload a new version", remedy)


def test_the_policy_that_the_page_shows_is_one() -> None:
    shown, *_ = re.findall(r"```json\n(.*?)```", PAGE, re.DOTALL)
    assert Policy.read(json.loads(shown)).waves == (("111111111111",),)


def test_every_function_says_what_it_is_given_what_it_answers_and_how_it_fails() -> None:
    parts = PAGE.split("## The functions")[1].split("## Tables")[0].split("\n### ")[1:]
    assert len(parts) == 16
    lacking = {part.splitlines()[0]: word for part in parts for word in ("In:", "Out:", "Raises") if word not in part}
    assert lacking == {}


def test_every_key_of_a_policy_is_told() -> None:
    told = PAGE.split("<!-- policy: begin")[1].split("<!-- policy: end")[0]
    assert [key for key in KEYS if key not in told] == []


def test_every_error_of_a_function_is_told_in_its_own_module() -> None:
    """The names are those of the Amazon States Language; a table of remedies may name no other."""
    named = set(re.findall(r"`([A-Z]\w+)`(?:,|:| after)", PAGE.split("## When something goes wrong")[1]))
    known = {*vars(errors), "LockTimeout", "INOPERABLE", "SKIPPED_SUSPENDED_ACCOUNT"}
    assert named <= known


def test_a_machine_is_drawn_with_an_arrow_for_all_that_is_caught_alike() -> None:
    states = {
        **{
            f"T{number}": {"Type": "Task", "Next": "End", "Catch": [{"ErrorEquals": ["States.ALL"], "Next": "Bad"}]}
            for number in range(6)
        },
        "Odd": {"Type": "Task", "End": True, "Catch": [{"ErrorEquals": ["X"], "Next": "End"}]},
        "Pick": {
            "Type": "Choice",
            "Choices": [{"Variable": "$.x", "IsPresent": True, "Next": "End"}],
            "Default": "Bad",
        },
        "End": {"Type": "Succeed"},
        "Bad": {"Type": "Fail"},
    }
    drawn = mermaid({"StartAt": "T0", "States": states}).splitlines()
    assert "    any>any of 6 tasks] -. error .-> Bad" in drawn
    assert "    Odd -. error .-> End" in drawn
    assert "    T0 -. error .-> Bad" not in drawn
    assert {"    Pick{Pick}", "    Pick --> End", "    Pick --> Bad", "    start(( )) --> T0"} <= set(drawn)
