"""What keeps a resource from being deleted: a property that protects it, or something that it still holds.

The old resource counts: where it is replaced, or leaves the template, CloudFormation deletes it as it was deployed. An
update deletes last, and does not fail where it cannot: the resource stays in the account, out of the stack. Deleting
the stack does fail.
"""

from __future__ import annotations

from stackgen.records import NamedTuple
from stackgen.review.evaluation.symbols import Symbol, text_of

from .row import reference

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from stackgen.review.evaluation.tree import Resource

__all__ = ["PROTECTED", "UNLESS_EMPTY", "Holding", "Protection", "is_protected", "may_hold"]


class Protection(NamedTuple):
    """``path`` protects with one of ``values``; ``key`` is the entry of a list of keys and values, if it is one."""

    path: str
    source: str
    values: tuple[str, ...] = ("true",)
    key: str = ""
    default: str = ""


class Holding(NamedTuple):
    """What a resource must not hold when it is deleted; ``unless`` is the property that lifts it, if there is one."""

    what: str
    source: str
    unless: str = ""


def _flag(type_: str, name: str = "DeletionProtection", default: str = "") -> Protection:
    return Protection(name, reference(type_, name), default=default)


_BALANCER = (
    f"{reference('ElasticLoadBalancingV2::LoadBalancer').rpartition('/')[0]}/"
    "aws-properties-elasticloadbalancingv2-loadbalancer-loadbalancerattribute.html"
)

PROTECTED = {
    "AWS::AutoScaling::AutoScalingGroup": Protection(
        "DeletionProtection",
        reference("AutoScaling::AutoScalingGroup", "DeletionProtection"),
        ("prevent-all-deletion",),
    ),
    "AWS::CloudTrail::EventDataStore": _flag("CloudTrail::EventDataStore", "TerminationProtectionEnabled", "true"),
    "AWS::Cognito::UserPool": Protection(
        "DeletionProtection", reference("Cognito::UserPool", "DeletionProtection"), ("ACTIVE",)
    ),
    "AWS::DSQL::Cluster": _flag("DSQL::Cluster", "DeletionProtectionEnabled"),
    "AWS::DocDB::DBCluster": _flag("DocDB::DBCluster"),
    "AWS::DocDB::GlobalCluster": _flag("DocDB::GlobalCluster"),
    "AWS::DynamoDB::GlobalTable": Protection(
        "Replicas.*.DeletionProtectionEnabled",
        f"{_BALANCER.rpartition('/')[0]}/aws-properties-dynamodb-globaltable-replicaspecification.html",
    ),
    "AWS::DynamoDB::Table": _flag("DynamoDB::Table", "DeletionProtectionEnabled"),
    "AWS::EC2::Instance": _flag("EC2::Instance", "DisableApiTermination"),
    "AWS::EKS::Cluster": _flag("EKS::Cluster"),
    "AWS::ElasticLoadBalancingV2::LoadBalancer": Protection(
        "LoadBalancerAttributes", _BALANCER, key="deletion_protection.enabled"
    ),
    "AWS::Logs::LogGroup": _flag("Logs::LogGroup", "DeletionProtectionEnabled"),
    "AWS::Neptune::DBCluster": _flag("Neptune::DBCluster"),
    "AWS::Neptune::GlobalCluster": _flag("Neptune::GlobalCluster"),
    "AWS::NeptuneGraph::Graph": _flag("NeptuneGraph::Graph", default="true"),
    "AWS::NetworkFirewall::Firewall": _flag("NetworkFirewall::Firewall", "DeleteProtection"),
    "AWS::QLDB::Ledger": _flag("QLDB::Ledger", default="true"),
    "AWS::RDS::DBCluster": _flag("RDS::DBCluster"),
    "AWS::RDS::DBInstance": _flag("RDS::DBInstance"),
    "AWS::RDS::GlobalCluster": _flag("RDS::GlobalCluster"),
    "AWS::VerifiedPermissions::PolicyStore": Protection(
        "DeletionProtection.Mode", reference("VerifiedPermissions::PolicyStore", "DeletionProtection"), ("ENABLED",)
    ),
}
"""What protects a resource of each type from deletion."""

UNLESS_EMPTY = {
    "AWS::Athena::WorkGroup": Holding(
        "query executions and named queries",
        reference("Athena::WorkGroup", "RecursiveDeleteOption"),
        "RecursiveDeleteOption",
    ),
    "AWS::Backup::BackupVault": Holding(
        "recovery points", "https://docs.aws.amazon.com/aws-backup/latest/devguide/API_DeleteBackupVault.html"
    ),
    "AWS::ECR::Repository": Holding("images", reference("ECR::Repository", "EmptyOnDelete"), "EmptyOnDelete"),
    "AWS::Route53::HostedZone": Holding(
        "records besides its own NS and SOA",
        "https://docs.aws.amazon.com/Route53/latest/APIReference/API_DeleteHostedZone.html",
    ),
    "AWS::S3::Bucket": Holding("objects", reference("S3::Bucket")),
    "AWS::S3Express::DirectoryBucket": Holding(
        "objects", "https://docs.aws.amazon.com/AmazonS3/latest/userguide/directory-buckets-objects-DeleteBucket.html"
    ),
}
"""What a resource of each type must not hold when it is deleted."""


def is_protected(resource: Resource) -> bool | None:
    """Whether a property protects a resource from deletion; None where its value is not known."""
    protection = PROTECTED.get(resource.type)
    if protection is None:
        return False
    values = list(_found(resource.properties, tuple(protection.path.split("."))))
    if protection.key:
        values = [_entry(each, protection.key) for each in values]
    known = [protection.default if each is None else each for each in values if not isinstance(each, Symbol)]
    if any(text_of(each) in protection.values for each in known):
        return True
    return None if len(known) < len(values) else False


def may_hold(resource: Resource) -> Holding | None:
    """What would keep a resource from being deleted if it holds it; None where nothing could."""
    holding = UNLESS_EMPTY.get(resource.type)
    if holding is None or (holding.unless and text_of(resource.properties.get(holding.unless)) == "true"):
        return None
    return holding


def _found(value: Any, path: tuple[str, ...]) -> list[Any]:
    if not path or isinstance(value, Symbol):
        return [value]
    if path[0] == "*":
        return [found for item in value or () for found in _found(item, path[1:])]
    return _found(value.get(path[0]) if isinstance(value, dict) else None, path[1:])


def _entry(entries: Any, key: str) -> Any:
    """The value under a key of a list of keys and values."""
    if not isinstance(entries, list):
        return entries if isinstance(entries, Symbol) else None
    return next((each.get("Value") for each in entries if isinstance(each, dict) and each.get("Key") == key), None)
