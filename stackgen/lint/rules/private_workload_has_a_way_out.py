"""W9124."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stackgen.lint.kit import network, rule, values

if TYPE_CHECKING:
    from collections.abc import Iterator

    from stackgen.lint.kit.view import Resource, View

SERVICE = "AWS::ECS::Service"
PULLS = ("ecr.api", "ecr.dkr", "s3")
SECRETS = {":secretsmanager:": "secretsmanager", ":ssm:": "ssm"}


class PrivateWorkloadHasAWayOut(rule.OfResources):
    """Tasks in subnets without a way out have the endpoints by which they are started."""

    id = "W9124"
    shortdesc = "Tasks in private subnets have the endpoints that starting them takes, or a NAT gateway"
    why = "A task that reaches neither the registry nor the log never starts, and the stack waits for it for hours."
    remedy = (
        "Add endpoints for ecr.api, ecr.dkr, s3 (a gateway), logs, and for the secrets it is given, or a NAT gateway."
    )
    source_url = "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/vpc-endpoints.html"
    pillar = "reliability"
    guidelines = ("GDL-034",)
    public = ("EC2.10", "EC2.55", "EC2.56", "EC2.57")
    types = (SERVICE,)
    passes = """
    Resources:
      Service:
        Type: AWS::ECS::Service
        Properties: {NetworkConfiguration: {AwsvpcConfiguration: {Subnets: [!Ref Subnet]}}}
      Subnet: {Type: AWS::EC2::Subnet, Properties: {VpcId: vpc-1}}
      Table: {Type: AWS::EC2::RouteTable, Properties: {VpcId: vpc-1}}
      InTable:
        Type: AWS::EC2::SubnetRouteTableAssociation
        Properties: {SubnetId: !Ref Subnet, RouteTableId: !Ref Table}
      Out:
        Type: AWS::EC2::Route
        Properties: {RouteTableId: !Ref Table, DestinationCidrBlock: 0.0.0.0/0, NatGatewayId: nat-1}
    """
    fails = """
    Resources:
      Service:
        Type: AWS::ECS::Service
        Properties: {NetworkConfiguration: {AwsvpcConfiguration: {Subnets: [!Ref Subnet]}}}
      Subnet: {Type: AWS::EC2::Subnet, Properties: {VpcId: vpc-1}}
      Table: {Type: AWS::EC2::RouteTable, Properties: {VpcId: vpc-1}}
      InTable:
        Type: AWS::EC2::SubnetRouteTableAssociation
        Properties: {SubnetId: !Ref Subnet, RouteTableId: !Ref Table}
    """

    def look(self, resource: Resource, view: View) -> Iterator[rule.Found]:
        """Each subnet of a service that leads nowhere and has not all endpoints."""
        needed = [*PULLS, *_by_task(view, view.resource_of(resource.properties.get("TaskDefinition")))]
        has_address = any(
            each.value != "DISABLED"
            for each in resource.values("NetworkConfiguration", "AwsvpcConfiguration", "AssignPublicIp")
            if each.value is not values.ABSENT
        )
        for found in resource.each("NetworkConfiguration", "AwsvpcConfiguration", "Subnets"):
            subnet = view.resource_of(found.value)
            way = network.way_of(view, subnet) if subnet is not None else network.Way.UNKNOWN
            if subnet is None or way not in (network.Way.NOWHERE, network.Way.INTERNET):
                continue
            if way is network.Way.INTERNET and has_address:
                continue
            missing = [each for each in needed if not network.has_endpoint(view, subnet, each)]
            if missing:
                yield rule.Found(found.path, f"{resource.title} cannot reach {', '.join(missing)} from {subnet.title}")


def _by_task(view: View, task: Resource | None) -> Iterator[str]:
    """What a task needs besides its image: its log, its secrets."""
    if task is None:
        return
    drivers = [each.value for each in task.said("ContainerDefinitions", "LogConfiguration", "LogDriver")]
    if "awslogs" in drivers:
        yield "logs"
    given = [values.texts(each.value) for each in task.values("ContainerDefinitions", "Secrets", "ValueFrom")]
    kinds = [
        one.type
        for each in task.values("ContainerDefinitions", "Secrets", "ValueFrom")
        if (one := view.resource_of(each.value))
    ]
    for mark, service in SECRETS.items():
        if any(mark in each for each in given) or (
            service == "secretsmanager" and any("Secret" in one for one in kinds)
        ):
            yield service
