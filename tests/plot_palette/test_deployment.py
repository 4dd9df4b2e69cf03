"""Plot Palette deployed: all environments, changed child by child, brought back, and taken away without its data."""

from __future__ import annotations

import base64
import hashlib
import io
import json
import zipfile
from collections.abc import Callable
from typing import Any

import pytest

from stackgen.local.cloud import Cloud
from stackgen.local.faults import Fail
from tests.plot_palette.deployment import ACCOUNT, BUILT, PlotPalette, digest
from tests.plot_palette.test_master import FILES, TABLES

CHILDREN = set(FILES) - {"BudgetStack"}
ENVIRONMENTS = ("production", "staging", "development")


@pytest.fixture
def deployed(cloud: Cloud) -> PlotPalette:
    """Development in us-east-1."""
    palette = PlotPalette(cloud)
    assert palette.create() == "CREATE_COMPLETE", palette.why()
    return palette


def table_names(palette: PlotPalette) -> set[str]:
    return {each for each in palette.client("dynamodb").list_tables()["TableNames"] if palette.environment in each}


def names(environment: str, suffix: str = "") -> set[str]:
    return {f"plot-palette-{table}-{environment}{suffix}" for table in TABLES}


@pytest.mark.requirement("PP-01", "PP-03", "PP-04")
@pytest.mark.parametrize("region", ["us-east-1", "us-west-2"])
def test_all_three_environments_live_side_by_side_in_a_region(cloud: Cloud, region: str) -> None:
    """an environment cannot be created from its file, or takes a name that another has"""
    seen = set()
    for environment in ENVIRONMENTS:
        palette = PlotPalette(cloud, environment, region)
        assert palette.create() == "CREATE_COMPLETE", palette.why()
        assert set(palette.children()) == CHILDREN
        outputs = palette.outputs()
        assert set(outputs) == {
            "ApiEndpoint", "UserPoolId", "UserPoolClientId", "FrontendUrl", "BucketName", "ECSClusterName",
        }  # fmt: skip
        assert outputs["BucketName"] == f"plot-palette-{ACCOUNT}-{region}-{environment}"
        assert outputs["ECSClusterName"] == f"plot-palette-cluster-{environment}"
        assert outputs["FrontendUrl"].startswith("https://main.")
        assert table_names(palette) == names(environment)
        seen |= set(outputs.values())
    assert len(seen) == 6 * len(ENVIRONMENTS)


def exports(palette: PlotPalette) -> set[str]:
    return {each["Name"] for each in palette.client("cloudformation").list_exports()["Exports"]}


@pytest.mark.requirement("PP-37", "PP-D51", "PP-D42")
def test_one_environment_lives_in_two_regions_of_an_account_with_one_budget(cloud: Cloud) -> None:
    """the second region finds a role, a bucket or a budget of the first"""
    for region, cidr in (("us-east-1", "10.0.0.0/16"), ("us-west-2", "10.1.0.0/16")):
        palette = PlotPalette(cloud, "production", region)
        assert palette.create(EnableBudget="true", VpcCidr=cidr) == "CREATE_COMPLETE", palette.why()
        vpcs = palette.client("ec2").describe_vpcs(Filters=[{"Name": "tag:Project", "Values": ["plot-palette"]}])
        assert [each["CidrBlock"] for each in vpcs["Vpcs"]] == [cidr]
        assert exports(palette) >= {f"plot-palette-production-{name}" for name in palette.outputs()}
    budgets = palette.client("budgets").describe_budgets(AccountId=ACCOUNT)["Budgets"]
    assert [each["BudgetName"] for each in budgets] == ["plot-palette-monthly-production"]


@pytest.mark.requirement("PP-41")
def test_the_budget_tells_the_administrator_by_its_topic(cloud: Cloud) -> None:
    """the notifications reach nobody, or the forecast cannot be switched on in place"""
    palette = PlotPalette(cloud, "staging")
    palette.create(EnableBudget="true")
    asked = {"AccountId": ACCOUNT, "BudgetName": "plot-palette-monthly-staging"}
    told = palette.client("budgets").describe_notifications_for_budget(**asked)["Notifications"]
    assert [each["Threshold"] for each in told] == [80.0, 100.0, 120.0]
    topic = palette.client("sns").list_topics()["Topics"][0]["TopicArn"]
    for each in told:
        notification = {
            key: each[key] for key in ("NotificationType", "ComparisonOperator", "Threshold", "ThresholdType")
        }
        readers = palette.client("budgets").describe_subscribers_for_notification(**asked, Notification=notification)
        assert readers["Subscribers"] == [{"SubscriptionType": "SNS", "Address": topic}]
    (reader,) = palette.client("sns").list_subscriptions_by_topic(TopicArn=topic)["Subscriptions"]
    assert reader["Endpoint"] == "staging-admin@plotpalette.com"
    assert palette.update(EnableBudget="true", EnableForecast="true") == "UPDATE_COMPLETE", palette.why()
    budgets = palette.client("budgets").describe_budgets(AccountId=ACCOUNT)["Budgets"]
    assert {each["BudgetName"] for each in budgets} == {"plot-palette-monthly-staging", "plot-palette-forecast-staging"}


@pytest.mark.requirement("PP-31", "PP-47")
@pytest.mark.parametrize("protected", [True, False])
def test_tables_are_as_the_templates_say(cloud: Cloud, protected: bool) -> None:
    """a table is unprotected where protection is switched on, cannot be restored, or is not encrypted"""
    palette = PlotPalette(cloud)
    palette.create(EnableDeletionProtection=str(protected).lower())
    dynamodb = palette.client("dynamodb")
    for name in table_names(palette):
        table = dynamodb.describe_table(TableName=name)["Table"]
        assert table["DeletionProtectionEnabled"] is protected
        assert table["BillingModeSummary"]["BillingMode"] == "PAY_PER_REQUEST"
        assert table["SSEDescription"]["SSEType"] == "KMS"
        backups = dynamodb.describe_continuous_backups(TableName=name)["ContinuousBackupsDescription"]
        assert backups["PointInTimeRecoveryDescription"]["PointInTimeRecoveryStatus"] == "ENABLED"


def test_the_administrator_can_sign_in_and_is_one(deployed: PlotPalette) -> None:
    cognito, pool = deployed.client("cognito-idp"), deployed.outputs()["UserPoolId"]
    (user,) = cognito.list_users_in_group(UserPoolId=pool, GroupName="admins")["Users"]
    attributes = {each["Name"]: each["Value"] for each in user["Attributes"]}
    assert attributes["email"] == "dev@plotpalette.com"
    assert attributes["custom:user_role"] == "admin"


def test_the_functions_find_the_cluster_at_run_time(deployed: PlotPalette) -> None:
    listed = deployed.client("ssm").get_parameters_by_path(Path="/plot-palette/development/compute")["Parameters"]
    found = {each["Name"].rpartition("/")[2]: each["Value"] for each in listed}
    assert found["cluster-arn"].endswith(":cluster/plot-palette-cluster-development")
    assert found["task-definition-arn"].endswith(":task-definition/plot-palette-worker-development:1")
    assert len(found["subnet-ids"].split(",")) == 3
    assert json.loads(found["capacity-provider-strategy"])[0]["capacityProvider"] == "FARGATE_SPOT"


def handler(title: str) -> Callable[..., Any]:
    """The handler of a function's inline code, as Lambda would import it."""
    code = json.loads((BUILT / "api-stack.json").read_text("utf-8"))["Resources"][f"{title}Function"]["Properties"][
        "Code"
    ]
    module: dict[str, Any] = {"__name__": "index"}
    source = code["ZipFile"] if "ZipFile" in code else code["Fn::If"][2]["ZipFile"]
    exec(compile(source, "index.py", "exec"), module)  # noqa: S102 - the code is the template's own
    found: Callable[..., Any] = module["handler"]
    return found


def invoke(palette: PlotPalette, stem: str, event: dict[str, Any]) -> Any:
    name = f"plot-palette-{stem}-{palette.environment}"
    answer = palette.client("lambda").invoke(FunctionName=name, Payload=json.dumps(event))
    return json.loads(answer["Payload"].read())


@pytest.mark.requirement("PP-46")
def test_a_deployed_function_answers_as_its_template_says(deployed: PlotPalette) -> None:
    """the code that was deployed is not that of the template, or lacks a variable"""
    for stem, title, status, words in (
        ("create-job", "CreateJob", 501, "not_implemented"), ("health", "Health", 200, "healthy"),
    ):  # fmt: skip
        deployed.cloud.functions.register(f"plot-palette-{stem}-*", handler(title))
        answer = invoke(deployed, stem, {"routeKey": "POST /jobs"})
        assert answer["statusCode"] == status
        assert words in answer["body"]
        assert json.loads(answer["body"])["environment"] == "development"


def updated(palette: PlotPalette, url: str = "", **values: str) -> set[str]:
    """Update, and tell which children had anything to do."""
    before = {name: palette.happened(child) for name, child in palette.children().items()}
    assert palette.update(url, **values) == "UPDATE_COMPLETE", palette.why()
    after = {name: palette.happened(child) for name, child in palette.children().items()}
    return {name for name in after if after[name] != before.get(name)}


@pytest.mark.requirement("PP-27", "PP-D16")
@pytest.mark.parametrize(
    ("changed", "children"),
    [
        ({"WorkerImageTag": "1.1.0"}, {"ComputeStack"}),
        ({"AllowedOrigins": "https://app.plotpalette.com"}, {"APIStack", "StorageStack"}),
        ({"CallbackUrls": "https://app.plotpalette.com"}, {"AuthStack"}),
        ({"EnableFlowLogs": "true"}, {"NetworkStack"}),
        ({"InitialBudgetLimit": "20"}, {"APIStack"}),
    ],
)
def test_a_change_reaches_the_children_that_it_concerns_and_no_other(
    deployed: PlotPalette, changed: dict[str, str], children: set[str]
) -> None:
    """a change of one thing updates the whole tree, or does not arrive"""
    before = deployed.outputs()
    assert updated(deployed, **changed) == children
    assert deployed.outputs() == before


@pytest.mark.requirement("PP-27", "PP-D16")
def test_a_changed_template_updates_its_own_child_only(deployed: PlotPalette) -> None:
    """a sibling whose template has not changed is updated too"""
    storage = json.loads((BUILT / "storage-stack.json").read_text("utf-8"))
    storage["Resources"]["Bucket"]["Properties"]["LifecycleConfiguration"]["Rules"].pop()
    text = json.dumps(storage, indent=2)
    master = (BUILT / "master-stack.json").read_text("utf-8")
    old = digest((BUILT / "storage-stack.json").read_text("utf-8"))
    assert old in master
    changed = master.replace(old, digest(text))
    deployed.put("storage-stack", text)
    deployed.put("master-stack", changed)
    assert updated(deployed, deployed.url("master-stack", changed)) == {"StorageStack"}
    rules = deployed.client("s3").get_bucket_lifecycle_configuration(Bucket=deployed.outputs()["BucketName"])["Rules"]
    assert [each["ID"] for each in rules] == ["archive-jobs", "tier-seed-data"]


def put(palette: PlotPalette, name: str, key: dict[str, str]) -> None:
    palette.client("dynamodb").put_item(TableName=name, Item={each: {"S": value} for each, value in key.items()})


@pytest.mark.requirement("PP-31", "PP-D26", "PP-D25")
def test_what_was_deleted_leaves_its_data_and_can_be_made_again_beside_it(deployed: PlotPalette) -> None:
    """a table goes with the stack, or what was kept is in the way of a new stack"""
    bucket, pool = deployed.outputs()["BucketName"], deployed.outputs()["UserPoolId"]
    put(deployed, "plot-palette-Jobs-development", {"job_id": "1"})
    deployed.client("s3").put_object(Bucket=bucket, Key="jobs/1/outputs/a.json", Body=b"{}")
    database = deployed.children()["DatabaseStack"]
    deployed.delete()
    stacks = deployed.client("cloudformation").describe_stacks()["Stacks"]
    assert [each["StackName"] for each in stacks] == [database]
    assert table_names(deployed) == names("development")
    assert deployed.client("s3").list_objects_v2(Bucket=bucket)["KeyCount"] == 1
    assert (
        deployed.client("cognito-idp").describe_user_pool(UserPoolId=pool)["UserPool"]["Name"].endswith("development")
    )
    assert deployed.client("lambda").list_functions()["Functions"] == []

    assert deployed.create() == "ROLLBACK_COMPLETE"
    assert any("already exists" in reason for reason in deployed.why())
    deployed.delete()
    assert deployed.create(DataNameSuffix="-v2") == "CREATE_COMPLETE", deployed.why()
    assert table_names(deployed) == names("development") | names("development", "-v2")
    item = deployed.client("dynamodb").get_item(TableName="plot-palette-Jobs-development", Key={"job_id": {"S": "1"}})
    assert item["Item"] == {"job_id": {"S": "1"}}

    deployed.client("cloudformation").delete_stack(StackName=database)
    assert table_names(deployed) == names("development") | names("development", "-v2")


@pytest.mark.requirement("PP-31", "PP-D25", "PP-D62")
def test_a_table_that_is_replaced_leaves_the_old_one_with_its_data(deployed: PlotPalette) -> None:
    """a replacement is refused because of the name, or takes the old table's data with it"""
    put(deployed, "plot-palette-Jobs-development", {"job_id": "1"})
    assert deployed.update(DataNameSuffix="-v2") == "UPDATE_COMPLETE", deployed.why()
    assert table_names(deployed) == names("development") | names("development", "-v2")
    item = deployed.client("dynamodb").get_item(TableName="plot-palette-Jobs-development", Key={"job_id": {"S": "1"}})
    assert item["Item"] == {"job_id": {"S": "1"}}
    variables = deployed.client("lambda").get_function(FunctionName="plot-palette-get-job-development")
    assert variables["Configuration"]["Environment"]["Variables"]["JOBS_TABLE"] == "plot-palette-Jobs-development-v2"


@pytest.mark.requirement("PP-30")
def test_a_failure_in_a_child_brings_an_update_back_to_what_was(deployed: PlotPalette) -> None:
    """a half-changed tree is left behind"""
    before = deployed.outputs()
    deployed.cloud.faults.add("create:AWS::ECS::TaskDefinition", Fail("x", "planted"))
    deployed.cloud.faults.add("update:AWS::ECS::TaskDefinition", Fail("x", "planted"))
    assert deployed.update(WorkerImageTag="2.0.0", CallbackUrls="https://x.org") == "UPDATE_ROLLBACK_COMPLETE"
    assert deployed.outputs() == before
    client = deployed.client("cognito-idp").describe_user_pool_client(
        UserPoolId=before["UserPoolId"], ClientId=before["UserPoolClientId"]
    )["UserPoolClient"]
    assert client["CallbackURLs"] == ["http://localhost:5173", "http://localhost:3000"]
    assert updated(deployed, WorkerImageTag="2.0.0") == {"ComputeStack"}


@pytest.mark.requirement("PP-D01")
def test_without_a_bucket_of_templates_the_stack_is_refused_before_anything_is_made(cloud: Cloud) -> None:
    """the deployment begins, and fails at the first child"""
    from botocore.exceptions import ClientError

    palette = PlotPalette(cloud)
    with pytest.raises(ClientError, match="TemplatesBucketName must name the bucket of this region"):
        palette.create(TemplatesBucketName="")
    with pytest.raises(ClientError, match="does not exist"):
        palette.status()


@pytest.mark.requirement("PP-D58")
def test_two_zones_are_enough(cloud: Cloud) -> None:
    """the third subnet is made, or read, where there is none"""
    palette = PlotPalette(cloud)
    assert palette.create(AvailabilityZoneCount="2") == "CREATE_COMPLETE", palette.why()
    subnets = palette.client("ssm").get_parameter(Name="/plot-palette/development/compute/subnet-ids")["Parameter"]
    assert len(subnets["Value"].split(",")) == 2


def test_code_of_a_release_takes_the_place_of_the_answer_that_there_is_none(cloud: Cloud) -> None:
    palette = PlotPalette(cloud)
    palette.upload()
    body = zipped("def handler(event, context):\n    return {'statusCode': 200, 'body': 'real'}\n")
    for stem in ("jobs_create_job", "jobs_list_jobs", "jobs_get_job", "jobs_delete_job", "templates_create_template",
                 "templates_list_templates", "templates_get_template", "templates_update_template",
                 "templates_delete_template", "seed_data_generate_upload_url", "seed_data_validate_seed_data",
                 "dashboard_get_stats"):  # fmt: skip
        palette.client("s3").put_object(Bucket=palette.bucket, Key=f"lambdas/1.0.0/{stem}.zip", Body=body)
    code = {"LambdaCodeBucket": palette.bucket, "LambdaCodePrefix": "lambdas/1.0.0/"}
    assert palette.create(**code) == "CREATE_COMPLETE", palette.why()
    released = base64.b64encode(hashlib.sha256(body).digest()).decode()
    shown = palette.client("lambda").list_functions()["Functions"]
    ours = {each["FunctionName"] for each in shown if each["CodeSha256"] == released}
    assert len(ours) == 12
    others = {each["FunctionName"] for each in shown} - ours
    assert others == {"plot-palette-health-development", "plot-palette-get-user-development"}


def zipped(source: str) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        archive.writestr("index.py", source)
    return content.getvalue()
