"""The parameters of the deployer, in one place each."""

from __future__ import annotations

from stackgen import Parameter
from stackgen.parameter_types import COMMA_DELIMITED_LIST, NUMBER, Number, StringList

from .base import DeployerSystemStack

BUCKET = r"^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$"
ROLE_ARN_OR_NOTHING = r"^(arn:aws[a-z-]*:iam::[0-9]{12}:role/[A-Za-z0-9_+=,.@/-]{1,512})?$"
ROLE_NAME = r"^[A-Za-z0-9_+=,.@-]{1,64}$"
TOPIC_OR_NOTHING = r"^(arn:aws[a-z-]*:sns:[a-z0-9-]+:[0-9]{12}:[A-Za-z0-9_-]{1,256})?$"
LOG_RETENTION_DAYS = (
    1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
)  # fmt: skip
"""What CloudWatch Logs takes; Amazon CloudWatch Logs API Reference, PutRetentionPolicy, read on 2026-11-20."""

EXECUTION_ROLE = "AWSCloudFormationStackSetExecutionRole"
READER_ROLE = "DeployerReaderRole"


class CodeParameters(DeployerSystemStack):
    """Where the functions' code and further templates are."""

    CodeBucketName: Parameter = Parameter(
        pattern=BUCKET,
        description="Existing bucket of this region that holds the functions' bundle under its digest",
        constraint_description="the name of a bucket in this region",
        label="Bucket of the code",
    )


class LockParameters(DeployerSystemStack):
    """How long a build waits for another one."""

    LockMaxRetries: Parameter[Number] = Parameter(
        NUMBER,
        default=10,
        min_value=1,
        max_value=1_000,
        description="Attempts to take the lock after the first; with 15 seconds 10 are 150 seconds, 20 are 5 minutes",
        constraint_description="1 to 1000",
        label="Attempts for the lock",
    )


class RolloutParameters(DeployerSystemStack):
    """How a rollout goes where the record of its targets says nothing."""

    MaxConcurrentCount: Parameter[Number] = Parameter(
        NUMBER,
        default=10,
        min_value=1,
        max_value=100_000,
        description="Accounts that a rollout changes at the same time in a region",
        constraint_description="1 to 100000",
        label="Accounts at a time",
    )
    FailureToleranceCount: Parameter[Number] = Parameter(
        NUMBER,
        default=0,
        min_value=0,
        max_value=100_000,
        description="Accounts of a region that may fail before the rollout stops there",
        constraint_description="0 to 100000",
        label="Tolerated failures",
    )


class AdministrationRoleParameters(DeployerSystemStack):
    """Whose role runs the StackSets."""

    AdministrationRoleArn: Parameter = Parameter(
        default="",
        pattern=ROLE_ARN_OR_NOTHING,
        description="Existing administration role of StackSets; empty to make one of this environment",
        constraint_description="the ARN of a role, or nothing",
        label="Administration role",
    )


class RoleNameParameters(DeployerSystemStack):
    """What the roles in the target accounts are called."""

    ExecutionRoleName: Parameter = Parameter(
        default=EXECUTION_ROLE,
        pattern=ROLE_NAME,
        min_length=1,
        max_length=64,
        description="Role of a target account that CloudFormation takes on to deploy there",
        constraint_description="the name of a role",
        label="Execution role",
    )


class ReaderRoleParameters(DeployerSystemStack):
    """What the reader role in the target accounts is called."""

    ReaderRoleName: Parameter = Parameter(
        default=READER_ROLE,
        pattern=ROLE_NAME,
        min_length=1,
        max_length=64,
        description="Role of a target account through which the deployer reads stack events and alarms",
        constraint_description="the name of a role",
        label="Reader role",
    )


class OptInRegionParameters(DeployerSystemStack):
    """Regions that are off until an account asks for them."""

    OptInRegions: Parameter[StringList] = Parameter(
        COMMA_DELIMITED_LIST,
        default="",
        pattern=r"^([a-z]{2}(-[a-z]+)+-[0-9]{1,2})?$",
        description="Opt-in regions to deploy to, such as eu-south-1: there CloudFormation has a principal of its own",
        constraint_description="names of regions, joined by commas, or nothing",
        label="Opt-in regions",
    )


class LogParameters(DeployerSystemStack):
    """How long logs are kept."""

    LogRetentionDays: Parameter[Number] = Parameter(
        NUMBER,
        default=30,
        allowed_values=LOG_RETENTION_DAYS,
        description="Days that logs are kept",
        constraint_description="a number of days that CloudWatch Logs takes, from 1 to 3653",
        label="Log retention",
    )


class NoticeParameters(DeployerSystemStack):
    """Who hears of what happens."""

    AlarmTopicArn: Parameter = Parameter(
        default="",
        pattern=TOPIC_OR_NOTHING,
        description="SNS topic that the alarms notify; empty for none",
        constraint_description="the ARN of an SNS topic in this region, or nothing",
        label="Topic of alarms",
    )
    BuildTopicArn: Parameter = Parameter(
        default="",
        pattern=TOPIC_OR_NOTHING,
        description="SNS topic of this account that hears how each build ended; empty for none",
        constraint_description="the ARN of an SNS topic in this region, or nothing",
        label="Topic of builds",
    )


class TableParameters(DeployerSystemStack):
    """What the tables are called."""

    TableNameSeparator: Parameter = Parameter(
        default="-",
        allowed_values=("-", "--"),
        description="What stands between the deployer's name and a table's",
        constraint_description="one hyphen or two",
        label="Separator of table names",
    )
