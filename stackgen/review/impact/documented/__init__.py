"""What AWS documents about updates and the provider schemas miss, or leave open: rows, one module a family of types.

A row repeats no schema; a test refuses one that changes no answer. Where editions of a page differ, the newest counts,
and where the schema is stricter than the newest page, the schema stays: pages are written from it. Where the newest
page says Some interruptions of what the schema replaces under some conditions, the conditions are those that older
editions spell out.
"""

from __future__ import annotations

from importlib import import_module

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .row import Row

__all__ = ["FAMILIES", "rows_of"]

FAMILIES = {
    "compute": (
        "AWS::AutoScaling::AutoScalingGroup", "AWS::EC2::EIP", "AWS::EC2::Instance", "AWS::EC2::VPC",
        "AWS::EC2::Volume", "AWS::ECS::Service", "AWS::EKS::Nodegroup", "AWS::Lambda::EventSourceMapping",
    ),
    "databases": (
        "AWS::ElastiCache::CacheCluster", "AWS::ElastiCache::ReplicationGroup", "AWS::Elasticsearch::Domain",
        "AWS::OpenSearchService::Domain", "AWS::RDS::DBCluster", "AWS::RDS::DBInstance",
    ),
    "identity": ("AWS::Cognito::UserPool", "AWS::KMS::Key"),
    "services": (
        "AWS::CertificateManager::Certificate", "AWS::CloudFormation::CustomResource",
        "AWS::CloudFormation::WaitCondition", "AWS::CloudFront::KeyValueStore",
        "AWS::CloudFront::StreamingDistribution", "AWS::ElastiCache::SecurityGroup",
        "AWS::ElastiCache::SecurityGroupIngress", "AWS::IAM::UserToGroupAddition",
        "AWS::LakeFormation::DataLakeSettings", "AWS::RDS::DBSecurityGroupIngress", "AWS::Route53::RecordSet",
        "AWS::S3::Bucket", "AWS::SNS::Subscription", "AWS::WAFv2::RuleGroup",
    ),
    "tables": ("AWS::DynamoDB::GlobalTable", "AWS::DynamoDB::Table"),
}  # fmt: skip
"""The module that has the rows of each type: it loads when something of the type differs."""


def rows_of(type_: str) -> tuple[Row, ...]:
    """The rows of a type; of most types there are none."""
    home = next((name for name, types in FAMILIES.items() if type_ in types), None)
    if home is None:
        return ()
    rows: tuple[Row, ...] = import_module(f".{home}", __package__).ROWS[type_]
    return rows
