"""The parameters that the root and its children share, in one place each.

They travel: the root hands them to every child that declares them. A child takes the groups that it needs as bases, the
root takes all.
"""

from __future__ import annotations

from stackgen import FromParent, Parameter
from stackgen.parameter_types import LIST_OF_SUBNET_IDS, NUMBER, ListOf, Number, SubnetId

from .system import TapSystemStack

OCTET = r"(25[0-5]|2[0-4][0-9]|1?[0-9]?[0-9])"
CIDR_16_TO_20 = rf"^(10\.{OCTET}|172\.(1[6-9]|2[0-9]|3[01])|192\.168)\.{OCTET}\.{OCTET}/(1[6-9]|20)$"
"""A private range, by RFC 1918."""

BUCKET_OR_NOTHING = r"^([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])?$"
ARN_OR_NOTHING = r"^(arn:aws[a-z-]*:sns:[a-z0-9-]+:[0-9]{12}:[A-Za-z0-9_-]{1,256})?$"
LOG_RETENTION_DAYS = (
    1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
)  # fmt: skip
"""What CloudWatch Logs takes; Amazon CloudWatch Logs API Reference, PutRetentionPolicy, read on 2026-11-20."""


def switch(default: str, label: str, description: str) -> Parameter:
    """A parameter that is true or false; ``default`` is one of the two."""
    return Parameter(
        default=FromParent(default),
        allowed_values=("true", "false"),
        description=description,
        constraint_description="true or false",
        label=label,
    )


class NetworkParameters(TapSystemStack):
    """Settings of the network."""

    VpcCidr: Parameter = Parameter(
        default=FromParent("10.0.0.0/16"),
        pattern=CIDR_16_TO_20,
        description="Range of the VPC, for good; give each region its own, or the two can never be peered",
        constraint_description="a private IPv4 range with a prefix of /16 to /20",
        label="VPC range",
        output=True,
    )
    EnableInterfaceEndpoints: Parameter = switch(
        "true",
        "Interface endpoints",
        "Endpoint of Systems Manager; without it, and without a NAT gateway, functions read no parameter",
    )
    EnableLogsEndpoint: Parameter = switch(
        "false",
        "Endpoint of CloudWatch Logs",
        "Interface endpoint of CloudWatch Logs too, for code that calls its API itself",
    )
    EnableKmsEndpoint: Parameter = switch(
        "false", "Endpoint of KMS", "Interface endpoint of KMS too, for code that encrypts by itself"
    )
    EnableMonitoringEndpoint: Parameter = switch(
        "false", "Endpoint of CloudWatch", "Interface endpoint of CloudWatch too, for code that puts metrics by API"
    )
    InterfaceEndpointSubnetCount: Parameter[Number] = Parameter(
        NUMBER,
        default=FromParent(3),
        allowed_values=(1, 2, 3),
        description="Zones with an interface endpoint; each costs about 7.3 USD a month and endpoint",
        constraint_description="1, 2 or 3",
        label="Zones with endpoints",
    )
    EnableFlowLogs: Parameter = switch(
        "false", "Flow logs", "Record accepted and rejected traffic of the VPC in CloudWatch Logs"
    )


class LogParameters(TapSystemStack):
    """How long logs are kept."""

    LogRetentionDays: Parameter[Number] = Parameter(
        NUMBER,
        default=FromParent(30),
        allowed_values=LOG_RETENTION_DAYS,
        description="Days that logs are kept",
        constraint_description="a number of days that CloudWatch Logs takes, from 1 to 3653",
        label="Log retention",
    )


class AlarmParameters(TapSystemStack):
    """Who hears of an alarm."""

    EnableAlarms: Parameter = switch("true", "Alarms", "Alarms on the key metrics")
    AlarmTopicArn: Parameter = Parameter(
        default=FromParent(""),
        pattern=ARN_OR_NOTHING,
        description="SNS topic that the alarms notify; empty for none",
        constraint_description="the ARN of an SNS topic, or nothing",
        label="Alarm topic",
    )


class ErrorRateParameters(TapSystemStack):
    """When the functions count as failing."""

    LambdaErrorRateThreshold: Parameter[Number] = Parameter(
        NUMBER,
        default=FromParent(5),
        min_value=1,
        max_value=100,
        description="Share of failed invocations, in percent, above which the alarm goes off",
        constraint_description="1 to 100 (percent)",
        label="Error rate threshold",
    )


class ImageParameters(TapSystemStack):
    """Which build of the container images runs."""

    ImageTag: Parameter = Parameter(
        default=FromParent(),
        pattern=r"^(sha256:[0-9a-f]{64}|(?!latest$)[A-Za-z0-9_][A-Za-z0-9._-]{0,127})$",
        max_length=128,
        description="Tag or digest of the images in this region's repositories; immutable, so never latest",
        constraint_description="sha256: and 64 hex digits, or a tag of up to 128 characters other than latest",
        label="Image tag or digest",
    )
    ImageAccountId: Parameter = Parameter(
        default=FromParent(""),
        pattern=r"^([0-9]{12})?$",
        description="Account whose repositories hold the images; empty for this one",
        constraint_description="an account ID of 12 digits, or nothing",
        label="Image account",
    )


class BoundaryParameters(TapSystemStack):
    """What the roles of the stacks may be allowed at most."""

    PermissionsBoundaryName: Parameter = Parameter(
        default=FromParent(""),
        pattern=r"^[A-Za-z0-9_+=,.@-]{0,128}$",
        description="Managed policy of this account that bounds every role; StackSets demand it. Empty for none",
        constraint_description="the name of a managed policy, or nothing",
        label="Permissions boundary",
    )


class StorageParameters(TapSystemStack):
    """Settings of tables and buckets."""

    AuditLogExpirationDays: Parameter[Number] = Parameter(
        NUMBER,
        default=FromParent(90),
        min_value=1,
        description="Days after which audit logs expire",
        constraint_description="1 or more",
        label="Audit log expiry",
    )
    AccessLogBucketName: Parameter = Parameter(
        default=FromParent(""),
        pattern=BUCKET_OR_NOTHING,
        description="Existing bucket that takes the access log of the audit bucket; empty for none",
        constraint_description="the name of a bucket in this region, or nothing",
        label="Access log bucket",
    )
    DeploymentRoleArn: Parameter = Parameter(
        default=FromParent(""),
        pattern=r"^(arn:aws[a-z-]*:iam::[0-9]{12}:role/[A-Za-z0-9_+=,.@/-]{1,512})?$",
        description="Role that deploys and destroys without StackSets; it too may delete audit logs. Empty for none",
        constraint_description="the ARN of a role, or nothing",
        label="Deployment role",
    )
    EnableTransactionTable: Parameter = switch(
        "false", "Transaction table", "A table of transactions with a stream of its changes"
    )


class ValidatorParameters(TapSystemStack):
    """Size of the validator, and what it lets through."""

    ValidatorMemory: Parameter[Number] = Parameter(
        NUMBER,
        default=FromParent(512),
        min_value=128,
        max_value=10_240,
        description="Memory of the validator, in MB; its share of CPU grows with it",
        constraint_description="128 to 10240 (MB)",
        label="Validator memory",
    )
    ValidatorTimeout: Parameter[Number] = Parameter(
        NUMBER,
        default=FromParent(30),
        min_value=1,
        max_value=900,
        description="Longest run of the validator, in seconds",
        constraint_description="1 to 900 (seconds)",
        label="Validator timeout",
    )
    ValidatorConcurrency: Parameter[Number] = Parameter(
        NUMBER,
        default=FromParent(50),
        min_value=0,
        max_value=1_000,
        description="Most validators at once, each with a connection; 0 reserves nothing, for small accounts",
        constraint_description="0 to 1000; below DatabaseConnectionAlarmThreshold, or load alone sets the alarm off",
        label="Validator concurrency",
    )
    TransactionLimit: Parameter[Number] = Parameter(
        NUMBER,
        default=FromParent(1_000_000),
        min_value=1,
        max_value=999_999_999_999_999,
        description="Largest amount that a transaction may have, in whole units of its currency",
        constraint_description="a whole number of at most 15 digits: the database keeps no more before the point",
        label="Transaction limit",
    )


class PrivateParameters(TapSystemStack):
    """Where a stack with something private in it is placed, and what encrypts it; handed over, not chosen."""

    PrivateSubnetIds: Parameter[ListOf[SubnetId]] = Parameter(
        LIST_OF_SUBNET_IDS,
        description="Private subnets, in at least two zones",
        constraint_description="IDs of subnets, joined by commas",
    )
    KeyArn: Parameter = Parameter(
        pattern=r"^arn:aws[a-z-]*:kms:[a-z0-9-]+:[0-9]{12}:key/[A-Za-z0-9-]+$",
        description="Key that encrypts data, logs and the settings of functions",
        constraint_description="the ARN of a KMS key",
    )
