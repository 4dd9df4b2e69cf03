"""Which subnet leads where, and what an endpoint is seen to lead to."""

from __future__ import annotations

from textwrap import dedent

import pytest
from cfnlint.decode import decode_str
from cfnlint.template import Template

from stackgen.lint.kit.functions import asynchronous_callers
from stackgen.lint.kit.network import Way, endpoints, has_endpoint, subnets_in, way_of
from stackgen.lint.kit.view import View

TEMPLATE = """
Resources:
  Vpc: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.0.0.0/16}}
  Gateway: {Type: AWS::EC2::InternetGateway}
  Open: {Type: AWS::EC2::RouteTable, Properties: {VpcId: !Ref Vpc}}
  Out:
    Type: AWS::EC2::Route
    Properties: {RouteTableId: !Ref Open, DestinationCidrBlock: 0.0.0.0/0, GatewayId: !Ref Gateway}
  Through: {Type: AWS::EC2::RouteTable, Properties: {VpcId: !Ref Vpc}}
  Nat:
    Type: AWS::EC2::Route
    Properties: {RouteTableId: !Ref Through, DestinationCidrBlock: 0.0.0.0/0, NatGatewayId: nat-1}
  Closed: {Type: AWS::EC2::RouteTable, Properties: {VpcId: !Ref Vpc}}
  Inner:
    Type: AWS::EC2::Route
    Properties: {RouteTableId: !Ref Closed, DestinationCidrBlock: 10.1.0.0/16, TransitGatewayId: t}
  InOpen:
    Type: AWS::EC2::SubnetRouteTableAssociation
    Properties: {SubnetId: !Ref Public, RouteTableId: !Ref Open}
  InThrough:
    Type: AWS::EC2::SubnetRouteTableAssociation
    Properties: {SubnetId: !Ref Nated, RouteTableId: !Ref Through}
  InClosed:
    Type: AWS::EC2::SubnetRouteTableAssociation
    Properties: {SubnetId: !Ref Private, RouteTableId: !Ref Closed}
  Public: {Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref Vpc}}
  Nated: {Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref Vpc}}
  Private: {Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref Vpc}}
  Loose: {Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref Vpc}}
  S3:
    Type: AWS::EC2::VPCEndpoint
    Properties: {VpcId: !Ref Vpc, ServiceName: !Sub 'com.amazonaws.${AWS::Region}.s3', RouteTableIds: [!Ref Closed]}
  Ecr:
    Type: AWS::EC2::VPCEndpoint
    Properties: {VpcId: !Ref Vpc, ServiceName: com.amazonaws.eu-west-1.ecr.api, VpcEndpointType: Interface}
  Function: {Type: AWS::Serverless::Function, Properties: {Events: {Daily: {Type: Schedule}, Api: {Type: HttpApi}}}}
  Alias: {Type: AWS::Lambda::Alias, Properties: {FunctionName: !Ref Function, Name: live}}
  Rule: {Type: AWS::Events::Rule, Properties: {Targets: [{Arn: !Ref Alias, Id: a}]}}
  Other: {Type: AWS::Events::Rule, Properties: {Targets: [{Arn: !GetAtt Queue.Arn, Id: a}]}}
"""


@pytest.fixture
def view() -> View:
    content, errors = decode_str(dedent(TEMPLATE))
    assert not errors
    return View(Template("none.yaml", content, ["us-east-1"]))


@pytest.mark.parametrize(
    ("subnet", "way"),
    [("Public", Way.INTERNET), ("Nated", Way.NAT), ("Private", Way.NOWHERE), ("Loose", Way.UNKNOWN)],
)
def test_a_subnet_leads_where_its_default_route_does(view: View, subnet: str, way: Way) -> None:
    assert way_of(view, view.resources[subnet]) is way


SEALED = """
Resources:
  Vpc: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.0.0.0/16}}
  Subnet: {Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref Vpc}}
"""
KNOWN = "Outputs: {Vpc: {Value: !Ref Vpc}}"


@pytest.mark.parametrize(("more", "way"), [("", Way.NOWHERE), (KNOWN, Way.UNKNOWN)])
def test_nothing_leads_out_of_a_vpc_that_nobody_else_knows_and_that_has_no_gateway(more: str, way: Way) -> None:
    content, errors = decode_str(SEALED + more)
    assert not errors
    view = View(Template("none.yaml", content, ["us-east-1"]))
    assert way_of(view, view.resources["Subnet"]) is way


def test_an_endpoint_is_known_by_its_service_and_reaches_its_tables_or_all_of_the_vpc(view: View) -> None:
    assert [name for name, _ in endpoints(view)] == ["s3", "ecr.api"]
    assert has_endpoint(view, view.resources["Private"], "s3")
    assert not has_endpoint(view, view.resources["Public"], "s3")
    assert has_endpoint(view, view.resources["Public"], "ecr.api")
    assert not has_endpoint(view, view.resources["Public"], "logs")


def test_subnets_of_another_stack_are_unknown(view: View) -> None:
    known = subnets_in(view, [{"Ref": "Public"}, {"Ref": "Private"}]) or []
    assert [each.title for each in known] == ["Public", "Private"]
    assert subnets_in(view, [{"Ref": "Public"}, {"Fn::ImportValue": "x"}]) is None
    assert subnets_in(view, {"Ref": "SubnetIds"}) is None


def test_what_calls_a_function_without_waiting_is_found_by_its_alias_too(view: View) -> None:
    assert list(asynchronous_callers(view, view.resources["Function"])) == ["Rule", "Daily"]
