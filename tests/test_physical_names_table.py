"""The table of physical names, held against the provider schemas of the installed cfn-lint."""

from __future__ import annotations

import functools
import json
import re
import time
import warnings
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

from stackgen.physical_names import PHYSICAL_NAMES

# A name of "abcdef" suits every type but these.
PREFIXES = {"AWS::KMS::Alias": "alias/"}
SUFFIXES = {"AWS::S3Express::DirectoryBucket": "--use1-az4--x-s3"}


def matches(resource_type: str, name: str) -> bool:
    rule = PHYSICAL_NAMES[resource_type]
    return rule.shortest <= len(name) <= rule.longest and re.fullmatch(rule.pattern, name) is not None


def sample(resource_type: str, middle: str) -> str:
    return PREFIXES.get(resource_type, "") + middle + SUFFIXES.get(resource_type, "")


def sample_of_length(resource_type: str, length: int) -> str:
    return sample(resource_type, "a" * (length - len(sample(resource_type, ""))))


@functools.cache
def schema_folder() -> Path:
    # find_spec finds the folder of a top-level package without importing it.
    spec = find_spec("cfnlint")
    assert spec is not None
    assert spec.origin is not None
    return Path(spec.origin).parent / "data" / "schemas"


@functools.cache
def schema_files() -> dict[str, str]:
    text = (schema_folder() / "providers" / "us-east-1.json").read_text(encoding="utf-8")
    files: dict[str, str] = json.loads(text)
    return files


@functools.cache
def schema_of_property(resource_type: str) -> dict[str, Any]:
    file = schema_folder() / "resources" / f"{schema_files()[resource_type]}.json"
    schema: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    name = PHYSICAL_NAMES[resource_type].property
    assert name in schema["properties"], f"{resource_type} has no property {name}"
    assert f"/properties/{name}" not in schema.get("readOnlyProperties", [])
    found: dict[str, Any] = schema["properties"][name]
    if "$ref" in found:
        found = functools.reduce(lambda node, key: node[key], found["$ref"].split("/")[1:], schema)
    return found


def pattern_of_schema(resource_type: str) -> re.Pattern[str] | None:
    pattern = schema_of_property(resource_type).get("pattern", "")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", FutureWarning)
        try:
            return re.compile(pattern)
        except re.error:  # a class such as \p{L}, which Python's regular expressions do not have
            return None


KNOWN = [name for name in PHYSICAL_NAMES if name in schema_files()]
"""The types that these schemas know, which must be nearly all."""


def test_the_table_is_sorted_by_type() -> None:
    assert list(PHYSICAL_NAMES) == sorted(PHYSICAL_NAMES)


def test_the_schemas_know_nearly_every_type_of_the_table() -> None:
    # A newer cfn-lint may drop a retired service; a typing error in the table would hide behind the same gap.
    unknown = set(PHYSICAL_NAMES) - set(KNOWN)
    assert len(unknown) * 20 < len(PHYSICAL_NAMES), sorted(unknown)


@pytest.mark.parametrize("resource_type", KNOWN)
def test_the_type_has_the_property_as_text_that_a_template_may_set(resource_type: str) -> None:
    declared = schema_of_property(resource_type)["type"]
    assert "string" in (declared if isinstance(declared, list) else [declared])


@pytest.mark.parametrize("resource_type", KNOWN)
def test_the_lengths_are_never_wider_than_those_of_the_schema(resource_type: str) -> None:
    rule, schema = PHYSICAL_NAMES[resource_type], schema_of_property(resource_type)
    assert rule.longest <= schema.get("maxLength", rule.longest)
    assert rule.shortest >= schema.get("minLength", rule.shortest)
    assert 1 <= rule.shortest <= rule.longest


@pytest.mark.parametrize("resource_type", KNOWN)
def test_the_shortest_and_the_longest_name_match_the_pattern_of_the_schema_too(resource_type: str) -> None:
    rule, pattern = PHYSICAL_NAMES[resource_type], pattern_of_schema(resource_type)
    fixed = len(sample(resource_type, "a"))
    for length in (max(rule.shortest, fixed), rule.longest):
        name = sample_of_length(resource_type, length)
        assert matches(resource_type, name)
        assert pattern is None or pattern.search(name), f"{length} characters"


@pytest.mark.parametrize("resource_type", [name for name in KNOWN if pattern_of_schema(name) is not None])
def test_no_character_is_allowed_that_the_schema_refuses(resource_type: str) -> None:
    pattern = pattern_of_schema(resource_type)
    assert pattern is not None
    for character in map(chr, range(0x20, 0x7F)):
        for middle in ("abc{}def", "{}abcdef", "abcdef{}", "ab{}{}ef", "abc{}-def"):
            name = sample(resource_type, middle.replace("{}", character))
            assert not matches(resource_type, name) or pattern.search(name), name


@pytest.mark.parametrize("resource_type", PHYSICAL_NAMES)
def test_the_pattern_leaves_the_length_to_the_figures(resource_type: str) -> None:
    rule = PHYSICAL_NAMES[resource_type]
    assert re.fullmatch(rule.pattern, sample_of_length(resource_type, rule.longest + 1))
    assert not re.search(r"\{\d", rule.pattern)


@pytest.mark.parametrize("resource_type", PHYSICAL_NAMES)
def test_a_long_name_is_judged_without_endless_backtracking(resource_type: str) -> None:
    started = time.process_time()
    for part in ("a", "-", "a-", "a.", "0"):
        re.fullmatch(PHYSICAL_NAMES[resource_type].pattern, sample(resource_type, part * 1_000) + "\x00")
    assert time.process_time() - started < 1


ACCEPTED = [
    ("AWS::ApiGatewayV2::Stage", "$default"),
    ("AWS::AutoScaling::AutoScalingGroup", "web/blue_1"),
    ("AWS::Bedrock::Agent", "an-agent_1"),
    ("AWS::CloudTrail::Trail", "audit.trail-dev"),
    ("AWS::Cognito::UserPool", "The users, all of them"),
    ("AWS::Cognito::UserPoolDomain", "auth.example.com"),
    ("AWS::DynamoDB::Table", "orders_dev.v1-a"),
    ("AWS::EC2::KeyPair", "the key"),
    ("AWS::EC2::LaunchTemplate", "web/(blue)"),
    ("AWS::EC2::SecurityGroup", "web sg-dev (HTTPS)"),
    ("AWS::ECR::Repository", "team/web-app"),
    ("AWS::ECR::Repository", "team/a/b__c.d_e---f"),
    ("AWS::ElasticLoadBalancingV2::LoadBalancer", "web--dev"),
    ("AWS::Events::EventBus", "aws.partner/example.com/orders"),
    ("AWS::IAM::Role", "app+dev@eu=1,2"),
    ("AWS::KMS::Alias", "alias/orders/dev_1"),
    ("AWS::Lambda::Alias", "1a"),
    ("AWS::Logs::LogGroup", "/aws/lambda/orders#1"),
    ("AWS::RDS::DBCluster", "Orders-dev-1"),
    ("AWS::RDS::DBInstance", "a"),
    ("AWS::RDS::DBSubnetGroup", "orders subnets_dev.1"),
    ("AWS::S3::Bucket", "a-b"),
    ("AWS::S3::Bucket", "logs.example.com"),
    ("AWS::S3::Bucket", "123--dev"),
    ("AWS::SNS::Topic", "orders_dev.fifo"),
    ("AWS::SQS::Queue", "orders_dev"),
    ("AWS::SQS::Queue", "a" * 75 + ".fifo"),
    ("AWS::SSM::Parameter", "/orders/dev/url.v1"),
    ("AWS::SSM::Parameter", "orders-url"),
    ("AWS::SecretsManager::Secret", "orders/dev@db"),
    ("AWS::StepFunctions::StateMachine", "orders(dev)=1"),
    ("AWS::VpcLattice::Service", "orders-dev"),
]

REFUSED = [
    ("AWS::ApiGateway::Stage", "$default"),
    ("AWS::ApiGatewayV2::Stage", "$other"),
    ("AWS::AutoScaling::AutoScalingGroup", "web:blue"),
    ("AWS::AutoScaling::AutoScalingGroup", "web blue"),
    ("AWS::Bedrock::Agent", "an--agent"),
    ("AWS::CloudTrail::Trail", "audit.-trail"),
    ("AWS::CloudTrail::Trail", "audit-"),
    ("AWS::CodeCommit::Repository", "app.git"),
    ("AWS::DynamoDB::Table", "ab"),
    ("AWS::DynamoDB::Table", "orders dev"),
    ("AWS::DynamoDB::Table", "a" * 256),
    ("AWS::EC2::KeyPair", "key "),
    ("AWS::EC2::PrefixList", "com.amazonaws.mine"),
    ("AWS::EC2::SecurityGroup", "sg-web"),
    ("AWS::EC2::SecurityGroup", "web?"),
    ("AWS::ECR::Repository", "Team/web"),
    ("AWS::ECR::Repository", "/web"),
    ("AWS::ECR::Repository", "web/"),
    ("AWS::ECR::Repository", "team//web"),
    ("AWS::ECR::Repository", "web-"),
    ("AWS::ECS::CapacityProvider", "ecs-spot"),
    ("AWS::EKS::Cluster", "-dev"),
    ("AWS::ElastiCache::ReplicationGroup", "a" * 41),
    ("AWS::ElasticLoadBalancingV2::LoadBalancer", "internal-web"),
    ("AWS::ElasticLoadBalancingV2::LoadBalancer", "a" * 33),
    ("AWS::ElasticLoadBalancingV2::TargetGroup", "web-"),
    ("AWS::ElasticLoadBalancingV2::TargetGroup", "-web"),
    ("AWS::ElasticLoadBalancingV2::TargetGroup", "web_dev"),
    ("AWS::IAM::Role", "app/dev"),
    ("AWS::IAM::Role", "a" * 65),
    ("AWS::IAM::Role", "größe"),
    ("AWS::KMS::Alias", "orders"),
    ("AWS::KMS::Alias", "alias/"),
    ("AWS::KMS::Alias", "alias/aws/orders"),
    ("AWS::Lambda::Alias", "42"),
    ("AWS::Lambda::Function", "arn:aws:lambda:eu-west-1:123456789012:function:orders"),
    ("AWS::Lambda::Function", "orders.dev"),
    ("AWS::Logs::LogGroup", "orders:dev"),
    ("AWS::OpenSearchService::Domain", "Orders"),
    ("AWS::OpenSearchService::Domain", "a" * 29),
    ("AWS::RDS::DBCluster", "orders--dev"),
    ("AWS::RDS::DBCluster", "orders-"),
    ("AWS::RDS::DBCluster", "-orders"),
    ("AWS::RDS::DBCluster", "1orders"),
    ("AWS::RDS::DBCluster", "orders_dev"),
    ("AWS::RDS::DBCluster", "a" * 64),
    ("AWS::RDS::DBSubnetGroup", "1subnets"),
    ("AWS::Redshift::Cluster", "Orders"),
    ("AWS::S3::Bucket", "Logs"),
    ("AWS::S3::Bucket", "ab"),
    ("AWS::S3::Bucket", "a" * 64),
    ("AWS::S3::Bucket", "logs..dev"),
    ("AWS::S3::Bucket", "logs-"),
    ("AWS::S3::Bucket", ".logs"),
    ("AWS::S3::Bucket", "logs_dev"),
    ("AWS::S3Express::DirectoryBucket", "logs"),
    ("AWS::SNS::Topic", "orders.dev"),
    ("AWS::SQS::Queue", "orders.dev"),
    ("AWS::SQS::Queue", "orders.fifo.fifo"),
    ("AWS::SQS::Queue", ".fifo"),
    ("AWS::SQS::Queue", "a" * 76 + ".fifo"),
    ("AWS::SSM::Parameter", "orders/dev"),
    ("AWS::SSM::Parameter", "/AWS/orders"),
    ("AWS::SSM::Parameter", "ssm-orders"),
    ("AWS::SSM::Parameter", "/orders dev"),
    ("AWS::SecretsManager::Secret", "orders:dev"),
    ("AWS::StepFunctions::StateMachine", "orders dev"),
    ("AWS::StepFunctions::StateMachine", "orders/dev"),
    ("AWS::VpcLattice::Service", "svc-orders"),
    ("AWS::WAFv2::WebACL", "acl\n"),
]


@pytest.mark.parametrize(("resource_type", "name"), ACCEPTED)
def test_a_name_that_the_service_takes_is_accepted(resource_type: str, name: str) -> None:
    assert matches(resource_type, name)


@pytest.mark.parametrize(("resource_type", "name"), REFUSED)
def test_a_name_that_the_service_refuses_is_refused(resource_type: str, name: str) -> None:
    assert not matches(resource_type, name)


@pytest.mark.parametrize(("resource_type", "name"), ACCEPTED)
def test_the_schema_takes_an_accepted_name_too(resource_type: str, name: str) -> None:
    pattern = pattern_of_schema(resource_type)
    assert pattern is None or pattern.search(name)
