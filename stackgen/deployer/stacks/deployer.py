"""The deployer in one account and region."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from stackgen import Exemption, Output, __version__
from stackgen.deployer.machine import rendered

from .administration import WithAdministrationRole
from .artifacts import WithArtifacts
from .settings import WithSettings
from .tables import WithTables
from .triggers import WithTriggers

if TYPE_CHECKING:
    from collections.abc import Mapping

    from troposphere import dynamodb, s3, stepfunctions


class DeployerStack(WithAdministrationRole, WithArtifacts, WithSettings, WithTables, WithTriggers):
    """Deployer: rolls releases of CloudFormation templates out to many accounts and regions through StackSets."""

    file = "deployer-stack"
    exemptions: ClassVar = {
        "W9162": Exemption(
            "what a function fails on fails its execution, or stays in a queue, and both have an alarm",
            owner="platform",
            expires="2027-11-30",
        ),
        "W9158": Exemption(
            "it costs next to nothing between rollouts: the budget of its account tells",
            owner="platform",
            expires="2027-11-30",
        ),
    }
    parameter_groups: ClassVar = {
        "Installation": ["Env", "CodeBucketName", "TableNameSeparator", "PermissionsBoundaryName"],
        "Accounts": [
            "AdministrationRoleArn",
            "ExecutionRoleName",
            "ReaderRoleName",
            "OptInRegions",
            "OrganizationId",
        ],
        "Rollouts": ["LockMaxRetries", "MaxConcurrentCount", "FailureToleranceCount"],
        "Operation": ["AlarmTopicArn", "BuildTopicArn", "LogRetentionDays"],
    }

    StateMachineArn = Output(export=True, description="ARN of the state machine")
    ArtifactBucketName = Output(export=True, description="Name of the bucket that releases arrive in")
    LocksTableName = Output(export=True, description="Name of the table of locks")
    TargetsTableName = Output(export=True, description="Name of the table of targets")
    DeploymentsTableName = Output(export=True, description="Name of the table of deployments")
    BuildsTableName = Output(export=True, description="Name of the table of builds")
    S3TriggerFunctionArn = Output(export=True, description="ARN of the function that makes builds of releases")
    AdministrationRoleArnInUse = Output(export=True, description="ARN of the role that StackSets are run with")

    def build(self) -> None:
        """Tables, what the machine calls, the machine, what starts it, what cleans up after it, what tells of it."""
        tables = self.tables()
        self.administration_role(Condition=self.CreatesAdministrationRole)
        machine = self.state_machine(self.steps())
        self.machine_alarms(machine)

        failures = self.queue("FailedTriggers", "failed-triggers")
        self.waiting_alarm(failures, "failed-triggers", "A release did not become a build, or a build did not start")
        trigger = self.s3_trigger(failures)
        bucket = self.artifact_bucket_of(trigger)
        self.trigger_build(tables["builds"], failures)
        self.clean_up(machine)
        self.notice(tables["builds"])

        self.settings(self.known(machine, bucket, tables))
        self.StateMachineArn = machine.ref()
        self.ArtifactBucketName = bucket.ref()
        self.LocksTableName = tables["locks"].ref()
        self.TargetsTableName = tables["targets"].ref()
        self.DeploymentsTableName = tables["deployments"].ref()
        self.BuildsTableName = tables["builds"].ref()
        self.S3TriggerFunctionArn = trigger.get_att("Arn")
        self.AdministrationRoleArnInUse = self.administration_role_arn()

    def beside(self) -> dict[str, str]:
        """The machine's definition alone, for people and for tools that know state machines."""
        return {"state-machine.asl.json": rendered(self.machine_settings)}

    def known(
        self, machine: stepfunctions.StateMachine, bucket: s3.Bucket, tables: Mapping[str, dynamodb.Table]
    ) -> dict[str, tuple[Any, str]]:
        """What the commands of an operator look up."""
        return {
            "state-machine-arn": (machine.ref(), "ARN of the deployer's state machine"),
            "s3-bucket": (bucket.ref(), "Bucket that releases arrive in"),
            **{f"tables/{name}": (table.ref(), f"Name of the table of {name}") for name, table in tables.items()},
            "administration-role-arn": (self.administration_role_arn(), "Role that StackSets are run with"),
            "execution-role-name": (self.ExecutionRoleName, "Role that is taken on in a target account"),
            "reader-role-name": (self.ReaderRoleName, "Role that target accounts are read through"),
            "version": (__version__, "Version of stackgen that the deployer was built with"),
        }
