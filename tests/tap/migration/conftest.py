"""A desk for answers, and a stand-in for the other services, new for each test."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from stackgen.local.cloud import Cloud
from tests.tap.migration.desk import Desk


@pytest.fixture
def cloud() -> Iterator[Cloud]:
    with Cloud() as cloud:
        yield cloud


@pytest.fixture
def desk() -> Iterator[Desk]:
    with Desk() as desk:
        yield desk
