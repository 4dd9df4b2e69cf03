"""What the README promises is there."""

from __future__ import annotations

import re
from pathlib import Path

from stackgen.traceability import BEGIN, END, proofs_in, requirements_in, table
from tests.deployer.stacks.reading import Templates

ROOT = Path(__file__).parents[3]
SYSTEM = ROOT / "stacks" / "deployer"


def test_the_readme_tells_of_every_template() -> None:
    readme = (SYSTEM / "README.md").read_text("utf-8")
    for path in (ROOT / "build" / "deployer").glob("*.json"):
        assert f"build/deployer/{path.name}" in readme, path.name


def test_the_parameters_and_options_that_the_readme_names_are_there(templates: Templates) -> None:
    readme = (SYSTEM / "README.md").read_text("utf-8").partition(BEGIN)[0]
    known = {name for template in templates.values() for name in template["Parameters"]}
    named = set(re.findall(r"`([A-Z][A-Za-z]+)(?:=\w+)?`", readme))
    assert {"CodeBucketName", "AllowedServices", "RolesNeedBoundary", "BuildTopicArn", "OptInRegions"} <= named
    others = {"DefinitionSubstitutions", "PassRole", "PermissionsBoundary", "TargetRolesStackSetStack"}
    assert named - known == others


def test_the_table_of_requirements_is_the_one_that_the_tests_make() -> None:
    shown = (SYSTEM / "README.md").read_text("utf-8").partition(BEGIN)[2].partition(END)[0].strip()
    assert shown == table(requirements_in(SYSTEM / "requirements.toml"), proofs_in(ROOT / "tests")).strip()
