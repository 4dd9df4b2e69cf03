"""W9129."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stackgen import profiles
from stackgen.lint.kit import checks, rule, values

if TYPE_CHECKING:
    from collections.abc import Iterator

    from stackgen.lint.kit.view import Resource, View

OPTIONS = {"encrypted": {"default": False, "type": "boolean"}}
TABLE, GLOBAL = "AWS::DynamoDB::Table", "AWS::DynamoDB::GlobalTable"
RECOVERY = ("PointInTimeRecoverySpecification", "PointInTimeRecoveryEnabled")


class TablesRecoverAndScale(rule.OfResources):
    """DynamoDB encrypts every table; a key of one's own is an option."""

    id = "W9129"
    shortdesc = "A table can be restored to a point in time, and takes more load"
    why = "A wrong write destroys what no backup holds, and a table with a fixed capacity refuses what is above it."
    remedy = "Enable PointInTimeRecoverySpecification; set BillingMode to PAY_PER_REQUEST, or scale the capacity."
    source_url = "https://docs.aws.amazon.com/securityhub/latest/userguide/dynamodb-controls.html"
    pillar = "reliability"
    guidelines = ("GDL-071", "GDL-081", "GDL-020")
    public = ("DynamoDB.1", "DynamoDB.2", "CKV_AWS_28", "CKV_AWS_119")
    options = OPTIONS
    types = (TABLE, GLOBAL)
    passes = """
    Resources:
      Table:
        Type: AWS::DynamoDB::Table
        Properties:
          BillingMode: PAY_PER_REQUEST
          PointInTimeRecoverySpecification: {PointInTimeRecoveryEnabled: true}
    """
    fails = """
    Resources:
      Table: {Type: AWS::DynamoDB::Table, Properties: {BillingMode: PAY_PER_REQUEST}}
    """

    def look(self, resource: Resource, view: View) -> Iterator[rule.Found]:
        """Recovery, capacity, and encryption where that is asked for."""
        is_global = resource.type == GLOBAL
        if view.profile is not profiles.EPHEMERAL:
            for found in checks.never_fit(resource, *(("Replicas",) if is_global else ()), *RECOVERY):
                yield rule.Found(found.path, f"{resource.title} cannot be restored to a point in time")
        if not is_global:
            yield from _of_capacity(resource, view)
        if self.config["encrypted"]:
            for found in checks.unfit(resource, "SSESpecification", "SSEEnabled"):
                yield rule.Found(found.path, f"{resource.title} is not encrypted with a key of KMS")


def _of_capacity(table: Resource, view: View) -> Iterator[rule.Found]:
    targets = view.of_type("AWS::ApplicationAutoScaling::ScalableTarget")
    if any(table.title in values.references(each.properties.get("ResourceId")) for each in targets):
        return
    for found in checks.unfit(table, "BillingMode", fits=checks.one_of("PAY_PER_REQUEST")):
        yield rule.Found(found.path, f"{table.title} has a fixed capacity and nothing that scales it")
