"""Database, tables, buckets and key: what is kept, for how long, and who may touch it."""

import json
import re

import pytest

from stackgen import render
from stacks.tap.database import DatabaseStack
from stacks.tap.database_parameters import CONNECTION_THRESHOLD, MAX_CAPACITY, MAX_CONNECTIONS
from stacks.tap.tap import TapStack
from tests.tap.reading import Templates, resources


@pytest.mark.requirement("TAP-22", "TAP-D09")
def test_a_deleted_cluster_leaves_a_snapshot_and_its_backups(templates: Templates) -> None:
    """the last state of a deleted database is lost at once"""
    cluster = templates["database-stack"]["Resources"]["AuroraCluster"]
    assert (cluster["DeletionPolicy"], cluster["UpdateReplacePolicy"]) == ("Snapshot", "Snapshot")
    assert cluster["Properties"]["BackupRetentionPeriod"] == {"Ref": "BackupRetentionDays"}
    assert TapStack.parameters()["BackupRetentionDays"].default == "30"
    assert cluster["Properties"]["DeleteAutomatedBackups"] is False
    assert cluster["Properties"]["CopyTagsToSnapshot"] is True  # the janitor knows its snapshots by their tag


@pytest.mark.requirement("TAP-23", "TAP-D10")
def test_instances_are_deleted_because_they_hold_nothing(templates: Templates) -> None:
    """a member instance asks for a snapshot, which Aurora cannot make, and its deletion fails"""
    instances = list(resources(templates, "AWS::RDS::DBInstance"))
    assert [title for _, title, _ in instances] == ["AuroraReader", "AuroraWriter"]
    for _, _, instance in instances:
        assert instance["DeletionPolicy"] == "Delete"


@pytest.mark.requirement("TAP-31")
def test_capacity_is_given_only_to_the_serverless_class(templates: Templates) -> None:
    """a provisioned class gets a scaling range, or the serverless one none"""
    cluster = templates["database-stack"]["Resources"]["AuroraCluster"]["Properties"]
    assert cluster["Engine"] == "aurora-mysql"
    scaling = cluster["ServerlessV2ScalingConfiguration"]["Fn::If"]
    assert scaling[0] == "UseServerless"
    assert scaling[1] == {"MinCapacity": {"Ref": "MinCapacity"}, "MaxCapacity": {"Ref": "MaxCapacity"}}
    assert scaling[2] == {"Ref": "AWS::NoValue"}


@pytest.mark.requirement("TAP-D32", "TAP-D33", "TAP-34")
def test_the_password_is_the_latest_unless_a_version_is_named(templates: Templates) -> None:
    """regions would need equal version numbers, or a rotated password would never reach the cluster"""
    chosen = templates["database-stack"]["Resources"]["AuroraCluster"]["Properties"]["MasterUserPassword"]["Fn::If"]
    name, versioned, latest = chosen[0], chosen[1]["Fn::Sub"], chosen[2]["Fn::Sub"]
    assert name == "HasPasswordVersion"
    assert versioned == ("{{resolve:ssm-secure:${DatabasePasswordParameterName}:${DatabasePasswordParameterVersion}}}")
    assert latest == "{{resolve:ssm-secure:${DatabasePasswordParameterName}}}"


@pytest.mark.requirement("TAP-D28")
def test_a_variant_lets_rds_keep_the_password() -> None:
    """the variant still reads Parameter Store, or both ways are given at once, which RDS refuses"""

    class ManagedPassword(DatabaseStack):
        """A database whose password RDS keeps and rotates."""

        file = "managed-password"
        manage_master_user_password = True

    cluster = json.loads(render(ManagedPassword).text)["Resources"]["AuroraCluster"]["Properties"]
    assert cluster["ManageMasterUserPassword"] is True
    assert "MasterUserPassword" not in cluster


@pytest.mark.requirement("TAP-41")
def test_the_database_takes_tls_only(templates: Templates) -> None:
    """a client may connect in the clear"""
    group = templates["database-stack"]["Resources"]["DbClusterParameterGroup"]["Properties"]
    assert group["Parameters"]["require_secure_transport"] == "ON"
    cluster = templates["database-stack"]["Resources"]["AuroraCluster"]["Properties"]
    assert cluster["DBClusterParameterGroupName"] == {"Ref": "DbClusterParameterGroup"}


@pytest.mark.requirement("TAP-16")
def test_the_four_figures_of_the_database_have_alarms(templates: Templates) -> None:
    """a database in need tells nobody"""
    watched = {
        each["Properties"]["MetricName"]
        for file, _, each in resources(templates, "AWS::CloudWatch::Alarm")
        if file == "database-stack"
    }
    assert watched == {"DatabaseConnections", "CPUUtilization", "ACUUtilization", "FreeableMemory"}
    capacity = templates["database-stack"]["Resources"]["CapacityAlarm"]
    assert capacity["Condition"] == "CreateCapacityAlarm"  # a provisioned class has no such metric


@pytest.mark.requirement("TAP-D34")
def test_the_connection_threshold_follows_the_most_capacity() -> None:
    """the default fires on what MaxCapacity allows easily, or never before the database is full"""
    default = TapStack.parameters()["DatabaseConnectionAlarmThreshold"].default
    assert default == str(CONNECTION_THRESHOLD) == "80"
    assert TapStack.parameters()["MaxCapacity"].default == str(MAX_CAPACITY)
    assert 0.5 * MAX_CONNECTIONS[MAX_CAPACITY] < CONNECTION_THRESHOLD < 0.75 * MAX_CONNECTIONS[MAX_CAPACITY]
    described = TapStack.parameters()["DatabaseConnectionAlarmThreshold"].description
    assert re.findall(r"(\d+) for (\d+)", described)[1:3] == [("80", "4"), ("600", "8")]


@pytest.mark.requirement("TAP-32")
def test_sessions_are_on_demand_restorable_and_expire(templates: Templates) -> None:
    """the session table has fixed capacity, cannot be restored, or keeps sessions for ever"""
    table = templates["storage-stack"]["Resources"]["SessionTable"]["Properties"]
    assert table["BillingMode"] == "PAY_PER_REQUEST"
    assert table["TimeToLiveSpecification"] == {"AttributeName": "expires_at", "Enabled": True}
    assert table["PointInTimeRecoverySpecification"] == {"PointInTimeRecoveryEnabled": True}
    assert table["GlobalSecondaryIndexes"][0]["IndexName"] == "UserIdIndex"


@pytest.mark.requirement("TAP-33", "TAP-24")
def test_the_audit_bucket_is_versioned_private_and_tls_only(templates: Templates) -> None:
    """a log can be overwritten without trace, read by the public, or sent in the clear"""
    bucket = templates["storage-stack"]["Resources"]["AuditLogBucket"]["Properties"]
    assert bucket["VersioningConfiguration"] == {"Status": "Enabled"}
    assert set(bucket["PublicAccessBlockConfiguration"].values()) == {True}
    policy = templates["storage-stack"]["Resources"]["AuditLogBucketPolicy"]["Properties"]["PolicyDocument"]
    tls = next(each for each in policy["Statement"] if each["Sid"] == "OnlyTls")
    assert tls["Effect"] == "Deny"
    assert tls["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}


@pytest.mark.requirement("TAP-24", "TAP-D11")
def test_only_the_destroying_roles_delete_audit_logs_and_no_lock_stops_them(templates: Templates) -> None:
    """anybody with S3 rights deletes audit logs, or nobody can ever destroy the environment"""
    policy = templates["storage-stack"]["Resources"]["AuditLogBucketPolicy"]["Properties"]["PolicyDocument"]
    deny = next(each for each in policy["Statement"] if "s3:DeleteObject" in each["Action"])
    assert deny["Effect"] == "Deny"
    exempt = json.dumps(deny["Condition"]["ArnNotLike"]["aws:PrincipalArn"])
    assert "role/tap-stackset-execution-${EnvironmentSuffix}" in exempt
    assert "DeploymentRoleArn" in exempt
    assert "ObjectLock" not in json.dumps(templates["storage-stack"]["Resources"])


@pytest.mark.requirement("TAP-25")
def test_any_expiry_of_audit_logs_goes_with_their_transition(templates: Templates) -> None:
    """S3 refuses an expiry that is not later than the transition, so a small AuditLogExpirationDays would fail"""
    rules = templates["storage-stack"]["Resources"]["AuditLogBucket"]["Properties"]["LifecycleConfiguration"]["Rules"]
    expiring = next(rule for rule in rules if "ExpirationInDays" in rule)
    assert expiring["Transitions"] == [{"StorageClass": "INTELLIGENT_TIERING", "TransitionInDays": 0}]
    assert TapStack.parameters()["AuditLogExpirationDays"].min_value == 1
    assert all("ExpiredObjectDeleteMarker" not in rule for rule in rules if "ExpirationInDays" in rule)


@pytest.mark.requirement("TAP-41")
def test_the_key_rotates_and_serves_this_account_through_named_services_only(templates: Templates) -> None:
    """the key never changes, or another account or service may use it"""
    key = templates["security-stack"]["Resources"]["Key"]["Properties"]
    assert key["EnableKeyRotation"] is True
    statements = {each["Sid"]: each for each in key["KeyPolicy"]["Statement"]}
    services = statements["ServicesOnBehalfOfThisAccount"]["Condition"]["StringEquals"]
    assert services["kms:CallerAccount"] == {"Ref": "AWS::AccountId"}
    assert [each["Fn::Sub"].split(".")[0] for each in services["kms:ViaService"]] == ["lambda", "rds"]
    assert key["PendingWindowInDays"] == 30  # snapshots and backups cannot be read without it
    grants = statements["GrantsForResourcesOfThisAccount"]
    assert grants["Condition"]["Bool"] == {"kms:GrantIsForAWSResource": "true"}
    for statement in statements.values():
        assert statement["Principal"] != "*"
        if statement["Principal"] == {"AWS": "*"}:
            assert statement["Condition"]
