"""Why the deployer's template is as it is, where its JSON does not say."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import ClassVar

import pytest

from stackgen.deployer import bundle, machine
from stackgen.deployer.machine import Settings
from stackgen.deployer.stacks.deployer import DeployerStack
from stackgen.deployer.stacks.triggers import ENDED_BUILDS, NEW_BUILDS
from stackgen.errors import DeclarationError
from stackgen.template import render
from tests.deployer.stacks.reading import Template, actions, of_type, properties, resources, statements, written

BUILT = Path(__file__).parents[3] / "build" / "deployer"
HISTORY = ("BuildsTable", "DeploymentsTable", "TargetsTable")


def test_history_outlives_the_stack_and_locks_do_not(deployer: Template) -> None:
    for title in HISTORY:  # but not a creation that failed: what it left would be in the way of the next
        assert deployer["Resources"][title]["DeletionPolicy"] == "RetainExceptOnCreate"
        assert properties(deployer, title)["DeletionProtectionEnabled"] is True
    assert deployer["Resources"]["LocksTable"]["DeletionPolicy"] == "Delete"


@pytest.mark.requirement("DEP-12", "DEP-47")
def test_only_locks_expire_and_every_table_is_on_demand_encrypted_and_recoverable(deployer: Template) -> None:
    """history expires, locks do not, or a busy hour is throttled by capacity that nobody set"""
    tables = of_type(deployer, "AWS::DynamoDB::Table")
    assert len(tables) == 4
    expiring = {
        title: each["TimeToLiveSpecification"] for title, each in tables.items() if "TimeToLiveSpecification" in each
    }
    assert expiring == {"LocksTable": {"AttributeName": "ttl", "Enabled": True}}
    for each in tables.values():
        assert each["BillingMode"] == "PAY_PER_REQUEST"
        assert each["SSESpecification"] == {"SSEEnabled": True, "SSEType": "KMS"}
        assert each["PointInTimeRecoverySpecification"] == {"PointInTimeRecoveryEnabled": True}


def test_the_name_of_a_table_is_put_together_in_one_way(deployer: Template) -> None:
    names = {written(each["TableName"]) for each in of_type(deployer, "AWS::DynamoDB::Table").values()}
    assert names == {
        f"${{Env}}-aws-deployer${{TableNameSeparator}}{name}" for name in ("locks", "targets", "deployments", "builds")
    }


def test_a_function_finds_its_log_group_there(deployer: Template) -> None:
    """Lambda would make one that keeps everything for ever."""
    functions = of_type(deployer, "AWS::Lambda::Function")
    assert len(functions) == 14
    for title, function in functions.items():
        group = function["LoggingConfig"]["LogGroup"]["Ref"]
        assert group == f"{title}LogGroup"
        assert properties(deployer, group)["RetentionInDays"] == {"Ref": "LogRetentionDays"}
        assert (
            written(properties(deployer, group)["LogGroupName"]) == f"/aws/lambda/{written(function['FunctionName'])}"
        )


@pytest.mark.requirement("DEP-D45")
def test_what_asks_cloudformation_much_has_time_for_it(deployer: Template) -> None:
    """a look at 1,000 results, or a plan for them, is cut off by the function's timeout"""
    timeouts = {title: each["Timeout"] for title, each in of_type(deployer, "AWS::Lambda::Function").items()}
    longer = {title: seconds for title, seconds in timeouts.items() if seconds != 60}
    assert longer == {
        "CreateStackSet": 300, "DeployStackInstances": 300, "RevertTargets": 300,
        "CheckStackSetStatus": 120, "CleanUpExecution": 120,
    }  # fmt: skip


@pytest.mark.requirement("DEP-D81")
def test_all_functions_run_the_bundle_of_these_sources_from_a_bucket_of_the_region(deployer: Template) -> None:
    """the template names other code than stands in the repository"""
    code = [each["Code"] for each in of_type(deployer, "AWS::Lambda::Function").values()]
    assert all(each == {"S3Bucket": {"Ref": "CodeBucketName"}, "S3Key": bundle.key()} for each in code)


@pytest.mark.requirement("DEP-01", "DEP-D41")
def test_the_machine_may_call_its_functions_and_start_its_successor(deployer: Template) -> None:
    """it may call more, or cannot hand over before its history is full"""
    definition = properties(deployer, "StateMachine")
    assert definition["StateMachineType"] == "STANDARD"
    assert definition["Definition"] == machine.definition()
    assert definition["Definition"]["TimeoutSeconds"] == 48 * 3600
    called = {f"{name}Arn": {"Fn::GetAtt": [name, "Arn"]} for name in machine.functions()}
    assert definition["DefinitionSubstitutions"] == called
    granted = {action: resources(each) for each in statements(deployer, "StateMachineRole") for action in actions(each)}
    assert sorted(map(str, granted["lambda:InvokeFunction"])) == sorted(map(str, called.values()))
    assert [written(each) for each in granted["states:StartExecution"]] == [
        "arn:${AWS::Partition}:states:${AWS::Region}:${AWS::AccountId}:stateMachine:${Env}-aws-deployer"
    ]
    assert written(definition["StateMachineName"]) == "${Env}-aws-deployer"
    assert {each.partition(":")[0] for each in granted} == {"lambda", "states", "logs", "xray"}


def test_the_log_of_the_machine_has_a_name_that_spares_the_resource_policy(deployer: Template) -> None:
    """Step Functions lists each group in one policy of 5,120 characters, but for the groups below /aws/vendedlogs."""
    logging = properties(deployer, "StateMachine")["LoggingConfiguration"]
    assert logging["Level"] == "ERROR"
    assert written(properties(deployer, "StateMachineLogGroup")["LogGroupName"]).startswith("/aws/vendedlogs/")


@pytest.mark.requirement("DEP-D41")
def test_every_end_of_an_execution_comes_to_the_clean_up(deployer: Template) -> None:
    """an aborted execution keeps its lock until that expires, because no Catch runs"""
    pattern = properties(deployer, "ExecutionEnds")["EventPattern"]
    assert pattern["detail"] == {
        "stateMachineArn": [{"Ref": "StateMachine"}],
        "status": ["SUCCEEDED", "FAILED", "TIMED_OUT", "ABORTED"],
    }
    queue = properties(deployer, "EndedExecutions")
    assert queue["VisibilityTimeout"] >= 6 * properties(deployer, "CleanUpExecution")["Timeout"]
    waits = queue["VisibilityTimeout"] * queue["RedrivePolicy"]["maxReceiveCount"]
    longest = properties(deployer, "StateMachine")["Definition"]["TimeoutSeconds"]
    assert longest < waits < queue["MessageRetentionPeriod"]
    mapping = properties(deployer, "EndedExecutionsMapping")
    assert mapping["FunctionResponseTypes"] == ["ReportBatchItemFailures"]
    (statement,) = properties(deployer, "EndedExecutionsPolicy")["PolicyDocument"]["Statement"]
    assert statement["Condition"] == {"ArnEquals": {"aws:SourceArn": {"Fn::GetAtt": ["ExecutionEnds", "Arn"]}}}


@pytest.mark.requirement("DEP-50", "DEP-D57")
def test_a_record_of_the_stream_fails_by_itself_and_is_kept(deployer: Template) -> None:
    """one bad build holds up the others for a week, or is lost after three attempts"""
    mapping = properties(deployer, "NewBuilds")
    assert mapping["StartingPosition"] == "LATEST"
    assert (mapping["BatchSize"], mapping["MaximumRetryAttempts"], mapping["MaximumRecordAgeInSeconds"]) == (
        10,
        3,
        604_800,
    )
    assert mapping["BisectBatchOnFunctionError"] is True
    assert mapping["FunctionResponseTypes"] == ["ReportBatchItemFailures"]
    assert mapping["DestinationConfig"]["OnFailure"]["Destination"] == {"Fn::GetAtt": ["FailedTriggers", "Arn"]}
    (pattern,) = mapping["FilterCriteria"]["Filters"]
    assert json.loads(pattern["Pattern"]) == NEW_BUILDS
    assert properties(deployer, "S3Trigger")["DeadLetterConfig"] == {
        "TargetArn": {"Fn::GetAtt": ["FailedTriggers", "Arn"]}
    }


@pytest.mark.requirement("DEP-D84")
def test_a_topic_hears_once_how_a_build_ended(deployer: Template) -> None:
    """nobody is told, or also of the item that names the latest build"""
    notice = deployer["Resources"]["BuildNotice"]
    assert notice["Condition"] == deployer["Resources"]["BuildNoticeRole"]["Condition"] == "HasBuildTopic"
    (pattern,) = notice["Properties"]["SourceParameters"]["FilterCriteria"]["Filters"]
    ended = json.loads(pattern["Pattern"])
    assert ended == ENDED_BUILDS
    assert ended["dynamodb"]["Keys"] == NEW_BUILDS["dynamodb"]["Keys"]  # type: ignore[index]
    assert notice["Properties"]["Target"] == {"Ref": "BuildTopicArn"}
    assert (
        json.loads(notice["Properties"]["TargetParameters"]["InputTemplate"])["status"]
        == "<$.dynamodb.NewImage.status.S>"
    )


def test_somebody_is_told_of_every_way_to_fail(deployer: Template) -> None:
    alarms = of_type(deployer, "AWS::CloudWatch::Alarm")
    watched = {(each["MetricName"], next(iter(each["Dimensions"]))["Name"]) for each in alarms.values()}
    assert watched == {
        ("ExecutionsFailed", "StateMachineArn"),
        ("ExecutionsTimedOut", "StateMachineArn"),
        ("ApproximateNumberOfMessagesVisible", "QueueName"),
    }
    queues = {
        each["Dimensions"][0]["Value"]["Fn::GetAtt"][0] for each in alarms.values() if each["Namespace"] == "AWS/SQS"
    }
    assert queues == {"FailedTriggers", "UnsettledExecutions"}
    for each in alarms.values():
        assert each["AlarmActions"] == [
            {"Fn::If": ["HasAlarmTopic", {"Ref": "AlarmTopicArn"}, {"Ref": "AWS::NoValue"}]}
        ]


@pytest.mark.requirement("DEP-50", "DEP-D55", "DEP-D56")
def test_s3_may_call_the_function_before_it_is_told_of_it(deployer: Template) -> None:
    """bucket and permission wait for each other, or S3 refuses the notification; another tool would overwrite it"""
    bucket = deployer["Resources"]["ArtifactBucket"]
    assert bucket["DependsOn"] == "ArtifactBucketInvokes"
    source = written(properties(deployer, "ArtifactBucketInvokes")["SourceArn"])
    assert source.endswith(f":s3:::{written(bucket['Properties']['BucketName'])}")
    assert properties(deployer, "ArtifactBucketInvokes")["SourceAccount"] == {"Ref": "AWS::AccountId"}
    (told,) = bucket["Properties"]["NotificationConfiguration"]["LambdaConfigurations"]
    (rule,) = told["Filter"]["S3Key"]["Rules"]
    assert (rule["Name"], rule["Value"]) == ("suffix", "cloudformation-params.json")


@pytest.mark.requirement("DEP-47", "DEP-D82")
def test_every_version_of_a_release_stays_for_a_year(deployer: Template) -> None:
    """the way back needs the very version that a build was made of"""
    bucket = properties(deployer, "ArtifactBucket")
    assert bucket["VersioningConfiguration"] == {"Status": "Enabled"}
    (rule,) = bucket["LifecycleConfiguration"]["Rules"]
    assert rule["NoncurrentVersionExpiration"] == {"NoncurrentDays": 365}
    assert set(bucket["PublicAccessBlockConfiguration"].values()) == {True}


@pytest.mark.requirement("DEP-D85")
def test_other_accounts_read_what_a_template_refers_to_and_no_template(deployer: Template) -> None:
    """the whole organisation reads every release"""
    tls, readers = properties(deployer, "ArtifactBucketPolicy")["PolicyDocument"]["Statement"]
    assert (tls["Effect"], tls["Condition"]) == ("Deny", {"Bool": {"aws:SecureTransport": "false"}})
    condition, statement, otherwise = readers["Fn::If"]
    assert (condition, otherwise) == ("HasOrganization", {"Ref": "AWS::NoValue"})
    assert [written(each) for each in resources(statement)] == [
        "${ArtifactBucket.Arn}/*.zip",
        "${ArtifactBucket.Arn}/*/nested/*",
    ]
    assert statement["Condition"] == {"StringEquals": {"aws:PrincipalOrgID": {"Ref": "OrganizationId"}}}


@pytest.mark.requirement("DEP-56", "DEP-D47", "DEP-D75")
def test_settings_stand_under_one_prefix_and_none_is_empty(deployer: Template) -> None:
    """a default deployment fails, because Systems Manager takes no empty value"""
    settings = {written(each["Name"]): each["Value"] for each in of_type(deployer, "AWS::SSM::Parameter").values()}
    assert {name.removeprefix("/${Env}/aws-deployer/") for name in settings} == {
        "state-machine-arn", "s3-bucket", "tables/locks", "tables/targets", "tables/deployments", "tables/builds",
        "administration-role-arn", "execution-role-name", "reader-role-name", "version",
    }  # fmt: skip
    for value in settings.values():
        assert value
        name = value.get("Ref") if isinstance(value, dict) else None
        if name in deployer["Parameters"]:
            assert deployer["Parameters"][name]["MinLength"] >= 1


@pytest.mark.requirement("DEP-07", "DEP-D28")
def test_the_lock_is_waited_for_150_seconds_and_both_numbers_can_be_set(deployer: Template) -> None:
    """the wait is fixed, or a parameter stands where Step Functions takes a number only"""
    waiting = properties(deployer, "StateMachine")["Definition"]["States"]["WaitForLock"]
    assert waiting["Seconds"] == 15
    assert deployer["Parameters"]["LockMaxRetries"]["Default"] == "10"

    class Patient(DeployerStack):
        machine_settings: ClassVar[Settings] = Settings(lock_wait_seconds=30)

    patient = json.loads(render(Patient).text)
    assert properties(patient, "StateMachine")["Definition"]["States"]["WaitForLock"]["Seconds"] == 30


def test_the_definition_stands_beside_the_template_for_people(deployer: Template) -> None:
    text = (BUILT / "state-machine.asl.json").read_text("utf-8")
    assert text == machine.rendered()
    assert json.loads(text) == properties(deployer, "StateMachine")["Definition"]


@pytest.mark.requirement("DEP-D76", "DEP-D77")
def test_there_is_one_machine_and_no_api(deployer: Template) -> None:
    """a second path for a single account, or a console, comes back without the mends that it needs"""
    kinds = [resource["Type"] for resource in deployer["Resources"].values()]
    assert kinds.count("AWS::StepFunctions::StateMachine") == 1
    assert not [kind for kind in kinds if kind.startswith(("AWS::ApiGateway", "AWS::AppSync", "AWS::CloudFront"))]


def test_names_of_roles_are_left_to_cloudformation_where_regions_would_share_them(deployer: Template) -> None:
    named = {title for title, each in of_type(deployer, "AWS::IAM::Role").items() if "RoleName" in each}
    assert named == {"AdministrationRole"}
    paths = {written(each["Path"]) for title, each in of_type(deployer, "AWS::IAM::Role").items() if title not in named}
    assert paths == {"/aws-deployer/${Env}/"}


def test_every_parameter_says_what_it_takes(deployer: Template) -> None:
    for name, each in deployer["Parameters"].items():
        assert each["Description"], name
        assert each["ConstraintDescription"], name
        assert "AllowedPattern" in each or "AllowedValues" in each or "MinValue" in each, name
    assert [name for name, each in deployer["Parameters"].items() if "Default" not in each] == ["CodeBucketName"]


def test_the_console_s_form_shows_every_parameter_in_a_group(deployer: Template) -> None:
    interface = deployer["Metadata"]["AWS::CloudFormation::Interface"]
    grouped = [name for group in interface["ParameterGroups"] for name in group["Parameters"]]
    assert sorted(grouped) == sorted(deployer["Parameters"])
    assert set(interface["ParameterLabels"]) == set(grouped)


@pytest.mark.parametrize("name", ["dev", "p1", "a-b", "abcdefghijklmnop"])
def test_an_environment_may_be_called(deployer: Template, name: str) -> None:
    assert re.fullmatch(deployer["Parameters"]["Env"]["AllowedPattern"], name)
    assert len(name) <= deployer["Parameters"]["Env"]["MaxLength"]


@pytest.mark.parametrize("name", ["", "Dev", "1st", "a--b", "a-", "a_b", "abcdefghijklmnopq"])
def test_an_environment_may_not_be_called(deployer: Template, name: str) -> None:
    assert re.fullmatch(deployer["Parameters"]["Env"]["AllowedPattern"], name) is None


def test_the_library_s_class_is_no_stack_of_a_repository_that_only_imports_it() -> None:
    from stackgen.discovery import discover
    from stackgen.project import Project

    found = {each.__name__ for each in discover(Project.find(Path(__file__).parent))}
    assert "OurDeployerStack" in found
    assert "DeployerStack" not in found


def test_a_stack_may_not_put_a_text_that_is_no_json_file_beside_itself() -> None:
    from stackgen.discovery import templates_of

    class Wrong(DeployerStack):
        def beside(self) -> dict[str, str]:
            return {"machine.txt": ""}

    with pytest.raises(DeclarationError, match=r"'machine\.txt' cannot stand beside a template"):
        templates_of([Wrong])
