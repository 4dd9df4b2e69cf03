"""The deployer's tables, new for each test."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from stackgen.deployer.handlers import moments
from stackgen.local.cloud import REGION, Cloud
from stackgen.local.virtual import Time, given
from tests.deployer.operating.installed import DEPLOYER, Installed

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def installed(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Installed]:
    for name in ("CI", "AWS_PROFILE", "AWS_DEFAULT_PROFILE", "AWS_SESSION_TOKEN", "AWS_DEFAULT_REGION", "NO_COLOR"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)
    with Cloud() as cloud, given(moments, time=Time(cloud.clock)):
        settings = {
            "AWS_ENDPOINT_URL": cloud.url,
            "AWS_ACCESS_KEY_ID": DEPLOYER,
            "AWS_SECRET_ACCESS_KEY": "local",
            "AWS_REGION": REGION,
            "AWS_EC2_METADATA_DISABLED": "true",
            "AWS_CONFIG_FILE": str(tmp_path / "config"),
            "AWS_SHARED_CREDENTIALS_FILE": str(tmp_path / "credentials"),
        }
        for name, value in settings.items():
            monkeypatch.setenv(name, value)
        yield Installed(cloud)
