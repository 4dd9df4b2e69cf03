"""AWS's own offline engine, which shares no code with cfn-lint, accepts the repository's templates."""

from __future__ import annotations

import pytest
from cloudformation_validate import CompositeEngine

from stackgen.assembly import listed
from tests.lint.kit import ROOT

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
