"""W9157."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stackgen import profiles
from stackgen.lint.kit import checks, rule, values

if TYPE_CHECKING:
    from collections.abc import Iterator

    from stackgen.lint.kit.view import Resource, View

KEEPING = frozenset({"Retain", "RetainExceptOnCreate", "Snapshot"})


class DataOutliveProduction(rule.OfResources):
    """Neither deletion of the stack nor a change that replaces the resource deletes them, in production."""

    id = "W9157"
    shortdesc = "Data of production outlive their stack, and each change that replaces what holds them"
    why = "A stack is deleted by one command, and a resource is replaced by one property: the data go with both."
    remedy = "Write DeletionPolicy and UpdateReplacePolicy as Retain, RetainExceptOnCreate or Snapshot."
    source_url = (
        "https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-attribute-deletionpolicy.html"
    )
    pillar = "reliability"
    guidelines = ("GDL-071",)
    profiles = frozenset({profiles.PRODUCTION})
    types = (
        "AWS::Cognito::UserPool", "AWS::DSQL::Cluster", "AWS::DocDB::DBCluster", "AWS::DynamoDB::GlobalTable",
        "AWS::DynamoDB::Table", "AWS::EFS::FileSystem", "AWS::FSx::FileSystem", "AWS::KMS::Key",
        "AWS::MemoryDB::Cluster", "AWS::Neptune::DBCluster", "AWS::OpenSearchService::Domain", "AWS::RDS::DBCluster",
        "AWS::RDS::DBInstance", "AWS::Redshift::Cluster", "AWS::S3::Bucket", "AWS::Timestream::Table",
    )  # fmt: skip
    passes = """
    Resources:
      Table: {Type: AWS::DynamoDB::Table, DeletionPolicy: RetainExceptOnCreate, UpdateReplacePolicy: Retain}
      Member: {Type: AWS::RDS::DBInstance, DeletionPolicy: Delete, Properties: {DBClusterIdentifier: aurora}}
    """
    fails = """
    Resources:
      Table: {Type: AWS::DynamoDB::Table, DeletionPolicy: Delete, UpdateReplacePolicy: Delete}
    """

    def look(self, resource: Resource, view: View) -> Iterator[rule.Found]:  # noqa: ARG002  the profile says it all
        """Each policy that says Delete in a scenario of production; where none is said, E9104 tells."""
        if checks.is_of_a_cluster(resource):
            return
        for name in ("DeletionPolicy", "UpdateReplacePolicy"):
            said = [each for each in resource.attribute(name) if each.value is not values.ABSENT]
            lost = [each for each in said if each.value == "Delete" and _is_possible(resource, each)]
            if lost and not any(each.value in KEEPING and _is_possible(resource, each) for each in said):
                message = f"{resource.title} holds data of production, and its {name} is Delete"
                yield rule.Found(lost[0].path, message)


def _is_possible(resource: Resource, branch: values.Branch) -> bool:
    return resource.in_production(branch.scenario) is not False
