"""The stand-in with the table and the buckets of an environment."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from stackgen.local.cloud import Cloud
from tests.smart_stream.app.api import furnish


@pytest.fixture(scope="module")
def cloud() -> Iterator[Cloud]:
    with Cloud() as cloud:
        furnish(cloud)
        yield cloud
