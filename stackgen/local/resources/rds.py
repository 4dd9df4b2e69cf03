"""Aurora clusters and their instances.

The records are the emulator's, made without starting a database; what its provisioners drop is added here, and what
RDS refuses is refused.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-rds-dbcluster.html
https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-rds-dbinstance.html
"""

from __future__ import annotations

import re
import secrets
from typing import Any

from . import retained
from .emulator import accepted, arn, physical_name, provisioners, refuse, service, tag_list, true
from .resource_type import Properties, Provisioned, ResourceType

_SDK = "Rds"
_AURORA_MYSQL = re.compile(r"8\.0\.mysql_aurora\.3\.\d+\.\d+")

#: What a member of a cluster reports that the cluster decides.
_FROM_CLUSTER = (
    "BackupRetentionPeriod",
    "CopyTagsToSnapshot",
    "EngineVersion",
    "KmsKeyId",
    "MasterUsername",
    "PreferredBackupWindow",
    "StorageEncrypted",
    "VpcSecurityGroups",
)


# Clusters


def _check_cluster(properties: Properties) -> None:
    """What CreateDBCluster and ModifyDBCluster would refuse.

    https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CreateDBCluster.html
    """
    rds = service("rds")
    version = properties.get("EngineVersion", "")
    # The emulator's list of versions ends before ours: a newer release of a known shape passes.
    if not _AURORA_MYSQL.fullmatch(version) and (
        refused := rds._unsupported_aurora_engine_version_error(properties["Engine"], version)
    ):
        accepted(_SDK, refused)
    group = properties.get("DBSubnetGroupName")
    if group and group != "default" and group not in rds._subnet_groups:
        raise refuse(_SDK, f"DB subnet group '{group}' does not exist.", 404, "NotFound")
    parameters = properties.get("DBClusterParameterGroupName")
    if parameters and not parameters.startswith("default.") and parameters not in rds._db_cluster_param_groups:
        raise refuse(_SDK, f"DBClusterParameterGroup not found: {parameters}", 404, "NotFound")
    _check_password(properties.get("MasterUserPassword"))


def _check_password(password: str | None) -> None:
    if password is None:
        return
    if any(character in "/@\" '" or not "!" <= character <= "~" for character in password):
        raise refuse(
            _SDK,
            "The parameter MasterUserPassword is not a valid password. "
            "Only printable ASCII characters besides '/', '@', '\"', ' ' may be used.",
        )
    if not 8 <= len(password) <= 41:  # noqa: PLR2004 - MySQL's limits
        raise refuse(
            _SDK,
            "The parameter MasterUserPassword is not a valid password because it is "
            f"{'shorter than 8' if len(password) < 8 else 'longer than 41'} characters.",  # noqa: PLR2004
        )


def _create_cluster(logical_id: str, properties: Properties, stack_name: str) -> Provisioned:
    rds = service("rds")
    name = properties.get("DBClusterIdentifier") or physical_name(stack_name, logical_id, 63, lowercase=True)
    if name in rds._clusters:
        raise refuse(_SDK, "DB Cluster already exists", code="AlreadyExists")
    _check_cluster(properties)
    created: Provisioned = provisioners()._rds_db_cluster_create(
        logical_id, {**properties, "StorageEncrypted": true(properties.get("StorageEncrypted", False))}, stack_name
    )
    _complete_cluster(created[0], properties)
    return created


def _update_cluster(
    physical_id: str, old: Properties, new: Properties, stack_name: str, logical_id: str
) -> Provisioned:
    _check_cluster(new)
    updated: Provisioned = provisioners()._rds_db_cluster_update(physical_id, old, new, stack_name, logical_id)
    _complete_cluster(physical_id, new)
    for instance in _members(physical_id):
        _follow_cluster(instance)
    return updated


def _complete_cluster(name: str, properties: Properties) -> None:
    """Add to the record what the emulator's provisioner leaves out."""
    rds = service("rds")
    cluster = rds._clusters[name]
    family = ".".join(cluster["EngineVersion"].split(".")[:2])
    cluster["DBClusterParameterGroup"] = (
        properties.get("DBClusterParameterGroupName") or f"default.{cluster['Engine']}{family}"
    )
    cluster["KmsKeyId"] = _key_arn(properties.get("KmsKeyId"))
    cluster["EnabledCloudwatchLogsExports"] = sorted(properties.get("EnableCloudwatchLogsExports") or [])
    if scaling := properties.get("ServerlessV2ScalingConfiguration"):
        cluster["ServerlessV2ScalingConfiguration"] = {key: float(value) for key, value in scaling.items()}
    _tag(cluster, cluster["DBClusterArn"], properties)


def _key_arn(key: str | None) -> str:
    """RDS reports a key by its ARN, however it was named."""
    if not key or key.startswith("arn:"):
        return key or ""
    return arn("kms", f"key/{key}")


def _tag(record: dict[str, Any], resource_arn: str, properties: Properties) -> None:
    tags = tag_list(properties)
    record["TagList"] = tags
    service("rds")._tags[resource_arn] = list(tags)


def _snapshot_cluster(physical_id: str, properties: Properties) -> None:
    """Take the final snapshot of ``DeletionPolicy: Snapshot``, under a name of its own as CloudFormation does."""
    rds = service("rds")
    cluster = rds._clusters.get(physical_id)
    if cluster is None:
        return
    snapshot = rds._create_cluster_snapshot_internal(f"{physical_id[:200]}-snapshot-{secrets.token_hex(6)}", cluster)
    group = rds._subnet_groups.get(cluster.get("DBSubnetGroup"), {})
    snapshot["VpcId"] = group.get("VpcId", snapshot["VpcId"])
    # Names that begin with aws: are reserved: a user's copy cannot carry them.
    kept = [tag for tag in tag_list(properties) if not tag["Key"].startswith("aws:")]
    snapshot["TagList"] = kept if cluster.get("CopyTagsToSnapshot") else []
    rds._tags[snapshot["DBClusterSnapshotArn"]] = list(snapshot["TagList"])


def _delete_cluster(physical_id: str, properties: Properties) -> None:
    rds = service("rds")
    cluster = rds._clusters.get(physical_id)
    if cluster is None:
        return
    if cluster.get("DeletionProtection"):
        raise refuse(_SDK, "Cannot delete protected Cluster, please disable deletion protection and try again.")
    request = {"DBClusterIdentifier": physical_id, "SkipFinalSnapshot": "true"}
    accepted(_SDK, rds._delete_db_cluster(request))
    if "DeleteAutomatedBackups" in properties and not true(properties["DeleteAutomatedBackups"]):
        retained.keep(cluster)
    rds._tags.pop(cluster["DBClusterArn"], None)


# Instances


def _create_instance(logical_id: str, properties: Properties, stack_name: str) -> Provisioned:
    rds = service("rds")
    name = properties.get("DBInstanceIdentifier") or physical_name(stack_name, logical_id, 63, lowercase=True)
    if name in rds._instances:
        raise refuse(_SDK, "DB instance already exists", code="AlreadyExists")
    cluster = properties.get("DBClusterIdentifier")
    if cluster and cluster not in rds._clusters:
        raise refuse(_SDK, f"DBCluster {cluster} not found.", 404, "NotFound")
    provisioners()._rds_db_instance_create(logical_id, properties, stack_name)
    instance = rds._instances[name]
    _tag(instance, instance["DBInstanceArn"], properties)
    if cluster:
        _follow_cluster(instance)
        _settle_writer(cluster)
    return name, _instance_attributes(instance)


def _instance_attributes(instance: dict[str, Any]) -> dict[str, Any]:
    attributes: dict[str, Any] = provisioners()._rds_db_instance_attrs(instance)
    return attributes


def _update_instance(
    physical_id: str, old: Properties, new: Properties, stack_name: str, logical_id: str
) -> Provisioned:
    provisioners()._rds_db_instance_update(physical_id, old, new, stack_name, logical_id)
    instance = service("rds")._instances[physical_id]
    _tag(instance, instance["DBInstanceArn"], new)
    if new.get("DBClusterIdentifier"):
        _follow_cluster(instance)
    return physical_id, _instance_attributes(instance)


def _members(cluster: str) -> list[dict[str, Any]]:
    return [one for one in service("rds")._instances.values() if one.get("DBClusterIdentifier") == cluster]


def _follow_cluster(instance: dict[str, Any]) -> None:
    """Report for a member what its cluster decides.

    https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CreateDBInstance.html
    """
    rds = service("rds")
    cluster = rds._clusters[instance["DBClusterIdentifier"]]
    instance |= {key: cluster[key] for key in _FROM_CLUSTER if key in cluster}
    instance["Endpoint"]["Port"] = cluster["Port"]
    instance["AllocatedStorage"] = 1
    instance["StorageType"] = "aurora"
    instance["LicenseModel"] = "general-public-license"
    family = ".".join(cluster["EngineVersion"].split(".")[:2])
    for group in instance["DBParameterGroups"]:
        if group["DBParameterGroupName"].startswith("default."):
            group["DBParameterGroupName"] = f"default.{cluster['Engine']}{family}"
    group = rds._subnet_groups.get(cluster.get("DBSubnetGroup"))
    if group is not None:
        instance["DBSubnetGroup"] = group


def _settle_writer(cluster_name: str) -> None:
    """A cluster has one writer: the first member, and the next one after it is gone."""
    members = service("rds")._clusters[cluster_name]["DBClusterMembers"]
    for place, member in enumerate(members):
        member["IsClusterWriter"] = place == 0


def _snapshot_instance(physical_id: str, properties: Properties) -> None:
    """Members of a cluster have no snapshot of their own."""
    if not properties.get("DBClusterIdentifier"):
        provisioners()._rds_db_instance_snapshot(physical_id, properties)


def _delete_instance(physical_id: str, properties: Properties) -> None:
    rds = service("rds")
    instance = rds._instances.get(physical_id)
    if instance is None:
        return
    if instance.get("DeletionProtection"):
        raise refuse(_SDK, "Cannot delete protected DB Instance, please disable deletion protection and try again.")
    provisioners()._rds_db_instance_delete(physical_id, properties)
    rds._tags.pop(instance["DBInstanceArn"], None)
    cluster = instance.get("DBClusterIdentifier")
    if cluster in rds._clusters:
        _settle_writer(cluster)


TYPES = {
    "AWS::RDS::DBCluster": ResourceType(
        create=_create_cluster,
        delete=_delete_cluster,
        update=_update_cluster,
        replaced_by=frozenset(
            {
                "DBClusterIdentifier",
                "DBSubnetGroupName",
                "DatabaseName",
                "EngineMode",
                "KmsKeyId",
                "MasterUsername",
                "SnapshotIdentifier",
                "SourceDBClusterIdentifier",
                "StorageEncrypted",
            }
        ),
        snapshot=_snapshot_cluster,
        tags="list",
    ),
    "AWS::RDS::DBInstance": ResourceType(
        create=_create_instance,
        delete=_delete_instance,
        update=_update_instance,
        replaced_by=frozenset(
            {
                "DBClusterIdentifier",
                "DBInstanceIdentifier",
                "DBName",
                "DBSubnetGroupName",
                "KmsKeyId",
                "MasterUsername",
                "StorageEncrypted",
            }
        ),
        snapshot=_snapshot_instance,
        tags="list",
    ),
}
