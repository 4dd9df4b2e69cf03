"""VPC endpoints: what stands in for a way to the Internet."""

from __future__ import annotations

from typing import TYPE_CHECKING

from awacs import dynamodb, s3
from awacs.aws import Principal
from troposphere import And, Equals, If, Not, NoValue, Ref, Sub, Tags, ec2

from stackgen import Condition, Output, allow
from stackgen.iam import document

from .parameters import NetworkParameters

if TYPE_CHECKING:
    from awacs.aws import PolicyDocument

HTTPS = 443
EVERYBODY = Principal("*")
"""In an endpoint policy: whoever is inside the VPC; their own policies still decide."""


class WithEndpoints(NetworkParameters):
    """Gateway endpoints, which are free, and interface endpoints, which are not."""

    CreateInterfaceEndpoints = Condition(Equals(NetworkParameters.EnableInterfaceEndpoints, "true"))
    CreateLogsEndpoint = Condition(And(CreateInterfaceEndpoints, Equals(NetworkParameters.EnableLogsEndpoint, "true")))
    CreateKmsEndpoint = Condition(And(CreateInterfaceEndpoints, Equals(NetworkParameters.EnableKmsEndpoint, "true")))
    CreateMonitoringEndpoint = Condition(
        And(CreateInterfaceEndpoints, Equals(NetworkParameters.EnableMonitoringEndpoint, "true"))
    )
    EndpointsInTwoZones = Condition(Not(Equals(NetworkParameters.InterfaceEndpointSubnetCount, "1")))
    EndpointsInThreeZones = Condition(Equals(NetworkParameters.InterfaceEndpointSubnetCount, "3"))

    S3EndpointId = Output(export=True, description="ID of the gateway endpoint of S3")
    DynamoDbEndpointId = Output(export=True, description="ID of the gateway endpoint of DynamoDB")
    SsmEndpointId = Output(
        export=True,
        description="ID of the interface endpoint of Systems Manager",
        condition=CreateInterfaceEndpoints,
    )

    def add_gateway_endpoints(self, vpc: ec2.VPC, route_table: ec2.RouteTable) -> None:
        """S3 and DynamoDB, which cost nothing; S3 also for the answers of custom resources."""
        storage = self.gateway_endpoint(
            "S3GatewayEndpoint",
            "s3",
            vpc,
            route_table,
            document(
                allow(
                    s3.GetObject,
                    s3.PutObject,
                    s3.AbortMultipartUpload,
                    on=[
                        Sub(
                            "arn:${AWS::Partition}:s3:::audit-logs-${EnvironmentSuffix}-${AWS::AccountId}-${AWS::Region}/*"
                        ),
                        Sub("arn:${AWS::Partition}:s3:::cloudformation-custom-resource-response-*/*"),
                    ],
                    to=EVERYBODY,
                )
            ),
        )
        tables = "arn:${AWS::Partition}:dynamodb:${AWS::Region}:${AWS::AccountId}:table/"
        names = ("sessions-${EnvironmentSuffix}", "transactions-${EnvironmentSuffix}")
        items = self.gateway_endpoint(
            "DynamoDbGatewayEndpoint",
            "dynamodb",
            vpc,
            route_table,
            document(
                allow(
                    dynamodb.GetItem,
                    dynamodb.PutItem,
                    dynamodb.UpdateItem,
                    dynamodb.DeleteItem,
                    dynamodb.Query,
                    on=[Sub(f"{tables}{name}{part}") for name in names for part in ("", "/index/*")],
                    to=EVERYBODY,
                )
            ),
        )
        self.S3EndpointId = storage.ref()
        self.DynamoDbEndpointId = items.ref()

    def gateway_endpoint(
        self, title: str, service: str, vpc: ec2.VPC, route_table: ec2.RouteTable, policy: PolicyDocument
    ) -> ec2.VPCEndpoint:
        """An endpoint that is a route: free, and reached by its public addresses."""
        return self.add(
            ec2.VPCEndpoint(
                title,
                VpcId=vpc.ref(),
                ServiceName=Sub(f"com.amazonaws.${{AWS::Region}}.{service}"),
                VpcEndpointType="Gateway",
                RouteTableIds=[route_table.ref()],
                PolicyDocument=policy,
                Tags=Tags(Name=self.named(f"{service}-endpoint")),
            )
        )

    def add_interface_endpoints(self, vpc: ec2.VPC, subnets: list[ec2.Subnet], group: ec2.SecurityGroup) -> None:
        """Systems Manager, and three more on demand: each costs as much as a quarter of a NAT gateway."""
        first, second, third = (subnet.ref() for subnet in subnets)
        places = [
            first,
            If(self.EndpointsInTwoZones, second, NoValue),
            If(self.EndpointsInThreeZones, third, NoValue),
        ]
        for title, service, condition in (
            ("SsmEndpoint", "ssm", self.CreateInterfaceEndpoints),
            ("LogsEndpoint", "logs", self.CreateLogsEndpoint),
            ("KmsEndpoint", "kms", self.CreateKmsEndpoint),
            ("MonitoringEndpoint", "monitoring", self.CreateMonitoringEndpoint),
        ):
            self.add(
                ec2.VPCEndpoint(
                    title,
                    Condition=condition,
                    VpcId=vpc.ref(),
                    ServiceName=Sub(f"com.amazonaws.${{AWS::Region}}.{service}"),
                    VpcEndpointType="Interface",
                    PrivateDnsEnabled=True,
                    SubnetIds=places,
                    SecurityGroupIds=[group.get_att("GroupId")],
                    Tags=Tags(Name=self.named(f"{service}-endpoint")),
                )
            )
        self.SsmEndpointId = Ref("SsmEndpoint")
