"""Plot Palette operated with the command line: its classes, templates, settings and files, in a copy of the project."""

from __future__ import annotations

import json
import re
import shutil
from typing import TYPE_CHECKING

import pytest
from botocore.exceptions import ClientError

from stackgen.local.cloud import Cloud
from stackgen.local.faults import Fail
from tests.plot_palette.deployment import ACCOUNT, BUILT, ROOT
from tests.support import Sandbox, credentials

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from typing import Any

REGIONS = ("us-east-1", "us-west-2")
ENVIRONMENTS = ("production", "staging", "development")
OUTPUTS = {"ApiEndpoint", "UserPoolId", "UserPoolClientId", "FrontendUrl", "BucketName", "ECSClusterName"}
DEPLOY = ("deploy", "--yes", "--every", "0.2")
ONE = ("-e", "development", "-r", "us-east-1")
MAY_CHANGE = {
    "CreateBucket", "PutPublicAccessBlock", "PutBucketVersioning", "PutBucketEncryption", "PutBucketPolicy",
    "PutBucketLifecycleConfiguration", "PutObject", "CreateChangeSet", "ExecuteChangeSet", "SetStackPolicy",
    "UpdateTerminationProtection",
}  # fmt: skip


@pytest.fixture
def project(tmp_path: Path) -> Sandbox:
    """A copy of Plot Palette's project, every environment of which goes to both regions."""
    sandbox = Sandbox(tmp_path / "project")
    settings = (ROOT / "pyproject.toml").read_text("utf-8")
    own = re.search(r"^\[tool\.stackgen\].*?(?=^\[tool\.ruff\])", settings, re.MULTILINE | re.DOTALL)
    assert own is not None
    text = own[0].replace('regions = ["us-east-1"]', f"regions = {json.dumps(REGIONS)}")
    # no other system is there, so none has a profile
    text = re.sub(r"(?<=\[tool\.stackgen\.profiles\]\n)(?:.+\n)+", 'plot-palette = "production"\n', text)
    manifest = json.loads((ROOT / "build/manifest.json").read_text("utf-8"))
    for name, listed in manifest.items():
        if isinstance(listed, list):
            manifest[name] = [each for each in listed if each.startswith("plot-palette/")]
    package = (ROOT / "stacks/__init__.py").read_text("utf-8")
    sandbox.write({
        "pyproject.toml": text, "stacks/__init__.py": package, "build/manifest.json": json.dumps(manifest),
    })  # fmt: skip
    for folder in ("stacks/plot_palette", "build/plot-palette"):
        shutil.copytree(ROOT / folder, sandbox.root / folder, ignore=shutil.ignore_patterns("__pycache__"))
    return sandbox


@pytest.fixture
def palette(project: Sandbox) -> Iterator[tuple[Sandbox, Cloud]]:
    """The same with an AWS of its own."""
    with Cloud() as cloud:
        project.always |= credentials(cloud.url, ACCOUNT, project.root)
        yield project, cloud


def told(project: Sandbox, *words: str, code: int = 0) -> list[dict[str, Any]]:
    ran = project.run(*DEPLOY, *words, "--format", "json")
    assert ran.code == code, ran.err
    found: list[dict[str, Any]] = json.loads(ran.out)["stacks"]
    return found


def happened(cloud: Cloud) -> dict[str, str]:
    """The events of resources in children: in which child each was."""
    found = {}
    client = cloud.client("cloudformation")
    for stack in client.describe_stacks()["Stacks"]:
        if "ParentId" in stack:
            for each in client.describe_stack_events(StackName=stack["StackId"])["StackEvents"]:
                if each["PhysicalResourceId"] != stack["StackId"]:
                    found[each["EventId"]] = stack["StackName"].removeprefix("plot-palette-development-").split("-")[0]
    return found


@pytest.mark.requirement("PP-36", "PP-37", "PP-38")
def test_three_environments_are_deployed_to_two_regions_each_and_told_on_one_page(
    palette: tuple[Sandbox, Cloud],
) -> None:
    """An environment or region is left out, or a region reads the templates of the other."""
    project, cloud = palette
    environments = [word for name in ENVIRONMENTS for word in ("-e", name)]
    stacks = told(project, *environments, "--parallel")
    assert [(each["environment"], each["region"], each["status"]) for each in stacks] == [
        (environment, region, "CREATE_COMPLETE") for environment in ENVIRONMENTS for region in REGIONS
    ]
    assert all(set(each["outputs"]) == OUTPUTS for each in stacks)
    assert len({each["outputs"]["BucketName"] for each in stacks}) == len(stacks)
    buckets = {each["Name"] for each in cloud.client("s3").list_buckets()["Buckets"]}
    assert {f"plot-palette-cfn-{ACCOUNT}-{region}" for region in REGIONS} <= buckets
    for region in REGIONS:
        client = cloud.client("cloudformation", region=region)
        (found,) = client.describe_stacks(StackName="plot-palette-production")["Stacks"]
        assert found["EnableTerminationProtection"] is True
        listed = cloud.client("s3", region=region).list_objects_v2(Bucket=f"plot-palette-cfn-{ACCOUNT}-{region}")
        uploaded = {each["Key"].split("/")[1] for each in listed["Contents"]}
        missing = {path.stem for path in BUILT.glob("*.json")} - uploaded
        assert missing == (set() if region == "us-east-1" else {"budget-stack"})  # a budget is for the whole account
    calls = [each for each in cloud.gateway.notes if each.account and each.service in ("cloudformation", "s3")]
    changing = {each.operation for each in calls if not each.operation.startswith(("Describe", "Get", "List", "Head"))}
    assert changing <= MAY_CHANGE


@pytest.mark.requirement("PP-27", "PP-21", "PP-D18")
def test_a_change_of_one_child_is_built_planned_and_deployed_and_reaches_no_other(
    palette: tuple[Sandbox, Cloud],
) -> None:
    """A change of one template updates resources of another child, or takes more than one command after the build."""
    project, cloud = palette
    told(project, *ONE)
    before = happened(cloud)
    compute = (project.root / "stacks/plot_palette/compute.py").read_text("utf-8")
    assert "STOP_SECONDS = 120" in compute
    project.write({"stacks/plot_palette/compute.py": compute.replace("STOP_SECONDS = 120", "STOP_SECONDS = 90")})
    stale = project.run("plan", *ONE)
    assert (stale.code, "plot-palette/compute-stack" in stale.err) == (4, True)
    assert project.run("build").code == 0
    plan = project.run("plan", *ONE)
    assert plan.code == 0, plan.err
    rows = [line.split()[0] for line in plan.out.splitlines() if line.startswith("  plot-palette-development/")]
    assert {row.split("/")[1] for row in rows} == {"ComputeStack"}
    (stack,) = told(project, *ONE)
    assert stack["status"] == "UPDATE_COMPLETE"
    after = happened(cloud)
    assert {after[event] for event in after.keys() - before.keys()} == {"ComputeStack"}


@pytest.mark.requirement("PP-22", "PP-23", "PP-27")
def test_tables_are_replaced_only_when_that_is_allowed_by_name_and_then_backed_up_before(
    palette: tuple[Sandbox, Cloud],
) -> None:
    """Tables are replaced unasked, without a backup, or their items are gone."""
    project, cloud = palette
    told(project, *ONE)
    dynamodb = cloud.client("dynamodb")
    tables = sorted(dynamodb.list_tables()["TableNames"])
    dynamodb.put_item(TableName="plot-palette-Jobs-development", Item={"job_id": {"S": "1"}})
    words = (*ONE, "-p", "DataNameSuffix=-v2")
    refused = project.run(*DEPLOY, *words)
    assert (refused.code, refused.out) == (4, "")
    assert "plot-palette-development/DatabaseStack/JobsTable (AWS::DynamoDB::Table) is replaced" in refused.err
    assert sorted(dynamodb.list_tables()["TableNames"]) == tables
    allowed = re.findall(r"--allow (\S+) allows it$", refused.err, re.MULTILINE)
    flags = [word for name in dict.fromkeys(allowed) for word in ("--allow", name)]
    ran = project.run(*DEPLOY, *words, *flags)
    assert ran.code == 0, ran.err
    calls = [each.operation for each in cloud.gateway.notes]
    last = max(number for number, each in enumerate(calls) if each == "ExecuteChangeSet")
    assert max(number for number, each in enumerate(calls) if each == "CreateBackup") < last
    (path,) = (project.root / "backups").glob("*.json")
    saved = json.loads(path.read_text("utf-8"))["saved"]
    assert sorted(each["source"] for each in saved) == tables
    assert {each["status"] for each in saved} == {"AVAILABLE"}
    assert {f"{name}-v2" for name in tables} <= set(dynamodb.list_tables()["TableNames"])
    item = dynamodb.get_item(TableName="plot-palette-Jobs-development", Key={"job_id": {"S": "1"}})
    assert item["Item"] == {"job_id": {"S": "1"}}


@pytest.mark.requirement("PP-25", "PP-30")
def test_a_failure_in_a_child_is_rolled_back_and_told_with_its_cause(palette: tuple[Sandbox, Cloud]) -> None:
    """A failed update leaves something of it, or its cause has to be looked for."""
    project, cloud = palette
    (before,) = told(project, *ONE)
    for verb in ("create", "update"):
        cloud.faults.add(f"{verb}:AWS::ECS::TaskDefinition", Fail("x", "planted"), times=None)
    ran = project.run(*DEPLOY, *ONE, "-p", "WorkerImageTag=2.0.0", "-p", "CallbackUrls=https://x.org")
    assert ran.code == 5, ran.err
    lines = ran.out.splitlines()
    assert lines[0] == "0 stacks deployed, 1 failed, 0 not begun"
    assert lines[2].startswith("  cause: plot-palette-development/ComputeStack/")
    assert "planted" in lines[2]
    cloud.faults.clear()
    (after,) = told(project, *ONE)
    assert (after["outcome"], after["outputs"]) == ("nothing to do", before["outputs"])


@pytest.mark.requirement("PP-30", "PP-31", "PP-D60")
def test_a_first_deployment_of_production_that_fails_leaves_nothing_and_what_holds_data_is_protected_afterwards(
    palette: tuple[Sandbox, Cloud],
) -> None:
    """A failed creation cannot delete its tables, so that nobody can deploy; or a call by hand deletes them later."""
    project, cloud = palette
    words = ("-e", "production", "-r", "us-east-1")
    cloud.faults.add("create:AWS::Amplify::App", Fail("x", "planted"))
    ran = project.run(*DEPLOY, *words)
    assert ran.code == 5, ran.err
    cloudformation, dynamodb, cognito = map(cloud.client, ("cloudformation", "dynamodb", "cognito-idp"))
    (root,) = cloudformation.describe_stacks()["Stacks"]
    assert (root["StackName"], root["StackStatus"]) == ("plot-palette-production", "ROLLBACK_COMPLETE")
    assert dynamodb.list_tables()["TableNames"] == cognito.list_user_pools(MaxResults=1)["UserPools"] == []

    (stack,) = told(project, *words)
    assert stack["status"] == "CREATE_COMPLETE"
    address = stack["outputs"]["FrontendUrl"]
    second = [f"{name}={address}" for name in ("AllowedOrigins", "CallbackUrls")]
    given = [word for each in (*second, "EnableDeletionProtection=true") for word in ("-p", each)]
    (stack,) = told(project, *words, *given)
    assert stack["status"] == "UPDATE_COMPLETE"
    tables = dynamodb.list_tables()["TableNames"]
    assert len(tables) == 5
    for name in tables:
        with pytest.raises(ClientError, match="protect"):
            dynamodb.delete_table(TableName=name)
    pool = cognito.describe_user_pool(UserPoolId=stack["outputs"]["UserPoolId"])["UserPool"]
    assert pool["DeletionProtection"] == "ACTIVE"
