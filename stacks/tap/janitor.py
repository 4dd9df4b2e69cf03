"""What deletes final snapshots in time: CloudFormation makes them, and nothing in AWS lets them expire."""

from __future__ import annotations

from awacs import rds
from awacs.aws import StringEquals
from troposphere import Sub, awslambda, events

from stackgen import Exemption, Output, Parameter, allow
from stackgen.parameter_types import NUMBER, Number

from .functions import WithAlarms, WithFunctions, metric
from .system import PROJECT

JANITOR = "snapshot-janitor"


class JanitorStack(WithFunctions, WithAlarms):
    """TapStack janitor: a daily function that deletes old manual cluster snapshots of this environment."""

    file = "janitor-stack"

    SnapshotRetentionDays: Parameter[Number] = Parameter(
        NUMBER,
        default=30,
        min_value=1,
        max_value=3_650,
        description="Days that final snapshots of a deleted cluster are kept",
        constraint_description="1 to 3650",
        label="Snapshot retention",
    )

    JanitorFunctionArn = Output(description="ARN of the janitor")
    JanitorRuleName = Output(description="Name of the rule that starts it every day")

    def build(self) -> None:
        """Log group, role, function, rule."""
        log_group = self.log_group("JanitorLogGroup", JANITOR)
        ours = StringEquals(
            {"aws:ResourceTag/EnvironmentSuffix": self.EnvironmentSuffix, "aws:ResourceTag/Project": PROJECT}
        )
        snapshots = Sub("arn:${AWS::Partition}:rds:${AWS::Region}:${AWS::AccountId}:cluster-snapshot:*")
        clusters = Sub("arn:${AWS::Partition}:rds:${AWS::Region}:${AWS::AccountId}:cluster:*")
        role = self.function_role(
            "JanitorRole",
            log_group,
            allow(rds.DescribeDBClusterSnapshots, rds.ListTagsForResource, on=[snapshots, clusters]),
            allow(rds.DeleteDBClusterSnapshot, on=[snapshots], when=[ours]),
        )
        function = self.container_function(
            "SnapshotJanitor",
            repository=JANITOR,
            role=role,
            log_group=log_group,
            description="Deletes old final snapshots of this environment's clusters",
            memory=256,
            timeout=300,
            suppress={
                "W9139": Exemption(
                    "what it fails on it finds again the next day, and an alarm tells of the failure",
                    owner="tap",
                    expires="2027-11-30",
                )
            },
            variables={
                "ENVIRONMENT_SUFFIX": self.EnvironmentSuffix,
                "LOG_LEVEL": "INFO",
                "PROJECT": PROJECT,
                "SNAPSHOT_RETENTION_DAYS": Sub("${SnapshotRetentionDays}"),
            },
        )
        rule = self.add(
            events.Rule(
                "DailyRule",
                Name=self.named(JANITOR),
                Description="Starts the snapshot janitor",
                ScheduleExpression="rate(1 day)",
                State="ENABLED",
                Targets=[
                    # Whoever invokes it without this is told what it would delete.
                    events.Target(Id="janitor", Arn=function.get_att("Arn"), Input='{"delete": true}')
                ],
            )
        )
        self.add(
            awslambda.Permission(
                "DailyRuleInvokes",
                Action="lambda:InvokeFunction",
                FunctionName=function.ref(),
                Principal="events.amazonaws.com",
                SourceArn=rule.get_att("Arn"),
            )
        )
        self.alarm(
            "JanitorErrorsAlarm",
            "janitor-errors",
            description="Old snapshots are not deleted",
            ComparisonOperator="GreaterThanThreshold",
            Threshold=0,
            EvaluationPeriods=1,
            **metric("AWS/Lambda", "Errors", {"FunctionName": function.ref()}, "Sum", period=86_400),
        )
        self.JanitorFunctionArn = function.get_att("Arn")
        self.JanitorRuleName = rule.ref()
