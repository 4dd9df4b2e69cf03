"""Wiring that is right: no type checker may complain."""

from typing import assert_type

from troposphere import Equals, If, Ref, Sub, ec2

from stackgen import Attributes, Condition, FromParent, Output, Parameter, Stack, nested, typed
from stackgen.parameter_types import (
    COMMA_DELIMITED_LIST,
    LIST_OF_SUBNET_IDS,
    NUMBER,
    SUBNET_ID,
    VPC_ID,
    ListOf,
    Number,
    String,
    StringList,
    SubnetId,
    VpcId,
    ssm_value,
)


class Network(Stack):
    """A network."""

    file = "network"

    CidrBlock: Parameter = Parameter(default="10.0.0.0/16")
    Zones: Parameter[Number] = Parameter(NUMBER, default=2)
    Env: Parameter = Parameter(default=FromParent("dev"))

    Vpc = Output(VPC_ID)
    FirstSubnet = Output(SUBNET_ID)
    Subnets = Output(LIST_OF_SUBNET_IDS)
    Name = Output()

    def build(self) -> None:
        vpc = self.add(ec2.VPC("TheVpc", CidrBlock=self.CidrBlock))
        assert_type(vpc, ec2.VPC)
        self.Vpc = vpc.ref()
        self.FirstSubnet = Ref("Subnet")
        self.Subnets = [vpc.ref()]
        self.Name = "name"


class Service(Stack):
    """A service."""

    file = "service"

    Vpc: Parameter[VpcId] = Parameter(VPC_ID)
    Subnets: Parameter[ListOf[SubnetId]] = Parameter(LIST_OF_SUBNET_IDS)
    Anything: Parameter[StringList] = Parameter(COMMA_DELIMITED_LIST, default="a,b")
    Count: Parameter[Number] = Parameter(NUMBER, default=1)
    Name: Parameter = Parameter(default="name")

    Url = Output()


class System(Stack):
    """Both, wired."""

    file = "system"
    artifact_bucket = "templates"

    CidrBlock: Parameter = Parameter()
    Image: Parameter[SubnetId] = Parameter(ssm_value(SUBNET_ID), default="/a/name")

    Large = Condition(Equals(Ref("AWS::Region"), "us-east-1"))
    First = nested(Network, CidrBlock=CidrBlock)
    Second = nested(Network, Attributes(Condition=Large, TimeoutInMinutes=5), Zones=3)
    Third = nested(Network)

    Orders = nested(Service, Vpc=First.Vpc, Subnets=First.Subnets)
    Returns = nested(
        Service,
        Vpc="vpc-1",
        Subnets=["subnet-1", Image],
        Anything=First.Subnets,
        Count=2,
        Name=First.FirstSubnet,
    )
    Others = nested(Service, Vpc=typed(VPC_ID, If(Large, "a", "b")), Subnets=First.Subnets, Name=Sub("x"))

    Url = Output(value=Orders.Url, export=True)
    Vpc = Output(value=First.Vpc)


assert_type(System.First, Network)
assert_type(System.Orders.Url, Output[String])
assert_type(System.Url, Output[String])


class Company(Stack):
    """A grandparent: what crosses twice keeps its type."""

    file = "company"
    artifact_bucket = "templates"

    Whole = nested(System, CidrBlock="10.0.0.0/16")
    More = nested(Service, Vpc=Whole.Vpc, Subnets=["subnet-1"])


assert_type(System.Vpc, Output[VpcId])
