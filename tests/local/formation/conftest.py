from __future__ import annotations

import pytest

from stackgen.local.cloud import Cloud
from tests.local.formation.trees import Forest


@pytest.fixture
def forest(cloud: Cloud) -> Forest:
    return Forest(cloud)
