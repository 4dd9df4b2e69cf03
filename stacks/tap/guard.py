"""Alarms that watch a deployment: they exist before what they watch, so that a rollback trigger is never missing.

They find functions, cluster and table by their names, which are known beforehand. Network and key have no figures at
run time that would tell of a bad release, so they have no trigger.
"""

from __future__ import annotations

from typing import Any

from troposphere import Sub, cloudwatch

from stackgen import Exemption, Output

from .database_parameters import ConnectionParameters
from .functions import error_rate, expression, metric, query
from .parameters import ErrorRateParameters

SYSTEM_ERROR_OPERATIONS = ("GetItem", "PutItem", "Query")


class GuardStack(ErrorRateParameters, ConnectionParameters):
    """TapStack guard: the alarms that roll a deployment back, one for each nested stack with a run-time signal."""

    file = "guard-stack"

    DatabaseTriggerArn = Output(description="ARN of the trigger for the database")
    ComputeTriggerArn = Output(description="ARN of the trigger for the validator")
    MigrationTriggerArn = Output(description="ARN of the trigger for the migration")
    StorageTriggerArn = Output(description="ARN of the trigger for the session table")

    def build(self) -> None:
        """Signals first, then one composite alarm for each stack."""
        validator, migration = (
            Sub("transaction-validator-${EnvironmentSuffix}"),
            Sub("schema-migration-${EnvironmentSuffix}"),
        )
        failing = self.signal(
            "ValidatorErrorRate",
            "guard-validator-error-rate",
            "The validator fails too often",
            self.LambdaErrorRateThreshold,
            Metrics=error_rate(validator),
        )
        throttled = self.signal(
            "ValidatorThrottles",
            "guard-validator-throttles",
            "Validations are refused",
            0,
            **metric("AWS/Lambda", "Throttles", {"FunctionName": validator}, "Sum"),
        )
        slow = self.signal(
            "ValidatorDuration",
            "guard-validator-duration",
            "One validation in twenty takes more than five seconds",
            5_000,
            **metric("AWS/Lambda", "Duration", {"FunctionName": validator}, "p95"),
        )
        crowded = self.signal(
            "DatabaseConnections",
            "guard-db-connections",
            "The database is crowded",
            self.DatabaseConnectionAlarmThreshold,
            **metric(
                "AWS/RDS",
                "DatabaseConnections",
                {"DBClusterIdentifier": Sub("aurora-cluster-${EnvironmentSuffix}")},
                "Maximum",
            ),
        )
        stuck = self.signal(
            "MigrationErrors",
            "guard-migration-errors",
            "The schema migration fails",
            0,
            **metric("AWS/Lambda", "Errors", {"FunctionName": migration}, "Sum"),
        )
        refused = self.signal(
            "SessionThrottles",
            "guard-session-throttles",
            "Session requests are throttled",
            0,
            Metrics=session_throttles(),
        )
        broken = self.signal(
            "SessionSystemErrors",
            "guard-session-errors",
            "The session table fails",
            0,
            Metrics=session_system_errors(),
        )
        # Load alone may fill the connections; together with failures or slowness it tells of a bad release.
        database = self.trigger("DatabaseTrigger", "guard-database", "{} AND ({} OR {})", crowded, failing, slow)
        compute = self.trigger("ComputeTrigger", "guard-compute", "{} OR {}", failing, throttled)
        migrating = self.trigger("MigrationTrigger", "guard-migration", "{}", stuck)
        storage = self.trigger("StorageTrigger", "guard-storage", "{} OR {}", refused, broken)
        self.DatabaseTriggerArn = database.get_att("Arn")
        self.ComputeTriggerArn = compute.get_att("Arn")
        self.MigrationTriggerArn = migrating.get_att("Arn")
        self.StorageTriggerArn = storage.get_att("Arn")

    def signal(self, title: str, stem: str, words: str, threshold: object, **properties: Any) -> cloudwatch.Alarm:
        """One figure over one minute; no data is no alarm, for before the first deployment there is none."""
        return self.add(
            cloudwatch.Alarm(
                title,
                AlarmName=self.named(stem),
                AlarmDescription=words,
                ComparisonOperator="GreaterThanThreshold",
                Threshold=threshold,
                EvaluationPeriods=1,
                DatapointsToAlarm=1,
                TreatMissingData="notBreaching",
                **properties,
            )
        )

    def trigger(self, title: str, stem: str, rule: str, *signals: cloudwatch.Alarm) -> cloudwatch.CompositeAlarm:
        """Signals put into a rule, under the name that a deployment passes as rollback trigger."""
        names: dict[str, Any] = {f"Signal{number}": signal.ref() for number, signal in enumerate(signals, 1)}
        return self.add(
            cloudwatch.CompositeAlarm(
                title,
                AlarmName=self.named(stem),
                AlarmDescription="Rollback trigger of TapStack's deployments",
                ActionsEnabled=True,
                AlarmRule=Sub(rule.format(*(f'ALARM("${{{name}}}")' for name in names)), names),
            ),
            suppress={
                "W9144": Exemption(
                    "the deployments hear it: they name it as rollback trigger",
                    owner="operations",
                    expires="2027-11-30",
                )
            },
        )


def session_throttles() -> list[Any]:
    """Throttled reads and writes of the session table and of its index, which DynamoDB counts apart."""
    table: dict[str, object] = {"TableName": Sub("sessions-${EnvironmentSuffix}")}
    index = {**table, "GlobalSecondaryIndexName": "UserIdIndex"}
    metrics = [
        query(f"{kind.lower()}{number}", "AWS/DynamoDB", f"{kind}ThrottleEvents", dimensions, "Sum")
        for kind in ("Read", "Write")
        for number, dimensions in enumerate((table, index), 1)
    ]
    total = " + ".join(f"FILL({each.Id}, 0)" for each in metrics)
    return [*metrics, expression("throttles", total, "Throttled requests")]


def session_system_errors() -> list[Any]:
    """Errors of DynamoDB itself, which it counts by operation only."""
    table = Sub("sessions-${EnvironmentSuffix}")
    metrics = [
        query(
            f"errors{number}",
            "AWS/DynamoDB",
            "SystemErrors",
            {"TableName": table, "Operation": operation},
            "Sum",
        )
        for number, operation in enumerate(SYSTEM_ERROR_OPERATIONS, 1)
    ]
    total = " + ".join(f"FILL(errors{number}, 0)" for number in range(1, len(SYSTEM_ERROR_OPERATIONS) + 1))
    return [*metrics, expression("errors", total, "System errors")]
