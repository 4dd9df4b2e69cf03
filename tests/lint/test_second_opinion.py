"""AWS's own offline engine, which shares no code with cfn-lint, accepts the repository's templates."""

from __future__ import annotations

import pytest
from cloudformation_validate import CompositeEngine

from tests.lint.kit import ROOT

TEMPLATES = sorted(path for path in (ROOT / "build").rglob("*.json") if path.name != "manifest.json")


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
