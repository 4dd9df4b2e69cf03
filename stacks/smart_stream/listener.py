"""The listener for the players' events: one task on spare capacity, and its service."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from awacs import dynamodb as dynamodb_actions
from awacs import ecr, logs
from awacs.aws import ArnLike, SourceAccount, SourceArn, StringEquals
from troposphere import If, ImportValue, Ref, Split, Sub, dynamodb, ec2, ecs, iam
from troposphere import logs as log_groups

from stackgen import Exemption, allow, trust
from stackgen.iam import document, inline

from .api import Api
from .network import RANGE, add_network
from .parameters import ListenerParameters

if TYPE_CHECKING:
    from collections.abc import Mapping

PROCESSORS, MEMORY = "256", "512"
STOP_SECONDS = 120
"""What Spot gives a task that it takes away."""
START_SECONDS = 60
HEALTH = ["CMD", "python", "-m", "listener.health"]
"""The process is well while it lives; whether it has tokens yet is another question, which it answers in its log."""


class Made(NamedTuple):
    """What others refer to."""

    cluster: ecs.Cluster
    service: ecs.Service
    log: log_groups.LogGroup


class Listener(ListenerParameters, Api):
    """Cluster, task, service, and the network where none is shared."""

    def add_listener(self, table: dynamodb.Table) -> Made:
        """Network first, then the task with its roles, then the service that keeps it running."""
        self.only: dict[str, Any] = {"Condition": self.EnableMQTTCondition}
        own = add_network(self, self.named("vpc"), RANGE, Condition=self.CreateVpc)
        shared = "${NetworkStackName}-"
        vpc = If(self.CreateVpc, own.vpc.ref(), ImportValue(Sub(shared + "VpcId")))
        subnets = If(
            self.CreateVpc,
            own.routed_subnets,
            Split(",", ImportValue(Sub(shared + "SubnetIds"))),
        )
        group = self.add_log_group("MQTTLogGroup", Sub("/ecs/yoto-mqtt-${Environment}"))
        group.resource["Condition"] = self.EnableMQTTCondition
        cluster = self.add_cluster()
        task = self.add_task(table, group)
        service = self.add_service(cluster, task, subnets, self.add_security_group(vpc))
        return Made(cluster, service, group)

    def add_security_group(self, vpc: object) -> ec2.SecurityGroup:
        """The listener calls, and nobody calls it."""
        return self.add(
            ec2.SecurityGroup(
                "MQTTSecurityGroup",
                GroupDescription="Smart Stream listener: everything out, nothing in",
                VpcId=vpc,
                SecurityGroupEgress=[
                    ec2.SecurityGroupRule(
                        CidrIp="0.0.0.0/0", IpProtocol="-1", Description="To Yoto's broker, the registry and the table"
                    )
                ],
                **self.only,
            ),
            suppress={
                "W9121": Exemption(
                    "the broker is another company's: its addresses and ports are not ours to know",
                    owner="smart-stream",
                    expires="2027-11-30",
                )
            },
        )

    def add_cluster(self) -> ecs.Cluster:
        """Spare capacity by default; what counts its tasks costs by the metric, so production alone has it."""
        return self.add(
            ecs.Cluster(
                "ECSCluster",
                ClusterName=self.named("mqtt"),
                ClusterSettings=[
                    ecs.ClusterSetting(Name="containerInsights", Value=If(self.IsProduction, "enabled", "disabled"))
                ],
                CapacityProviders=["FARGATE", "FARGATE_SPOT"],
                DefaultCapacityProviderStrategy=[
                    ecs.CapacityProviderStrategyItem(CapacityProvider="FARGATE_SPOT", Weight=1)
                ],
                **self.only,
            )
        )

    def add_task(self, table: dynamodb.Table, group: log_groups.LogGroup) -> ecs.TaskDefinition:
        """The container, which waits where it has no tokens yet, and the two roles that it is given."""
        return self.add(
            ecs.TaskDefinition(
                "MQTTTaskDefinition",
                Family=self.named("mqtt"),
                RequiresCompatibilities=["FARGATE"],
                NetworkMode="awsvpc",
                Cpu=PROCESSORS,
                Memory=MEMORY,
                RuntimePlatform=ecs.RuntimePlatform(CpuArchitecture="X86_64", OperatingSystemFamily="LINUX"),
                TaskRoleArn=self.add_task_role(table).get_att("Arn"),
                ExecutionRoleArn=self.add_execution_role(group).get_att("Arn"),
                ContainerDefinitions=[
                    ecs.ContainerDefinition(
                        Name="mqtt-handler",
                        Essential=True,
                        Image=self.ImageUri,
                        StopTimeout=STOP_SECONDS,
                        Environment=self.variables(table),
                        HealthCheck=ecs.HealthCheck(
                            Command=HEALTH, Interval=30, Timeout=5, Retries=3, StartPeriod=START_SECONDS
                        ),
                        LogConfiguration=ecs.LogConfiguration(
                            LogDriver="awslogs",
                            Options={
                                "awslogs-group": group.ref(),
                                "awslogs-region": Ref("AWS::Region"),
                                "awslogs-stream-prefix": "mqtt",
                            },
                        ),
                    )
                ],
                **self.only,
            ),
            suppress={
                "W9142": Exemption(
                    "its sign of life is a file of its temporary folder, and a volume would be root's",
                    owner="smart-stream",
                    expires="2027-11-30",
                )
            },
        )

    def variables(self, table: dynamodb.Table) -> list[ecs.Environment]:
        """What the container is told. Its client ID at the broker ends with the environment: two of one name fight."""
        values: Mapping[str, object] = {
            "AWS_REGION": Ref("AWS::Region"),
            "DEBUG": If(self.IsProduction, "false", "true"),
            "DYNAMODB_TABLE": table.ref(),
            "ENVIRONMENT": self.Environment,
            "LOG_LEVEL": self.by_class("warning", "info", "debug"),
            "MQTT_CLIENT_ID": Sub("smart-stream-${Environment}"),
            "YOTO_CLIENT_ID": self.YotoClientId,
        }
        return [ecs.Environment(Name=name, Value=value) for name, value in values.items()]

    def add_task_role(self, table: dynamodb.Table) -> iam.Role:
        """Items of this environment's table, one by one; in a policy apart, as the brief has it."""
        role = self.add_role("MQTTTaskRole")
        self.add(
            iam.PolicyType(
                "MQTTTaskPolicy",
                PolicyName="table",
                Roles=[role.ref()],
                PolicyDocument=document(
                    allow(
                        dynamodb_actions.GetItem,
                        dynamodb_actions.PutItem,
                        dynamodb_actions.UpdateItem,
                        dynamodb_actions.Query,
                        on=[table.get_att("Arn")],
                    )
                ),
                **self.only,
            ),
            suppress={
                "W9113": Exemption(
                    "the stand-in that rehearses it knows the older type only",
                    owner="smart-stream",
                    expires="2027-06-30",
                )
            },
        )
        return role

    def add_execution_role(self, group: log_groups.LogGroup) -> iam.Role:
        """Pull images of this project and write this log; AWS's own policy would reach every repository and log."""
        repositories = "arn:${AWS::Partition}:ecr:${AWS::Region}:${AWS::AccountId}:repository/yoto-mqtt*"
        start = inline(
            "start",
            allow(ecr.GetAuthorizationToken, on=["*"]),  # a token is of the whole registry
            allow(
                ecr.BatchCheckLayerAvailability, ecr.BatchGetImage, ecr.GetDownloadUrlForLayer, on=[Sub(repositories)]
            ),
            allow(logs.CreateLogStream, logs.PutLogEvents, on=[group.get_att("Arn")]),
        )
        return self.add_role("MQTTExecutionRole", Policies=[start])

    def add_role(self, title: str, **properties: Any) -> iam.Role:
        """A role that tasks of this account take on."""
        tasks = Sub("arn:${AWS::Partition}:ecs:${AWS::Region}:${AWS::AccountId}:*")
        return self.add(
            iam.Role(
                title,
                AssumeRolePolicyDocument=trust(
                    "ecs-tasks.amazonaws.com",
                    when=[StringEquals({SourceAccount: Ref("AWS::AccountId")}), ArnLike({SourceArn: tasks})],
                ),
                PermissionsBoundary=self.boundary(),
                **self.only,
                **properties,
            )
        )

    def add_service(
        self, cluster: ecs.Cluster, task: ecs.TaskDefinition, subnets: If, group: ec2.SecurityGroup
    ) -> ecs.Service:
        """Old listeners stop before new ones start, for two of one client ID put each other off the broker.

        No launch type: it would exclude the strategy, and so Spot. A deployment that does not come up is taken back.
        """
        return self.add(
            ecs.Service(
                "MQTTService",
                DependsOn="MQTTTaskPolicy",  # no reference says that it may read the table
                ServiceName=self.named("mqtt"),
                Cluster=cluster.ref(),
                TaskDefinition=task.ref(),
                DesiredCount=self.DesiredMqttCount,
                CapacityProviderStrategy=[
                    ecs.CapacityProviderStrategyItem(CapacityProvider="FARGATE", Base=self.OnDemandTasks, Weight=0),
                    ecs.CapacityProviderStrategyItem(CapacityProvider="FARGATE_SPOT", Weight=1),
                ],
                DeploymentConfiguration=ecs.DeploymentConfiguration(
                    DeploymentCircuitBreaker=ecs.DeploymentCircuitBreaker(Enable=True, Rollback=True),
                    MinimumHealthyPercent=0,
                    MaximumPercent=100,
                ),
                NetworkConfiguration=ecs.NetworkConfiguration(
                    AwsvpcConfiguration=ecs.AwsvpcConfiguration(
                        AssignPublicIp="ENABLED", SecurityGroups=[group.get_att("GroupId")], Subnets=subnets
                    )
                ),
                PropagateTags="SERVICE",
                EnableECSManagedTags=True,
                **self.only,
            ),
            suppress={
                "W9164": Exemption(
                    "one task alone: two of one client ID put each other off the broker",
                    owner="smart-stream",
                    expires="2027-11-30",
                ),
                "W9123": Exemption(
                    "the address is its way out without a NAT gateway, and its group lets nobody in",
                    owner="smart-stream",
                    expires="2027-11-30",
                ),
            },
        )
