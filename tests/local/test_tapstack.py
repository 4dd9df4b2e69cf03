"""TapStack, all of it, in both regions: made, changed, brought back and deleted, as the services themselves tell."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from stackgen.local.cloud import Cloud
from stackgen.local.faults import Fail
from tests.local.tapstack import ACCOUNT, CAPABILITIES, REGIONS, SUFFIX, TapStack, parameters, template

ROOT = "TapStack-dev"
CHILDREN = {"Network", "Security", "Storage", "Database", "Compute", "Migration"}


@pytest.fixture(params=REGIONS)
def tap(cloud: Cloud, request: pytest.FixtureRequest) -> TapStack:
    """An environment of each region, ready for its root."""
    tap = TapStack(cloud, request.param)
    tap.prepare(tap.home)
    return tap


def deploy(tap: TapStack, **values: str) -> str:
    tap.deploy(tap.home, ROOT, "TapStack", {**tap.root_parameters(tap.home), **values})
    return tap.status(tap.home, ROOT)


def update(tap: TapStack, **values: str) -> str:
    tap.client("cloudformation", tap.home).update_stack(
        StackName=ROOT, TemplateURL=tap.url(tap.home, "TapStack"), Capabilities=CAPABILITIES,
        Parameters=parameters({**tap.root_parameters(tap.home), **values}),
    )  # fmt: skip
    return tap.status(tap.home, ROOT)


def living(tap: TapStack, region: str = "") -> dict[str, str]:
    """The status of each stack of the tree, by the logical id that its parent knows it under."""
    stacks = tap.client("cloudformation", region or tap.home).describe_stacks()["Stacks"]
    return {
        "Root" if stack["StackName"] == ROOT else stack["StackName"].split("-")[2]: stack["StackStatus"]
        for stack in stacks
        if stack["StackName"].startswith(ROOT)
    }


def inventory(tap: TapStack, region: str = "") -> dict[str, list[str]]:
    """What the services have of an environment, whatever CloudFormation says."""

    region = region or tap.home

    def listed(service: str, operation: str, key: str, name: str) -> list[str]:
        found = getattr(tap.client(service, region), operation)()
        return sorted(str(each[name]) for each in found[key] if SUFFIX in str(each[name]))

    ec2 = tap.client("ec2", region)
    owned = [{"Name": "tag:EnvironmentSuffix", "Values": [SUFFIX]}]
    return {
        "alarms": listed("cloudwatch", "describe_alarms", "MetricAlarms", "AlarmName"),
        "buckets": [
            each["Name"] for each in tap.client("s3", region).list_buckets()["Buckets"]
            if each["Name"].startswith("audit-logs") and each["Name"].endswith(region)
        ],
        "clusters": listed("rds", "describe_db_clusters", "DBClusters", "DBClusterIdentifier"),
        "instances": listed("rds", "describe_db_instances", "DBInstances", "DBInstanceIdentifier"),
        "endpoints": sorted(
            each["ServiceName"].split(".")[-1] for each in ec2.describe_vpc_endpoints()["VpcEndpoints"]
        ),
        "flow logs": [each["FlowLogId"] for each in ec2.describe_flow_logs()["FlowLogs"]],
        "functions": listed("lambda", "list_functions", "Functions", "FunctionName"),
        "groups": listed("logs", "describe_log_groups", "logGroups", "logGroupName"),
        "keys": listed("kms", "list_aliases", "Aliases", "AliasName"),
        "parameters": listed("ssm", "describe_parameters", "Parameters", "Name"),
        "subnets": sorted(each["CidrBlock"] for each in ec2.describe_subnets(Filters=owned)["Subnets"]),
        "tables": sorted(tap.client("dynamodb", region).list_tables()["TableNames"]),
        "vpcs": [each["CidrBlock"] for each in ec2.describe_vpcs(Filters=owned)["Vpcs"]],
    }  # fmt: skip


PASSWORD = f"/tap/{SUFFIX}/database/password"


def test_the_whole_tree_is_made_and_the_services_have_what_the_templates_say(tap: TapStack) -> None:
    assert deploy(tap) == "CREATE_COMPLETE"
    assert living(tap) == dict.fromkeys(["Root", *CHILDREN], "CREATE_COMPLETE")
    made = inventory(tap)
    assert made["vpcs"] == ["10.0.0.0/16"]
    assert len(made["subnets"]) == 3
    assert made["endpoints"] == ["dynamodb", "s3", "ssm"]
    assert [SUFFIX in name for name in made["tables"]] == [True]
    assert made["buckets"] == [f"audit-logs-{SUFFIX}-{ACCOUNT}-{tap.home}"]
    assert made["clusters"] == [f"aurora-cluster-{SUFFIX}"]
    assert len(made["instances"]) == 1
    assert len(made["functions"]) == 2
    assert made["flow logs"] == []
    (asked,) = tap.migrated
    assert asked["RequestType"] == "Create"
    assert asked["ResourceProperties"]["ClusterEndpoint"] == tap.outputs(tap.home, ROOT)["ClusterEndpoint"]


def test_what_is_secret_or_closed_is_so_in_the_service(tap: TapStack) -> None:
    deploy(tap)
    cluster = tap.client("rds", tap.home).describe_db_clusters()["DBClusters"][0]
    assert cluster["StorageEncrypted"] is True
    assert cluster["BackupRetentionPeriod"] == 30
    assert tap.client("rds", tap.home).describe_db_instances()["DBInstances"][0]["PubliclyAccessible"] is False
    (bucket,) = inventory(tap)["buckets"]
    s3 = tap.client("s3", tap.home)
    assert s3.get_bucket_versioning(Bucket=bucket)["Status"] == "Enabled"
    assert set(s3.get_public_access_block(Bucket=bucket)["PublicAccessBlockConfiguration"].values()) == {True}
    (table,) = inventory(tap)["tables"]
    dynamodb = tap.client("dynamodb", tap.home)
    assert dynamodb.describe_time_to_live(TableName=table)["TimeToLiveDescription"]["TimeToLiveStatus"] == "ENABLED"
    backups = dynamodb.describe_continuous_backups(TableName=table)["ContinuousBackupsDescription"]
    assert backups["PointInTimeRecoveryDescription"]["PointInTimeRecoveryStatus"] == "ENABLED"
    for name in inventory(tap)["functions"]:
        shown = tap.client("lambda", tap.home).get_function(FunctionName=name)
        assert shown["Configuration"]["PackageType"] == "Image"
        assert shown["Code"]["ImageUri"].startswith(f"{ACCOUNT}.dkr.ecr.{tap.home}.amazonaws.com/")
        assert shown["Configuration"]["VpcConfig"]["SubnetIds"]


#: What a parameter that acts through a condition adds when it is switched, by what the services have.
SWITCHES: dict[str, dict[str, int]] = {
    "EnableAlarms": {"alarms": -7},
    "EnableFlowLogs": {"flow logs": 1, "groups": 1},
    "EnableKmsEndpoint": {"endpoints": 1},
    "EnableLogsEndpoint": {"endpoints": 1},
    "EnableMonitoringEndpoint": {"endpoints": 1},
    "EnableMigration": {},  # the function stays; what its custom resource gets is another test's
    "EnableReader": {"instances": 1},
    "EnableTransactionTable": {"tables": 1},
}


def counts(tap: TapStack) -> dict[str, int]:
    return {name: len(found) for name, found in inventory(tap).items()}


@pytest.mark.parametrize("switch", SWITCHES)
def test_each_condition_flips_both_ways_and_back_is_as_before(tap: TapStack, switch: str) -> None:
    deploy(tap)
    before = inventory(tap)
    usual = template("TapStack")["Parameters"][switch]["Default"]
    assert update(tap, **{switch: "false" if usual == "true" else "true"}) == "UPDATE_COMPLETE"
    after = counts(tap)
    changed = {name: after[name] - len(found) for name, found in before.items() if after[name] != len(found)}
    assert changed == SWITCHES[switch]
    assert update(tap, **{switch: usual}) == "UPDATE_COMPLETE"
    back = inventory(tap)
    back["flow logs"], before["flow logs"] = [], []  # their ids are made up anew
    assert back == before


def test_a_migration_that_is_switched_off_is_told_so(tap: TapStack) -> None:
    deploy(tap)
    update(tap, EnableMigration="false")
    assert [event["RequestType"] for event in tap.migrated] == ["Create", "Delete"]
    assert "AppliedVersion" not in tap.outputs(tap.home, ROOT)


def test_the_table_of_switches_names_every_one_of_the_root() -> None:
    """EnableInterfaceEndpoints goes with EnableMigration only; it has a test of its own."""
    declared = {name for name in template("TapStack")["Parameters"] if name.startswith("Enable")}
    assert declared == {*SWITCHES, "EnableInterfaceEndpoints"}


def test_without_interface_endpoints_only_the_gateways_are_left(tap: TapStack) -> None:
    deploy(tap)
    assert update(tap, EnableInterfaceEndpoints="false", EnableMigration="false") == "UPDATE_COMPLETE"
    assert inventory(tap)["endpoints"] == ["dynamodb", "s3"]
    assert update(tap) == "UPDATE_COMPLETE"
    assert inventory(tap)["endpoints"] == ["dynamodb", "s3", "ssm"]


def concurrency(tap: TapStack) -> Any:
    shown = tap.client("lambda", tap.home).get_function_concurrency(FunctionName=f"transaction-validator-{SUFFIX}")
    return shown.get("ReservedConcurrentExecutions")


def boundaries(tap: TapStack) -> set[str]:
    iam = tap.client("iam", tap.home)
    roles = [iam.get_role(RoleName=each["RoleName"])["Role"] for each in iam.list_roles()["Roles"]]
    ours = [role for role in roles if role["RoleName"].startswith(ROOT)]
    return {
        role.get("PermissionsBoundary", {}).get("PermissionsBoundaryArn", "none").rpartition("/")[2] for role in ours
    }


def told_by_alarms(tap: TapStack) -> set[str]:
    alarms = tap.client("cloudwatch", tap.home).describe_alarms()["MetricAlarms"]
    return {action for alarm in alarms for action in alarm["AlarmActions"]}


def zones(tap: TapStack) -> int:
    shown = tap.client("ec2", tap.home).describe_vpc_endpoints()["VpcEndpoints"]
    return max(len(each.get("SubnetIds", [])) for each in shown)


def access_log(tap: TapStack) -> Any:
    (bucket,) = inventory(tap)["buckets"]
    shown = tap.client("s3", tap.home).get_bucket_logging(Bucket=bucket)
    return shown.get("LoggingEnabled", {}).get("TargetBucket")


def emptier(tap: TapStack) -> bool:
    (bucket,) = inventory(tap)["buckets"]
    return "deployer" in tap.client("s3", tap.home).get_bucket_policy(Bucket=bucket)["Policy"]


def scaling(tap: TapStack) -> tuple[str, bool]:
    rds = tap.client("rds", tap.home)
    cluster = rds.describe_db_clusters()["DBClusters"][0]
    return (
        rds.describe_db_instances()["DBInstances"][0]["DBInstanceClass"],
        bool(cluster.get("ServerlessV2ScalingConfiguration")),
    )


def image(tap: TapStack) -> str:
    name = f"transaction-validator-{SUFFIX}"
    uri = str(tap.client("lambda", tap.home).get_function(FunctionName=name)["Code"]["ImageUri"])
    return uri.partition(".")[0]


OTHER = "222222222222"
TOPIC = f"arn:aws:sns:us-east-1:{ACCOUNT}:t"
#: Parameters whose conditions change what a resource is: the value, what tells of it, and its words before and after.
ACTING: dict[str, tuple[dict[str, str], Callable[[TapStack], Any], Any, Any]] = {
    "HasConcurrency": ({"ValidatorConcurrency": "0"}, concurrency, 50, None),
    "HasBoundary": ({"PermissionsBoundaryName": "fence"}, boundaries, {"none"}, {"fence"}),
    "HasAlarmTopic": ({"AlarmTopicArn": TOPIC}, told_by_alarms, set(), {TOPIC}),
    "EndpointsInTwoZones": ({"InterfaceEndpointSubnetCount": "1"}, zones, 3, 1),
    "EndpointsInThreeZones": ({"InterfaceEndpointSubnetCount": "2"}, zones, 3, 2),
    "HasAccessLog": ({"AccessLogBucketName": "access-logs-of-all"}, access_log, None, "access-logs-of-all"),
    "HasDeploymentRole": ({"DeploymentRoleArn": f"arn:aws:iam::{ACCOUNT}:role/deployer"}, emptier, False, True),
    "UseServerless": ({"InstanceClass": "db.r6g.large"}, scaling, ("db.serverless", True), ("db.r6g.large", False)),
    "HasImageAccount": ({"ImageAccountId": OTHER}, image, ACCOUNT, OTHER),
}  # fmt: skip


@pytest.mark.parametrize("condition", ACTING)
def test_a_condition_that_changes_a_resource_does_so_both_ways(tap: TapStack, condition: str) -> None:
    values, read, before, after = ACTING[condition]
    allow = {"Effect": "Allow", "Action": "*", "Resource": "*"}
    tap.client("iam", tap.home).create_policy(
        PolicyName="fence", PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [allow]})
    )
    where = {} if tap.home == "us-east-1" else {"CreateBucketConfiguration": {"LocationConstraint": tap.home}}
    tap.client("s3", tap.home).create_bucket(Bucket="access-logs-of-all", **where)
    neighbour = TapStack(tap.cloud, tap.home, OTHER)
    neighbour.deploy(tap.home, "tap-bootstrap", "bootstrap-stack", {"EnvironmentSuffix": SUFFIX})
    neighbour.push_images(tap.home)
    assert deploy(tap) == "CREATE_COMPLETE"
    assert read(tap) == before
    assert update(tap, **values) == "UPDATE_COMPLETE"
    assert read(tap) == after
    assert update(tap) == "UPDATE_COMPLETE"
    assert read(tap) == before


def test_a_parameter_that_acts_through_a_condition_alone_changes_the_resource(tap: TapStack) -> None:
    """An instance class other than serverless takes the scaling away, through ``Fn::If`` and nothing else."""
    deploy(tap)
    rds = tap.client("rds", tap.home)
    assert rds.describe_db_instances()["DBInstances"][0]["DBInstanceClass"] == "db.serverless"
    assert update(tap, InstanceClass="db.r6g.large") == "UPDATE_COMPLETE"
    assert rds.describe_db_instances()["DBInstances"][0]["DBInstanceClass"] == "db.r6g.large"


def test_an_image_by_its_digest_goes_through_the_condition_of_its_form(tap: TapStack) -> None:
    deploy(tap)
    ecr = tap.client("ecr", tap.home)
    digests = {
        each["repositoryName"]: ecr.describe_images(repositoryName=each["repositoryName"])["imageDetails"][0][
            "imageDigest"
        ]
        for each in ecr.describe_repositories()["repositories"]
    }
    assert len(set(digests.values())) == 1
    digest = next(iter(digests.values()))
    assert update(tap, ImageTag=digest) == "UPDATE_COMPLETE"
    name = next(each for each in inventory(tap)["functions"] if "validator" in each)
    assert tap.client("lambda", tap.home).get_function(FunctionName=name)["Code"]["ImageUri"].endswith(f"@{digest}")
    assert update(tap) == "UPDATE_COMPLETE"
    assert tap.client("lambda", tap.home).get_function(FunctionName=name)["Code"]["ImageUri"].endswith(":1.0.0")


def test_a_password_by_its_version_is_resolved_both_ways(tap: TapStack) -> None:
    assert deploy(tap) == "CREATE_COMPLETE"
    assert update(tap, DatabasePasswordParameterVersion="1") == "UPDATE_COMPLETE"
    assert update(tap) == "UPDATE_COMPLETE"
    tap.client("cloudformation", tap.home).update_stack(
        StackName=ROOT, TemplateURL=tap.url(tap.home, "TapStack"), Capabilities=CAPABILITIES,
        Parameters=parameters({**tap.root_parameters(tap.home), "DatabasePasswordParameterVersion": "9"}),
    )  # fmt: skip
    assert tap.status(tap.home, ROOT) == "UPDATE_ROLLBACK_COMPLETE"


def test_a_child_that_is_taken_out_goes_and_the_others_stay(tap: TapStack) -> None:
    deploy(tap)
    smaller = template("TapStack")
    smaller["Resources"].pop("Compute")
    for name, output in list(smaller["Outputs"].items()):
        if "Compute" in json.dumps(output):
            smaller["Outputs"].pop(name)
    s3 = tap.client("s3", tap.home)
    s3.put_object(Bucket=tap.bucket(tap.home), Key="smaller.json", Body=json.dumps(smaller))
    before = inventory(tap)
    tap.client("cloudformation", tap.home).update_stack(
        StackName=ROOT, TemplateURL=f"https://{tap.bucket(tap.home)}.s3.{tap.home}.amazonaws.com/smaller.json",
        Capabilities=CAPABILITIES, Parameters=parameters(tap.root_parameters(tap.home)),
    )  # fmt: skip
    assert tap.status(tap.home, ROOT) == "UPDATE_COMPLETE"
    assert set(living(tap)) == {"Root", *CHILDREN} - {"Compute"}
    after = inventory(tap)
    assert len(after["functions"]) == len(before["functions"]) - 1
    assert after["clusters"] == before["clusters"]


@pytest.mark.parametrize(
    ("deepest", "kind"),
    [
        ("Migration", "AWS::Lambda::Function"),
        ("Database", "AWS::RDS::DBInstance"),
        ("Compute", "AWS::Lambda::Alias"),
        ("Storage", "AWS::S3::BucketPolicy"),
    ],
)
def test_a_failure_in_a_child_brings_a_creation_back_to_nothing(tap: TapStack, deepest: str, kind: str) -> None:
    before = inventory(tap)
    tap.cloud.faults.add(
        f"create:{kind}", Fail("x", "planted"), when=lambda call: f"-{deepest}-" in call.parameters["StackName"]
    )
    assert deploy(tap) == "ROLLBACK_COMPLETE"
    assert living(tap) == {"Root": "ROLLBACK_COMPLETE"}
    assert inventory(tap) == before


def test_a_failure_in_the_deepest_child_brings_an_update_back_to_what_was(tap: TapStack) -> None:
    deploy(tap)
    before = inventory(tap)
    tap.cloud.faults.add("update:Custom::SchemaMigration", Fail("x", "planted"))
    changed = {
        "SchemaVersion": "2",
        "EnableReader": "true",
        "EnableTransactionTable": "true",
        "EnableLogsEndpoint": "true",
    }
    assert update(tap, **changed) == "UPDATE_ROLLBACK_COMPLETE"
    assert inventory(tap) == before
    assert tap.outputs(tap.home, ROOT)["AppliedVersion"] == "1"
    assert set(living(tap).values()) <= {"CREATE_COMPLETE", "UPDATE_ROLLBACK_COMPLETE"}
    assert update(tap, **changed) == "UPDATE_COMPLETE"
    assert tap.outputs(tap.home, ROOT)["AppliedVersion"] == "2"


def test_deleting_the_tree_leaves_what_its_policies_retain_and_nothing_else(tap: TapStack) -> None:
    before = inventory(tap)
    deploy(tap)
    tap.client("cloudformation", tap.home).delete_stack(StackName=ROOT)
    assert living(tap) == {}
    assert inventory(tap) == before
    snapshots = tap.client("rds", tap.home).describe_db_cluster_snapshots()["DBClusterSnapshots"]
    assert [each["DBClusterIdentifier"] for each in snapshots] == [f"aurora-cluster-{SUFFIX}"]
    assert [event["RequestType"] for event in tap.migrated] == ["Create", "Delete"]


def test_an_audit_bucket_that_holds_something_refuses_its_deletion(tap: TapStack) -> None:
    deploy(tap)
    (bucket,) = inventory(tap)["buckets"]
    tap.client("s3", tap.home).put_object(Bucket=bucket, Key="audit/1", Body=b"x")
    tap.client("cloudformation", tap.home).delete_stack(StackName=ROOT)
    assert living(tap)["Root"] == "DELETE_FAILED"
    assert inventory(tap)["buckets"] == [bucket]


def test_an_image_that_was_not_pushed_to_this_region_fails_the_deployment(cloud: Cloud) -> None:
    tap = TapStack(cloud)
    tap.prepare(tap.home)
    ecr = tap.client("ecr", tap.home)
    for each in ecr.describe_repositories()["repositories"]:
        ecr.batch_delete_image(repositoryName=each["repositoryName"], imageIds=[{"imageTag": "1.0.0"}])
    assert deploy(tap) == "ROLLBACK_COMPLETE"
    assert living(tap) == {"Root": "ROLLBACK_COMPLETE"}


def test_the_guard_s_alarms_roll_an_update_back_while_it_is_monitored(tap: TapStack) -> None:
    deploy(tap)
    tap.deploy(tap.home, "guard", "guard-stack", {"EnvironmentSuffix": SUFFIX})
    triggers = [arn for name, arn in tap.outputs(tap.home, "guard").items() if name.endswith("TriggerArn")]
    assert len(triggers) == 4
    before = inventory(tap)
    configuration: dict[str, Any] = {
        "RollbackTriggers": [{"Arn": arn, "Type": "AWS::CloudWatch::CompositeAlarm"} for arn in triggers],
        "MonitoringTimeInMinutes": 5,
    }
    tap.client("cloudformation", tap.home).update_stack(
        StackName=ROOT, TemplateURL=tap.url(tap.home, "TapStack"), Capabilities=CAPABILITIES,
        Parameters=parameters({**tap.root_parameters(tap.home), "EnableReader": "true"}),
        RollbackConfiguration=configuration,
    )  # fmt: skip
    assert tap.status(tap.home, ROOT) == "UPDATE_IN_PROGRESS"
    tap.client("cloudwatch", tap.home).set_alarm_state(
        AlarmName=triggers[0].rpartition(":")[2], StateValue="ALARM", StateReason="a bad release"
    )
    tap.cloud.clock.settle()
    assert tap.status(tap.home, ROOT) == "UPDATE_ROLLBACK_COMPLETE"
    assert inventory(tap)["instances"] == before["instances"]


def test_the_janitor_and_the_roles_are_made_too(tap: TapStack) -> None:
    tap.deploy(tap.home, "roles", "stackset-roles", {"EnvironmentSuffix": SUFFIX})
    tap.deploy(tap.home, "janitor", "janitor-stack", {"EnvironmentSuffix": SUFFIX, "ImageTag": "1.0.0"})
    assert tap.status(tap.home, "roles") == tap.status(tap.home, "janitor") == "CREATE_COMPLETE"
    rule = tap.client("events", tap.home).list_rules()["Rules"][0]
    assert rule["ScheduleExpression"].startswith(("rate(", "cron("))
    function = tap.outputs(tap.home, "janitor")["JanitorFunctionArn"]
    targets = tap.client("events", tap.home).list_targets_by_rule(Rule=rule["Name"])["Targets"]
    assert [target["Arn"] for target in targets] == [function]


def test_the_stack_set_makes_the_tree_in_both_regions_and_takes_it_away(cloud: Cloud) -> None:
    tap = TapStack(cloud)
    tap.prepare(*REGIONS)
    tap.deploy("us-east-1", "roles", "stackset-roles", {"EnvironmentSuffix": SUFFIX})
    declared = template("stackset")["Parameters"]
    values = {name: value for name, value in tap.root_parameters("us-east-1").items() if name in declared}
    values["SecondVpcCidr"] = "10.1.0.0/16"
    tap.deploy("us-east-1", "set", "stackset", values)
    assert tap.status("us-east-1", "set") == "CREATE_IN_PROGRESS"
    cloud.clock.settle()
    assert tap.status("us-east-1", "set") == "CREATE_COMPLETE", why(tap)
    ranges = set()
    for region in REGIONS:
        names = {stack["StackName"] for stack in tap.client("cloudformation", region).describe_stacks()["Stacks"]}
        assert sum(name.startswith("StackSet-") for name in names) == 1 + len(CHILDREN)
        ranges.add(tuple(inventory(tap, region)["vpcs"]))
        assert len(inventory(tap, region)["clusters"]) == 1
    assert len(ranges) == 2
    summaries = tap.client("cloudformation", "us-east-1").list_stack_sets(Status="ACTIVE")["Summaries"]
    instances = tap.client("cloudformation", "us-east-1").list_stack_instances(
        StackSetName=summaries[0]["StackSetName"]
    )
    assert {each["StackInstanceStatus"]["DetailedStatus"] for each in instances["Summaries"]} == {"SUCCEEDED"}
    for change, status in (("EnableReader", "UPDATE_ROLLBACK_COMPLETE"), ("EnableReader", "UPDATE_COMPLETE")):
        if status == "UPDATE_ROLLBACK_COMPLETE":
            cloud.faults.add("create:AWS::RDS::DBInstance", Fail("x", "planted"), region="eu-west-1")
        tap.client("cloudformation", "us-east-1").update_stack(
            StackName="set", TemplateBody=json.dumps(template("stackset")), Capabilities=CAPABILITIES,
            Parameters=parameters({**values, change: "true"}),
        )  # fmt: skip
        cloud.clock.settle()
        assert tap.status("us-east-1", "set") == status
        readers = 1 if status == "UPDATE_COMPLETE" else 0
        assert [len(inventory(tap, region)["instances"]) for region in REGIONS] == [1 + readers, 1 + readers]
    tap.client("cloudformation", "us-east-1").delete_stack(StackName="set")
    cloud.clock.settle()
    for region in REGIONS:
        assert inventory(tap, region)["vpcs"] == []
        assert inventory(tap, region)["clusters"] == []
    assert tap.client("cloudformation", "us-east-1").list_stack_sets(Status="ACTIVE")["Summaries"] == []


def why(tap: TapStack) -> list[str]:
    events = tap.client("cloudformation", "us-east-1").describe_stack_events(StackName="set")["StackEvents"]
    return [str(event.get("ResourceStatusReason")) for event in events if "FAILED" in event["ResourceStatus"]]
