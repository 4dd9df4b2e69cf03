"""A project's settings of cfn-lint name rules and options that there are, with values that they take."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from stackgen.errors import ProjectError
from stackgen.lint.finding import PACK
from stackgen.lint.runner import Linter

if TYPE_CHECKING:
    from pathlib import Path

WRONG = [
    ("ignore_checks: [E9999]", "ignore_checks names 'E9999', and no rule begins so", ""),
    ("ignore_checks: [W9130]", "ignore_checks names 'W9130', and no rule begins so", "did you mean E9130?"),
    ("mandatory_checks: [X]", "mandatory_checks names 'X'", ""),
    ("configure_rules: {E9199: {}}", "configure_rules names 'E9199', which is no rule", ""),
    ("configure_rules: {W9100: {toady: '2027-06-30'}}", "W9100 has no option 'toady'", "did you mean today?"),
    ("configure_rules: {E9114: {zones: two}}", "E9114: zones is 'two', but a whole number was expected", ""),
    ("configure_rules: {E9114: {zones: true}}", "E9114: zones is True, but a whole number was expected", ""),
    ("configure_rules: {E9114: {zones: [1]}}", "E9114: zones is [1], but a whole number was expected", ""),
    (
        "configure_rules: {E9106: {images_only: perhaps}}",
        "images_only is 'perhaps', but true or false was expected",
        "",
    ),
    ("configure_rules: {W9100: {today: tomorrow}}", "today is 'tomorrow', but a day in quotes such as", ""),
    ("configure_rules: {W9160: {today: 5}}", "today is 5, but a day in quotes such as '2027-06-30' was expected", ""),
]


@pytest.mark.parametrize(("content", "problem", "hint"), WRONG, ids=[content for content, _, _ in WRONG])
def test_what_cfn_lint_would_take_for_something_else_is_refused(
    tmp_path: Path, content: str, problem: str, hint: str
) -> None:
    (tmp_path / ".cfnlintrc").write_text(f"# settings\n{content}\n")
    with pytest.raises(ProjectError) as refused:
        Linter(["us-east-1"], tmp_path, tmp_path)
    assert problem in refused.value.message
    assert refused.value.location == (str(tmp_path / ".cfnlintrc"), 2)
    assert hint in "".join(refused.value.hints)


@pytest.mark.parametrize(
    "content",
    [
        "configure_rules: {E9114: {zones: 3}, E9106: {images_only: true}, E9120: {ports: [8443]}}",
        "configure_rules: {W9100: {today: '2027-06-30'}, E9120: {ports: '22'}, E3012: {strict: true}}",
        "ignore_checks: [I, W9, E3012]",
        "templates: [nowhere.json]",
        f"append_rules: [{PACK}]",
    ],
)
def test_what_rules_know_is_taken(tmp_path: Path, content: str) -> None:
    (tmp_path / ".cfnlintrc").write_text(content)
    assert Linter(["us-east-1"], tmp_path, tmp_path).mandatory == ()
