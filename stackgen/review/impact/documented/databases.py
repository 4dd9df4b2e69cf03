"""Databases, caches and search domains."""

from __future__ import annotations

from stackgen.review.impact.result import CONDITIONAL, FAILS, REPLACE, UPDATE

from .questions import (
    PERHAPS,
    allows,
    is_added,
    is_another,
    is_removed,
    other_than,
    refuses,
    sets,
    unknown,
    was_absent,
    was_given,
)
from .row import REFERENCE, USER_GUIDE, Row, reference

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .row import Change, Table

_INSTANCE = "RDS::DBInstance"
_GROUP = "ElastiCache::ReplicationGroup"
_MODIFYING = "https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_ModifyDBInstance.html"
_BEHAVIOURS = f"{USER_GUIDE}/using-cfn-updating-stacks-update-behaviors.html"
_RESHARDING = "UseOnlineResharding"
_CONVERSIONS = (
    ("oracle-ee", "oracle-ee-cdb"),
    ("oracle-se", "oracle-se2"),
    ("oracle-se1", "oracle-se2"),
    ("oracle-se2", "oracle-se2-cdb"),
)
"""What an engine becomes without another instance."""


def _zones_left_open(change: Change) -> bool:
    """Whether a cache cluster names its zones neither before nor after."""
    names = ("PreferredAvailabilityZone", "PreferredAvailabilityZones")
    return not any(each.properties.get(name) for each in (change.old, change.new) for name in names)


def _has_old_security_groups(change: Change) -> bool:
    return bool(change.new.properties.get("DBSecurityGroups"))


def _leaves_global_cluster(change: Change) -> bool | None:
    return PERHAPS if unknown(change.after) else change.after == ""


def _in_place(name: str) -> Row:
    text = f"RDS changes {name} of an instance that runs, at most with an outage"
    return Row(name, UPDATE, text, _MODIFYING, decides=True)


def _made_anew(name: str) -> Row:
    text = f"without {_RESHARDING} in UpdatePolicy, another {name} makes another group"
    return Row(name, REPLACE, text, reference(_GROUP, name), when=refuses("", _RESHARDING), decides=True)


_RDS: Table = {
    "AWS::RDS::DBInstance": (
        _in_place("AutoMinorVersionUpgrade"),
        _in_place("BackupRetentionPeriod"),
        _in_place("DBParameterGroupName"),
        _in_place("MultiAZ"),
        _in_place("PreferredMaintenanceWindow"),
        Row(
            "DBSnapshotIdentifier",
            REPLACE,
            "another snapshot, or none, makes a new instance; what was written since is deleted with the old one",
            reference(_INSTANCE, "DBSnapshotIdentifier"),
            when=was_given,
            decides=True,
        ),
        Row(
            "Engine",
            REPLACE,
            "another engine makes another instance",
            f"{_BEHAVIOURS}#update-replacement",
            when=other_than(*_CONVERSIONS),
            decides=True,
        ),
        Row(
            "Engine",
            UPDATE,
            "this conversion of an Oracle database is done in place, with an outage",
            reference(_INSTANCE, "Engine"),
            when=lambda change: PERHAPS if unknown(change.before, change.after) else True,
            decides=True,
        ),
        Row(
            "LicenseModel",
            REPLACE,
            "an instance with DBSecurityGroups is replaced for another license model",
            reference(_INSTANCE, "LicenseModel"),
            when=_has_old_security_groups,
        ),
        Row(
            "Port",
            REPLACE,
            "older editions of the page say Replacement, the newest one Some interruptions",
            reference(_INSTANCE, "Port"),
            CONDITIONAL,
        ),
        Row(
            "SourceDBInstanceIdentifier",
            UPDATE,
            "without its source, a read replica is promoted to an instance of its own",
            reference(_INSTANCE, "SourceDBInstanceIdentifier"),
            when=is_removed,
            decides=True,
        ),
        Row(
            "StorageType",
            REPLACE,
            "the resource specification says that some changes of StorageType replace the instance, not which",
            reference(_INSTANCE, "StorageType"),
            CONDITIONAL,
        ),
    ),
    "AWS::RDS::DBCluster": (
        Row(
            "GlobalClusterIdentifier",
            UPDATE,
            "an empty identifier takes the cluster out of its global database, and keeps it",
            reference("RDS::DBCluster", "GlobalClusterIdentifier"),
            when=_leaves_global_cluster,
            decides=True,
        ),
    ),
}

_CACHES: Table = {
    "AWS::ElastiCache::ReplicationGroup": (
        Row(
            "AuthToken",
            REPLACE,
            "a group that had no AuthToken is replaced to get one",
            reference(_GROUP, "AuthToken"),
            when=is_added,
            decides=True,
        ),
        Row(
            "AuthToken",
            UPDATE,
            "only adding an AuthToken replaces a group; another one is set in place",
            reference(_GROUP, "AuthToken"),
            when=is_another,
            decides=True,
        ),
        Row(
            "NodeGroupConfiguration",
            UPDATE,
            f"node groups are changed in place because UpdatePolicy has {_RESHARDING}",
            reference(_GROUP, "NodeGroupConfiguration"),
            when=allows("", _RESHARDING),
            decides=True,
        ),
        _made_anew("NodeGroupConfiguration"),
        _made_anew("NumNodeGroups"),
        Row(
            "ReplicasPerNodeGroup",
            REPLACE,
            "the resource specification says Replacement, the schema of the type does not",
            reference(_GROUP, "ReplicasPerNodeGroup"),
            CONDITIONAL,
        ),
    ),
    "AWS::ElastiCache::CacheCluster": (
        Row(
            "AZMode",
            REPLACE,
            "the resource specification says that some changes of AZMode replace the cluster, not which",
            reference("ElastiCache::CacheCluster", "AZMode"),
            CONDITIONAL,
        ),
        Row(
            "CacheNodeType",
            FAILS,
            "the node type of a Memcached cluster cannot change; another logical ID makes another cluster",
            reference("ElastiCache::CacheCluster", "CacheNodeType"),
            when=sets("Engine", "memcached"),
        ),
        Row(
            "NumCacheNodes",
            REPLACE,
            "a cluster whose Availability Zones are not named is replaced for another number of nodes",
            reference("ElastiCache::CacheCluster", "NumCacheNodes"),
            when=_zones_left_open,
        ),
        Row(
            "PreferredAvailabilityZone",
            REPLACE,
            "the resource specification says that some changes of the zone replace the cluster, not which",
            reference("ElastiCache::CacheCluster", "PreferredAvailabilityZone"),
            CONDITIONAL,
        ),
    ),
}

_UPGRADING = f"{REFERENCE}/aws-attribute-updatepolicy.html#cfn-attributes-updatepolicy-upgradeopensearchdomain"


def _upgraded(name: str) -> Row:
    text = f"without EnableVersionUpgrade in UpdatePolicy, another {name} makes another domain"
    return Row(name, REPLACE, text, _UPGRADING, when=refuses("", "EnableVersionUpgrade"))


def _perhaps_replaced(name: str) -> Row:
    text = f"the resource specification says that some changes of {name} replace the domain, not which"
    return Row(name, REPLACE, text, reference("Elasticsearch::Domain", name), CONDITIONAL)


_SEARCH: Table = {
    "AWS::OpenSearchService::Domain": (
        _upgraded("EngineVersion"),
        Row(
            "EncryptionAtRestOptions",
            UPDATE,
            "a domain whose template had no EncryptionAtRestOptions gets them in place",
            reference("OpenSearchService::Domain", "EncryptionAtRestOptions"),
            when=was_absent,
            decides=True,
        ),
        Row(
            "EncryptionAtRestOptions",
            REPLACE,
            "a domain whose template had EncryptionAtRestOptions is deleted and made anew for others",
            reference("OpenSearchService::Domain", "EncryptionAtRestOptions"),
            when=was_given,
            decides=True,
        ),
        Row(
            "IPAddressType",
            FAILS,
            "a domain with dual stack stays one",
            reference("OpenSearchService::Domain", "IPAddressType"),
            when=lambda change: change.before == "dualstack",
        ),
        Row(
            "VPCOptions",
            REPLACE,
            "a domain that leaves its VPC is replaced",
            reference("OpenSearchService::Domain", "VPCOptions"),
            when=is_removed,
        ),
    ),
    "AWS::Elasticsearch::Domain": (
        _upgraded("ElasticsearchVersion"),
        _perhaps_replaced("AdvancedSecurityOptions"),
        _perhaps_replaced("EncryptionAtRestOptions"),
        _perhaps_replaced("NodeToNodeEncryptionOptions"),
    ),
}

ROWS: Table = {**_RDS, **_CACHES, **_SEARCH}
