"""What the README promises is there."""

import re
from pathlib import Path

import pytest

from stackgen.traceability import BEGIN, END, proofs_in, requirements_in, table
from stacks.tap.images.validator import problems
from stacks.tap.images.validator.problems import Problem
from stacks.tap.images.validator.transaction import FIELDS
from tests.tap.reading import Templates

SYSTEM = Path(__file__).parents[2] / "stacks" / "tap"


@pytest.mark.requirement("TAP-46")
def test_the_readme_tells_of_every_template_and_every_step(templates: Templates) -> None:
    """a template is not mentioned, or the steps are not in the order in which they must be done"""
    readme = (SYSTEM / "README.md").read_text("utf-8")
    for file in templates:
        assert f"build/tap/{file}.json" in readme, file
    steps = re.search(r"## Deployment(.*?)\n## ", readme, re.DOTALL)
    assert steps is not None
    landmarks = (
        "stackgen deploy bootstrap-stack",
        "images push",
        "secrets put",
        "stackgen deploy guard-stack janitor-stack",
        "stackgen deploy TapStack",
        "verify TapStack",
        "stackgen destroy TapStack",
        "artifacts delete",
        "stackgen deploy stackset-roles",
        "stackset apply",
        "stackset verify",
        "stackset delete",
    )
    order = [steps.group(1).index(word) for word in landmarks]
    assert order == sorted(order)


def test_the_readme_names_every_error_that_a_caller_may_get() -> None:
    told = (SYSTEM / "README.md").read_text("utf-8").partition("## Transactions")[2].partition("\n## ")[0]
    fixed = [each for each in vars(problems).values() if isinstance(each, Problem)]
    assert len(fixed) == 16
    rows = {int(status): line for status, line in re.findall(r"^\| (\d+) \| (.*) \|$", told, re.MULTILINE)}
    for each in fixed:
        assert f"`{each.code}`" in rows[each.status]
    for made in (problems.missing("x"), problems.of_wrong_type("x", ""), problems.of_wrong_form("x", "")):
        assert f"`...{made.code.removeprefix('x')}`" in rows[made.status]
    assert all(f'"{field}"' in told for field in FIELDS)


def test_the_table_of_requirements_is_the_one_that_the_tests_make() -> None:
    readme = (SYSTEM / "README.md").read_text("utf-8")
    shown = readme.partition(BEGIN)[2].partition(END)[0].strip()
    tests = Path(__file__).parents[1]
    assert shown == table(requirements_in(SYSTEM / "requirements.toml"), proofs_in(tests)).strip()
