"""The systems' templates as their briefs have them are full of defects: the rules find each that is named there."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from cfnlint.decode import decode_str

from .kit import seen

FOLDER = Path(__file__).parent / "briefs"
RIGHT: dict[str, tuple[str, ...]] = {
    "plot_palette": ("E9107", "E9108", "E9116", "E9130", "W9129"),
    "smart_stream": ("E9120", "W9144", "W9171", "W9170", "E9109", "E9173"),
    "tap": ("E9110", "E9140", "E9176", "W9118"),
}
"""Rules that each of them keeps."""


@pytest.mark.parametrize("name", RIGHT)
def test_what_is_wrong_in_the_brief_is_found(name: str) -> None:
    text = (FOLDER / f"{name}.yaml").read_text("utf-8")
    content, errors = decode_str(text)
    assert not errors
    named: dict[str, Any] = content["Metadata"]["findings"]
    found = {(each.path.split("/")[1], each.rule) for each in seen(text) if "/" in each.path}
    assert {(part, rule) for part, rules in named.items() for rule in rules} - found == set()


@pytest.mark.parametrize("name", RIGHT)
def test_what_is_right_in_the_brief_is_not_found(name: str) -> None:
    assert seen((FOLDER / f"{name}.yaml").read_text("utf-8"), *RIGHT[name]) == []


def test_what_is_right_beside_what_is_wrong_is_not_found() -> None:
    found = seen((FOLDER / "smart_stream.yaml").read_text("utf-8"))
    assert "MQTTLogGroup" not in {each.path.split("/")[1] for each in found if "/" in each.path}
    plot_palette = (FOLDER / "plot_palette.yaml").read_text("utf-8")
    told = {each.message for each in seen(plot_palette, "W9145")}
    assert "no resource has the tags Owner, CostCenter, ManagedBy" in told
