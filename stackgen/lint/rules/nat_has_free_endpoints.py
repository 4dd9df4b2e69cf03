"""W9167."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stackgen.lint.kit import network, rule, values

if TYPE_CHECKING:
    from collections.abc import Iterator

    from stackgen.lint.kit.view import View

FREE = ("s3", "dynamodb")


class NatHasFreeEndpoints(rule.Rule):
    """What S3 and DynamoDB send goes past a NAT gateway."""

    id = "W9167"
    shortdesc = "Traffic to S3 and DynamoDB does not go through a NAT gateway, which is paid by the gigabyte"
    why = "A NAT gateway is paid by the hour and by the gigabyte; gateway endpoints for S3 and DynamoDB are free."
    remedy = (
        "Add gateway endpoints for S3 and DynamoDB to the route tables that lead to the NAT gateway. "
        "Interface endpoints are paid by the hour and zone: three of them cost what a NAT gateway does."
    )
    source_url = "https://docs.aws.amazon.com/vpc/latest/privatelink/gateway-endpoints.html"
    pillar = "cost"
    guidelines = ("GDL-094", "GDL-034")
    passes = """
    Resources:
      Table: {Type: AWS::EC2::RouteTable, Properties: {VpcId: vpc-1}}
      Gateway: {Type: AWS::EC2::NatGateway, Properties: {SubnetId: subnet-1}}
      Out:
        Type: AWS::EC2::Route
        Properties: {RouteTableId: !Ref Table, DestinationCidrBlock: 0.0.0.0/0, NatGatewayId: !Ref Gateway}
      S3:
        Type: AWS::EC2::VPCEndpoint
        Properties: {VpcId: vpc-1, ServiceName: !Sub 'com.amazonaws.${AWS::Region}.s3', RouteTableIds: [!Ref Table]}
      DynamoDb:
        Type: AWS::EC2::VPCEndpoint
        Properties: {VpcId: vpc-1, ServiceName: com.amazonaws.us-east-1.dynamodb, RouteTableIds: [!Ref Table]}
    """
    fails = """
    Resources:
      Table: {Type: AWS::EC2::RouteTable, Properties: {VpcId: vpc-1}}
      Gateway: {Type: AWS::EC2::NatGateway, Properties: {SubnetId: subnet-1}}
      Out:
        Type: AWS::EC2::Route
        Properties: {RouteTableId: !Ref Table, DestinationCidrBlock: 0.0.0.0/0, NatGatewayId: !Ref Gateway}
    """

    def find(self, view: View) -> Iterator[rule.Found]:
        """The tables that lead to a NAT gateway, where the template has no such endpoint for them."""
        served = {name: [each for service, each in network.endpoints(view) if service == name] for name in FREE}
        for route in view.of_type("AWS::EC2::Route"):
            table = view.resource_of(route.properties.get("RouteTableId"))
            gateway = view.resource_of(route.properties.get("NatGatewayId"))
            if table is None or gateway is None:
                continue
            for name, endpoints in served.items():
                tables = [view.resource_of(one.value) for each in endpoints for one in each.each("RouteTableIds")]
                lists = [one.value for each in endpoints for one in each.values("RouteTableIds")]
                if table not in tables and None not in tables and all(_is_known(each) for each in lists):
                    message = f"{table.title} leads to {gateway.title} for {name} too: a gateway endpoint is free"
                    yield rule.Found(table.path, message)


def _is_known(tables: object) -> bool:
    """Absent, as of an interface endpoint, or written as a list."""
    return tables is values.ABSENT or isinstance(tables, list)
