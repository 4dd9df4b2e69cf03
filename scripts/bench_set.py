"""The stacks that scripts/bench builds: 5 templates with 123 resources of 18 services, copied once for each system.

Sizes as a platform team has them: network 29, data 17, storage 22, compute 45, master 10.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from awacs import dynamodb as dynamodb_actions
from awacs import sqs as sqs_actions
from troposphere import (
    Cidr,
    GetAZs,
    Join,
    Select,
    Sub,
    Tags,
    awslambda,
    cloudwatch,
    dynamodb,
    ec2,
    ecr,
    ecs,
    elasticloadbalancingv2,
    events,
    iam,
    kms,
    logs,
    rds,
    s3,
    secretsmanager,
    sns,
    sqs,
    ssm,
    stepfunctions,
)

from stackgen import FromParent, Output, Parameter, Stack, allow, nested, trust
from stackgen.iam import inline
from stackgen.parameter_types import LIST_OF_SUBNET_IDS, VPC_ID, ListOf, SubnetId, VpcId

if TYPE_CHECKING:
    from troposphere import AWSObject

SYSTEM = "bench"


class Base(Stack):
    """What the templates of the set share."""

    system = SYSTEM
    name_pattern = "{stem}-${Suffix}"
    artifact_bucket = "${Bucket}-${AWS::Region}"

    Suffix: Parameter = Parameter(
        default=FromParent(), pattern="[a-z0-9]+", max_length=12, description="Suffix of all names"
    )


class NetworkStack(Base):
    """Network of the set."""

    file = "network"

    Range: Parameter = Parameter(default="10.0.0.0/16", description="Range of the VPC")
    Vpc = Output(VPC_ID)
    SubnetIds = Output(LIST_OF_SUBNET_IDS)

    def build(self) -> None:
        """29 resources."""
        vpc = self.add(ec2.VPC("Network", CidrBlock=self.Range, Tags=Tags(Name=self.named("vpc"))))
        gateway = self.add(ec2.InternetGateway("Gateway"))
        self.add(ec2.VPCGatewayAttachment("Attachment", VpcId=vpc.ref(), InternetGatewayId=gateway.ref()))
        subnets = []
        for number in range(6):
            subnet = self.add(
                ec2.Subnet(
                    f"Subnet{number}",
                    VpcId=vpc.ref(),
                    AvailabilityZone=Select(number % 3, GetAZs()),
                    CidrBlock=Select(number, Cidr(self.Range, 8, 8)),
                    Tags=Tags(Name=self.named(f"subnet-{number}")),
                )
            )
            table = self.add(ec2.RouteTable(f"Table{number}", VpcId=vpc.ref()))
            self.add(
                ec2.SubnetRouteTableAssociation(f"Association{number}", SubnetId=subnet.ref(), RouteTableId=table.ref())
            )
            subnets.append(subnet)
        for number in range(4):
            self.add(
                ec2.SecurityGroup(
                    f"Group{number}",
                    GroupDescription=f"Group {number}",
                    VpcId=vpc.ref(),
                    SecurityGroupIngress=[
                        ec2.SecurityGroupRule(IpProtocol="tcp", FromPort=443, ToPort=443, CidrIp="10.0.0.0/8")
                    ],
                )
            )
            self.add(
                ec2.VPCEndpoint(
                    f"Endpoint{number}",
                    VpcId=vpc.ref(),
                    ServiceName=Sub("com.amazonaws.${AWS::Region}.s3"),
                    VpcEndpointType="Gateway",
                )
            )
        self.Vpc = vpc.ref()
        self.SubnetIds = [subnet.ref() for subnet in subnets]


class DataStack(Base):
    """Databases of the set."""

    file = "data"

    Subnets: Parameter[ListOf[SubnetId]] = Parameter(LIST_OF_SUBNET_IDS, description="Subnets of the databases")
    Endpoint = Output()

    def build(self) -> None:
        """17 resources."""
        key = self.add(kms.Key("Key", EnableKeyRotation=True, KeyPolicy={"Version": "2012-10-17", "Statement": []}))
        secret = self.add(secretsmanager.Secret("Secret", Name=self.named("secret")))
        group = self.add(rds.DBSubnetGroup("Subnets0", DBSubnetGroupDescription="Private", SubnetIds=self.Subnets))
        cluster = self.add(
            rds.DBCluster(
                "Cluster",
                Engine="aurora-mysql",
                DBClusterIdentifier=self.named("cluster"),
                DBSubnetGroupName=group.ref(),
                KmsKeyId=key.get_att("Arn"),
                StorageEncrypted=True,
                MasterUsername="admin",
                MasterUserPassword=Join("", ["{{resolve:secretsmanager:", secret.ref(), "}}"]),
            )
        )
        for number in range(3):
            self.add(
                rds.DBInstance(
                    f"Instance{number}",
                    DBClusterIdentifier=cluster.ref(),
                    DBInstanceClass="db.r6g.large",
                    Engine="aurora-mysql",
                )
            )
        for number in range(10):
            self.add(
                ssm.Parameter(f"Parameter{number}", Name=Sub(f"/set/${{Suffix}}/{number}"), Type="String", Value="x")
            )
        self.Endpoint = cluster.get_att("Endpoint.Address")


class StorageStack(Base):
    """Tables, buckets and queues of the set."""

    file = "storage"

    QueueArn = Output()

    def build(self) -> None:
        """22 resources."""
        for number in range(6):
            self.add(
                dynamodb.Table(
                    f"Table{number}",
                    TableName=self.named(f"table-{number}"),
                    AttributeDefinitions=[dynamodb.AttributeDefinition(AttributeName="id", AttributeType="S")],
                    KeySchema=[dynamodb.KeySchema(AttributeName="id", KeyType="HASH")],
                    BillingMode="PAY_PER_REQUEST",
                    PointInTimeRecoverySpecification=dynamodb.PointInTimeRecoverySpecification(
                        PointInTimeRecoveryEnabled=True
                    ),
                )
            )
            self.add(
                s3.Bucket(
                    f"Bucket{number}",
                    BucketName=self.named(f"bucket-{number}", "${AWS::AccountId}"),
                    VersioningConfiguration=s3.VersioningConfiguration(Status="Enabled"),
                    PublicAccessBlockConfiguration=s3.PublicAccessBlockConfiguration(
                        BlockPublicAcls=True, BlockPublicPolicy=True, IgnorePublicAcls=True, RestrictPublicBuckets=True
                    ),
                )
            )
            self.add(ecr.Repository(f"Repository{number}", RepositoryName=self.named(f"repository-{number}")))
        queues: list[AWSObject] = [
            self.add(sqs.Queue(f"Queue{n}", QueueName=self.named(f"queue-{n}"))) for n in range(2)
        ]
        for number in range(2):
            self.add(sns.Topic(f"Topic{number}", TopicName=self.named(f"topic-{number}")))
        self.QueueArn = queues[0].get_att("Arn")


class ComputeStack(Base):
    """Functions and services of the set."""

    file = "compute"

    Vpc: Parameter[VpcId] = Parameter(VPC_ID, description="VPC of the services")
    Subnets: Parameter[ListOf[SubnetId]] = Parameter(LIST_OF_SUBNET_IDS, description="Subnets of the functions")
    QueueArn: Parameter = Parameter(description="Queue of the work")
    MachineArn = Output()

    def build(self) -> None:
        """45 resources."""
        for number in range(8):
            group = self.add(
                logs.LogGroup(f"Logs{number}", LogGroupName=self.named(f"logs-{number}"), RetentionInDays=30)
            )
            role = self.add(
                iam.Role(
                    f"Role{number}",
                    AssumeRolePolicyDocument=trust("lambda.amazonaws.com"),
                    Policies=[
                        inline(
                            "work",
                            allow(
                                dynamodb_actions.GetItem,
                                dynamodb_actions.PutItem,
                                on=[Sub("arn:aws:dynamodb:::table/*")],
                            ),
                            allow(sqs_actions.SendMessage, on=[self.QueueArn]),
                        )
                    ],
                )
            )
            function = self.add(
                awslambda.Function(
                    f"Function{number}",
                    FunctionName=self.named(f"function-{number}"),
                    Role=role.get_att("Arn"),
                    PackageType="Image",
                    Code=awslambda.Code(ImageUri=Sub("${AWS::AccountId}.dkr.ecr.${AWS::Region}.amazonaws.com/x:1")),
                    Environment=awslambda.Environment(Variables={"SUFFIX": self.Suffix, "QUEUE": self.QueueArn}),
                    VpcConfig=awslambda.VPCConfig(SubnetIds=self.Subnets, SecurityGroupIds=[]),
                    LoggingConfig=awslambda.LoggingConfig(LogGroup=group.ref()),
                )
            )
            self.add(
                cloudwatch.Alarm(
                    f"Errors{number}",
                    AlarmName=self.named(f"errors-{number}"),
                    ComparisonOperator="GreaterThanThreshold",
                    EvaluationPeriods=1,
                    Namespace="AWS/Lambda",
                    MetricName="Errors",
                    Dimensions=[cloudwatch.MetricDimension(Name="FunctionName", Value=function.ref())],
                    Period=60,
                    Statistic="Sum",
                    Threshold=0,
                )
            )
        cluster = self.add(ecs.Cluster("Cluster", ClusterName=self.named("cluster")))
        for number in range(4):
            self.add(
                ecs.TaskDefinition(
                    f"Task{number}",
                    Family=self.named(f"task-{number}"),
                    ContainerDefinitions=[ecs.ContainerDefinition(Name="main", Image="x", Essential=True)],
                )
            )
        for number in range(4):
            self.add(
                elasticloadbalancingv2.TargetGroup(
                    f"Target{number}", Name=self.named(f"target-{number}"), VpcId=self.Vpc, Port=80, Protocol="HTTP"
                )
            )
        for number in range(3):
            self.add(
                events.Rule(
                    f"Rule{number}",
                    ScheduleExpression="rate(1 day)",
                    Targets=[events.Target(Id="cluster", Arn=cluster.get_att("Arn"))],
                )
            )
        machine = self.add(
            stepfunctions.StateMachine("Machine", RoleArn="arn:aws:iam::1:role/x", DefinitionString='{"StartAt": "A"}')
        )
        self.MachineArn = machine.ref()


class MasterStack(Base):
    """The parent of the set."""

    file = "master"

    Bucket: Parameter = Parameter(pattern="[a-z0-9-]+", max_length=40, description="Bucket of the templates")

    Network = nested(NetworkStack)
    Storage = nested(StorageStack)
    Data = nested(DataStack, Subnets=Network.SubnetIds)
    Compute = nested(ComputeStack, Vpc=Network.Vpc, Subnets=Network.SubnetIds, QueueArn=Storage.QueueArn)
    MachineArn = Output(value=Compute.MachineArn)

    def build(self) -> None:
        """10 resources, four of them children."""
        for number in range(6):
            self.add(
                ssm.Parameter(f"Setting{number}", Name=Sub(f"/master/${{Suffix}}/{number}"), Type="String", Value="x")
            )
