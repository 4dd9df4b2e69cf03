"""The pages of rules and guidelines say what the code does, and no guideline is forgotten."""

from __future__ import annotations

import runpy
import tomllib
from pathlib import Path
from typing import Any

import pytest

from stackgen.lint.explaining import pack

from .guidelines import FILE, problems

ROOT = Path(__file__).parents[2]
KNOWN = tomllib.loads((ROOT / FILE).read_text("utf-8"))
RULES = {name: [each.id] for each in pack().values() for name in each.guidelines}


@pytest.mark.parametrize("page", ["docs/rules.md", "docs/guidelines.md"])
def test_the_page_is_what_the_code_says(page: str) -> None:
    docs = runpy.run_path(str(ROOT / "scripts/docs.py"))
    text = (ROOT / page).read_text("utf-8")
    assert docs["written"](page, text, docs["PAGES"][page](ROOT)) == text, "write it: scripts/docs"


def test_every_guideline_is_kept_by_something() -> None:
    assert list(problems(KNOWN, RULES, ROOT)) == []
    assert len(KNOWN) == 87


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"tests": ["tests/test_nothing.py"]}, "names the test tests/test_nothing.py, which there is not"),
        ({"tests": ["tests/test_handlers.py::test_no"]}, "names the test tests/test_handlers.py::test_no"),
        ({"commands": ["lnt"]}, "names the command lnt"), ({"linter": ["E0"]}, "names the rule E0"),
        ({"level": "may"}, "lacks text, kind or a level"), ({"test": []}, "has unknown keys: test"),
        ({"kind": "O"}, "the checklist does not say it"), ({"kind": "C"}, "nothing keeps GDL-999"),
        ({"kind": "T", "commands": ["lint"]}, "no rule of lint keeps it"),
    ],
)  # fmt: skip
def test_what_is_not_so_is_told(changed: dict[str, Any], said: str) -> None:
    one = {"text": "something", "level": "MUST", "kind": "P", **changed}
    assert any(said in each for each in problems({"GDL-999": one}, {}, ROOT))


def test_a_rule_for_a_guideline_that_the_table_lacks_is_told() -> None:
    assert list(problems({}, {"GDL-500": ["E9130"]}, ROOT)) == [
        "GDL-500 is enforced by E9130, and the table does not know it"
    ]
