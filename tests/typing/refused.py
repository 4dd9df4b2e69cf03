"""Wiring that is wrong: every marked line must be refused, and no other."""

from troposphere import Ref

from stackgen import Output, Parameter, Stack, nested
from stackgen.parameter_types import (
    COMMA_DELIMITED_LIST,
    LIST_OF_SUBNET_IDS,
    NUMBER,
    SUBNET_ID,
    VPC_ID,
    ListOf,
    Number,
    StringList,
    SubnetId,
    VpcId,
)


class Network(Stack):
    """A network."""

    file = "network"

    CidrBlock: Parameter = Parameter(default="10.0.0.0/16")
    Vpc = Output(VPC_ID)
    Subnet = Output(SUBNET_ID)
    Subnets = Output(LIST_OF_SUBNET_IDS)
    Name = Output()

    def build(self) -> None:
        self.Vpc = Ref("Vpc")
        self.Subnets = [Ref("Subnet")]


class Service(Stack):
    """A service."""

    file = "service"

    Vpc: Parameter[VpcId] = Parameter(VPC_ID)
    Subnets: Parameter[ListOf[SubnetId]] = Parameter(LIST_OF_SUBNET_IDS)
    Anything: Parameter[StringList] = Parameter(COMMA_DELIMITED_LIST, default="a")
    Count: Parameter[Number] = Parameter(NUMBER, default=1)
    Name: Parameter = Parameter(default="name")

    Url = Output()


Net = nested(Network)

# Parameters that are unknown or missing
nested(Network, CidrBlok="10.0.0.0/16")  # type: ignore[call-arg]
nested(Service, Vpc=Net.Vpc)  # type: ignore[call-arg]
nested(Service)  # type: ignore[call-arg]
nested(Network, "10.0.0.0/16")  # type: ignore[arg-type]

# Outputs of another type
nested(Service, Vpc=Net.Subnet, Subnets=Net.Subnets)  # type: ignore[arg-type]
nested(Service, Vpc=Net.Name, Subnets=Net.Subnets)  # type: ignore[arg-type]
nested(Service, Vpc=Net.Subnets, Subnets=Net.Subnets)  # type: ignore[arg-type]
nested(Service, Vpc=Net.Vpc, Subnets=Net.Subnet)  # type: ignore[arg-type]
nested(Service, Vpc=Net.Vpc, Subnets=Net.Subnets, Anything=Net.Name)  # type: ignore[arg-type]
nested(Service, Vpc=Net.Vpc, Subnets=Net.Subnets, Count=Net.Vpc)  # type: ignore[arg-type]
nested(Service, Vpc=Net.Vpc, Subnets=Net.Subnets, Name=Net.Subnets)  # type: ignore[arg-type]

# What is no value at all
nested(Service, Vpc=None, Subnets=Net.Subnets)  # type: ignore[arg-type]
nested(Service, Vpc=object(), Subnets=Net.Subnets)  # type: ignore[arg-type]
nested(Network, CidrBlock=Network)  # type: ignore[arg-type]
nested(Network, CidrBlock=Net)  # type: ignore[arg-type]

# Misspelt outputs
Output(value=Net.Vcp)  # type: ignore[attr-defined]
Net.CidrBlok  # type: ignore[attr-defined]
Network.Vcp  # type: ignore[attr-defined]

# Declarations
nested("Network")  # type: ignore[arg-type]
Parameter("AWS::EC2::Vpc::Id")  # type: ignore[call-overload]
Parameter(VPC_ID, defualt="vpc-1")  # type: ignore[call-overload]
Output(VPC_ID, discription="x")  # type: ignore[call-overload]
