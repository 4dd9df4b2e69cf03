"""The master: which stacks there are, and what each is handed."""

from __future__ import annotations

from typing import ClassVar

from troposphere import And, Delete, Equals, Not, Ref, Retain, RetainExceptOnCreate

from stackgen import Assertion, Attributes, Condition, Output, Parameter, Rule, nested
from stackgen.parameter_types import NUMBER, Number

from .api import Api
from .auth import Auth
from .budget import Budget, BudgetParameters
from .compute import Compute
from .database import Database
from .frontend import Frontend
from .network import Network
from .parameters import (
    BUCKET_OR_NOTHING,
    AdminParameters,
    CallbackParameters,
    CodeParameters,
    DataParameters,
    ImageParameters,
    LogParameters,
    NetworkParameters,
    OriginParameters,
    ProtectionParameters,
    RepositoryParameters,
    switch,
)
from .roles import Iam
from .storage import Storage
from .system import ENVIRONMENTS, PlotPaletteStack, tags

MINUTES = 30
"""When a child that makes no headway fails; the slowest takes four."""
BUDGET_REGION = "us-east-1"


def within(stack: type[PlotPaletteStack], condition: Condition | None = None, *, is_kept: bool = False) -> Attributes:
    """The attributes of a child; one that is kept outlives the master, but not a creation that is rolled back."""
    return Attributes(
        Condition=condition,
        DeletionPolicy=RetainExceptOnCreate if is_kept else Delete,
        UpdateReplacePolicy=Retain if is_kept else Delete,
        Tags=tags(stack.component),
        TimeoutInMinutes=MINUTES,
    )


class MasterParameters(
    AdminParameters,
    BudgetParameters,
    CallbackParameters,
    CodeParameters,
    DataParameters,
    ImageParameters,
    LogParameters,
    NetworkParameters,
    OriginParameters,
    ProtectionParameters,
    RepositoryParameters,
):
    """Everything that an environment may choose."""

    EnvironmentName: Parameter = Parameter(
        default="production",
        allowed_values=ENVIRONMENTS,
        description="Environment, which ends every name and is a tag of everything",
        constraint_description=f"one of {', '.join(ENVIRONMENTS)}",
        label="Environment",
    )
    InitialBudgetLimit: Parameter[Number] = Parameter(
        NUMBER,
        default=100,
        min_value=1,
        max_value=10_000,
        description="Budget of a job that names none, in USD",
        constraint_description="1 to 10000 (USD)",
        label="Budget of a job",
    )
    TemplatesBucketName: Parameter = Parameter(
        default="",
        pattern=BUCKET_OR_NOTHING,
        description="Bucket in this region that holds the templates of the nested stacks; the deployment makes it, "
        "uploads them and fills this in",
        constraint_description="the name of a bucket",
        label="Templates bucket",
    )
    EnableBudget: Parameter = switch(
        "false", "Budget", f"A monthly budget with notifications; budgets are global, so {BUDGET_REGION} alone makes it"
    )


class Master(MasterParameters):
    """Plot Palette: network, storage, database, roles, authentication, API, compute and frontend of one environment."""

    file = "master-stack"
    component = "Master"
    parameter_groups: ClassVar = {
        "Environment Configuration": ["EnvironmentName", "AdminEmail"],
        "Default Settings": ["InitialBudgetLimit", "LogRetentionDays"],
        "Templates": ["TemplatesBucketName"],
        "Network": ["VpcCidr", "AvailabilityZoneCount", "EnableFlowLogs"],
        "Code": ["LambdaCodeBucket", "LambdaCodePrefix", "WorkerImageTag"],
        "Frontend": ["AllowedOrigins", "CallbackUrls", "RepositoryUrl", "RepositoryTokenSecretName"],
        "Data": ["DataNameSuffix", "EnableDeletionProtection"],
        "Budget": ["EnableBudget", "BudgetAmount", "EnableForecast"],
    }

    CreatesBudget = Condition(
        And(Equals(MasterParameters.EnableBudget, "true"), Equals(Ref("AWS::Region"), BUDGET_REGION))
    )

    TemplatesBucket = Rule(
        Assertion(
            Not(Equals(Ref("TemplatesBucketName"), "")),
            "TemplatesBucketName must name the bucket of this region that the templates were uploaded to",
        ),
    )
    VersionedCode = Rule(
        Assertion(
            Not(Equals(Ref("LambdaCodePrefix"), "")),
            "LambdaCodePrefix must name a release, such as lambdas/1.4.0/, where LambdaCodeBucket is given",
        ),
        when=Not(Equals(Ref("LambdaCodeBucket"), "")),
    )
    RepositoryToken = Rule(
        Assertion(
            Not(Equals(Ref("RepositoryTokenSecretName"), "")),
            "RepositoryTokenSecretName must name the secret that opens RepositoryUrl",
        ),
        when=Not(Equals(Ref("RepositoryUrl"), "")),
    )

    NetworkStack = nested(Network, within(Network))
    StorageStack = nested(Storage, within(Storage))
    DatabaseStack = nested(Database, within(Database, is_kept=True))
    AuthStack = nested(Auth, within(Auth))
    IAMStack = nested(
        Iam,
        within(Iam),
        S3BucketName=StorageStack.BucketName,
        JobsTableArn=DatabaseStack.JobsTableArn,
        QueueTableArn=DatabaseStack.QueueTableArn,
        TemplatesTableArn=DatabaseStack.TemplatesTableArn,
        CostTrackingTableArn=DatabaseStack.CostTrackingTableArn,
        CheckpointMetadataTableArn=DatabaseStack.CheckpointMetadataTableArn,
        UserPoolArn=AuthStack.UserPoolArn,
    )
    APIStack = nested(
        Api,
        within(Api),
        UserPoolId=AuthStack.UserPoolId,
        UserPoolClientId=AuthStack.UserPoolClientId,
        LambdaExecutionRoleArn=IAMStack.LambdaExecutionRoleArn,
        DefaultBudgetLimit=MasterParameters.InitialBudgetLimit,
        BucketName=StorageStack.BucketName,
        JobsTableName=DatabaseStack.JobsTableName,
        QueueTableName=DatabaseStack.QueueTableName,
        TemplatesTableName=DatabaseStack.TemplatesTableName,
        CostTrackingTableName=DatabaseStack.CostTrackingTableName,
        CheckpointMetadataTableName=DatabaseStack.CheckpointMetadataTableName,
    )
    ComputeStack = nested(
        Compute,
        within(Compute),
        ECSTaskRoleArn=IAMStack.ECSTaskRoleArn,
        ECSExecutionRoleArn=IAMStack.ECSExecutionRoleArn,
        SubnetIds=NetworkStack.PublicSubnetIds,
        SecurityGroupId=NetworkStack.ECSSecurityGroupId,
        BucketName=StorageStack.BucketName,
        JobsTableName=DatabaseStack.JobsTableName,
        QueueTableName=DatabaseStack.QueueTableName,
        TemplatesTableName=DatabaseStack.TemplatesTableName,
        CostTrackingTableName=DatabaseStack.CostTrackingTableName,
        CheckpointMetadataTableName=DatabaseStack.CheckpointMetadataTableName,
    )
    FrontendStack = nested(
        Frontend,
        within(Frontend),
        ApiEndpoint=APIStack.ApiEndpoint,
        UserPoolId=AuthStack.UserPoolId,
        UserPoolClientId=AuthStack.UserPoolClientId,
        AmplifyServiceRoleArn=IAMStack.AmplifyServiceRoleArn,
    )
    BudgetStack = nested(Budget, within(Budget, condition=CreatesBudget))

    ApiEndpoint = Output(value=APIStack.ApiEndpoint, export=True, description="Address of the API")
    UserPoolId = Output(value=AuthStack.UserPoolId, export=True, description="ID of the user pool")
    UserPoolClientId = Output(
        value=AuthStack.UserPoolClientId, export=True, description="ID of the user pool's client for the frontend"
    )
    FrontendUrl = Output(value=FrontendStack.AmplifyAppUrl, export=True, description="Address of the application")
    BucketName = Output(value=StorageStack.BucketName, export=True, description="Bucket of seed data and results")
    ECSClusterName = Output(value=ComputeStack.ClusterName, export=True, description="Cluster that jobs run in")
