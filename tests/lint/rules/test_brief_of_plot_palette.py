"""Plot Palette as its brief has it: the rules find each defect that is named there."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from cfnlint.decode import decode_str

from .kit import seen

TEXT = (Path(__file__).parent / "briefs/plot_palette.yaml").read_text("utf-8")


def test_what_is_wrong_in_the_brief_is_found() -> None:
    content, errors = decode_str(TEXT)
    assert not errors
    named: dict[str, Any] = content["Metadata"]["findings"]
    found = {(each.path.split("/")[1], each.rule) for each in seen(TEXT) if "/" in each.path}
    missing = {(part, rule) for part, rules in named.items() for rule in rules} - found
    assert not missing


def test_what_is_right_in_the_brief_is_not_found() -> None:
    assert not seen(TEXT, "E9107", "E9108", "E9116", "E9130", "W9129")
    assert "no resource has the tags Owner, CostCenter, ManagedBy" in {each.message for each in seen(TEXT, "W9145")}
