"""The stand-in, new for each test."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from stackgen.local.cloud import Cloud


@pytest.fixture
def cloud() -> Iterator[Cloud]:
    with Cloud() as cloud:
        yield cloud
