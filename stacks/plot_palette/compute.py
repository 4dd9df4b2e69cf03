"""Where jobs run: a cluster on spare capacity, the workers' image and how one is started."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from troposphere import Equals, If, Join, Ref, Retain, Select, Split, Sub, ecr, ecs, ssm
from troposphere import logs as log_groups

from stackgen import Condition, Exemption, Output, Parameter
from stackgen.parameter_types import COMMA_DELIMITED_LIST, StringList

from .api import variable
from .parameters import ImageParameters, LogParameters, TableParameters

if TYPE_CHECKING:
    from collections.abc import Sequence

PROCESSORS, MEMORY = "512", "1024"
STOP_SECONDS = 120
"""What Fargate Spot gives a task that it takes away; a worker writes its checkpoint in that time."""
CHECKPOINT_INTERVAL = 50
KEPT_IMAGES = 10
SPOT = {"capacityProvider": "FARGATE_SPOT", "weight": 1, "base": 0}
ON_DEMAND = {"capacityProvider": "FARGATE", "weight": 1, "base": 0}


class Compute(ImageParameters, LogParameters, TableParameters):
    """Plot Palette compute: a cluster on Fargate Spot, the workers' repository and task, and where to find them."""

    file = "compute-stack"
    component = "Compute"

    ECSTaskRoleArn: Parameter = Parameter(
        pattern=r"^arn:aws[a-z-]*:iam::[0-9]{12}:role/.+$",
        description="Role that workers have",
        constraint_description="the ARN of a role",
    )
    ECSExecutionRoleArn: Parameter = Parameter(
        pattern=r"^arn:aws[a-z-]*:iam::[0-9]{12}:role/.+$",
        description="Role that starts workers",
        constraint_description="the ARN of a role",
    )
    SubnetIds: Parameter[StringList] = Parameter(
        COMMA_DELIMITED_LIST,
        pattern=r"^subnet-[0-9a-f]+$",
        description="Subnets of the workers",
        constraint_description="IDs of subnets, joined by commas",
    )
    SecurityGroupId: Parameter = Parameter(
        pattern=r"^sg-[0-9a-f]+$",
        description="Security group of the workers",
        constraint_description="the ID of a security group",
    )

    ImageIsDigest = Condition(Equals(Select(0, Split(":", ImageParameters.WorkerImageTag)), "sha256"))

    ClusterName = Output(description="Name of the cluster")
    ClusterArn = Output(description="ARN of the cluster")
    ECRRepositoryUri = Output(description="Address of the workers' images")
    WorkerLogGroupName = Output(description="Log group of the workers")
    TaskDefinitionArn = Output(description="ARN of the task that is a worker")

    def build(self) -> None:
        """Cluster, repository, log group, task, and the parameters that the API reads at run time."""
        cluster = self.cluster()
        repository = self.repository()
        group = self.add(
            log_groups.LogGroup(
                "WorkerLogGroup",
                LogGroupName=Sub("/aws/ecs/plot-palette-worker-${EnvironmentName}"),
                RetentionInDays=self.LogRetentionDays,
            )
        )
        task = self.task(cluster, repository, group)
        for title, name, value in (
            ("ClusterArnParameter", "cluster-arn", cluster.get_att("Arn")),
            ("TaskDefinitionArnParameter", "task-definition-arn", task.ref()),
            ("SecurityGroupIdParameter", "security-group-id", self.SecurityGroupId),
            ("CapacityParameter", "capacity-provider-strategy", json.dumps([SPOT])),
            ("FallbackCapacityParameter", "fallback-capacity-provider-strategy", json.dumps([ON_DEMAND])),
        ):
            self.parameter(title, name, value)
        self.parameter("SubnetIdsParameter", "subnet-ids", Join(",", self.SubnetIds), kind="StringList")

        self.ClusterName = cluster.ref()
        self.ClusterArn = cluster.get_att("Arn")
        self.ECRRepositoryUri = repository.get_att("RepositoryUri")
        self.WorkerLogGroupName = group.ref()
        self.TaskDefinitionArn = task.ref()

    def cluster(self) -> ecs.Cluster:
        """Spare capacity first. What costs the full price is there for those whom Spot has turned away."""
        return self.add(
            ecs.Cluster(
                "Cluster",
                ClusterName=self.named("cluster"),
                ClusterSettings=[ecs.ClusterSetting(Name="containerInsights", Value="enabled")],
                CapacityProviders=["FARGATE_SPOT", "FARGATE"],
                DefaultCapacityProviderStrategy=[
                    ecs.CapacityProviderStrategyItem(CapacityProvider="FARGATE_SPOT", Weight=1, Base=0)
                ],
            )
        )

    def repository(self) -> ecr.Repository:
        """Immutable and scanned; the newest images stay, and all of them where an update makes another repository."""
        return self.add(
            ecr.Repository(
                "WorkerRepository",
                UpdateReplacePolicy=Retain,
                RepositoryName=self.named("worker"),
                ImageTagMutability="IMMUTABLE",
                ImageScanningConfiguration=ecr.ImageScanningConfiguration(ScanOnPush=True),
                EncryptionConfiguration=ecr.EncryptionConfiguration(EncryptionType="AES256"),
                EmptyOnDelete=True,
                LifecyclePolicy=ecr.LifecyclePolicy(LifecyclePolicyText=lifecycle()),
            )
        )

    def task(self, cluster: ecs.Cluster, repository: ecr.Repository, group: log_groups.LogGroup) -> ecs.TaskDefinition:
        """A worker. Whoever runs it names a capacity provider strategy and no launch type: ECS takes one of the two."""
        image = f"${{{repository.title}.RepositoryUri}}"
        return self.add(
            ecs.TaskDefinition(
                "WorkerTask",
                Family=self.named("worker"),
                RequiresCompatibilities=["FARGATE"],
                NetworkMode="awsvpc",
                Cpu=PROCESSORS,
                Memory=MEMORY,
                RuntimePlatform=ecs.RuntimePlatform(CpuArchitecture="X86_64", OperatingSystemFamily="LINUX"),
                TaskRoleArn=self.ECSTaskRoleArn,
                ExecutionRoleArn=self.ECSExecutionRoleArn,
                ContainerDefinitions=[
                    ecs.ContainerDefinition(
                        Name="worker",
                        Essential=True,
                        Image=If(
                            self.ImageIsDigest, Sub(f"{image}@${{WorkerImageTag}}"), Sub(f"{image}:${{WorkerImageTag}}")
                        ),
                        StopTimeout=STOP_SECONDS,
                        Environment=self.environment(cluster),
                        LogConfiguration=ecs.LogConfiguration(
                            LogDriver="awslogs",
                            Options={
                                "awslogs-group": group.ref(),
                                "awslogs-region": Ref("AWS::Region"),
                                "awslogs-stream-prefix": "worker",
                            },
                        ),
                    )
                ],
            ),
            suppress={
                "W9142": Exemption(
                    "a worker keeps what it makes in files until a checkpoint takes them",
                    owner="plot-palette",
                    expires="2027-11-30",
                )
            },
        )

    def environment(self, cluster: ecs.Cluster) -> Sequence[ecs.Environment]:
        """What a worker reads from its environment; which job it is comes with RunTask."""
        values = {
            "ENVIRONMENT": self.EnvironmentName,
            variable("Jobs"): self.JobsTableName,
            variable("Queue"): self.QueueTableName,
            variable("Templates"): self.TemplatesTableName,
            variable("CostTracking"): self.CostTrackingTableName,
            variable("CheckpointMetadata"): self.CheckpointMetadataTableName,
            "BUCKET_NAME": self.BucketName,
            "CLUSTER_NAME": cluster.ref(),
            "CHECKPOINT_INTERVAL": str(CHECKPOINT_INTERVAL),
        }
        return [ecs.Environment(Name=name, Value=value) for name, value in values.items()]

    def parameter(self, title: str, name: str, value: object, kind: str = "String") -> None:
        """One of the parameters below ``/plot-palette/{environment}/compute/``."""
        self.add(
            ssm.Parameter(
                title,
                Name=Sub(f"/plot-palette/${{EnvironmentName}}/compute/{name}"),
                Type=kind,
                Value=value,
                Description="Read by the functions of Plot Palette's API when they start a worker",
            )
        )


def lifecycle() -> str:
    """The newest images stay."""
    rule = {
        "rulePriority": 1,
        "description": "the newest images stay",
        "selection": {"tagStatus": "any", "countType": "imageCountMoreThan", "countNumber": KEPT_IMAGES},
        "action": {"type": "expire"},
    }
    return json.dumps({"rules": [rule]})
