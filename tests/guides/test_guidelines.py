"""The pages of rules and guidelines say what the code does, and no guideline is forgotten."""

from __future__ import annotations

import runpy
import tomllib
from pathlib import Path
from typing import Any

import pytest

from stackgen.lint.explaining import pack

from .catalogue import GUIDELINES
from .guidelines import FILE, blocks, gaps, problems

ROOT = Path(__file__).parents[2]
KNOWN = tomllib.loads((ROOT / FILE).read_text("utf-8"))
RULES = {name: [each.id] for each in pack().values() for name in each.guidelines}


@pytest.mark.parametrize("page", ["docs/rules.md", "docs/guidelines.md"])
def test_the_page_is_what_the_code_says(page: str) -> None:
    docs = runpy.run_path(str(ROOT / "scripts/docs.py"))
    text = (ROOT / page).read_text("utf-8")
    assert docs["written"](page, text, docs["PAGES"][page](ROOT)) == text, "write it: scripts/docs"


def test_every_guideline_is_kept_by_something() -> None:
    assert [*gaps(KNOWN), *problems(KNOWN, RULES, ROOT)] == []


def test_the_words_by_which_guidelines_are_known_are_in_no_other() -> None:
    """Two that share a word may be swapped, and nobody hears of it."""
    assert len(GUIDELINES) == 87
    for name, (_, _, word) in GUIDELINES.items():
        assert [other for other, each in KNOWN.items() if word in each["text"]] == [name]


def swapped(one: str, other: str) -> dict[str, Any]:
    return {**KNOWN, one: KNOWN[other], other: KNOWN[one]}


@pytest.mark.parametrize(
    ("known", "said"),
    [
        ({name: each for name, each in KNOWN.items() if name != "GDL-100"}, ["GDL-100 is missing"]),
        ({**KNOWN, "GDL-185": {}}, ["there is no guideline GDL-185"]),
        (
            swapped("GDL-085", "GDL-100"),
            ["GDL-085 speaks of something else: Accelerator is not in its text",
             "GDL-100 speaks of something else: serverless is not in its text"],
        ),
        (
            {**{name: each for name, each in KNOWN.items() if name != "GDL-184"}, "GDL-0": {}},
            ["GDL-184 is missing", "there is no guideline GDL-0", "they do not stand in the order of their ids"],
        ),
        (
            {**KNOWN, "GDL-163": {**KNOWN["GDL-163"], "level": "MUST"}},
            ["GDL-163 is MUST C, and was SHOULD C"],
        ),
    ],
)  # fmt: skip
def test_a_guideline_that_is_lost_or_takes_anothers_number_is_told(known: dict[str, Any], said: list[str]) -> None:
    assert list(gaps(known)) == said


def test_the_page_is_not_made_with_a_guideline_less(tmp_path: Path) -> None:
    text = (ROOT / FILE).read_text("utf-8")
    (tmp_path / "docs").mkdir()
    (tmp_path / FILE).write_text(text[: text.index("[GDL-184]")], "utf-8")
    (tmp_path / "tests").symlink_to(ROOT / "tests")
    with pytest.raises(ValueError, match="GDL-184 is missing"):
        blocks(tmp_path)


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"tests": ["tests/test_nothing.py"]}, "names the test tests/test_nothing.py, which there is not"),
        ({"tests": ["tests/test_handlers.py::test_no"]}, "names the test tests/test_handlers.py::test_no"),
        ({"commands": ["lnt"]}, "names the command lnt"), ({"linter": ["E0"]}, "names the rule E0"),
        ({"level": "may"}, "lacks text, kind or a level"), ({"test": []}, "has unknown keys: test"),
        ({"kind": "O"}, "the checklist does not say it"), ({"kind": "C"}, "nothing keeps GDL-999"),
        ({"kind": "T", "commands": ["lint"]}, "no rule of lint keeps it"),
        ({"kind": "T, C", "linter": ["W3037"]}, "is code's, and no test shows it"),
        ({"kind": "P, O", "checklist": "do it"}, "no command does it and no test shows it"),
        ({"kind": "C, O", "tests": ["tests/test_handlers.py"]}, "the checklist does not say it"),
        ({"kind": "X", "commands": ["lint"]}, "has the kind X, which there is not"),
    ],
)  # fmt: skip
def test_what_is_not_so_is_told(changed: dict[str, Any], said: str) -> None:
    one = {"text": "something", "level": "MUST", "kind": "P", **changed}
    assert any(said in each for each in problems({"GDL-999": one}, {}, ROOT))


def test_a_rule_for_a_guideline_that_the_table_lacks_is_told() -> None:
    assert list(problems({}, {"GDL-500": ["E9130"]}, ROOT)) == [
        "GDL-500 is enforced by E9130, and the table does not know it"
    ]
