"""CloudFormation's own types, names and certificates, and services of which there are a row or two."""

from __future__ import annotations

from stackgen.review.impact.result import CONDITIONAL, FAILS, REPLACE, UPDATE

from .questions import alone, is_another
from .row import Row, reference

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .row import Change, Table

_WAITING = "CloudFormation::WaitCondition"
_LOCKING = "https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-lock.html"


def _of_waiting(name: str) -> Row:
    text = f"{name} of a wait condition cannot change; a new one needs another logical ID, and a handle of its own"
    return Row(name, FAILS, text, reference(_WAITING, name))


def _only_region(change: Change) -> bool | None:
    return is_another(change) if alone(change, "Region") else False


def _unlocks(change: Change) -> bool:
    return str(change.before).lower() == "true"


_CLOUDFORMATION: Table = {
    "AWS::CloudFormation::CustomResource": (
        Row(
            "ServiceToken",
            FAILS,
            "a custom resource keeps its ServiceToken; a new one needs another logical ID",
            reference("CloudFormation::CustomResource", "ServiceToken"),
        ),
    ),
    "AWS::CloudFormation::WaitCondition": (_of_waiting("Count"), _of_waiting("Handle"), _of_waiting("Timeout")),
}

_OTHERS: Table = {
    "AWS::CertificateManager::Certificate": (
        Row(
            "ValidationMethod",
            REPLACE,
            "another validation makes another certificate",
            reference("CertificateManager::Certificate", "ValidationMethod"),
            default="EMAIL",
        ),
    ),
    "AWS::CloudFront::KeyValueStore": (
        Row(
            "ImportSource",
            FAILS,
            "ImportSource is read when the store is made; it cannot change",
            reference("CloudFront::KeyValueStore", "ImportSource"),
        ),
    ),
    "AWS::Route53::RecordSet": (
        Row("Name", REPLACE, "another name makes another record", reference("Route53::RecordSet", "Name")),
    ),
    "AWS::S3::Bucket": (
        Row(
            "ObjectLockEnabled",
            FAILS,
            "Object Lock cannot be switched off",
            _LOCKING,
            CONDITIONAL,
            when=_unlocks,
        ),
    ),
    "AWS::SNS::Subscription": (
        Row(
            "Region",
            FAILS,
            "a change of Region alone, from one region to another, is refused",
            reference("SNS::Subscription", "Region"),
            when=_only_region,
        ),
    ),
    "AWS::WAFv2::RuleGroup": (
        Row("Capacity", FAILS, "a rule group keeps its capacity", reference("WAFv2::RuleGroup", "Capacity")),
    ),
}


def _all_in_place(type_: str) -> tuple[Row]:
    return (Row("", UPDATE, "every property of the type is updated in place", reference(type_), decides=True),)


_SILENT: Table = {
    "AWS::CloudFront::StreamingDistribution": _all_in_place("CloudFront::StreamingDistribution"),
    "AWS::ElastiCache::SecurityGroup": (
        Row(
            "Description",
            FAILS,
            "Description of a cache security group cannot change",
            reference("ElastiCache::SecurityGroup", "Description"),
        ),
        Row("Tags", UPDATE, "Tags are updated in place", reference("ElastiCache::SecurityGroup", "Tags"), decides=True),
    ),
    "AWS::ElastiCache::SecurityGroupIngress": _all_in_place("ElastiCache::SecurityGroupIngress"),
    "AWS::IAM::UserToGroupAddition": _all_in_place("IAM::UserToGroupAddition"),
    "AWS::LakeFormation::DataLakeSettings": _all_in_place("LakeFormation::DataLakeSettings"),
    "AWS::RDS::DBSecurityGroupIngress": _all_in_place("RDS::DBSecurityGroupIngress"),
}
"""Types whose schemas have neither handlers nor create-only properties, and say nothing."""

ROWS: Table = {**_CLOUDFORMATION, **_OTHERS, **_SILENT}
