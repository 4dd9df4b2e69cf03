"""Widened access as verdicts of impact: which code each kind has, and when nobody looks."""

from __future__ import annotations

from typing import Any

import pytest

from stackgen.review.access import widened
from stackgen.review.impact.widened import widened_access
from tests.review.impact.changing import Contents, analysed, app, resource, reviewed

TOPIC = resource("AWS::SNS::Topic")


def role(*actions: str) -> Contents:
    statement = {"Effect": "Allow", "Action": list(actions), "Resource": "*"}
    policy = {"PolicyName": "p", "PolicyDocument": {"Statement": [statement]}}
    trust = {
        "Statement": [{"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"Service": "ec2.amazonaws.com"}}]
    }
    return app({"It": resource("AWS::IAM::Role", {"AssumeRolePolicyDocument": trust, "Policies": [policy]})})


def group(cidr: str) -> Contents:
    rule = {"IpProtocol": "tcp", "FromPort": 22, "ToPort": 22, "CidrIp": cidr}
    properties = {"GroupDescription": "g", "SecurityGroupIngress": [rule]}
    return app({"It": resource("AWS::EC2::SecurityGroup", properties)})


def route(target: dict[str, Any]) -> Contents:
    subnet = {"SubnetId": "subnet-1", "RouteTableId": {"Ref": "Table"}}
    to = {"RouteTableId": {"Ref": "Table"}, "DestinationCidrBlock": "0.0.0.0/0", **target}
    return app(
        {
            "Table": resource("AWS::EC2::RouteTable", {"VpcId": "vpc-1"}),
            "Gateway": resource("AWS::EC2::InternetGateway"),
            "Association": resource("AWS::EC2::SubnetRouteTableAssociation", subnet),
            "It": resource("AWS::EC2::Route", to),
        }
    )


def database(*, public: bool) -> Contents:
    return app({"It": resource("AWS::RDS::DBInstance", {"Engine": "mysql", "PubliclyAccessible": public})})


@pytest.mark.parametrize(
    ("before", "after", "code", "kind"),
    [
        pytest.param(role("s3:GetObject"), role("s3:GetObject", "s3:PutObject"), "V301", "widen", id="a policy"),
        pytest.param(group("10.0.0.0/8"), group("0.0.0.0/0"), "V302", "widen", id="a security group"),
        pytest.param(
            route({"NatGatewayId": "nat-1"}), route({"GatewayId": {"Ref": "Gateway"}}), "V302", "widen", id="a route"
        ),
        pytest.param(database(public=False), database(public=True), "V303", "widen", id="a database"),
        pytest.param(app({"Topic": TOPIC}), role("s3:GetObject"), "V304", "note", id="a new role"),
    ],
)
def test_each_kind_of_widened_access_has_its_code(before: Contents, after: Contents, code: str, kind: str) -> None:
    found = [(each.code, each.kind) for each in widened_access(analysed(before, after))]
    assert (code, kind) in found


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param(role("s3:GetObject", "s3:PutObject"), role("s3:GetObject"), id="a policy"),
        pytest.param(group("0.0.0.0/0"), group("10.0.0.0/8"), id="a security group"),
        pytest.param(database(public=True), database(public=False), id="a database"),
        pytest.param(role("s3:GetObject"), role("s3:GetObject"), id="nothing changes"),
    ],
)
def test_narrowed_access_is_no_verdict(before: Contents, after: Contents) -> None:
    assert list(widened_access(analysed(before, after))) == []


def tagged(tag: str, cidr: str) -> Contents:
    rule = {"IpProtocol": "tcp", "FromPort": 22, "ToPort": 22, "CidrIp": cidr}
    properties = {
        "GroupDescription": "g",
        "SecurityGroupIngress": [rule],
        "Tags": [{"Key": "stage", "Value": tag}],
    }
    return app({"It": resource("AWS::EC2::SecurityGroup", properties)})


def test_where_only_tags_change_nothing_is_opened() -> None:
    analysis = analysed(tagged("a", "10.0.0.0/8"), tagged("b", "10.0.0.0/8"))
    assert analysis.after is not None
    assert widened(analysis.before, analysis.after) == []
    assert list(widened_access(analysis)) == []


def test_an_opening_beside_a_changed_tag_is_seen() -> None:
    found = widened_access(analysed(tagged("a", "10.0.0.0/8"), tagged("b", "0.0.0.0/0")))
    assert [each.code for each in found] == ["V302"]


def test_a_stack_that_goes_opens_nothing() -> None:
    assert list(widened_access(analysed(role("s3:GetObject"), None))) == []


def test_widened_access_is_counted_in_the_verdict() -> None:
    summary = reviewed(group("10.0.0.0/8"), group("0.0.0.0/0"))
    assert summary.verdict == "1 widened access, 1 updated in place (defaults/us-east-1)"
