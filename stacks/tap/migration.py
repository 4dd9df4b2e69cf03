"""The schema migration, a stack of its own that runs last: nothing else waits for the database."""

from __future__ import annotations

from troposphere import AWSObject, Equals, awslambda

from stackgen import Condition, Output, Parameter
from stackgen.parameter_types import NUMBER, Number

from .compute import WithPrivateFunctions
from .database_parameters import DatabaseNameParameters, MigrationParameters
from .functions import in_vpc, reads_parameters

MIGRATION = "schema-migration"
LONGEST = 300
"""Seconds that the function may run, and that CloudFormation waits for its answer; the default would be an hour."""


class SchemaMigrationResource(AWSObject):
    """The custom resource: its properties are what the migration depends on."""

    resource_type = "Custom::SchemaMigration"
    props = {  # noqa: RUF012  troposphere's own form of a resource type
        "ServiceToken": (str, True),
        "ServiceTimeout": (int, True),
        "ClusterEndpoint": (str, True),
        "ClusterIdentifier": (str, True),
        "DatabaseName": (str, True),
        "DatabasePort": (str, True),
        "SchemaVersion": (int, True),
    }


class MigrationStack(WithPrivateFunctions, MigrationParameters, DatabaseNameParameters):
    """TapStack migration: brings the schema to the wanted version within five minutes, as a custom resource."""

    file = "migration-stack"

    ClusterEndpoint: Parameter = Parameter(
        pattern=r"^[A-Za-z0-9.-]{1,255}$",
        description="Address of the cluster that writes",
        constraint_description="a host name",
    )
    ClusterIdentifier: Parameter = Parameter(
        pattern=r"^[a-z][a-z0-9-]{0,62}$",
        description="Identifier of the cluster",
        constraint_description="the identifier of a cluster",
    )
    DatabasePort: Parameter[Number] = Parameter(
        NUMBER,
        min_value=1,
        max_value=65_535,
        description="Port of the cluster",
        constraint_description="1 to 65535",
    )

    RunMigration = Condition(Equals(MigrationParameters.EnableMigration, "true"))

    MigrationFunctionArn = Output(description="ARN of the migration function")
    AppliedVersion = Output(description="Version of the schema after this deployment", condition=RunMigration)

    def build(self) -> None:
        """Log group, role, function, custom resource.

        CloudFormation invokes the function asynchronously, and Lambda would repeat what failed one and three minutes
        later: after the stack was rolled back, a migration of the version that nobody wants any more.
        """
        log_group = self.log_group("MigrationLogGroup", MIGRATION, self.KeyArn)
        role = self.function_role(
            "MigrationRole",
            log_group,
            in_vpc(),
            reads_parameters("${DatabasePasswordParameterName}"),
        )
        function = self.container_function(
            "SchemaMigrationFunction",
            repository=MIGRATION,
            role=role,
            log_group=log_group,
            description="Runs the schema migrations of TapStack's database",
            memory=512,
            timeout=LONGEST,
            variables={
                "IMAGE_TAG": self.ImageTag,
                "DATABASE_USER": self.DatabaseMasterUsername,
                "LOG_LEVEL": "INFO",
                "PASSWORD_PARAMETER": self.DatabasePasswordParameterName,
            },
            VpcConfig=self.vpc_config(),
            KmsKeyArn=self.KeyArn,
        )
        once = self.add(
            awslambda.EventInvokeConfig(
                "MigrationInvokedOnce",
                FunctionName=function.ref(),
                Qualifier="$LATEST",
                MaximumRetryAttempts=0,
                MaximumEventAgeInSeconds=LONGEST,
            )
        )
        migration = self.add(
            SchemaMigrationResource(
                "SchemaMigration",
                Condition=self.RunMigration,
                DependsOn=once,  # no reference orders them
                ServiceToken=function.get_att("Arn"),
                ServiceTimeout=LONGEST,
                ClusterEndpoint=self.ClusterEndpoint,
                ClusterIdentifier=self.ClusterIdentifier,
                DatabaseName=self.DatabaseName,
                DatabasePort=self.DatabasePort,
                SchemaVersion=self.SchemaVersion,
            )
        )
        self.MigrationFunctionArn = function.get_att("Arn")
        self.AppliedVersion = migration.get_att("AppliedVersion")
