"""The stand-in, as the tests of resource types look at it."""

from __future__ import annotations

from typing import Any

import pytest

from stackgen.local.cloud import Cloud
from tests.local.resources.lives import ACCOUNT, REGION, deploy


class Aws:
    """Clients of the stand-in, and stacks in it."""

    def __init__(self, cloud: Cloud) -> None:
        self._cloud = cloud

    def client(self, service: str, account: str = ACCOUNT, region: str = REGION) -> Any:
        return self._cloud.client(service, account, region)

    def stack(self, template: dict[str, Any], parameters: dict[str, str] | None = None) -> str:
        return deploy(self, template, parameters)


@pytest.fixture
def aws(cloud: Cloud) -> Aws:
    return Aws(cloud)
