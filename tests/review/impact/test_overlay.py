"""What AWS documents beside the schemas: the rows themselves, and what they answer."""

from __future__ import annotations

from importlib import import_module
from typing import Any

import pytest

from stackgen.review.impact.comparison import Difference, differences
from stackgen.review.impact.documented import FAMILIES, rows_of
from stackgen.review.impact.documented.row import Row
from stackgen.review.impact.judge import Judge, answer
from stackgen.review.impact.result import CERTAIN, CONDITIONAL, FAILS, REPLACE, UNKNOWN, UPDATE, Judgement
from stackgen.review.schemas import Schemas, governing
from tests.review.impact.alone import LIVE, PERHAPS, deployed
from tests.review.impact.cases.documents import attributes, index, keys
from tests.review.impact.cases.resources import indexed_table, table, user_pool, volume

SCHEMAS = Schemas("us-east-1")
EVERY_ROW = [(type_, row) for types in FAMILIES.values() for type_ in types for row in rows_of(type_)]
each_row = pytest.mark.parametrize(("type_", "row"), EVERY_ROW, ids=[f"{t} {r.path}: {r.text}" for t, r in EVERY_ROW])

BY_SCHEMA = {
    "update": (UPDATE, CERTAIN),
    "unknown": (REPLACE, UNKNOWN),
    "conditional": (REPLACE, CONDITIONAL),
    "replace": (REPLACE, CERTAIN),
}


def judged(type_: str, before: dict[str, Any], after: dict[str, Any], **others: Any) -> Judgement:
    """The strictest judgement of all differences between two states of a resource."""
    old, new = deployed(type_, before, **others), deployed(type_, after, **others)
    judge = Judge(SCHEMAS)
    judgements = [judge.judge(each, old, new) for each in differences(old.properties, new.properties)]
    return max(judgements, key=lambda each: each.strength)


def outcome(type_: str, before: dict[str, Any], after: dict[str, Any], **others: Any) -> str:
    """One word: the effect where it is certain, and else how uncertain it is."""
    found = judged(type_, before, after, **others)
    return found.effect if found.certainty == CERTAIN else f"{found.certainty} {found.effect}"


def names(row: Row) -> tuple[str, ...]:
    return tuple("0" if name == "*" else name for name in row.pointer)


@each_row
def test_a_row_is_sourced_by_a_page_of_aws_and_says_something_of_its_own(type_: str, row: Row) -> None:
    assert row.source.startswith("https://docs.aws.amazon.com/")
    assert row.text
    assert len(row.text) <= 120
    assert row.text[-1] != "."
    assert row.text.isprintable()
    assert type_.startswith("AWS::")


@each_row
def test_a_row_is_about_a_property_that_the_schema_has(type_: str, row: Row) -> None:
    schema = SCHEMAS.get(type_)
    assert schema is not None
    assert not row.path or schema.subschemas(names(row))


@each_row
def test_no_row_repeats_its_schema(type_: str, row: Row) -> None:
    schema = SCHEMAS.get(type_)
    assert schema is not None
    given = [(name,) for name in schema.properties if (name,) not in schema.read_only]
    effect = governing(schema, names(row) or given[0], "before", "after")
    assert (row.effect, row.certainty) != BY_SCHEMA[effect.kind]
    if not row.decides:
        theirs = Judgement(*BY_SCHEMA[effect.kind], "", "")
        assert Judgement(row.effect, row.certainty, "", "").strength > theirs.strength, "it is never heard"


@pytest.mark.parametrize("family", FAMILIES)
def test_a_family_has_the_rows_of_its_types_and_no_other(family: str) -> None:
    module = import_module(f"stackgen.review.impact.documented.{family}")
    assert set(module.ROWS) == set(FAMILIES[family])


def test_every_type_has_its_rows_in_one_family() -> None:
    types = [type_ for family in FAMILIES.values() for type_ in family]
    assert len(types) == len(set(types))


@pytest.mark.parametrize("type_", ["AWS::Lambda::Function", "AWS::Nowhere::Nothing", "Company::Team::Module"])
def test_nothing_is_documented_of_a_type_without_rows(type_: str) -> None:
    old, new = deployed(type_, {"Name": "a"}), deployed(type_, {"Name": "b"})
    assert answer(Difference(("Name",), "a", "b", CERTAIN), old, new) is None


INSTANCE = {"ImageId": "ami-1", "InstanceType": "t3.micro"}
DEVICE = {"DeviceName": "/dev/xvda", "Ebs": {"VolumeSize": 8, "DeleteOnTermination": True}}
KEPT = {"DeviceName": "/dev/xvda", "Ebs": {"VolumeSize": 8, "DeleteOnTermination": False}}
LARGER = {"DeviceName": "/dev/xvda", "Ebs": {"VolumeSize": 9, "DeleteOnTermination": True}}


@pytest.mark.parametrize(
    ("type_", "before", "after", "expected"),
    [
        ("AWS::EC2::VPC", {"InstanceTenancy": "default"}, {"InstanceTenancy": "dedicated"}, "replace"),
        ("AWS::EC2::VPC", {}, {"InstanceTenancy": "dedicated"}, "replace"),
        ("AWS::EC2::VPC", {"InstanceTenancy": "dedicated"}, {"InstanceTenancy": "default"}, "update"),
        ("AWS::EC2::VPC", {"InstanceTenancy": "dedicated"}, {}, "update"),
        ("AWS::EC2::VPC", {"InstanceTenancy": "default"}, {"InstanceTenancy": {"Ref": "Live"}}, "conditional replace"),
        ("AWS::EC2::EIP", {}, {"Domain": "vpc"}, "update"),
        ("AWS::EC2::EIP", {"Domain": "standard"}, {"Domain": "vpc"}, "replace"),
        ("AWS::EC2::Instance", {"Tenancy": "dedicated"}, {"Tenancy": "host"}, "update"),
        ("AWS::EC2::Instance", {"Tenancy": "default"}, {"Tenancy": "host"}, "replace"),
        ("AWS::EC2::Instance", {"BlockDeviceMappings": [DEVICE]}, {"BlockDeviceMappings": [KEPT]}, "update"),
        ("AWS::EC2::Instance", {"BlockDeviceMappings": [DEVICE]}, {"BlockDeviceMappings": [LARGER]}, "replace"),
        ("AWS::EC2::Instance", {"BlockDeviceMappings": [DEVICE]}, {"BlockDeviceMappings": [DEVICE, KEPT]}, "replace"),
        ("AWS::EC2::Instance", {}, {"BlockDeviceMappings": [DEVICE]}, "replace"),
        ("AWS::EC2::Instance", {"SecurityGroupIds": ["sg-1"]}, {"SecurityGroupIds": ["sg-2"]}, "update"),
        ("AWS::EC2::Instance", {"SecurityGroupIds": ["sg-1"]}, {"SecurityGroupIds": [LIVE]}, "update"),
        ("AWS::EC2::Instance", {"BlockDeviceMappings": [DEVICE]}, {"BlockDeviceMappings": LIVE}, "replace"),
        ("AWS::EC2::Instance", INSTANCE, INSTANCE | {"InstanceType": "t3.small"}, "conditional replace"),
        ("AWS::EC2::Volume", {"Size": 20}, {"Size": 30}, "update"),
        ("AWS::EC2::Volume", {"Size": "20"}, {"Size": 8}, "fails"),
        ("AWS::EC2::Volume", {"Size": 20}, {"Size": {"Ref": "Live"}}, "conditional fails"),
        ("AWS::EC2::Volume", {}, {"MultiAttachEnabled": False}, "update"),
        ("AWS::EC2::Volume", {}, {"MultiAttachEnabled": True}, "fails"),
        ("AWS::KMS::Key", {}, {"KeySpec": "SYMMETRIC_DEFAULT"}, "update"),
        ("AWS::KMS::Key", {}, {"KeySpec": "HMAC_256"}, "fails"),
        ("AWS::KMS::Key", {"MultiRegion": "false"}, {}, "update"),
        ("Custom::Thing", {"ServiceToken": "arn:1"}, {"ServiceToken": "arn:2"}, "fails"),
        ("AWS::CloudFormation::WaitCondition", {"Count": 1}, {"Count": 2}, "fails"),
        ("AWS::CertificateManager::Certificate", {}, {"ValidationMethod": "EMAIL"}, "update"),
        ("AWS::CertificateManager::Certificate", {}, {"ValidationMethod": "DNS"}, "replace"),
        ("AWS::SNS::Subscription", {"Region": "eu-west-1"}, {"Region": "eu-west-2"}, "fails"),
        ("AWS::SNS::Subscription", {}, {"Region": "eu-west-2"}, "conditional replace"),
        ("AWS::SNS::Subscription", {"Region": "a", "Endpoint": "x"}, {"Region": "b", "Endpoint": "y"}, "replace"),
        ("AWS::S3::Bucket", {}, {"ObjectLockEnabled": True}, "update"),
        ("AWS::S3::Bucket", {"ObjectLockEnabled": True}, {}, "conditional fails"),
        ("AWS::RDS::DBInstance", {"MultiAZ": False}, {"MultiAZ": True}, "update"),
        ("AWS::RDS::DBInstance", {"Engine": "mysql"}, {"Engine": "postgres"}, "replace"),
        ("AWS::RDS::DBInstance", {"Engine": "oracle-ee"}, {"Engine": "oracle-ee-cdb"}, "update"),
        ("AWS::RDS::DBInstance", {"Engine": "mysql"}, {"Engine": {"Ref": "Live"}}, "conditional replace"),
        ("AWS::RDS::DBInstance", {"Port": "3306"}, {"Port": "3307"}, "conditional replace"),
        ("AWS::RDS::DBInstance", {"DBSnapshotIdentifier": "a"}, {"DBSnapshotIdentifier": "b"}, "replace"),
        ("AWS::RDS::DBInstance", {"DBSnapshotIdentifier": "a"}, {}, "replace"),
        ("AWS::RDS::DBInstance", {}, {"DBSnapshotIdentifier": "a"}, "conditional replace"),
        ("AWS::RDS::DBInstance", {"SourceDBInstanceIdentifier": "a"}, {}, "update"),
        ("AWS::RDS::DBInstance", {}, {"LicenseModel": "license-included"}, "update"),
        (
            "AWS::RDS::DBInstance",
            {"DBSecurityGroups": ["old"]},
            {"DBSecurityGroups": ["old"], "LicenseModel": "license-included"},
            "replace",
        ),
        ("AWS::RDS::DBCluster", {"GlobalClusterIdentifier": "g"}, {"GlobalClusterIdentifier": ""}, "update"),
        ("AWS::RDS::DBCluster", {}, {"GlobalClusterIdentifier": "g"}, "conditional replace"),
        ("AWS::ElastiCache::ReplicationGroup", {}, {"AuthToken": "first"}, "replace"),
        ("AWS::ElastiCache::ReplicationGroup", {"AuthToken": "first"}, {"AuthToken": "second"}, "update"),
        ("AWS::ElastiCache::ReplicationGroup", {"AuthToken": "first"}, {}, "conditional replace"),
        ("AWS::ElastiCache::ReplicationGroup", {"AuthToken": "first"}, {"AuthToken": PERHAPS}, "conditional replace"),
        ("AWS::ElastiCache::ReplicationGroup", {}, {"AuthToken": LIVE}, "replace"),
        ("AWS::KMS::Key", {"KeySpec": "HMAC_256"}, {"KeySpec": LIVE}, "conditional fails"),
        ("AWS::RDS::DBInstance", {"DBSnapshotIdentifier": "a"}, {"DBSnapshotIdentifier": LIVE}, "replace"),
        ("AWS::ElastiCache::CacheCluster", {"NumCacheNodes": 1}, {"NumCacheNodes": 2}, "replace"),
        (
            "AWS::ElastiCache::CacheCluster",
            {"NumCacheNodes": 1, "PreferredAvailabilityZone": "a"},
            {"NumCacheNodes": 2, "PreferredAvailabilityZone": "a"},
            "update",
        ),
        (
            "AWS::ElastiCache::CacheCluster",
            {"Engine": "memcached", "CacheNodeType": "cache.t3.micro"},
            {"Engine": "memcached", "CacheNodeType": "cache.t3.small"},
            "fails",
        ),
        (
            "AWS::ElastiCache::CacheCluster",
            {"Engine": "valkey", "CacheNodeType": "cache.t3.micro"},
            {"Engine": "valkey", "CacheNodeType": "cache.t3.small"},
            "update",
        ),
        ("AWS::OpenSearchService::Domain", {}, {"EncryptionAtRestOptions": {"Enabled": True}}, "update"),
        ("AWS::OpenSearchService::Domain", {"EncryptionAtRestOptions": {"Enabled": True}}, {}, "replace"),
        ("AWS::OpenSearchService::Domain", {"VPCOptions": {"SubnetIds": ["a"]}}, {}, "replace"),
        ("AWS::OpenSearchService::Domain", {}, {"VPCOptions": {"SubnetIds": ["a"]}}, "update"),
        ("AWS::OpenSearchService::Domain", {"IPAddressType": "dualstack"}, {"IPAddressType": "ipv4"}, "fails"),
        ("AWS::OpenSearchService::Domain", {"IPAddressType": "ipv4"}, {"IPAddressType": "dualstack"}, "update"),
        ("AWS::IAM::UserToGroupAddition", {"Users": ["a"]}, {"Users": ["b"]}, "update"),
        ("AWS::ElastiCache::SecurityGroup", {"Description": "a"}, {"Description": "b"}, "fails"),
    ],
)
def test_the_values_of_the_template_decide(
    type_: str, before: dict[str, Any], after: dict[str, Any], expected: str
) -> None:
    assert outcome(type_, before, after) == expected


@pytest.mark.parametrize(
    ("policy", "expected"),
    [
        ({"UseOnlineResharding": True}, "update"),
        ({"UseOnlineResharding": "true"}, "update"),
        ({"UseOnlineResharding": False}, "replace"),
        ({}, "replace"),
        ({"UseOnlineResharding": LIVE}, "conditional replace"),
    ],
)
@pytest.mark.parametrize("name", ["NumNodeGroups", "NodeGroupConfiguration"])
def test_the_update_policy_decides_how_a_cache_is_resharded(name: str, policy: dict[str, Any], expected: str) -> None:
    before, after = ({name: value} for value in (1, 2))
    assert outcome("AWS::ElastiCache::ReplicationGroup", before, after, UpdatePolicy=policy) == expected


@pytest.mark.parametrize(
    ("policy", "expected"),
    [
        ({"AutoScalingReplacingUpdate": {"WillReplace": True}}, "replace"),
        ({"AutoScalingReplacingUpdate": {"WillReplace": False}}, "update"),
        ({"AutoScalingRollingUpdate": {"MaxBatchSize": 1}}, "update"),
        ({"AutoScalingReplacingUpdate": {"WillReplace": LIVE}}, "conditional replace"),
    ],
)
def test_the_update_policy_decides_whether_a_scaling_group_is_replaced(policy: dict[str, Any], expected: str) -> None:
    before, after = ({"VPCZoneIdentifier": [subnet]} for subnet in ("subnet-1", "subnet-2"))
    assert outcome("AWS::AutoScaling::AutoScalingGroup", before, after, UpdatePolicy=policy) == expected


@pytest.mark.parametrize(
    ("policy", "expected"), [({"EnableVersionUpgrade": True}, "update"), ({}, "replace"), (LIVE, "conditional replace")]
)
def test_the_update_policy_decides_how_a_search_domain_is_upgraded(policy: dict[str, Any], expected: str) -> None:
    before, after = ({"EngineVersion": version} for version in ("OpenSearch_2.11", "OpenSearch_2.13"))
    assert outcome("AWS::OpenSearchService::Domain", before, after, UpdatePolicy=policy) == expected


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        (indexed_table("Email"), indexed_table("Email", "City"), "update"),
        (indexed_table("Email", "City"), indexed_table("City", "Email"), "update"),
        (indexed_table("Email"), table(), "update"),
        (indexed_table("Email"), indexed_table("City"), "fails"),
        (table(), indexed_table("Email", "City"), "fails"),
        (indexed_table("Email", "City"), table(), "fails"),
        (table(TableName="a"), indexed_table("Email", "City", TableName="b"), "replace"),
        (
            indexed_table("Email", GlobalSecondaryIndexes=[index("ByEmail", "Email")]),
            indexed_table("Email", GlobalSecondaryIndexes=[index("ByEmail", "Email", "Id")]),
            "fails",
        ),
        (
            indexed_table("Email", GlobalSecondaryIndexes=[index("ByEmail", "Email")]),
            indexed_table("Email", GlobalSecondaryIndexes=[index("ByEmail", "Email") | {"WarmThroughput": {}}]),
            "update",
        ),
        (
            indexed_table("Email"),
            indexed_table("Email", GlobalSecondaryIndexes=[index("ByEmail", "Email") | {"IndexName": LIVE}]),
            "conditional fails",
        ),
        (table(), table(LocalSecondaryIndexes=[index("ByCity", "Id", "City")]), "replace"),
        (table(KeySchema=keys("Id")), table(KeySchema=keys("Id", "City")), "replace"),
        (
            table(AttributeDefinitions=attributes("Id")),
            table(AttributeDefinitions=[{"AttributeName": "Id", "AttributeType": "N"}]),
            "replace",
        ),
        (
            table(AttributeDefinitions=attributes("Id", "A")),
            table(AttributeDefinitions=attributes("A", "Id")),
            "update",
        ),
    ],
)
def test_the_indexes_of_a_table_are_counted_by_name(
    before: dict[str, Any], after: dict[str, Any], expected: str
) -> None:
    assert outcome("AWS::DynamoDB::Table", before["Properties"], after["Properties"]) == expected


def replicas(*regions: str, **others: Any) -> dict[str, Any]:
    return {"Replicas": [{"Region": region} for region in regions], **others}


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        (replicas("a"), replicas("a", "b"), "update"),
        (replicas("a"), replicas("a", "b", "c"), "fails"),
        (replicas("a", "b"), replicas("a", "c"), "fails"),
        (
            replicas("a", MultiRegionConsistency="STRONG"),
            replicas("a", "b", "c", MultiRegionConsistency="STRONG"),
            "update",
        ),
    ],
)
def test_the_replicas_of_a_global_table_come_and_go_one_by_one(
    before: dict[str, Any], after: dict[str, Any], expected: str
) -> None:
    assert outcome("AWS::DynamoDB::GlobalTable", before, after) == expected


def pool(*schema: dict[str, Any]) -> dict[str, Any]:
    return dict(user_pool(Schema=list(schema))["Properties"])


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        (pool({"Name": "team"}), pool({"Name": "team"}, {"Name": "desk"}), "update"),
        (pool({"Name": "team"}), pool({"Name": "desk"}, {"Name": "team"}), "update"),
        (pool({"Name": "team"}), pool(), "fails"),
        (pool({"Name": "team", "Mutable": True}), pool({"Name": "team", "Mutable": False}), "fails"),
        (pool(), pool({"Name": "email", "Required": True}), "fails"),
        (pool(), pool({"Name": "email", "Required": "true"}), "fails"),
        (pool(), pool({"Name": "email", "Required": LIVE}), "conditional fails"),
        ({}, {"UsernameConfiguration": {"CaseSensitive": False}}, "fails"),
    ],
)
def test_the_attributes_of_a_user_pool_are_only_added(
    before: dict[str, Any], after: dict[str, Any], expected: str
) -> None:
    assert outcome("AWS::Cognito::UserPool", before, after) == expected


@pytest.mark.parametrize(
    ("configuration", "expected"),
    [
        ({"Enabled": True, "Services": [{"PortName": "web"}]}, "fails"),
        ({"Enabled": True, "Services": [{"PortName": LIVE}]}, "conditional fails"),
        ({"Enabled": True}, "replace"),
        ({}, "replace"),
    ],
)
def test_a_service_with_service_connect_is_never_replaced(configuration: dict[str, Any], expected: str) -> None:
    before, after = ({"Cluster": name, "ServiceConnectConfiguration": configuration} for name in ("a", "b"))
    assert outcome("AWS::ECS::Service", before, after) == expected


@pytest.mark.parametrize(
    ("others", "expected"),
    [({"ScalingConfig": {"MaxSize": 3}}, "fails"), ({"Tags": {"a": "b"}}, "update"), ({}, "update")],
)
def test_nodes_get_their_version_alone(others: dict[str, Any], expected: str) -> None:
    assert outcome("AWS::EKS::Nodegroup", {"Version": "1.30"}, {"Version": "1.31", **others}) == expected


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ({"ConsumerGroupId": "a"}, {"ConsumerGroupId": "b"}, "fails"),
        ({}, {"ConsumerGroupId": "b"}, "update"),
    ],
)
def test_a_mapping_keeps_its_consumer_group(before: dict[str, Any], after: dict[str, Any], expected: str) -> None:
    name = "AmazonManagedKafkaEventSourceConfig"
    assert outcome("AWS::Lambda::EventSourceMapping", {name: before}, {name: after}) == expected


@pytest.mark.parametrize(("attribute", "certainty"), [("", CERTAIN), ("Arn", CERTAIN), ("QueueName", CONDITIONAL)])
def test_a_value_of_a_replaced_resource_may_stay_the_same_unless_it_is_its_id(attribute: str, certainty: str) -> None:
    value = {"Fn::GetAtt": ["Queue", attribute]} if attribute else {"Ref": "Queue"}
    resource = deployed("AWS::EC2::Volume", volume(AvailabilityZone=value)["Properties"])
    symbol = resource.properties["AvailabilityZone"]
    found = answer(Difference(("AvailabilityZone",), symbol, symbol, CERTAIN), resource, resource)
    assert found is not None
    assert (found.judgement.effect, found.judgement.certainty) == (FAILS, certainty)
