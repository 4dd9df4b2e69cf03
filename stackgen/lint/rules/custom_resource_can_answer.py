"""E9110."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stackgen.lint.kit import functions, network, rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from stackgen.lint.kit.view import Resource, View


class CustomResourceCanAnswer(rule.OfResources):
    """A function behind a custom resource reaches S3 from its subnets."""

    id = "E9110"
    shortdesc = "The function of a custom resource reaches S3 from its VPC"
    why = "It answers CloudFormation through a URL of S3: without a way there the stack waits for long, and fails."
    remedy = "Add a gateway endpoint for S3 to the route tables of its subnets, or a route to a NAT gateway."
    source_url = "https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cfn-customresource.html"
    pillar = "reliability"
    guidelines = ("TAP", "GDL-034")
    types = ("Custom::*", "AWS::CloudFormation::CustomResource")
    passes = """
    Resources:
      Migration: {Type: Custom::Migration, Properties: {ServiceToken: !GetAtt Function.Arn, ServiceTimeout: 300}}
      Function: {Type: AWS::Lambda::Function, Properties: {VpcConfig: {SubnetIds: [!Ref Subnet]}}}
      Subnet: {Type: AWS::EC2::Subnet, Properties: {VpcId: vpc-1}}
      Table: {Type: AWS::EC2::RouteTable, Properties: {VpcId: vpc-1}}
      InTable:
        Type: AWS::EC2::SubnetRouteTableAssociation
        Properties: {SubnetId: !Ref Subnet, RouteTableId: !Ref Table}
      Endpoint:
        Type: AWS::EC2::VPCEndpoint
        Properties: {VpcId: vpc-1, ServiceName: !Sub 'com.amazonaws.${AWS::Region}.s3', RouteTableIds: [!Ref Table]}
    """
    fails = """
    Resources:
      Migration: {Type: Custom::Migration, Properties: {ServiceToken: !GetAtt Function.Arn, ServiceTimeout: 300}}
      Function: {Type: AWS::Lambda::Function, Properties: {VpcConfig: {SubnetIds: [!Ref Subnet]}}}
      Subnet: {Type: AWS::EC2::Subnet, Properties: {VpcId: vpc-1}}
      Table: {Type: AWS::EC2::RouteTable, Properties: {VpcId: vpc-1}}
      InTable:
        Type: AWS::EC2::SubnetRouteTableAssociation
        Properties: {SubnetId: !Ref Subnet, RouteTableId: !Ref Table}
    """

    def look(self, resource: Resource, view: View) -> Iterator[rule.Found]:
        """Each subnet of its function without a way to S3. A public one has none: functions have no public address."""
        function = view.resource_of(resource.properties.get("ServiceToken"))
        if function is None or function.type not in functions.TYPES:
            return
        for found in function.each("VpcConfig", "SubnetIds"):
            subnet = view.resource_of(found.value)
            if subnet is not None and _is_stuck(view, subnet):
                message = f"{function.title} answers {resource.title} from {subnet.title}, which has no way to S3"
                yield rule.Found(found.path, message)


def _is_stuck(view: View, subnet: Resource) -> bool:
    way = network.way_of(view, subnet)
    return way in (network.Way.NOWHERE, network.Way.INTERNET) and not network.has_endpoint(view, subnet, "s3")
