"""The parameters that concern the database; see ``parameters`` for how they travel."""

from __future__ import annotations

from stackgen import FromParent, Parameter
from stackgen.parameter_types import NUMBER, Number

from .parameters import switch
from .system import TapSystemStack

ENGINE_VERSIONS = (
    "8.0.mysql_aurora.3.08.2",
    "8.0.mysql_aurora.3.09.0",
    "8.0.mysql_aurora.3.10.5",
    "8.0.mysql_aurora.3.12.0",
    "8.0.mysql_aurora.3.13.0",
)
"""Aurora MySQL 3 releases that are not deprecated, by the schemas of cfn-lint 1.58 (2026-10-20); 3.10 is kept long."""

INSTANCE_CLASSES = ("db.serverless", "db.t4g.medium", "db.r6g.large", "db.r6g.xlarge")

MAX_CONNECTIONS = {1: 90, 4: 135, 8: 1_000, 16: 2_000, 32: 3_000, 64: 4_000, 128: 5_000}
"""``max_connections`` of Aurora MySQL by MaxCapacity in ACU.

Source: Amazon Aurora User Guide, "Performance and scaling for Aurora Serverless v2".
"""

MAX_CAPACITY = 4
CONNECTION_SHARE = 0.6
"""Share of the connections from which an alarm tells; the rest is head-room for the time until somebody acts."""

CONNECTION_THRESHOLD = int(MAX_CONNECTIONS[MAX_CAPACITY] * CONNECTION_SHARE) // 10 * 10
"""80: derived from the default MaxCapacity, because a fixed figure would misfire after a change of capacity."""

_THRESHOLDS = ", ".join(
    f"{int(most * CONNECTION_SHARE) // 10 * 10} for {capacity}" for capacity, most in MAX_CONNECTIONS.items()
)


DATABASE_PARAMETERS = ("endpoint", "read-endpoint", "port", "name", "user")
"""What the database stack writes to Parameter Store, below ``/tap/{suffix}/database/``."""

WRITING = ("endpoint", "port", "name", "user")
"""What a function that writes reads of them."""


class ConnectionParameters(TapSystemStack):
    """When the database counts as crowded."""

    DatabaseConnectionAlarmThreshold: Parameter[Number] = Parameter(
        NUMBER,
        default=FromParent(CONNECTION_THRESHOLD),
        min_value=1,
        description=f"Connections above which the alarm goes off; by MaxCapacity: {_THRESHOLDS}",
        constraint_description="1 or more; well below the max_connections that MaxCapacity allows",
        label="Connection threshold",
    )


class PasswordParameters(TapSystemStack):
    """Where the database password is kept; the password itself is in no template."""

    DatabasePasswordParameterName: Parameter = Parameter(
        default=FromParent(),
        pattern=r"^/[A-Za-z0-9_.\-/]+$",
        max_length=900,
        description="Name of the SecureString with the master password, such as /tap/dev/database/master-password",
        constraint_description="a path that begins with /: letters, digits, and _ . - /",
        label="Password parameter",
    )


class DatabaseNameParameters(TapSystemStack):
    """The schema that functions and migrations work in."""

    DatabaseName: Parameter = Parameter(
        default=FromParent("transactions"),
        pattern=r"^[a-zA-Z][a-zA-Z0-9_]{0,63}$",
        description="Name of the first schema; cannot be changed later",
        constraint_description="a letter, then up to 63 letters, digits and underscores",
        label="Database name",
    )
    DatabaseMasterUsername: Parameter = Parameter(
        default=FromParent("admin"),
        pattern=r"^[a-zA-Z][a-zA-Z0-9]{0,15}$",
        description="Name of the master user; cannot be changed later",
        constraint_description="a letter, then up to 15 letters and digits",
        label="Master user",
    )


class DatabaseParameters(DatabaseNameParameters):
    """Settings of the cluster."""

    DatabasePasswordParameterVersion: Parameter = Parameter(
        default=FromParent(""),
        pattern=r"^[0-9]{0,10}$",
        description="Version of the password; raise it to make the cluster take a rotated one; empty for the latest",
        constraint_description="a version number, or nothing",
        label="Password version",
    )
    EngineVersion: Parameter = Parameter(
        default=FromParent("8.0.mysql_aurora.3.10.5"),
        allowed_values=ENGINE_VERSIONS,
        description="Release of Aurora MySQL",
        constraint_description="a release of Aurora MySQL 3 from the list",
        label="Engine version",
    )
    InstanceClass: Parameter = Parameter(
        default=FromParent("db.serverless"),
        allowed_values=INSTANCE_CLASSES,
        description="Class of the instances; db.serverless scales between the two capacities",
        constraint_description=", ".join(INSTANCE_CLASSES[:-1]) + " or " + INSTANCE_CLASSES[-1],
        label="Instance class",
    )
    MinCapacity: Parameter[Number] = Parameter(
        NUMBER,
        default=FromParent("0.5"),
        min_value=0.5,
        max_value=128,
        description="Least capacity of db.serverless, in ACU of about 2 GiB each",
        constraint_description="0.5 to 128 in half steps, at most MaxCapacity",
        label="Least capacity",
    )
    MaxCapacity: Parameter[Number] = Parameter(
        NUMBER,
        default=FromParent(str(MAX_CAPACITY)),
        min_value=0.5,
        max_value=128,
        description="Most capacity of db.serverless, in ACU; it also decides how many connections there may be",
        constraint_description="1 to 128 in half steps, at least MinCapacity",
        label="Most capacity",
    )
    BackupRetentionDays: Parameter[Number] = Parameter(
        NUMBER,
        default=FromParent(30),
        min_value=1,
        max_value=35,
        description="Days that automated backups are kept, also after the cluster is deleted",
        constraint_description="1 to 35",
        label="Backup retention",
    )
    EnableReader: Parameter = switch(
        "false", "Reader", "A second instance in another zone, which takes over when the writer fails"
    )


class MigrationParameters(TapSystemStack):
    """Which version of the schema is wanted."""

    SchemaVersion: Parameter[Number] = Parameter(
        NUMBER,
        default=FromParent(1),
        min_value=1,
        description="Version of the schema to migrate to; a lower one than the database has changes nothing",
        constraint_description="a whole number, 1 or more",
        label="Schema version",
    )
    EnableMigration: Parameter = switch("true", "Migration", "Run the schema migration as part of the deployment")
