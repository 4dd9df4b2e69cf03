"""Rules about databases and tables."""

from __future__ import annotations

import pytest

from .kit import paths, seen

CONDITIONS = """
Parameters: {Env: {Type: String}, Never: {Type: String, Default: 'false'}}
Conditions:
  IsProd: !Equals [!Ref Env, prod]
  IsNot: !Not [!Condition IsProd]
Resources:
"""


@pytest.mark.parametrize(
    ("properties", "found"),
    [
        ("StorageEncrypted: true", False), ("StorageEncrypted: 'true'", False), ("StorageEncrypted: !Ref Env", False),
        ("StorageEncrypted: !Ref Never", True), ("StorageEncrypted: !If [IsProd, true, false]", True),
        ("StorageEncrypted: 7", True), ("SnapshotIdentifier: a", False), ("KmsKeyId: a", True),
        ("SourceDBClusterIdentifier: !Ref Env", False),
    ],
)  # fmt: skip
def test_a_cluster_is_encrypted_unless_it_is_a_copy(properties: str, *, found: bool) -> None:
    template = CONDITIONS + f"  It: {{Type: AWS::RDS::DBCluster, Properties: {{{properties}}}}}"
    assert bool(paths(template, "E9125")) is found


def test_file_systems_and_caches_are_encrypted_too() -> None:
    template = CONDITIONS + (
        "  Files: {Type: AWS::EFS::FileSystem}\n"
        "  Cache: {Type: AWS::ElastiCache::ReplicationGroup, Properties: {AtRestEncryptionEnabled: true}}\n"
        "  Search: {Type: AWS::OpenSearchService::Domain, Properties: {EncryptionAtRestOptions: {Enabled: false}}}\n"
    )
    assert [each.message for each in seen(template, "E9125")] == [
        "Files is not encrypted: Encrypted is not true",
        "Search is not encrypted: EncryptionAtRestOptions.Enabled is not true",
    ]


def test_a_database_in_subnets_that_lead_to_the_internet_is_found_once() -> None:
    template = (
        CONDITIONS
        + """
  Open: {Type: AWS::EC2::Subnet}
  Closed: {Type: AWS::EC2::Subnet}
  Gateway: {Type: AWS::EC2::InternetGateway}
  Table: {Type: AWS::EC2::RouteTable}
  Route:
    Type: AWS::EC2::Route
    Properties: {RouteTableId: !Ref Table, DestinationCidrBlock: 0.0.0.0/0, GatewayId: !Ref Gateway}
  Association:
    Type: AWS::EC2::SubnetRouteTableAssociation
    Properties: {SubnetId: !Ref Open, RouteTableId: !Ref Table}
  Group: {Type: AWS::RDS::DBSubnetGroup, Properties: {SubnetIds: [!Ref Closed, !Ref Open, !ImportValue subnet]}}
  Instance: {Type: AWS::RDS::DBInstance, Properties: {PubliclyAccessible: !If [IsProd, false, true]}}
"""
    )
    assert [(each.rule, each.path) for each in seen(template, "E9126", "E9173")] == [
        ("E9126", "Resources/Instance/Properties/PubliclyAccessible/Fn::If/2"),
        ("E9173", "Resources/Group/Properties/SubnetIds/1"),
    ]


GOOD = "CopyTagsToSnapshot: true, EnableIAMDatabaseAuthentication: true, EnableCloudwatchLogsExports: [error]"


@pytest.mark.parametrize(("instances", "found"), [(0, False), (1, True), (2, False)])
def test_a_cluster_of_production_has_two_instances(instances: int, *, found: bool) -> None:
    template = (
        CONDITIONS + f"  Cluster: {{Type: AWS::RDS::DBCluster, Properties: {{{GOOD}, BackupRetentionPeriod: 7}}}}"
    )
    for number in range(instances):
        template += f"\n  I{number}: {{Type: AWS::RDS::DBInstance, Properties: {{DBClusterIdentifier: !Ref Cluster}}}}"
    told = [each.message for each in seen(template, "W9127", profile="production")]
    assert told == ["Cluster has one instance only"] * found
    assert not paths(template, "W9127")


def test_an_upgrade_that_an_instance_refuses_and_short_backups_are_told() -> None:
    template = (
        CONDITIONS
        + f"""
  Cluster: {{Type: AWS::RDS::DBCluster, Properties: {{{GOOD}, BackupRetentionPeriod: 1}}}}
  One: {{Type: AWS::RDS::DBInstance, Properties: {{DBClusterIdentifier: !Ref Cluster, AutoMinorVersionUpgrade: false}}}}
  Two: {{Type: AWS::RDS::DBInstance, Properties: {{DBClusterIdentifier: !Ref Cluster}}}}
"""
    )
    assert [each.message for each in seen(template, "W9127", profile="production")] == [
        "Cluster keeps its backups for less than 7 days",
        "One does not take minor upgrades of its engine",
    ]
    assert not paths(template, "W9127", "ephemeral")


BALANCER = "ElasticLoadBalancingV2::LoadBalancer"
ATTRIBUTE = "LoadBalancerAttributes: [{Key: deletion_protection.enabled, Value: '%s'}]"


@pytest.mark.parametrize(
    ("kind", "properties", "profiles"),
    [
        ("RDS::DBCluster", "DeletionProtection: true", ["destroyable", "ephemeral"]),
        ("RDS::DBCluster", "DeletionProtection: false", ["production"]), ("RDS::DBCluster", "", ["production"]),
        ("RDS::DBInstance", "DBClusterIdentifier: a", []),
        ("Cognito::UserPool", "DeletionProtection: ACTIVE", ["destroyable", "ephemeral"]),
        ("RDS::DBCluster", "DeletionProtection: !If [IsProd, true, !Ref Env]", []),
        ("RDS::DBCluster", "DeletionProtection: !If [IsProd, true, false]", []),
        (BALANCER, ATTRIBUTE % "true", ["destroyable", "ephemeral"]), (BALANCER, ATTRIBUTE % "false", ["production"]),
        (BALANCER, "Name: a", ["production"]),
    ],
)  # fmt: skip
def test_protection_is_judged_by_what_the_stack_is_for(kind: str, properties: str, profiles: list[str]) -> None:
    template = CONDITIONS + f"  It: {{Type: 'AWS::{kind}', Properties: {{{properties}}}}}"
    every = ("destroyable", "ephemeral", "production", "")
    assert [each for each in every if paths(template, "W9128", each)] == profiles


RECOVERS = "PointInTimeRecoverySpecification: {PointInTimeRecoveryEnabled: %s}, BillingMode: PAY_PER_REQUEST"


def test_a_table_may_recover_in_production_only() -> None:
    template = CONDITIONS + f"  Table: {{Type: AWS::DynamoDB::Table, Properties: {{{RECOVERS}}}}}"
    assert not paths(template % "!If [IsProd, true, false]", "W9129")
    assert not paths(template % "!If [IsProd, true, false]", "W9129", "production")
    assert not paths(template % "!If [IsProd, !Ref Env, false]", "W9129")
    assert paths(template % "false", "W9129")
    assert not paths(template % "false", "W9129", "ephemeral")


def test_a_fixed_capacity_is_let_through_where_something_scales_it() -> None:
    table = "  Table: {Type: AWS::DynamoDB::Table, Properties: {%s: {PointInTimeRecoveryEnabled: true}}}\n"
    template = CONDITIONS + table % "PointInTimeRecoverySpecification"
    assert [each.message for each in seen(template, "W9129")] == [
        "Table has a fixed capacity and nothing that scales it"
    ]
    target = (
        "  Target: {Type: AWS::ApplicationAutoScaling::ScalableTarget, Properties: {ResourceId: !Sub 'table/${Table}'}}"
    )
    assert not paths(template + target, "W9129")
