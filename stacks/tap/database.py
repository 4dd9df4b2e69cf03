"""Aurora MySQL: the cluster, its instances, and what others may know of it."""

from __future__ import annotations

from typing import Any

from troposphere import And, Equals, If, Not, NoValue, Snapshot, Sub, rds, ssm
from troposphere import logs as log_groups

from stackgen import Condition, Exemption, Output, Parameter
from stackgen.parameter_types import NUMBER, SECURITY_GROUP_ID, SecurityGroupId

from .database_parameters import DATABASE_PARAMETERS, ConnectionParameters, DatabaseParameters, PasswordParameters
from .functions import WithAlarms, metric
from .parameters import LogParameters, PrivateParameters

ENGINE = "aurora-mysql"
PORT = 3306
LOG_EXPORTS = ("error", "slowquery")


class DatabaseStack(
    DatabaseParameters, PasswordParameters, ConnectionParameters, PrivateParameters, LogParameters, WithAlarms
):
    """TapStack database: encrypted Aurora MySQL with final snapshot and alarms, its address in Parameter Store."""

    file = "database-stack"
    manage_master_user_password = False
    """A variant may let RDS keep the password in Secrets Manager instead of reading it from Parameter Store."""

    DatabaseSecurityGroupId: Parameter[SecurityGroupId] = Parameter(
        SECURITY_GROUP_ID,
        description="Security group of the cluster",
        constraint_description="the ID of a security group",
    )

    UseServerless = Condition(Equals(DatabaseParameters.InstanceClass, "db.serverless"))
    CreateReader = Condition(Equals(DatabaseParameters.EnableReader, "true"))
    HasPasswordVersion = Condition(Not(Equals(DatabaseParameters.DatabasePasswordParameterVersion, "")))
    CreateCapacityAlarm = Condition(And(WithAlarms.CreateAlarms, UseServerless))

    ClusterIdentifier = Output(description="Identifier of the cluster")
    ClusterArn = Output(description="ARN of the cluster")
    ClusterEndpoint = Output(description="Address that writes")
    ClusterReadEndpoint = Output(description="Address that reads, balanced over the instances")
    Port = Output(NUMBER, description="Port of both addresses")
    SubnetGroupName = Output(description="Name of the subnet group")
    NameOfDatabase = Output(logical_id="DatabaseName", description="Name of the first schema")

    def build(self) -> None:
        """Groups, cluster, instances, alarms, parameters."""
        subnets = self.add(
            rds.DBSubnetGroup(
                "DbSubnetGroup",
                DBSubnetGroupName=self.named("db-subnet-group"),
                DBSubnetGroupDescription="Private subnets of TapStack's database",
                SubnetIds=self.PrivateSubnetIds,
            )
        )
        settings = self.add(
            rds.DBClusterParameterGroup(
                "DbClusterParameterGroup",
                DBClusterParameterGroupName=self.named("db-cluster-parameters"),
                Description="TLS for every connection, and a log of slow queries",
                Family="aurora-mysql8.0",
                Parameters={"require_secure_transport": "ON", "slow_query_log": "1", "long_query_time": "2"},
            )
        )
        groups = [self.log_group(name) for name in LOG_EXPORTS]
        cluster = self.cluster(subnets, settings, groups)
        self.instance("AuroraWriter", "aurora-writer", cluster)
        self.instance("AuroraReader", "aurora-reader", cluster, Condition=self.CreateReader)
        self.add_alarms(cluster)
        endpoint, read_endpoint = cluster.get_att("Endpoint.Address"), cluster.get_att("ReadEndpoint.Address")
        port = cluster.get_att("Endpoint.Port")
        values = (endpoint, read_endpoint, port, self.DatabaseName, self.DatabaseMasterUsername)
        for name, value in zip(DATABASE_PARAMETERS, values, strict=True):
            self.add_parameter(name, value)

        self.ClusterIdentifier = cluster.ref()
        self.ClusterArn = cluster.get_att("DBClusterArn")
        self.ClusterEndpoint = endpoint
        self.ClusterReadEndpoint = read_endpoint
        self.Port = port
        self.SubnetGroupName = subnets.ref()
        self.NameOfDatabase = self.DatabaseName

    def log_group(self, export: str) -> log_groups.LogGroup:
        """RDS would make the group itself, without retention and key; so it must be there before the cluster."""
        return self.add(
            log_groups.LogGroup(
                f"Aurora{export.capitalize()}LogGroup",
                LogGroupName=Sub(f"/aws/rds/cluster/aurora-cluster-${{EnvironmentSuffix}}/{export}"),
                RetentionInDays=self.LogRetentionDays,
                KmsKeyId=self.KeyArn,
            )
        )

    def master_password(self) -> dict[str, Any]:
        """Where the password comes from: never from the template.

        Without a version the reference reads the latest, when the cluster is next updated.
        """
        if self.manage_master_user_password:
            return {
                "ManageMasterUserPassword": True,
                "MasterUserSecret": rds.MasterUserSecret(KmsKeyId=self.KeyArn),
            }
        reference = "{{resolve:ssm-secure:${DatabasePasswordParameterName}"
        versioned = Sub(reference + ":${DatabasePasswordParameterVersion}}}")
        return {"MasterUserPassword": If(self.HasPasswordVersion, versioned, Sub(reference + "}}"))}

    def cluster(
        self,
        subnets: rds.DBSubnetGroup,
        settings: rds.DBClusterParameterGroup,
        groups: list[log_groups.LogGroup],
    ) -> rds.DBCluster:
        """A deleted cluster leaves a final snapshot, which the janitor deletes in time, and its automated backups."""
        return self.add(
            rds.DBCluster(
                "AuroraCluster",
                DeletionPolicy=Snapshot,
                UpdateReplacePolicy=Snapshot,
                DependsOn=groups,  # no reference orders them, and RDS would make them first
                DBClusterIdentifier=self.named("aurora-cluster"),
                Engine=ENGINE,
                EngineMode="provisioned",
                EngineVersion=self.EngineVersion,
                DatabaseName=self.DatabaseName,
                MasterUsername=self.DatabaseMasterUsername,
                **self.master_password(),
                Port=PORT,
                DBSubnetGroupName=subnets.ref(),
                DBClusterParameterGroupName=settings.ref(),
                VpcSecurityGroupIds=[self.DatabaseSecurityGroupId],
                StorageEncrypted=True,
                KmsKeyId=self.KeyArn,
                BackupRetentionPeriod=self.BackupRetentionDays,
                DeleteAutomatedBackups=False,
                CopyTagsToSnapshot=True,
                DeletionProtection=False,
                EnableCloudwatchLogsExports=list(LOG_EXPORTS),
                EnableIAMDatabaseAuthentication=False,
                PreferredBackupWindow="02:00-03:00",
                PreferredMaintenanceWindow="sun:03:30-sun:04:30",
                ServerlessV2ScalingConfiguration=If(
                    self.UseServerless,
                    rds.ServerlessV2ScalingConfiguration(MinCapacity=self.MinCapacity, MaxCapacity=self.MaxCapacity),
                    NoValue,
                ),
            ),
            suppress={
                "W9127": Exemption(
                    "functions sign in with the password of the parameter in the store",
                    owner="tap",
                    expires="2027-11-30",
                )
            },
        )

    def instance(self, title: str, stem: str, cluster: rds.DBCluster, **attributes: Any) -> rds.DBInstance:
        """A member of the cluster: it holds no data of its own, so it is simply deleted."""
        return self.add(
            rds.DBInstance(
                title,
                DBInstanceIdentifier=self.named(stem),
                DBClusterIdentifier=cluster.ref(),
                DBInstanceClass=self.InstanceClass,
                Engine=ENGINE,
                PubliclyAccessible=False,
                AutoMinorVersionUpgrade=False,
                **attributes,
            ),
            suppress={
                "W9127": Exemption(
                    "EngineVersion decides, or every upgrade would be drift", owner="tap", expires="2027-11-30"
                )
            },
        )

    def add_alarms(self, cluster: rds.DBCluster) -> None:
        """The four figures that tell of a database in need."""
        of_cluster: dict[str, object] = {"DBClusterIdentifier": cluster.ref()}
        for title, stem, name, operator, threshold, condition, words in (
            ("ConnectionsAlarm", "db-connections", "DatabaseConnections", "GreaterThanThreshold",
             self.DatabaseConnectionAlarmThreshold, self.CreateAlarms, "Too many connections"),
            ("CpuAlarm", "db-cpu", "CPUUtilization", "GreaterThanThreshold", 80, self.CreateAlarms, "CPU over 80 %"),
            ("CapacityAlarm", "db-capacity", "ACUUtilization", "GreaterThanThreshold", 90, self.CreateCapacityAlarm,
             "Capacity over 90 % of MaxCapacity"),
            ("MemoryAlarm", "db-memory", "FreeableMemory", "LessThanThreshold", 128 * 2**20, self.CreateAlarms,
             "Less than 128 MiB of memory left"),
        ):  # fmt: skip
            self.alarm(
                title,
                stem,
                description=words,
                condition=condition,
                ComparisonOperator=operator,
                Threshold=threshold,
                EvaluationPeriods=5,
                DatapointsToAlarm=3,
                **metric("AWS/RDS", name, of_cluster, "Average"),
            )

    def add_parameter(self, name: str, value: object) -> None:
        """What functions read at run time, so that none of them has to wait for the database to be deployed."""
        title = "".join(part.capitalize() for part in name.split("-"))
        self.add(
            ssm.Parameter(
                f"Database{title}Parameter",
                Name=Sub(f"/tap/${{EnvironmentSuffix}}/database/{name}"),
                Type="String",
                Tier="Standard",
                Value=value,
                Description=f"{name} of TapStack's database",
            )
        )
