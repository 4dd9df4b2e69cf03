from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.local.machines.world import World


@pytest.fixture
def world() -> Iterator[World]:
    world = World()
    with world.machines.mended():
        yield world
        world.clock.close()
