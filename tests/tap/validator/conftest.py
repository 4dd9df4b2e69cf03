"""The world of a validator, new for each test."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from stackgen.local.cloud import Cloud
from tests.tap.mariadb import Database
from tests.tap.validator.world import World


@pytest.fixture
def cloud() -> Iterator[Cloud]:
    with Cloud() as cloud:
        yield cloud


@pytest.fixture
def world(cloud: Cloud, database: Database) -> World:
    return World.on(cloud, database)
