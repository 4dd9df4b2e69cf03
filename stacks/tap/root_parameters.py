"""The parameters of the root, which are those of all its children."""

from __future__ import annotations

from stackgen import Parameter

from .database_parameters import (
    ConnectionParameters,
    DatabaseParameters,
    MigrationParameters,
    PasswordParameters,
)
from .parameters import (
    AlarmParameters,
    BoundaryParameters,
    ErrorRateParameters,
    ImageParameters,
    LogParameters,
    NetworkParameters,
    StorageParameters,
    ValidatorParameters,
)

BUCKET_STEM = r"^[a-z0-9][a-z0-9-]{1,46}[a-z0-9]$"


class RootSettings(
    NetworkParameters,
    DatabaseParameters,
    PasswordParameters,
    StorageParameters,
    ImageParameters,
    ValidatorParameters,
    MigrationParameters,
    LogParameters,
    AlarmParameters,
    ConnectionParameters,
    ErrorRateParameters,
):
    """Everything that an environment may choose."""

    TemplatesBucketName: Parameter = Parameter(
        pattern=BUCKET_STEM,
        max_length=48,
        description="Bucket of the nested templates, without the region that its name ends with",
        constraint_description="the name of a bucket without -{region}: 3 to 48 lower-case letters, digits and hyphens",
        label="Templates bucket",
    )


class RootParameters(RootSettings, BoundaryParameters):
    """Everything that the root takes: a StackSet gives the boundary itself."""
