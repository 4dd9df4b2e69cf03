"""The state machine with its role and its log, and who hears when an execution does not end well."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, NamedTuple

from awacs import awslambda as lambda_actions
from awacs import logs, states, xray
from troposphere import Equals, If, Not, NoValue, Sub, cloudwatch, stepfunctions

from stackgen import Condition, allow
from stackgen.deployer.machine import Settings, definition

from .base import PROJECT
from .functions import PROMOTE_IMAGES, STEPS, VERIFY_SIGNATURES, WithFunctions
from .grants import MACHINE
from .parameters import NoticeParameters

if TYPE_CHECKING:
    from collections.abc import Mapping

    from troposphere import awslambda, iam

MINUTE = 60


class Metric(NamedTuple):
    """What an alarm watches: one metric with one dimension."""

    namespace: str
    name: str
    dimension: str
    value: object
    statistic: str = "Sum"


class WithMachine(WithFunctions, NoticeParameters):
    """The machine. Its settings are the class's: a Wait state takes a number, and no text that stands for one."""

    machine_settings: ClassVar[Settings] = Settings()

    HasAlarmTopic = Condition(Not(Equals(NoticeParameters.AlarmTopicArn, "")))

    def steps(self) -> dict[str, awslambda.Function]:
        """The functions that the machine calls."""
        settings = self.machine_settings
        optional = [
            *([VERIFY_SIGNATURES] if settings.verify_signatures else []),
            *([PROMOTE_IMAGES] if settings.promote_images else []),
        ]
        return {handler.title: self.function(handler) for handler in (*STEPS, *optional)}

    def state_machine(self, functions: Mapping[str, awslambda.Function]) -> stepfunctions.StateMachine:
        """The machine by its definition, in which ``${<Function>Arn}`` stands for a function."""
        group = self.log_group("StateMachineLogGroup", f"/aws/vendedlogs/states/${{Env}}-{PROJECT}")
        role = self.machine_role(functions)
        return self.add(
            stepfunctions.StateMachine(
                "StateMachine",
                StateMachineName=Sub(f"${{Env}}-{PROJECT}"),
                StateMachineType="STANDARD",
                RoleArn=role.get_att("Arn"),
                Definition=definition(self.machine_settings),
                DefinitionSubstitutions={
                    f"{title}Arn": function.get_att("Arn") for title, function in functions.items()
                },
                LoggingConfiguration=stepfunctions.LoggingConfiguration(
                    Level="ERROR",
                    IncludeExecutionData=True,
                    Destinations=[
                        stepfunctions.LogDestination(
                            CloudWatchLogsLogGroup=stepfunctions.CloudWatchLogsLogGroup(
                                LogGroupArn=group.get_att("Arn")
                            )
                        )
                    ],
                ),
                TracingConfiguration=stepfunctions.TracingConfiguration(Enabled=True),
            )
        )

    def machine_role(self, functions: Mapping[str, awslambda.Function]) -> iam.Role:
        """Calls these functions and starts its own successor, which it knows by name: it does not exist yet."""
        return self.role(
            "StateMachineRole",
            "states.amazonaws.com",
            allow(lambda_actions.InvokeFunction, on=[each.get_att("Arn") for each in functions.values()]),
            allow(states.StartExecution, on=[Sub(MACHINE)]),
            allow(  # none of them knows resources; logs are delivered on the machine's behalf
                logs.CreateLogDelivery,
                logs.DeleteLogDelivery,
                logs.DescribeLogGroups,
                logs.DescribeResourcePolicies,
                logs.GetLogDelivery,
                logs.ListLogDeliveries,
                logs.PutResourcePolicy,
                logs.UpdateLogDelivery,
                on=["*"],
            ),
            allow(
                xray.GetSamplingRules,
                xray.GetSamplingTargets,
                xray.PutTelemetryRecords,
                xray.PutTraceSegments,
                on=["*"],
            ),
        )

    def machine_alarms(self, machine: stepfunctions.StateMachine) -> None:
        """One for each way in which an execution ends without having said what went wrong, or with having said it."""
        for title, stem, name, said in (
            ("ExecutionsFailedAlarm", "executions-failed", "ExecutionsFailed", "A deployment failed"),
            ("ExecutionsTimedOutAlarm", "executions-timed-out", "ExecutionsTimedOut", "A deployment ran out of time"),
        ):
            self.alarm(title, stem, said, Metric("AWS/States", name, "StateMachineArn", machine.ref()))

    def alarm(self, title: str, stem: str, description: str, metric: Metric) -> cloudwatch.Alarm:
        """One alarm on anything above none; silence is health."""
        return self.add(
            cloudwatch.Alarm(
                title,
                AlarmName=self.named(stem),
                AlarmDescription=description,
                Namespace=metric.namespace,
                MetricName=metric.name,
                Dimensions=[cloudwatch.MetricDimension(Name=metric.dimension, Value=metric.value)],
                Statistic=metric.statistic,
                Period=MINUTE,
                EvaluationPeriods=1,
                Threshold=0,
                ComparisonOperator="GreaterThanThreshold",
                TreatMissingData="notBreaching",
                AlarmActions=[If(self.HasAlarmTopic, self.AlarmTopicArn, NoValue)],
            )
        )
