"""What the page of transcripts shows is what a terminal shows today."""

from __future__ import annotations

import runpy

import pytest

from tests.support import ROOT

from .terminal import settled
from .transcripts import transcripts

PAGE = ROOT / "docs" / "deployment" / "transcripts.md"


@pytest.mark.requirement("PP-34", "PP-43")
def test_the_transcripts_are_what_a_deployment_and_a_failure_look_like_today() -> None:
    """somebody learns from the page what a deployment shows, and sees something else"""
    written = runpy.run_path(str(ROOT / "scripts" / "docs.py"))["written"]
    page = PAGE.read_text("utf-8")
    assert settled(written(PAGE.name, page, transcripts())) == settled(page), "write it: scripts/docs"


def test_what_varies_is_made_alike_and_nothing_else() -> None:
    told = "00:05:03  UPDATE_COMPLETE  plot-palette-development-StorageStack-1CT48X3Z4YCR, StorageStack-bucket 3 times"
    assert settled(told) == told.replace("00:05:03", "hh:mm:ss").replace("1CT48X3Z4YCR", "1A2B3C4D5E6F")
