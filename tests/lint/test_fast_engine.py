"""AWS's own offline engine, which shares no code with cfn-lint: it accepts our templates, and lint may run it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from cloudformation_validate import CompositeEngine

from stackgen.assembly import listed
from tests.lint.kit import CLEAN, ROOT

if TYPE_CHECKING:
    from tests.support import Sandbox

TEMPLATES = sorted(ROOT / "build" / name for name in listed(ROOT / "build", templates=True))


@pytest.fixture(scope="module")
def engine() -> CompositeEngine:
    return CompositeEngine()


def test_there_are_templates() -> None:
    assert len(TEMPLATES) >= 10


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.stem)
def test_the_engine_finds_no_error(engine: CompositeEngine, path: object) -> None:
    report = engine.validate_template(str(path))
    assert [
        f"{each.rule_id} {each.message}" for each in report.diagnostics if each.severity.name in ("ERROR", "FATAL")
    ] == []


def test_lint_with_the_engine_finds_what_it_does_and_the_contracts(sandbox: Sandbox) -> None:
    sandbox.write({"stacks/shop.py": CLEAN})
    assert sandbox.run("build").code == 0
    ran = sandbox.run("lint", "--engine", "cloudformation-validate")
    assert (ran.code, ran.out) == (0, "no findings in 3 templates for us-east-1\n"), ran.err
    path = sandbox.root / "build/shop/shop.json"
    content = json.loads(path.read_text())
    content["Resources"]["Service"]["Properties"]["Parameters"]["Port"] = "many"
    content["Resources"]["Topic"] = {"Type": "AWS::SNS::Topic", "Properties": {"TopicNam": "x"}}
    path.write_text(json.dumps(content, indent=2))
    ran = sandbox.run("lint", "--engine", "cloudformation-validate", "--format", "json")
    found = json.loads(ran.out)
    assert ran.code == 4
    assert {"E9117", "E3002"} <= {each["rule"] for each in found["findings"]}
    assert list(found["versions"]) == ["cloudformation-validate"]


def test_an_engine_that_there_is_not_is_refused(sandbox: Sandbox) -> None:
    ran = sandbox.run("lint", "--engine", "cfnlint")
    assert ran.code == 2
    assert "cloudformation-validate" in ran.err


def test_a_machine_without_the_engine_is_told_how_to_get_it(sandbox: Sandbox) -> None:
    sandbox.write({"stacks/shop.py": CLEAN, "hidden/cloudformation_validate.py": "raise ImportError('not here')"})
    sandbox.run("build")
    ran = sandbox.run("lint", "--engine", "cloudformation-validate", PYTHONPATH=str(sandbox.root / "hidden"))
    assert ran.code == 1
    assert "the engine cloudformation-validate is not installed (not here)" in ran.err
