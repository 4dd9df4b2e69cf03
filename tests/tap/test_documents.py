"""What the README promises is there."""

import re
from pathlib import Path

import pytest

from stackgen.traceability import BEGIN, END, proofs_in, requirements_in, table
from tests.tap.reading import Templates

SYSTEM = Path(__file__).parents[2] / "stacks" / "tap"


@pytest.mark.requirement("TAP-46")
def test_the_readme_tells_of_every_template_and_every_step(templates: Templates) -> None:
    """a template is not mentioned, or the steps are not in the order in which they must be done"""
    readme = (SYSTEM / "README.md").read_text("utf-8")
    for file in templates:
        assert f"build/tap/{file}.json" in readme, file
    steps = re.search(r"## Deployment(.*?)\nTo destroy", readme, re.DOTALL)
    assert steps is not None
    landmarks = (
        "`stackset-roles`",
        "`bootstrap-stack`",
        "images",
        "SecureString",
        "Upload the templates",
        "`guard-stack` and",
        "`TapStack`",
    )
    order = [steps.group(1).index(word) for word in landmarks]
    assert order == sorted(order)


def test_the_table_of_requirements_is_the_one_that_the_tests_make() -> None:
    readme = (SYSTEM / "README.md").read_text("utf-8")
    shown = readme.partition(BEGIN)[2].partition(END)[0].strip()
    tests = Path(__file__).parents[1]
    assert shown == table(requirements_in(SYSTEM / "requirements.toml"), proofs_in(tests)).strip()
