"""An empty account in the stand-in, with a database for the cluster of each region."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from stackgen.local.cloud import Cloud
from tests.local.tapstack import ACCOUNT, REGIONS
from tests.support import credentials
from tests.tap.mariadb import Database, MariaDb

from .operated import ROLE, Operated


@pytest.fixture
def databases(shared_server: MariaDb) -> Iterator[dict[str, Database]]:
    """An empty schema for each region."""
    made = {region: shared_server.database() for region in REGIONS}
    yield made
    for each in made.values():
        shared_server.drop(each)


def acting(cloud: Cloud) -> dict[str, str]:
    """The credentials of the role that deploys, as signing in gives them."""
    trusted = json.dumps({"Version": "2012-10-17", "Statement": []})
    cloud.client("iam").create_role(RoleName=ROLE.rpartition("/")[2], AssumeRolePolicyDocument=trusted)
    given = cloud.client("sts").assume_role(RoleArn=ROLE, RoleSessionName="somebody")["Credentials"]
    return {
        "AWS_ACCESS_KEY_ID": given["AccessKeyId"],
        "AWS_SECRET_ACCESS_KEY": given["SecretAccessKey"],
        "AWS_SESSION_TOKEN": given["SessionToken"],
    }


@pytest.fixture
def operated(tmp_path: Path, databases: dict[str, Database], monkeypatch: pytest.MonkeyPatch) -> Iterator[Operated]:
    with Cloud() as cloud:
        for name in ("CI", "GITHUB_ACTIONS", "AWS_PROFILE", "AWS_REGION", "AWS_DEFAULT_REGION", "AWS_SESSION_TOKEN"):
            monkeypatch.delenv(name, raising=False)
        for name, value in {**credentials(cloud.url, ACCOUNT, tmp_path), **acting(cloud)}.items():
            monkeypatch.setenv(name, value)
        monkeypatch.chdir(tmp_path)
        yield Operated(tmp_path, cloud, databases)
