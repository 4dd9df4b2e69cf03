"""One field for each module: its tests keep apart by the names of their repositories."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.deployer.handlers.field import Field, opened


@pytest.fixture(scope="module")
def field() -> Iterator[Field]:
    with opened() as field:
        yield field
