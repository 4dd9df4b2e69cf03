"""The container functions: images, rights, migration, janitor."""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from troposphere import awslambda

from stackgen import render
from stackgen.cli import main
from stacks.tap.compute import ComputeStack
from stacks.tap.images.validator.parameters import PLACE
from tests.local.tapstack import BUILT
from tests.tap.reading import Templates, resources

STEMS = {"TransactionValidator": "transaction-validator", "SchemaMigrationFunction": "schema-migration",
         "SnapshotJanitor": "snapshot-janitor"}  # fmt: skip


@pytest.mark.requirement("TAP-10", "TAP-D16")
def test_every_function_is_an_image_without_runtime_and_handler(templates: Templates) -> None:
    """a function is a zip, or Lambda refuses an image that names a runtime"""
    for _, title, function in resources(templates, "AWS::Lambda::Function"):
        properties = function["Properties"]
        assert properties["PackageType"] == "Image", title
        assert set(properties["Code"]) == {"ImageUri"}
        assert not {"Runtime", "Handler", "Layers"} & set(properties)


@pytest.mark.requirement("TAP-D27")
@pytest.mark.parametrize("is_renamed", [False, True])
def test_a_function_that_was_a_zip_becomes_an_image_under_another_name_alone(
    templates: Templates,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    is_renamed: bool,
) -> None:
    """the replacement meets its own name and the update fails unannounced, or is told to under a new one too"""
    before = json.loads(json.dumps(templates["compute-stack"]))
    properties = before["Resources"]["TransactionValidator"]["Properties"]
    del properties["PackageType"]
    properties |= {"Code": {"ZipFile": "..."}, "Runtime": "python3.11", "Handler": "index.handler"}
    if is_renamed:
        properties["FunctionName"] = {"Fn::Sub": "validator-zip-${EnvironmentSuffix}"}
    shutil.copytree(BUILT, tmp_path / "before" / "tap")
    shutil.copytree(BUILT, tmp_path / "now" / "tap")
    (tmp_path / "before" / "tap" / "compute-stack.json").write_text(json.dumps(before), "utf-8")
    folders = [str(tmp_path / "before"), str(tmp_path / "now")]
    code = main(["impact", *folders, "-e", "dev", "--fail-on", "certain-failure", "--format", "json"])
    failures = [each for each in json.loads(capsys.readouterr().out)["verdicts"] if each["kind"] == "certain-failure"]
    if is_renamed:
        assert (code, failures) == (0, [])
        return
    assert code == 4
    (failure,) = failures
    assert failure["code"] == "V201"
    assert "TransactionValidator" in json.dumps(failure)
    assert "the new one has FunctionName transaction-validator-dev as the old one has" in json.dumps(failure)
    assert "change the name with it" in json.dumps(failure)


@pytest.mark.requirement("TAP-D15", "TAP-D14")
def test_images_come_from_the_bootstrap_stacks_repository_in_the_same_region(templates: Templates) -> None:
    """Lambda cannot pull across regions, or the repository is in the stack of the function that needs it"""
    repositories = {each["Properties"]["RepositoryName"]["Fn::Sub"] for _, _, each in _repositories(templates)}
    for file, title, function in resources(templates, "AWS::Lambda::Function"):
        condition, digest, tag = function["Properties"]["Code"]["ImageUri"]["Fn::If"]
        place = "${Account}.dkr.ecr.${AWS::Region}.${AWS::URLSuffix}/"
        account = {"Account": {"Fn::If": ["HasImageAccount", {"Ref": "ImageAccountId"}, {"Ref": "AWS::AccountId"}]}}
        name = f"{STEMS[title]}-${{EnvironmentSuffix}}"
        assert condition == "ImageIsDigest"
        assert digest == {"Fn::Sub": [f"{place}{name}@${{ImageTag}}", account]}
        assert tag == {"Fn::Sub": [f"{place}{name}:${{ImageTag}}", account]}
        assert name in repositories
        assert file != "bootstrap-stack"


def _repositories(templates: Templates) -> list[tuple[str, str, dict[str, dict[str, dict[str, str]]]]]:
    return list(resources(templates, "AWS::ECR::Repository"))  # type: ignore[arg-type]  # read as text


@pytest.mark.requirement("TAP-11")
def test_repositories_are_immutable_scanned_tidied_and_destroyable(templates: Templates) -> None:
    """a tag can be moved, an image is not scanned, images pile up, or a full repository stops the deletion"""
    for _, title, repository in resources(templates, "AWS::ECR::Repository"):
        properties = repository["Properties"]
        assert properties["ImageTagMutability"] == "IMMUTABLE", title
        assert properties["ImageScanningConfiguration"] == {"ScanOnPush": True}
        assert properties["EmptyOnDelete"] is True
        text = properties["LifecyclePolicy"]["LifecyclePolicyText"]["Fn::Sub"]
        rules = json.loads(text.replace("${ImageRetentionCount}", "10"))["rules"]
        assert [rule["selection"]["tagStatus"] for rule in rules] == ["untagged", "any"]
        assert rules[1]["selection"]["countNumber"] == 10  # a number, not a text, once the parameter is put in


@pytest.mark.requirement("TAP-D44")
def test_lambda_may_pull_for_the_named_function_of_this_account_and_the_targets(templates: Templates) -> None:
    """functions in target accounts cannot pull, or any function anywhere can"""
    for _, title, repository in resources(templates, "AWS::ECR::Repository"):
        service, accounts = repository["Properties"]["RepositoryPolicyText"]["Statement"]
        assert service["Principal"] == {"Service": "lambda.amazonaws.com"}
        source = service["Condition"]["ArnLike"]["aws:SourceArn"]["Fn::Sub"]
        stem = repository["Properties"]["RepositoryName"]["Fn::Sub"]
        assert source == f"arn:${{AWS::Partition}}:lambda:${{AWS::Region}}:*:function:{stem}", title
        assert "TargetAccountIds" in json.dumps(service["Condition"]["StringEquals"]["aws:SourceAccount"])
        assert set(accounts["Action"]) == {"ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"}
        assert "Resource" not in service


@pytest.mark.requirement("TAP-42")
def test_the_validator_may_touch_its_own_data_only(templates: Templates) -> None:
    """the validator reads other parameters, writes other prefixes, or scans the table"""
    role = templates["compute-stack"]["Resources"]["ValidatorRole"]["Properties"]["Policies"][0]["PolicyDocument"]
    by_action: dict[str, list[Any]] = {}
    for each in role["Statement"]:
        for action in each["Action"]:
            by_action.setdefault(action, []).extend(each["Resource"])
    assert by_action["dynamodb:GetItem"] == [{"Ref": "SessionTableArn"}]
    assert by_action["s3:PutObject"] == [{"Fn::Sub": "${AuditLogBucketArn}/transactions/*"}]
    paths = {each["Fn::Sub"].split(":parameter")[1] for each in by_action["ssm:GetParameters"]}
    written = {each["Properties"]["Name"]["Fn::Sub"] for _, _, each in resources(templates, "AWS::SSM::Parameter")}
    read = {f"/tap/${{EnvironmentSuffix}}/database/{name}" for name in PLACE}
    assert read < written
    assert paths == read | {"${DatabasePasswordParameterName}"}
    assert "ssm:GetParametersByPath" not in by_action  # it asks for the path itself, and would be refused
    assert not {"dynamodb:Scan", "dynamodb:Query", "s3:GetObject", "s3:DeleteObject"} & set(by_action)


@pytest.mark.requirement("TAP-D43")
def test_the_validators_concurrency_is_bounded_below_the_connection_alarm(templates: Templates) -> None:
    """load alone opens more connections than the alarm allows"""
    function = templates["compute-stack"]["Resources"]["TransactionValidator"]["Properties"]
    assert function["ReservedConcurrentExecutions"]["Fn::If"][:2] == ["HasConcurrency", {"Ref": "ValidatorConcurrency"}]
    parameters = templates["TapStack"]["Parameters"]
    assert int(parameters["ValidatorConcurrency"]["Default"]) < int(
        parameters["DatabaseConnectionAlarmThreshold"]["Default"]
    )


@pytest.mark.requirement("TAP-21")
def test_a_new_image_or_size_makes_a_new_version_and_moves_the_alias(templates: Templates) -> None:
    """CloudFormation sees no change in the version, so the alias stays with the old code"""
    own = templates["compute-stack"]["Resources"]
    (title,) = [title for title, each in own.items() if each["Type"] == "AWS::Lambda::Version"]
    description = own[title]["Properties"]["Description"]["Fn::Sub"]
    assert {"${ImageTag}", "${ValidatorMemory}", "${ValidatorTimeout}"} <= set(description.replace(",", " ").split())
    assert own["ValidatorAlias"]["Properties"]["FunctionVersion"] == {"Fn::GetAtt": [title, "Version"]}
    variables = own["TransactionValidator"]["Properties"]["Environment"]["Variables"]
    assert variables["IMAGE_TAG"] == {"Ref": "ImageTag"}  # or a promoted tag of the same image is no new version


def test_a_function_of_another_shape_has_a_version_of_another_name() -> None:
    class Renamed(ComputeStack):
        """A validator with one more variable."""

        file = "renamed"

        def container_function(self, title: str, **settings: Any) -> awslambda.Function:
            settings["variables"] = {**settings["variables"], "NEW": "1"}
            return super().container_function(title, **settings)

    def version_of(stack: type[ComputeStack]) -> str:
        own = json.loads(render(stack).text)["Resources"]
        return next(str(title) for title, each in own.items() if each["Type"] == "AWS::Lambda::Version")

    assert version_of(Renamed) != version_of(ComputeStack)


@pytest.mark.requirement("TAP-16")
def test_the_validator_has_alarms_for_failing_slow_and_throttled(templates: Templates) -> None:
    """a failing, slow or throttled validator tells nobody"""
    own = templates["compute-stack"]["Resources"]
    rate = own["ValidatorErrorRateAlarm"]["Properties"]
    assert rate["Threshold"] == {"Ref": "LambdaErrorRateThreshold"}
    assert rate["Metrics"][-1]["Expression"] == "IF(invocations >= 5, 100 * errors / invocations, 0)"
    assert own["ValidatorDurationAlarm"]["Properties"]["ExtendedStatistic"] == "p95"
    assert own["ValidatorThrottlesAlarm"]["Properties"]["MetricName"] == "Throttles"


@pytest.mark.requirement("TAP-18")
def test_the_migration_is_a_custom_resource_that_the_wanted_version_moves(templates: Templates) -> None:
    """another schema version, cluster or database is no update of the resource, so nothing is migrated"""
    migration = templates["migration-stack"]["Resources"]["SchemaMigration"]
    assert migration["Type"] == "Custom::SchemaMigration"
    assert migration["Condition"] == "RunMigration"
    for name in ("SchemaVersion", "ClusterEndpoint", "ClusterIdentifier", "DatabaseName", "DatabasePort"):
        assert migration["Properties"][name] == {"Ref": name}
    assert migration["Properties"]["ServiceToken"] == {"Fn::GetAtt": ["SchemaMigrationFunction", "Arn"]}


@pytest.mark.requirement("TAP-19", "TAP-D31")
def test_a_migration_that_failed_is_not_repeated_behind_the_stack_s_back(templates: Templates) -> None:
    """Lambda tries an asynchronous invocation three times: the last one after the stack was rolled back"""
    own = templates["migration-stack"]["Resources"]
    assert own["MigrationInvokedOnce"]["Properties"] == {
        "FunctionName": {"Ref": "SchemaMigrationFunction"},
        "Qualifier": "$LATEST",
        "MaximumRetryAttempts": 0,
        "MaximumEventAgeInSeconds": 300,
    }
    assert own["SchemaMigration"]["DependsOn"] == "MigrationInvokedOnce"


@pytest.mark.requirement("TAP-19", "TAP-D22")
def test_the_migration_has_five_minutes_and_cloudformation_waits_no_longer(templates: Templates) -> None:
    """a lost answer keeps the stack waiting for the default hour"""
    own = templates["migration-stack"]["Resources"]
    assert own["SchemaMigration"]["Properties"]["ServiceTimeout"] == 300
    assert own["SchemaMigrationFunction"]["Properties"]["Timeout"] == 300


@pytest.mark.requirement("TAP-22", "TAP-42")
def test_the_janitor_runs_daily_and_deletes_only_what_carries_the_suffix(templates: Templates) -> None:
    """snapshots live for ever, or those of another environment are deleted"""
    own = templates["janitor-stack"]["Resources"]
    assert own["DailyRule"]["Properties"]["ScheduleExpression"] == "rate(1 day)"
    role = own["JanitorRole"]["Properties"]["Policies"][0]["PolicyDocument"]["Statement"]
    delete = next(each for each in role if "rds:DeleteDBClusterSnapshot" in each["Action"])
    assert delete["Condition"]["StringEquals"] == {
        "aws:ResourceTag/EnvironmentSuffix": {"Ref": "EnvironmentSuffix"},
        "aws:ResourceTag/Project": "tapstack",
    }
    assert [json.loads(each["Input"]) for each in own["DailyRule"]["Properties"]["Targets"]] == [{"delete": True}]
    assert templates["janitor-stack"]["Parameters"]["SnapshotRetentionDays"]["Default"] == "30"
    permission = own["DailyRuleInvokes"]["Properties"]
    assert permission["SourceArn"] == {"Fn::GetAtt": ["DailyRule", "Arn"]}
