"""What becomes of a resource that leaves a stack, or is replaced in it: the policies, and their defaults."""

from __future__ import annotations

from stackgen.review.evaluation.symbols import Symbol

TYPE_CHECKING = False
if TYPE_CHECKING:
    from stackgen.review.evaluation.tree import Resource

DELETE, RETAIN, SNAPSHOT = "Delete", "Retain", "Snapshot"
UNKNOWN = "unknown"
"""A policy that hangs on a value which is not known (``AWS::LanguageExtensions`` allows functions in it)."""

PAGE = "https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-attribute-deletionpolicy.html"
"""Source of the defaults: a cluster, and an instance outside a cluster, are deleted after a snapshot."""


def policy_of(resource: Resource, attribute: str) -> str:
    """The ``DeletionPolicy`` or ``UpdateReplacePolicy`` that holds; CloudFormation's default where none is said."""
    said = resource.attributes.get(attribute)
    if isinstance(said, Symbol):
        return UNKNOWN
    if said:
        return str(said)
    return SNAPSHOT if attribute == "DeletionPolicy" and _is_kept_by_default(resource) else DELETE


def keeps_data(policy: str) -> bool:
    """Whether the data outlive the resource."""
    return policy.startswith(RETAIN) or policy == SNAPSHOT


def _is_kept_by_default(resource: Resource) -> bool:
    if resource.type == "AWS::RDS::DBCluster":
        return True
    return resource.type == "AWS::RDS::DBInstance" and "DBClusterIdentifier" not in resource.properties
