"""The root: which stacks there are, and what each is handed."""

from __future__ import annotations

from math import ceil
from typing import TYPE_CHECKING, ClassVar

from troposphere import Delete, Equals, Not, Or, Ref, Sub
from troposphere import kms as keys

from stackgen import Assertion, Attributes, Condition, Output, Rule, nested

from .compute import ComputeStack
from .database import DatabaseStack
from .database_parameters import MigrationParameters
from .migration import MigrationStack
from .network import NetworkStack
from .parameters import StorageParameters
from .root_parameters import RootParameters
from .security import SecurityStack
from .storage import StorageStack
from .system import PROJECT, REGIONS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from stackgen import Stack

ESTIMATES = {
    NetworkStack: 4.0,
    SecurityStack: 3.0,
    StorageStack: 2.0,
    DatabaseStack: 13.3,
    ComputeStack: 8.0,
    MigrationStack: 9.0,
}
"""Minutes that a slow but healthy creation takes.

Interface endpoints 3, a key 2 to 3, an Aurora writer 9 to 12, functions in a VPC 4 to 7, the migration
up to 5: from deployment logs of public repositories, 2021 to 2025, and estimates where there was none.
"""


def within(stack: type[Stack]) -> Attributes:
    """A child's attributes: half as much time again as its estimate, and no trace left when it goes."""
    return Attributes(
        DeletionPolicy=Delete,
        UpdateReplacePolicy=Delete,
        TimeoutInMinutes=ceil(ESTIMATES[stack] * 1.5),
        Tags={"EnvironmentSuffix": Ref("EnvironmentSuffix"), "ManagedBy": "stackgen", "Project": PROJECT},
    )


def contains(values: Sequence[str], value: object) -> dict[str, object]:
    """``Fn::Contains``, which exists in Rules only."""
    return {"Fn::Contains": [list(values), value]}


def fitting(most: str) -> Assertion:
    """MinCapacity against one of the usual values of MaxCapacity: rules compare texts, so both spellings are listed."""
    steps = [half / 2 for half in range(1, int(float(most) * 2) + 1)]
    spellings = [text for step in steps for text in dict.fromkeys((f"{step:g}", str(step)))]
    return Assertion(
        Or(Not(Equals(Ref("MaxCapacity"), most)), contains(spellings, Ref("MinCapacity"))),
        f"MinCapacity must not be more than MaxCapacity, which is {most}",
    )


class TapStack(RootParameters):
    """TapStack: network, key, storage, database, compute and schema migration of one environment in one region."""

    file = "TapStack"
    export_name = "tap-{name}-${EnvironmentSuffix}"
    parameter_groups: ClassVar = {
        "Environment": ["EnvironmentSuffix", "TemplatesBucketName", "DeploymentRoleArn", "PermissionsBoundaryName"],
        "Network": [
            "VpcCidr",
            "EnableInterfaceEndpoints",
            "InterfaceEndpointSubnetCount",
            "EnableLogsEndpoint",
            "EnableKmsEndpoint",
            "EnableMonitoringEndpoint",
            "EnableFlowLogs",
        ],
        "Database": [
            "InstanceClass",
            "MinCapacity",
            "MaxCapacity",
            "EngineVersion",
            "DatabaseName",
            "DatabaseMasterUsername",
            "DatabasePasswordParameterName",
            "DatabasePasswordParameterVersion",
            "BackupRetentionDays",
            "EnableReader",
        ],
        "Functions": [
            "ImageTag",
            "ImageAccountId",
            "ValidatorMemory",
            "ValidatorTimeout",
            "ValidatorConcurrency",
            "TransactionLimit",
            "SchemaVersion",
            "EnableMigration",
        ],
        "Storage": ["AuditLogExpirationDays", "AccessLogBucketName", "EnableTransactionTable"],
        "Monitoring": [
            "EnableAlarms",
            "AlarmTopicArn",
            "LogRetentionDays",
            "DatabaseConnectionAlarmThreshold",
            "LambdaErrorRateThreshold",
        ],
    }

    HasTransactionTable = Condition(Equals(StorageParameters.EnableTransactionTable, "true"))
    RunsMigration = Condition(Equals(MigrationParameters.EnableMigration, "true"))

    KnownRegion = Rule(
        Assertion(contains(REGIONS, Ref("AWS::Region")), f"TapStack runs in {' and '.join(REGIONS)} only"),
    )
    ServerlessCapacity = Rule(
        Assertion(
            Not(Or(Equals(Ref("MaxCapacity"), "0.5"), Equals(Ref("MaxCapacity"), ".5"))),
            "MaxCapacity of db.serverless must be at least 1",
        ),
        *(fitting(most) for most in ("1", "2", "4", "8")),
        when=Equals(Ref("InstanceClass"), "db.serverless"),
    )

    ReachablePassword = Rule(
        Assertion(
            Equals(Ref("EnableInterfaceEndpoints"), "true"),
            "without EnableInterfaceEndpoints the migration cannot read the password, for there is no NAT gateway",
        ),
        when=Equals(Ref("EnableMigration"), "true"),
    )

    Network = nested(NetworkStack, within(NetworkStack))
    Security = nested(SecurityStack, within(SecurityStack))
    Storage = nested(StorageStack, within(StorageStack))
    Database = nested(
        DatabaseStack,
        within(DatabaseStack),
        PrivateSubnetIds=Network.PrivateSubnetIds,
        DatabaseSecurityGroupId=Network.DatabaseSecurityGroupId,
        KeyArn=Security.KeyArn,
    )
    Compute = nested(
        ComputeStack,
        within(ComputeStack),
        PrivateSubnetIds=Network.PrivateSubnetIds,
        LambdaSecurityGroupId=Network.LambdaSecurityGroupId,
        KeyArn=Security.KeyArn,
        SessionTableName=Storage.SessionTableName,
        SessionTableArn=Storage.SessionTableArn,
        AuditLogBucketName=Storage.AuditLogBucketName,
        AuditLogBucketArn=Storage.AuditLogBucketArn,
    )
    Migration = nested(
        MigrationStack,
        within(MigrationStack),
        PrivateSubnetIds=Network.PrivateSubnetIds,
        LambdaSecurityGroupId=Network.LambdaSecurityGroupId,
        KeyArn=Security.KeyArn,
        ClusterEndpoint=Database.ClusterEndpoint,
        ClusterIdentifier=Database.ClusterIdentifier,
        DatabasePort=Database.Port,
    )

    VpcId = Output(value=Network.VpcId, export=True, description="ID of the VPC")
    PrivateSubnetIds = Output(value=Network.PrivateSubnetIds, export=True, description="IDs of the private subnets")
    PrivateSubnet1Id = Output(value=Network.PrivateSubnet1Id, export=True, description="Private subnet, first zone")
    PrivateSubnet2Id = Output(value=Network.PrivateSubnet2Id, export=True, description="Private subnet, second zone")
    PrivateSubnet3Id = Output(value=Network.PrivateSubnet3Id, export=True, description="Private subnet, third zone")
    LambdaSecurityGroupId = Output(
        value=Network.LambdaSecurityGroupId, export=True, description="Security group of the functions"
    )
    DatabaseSecurityGroupId = Output(
        value=Network.DatabaseSecurityGroupId, export=True, description="Security group of the database"
    )
    EndpointSecurityGroupId = Output(
        value=Network.EndpointSecurityGroupId, export=True, description="Security group of the endpoints"
    )
    KeyArn = Output(value=Security.KeyArn, export=True, description="ARN of the key")
    ClusterIdentifier = Output(value=Database.ClusterIdentifier, export=True, description="Identifier of the cluster")
    ClusterArn = Output(value=Database.ClusterArn, export=True, description="ARN of the cluster")
    ClusterEndpoint = Output(value=Database.ClusterEndpoint, export=True, description="Database address that writes")
    ClusterReadEndpoint = Output(
        value=Database.ClusterReadEndpoint, export=True, description="Database address that reads"
    )
    ClusterPort = Output(value=Database.Port, export=True, description="Port of the database")
    NameOfDatabase = Output(
        value=Database.NameOfDatabase,
        export=True,
        logical_id="DatabaseNameOutput",
        description="Name of the first schema",
    )
    SessionTableName = Output(value=Storage.SessionTableName, export=True, description="Name of the session table")
    SessionTableArn = Output(value=Storage.SessionTableArn, export=True, description="ARN of the session table")
    TransactionTableName = Output(
        value=Storage.TransactionTableName,
        export=True,
        condition=HasTransactionTable,
        description="Name of the transaction table",
    )
    TransactionTableArn = Output(
        value=Storage.TransactionTableArn,
        export=True,
        condition=HasTransactionTable,
        description="ARN of the transaction table",
    )
    TransactionTableStreamArn = Output(
        value=Storage.TransactionTableStreamArn,
        export=True,
        condition=HasTransactionTable,
        description="ARN of the stream of the transaction table",
    )
    AuditLogBucketName = Output(value=Storage.AuditLogBucketName, export=True, description="Bucket of audit logs")
    AuditLogBucketArn = Output(value=Storage.AuditLogBucketArn, export=True, description="ARN of that bucket")
    ValidatorFunctionArn = Output(value=Compute.ValidatorFunctionArn, export=True, description="ARN of the validator")
    ValidatorFunctionName = Output(
        value=Compute.ValidatorFunctionName, export=True, description="Name of the validator"
    )
    ValidatorAliasArn = Output(
        value=Compute.ValidatorAliasArn, export=True, description="ARN of the validator's alias live"
    )
    ValidatorRoleArn = Output(value=Compute.ValidatorRoleArn, export=True, description="ARN of the validator's role")
    MigrationFunctionArn = Output(
        value=Migration.MigrationFunctionArn, export=True, description="ARN of the migration function"
    )
    AppliedVersion = Output(
        value=Migration.AppliedVersion,
        export=True,
        condition=RunsMigration,
        description="Version of the schema after this deployment",
    )

    def build(self) -> None:
        """The key's alias, which takes a minute: here nothing waits for it, beside the key the database would."""
        name = Sub("alias/tap-${EnvironmentSuffix}")
        self.add(keys.Alias("KeyAlias", AliasName=name, TargetKeyId=self.Security.KeyId))
