"""Plot Palette's templates as rendered, decoded, and a stand-in to deploy them in."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from stackgen.local.cloud import Cloud
from stackgen.template import Renderer
from stacks.plot_palette.master import Master
from tests.tap.reading import Templates


@pytest.fixture(scope="session")
def templates() -> Templates:
    """Every template of the system by file name."""
    renderer = Renderer()
    renderer.template(Master)
    return {each.file: json.loads(each.text) for each in renderer.templates.values()}


@pytest.fixture
def cloud() -> Iterator[Cloud]:
    with Cloud() as cloud:
        yield cloud
