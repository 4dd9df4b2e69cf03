"""The parameters that master and children share. They travel: the master hands them to whoever declares them."""

from __future__ import annotations

from stackgen import FromParent, Parameter
from stackgen.parameter_types import COMMA_DELIMITED_LIST, NUMBER, Number, StringList

from .system import PlotPaletteStack

EMAIL = r"^[a-zA-Z0-9._%+-]+@[a-zA-Z0-9.-]+\.[a-zA-Z]{2,}$"
ORIGIN = r"^https?://[A-Za-z0-9.-]+(:[0-9]{1,5})?$"
URL = r"^https?://[A-Za-z0-9.-]+(:[0-9]{1,5})?(/[A-Za-z0-9._~/-]*)?$"
OCTET = r"(25[0-5]|2[0-4][0-9]|1?[0-9]?[0-9])"
CIDR_16_TO_20 = rf"^(10\.{OCTET}|172\.(1[6-9]|2[0-9]|3[01])|192\.168)\.{OCTET}\.{OCTET}/(1[6-9]|20)$"
"""A private range, by RFC 1918."""
BUCKET_OR_NOTHING = r"^([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])?$"
LOG_RETENTION_DAYS = (1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365)
LOCAL_ORIGINS = "http://localhost:5173,http://localhost:3000"
"""Where the frontend's development servers answer."""


def switch(default: str, label: str, description: str) -> Parameter:
    """A parameter that is true or false; ``default`` is one of the two."""
    return Parameter(
        default=FromParent(default),
        allowed_values=("true", "false"),
        description=description,
        constraint_description="true or false",
        label=label,
    )


class AdminParameters(PlotPaletteStack):
    """Who is told, and who may sign in first."""

    AdminEmail: Parameter = Parameter(
        default=FromParent(),
        pattern=EMAIL,
        max_length=254,
        description="Address of the administrator: the first user, and where notifications go",
        constraint_description="an e-mail address",
        label="Administrator",
    )


class LogParameters(PlotPaletteStack):
    """How long logs are kept."""

    LogRetentionDays: Parameter[Number] = Parameter(
        NUMBER,
        default=FromParent(7),
        allowed_values=LOG_RETENTION_DAYS,
        description="Days that logs are kept",
        constraint_description=f"one of {', '.join(map(str, LOG_RETENTION_DAYS))}",
        label="Log retention",
    )


class NetworkParameters(PlotPaletteStack):
    """Settings of the network."""

    VpcCidr: Parameter = Parameter(
        default=FromParent("10.0.0.0/16"),
        pattern=CIDR_16_TO_20,
        description="Range of the VPC, for good; give each region its own, or the two can never be peered",
        constraint_description="a private IPv4 range with a prefix of /16 to /20",
        label="VPC range",
    )
    AvailabilityZoneCount: Parameter[Number] = Parameter(
        NUMBER,
        default=FromParent(3),
        allowed_values=(2, 3),
        description="Zones with a subnet; 2 where the account sees no third",
        constraint_description="2 or 3",
        label="Availability zones",
    )
    EnableFlowLogs: Parameter = switch("false", "Flow logs", "Record the traffic of the VPC in CloudWatch Logs")


class DataParameters(PlotPaletteStack):
    """What the names of everything that is retained end with."""

    DataNameSuffix: Parameter = Parameter(
        default=FromParent(""),
        pattern=r"^(-v[0-9]{1,3})?$",
        max_length=5,
        description="Ends the names of tables and bucket: -v2 makes new ones beside what an earlier stack retained",
        constraint_description="a hyphen, v and a number, such as -v2, or nothing",
        label="Suffix of data",
    )


class ProtectionParameters(PlotPaletteStack):
    """Whether a call by hand may delete what holds data."""

    EnableDeletionProtection: Parameter = switch(
        "false",
        "Deletion protection",
        "Tables and user pool refuse to be deleted; turn it on once the first deployment has succeeded, since a "
        "creation that is rolled back must be able to delete them",
    )


class OriginParameters(PlotPaletteStack):
    """Where the frontend is served from."""

    AllowedOrigins: Parameter[StringList] = Parameter(
        COMMA_DELIMITED_LIST,
        default=FromParent(LOCAL_ORIGINS),
        pattern=ORIGIN,
        description="Origins that may call the API and the bucket; add FrontendUrl once the first deployment tells it",
        constraint_description="http or https, a host and perhaps a port, joined by commas",
        label="Allowed origins",
    )


class CallbackParameters(PlotPaletteStack):
    """Where a sign-in may end."""

    CallbackUrls: Parameter[StringList] = Parameter(
        COMMA_DELIMITED_LIST,
        default=FromParent(LOCAL_ORIGINS),
        pattern=URL,
        description="Addresses that a sign-in may return to; add FrontendUrl once the first deployment tells it",
        constraint_description="http or https addresses, joined by commas",
        label="Callback addresses",
    )


class CodeParameters(PlotPaletteStack):
    """Where the code of the functions is."""

    LambdaCodeBucket: Parameter = Parameter(
        default=FromParent(""),
        pattern=BUCKET_OR_NOTHING,
        description="Bucket in this region that holds the code of the functions; without one they answer 501",
        constraint_description="the name of a bucket, or nothing",
        label="Code bucket",
    )
    LambdaCodePrefix: Parameter = Parameter(
        default=FromParent(""),
        pattern=r"^([A-Za-z0-9][A-Za-z0-9._-]*/)*$",
        max_length=256,
        description="What the keys of the code begin with, a release in it, such as lambdas/1.4.0/: a key that stays "
        "the same brings no new code",
        constraint_description="parts of letters, digits, dots, underscores and hyphens, each ended by a slash",
        label="Code prefix",
    )


class ImageParameters(PlotPaletteStack):
    """Which build of the worker runs."""

    WorkerImageTag: Parameter = Parameter(
        default=FromParent("1.0.0"),
        pattern=r"^(sha256:[0-9a-f]{64}|(?!latest$)[A-Za-z0-9_][A-Za-z0-9._-]{0,127})$",
        max_length=128,
        description="Tag or digest of the worker's image in this region's repository; immutable, so never latest",
        constraint_description="sha256: and 64 hex digits, or a tag of up to 128 characters other than latest",
        label="Worker image",
    )


class RepositoryParameters(PlotPaletteStack):
    """Where the frontend's sources are, if Amplify is to build them."""

    RepositoryUrl: Parameter = Parameter(
        default=FromParent(""),
        pattern=r"^(https://[A-Za-z0-9.-]+/[A-Za-z0-9._/-]+)?$",
        max_length=512,
        description="Repository of the frontend that Amplify builds; without one its files are uploaded as a zip",
        constraint_description="the https address of a repository, or nothing",
        label="Frontend repository",
    )
    RepositoryTokenSecretName: Parameter = Parameter(
        default=FromParent(""),
        pattern=r"^[A-Za-z0-9/_+=.@-]{0,256}$",
        description="Secret in Secrets Manager whose text is the token for that repository",
        constraint_description="the name of a secret, or nothing",
        label="Repository token",
    )


class TableParameters(PlotPaletteStack):
    """The tables as the API and the workers know them; handed over, not chosen."""

    JobsTableName: Parameter = Parameter(
        pattern=r"^[a-zA-Z0-9_.-]{3,255}$",
        description="Table of jobs",
        constraint_description="the name of a DynamoDB table",
    )
    QueueTableName: Parameter = Parameter(
        pattern=r"^[a-zA-Z0-9_.-]{3,255}$",
        description="Table of jobs that wait",
        constraint_description="the name of a DynamoDB table",
    )
    TemplatesTableName: Parameter = Parameter(
        pattern=r"^[a-zA-Z0-9_.-]{3,255}$",
        description="Table of prompt templates",
        constraint_description="the name of a DynamoDB table",
    )
    CostTrackingTableName: Parameter = Parameter(
        pattern=r"^[a-zA-Z0-9_.-]{3,255}$",
        description="Table of what jobs have cost",
        constraint_description="the name of a DynamoDB table",
    )
    CheckpointMetadataTableName: Parameter = Parameter(
        pattern=r"^[a-zA-Z0-9_.-]{3,255}$",
        description="Table of the checkpoints of jobs",
        constraint_description="the name of a DynamoDB table",
    )
    BucketName: Parameter = Parameter(
        pattern=r"^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$",
        description="Bucket of seed data and results",
        constraint_description="the name of a bucket",
    )
