"""Each function's role allows the calls that its module can come to, and no others."""

from __future__ import annotations

import pytest

from stackgen.deployer.stacks.functions import (
    CLEAN_UP,
    PROMOTE_IMAGES,
    S3_TRIGGER,
    STEPS,
    TRIGGER_BUILD,
    VERIFY_SIGNATURES,
    Handler,
)
from stackgen.deployer.stacks.grants import GRANTS
from tests.deployer.stacks.calls import HANDLERS, Call, calls, settings_read
from tests.deployer.stacks.reading import Template, actions, of_type, properties, resources, statements, written

FUNCTIONS = (*STEPS, S3_TRIGGER, TRIGGER_BUILD, CLEAN_UP)
OPTIONAL = (PROMOTE_IMAGES, VERIFY_SIGNATURES)

NEVER_MADE = {
    "CreateStackSet": {"CreateStackInstances", "DeleteStackInstances", "UpdateStackInstances"},
    "RevertTargets": {"CreateStackInstances", "DeleteStackInstances"},
}
"""Operations in the table of ``operations.start`` that a function never asks for: the first begins nothing but the
batch that defines, and on the way back everything exists and stays."""

OF_THE_TARGET = {"PromoteImages": {"ecr:BatchCheckLayerAvailability"}}
"""Calls of a helper that is handed the client of a target only."""

BY_CLOUDFORMATION = {
    "CreateStackSet": {"cloudformation:TagResource", "iam:PassRole", "s3:GetObjectVersion", "s3:ListBucket"},
    "DeployStackInstances": {"iam:PassRole", "s3:GetObjectVersion", "s3:ListBucket"},
    "RevertTargets": {"iam:PassRole", "s3:GetObjectVersion", "s3:ListBucket"},
    "PromoteImages": {"s3:GetObjectVersion", "s3:ListBucket"},
    "VerifySignatures": {"s3:GetObjectVersion"},
}
"""What goes with a call without being one: the tags of a StackSet, the role and the template that it is given, the
version of an object that GetObject is given, and ListBucket, without which what is missing is refused instead of not
found."""

FOR_THE_CALLER = {
    "S3Trigger": {"sqs:SendMessage"},
    "TriggerBuild": {
        "dynamodb:DescribeStream", "dynamodb:GetRecords", "dynamodb:GetShardIterator", "dynamodb:ListStreams",
        "sqs:SendMessage",
    },
    "CleanUpExecution": {"sqs:DeleteMessage", "sqs:GetQueueAttributes", "sqs:ReceiveMessage"},
}  # fmt: skip
"""What Lambda does in a function's name to feed it, and to keep what failed."""

LOGS = {"logs:CreateLogStream", "logs:PutLogEvents", "xray:PutTelemetryRecords", "xray:PutTraceSegments"}

VARIABLES = {
    "administration_role_arn": "ADMINISTRATION_ROLE_ARN",
    "execution_role_name": "EXECUTION_ROLE_NAME",
    "failure_tolerance_count": "FAILURE_TOLERANCE_COUNT",
    "lock_max_retries": "LOCK_MAX_RETRIES",
    "lock_ttl": "LOCK_TTL_SECONDS",
    "max_concurrent_count": "MAX_CONCURRENT_COUNT",
    "reader_role_name": "READER_ROLE_NAME",
    "state_machine_arn": "STATE_MACHINE_ARN",
}


def made_by(handler: Handler) -> set[tuple[str, str]]:
    """The calls of a function, each with its table."""
    never = {f"cloudformation:{name}" for name in NEVER_MADE.get(handler.title, ())}
    never |= OF_THE_TARGET.get(handler.title, set())
    own = {(each.action, each.table) for each in calls(handler.module) if not each.in_target}
    assert never <= {action for action, _ in own}, "an exception that is none"
    return {each for each in own if each[0] not in never}


def granted_to(template: Template, title: str) -> set[tuple[str, str]]:
    """The actions of a role, each with its table."""
    found = set()
    for statement in statements(template, f"{title}Role"):
        for action in actions(statement):
            tables = {""}
            if (
                action.startswith("dynamodb:")
                and "Stream" not in action
                and action not in FOR_THE_CALLER["TriggerBuild"]
            ):
                tables = {written(each).rpartition("TableNameSeparator}")[2] for each in resources(statement)}
            found |= {(action, table) for table in tables}
    return found


@pytest.mark.parametrize("handler", [*FUNCTIONS, *OPTIONAL], ids=lambda each: each.title)
def test_a_role_allows_the_calls_of_its_function_and_nothing_else(whole: Template, handler: Handler) -> None:
    beside = {*LOGS, *BY_CLOUDFORMATION.get(handler.title, ()), *FOR_THE_CALLER.get(handler.title, ())}
    expected = made_by(handler) | {(action, "") for action in beside}
    assert granted_to(whole, handler.title) == expected


@pytest.mark.requirement("DEP-D17", "DEP-37")
def test_what_is_done_in_a_target_account_is_what_the_reader_role_allows(targets: Template) -> None:
    """a function reads something else there, or the role lets it do more"""
    asked = {each.action for handler in FUNCTIONS for each in calls(handler.module) if each.in_target}
    allowed = {action for each in statements(targets, "ReaderRole") for action in actions(each)}
    alarms = {"cloudwatch:DescribeAlarmHistory", "cloudwatch:DescribeAlarms"}
    assert asked == {"cloudformation:DescribeStackEvents", *alarms}
    assert allowed == asked


@pytest.mark.requirement("DEP-53")
def test_the_role_that_takes_images_allows_what_is_asked_of_a_target(targets: Template) -> None:
    """an image does not reach a target, or the deployer could do more with its registry"""
    asked = {each.action for each in calls("promote_images") if each.in_target} | OF_THE_TARGET["PromoteImages"]
    allowed = {action for each in statements(targets, "PromotionRole") for action in actions(each)}
    assert allowed == asked | {"ecr:TagResource"}  # the repositories that are made have tags


@pytest.mark.requirement("DEP-53", "DEP-54", "DEP-D73")
def test_images_and_signatures_are_options_that_are_off(deployer: Template, whole: Template) -> None:
    """a release without images or signatures needs more than it uses, or the option makes no function"""
    titles = {each.title for each in OPTIONAL}
    assert not titles & set(deployer["Resources"])
    assert titles <= set(whole["Resources"])
    assert {"PromoteImagesArn", "VerifySignaturesArn"} <= set(
        properties(whole, "StateMachine")["DefinitionSubstitutions"]
    )
    assert (properties(whole, "PromoteImages")["Timeout"], properties(whole, "PromoteImages")["MemorySize"]) == (
        900,
        1024,
    )


@pytest.mark.parametrize("handler", [*FUNCTIONS, *OPTIONAL], ids=lambda each: each.title)
def test_a_function_is_told_the_settings_that_it_reads_and_no_others(whole: Template, handler: Handler) -> None:
    told = set(properties(whole, handler.title)["Environment"]["Variables"])
    read = {VARIABLES[name] for name in settings_read(handler.module) - {"env", "separator"}}
    assert told == {"ENV", "TABLE_NAME_SEPARATOR", "POWERTOOLS_SERVICE_NAME", *read}


@pytest.mark.requirement("DEP-02", "DEP-D51")
def test_every_handler_of_the_package_is_a_function(deployer: Template) -> None:
    """a function of the core is not deployed, or the one that writes how a build ended"""
    with_handler = {path.stem for path in HANDLERS.glob("*.py") if "\ndef handler(" in path.read_text("utf-8")}
    assert with_handler == {handler.module for handler in (*FUNCTIONS, *OPTIONAL)}
    assert {each["Handler"] for each in of_type(deployer, "AWS::Lambda::Function").values()} == {
        f"handlers.{handler.module}.handler" for handler in FUNCTIONS
    }


def test_no_grant_belongs_to_a_function_that_is_not_there() -> None:
    titles = {handler.title for handler in (*FUNCTIONS, *OPTIONAL)}
    assert set(GRANTS) == titles
    assert set(NEVER_MADE) | set(BY_CLOUDFORMATION) | set(FOR_THE_CALLER) | set(OF_THE_TARGET) <= titles


@pytest.mark.requirement("DEP-26", "DEP-D65")
def test_a_role_is_passed_to_cloudformation_alone_and_it_is_the_administration_role(deployer: Template) -> None:
    """a function could hand itself, or another service, another role"""
    passing = [
        (title, each)
        for title in of_type(deployer, "AWS::IAM::Role")
        if "Policies" in properties(deployer, title)
        for each in statements(deployer, title)
        if "iam:PassRole" in actions(each)
    ]
    assert {title for title, _ in passing} == {"CreateStackSetRole", "DeployStackInstancesRole", "RevertTargetsRole"}
    for _, each in passing:
        assert resources(each) == [
            {"Fn::If": ["CreatesAdministrationRole", {"Fn::GetAtt": ["AdministrationRole", "Arn"]},
                        {"Ref": "AdministrationRoleArn"}]}
        ]  # fmt: skip
        assert each["Condition"] == {"StringEquals": {"iam:PassedToService": "cloudformation.amazonaws.com"}}


def test_everything_is_allowed_on_everything_only_where_aws_knows_no_resource(deployer: Template) -> None:
    wide = {
        action
        for title in of_type(deployer, "AWS::IAM::Role")
        if "Policies" in properties(deployer, title)
        for each in statements(deployer, title)
        if "*" in resources(each)
        for action in actions(each)
    }
    assert {each.partition(":")[0] for each in wide} == {"cloudformation", "logs", "xray"}
    assert {each for each in wide if each.startswith("cloudformation:")} == {
        "cloudformation:CreateStackSet",
        "cloudformation:GetTemplateSummary",
    }


def test_the_reader_of_calls_sees_what_a_function_does() -> None:
    """A reader that sees nothing would let any role pass."""
    assert calls("release_lock") == {Call("dynamodb:DeleteItem", "locks")}
    assert Call("cloudformation:DescribeStackEvents", "", in_target=True) in calls("check_stackset_status")
    assert Call("dynamodb:PutItem", "builds") in calls("s3_trigger")  # inside a transaction
    assert Call("cloudformation:DeleteStackInstances") in calls("deploy_stack_instances")  # looked up in a table
