"""Fixtures of the tests that deploy into the stand-in for AWS."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from stackgen.local.cloud import Cloud

from .deployed import Deployed

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def cloud() -> Iterator[Cloud]:
    """An empty AWS."""
    with Cloud() as found:
        yield found


@pytest.fixture
def shop(cloud: Cloud) -> Deployed:
    """What deploys the shop into it; nothing is there yet."""
    return Deployed(cloud)
