"""Which properties make a resource itself, and which types hold what cannot be made again."""

from __future__ import annotations

import pytest

from stackgen.physical_names import PHYSICAL_NAMES
from stackgen.review.schemas import Schemas, identities, installed, physical_name
from stackgen.review.schemas.stateful import FURTHER, MUST_BE_EMPTY, loses, must_be_empty


@pytest.mark.parametrize(
    ("type_", "name"),
    [
        ("AWS::DynamoDB::Table", "TableName"),
        ("AWS::Lambda::Function", "FunctionName"),
        ("AWS::SQS::Queue", "QueueName"),  # identified by its URL
        ("AWS::IAM::ManagedPolicy", "ManagedPolicyName"),  # identified by its ARN
        ("AWS::IAM::Role", "RoleName"),
        ("AWS::S3::Bucket", "BucketName"),
        ("AWS::ElasticLoadBalancingV2::TargetGroup", "Name"),
        ("AWS::RDS::DBCluster", "DBClusterIdentifier"),
        ("AWS::Cognito::UserPoolGroup", "GroupName"),  # with its user pool
        ("AWS::Cognito::UserPool", None),  # its name need not be unique, and changes in place
        ("AWS::EC2::VPC", None),
        ("AWS::KMS::Key", None),
        ("AWS::CloudFormation::WaitCondition", None),
    ],
)
def test_the_physical_name_that_a_template_chooses(type_: str, name: str | None) -> None:
    schema = Schemas().get(type_)
    assert schema is not None
    assert physical_name(schema) == ((name,) if name else None)


@pytest.mark.parametrize(
    ("type_", "expected"),
    [
        ("AWS::DynamoDB::Table", [{"TableName"}]),
        ("AWS::SQS::Queue", [{"QueueName"}]),
        ("AWS::Cognito::UserPoolGroup", [{"GroupName", "UserPoolId"}]),
        ("AWS::ApiGateway::Stage", [{"RestApiId", "StageName"}]),
        ("AWS::ApiGateway::Authorizer", []),  # half of it is AWS's
        ("AWS::EC2::VPC", []),
        ("AWS::CloudFormation::StackSet", [{"StackSetName"}]),
    ],
)
def test_what_belongs_to_one_resource_alone(type_: str, expected: list[set[str]]) -> None:
    schema = Schemas().get(type_)
    assert schema is not None
    assert [{name for (name,) in identity} for identity in identities(schema)] == expected


def test_every_physical_name_that_is_create_only_is_part_of_an_identity() -> None:
    for type_ in PHYSICAL_NAMES:
        schema = Schemas().get(type_)
        name = schema and physical_name(schema)
        if schema and name:
            assert any(name in identity for identity in identities(schema))


@pytest.mark.parametrize(
    ("type_", "stateful"),
    [
        ("AWS::RDS::DBCluster", True),
        ("AWS::DynamoDB::Table", True),
        ("AWS::ECR::Repository", True),
        ("AWS::SSM::Parameter", True),
        ("AWS::Lambda::Function", False),
        ("AWS::EC2::VPC", False),
        ("My::Own::Type", False),
    ],
)
def test_what_is_lost_with_a_resource(type_: str, stateful: bool) -> None:
    assert bool(loses(type_, installed())) is stateful


def test_all_stateful_types_of_cfn_lint_count() -> None:
    listed = installed().specification("StatefulResources")["ResourceTypes"]
    assert len(listed) >= 29
    assert all(loses(type_, installed()) for type_ in listed)


def test_the_further_stateful_types_exist_and_are_not_in_cfn_lints_list() -> None:
    listed = installed().specification("StatefulResources")["ResourceTypes"]
    assert [type_ for type_ in FURTHER if Schemas().get(type_) is None] == []
    assert FURTHER.keys() & listed.keys() == set()


def test_what_must_be_empty_before_it_is_deleted() -> None:
    assert must_be_empty("AWS::S3::Bucket", installed())
    assert must_be_empty("AWS::ECR::Repository", installed())
    assert not must_be_empty("AWS::SQS::Queue", installed())
    for type_, lifting in MUST_BE_EMPTY.items():
        schema = Schemas().get(type_)
        assert schema is not None
        assert lifting in schema.properties
