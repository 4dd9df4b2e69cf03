"""Fixtures of the tests that deploy into the stand-in for AWS."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from stackgen.local.cloud import Cloud

from .deployed import Deployed
from .typed import Typed

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def cloud() -> Iterator[Cloud]:
    """An empty AWS."""
    with Cloud() as found:
        yield found


@pytest.fixture
def shop(cloud: Cloud) -> Deployed:
    """What deploys the shop into it; nothing is there yet."""
    return Deployed(cloud)


@pytest.fixture
def typed(cloud: Cloud, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Typed:
    """A project with the shop, and its command line; nothing is deployed yet."""
    return Typed.at(tmp_path / "project", cloud, monkeypatch, capsys)
