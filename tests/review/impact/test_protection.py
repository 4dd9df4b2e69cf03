"""What keeps a resource from being deleted."""

from __future__ import annotations

from typing import Any

import pytest

from stackgen.review.impact.documented.protection import PROTECTED, UNLESS_EMPTY, is_protected, may_hold
from stackgen.review.schemas import Schemas
from tests.review.impact.alone import LIVE, deployed

SOURCES = {each.source for each in PROTECTED.values()} | {each.source for each in UNLESS_EMPTY.values()}


@pytest.mark.parametrize(("type_", "path"), [(type_, each.path) for type_, each in PROTECTED.items()])
def test_a_protection_is_a_property_of_its_type(type_: str, path: str) -> None:
    schema = Schemas().get(type_)
    assert schema is not None
    assert schema.subschemas(tuple("0" if name == "*" else name for name in path.split(".")))


@pytest.mark.parametrize("source", sorted(SOURCES))
def test_a_protection_is_sourced_by_a_page_of_aws(source: str) -> None:
    assert source.startswith("https://docs.aws.amazon.com/")


@pytest.mark.parametrize(("type_", "name"), [(type_, each.unless) for type_, each in UNLESS_EMPTY.items()])
def test_what_must_be_empty_is_a_type_and_so_is_what_lifts_it(type_: str, name: str) -> None:
    schema = Schemas().get(type_)
    assert schema is not None
    assert not name or name in schema.properties


BALANCER = "AWS::ElasticLoadBalancingV2::LoadBalancer"
KEY = "deletion_protection.enabled"


@pytest.mark.parametrize(
    ("type_", "properties", "expected"),
    [
        ("AWS::RDS::DBCluster", {"DeletionProtection": True}, True),
        ("AWS::RDS::DBCluster", {"DeletionProtection": "true"}, True),
        ("AWS::RDS::DBCluster", {"DeletionProtection": False}, False),
        ("AWS::RDS::DBCluster", {"DeletionProtection": LIVE}, None),
        ("AWS::RDS::DBCluster", {}, False),
        ("AWS::QLDB::Ledger", {}, True),
        ("AWS::Cognito::UserPool", {"DeletionProtection": "ACTIVE"}, True),
        ("AWS::Cognito::UserPool", {"DeletionProtection": "INACTIVE"}, False),
        ("AWS::DynamoDB::GlobalTable", {"Replicas": [{}, {"DeletionProtectionEnabled": True}]}, True),
        ("AWS::DynamoDB::GlobalTable", {"Replicas": [{}]}, False),
        (BALANCER, {"LoadBalancerAttributes": [{"Key": "a", "Value": "b"}, {"Key": KEY, "Value": "true"}]}, True),
        (BALANCER, {"LoadBalancerAttributes": [{"Key": KEY, "Value": "false"}]}, False),
        (BALANCER, {"LoadBalancerAttributes": LIVE}, None),
        (BALANCER, {}, False),
        ("AWS::SQS::Queue", {"DeletionProtection": True}, False),
    ],
)
def test_a_resource_is_protected_by_its_own_property(
    type_: str, properties: dict[str, Any], expected: bool | None
) -> None:
    assert is_protected(deployed(type_, properties)) is expected


@pytest.mark.parametrize(
    ("type_", "properties", "what"),
    [
        ("AWS::S3::Bucket", {}, "objects"),
        ("AWS::ECR::Repository", {}, "images"),
        ("AWS::ECR::Repository", {"EmptyOnDelete": True}, ""),
        ("AWS::SQS::Queue", {}, ""),
    ],
)
def test_a_resource_may_hold_what_keeps_it(type_: str, properties: dict[str, Any], what: str) -> None:
    holding = may_hold(deployed(type_, properties))
    assert (holding.what if holding else "") == what
