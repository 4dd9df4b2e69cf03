"""What the tests of the linter share: built templates from plain dicts, and a clean project."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

from stackgen.lint.built import children_of
from stackgen.lint.finding import BuiltTemplate

ROOT = Path(__file__).parents[2]
DIGEST = "0123456789abcdef"

CLEAN = '''\
from troposphere import Tags, ec2

from stackgen import Attributes, Output, Parameter, Stack, nested
from stackgen.parameter_types import LIST_OF_SUBNET_IDS, NUMBER, SECURITY_GROUP_ID, VPC_ID


class NetworkStack(Stack):
    """A network."""

    system = "shop"
    file = "network"
    CidrBlock: Parameter = Parameter(pattern="[0-9./]+", description="Its range", constraint_description="CIDR")
    VpcId = Output(VPC_ID)
    SubnetIds = Output(LIST_OF_SUBNET_IDS)

    def build(self):
        vpc = self.add(ec2.VPC("Vpc", CidrBlock=self.CidrBlock))
        self.VpcId = vpc.ref()
        self.add(
            ec2.FlowLog(
                "FlowLog",
                ResourceId=vpc.ref(),
                ResourceType="VPC",
                TrafficType="REJECT",
                LogDestinationType="s3",
                LogDestination="arn:aws:s3:::shop-flow-logs",
            )
        )
        subnet = ec2.Subnet("Subnet", VpcId=vpc.ref(), CidrBlock="10.0.0.0/24")
        self.SubnetIds = [self.add(subnet).ref()]


class ServiceStack(Stack):
    """A service."""

    system = "shop"
    file = "service"
    VpcId: Parameter = Parameter(VPC_ID, description="Where it is")
    SubnetIds: Parameter = Parameter(LIST_OF_SUBNET_IDS, description="Its places")
    Port: Parameter = Parameter(NUMBER, min_value=1, description="Where it listens")
    GroupId = Output(SECURITY_GROUP_ID)

    def build(self):
        rule = ec2.SecurityGroupRule(
            IpProtocol="tcp", FromPort=self.Port, ToPort=self.Port, CidrIp="10.0.0.0/16", Description="Traffic"
        )
        group = ec2.SecurityGroup(
            "Group", GroupDescription="Service", VpcId=self.VpcId, SecurityGroupIngress=[rule]
        )
        self.GroupId = self.add(group).get_att("GroupId")
        self.add(
            ec2.VPCEndpoint(
                "Endpoint",
                VpcId=self.VpcId,
                VpcEndpointType="Interface",
                SubnetIds=self.SubnetIds,
                ServiceName="com.amazonaws.us-east-1.sqs",
            )
        )


DELETED = Attributes(DeletionPolicy="Delete", UpdateReplacePolicy="Delete", TimeoutInMinutes=15)


class ShopStack(Stack):
    """A network and a service."""

    system = "shop"
    file = "shop"
    artifact_bucket = "${TemplatesBucketName}"
    TemplatesBucketName: Parameter = Parameter(max_length=40, description="Bucket of templates")
    Network = nested(NetworkStack, DELETED, CidrBlock="10.0.0.0/16")
    Service = nested(ServiceStack, DELETED, VpcId=Network.VpcId, SubnetIds=Network.SubnetIds, Port=443)
    GroupId = Output(value=Service.GroupId)
'''


def url(name: str) -> dict[str, str]:
    """A TemplateURL as ``build`` writes it."""
    return {"Fn::Sub": f"https://${{Bucket}}.s3.${{AWS::Region}}.${{AWS::URLSuffix}}/{name}/{DIGEST}.json"}


def nest(name: str, **arguments: Any) -> dict[str, Any]:
    """A nested stack that is handed these arguments."""
    return {
        "Type": "AWS::CloudFormation::Stack",
        "Properties": {"TemplateURL": url(name), "Parameters": arguments},
    }


def built(name: str, content: dict[str, Any]) -> BuiltTemplate:
    """A template as it is read from the build folder."""
    text = json.dumps(content, indent=2) + "\n"
    return BuiltTemplate(name, f"/nowhere/build/{name}.json", text, json.loads(text), children_of(content))


def copy_of_build(root: Path) -> Path:
    """This repository's build folder in a project of its own; its path."""
    (root / "stacks").mkdir(parents=True)
    for name in ("pyproject.toml", ".cfnlintrc"):
        shutil.copy(ROOT / name, root)
    shutil.copytree(ROOT / "build", root / "build")
    return root / "build"
