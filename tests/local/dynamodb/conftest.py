"""A stand-in with one table in it."""

from __future__ import annotations

import pytest

from stackgen.local.cloud import Cloud
from stackgen.local.dynamodb import DynamoDB
from tests.local.dynamodb.store import Store, definition


@pytest.fixture
def dynamodb(cloud: Cloud) -> DynamoDB:
    return cloud.dynamodb


@pytest.fixture
def store(cloud: Cloud) -> Store:
    db = cloud.client("dynamodb")
    db.create_table(**definition())
    return Store(cloud, db)
