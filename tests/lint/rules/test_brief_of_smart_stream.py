"""Smart Stream's template as its brief has it is full of defects: the rules find each that is named there."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from cfnlint.decode import decode_str

from .kit import seen

TEXT = (Path(__file__).parent / "briefs/smart_stream.yaml").read_text("utf-8")


def test_what_is_wrong_in_the_brief_is_found() -> None:
    content, errors = decode_str(TEXT)
    assert not errors
    named: dict[str, Any] = content["Metadata"]["findings"]
    found = {(each.path.split("/")[1], each.rule) for each in seen(TEXT) if "/" in each.path}
    missing = {(part, rule) for part, rules in named.items() for rule in rules} - found
    assert not missing


def test_what_is_right_in_the_brief_is_not_found() -> None:
    found = {each.path.split("/")[1] for each in seen(TEXT) if "/" in each.path}
    assert "MQTTLogGroup" not in found
    assert not {each.path for each in seen(TEXT, "E9120", "W9144", "W9171", "W9170", "E9109", "E9173")}
