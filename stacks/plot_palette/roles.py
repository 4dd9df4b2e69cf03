"""The four roles. None has a name, because names of roles are shared by all regions of an account."""

from __future__ import annotations

from typing import TYPE_CHECKING

from awacs import bedrock, cognito_idp, dynamodb, ecr, ecs, logs, s3, ssm, xray
from awacs import iam as iam_actions
from awacs.aws import ArnEquals, ArnLike, SourceAccount, SourceArn, StringEquals, StringLike
from troposphere import Equals, If, Not, NoValue, Ref, Sub, iam

from stackgen import Condition, Output, Parameter, allow, trust
from stackgen.iam import document

from .system import PlotPaletteStack

if TYPE_CHECKING:
    from awacs.aws import ConditionElement, Statement

ACCOUNT = "${AWS::Region}:${AWS::AccountId}"
CLUSTER = "cluster/plot-palette-cluster-${EnvironmentName}"
MODELS = ("anthropic.claude-*", "meta.llama3-*")
"""Families of foundation models that jobs may ask; regions.json names those that are checked before a deployment."""
TABLE_ARN = r"^arn:aws[a-z-]*:dynamodb:[a-z0-9-]+:[0-9]{12}:table/[a-zA-Z0-9_.-]{3,255}$"


class TableArns(PlotPaletteStack):
    """The tables that roles are about; handed over, not chosen."""

    JobsTableArn: Parameter = Parameter(
        pattern=TABLE_ARN, description="Table of jobs", constraint_description="the ARN of a DynamoDB table"
    )
    QueueTableArn: Parameter = Parameter(
        pattern=TABLE_ARN, description="Table of jobs that wait", constraint_description="the ARN of a DynamoDB table"
    )
    TemplatesTableArn: Parameter = Parameter(
        pattern=TABLE_ARN, description="Table of prompt templates", constraint_description="the ARN of a DynamoDB table"
    )
    CostTrackingTableArn: Parameter = Parameter(
        pattern=TABLE_ARN,
        description="Table of what jobs have cost",
        constraint_description="the ARN of a DynamoDB table",
    )
    CheckpointMetadataTableArn: Parameter = Parameter(
        pattern=TABLE_ARN,
        description="Table of the checkpoints of jobs",
        constraint_description="the ARN of a DynamoDB table",
    )


class Iam(TableArns):
    """Plot Palette roles: of the workers, of what starts them, of the API's functions, and of the frontend's builds."""

    file = "iam-stack"
    component = "IAM"

    S3BucketName: Parameter = Parameter(
        pattern=r"^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$",
        description="Bucket of seed data and results",
        constraint_description="the name of a bucket",
    )
    UserPoolArn: Parameter = Parameter(
        default="",
        pattern=r"^(arn:aws[a-z-]*:cognito-idp:[a-z0-9-]+:[0-9]{12}:userpool/[A-Za-z0-9_-]+)?$",
        description="User pool whose users the functions may read; empty for none",
        constraint_description="the ARN of a user pool, or nothing",
    )

    HasUserPool = Condition(Not(Equals(UserPoolArn, "")))

    LambdaExecutionRoleArn = Output(description="ARN of the role of the API's functions")
    ECSTaskRoleArn = Output(description="ARN of the role that workers have")
    ECSExecutionRoleArn = Output(description="ARN of the role that starts workers: image and logs")
    AmplifyServiceRoleArn = Output(description="ARN of the role of the frontend's builds")

    def build(self) -> None:
        """The two roles of the workers first: the functions may hand on these and no others."""
        task = self.role("ECSTaskRole", "ecs-tasks.amazonaws.com", self.worker(), when=self.from_ecs())
        execution = self.role("ECSExecutionRole", "ecs-tasks.amazonaws.com", self.start(), when=self.from_ecs())
        functions = self.role("LambdaExecutionRole", "lambda.amazonaws.com", self.functions(task, execution))
        functions.properties["Policies"].append(self.reads_users())
        amplify = self.role("AmplifyServiceRole", "amplify.amazonaws.com", self.frontend())
        self.ECSTaskRoleArn = task.get_att("Arn")
        self.ECSExecutionRoleArn = execution.get_att("Arn")
        self.LambdaExecutionRoleArn = functions.get_att("Arn")
        self.AmplifyServiceRoleArn = amplify.get_att("Arn")

    def role(
        self, title: str, service: str, statements: list[Statement], when: list[ConditionElement] | None = None
    ) -> iam.Role:
        """A role of one service with one policy."""
        return self.add(
            iam.Role(
                title,
                AssumeRolePolicyDocument=trust(service, when=when or []),
                Policies=[iam.Policy(PolicyName="work", PolicyDocument=document(*statements))],
            )
        )

    def from_ecs(self) -> list[ConditionElement]:
        """Only for tasks of this account: nobody else's tasks can make ECS take on these roles."""
        return [
            StringEquals({SourceAccount: Ref("AWS::AccountId")}),
            ArnLike({SourceArn: Sub(f"arn:${{AWS::Partition}}:ecs:{ACCOUNT}:*")}),
        ]

    def objects(self, *prefixes: str) -> list[Sub]:
        """The objects below some prefixes of the bucket."""
        return [Sub(f"arn:${{AWS::Partition}}:s3:::${{S3BucketName}}/{prefix}*") for prefix in prefixes]

    def lists(self, *prefixes: str) -> Statement:
        """See which objects there are below these prefixes."""
        bucket = Sub("arn:${AWS::Partition}:s3:::${S3BucketName}")
        return allow(s3.ListBucket, on=[bucket], when=[StringLike({"s3:prefix": [f"{each}*" for each in prefixes]})])

    def items(self) -> Statement:
        """Read and write single items of the tables; nobody scans, and nobody changes a table."""
        return allow(
            dynamodb.DeleteItem, dynamodb.GetItem, dynamodb.PutItem, dynamodb.Query, dynamodb.UpdateItem,
            on=[
                self.JobsTableArn, self.QueueTableArn, self.TemplatesTableArn, self.CostTrackingTableArn,
                self.CheckpointMetadataTableArn,
            ],
        )  # fmt: skip

    def writes_logs(self, group: str) -> Statement:
        """Write into log groups that are there."""
        arn = Sub(f"arn:${{AWS::Partition}}:logs:{ACCOUNT}:log-group:{group}:*")
        return allow(logs.CreateLogStream, logs.PutLogEvents, on=[arn])

    def worker(self) -> list[Statement]:
        """Ask models, read seed data, write results, checkpoints and costs."""
        models = [Sub(f"arn:${{AWS::Partition}}:bedrock:${{AWS::Region}}::foundation-model/{each}") for each in MODELS]
        return [
            allow(bedrock.InvokeModel, bedrock.InvokeModelWithResponseStream, on=models),
            allow(s3.DeleteObject, s3.GetObject, s3.PutObject, on=self.objects("jobs/")),
            allow(s3.GetObject, on=self.objects("seed-data/", "sample-datasets/")),
            self.items(),
            self.writes_logs("/aws/ecs/plot-palette-worker-${EnvironmentName}"),
        ]

    def start(self) -> list[Statement]:
        """What starting a worker takes; AWS's own policy for it reaches every repository and log group."""
        repository = f"arn:${{AWS::Partition}}:ecr:{ACCOUNT}:repository/plot-palette-worker-${{EnvironmentName}}"
        return [
            allow(ecr.GetAuthorizationToken, on=["*"]),  # the registry's token is for no repository in particular
            allow(ecr.BatchCheckLayerAvailability, ecr.BatchGetImage, ecr.GetDownloadUrlForLayer, on=[Sub(repository)]),
            self.writes_logs("/aws/ecs/plot-palette-worker-${EnvironmentName}"),
        ]

    def functions(self, task: iam.Role, execution: iam.Role) -> list[Statement]:
        """Keep jobs and templates, take seed data, start and stop workers."""
        own = f"arn:${{AWS::Partition}}:ecs:{ACCOUNT}"
        in_cluster = ArnEquals({"ecs:cluster": Sub(f"{own}:{CLUSTER}")})
        tasks = Sub(f"{own}:task/plot-palette-cluster-${{EnvironmentName}}/*")
        indexes = [Sub(f"${{{table}TableArn}}/index/user-id-index") for table in ("Jobs", "Templates")]
        settings = f"arn:${{AWS::Partition}}:ssm:{ACCOUNT}:parameter/plot-palette/${{EnvironmentName}}/compute"
        return [
            self.writes_logs("/aws/lambda/plot-palette-*-${EnvironmentName}"),
            allow(xray.PutTraceSegments, xray.PutTelemetryRecords, on=["*"]),  # X-Ray knows no resources
            allow(s3.DeleteObject, s3.GetObject, s3.PutObject, on=self.objects("jobs/", "seed-data/")),
            allow(s3.GetObject, on=self.objects("sample-datasets/")),
            self.lists("jobs/", "seed-data/", "sample-datasets/"),
            self.items(),
            allow(dynamodb.Query, on=indexes),
            allow(
                ecs.RunTask,
                on=[Sub(f"{own}:task-definition/plot-palette-worker-${{EnvironmentName}}:*")],
                when=[in_cluster],
            ),
            allow(ecs.DescribeTasks, ecs.StopTask, on=[tasks], when=[in_cluster]),
            allow(
                iam_actions.PassRole,
                on=[task.get_att("Arn"), execution.get_att("Arn")],
                when=[StringEquals({"iam:PassedToService": "ecs-tasks.amazonaws.com"})],
            ),
            allow(
                ssm.GetParameter, ssm.GetParameters, ssm.GetParametersByPath, on=[Sub(settings), Sub(f"{settings}/*")]
            ),
        ]

    def reads_users(self) -> If:
        """Look users up, where the pool is known."""
        statement = allow(cognito_idp.AdminGetUser, cognito_idp.ListUsers, on=[self.UserPoolArn])
        return If(self.HasUserPool, iam.Policy(PolicyName="users", PolicyDocument=document(statement)), NoValue)

    def frontend(self) -> list[Statement]:
        """Write the log of a build, and read the zip of a manual deployment."""
        group = f"arn:${{AWS::Partition}}:logs:{ACCOUNT}:log-group:/aws/amplify/*"
        return [
            allow(logs.CreateLogGroup, logs.CreateLogStream, logs.PutLogEvents, on=[Sub(group), Sub(f"{group}:*")]),
            allow(s3.GetObject, on=self.objects("frontend/")),
            self.lists("frontend/"),
        ]
