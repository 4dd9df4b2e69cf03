"""An empty account in the stand-in, with a database for the cluster of each region."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from stackgen.local.cloud import Cloud
from tests.local.tapstack import ACCOUNT, REGIONS
from tests.support import credentials
from tests.tap.mariadb import Database, MariaDb

from .operated import Operated


@pytest.fixture
def databases(shared_server: MariaDb) -> Iterator[dict[str, Database]]:
    """An empty schema for each region."""
    made = {region: shared_server.database() for region in REGIONS}
    yield made
    for each in made.values():
        shared_server.drop(each)


@pytest.fixture
def operated(tmp_path: Path, databases: dict[str, Database], monkeypatch: pytest.MonkeyPatch) -> Iterator[Operated]:
    with Cloud() as cloud:
        for name in ("CI", "GITHUB_ACTIONS", "AWS_PROFILE", "AWS_REGION", "AWS_DEFAULT_REGION", "AWS_SESSION_TOKEN"):
            monkeypatch.delenv(name, raising=False)
        for name, value in credentials(cloud.url, ACCOUNT, tmp_path).items():
            monkeypatch.setenv(name, value)
        monkeypatch.chdir(tmp_path)
        yield Operated(tmp_path, cloud, databases)
