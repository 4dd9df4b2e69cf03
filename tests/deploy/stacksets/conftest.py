"""A project and an empty AWS for each test."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from stackgen.deployer.handlers import moments
from stackgen.local.cloud import ACCOUNT, Cloud
from stackgen.local.stacksets.accounts import Accounts
from stackgen.local.virtual import Time, given
from tests.support import credentials

from .project import Project

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def accounts() -> Accounts:
    """The accounts that there are; a test takes roles away from them, or suspends them."""
    return Accounts({"ou-abcd-11111111": ["222222222222", "333333333333"], "ou-abcd-22222222": ["444444444444"]})


@pytest.fixture
def project(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, accounts: Accounts) -> Iterator[Project]:
    for name in ("CI", "AWS_PROFILE", "AWS_DEFAULT_PROFILE", "AWS_SESSION_TOKEN", "AWS_REGION", "NO_COLOR"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)
    with Cloud(accounts=accounts) as cloud, given(moments, time=Time(cloud.clock)):
        settings = credentials(cloud.url, ACCOUNT, tmp_path)
        for name, value in settings.items():
            monkeypatch.setenv(name, value)
        yield Project(tmp_path, cloud)
