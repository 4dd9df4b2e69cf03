"""W9122."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stackgen.lint.kit import rule, values

if TYPE_CHECKING:
    from collections.abc import Iterator

    from stackgen.lint.kit.view import Resource, View


class VpcHasFlowLog(rule.OfResources):
    """A flow log of the template is of this VPC, or may be."""

    id = "W9122"
    shortdesc = "A VPC has a flow log"
    why = "Without it nobody can tell afterwards who has talked to whom, or why a connection was refused."
    remedy = "Add AWS::EC2::FlowLog with ResourceType VPC; a condition may spare environments that are short-lived."
    source_url = "https://docs.aws.amazon.com/vpc/latest/userguide/flow-logs.html"
    pillar = "security"
    guidelines = ("GDL-033",)
    public = ("EC2.6",)
    types = ("AWS::EC2::VPC",)
    passes = """
    Resources:
      Vpc: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.0.0.0/16}}
      Log:
        Type: AWS::EC2::FlowLog
        Properties:
          ResourceId: !Ref Vpc
          ResourceType: VPC
          TrafficType: ALL
          LogDestinationType: s3
          LogDestination: arn:aws:s3:::logs
    """
    fails = """
    Resources:
      Vpc: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.0.0.0/16}}
    """

    def look(self, resource: Resource, view: View) -> Iterator[rule.Found]:
        """A VPC that no flow log names."""
        own = [
            each for each in view.of_type("AWS::EC2::FlowLog") if resource.title in values.references(each.properties)
        ]
        if not own or view.spares_production(resource.scenario, (each.scenario for each in own)):
            yield rule.Found(resource.path, f"{resource.title} has no flow log")
