"""The templates of the briefs are full of defects: the rules find each that is named there.

``Metadata.findings`` of a template in ``briefs`` says which rules must find something in which of its parts.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from cfnlint.decode import decode_str

from .kit import seen

BRIEFS = sorted((Path(__file__).parent / "briefs").glob("*.yaml"))


def expected(text: str) -> set[tuple[str, str]]:
    """Parts and rules, as the template's Metadata names them."""
    content, errors = decode_str(text)
    assert not errors
    findings: dict[str, Any] = content["Metadata"]["findings"]
    return {(part, rule) for part, rules in findings.items() for rule in rules}


@pytest.mark.parametrize("path", BRIEFS, ids=lambda each: each.stem)
def test_what_is_wrong_in_a_brief_is_found(path: Path) -> None:
    text = path.read_text("utf-8")
    found = {(each.path.split("/")[1], each.rule) for each in seen(text) if "/" in each.path}
    assert not expected(text) - found


def test_each_brief_names_what_must_be_found() -> None:
    assert BRIEFS
    assert all(expected(path.read_text("utf-8")) for path in BRIEFS)
