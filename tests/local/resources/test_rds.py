"""Clusters and instances: what RDS tells of a template's resources."""

from __future__ import annotations

from typing import Any

import pytest

from tests.local.resources.lives import Cloud, Life, delete, deploy, first, live, refused, refused_deletion, tags

VPC = {"Type": "AWS::EC2::VPC", "Properties": {"CidrBlock": "10.0.0.0/16"}}
SUBNETS = {
    f"Subnet{number}": {
        "Type": "AWS::EC2::Subnet",
        "Properties": {
            "AvailabilityZoneId": f"euw1-az{number}",
            "CidrBlock": f"10.0.{number}.0/24",
            "VpcId": {"Ref": "Vpc"},
        },
    }
    for number in (1, 2)
}
SUBNET_IDS = [{"Ref": "Subnet1"}, {"Ref": "Subnet2"}]
GROUP = {
    "Type": "AWS::RDS::DBSubnetGroup",
    "Properties": {
        "DBSubnetGroupDescription": "subnets",
        "DBSubnetGroupName": "a-subnet-group",
        "SubnetIds": SUBNET_IDS,
    },
}
PARAMETERS = {
    "Type": "AWS::RDS::DBClusterParameterGroup",
    "Properties": {
        "DBClusterParameterGroupName": "a-parameter-group",
        "Description": "parameters",
        "Family": "aurora-mysql8.0",
        "Parameters": {"long_query_time": "2"},
    },
}
NETWORK = {"Vpc": VPC, **SUBNETS, "Group": GROUP}
KEY = "arn:aws:kms:eu-west-1:111111111111:key/a"
CLUSTER = {
    "BackupRetentionPeriod": 30,
    "CopyTagsToSnapshot": True,
    "DBClusterIdentifier": "a-cluster",
    "DBClusterParameterGroupName": {"Ref": "Parameters"},
    "DBSubnetGroupName": {"Ref": "Group"},
    "DatabaseName": "transactions",
    "DeleteAutomatedBackups": False,
    "DeletionProtection": False,
    "EnableCloudwatchLogsExports": ["error", "slowquery"],
    "EnableIAMDatabaseAuthentication": False,
    "Engine": "aurora-mysql",
    "EngineMode": "provisioned",
    "EngineVersion": "8.0.mysql_aurora.3.10.5",
    "KmsKeyId": KEY,
    "MasterUserPassword": "a-long-password",
    "MasterUsername": "admin",
    "Port": 3307,
    "PreferredBackupWindow": "02:00-03:00",
    "PreferredMaintenanceWindow": "sun:03:30-sun:04:30",
    "ServerlessV2ScalingConfiguration": {"MaxCapacity": 4, "MinCapacity": 0.5},
    "StorageEncrypted": True,
    "Tags": [{"Key": "Stack", "Value": "database"}],
    "VpcSecurityGroupIds": ["sg-1"],
}
PLAIN = {
    "Type": "AWS::RDS::DBCluster",
    "DeletionPolicy": "Delete",
    "Properties": {
        "DBClusterIdentifier": "a-cluster",
        "Engine": "aurora-mysql",
        "MasterUserPassword": "a-long-password",
        "MasterUsername": "admin",
    },
}
WRITER = {
    "AutoMinorVersionUpgrade": False,
    "DBClusterIdentifier": {"Ref": "Cluster"},
    "DBInstanceClass": "db.serverless",
    "DBInstanceIdentifier": "a-writer",
    "Engine": "aurora-mysql",
    "PubliclyAccessible": False,
    "Tags": [{"Key": "Stack", "Value": "database"}],
}


def cluster(aws: Cloud, name: str) -> dict[str, Any]:
    rds = aws.client("rds")
    found = first(rds.describe_db_clusters(DBClusterIdentifier=name)["DBClusters"])
    groups = [one["VpcSecurityGroupId"] for one in found["VpcSecurityGroups"]]
    told = tags(rds.list_tags_for_resource(ResourceName=found["DBClusterArn"])["TagList"])
    assert told == tags(found["TagList"])
    return {**found, "Groups": groups, "Tags": told}


def instance(aws: Cloud, name: str) -> dict[str, Any]:
    found = first(aws.client("rds").describe_db_instances(DBInstanceIdentifier=name)["DBInstances"])
    return {**found, "Group": found["DBSubnetGroup"]["DBSubnetGroupName"], "Tags": tags(found["TagList"])}


def subnet_group(aws: Cloud, name: str) -> dict[str, Any]:
    found = first(aws.client("rds").describe_db_subnet_groups(DBSubnetGroupName=name)["DBSubnetGroups"])
    return {**found, "Subnets": sorted(one["SubnetIdentifier"] for one in found["Subnets"])}


def parameter_group(aws: Cloud, name: str) -> dict[str, Any]:
    rds = aws.client("rds")
    found = first(
        rds.describe_db_cluster_parameter_groups(DBClusterParameterGroupName=name)["DBClusterParameterGroups"]
    )
    given = rds.describe_db_cluster_parameters(DBClusterParameterGroupName=name, Source="user")["Parameters"]
    return {**found, "Parameters": {one["ParameterName"]: one["ParameterValue"] for one in given}}


LIVES = [
    Life(
        "AWS::RDS::DBSubnetGroup",
        {**GROUP["Properties"], "DBSubnetGroupDescription": "first"},  # type: ignore[dict-item]
        subnet_group,
        {"DBSubnetGroupDescription": "first", "VpcId": "<Vpc>"},
        {"DBSubnetGroupDescription": "second"},
        {"DBSubnetGroupDescription": "second", "VpcId": "<Vpc>"},
        ref="a-subnet-group",
        beside={"Vpc": VPC, **SUBNETS},
    ),
    Life(
        "AWS::RDS::DBClusterParameterGroup",
        PARAMETERS["Properties"],  # type: ignore[arg-type]
        parameter_group,
        {"DBParameterGroupFamily": "aurora-mysql8.0", "Parameters": {"long_query_time": "2"}},
        {"Parameters": {"slow_query_log": "1"}},
        {"Parameters": {"slow_query_log": "1"}},
        ref="a-parameter-group",
    ),
    Life(
        "AWS::RDS::DBCluster",
        CLUSTER,
        cluster,
        {
            "BackupRetentionPeriod": 30,
            "CopyTagsToSnapshot": True,
            "DBClusterParameterGroup": "a-parameter-group",
            "DBSubnetGroup": "a-subnet-group",
            "DatabaseName": "transactions",
            "DeletionProtection": False,
            "EnabledCloudwatchLogsExports": ["error", "slowquery"],
            "Engine": "aurora-mysql",
            "EngineMode": "provisioned",
            "EngineVersion": "8.0.mysql_aurora.3.10.5",
            "Groups": ["sg-1"],
            "IAMDatabaseAuthenticationEnabled": False,
            "KmsKeyId": KEY,
            "MasterUsername": "admin",
            "Port": 3307,
            "PreferredBackupWindow": "02:00-03:00",
            "PreferredMaintenanceWindow": "sun:03:30-sun:04:30",
            "ServerlessV2ScalingConfiguration": {"MaxCapacity": 4.0, "MinCapacity": 0.5},
            "StorageEncrypted": True,
            "Tags": {"Stack": "database"},
        },
        {
            "BackupRetentionPeriod": 7,
            "EnableCloudwatchLogsExports": ["error"],
            "ServerlessV2ScalingConfiguration": {"MaxCapacity": "8", "MinCapacity": "1"},
            "Tags": [{"Key": "Stack", "Value": "other"}],
            "VpcSecurityGroupIds": ["sg-2"],
        },
        {
            "BackupRetentionPeriod": 7,
            "EnabledCloudwatchLogsExports": ["error"],
            "Groups": ["sg-2"],
            "KmsKeyId": KEY,
            "ServerlessV2ScalingConfiguration": {"MaxCapacity": 8.0, "MinCapacity": 1.0},
            "Tags": {"Stack": "other"},
        },
        ref="a-cluster",
        attributes={
            "DBClusterArn": "arn:aws:rds:eu-west-1:111111111111:cluster:a-cluster",
            "Endpoint.Address": r"a-cluster\.cluster-\w+\.eu-west-1\.rds\.amazonaws\.com",
            "Endpoint.Port": "3307",
            "ReadEndpoint.Address": r"a-cluster\.cluster-ro-\w+\.eu-west-1\.rds\.amazonaws\.com",
        },
        beside={**NETWORK, "Parameters": PARAMETERS},
    ),
    Life(
        "AWS::RDS::DBInstance",
        WRITER,
        instance,
        {
            "AutoMinorVersionUpgrade": False,
            "BackupRetentionPeriod": 30,
            "DBClusterIdentifier": "a-cluster",
            "DBInstanceClass": "db.serverless",
            "DBInstanceStatus": "available",
            "Engine": "aurora-mysql",
            "EngineVersion": "8.0.mysql_aurora.3.10.5",
            "Group": "a-subnet-group",
            "KmsKeyId": KEY,
            "PubliclyAccessible": False,
            "StorageEncrypted": True,
            "StorageType": "aurora",
            "Tags": {"Stack": "database"},
        },
        {"DBInstanceClass": "db.t4g.medium", "Tags": [{"Key": "Stack", "Value": "other"}]},
        {"DBInstanceClass": "db.t4g.medium", "StorageEncrypted": True, "Tags": {"Stack": "other"}},
        ref="a-writer",
        attributes={"Endpoint.Port": "3307"},
        beside={
            **NETWORK,
            "Parameters": PARAMETERS,
            "Cluster": {"Type": "AWS::RDS::DBCluster", "DeletionPolicy": "Delete", "Properties": CLUSTER},
        },
    ),
]


@pytest.mark.parametrize("life", LIVES, ids=lambda life: life.type)
def test_a_database_resource_is_what_its_template_says_until_it_is_deleted(aws: Cloud, life: Life) -> None:
    live(aws, life)


def test_a_cluster_has_one_writer_and_another_after_it_is_gone(aws: Cloud) -> None:
    def template(*names: str) -> dict[str, Any]:
        members = {
            name: {"Type": "AWS::RDS::DBInstance", "Properties": {**WRITER, "DBInstanceIdentifier": name.lower()}}
            for name in names
        }
        return {"Resources": {"Cluster": PLAIN, **members}}

    def writers() -> list[str]:
        members = cluster(aws, "a-cluster")["DBClusterMembers"]
        return [member["DBInstanceIdentifier"] for member in members if member["IsClusterWriter"]]

    stack = aws.stack(template("One"))
    deploy(aws, template("One", "Two"), stack=stack)
    assert writers() == ["one"]
    deploy(aws, template("Two"), stack=stack)
    assert writers() == ["two"]
    delete(aws, stack)


def test_a_protected_cluster_stays_until_its_protection_is_taken_away(aws: Cloud) -> None:
    protected = {**PLAIN, "Properties": {**PLAIN["Properties"], "DeletionProtection": True}}  # type: ignore[dict-item]
    stack = aws.stack({"Resources": {"It": protected}})
    assert "Cannot delete protected Cluster" in refused_deletion(aws, stack)
    aws.client("rds").modify_db_cluster(DBClusterIdentifier="a-cluster", DeletionProtection=False)
    delete(aws, stack)


def test_every_deletion_with_the_policy_snapshot_leaves_a_snapshot_of_its_own_with_the_tags(aws: Cloud) -> None:
    rds = aws.client("rds")
    tagged = {"CopyTagsToSnapshot": True, "Tags": [{"Key": "Stack", "Value": "database"}]}
    kept = {"Type": "AWS::RDS::DBCluster", "DeletionPolicy": "Snapshot"}
    for _ in range(2):
        properties = {**PLAIN["Properties"], **tagged}  # type: ignore[dict-item]
        delete(aws, aws.stack({"Resources": {"It": {**kept, "Properties": properties}}}))
    found = rds.describe_db_cluster_snapshots(DBClusterIdentifier="a-cluster")["DBClusterSnapshots"]
    assert [(one["SnapshotType"], one["TagList"]) for one in found] == [("manual", tagged["Tags"])] * 2
    for one in found:
        rds.delete_db_cluster_snapshot(DBClusterSnapshotIdentifier=one["DBClusterSnapshotIdentifier"])


def test_automated_backups_outlive_a_cluster_that_says_so_and_no_other(aws: Cloud) -> None:
    rds = aws.client("rds")
    for said in ({}, {"DeleteAutomatedBackups": True}, {"DeleteAutomatedBackups": False}):
        properties = {**PLAIN["Properties"], **said, "BackupRetentionPeriod": 30}  # type: ignore[dict-item]
        delete(aws, aws.stack({"Resources": {"It": {**PLAIN, "Properties": properties}}}))
        found = rds.describe_db_cluster_automated_backups()["DBClusterAutomatedBackups"]
        assert len(found) == (said.get("DeleteAutomatedBackups") is False)
    assert (found[0]["DBClusterIdentifier"], found[0]["Status"]) == ("a-cluster", "retained")
    assert found[0]["BackupRetentionPeriod"] == 30


@pytest.mark.parametrize(
    ("properties", "message"),
    [
        ({"DBSubnetGroupName": "nowhere"}, "DB subnet group 'nowhere' does not exist."),
        ({"DBClusterParameterGroupName": "none"}, "DBClusterParameterGroup not found: none"),
        ({"EngineVersion": "9.9"}, "Cannot find version 9.9 for aurora-mysql"),
        ({"MasterUserPassword": "with a / inside"}, "The parameter MasterUserPassword is not a valid password."),
        ({"MasterUserPassword": "short"}, "shorter than 8 characters"),
    ],
)
def test_a_cluster_that_the_service_would_refuse_is_refused(
    aws: Cloud, properties: dict[str, Any], message: str
) -> None:
    faulty = {**PLAIN, "Properties": {**PLAIN["Properties"], **properties}}  # type: ignore[dict-item]
    assert message in refused(aws, {"Resources": {"It": faulty}})


def test_a_subnet_group_that_a_cluster_of_another_stack_uses_stays(aws: Cloud) -> None:
    network = aws.stack({"Resources": NETWORK})
    inside = {**PLAIN["Properties"], "DBSubnetGroupName": "a-subnet-group"}  # type: ignore[dict-item]
    database = aws.stack({"Resources": {"It": {**PLAIN, "Properties": inside}}})
    assert "a-cluster is still using it" in refused_deletion(aws, network)
    delete(aws, database)
    delete(aws, network)
