"""TapStack operated by its command line in both regions, with the settings of this repository, on real databases."""

from __future__ import annotations

import io
import json
import os
import shutil
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from pathlib import Path
from typing import Any

from stackgen.cli import main
from stackgen.deployer.handlers import moments
from stackgen.local.cloud import Cloud
from stackgen.local.virtual import Time, given
from stacks.tap.images.migration import handler as migration
from stacks.tap.images.migration.responding import respond
from stacks.tap.images.validator.handler import handler as validator
from tests.local.tapstack import ACCOUNT, BUILT, REGIONS, SUFFIX, TapStack
from tests.support import ROOT, Ran
from tests.tap.mariadb import Database

STACK = f"tap-{SUFFIX}"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/deployment"
"""Whose credentials everything is done with; audit logs are deleted by nobody else but the StackSet's own role."""

PASSWORD = f"/tap/{SUFFIX}/database/master-password"
FIRST = ROOT / "stacks/tap/images/migration/sql/V0001__transactions.sql"
SECOND, BROKEN = "V0002__note.sql", "UPDATE transactions SET note = owner"
FAILING = f"ALTER TABLE transactions ADD COLUMN note VARCHAR(40) NULL;\n{BROKEN};\n"


def settings() -> str:
    """This repository's, for both regions, the bucket that the bootstrap makes, and the role that deploys."""
    text = (ROOT / "pyproject.toml").read_text("utf-8")
    environment = f'[tool.stackgen.env.dev]\naccount = "{ACCOUNT}"\nregions = {json.dumps(REGIONS)}\n'
    for old, new in (
        ('[tool.stackgen.env.dev]\nregions = ["us-east-1"]\n', environment),
        ('"tap-templates-dev"', f'"cfn-templates-{SUFFIX}-{ACCOUNT}"\nDeploymentRoleArn = "{ROLE}"'),
    ):
        assert old in text
        text = text.replace(old, new)
    return text + JANITOR


JANITOR = """
[tool.stackgen.stack.janitor-stack]
stack_name = "{file}-{env}-{region}"
"""
"""The stand-in names a role by its stack and logical ID alone, and roles belong to all regions."""


class Operated:
    """An account with nothing in it, a project, and a database for the cluster of each region."""

    def __init__(self, root: Path, cloud: Cloud, databases: dict[str, Database]) -> None:
        self.root = root
        self.cloud = cloud
        self.databases = databases
        self.tap = TapStack(cloud)
        self.migrations = root / "sql"
        self.migrations.mkdir(parents=True)
        shutil.copy(FIRST, self.migrations)
        shutil.copytree(BUILT, root / "build" / "tap")
        (root / "stacks").mkdir()
        (root / "pyproject.toml").write_text(settings(), "utf-8")
        cloud.functions.register("schema-migration-*", self.migrate)
        cloud.functions.register("transaction-validator-*", self.validate)
        migration.passwords.forget()  # of the stand-in of another test

    def client(self, service: str, region: str) -> Any:
        return self.cloud.client(service, ACCOUNT, region)

    def migrate(self, event: dict[str, Any], context: Any) -> None:
        """The real function, whose cluster's address leads to the test's database, as a network would."""
        database = self.databases[event["StackId"].split(":")[3]]
        os.environ["DATABASE_CA_FILE"] = str(database.server.authority)
        there = {"ClusterEndpoint": database.server.host, "DatabasePort": str(database.server.port),
                 "DatabaseName": database.name}  # fmt: skip
        event = {**event, "ResourceProperties": {**event["ResourceProperties"], **there}}
        respond(
            event,
            lambda: migration.migrated(event, context, self.migrations),
            migration.log,
            migration.passwords.hidden,
        )

    def validate(self, event: object, context: Any) -> dict[str, Any]:
        os.environ["DATABASE_CA_FILE"] = str(self.databases[os.environ["AWS_REGION"]].server.authority)
        return validator(event, context)

    def join(self, region: str) -> None:
        """Let the cluster's address lead to the test's database for the validator too."""
        database = self.databases[region]
        values = {"endpoint": database.server.host, "port": str(database.server.port), "name": database.name}
        for name, value in values.items():
            self.client("ssm", region).put_parameter(
                Name=f"/tap/{SUFFIX}/database/{name}", Value=value, Type="String", Overwrite=True
            )

    def run(self, *words: str, answer: str = "") -> Ran:
        """A command on the environment."""
        return self.type(*words, "-e", "dev", answer=answer)

    def type(self, *words: str, answer: str = "") -> Ran:
        """The command line in this process, with *answer* on its standard input."""
        out, err = io.StringIO(), io.StringIO()
        before, sys.stdin = sys.stdin, io.StringIO(answer)
        try:
            with redirect_stdout(out), redirect_stderr(err):
                code = main(words)
        finally:
            sys.stdin = before
        said = out.getvalue() + err.getvalue()
        assert all(each.server.password not in said for each in self.databases.values())
        return Ran(code, out.getvalue(), err.getvalue())

    def told(self, *words: str, code: int = 0) -> dict[str, Any]:
        ran = self.run(*words, "--format", "json")
        assert ran.code == code, ran.out + ran.err
        content: dict[str, Any] = json.loads(ran.out)
        return content

    def deploy(self, stack: str, *words: str, code: int = 0) -> Ran:
        ran = self.run("deploy", stack, "--yes", "--every", "0.1", *words)
        assert ran.code == code, ran.out + ran.err
        return ran

    @contextmanager
    def time_goes_on(self, meanwhile: Callable[[], None] = lambda: None) -> Iterator[None]:
        """Let the stand-in's time run, a minute at a time; *meanwhile* is done before each."""
        ended = threading.Event()

        def run() -> None:
            while not ended.wait(0.05):
                meanwhile()
                self.cloud.clock.advance(60)

        thread = threading.Thread(target=run)
        thread.start()
        try:
            yield
        finally:
            ended.set()
            thread.join()

    @contextmanager
    def as_somebody_else(self) -> Iterator[None]:
        """With credentials that no policy of a bucket names."""
        own = {name: os.environ.pop(name) for name in ("AWS_ACCESS_KEY_ID", "AWS_SESSION_TOKEN")}
        os.environ["AWS_ACCESS_KEY_ID"] = ACCOUNT
        try:
            yield
        finally:
            os.environ.update(own)

    def audited(self, region: str) -> str:
        """The bucket of audit logs, with what a year leaves in it: objects, older versions of them, a delete marker."""
        bucket = f"audit-logs-{SUFFIX}-{ACCOUNT}-{region}"
        s3 = self.client("s3", region)
        for number in range(30):
            s3.put_object(Bucket=bucket, Key=f"transactions/{number % 7}.json", Body=f"{number}".encode())
        with suppressed_policy(s3, bucket):
            s3.delete_object(Bucket=bucket, Key="transactions/3.json")
        return bucket

    def versions(self, bucket: str, region: str) -> int:
        """How many versions and delete markers a bucket holds."""
        found = self.client("s3", region).list_object_versions(Bucket=bucket)
        return len(found.get("Versions", [])) + len(found.get("DeleteMarkers", []))

    def roll_out(self, *words: str, code: int = 0) -> dict[str, Any]:
        """``stackset apply`` in the stand-in's time, whose waits take none."""
        with given(moments, time=Time(self.cloud.clock)):
            told = self.told("stackset", "apply", "tap", "--yes", *words, code=code)
        only: dict[str, Any] = told["stack_sets"][0]
        return only

    def groups(self) -> list[int]:
        """How long the validator's log is kept in each region."""
        prefix = "/aws/lambda/transaction-validator"
        return [
            self.client("logs", region).describe_log_groups(logGroupNamePrefix=prefix)["logGroups"][0][
                "retentionInDays"
            ]
            for region in REGIONS
        ]

    def status(self, region: str) -> str:
        return self.tap.status(region, STACK)

    def cluster(self, region: str) -> tuple[str, str]:
        """Which database it is: another one of the same name, with the same rows, has another ID."""
        (found,) = self.client("rds", region).describe_db_clusters()["DBClusters"]
        return str(found["DBClusterIdentifier"]), str(found["DbClusterResourceId"])

    def transactions(self, region: str) -> tuple[Any, ...]:
        with self.databases[region].connect() as connection, connection.cursor() as cursor:
            cursor.execute("SELECT transaction_id, account_id, amount FROM transactions ORDER BY transaction_id")
            return tuple(cursor.fetchall())


@contextmanager
def suppressed_policy(s3: Any, bucket: str) -> Iterator[None]:
    """Without what its policy denies, as the rule of its life cycle acts that makes delete markers."""
    policy = s3.get_bucket_policy(Bucket=bucket)["Policy"]
    s3.delete_bucket_policy(Bucket=bucket)
    yield
    s3.put_bucket_policy(Bucket=bucket, Policy=policy)


def prepared(operated: Operated, *regions: str) -> None:
    """The stages of the README before the root."""
    words = [word for region in regions for word in ("-r", region)]
    operated.deploy("bootstrap-stack", *words)
    for region in regions:
        operated.tap.push_images(region)
    (password,) = {each.server.password for each in operated.databases.values()}
    ran = operated.run("secrets", "put", "TapStack", "--yes", "--from-stdin", *words, answer=f"{password}\n")
    assert ran.code == 0, ran.out + ran.err
    operated.deploy("guard-stack", *words)
    operated.deploy("janitor-stack", *words)


def inventory(operated: Operated) -> dict[str, list[str]]:
    """What every service has that TapStack uses, in both regions, whatever CloudFormation says."""
    found: dict[str, list[str]] = {}
    for region in REGIONS:
        for service, operation, key, name in LISTED:
            told = listed(operated.client(service, region), operation, key)
            names = sorted(str(each[name]) if name else str(each) for each in told)
            found[f"{region} {service} {key}"] = names
        keys = operated.client("kms", region)
        found[f"{region} kms keys"] = sorted(
            each["KeyId"]
            for each in listed(keys, "list_keys", "Keys")
            if keys.describe_key(KeyId=each["KeyId"])["KeyMetadata"]["KeyState"] != "PendingDeletion"
        )
    return found


def listed(client: Any, operation: str, key: str) -> list[Any]:
    """All that an operation lists, of every page."""
    asked = ASKED.get(operation, {})
    if not client.can_paginate(operation):
        answer = getattr(client, operation)(**asked)
        assert not any(name.casefold().endswith(("token", "marker")) for name in answer), operation
        return list(answer[key])
    return [each for page in client.get_paginator(operation).paginate(**asked) for each in page.get(key, ())]


ASKED: dict[str, dict[str, Any]] = {
    "describe_alarms": {"AlarmTypes": ["MetricAlarm", "CompositeAlarm"]},
    "list_policies": {"Scope": "Local"},
    "list_stack_sets": {"Status": "ACTIVE"},
}
"""What an operation has to be asked, or it leaves something out, or tells of what is AWS's."""

LISTED = (
    ("cloudformation", "describe_stacks", "Stacks", "StackName"),
    ("cloudformation", "list_exports", "Exports", "Name"),
    ("cloudformation", "list_stack_sets", "Summaries", "StackSetName"),
    ("cloudwatch", "describe_alarms", "MetricAlarms", "AlarmName"),
    ("cloudwatch", "describe_alarms", "CompositeAlarms", "AlarmName"),
    ("dynamodb", "list_tables", "TableNames", ""),
    ("ec2", "describe_addresses", "Addresses", "AllocationId"),
    ("ec2", "describe_flow_logs", "FlowLogs", "FlowLogId"),
    ("ec2", "describe_network_interfaces", "NetworkInterfaces", "NetworkInterfaceId"),
    ("ec2", "describe_route_tables", "RouteTables", "RouteTableId"),
    ("ec2", "describe_security_groups", "SecurityGroups", "GroupId"),
    ("ec2", "describe_subnets", "Subnets", "SubnetId"),
    ("ec2", "describe_vpc_endpoints", "VpcEndpoints", "VpcEndpointId"),
    ("ec2", "describe_vpcs", "Vpcs", "VpcId"),
    ("ecr", "describe_repositories", "repositories", "repositoryName"),
    ("events", "list_rules", "Rules", "Name"),
    ("iam", "list_instance_profiles", "InstanceProfiles", "InstanceProfileName"),
    ("iam", "list_policies", "Policies", "PolicyName"),
    ("iam", "list_roles", "Roles", "RoleName"),
    ("kms", "list_aliases", "Aliases", "AliasName"),
    ("lambda", "list_event_source_mappings", "EventSourceMappings", "UUID"),
    ("lambda", "list_functions", "Functions", "FunctionName"),
    ("logs", "describe_log_groups", "logGroups", "logGroupName"),
    ("rds", "describe_db_cluster_automated_backups", "DBClusterAutomatedBackups", "DBClusterIdentifier"),
    ("rds", "describe_db_clusters", "DBClusters", "DBClusterIdentifier"),
    ("rds", "describe_db_cluster_parameter_groups", "DBClusterParameterGroups", "DBClusterParameterGroupName"),
    ("rds", "describe_db_cluster_snapshots", "DBClusterSnapshots", "DBClusterSnapshotIdentifier"),
    ("rds", "describe_db_instances", "DBInstances", "DBInstanceIdentifier"),
    ("rds", "describe_db_subnet_groups", "DBSubnetGroups", "DBSubnetGroupName"),
    ("rds", "describe_db_snapshots", "DBSnapshots", "DBSnapshotIdentifier"),
    ("s3", "list_buckets", "Buckets", "Name"),
    ("secretsmanager", "list_secrets", "SecretList", "Name"),
    ("sns", "list_topics", "Topics", "TopicArn"),
    ("sqs", "list_queues", "QueueUrls", ""),
    ("ssm", "describe_parameters", "Parameters", "Name"),
)
SNAPSHOTS, BACKUPS = "rds DBClusterSnapshots", "rds DBClusterAutomatedBackups"
