"""This repository's templates are what build/ says: the test that any repository writes."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from syrupy.assertion import SnapshotAssertion

    from stackgen.template import Template


def test_template_is_the_golden_one(template: Template, golden: SnapshotAssertion) -> None:
    assert template.text == golden(name=template.name)
