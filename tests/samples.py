"""Small stacks that several tests wire, and short cuts to what they render to."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from troposphere import ec2, sqs

from stackgen import FromParent, Output, Parameter, Stack, render
from stackgen.parameter_types import (
    COMMA_DELIMITED_LIST,
    IMAGE_ID,
    LIST_OF_SUBNET_IDS,
    NUMBER,
    VPC_ID,
    ListOf,
    Number,
    StringList,
    SubnetId,
    VpcId,
    ssm_value,
)
from stackgen.parameter_types import ImageId as Image

if TYPE_CHECKING:
    from collections.abc import Callable


class SystemStack(Stack):
    """A system's base."""

    system = "shop"
    artifact_bucket = "templates-${AWS::Region}"
    name_pattern = "{stem}-${EnvironmentSuffix}"


class NetworkStack(SystemStack):
    """A VPC with two subnets."""

    file = "network"

    CidrBlock: Parameter = Parameter(default="10.0.0.0/16", output=True, description="Range of the VPC")

    VpcId = Output(VPC_ID)
    SubnetIds = Output(LIST_OF_SUBNET_IDS)

    def build(self) -> None:
        vpc = self.add(ec2.VPC("Vpc", CidrBlock=self.CidrBlock))
        subnets = [
            self.add(ec2.Subnet(f"Subnet{zone}", VpcId=vpc.ref(), CidrBlock=f"10.0.{zone}.0/24")) for zone in range(2)
        ]
        self.VpcId = vpc.ref()
        self.SubnetIds = [subnet.ref() for subnet in subnets]


class ServiceStack(SystemStack):
    """A service with parameters of every kind."""

    file = "service"

    EnvironmentSuffix: Parameter = Parameter(default=FromParent("dev"), pattern="[a-z0-9]{1,10}")
    Vpc: Parameter[VpcId] = Parameter(VPC_ID, default="vpc-0")
    SubnetIds: Parameter[ListOf[SubnetId]] = Parameter(LIST_OF_SUBNET_IDS, default="subnet-0")
    Names: Parameter[StringList] = Parameter(COMMA_DELIMITED_LIST, default="a", pattern="[a-z]+")
    Size: Parameter = Parameter(default="small", allowed_values=["small", "large"])
    Count: Parameter[Number] = Parameter(NUMBER, default=1, min_value=1, max_value=9)
    Title: Parameter = Parameter(default="title", min_length=2, max_length=8)
    Text: Parameter = Parameter(default="")
    Image: Parameter[Image] = Parameter(ssm_value(IMAGE_ID), default="/images/web")
    Words: Parameter[StringList] = Parameter(ssm_value(COMMA_DELIMITED_LIST), default="/words")

    QueueUrl = Output()

    def build(self) -> None:
        self.QueueUrl = self.add(sqs.Queue("Queue")).ref()


def rendered(stack: Callable[..., Stack]) -> dict[str, Any]:
    """The sections of a class, read back from its text."""
    assert isinstance(stack, type)
    sections: dict[str, Any] = json.loads(render(stack).text)
    return sections


def resources(stack: Callable[..., Stack]) -> dict[str, Any]:
    """The section Resources."""
    found: dict[str, Any] = rendered(stack)["Resources"]
    return found


def properties(stack: Callable[..., Stack], title: str) -> dict[str, Any]:
    """The properties of one resource."""
    found: dict[str, Any] = resources(stack)[title].get("Properties", {})
    return found


def arguments(stack: Callable[..., Stack], title: str) -> dict[str, Any]:
    """What a parent hands to one of its children."""
    found: dict[str, Any] = properties(stack, title).get("Parameters", {})
    return found


def outputs(stack: Callable[..., Stack]) -> dict[str, Any]:
    """The values of all outputs."""
    return {name: entry["Value"] for name, entry in rendered(stack)["Outputs"].items()}


def line_of(text: str, path: str) -> int:
    """The number of the only line of a file that ends with ``text``."""
    with open(path, encoding="utf-8") as file:  # noqa: PTH123  one line
        (number,) = [number for number, line in enumerate(file, 1) if line.rstrip().endswith(text)]
    return number
