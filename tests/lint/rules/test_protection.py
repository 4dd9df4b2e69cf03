"""Rules about what protects data: encryption, TLS, backups, zones."""

from __future__ import annotations

import pytest

from .kit import paths, seen

HEAD = """
Parameters: {Env: {Type: String}}
Conditions: {IsProd: !Equals [!Ref Env, prod]}
Resources:
"""


def of(kind: str, properties: str) -> str:
    return HEAD + f"  It: {{Type: 'AWS::{kind}', Properties: {{{properties}}}}}\n"


def mappings(device: str) -> str:
    return f"BlockDeviceMappings: [{{DeviceName: a, Ebs: {{{device}}}}}]"


@pytest.mark.parametrize(
    ("kind", "properties", "found"),
    [
        ("EC2::Volume", "Encrypted: !If [IsProd, true, false]", True), ("EC2::Volume", "Encrypted: !Ref Env", False),
        ("EC2::Instance", mappings("VolumeSize: 8"), True), ("EC2::Instance", mappings("Encrypted: true"), False),
        ("EC2::Instance", mappings("SnapshotId: a"), False), ("EC2::Instance", "", False),
        ("EC2::Instance", "BlockDeviceMappings: [{DeviceName: a, NoDevice: {}}]", False),
        ("EC2::LaunchTemplate", f"LaunchTemplateData: {{{mappings('Encrypted: false')}}}", True),
    ],
)  # fmt: skip
def test_a_volume_that_begins_empty_is_encrypted(kind: str, properties: str, *, found: bool) -> None:
    assert bool(paths(of(kind, properties), "E9152")) is found


@pytest.mark.parametrize(
    ("kind", "properties", "found"),
    [
        ("EC2::Volume", "", True), ("EC2::Volume", "VolumeType: gp3", False), ("RDS::DBInstance", "", False),
        ("RDS::DBInstance", "StorageType: io1", True), ("EC2::Instance", mappings("VolumeType: gp2"), True),
        ("EC2::Instance", mappings("VolumeType: !If [IsProd, io2, gp3]"), False),
    ],
)  # fmt: skip
def test_a_volume_is_of_a_current_kind(kind: str, properties: str, *, found: bool) -> None:
    assert bool(paths(of(kind, properties), "W9151")) is found


@pytest.mark.parametrize(
    ("kind", "properties", "found"),
    [
        ("SQS::Queue", "", False), ("SQS::Queue", "SqsManagedSseEnabled: false", True),
        ("SQS::Queue", "SqsManagedSseEnabled: false, KmsMasterKeyId: a", False),
        ("SNS::Topic", "KmsMasterKeyId: !If [IsProd, a, !Ref 'AWS::NoValue']", True),
        ("SNS::Topic", "KmsMasterKeyId: alias/aws/sns", False),
    ],
)  # fmt: skip
def test_topics_and_queues_are_encrypted(kind: str, properties: str, *, found: bool) -> None:
    assert bool(paths(of(kind, properties), "W9153")) is found


def test_a_topic_without_a_key_is_not_said_to_lie_in_plain_text() -> None:
    (found,) = seen(of("SNS::Topic", ""), "W9153")
    assert found.message == "It is not encrypted with a key of KMS: KmsMasterKeyId"


def test_an_alarm_cannot_send_to_a_topic_with_the_key_of_aws() -> None:
    alarm = "  Alarm: {Type: AWS::CloudWatch::Alarm, Properties: {AlarmActions: [!Ref It]}}\n"
    assert [each.message for each in seen(of("SNS::Topic", "KmsMasterKeyId: alias/aws/sns") + alarm, "W9153")] == [
        "Alarm cannot send to It: it may not use alias/aws/sns"
    ]


def test_a_log_group_is_asked_for_a_key_only_where_one_is_for_logs() -> None:
    key = "  Key: {Type: AWS::KMS::Key, Properties: {KeyPolicy: {Statement: [{Principal: {Service: %s}}]}}}\n"
    assert not paths(of("Logs::LogGroup", "") + key % "sns.amazonaws.com", "W9154")
    assert not paths(of("Logs::LogGroup", "KmsKeyId: !GetAtt Key.Arn") + key % "logs.amazonaws.com", "W9154")
    assert paths(of("Logs::LogGroup", "") + key % "[sns.amazonaws.com, logs.amazonaws.com]", "W9154")


CLUSTER_GROUP, GROUP = "RDS::DBClusterParameterGroup", "RDS::DBParameterGroup"


@pytest.mark.parametrize(
    ("kind", "properties", "found"),
    [
        (CLUSTER_GROUP, "Family: aurora-mysql8.0, Parameters: {require_secure_transport: 'ON'}", False),
        (CLUSTER_GROUP, "Family: aurora-mysql8.0, Parameters: {require_secure_transport: 'OFF'}", True),
        (GROUP, "Family: aurora-mysql8.0", False), (GROUP, "Family: mysql8.0", True),
        (GROUP, "Family: mysql8.4", False),
        (GROUP, "Family: postgres14", True), (GROUP, "Family: postgres16", False),
        (GROUP, "Family: postgres16, Parameters: {rds.force_ssl: 0}", True),
        (CLUSTER_GROUP, "Family: aurora-postgresql13, Parameters: {rds.force_ssl: '1'}", False),
        (CLUSTER_GROUP, "Family: !Ref Env", False), ("RDS::DBCluster", "Engine: aurora-postgresql", False),
        ("RDS::DBCluster", "Engine: aurora-mysql, DBClusterParameterGroupName: !Ref Env", False),
        ("RDS::DBCluster", "Engine: !If [IsProd, aurora-mysql, aurora-postgresql]", False),
    ],
)  # fmt: skip
def test_tls_is_required_where_the_engine_does_not_by_itself(kind: str, properties: str, *, found: bool) -> None:
    assert bool(paths(of(kind, properties), "W9148")) is found


@pytest.mark.parametrize(
    ("kind", "properties", "found"),
    [
        ("RDS::DBInstance", "BackupRetentionPeriod: 7", False), ("RDS::DBInstance", "", True),
        ("RDS::DBInstance", "BackupRetentionPeriod: !If [IsProd, 30, 1]", False),
        ("RDS::DBInstance", "BackupRetentionPeriod: !Ref Env", False), ("EFS::FileSystem", "", True),
        ("EFS::FileSystem", "BackupPolicy: {Status: ENABLED}", False), ("Redshift::Cluster", "", True),
    ],
)  # fmt: skip
def test_production_is_backed_up_for_a_week(kind: str, properties: str, *, found: bool) -> None:
    assert bool(paths(of(kind, properties), "W9149", "production")) is found
    assert not paths(of(kind, properties), "W9149")


SUBNETS = "NetworkConfiguration: {AwsvpcConfiguration: {Subnets: %s}}"


@pytest.mark.parametrize(
    ("kind", "properties", "found"),
    [
        ("RDS::DBInstance", "", True), ("RDS::DBInstance", "MultiAZ: !If [IsProd, true, false]", False),
        ("RDS::DBInstance", "DBClusterIdentifier: a", False), ("ECS::Service", SUBNETS % "[a]", True),
        ("ECS::Service", SUBNETS % "[a, b]", False), ("ECS::Service", SUBNETS % "!Ref Env", False),
        ("ECS::Service", SUBNETS % "!If [IsProd, [a, b], [a]]", False), ("ECS::Service", "", False),
    ],
)  # fmt: skip
def test_production_runs_in_two_zones(kind: str, properties: str, *, found: bool) -> None:
    assert bool(paths(of(kind, properties), "W9150", "production")) is found
    assert not paths(of(kind, properties), "W9150", "destroyable")
