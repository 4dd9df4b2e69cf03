"""Rules about functions: which image or runtime, how long, who keeps what they fail on, and custom resources."""

from __future__ import annotations

import pytest

from .kit import paths, seen

IMAGE = """
Parameters:
  Tag: {{Type: String, Default: latest}}
  Free: {{Type: String}}
Conditions: {{IsDigest: !Equals [!Ref Free, x]}}
Resources:
  Function:
    Type: AWS::Lambda::Function
    Properties: {{PackageType: Image, Code: {{ImageUri: {uri}}}}}
"""
REPOSITORY = "111111111111.dkr.ecr.us-east-1.amazonaws.com/validator"


@pytest.mark.parametrize(
    "uri",
    [
        f"{REPOSITORY}:latest",
        REPOSITORY,
        f"!Sub '{REPOSITORY}:${{Tag}}'",
        f"!Join [':', [{REPOSITORY}, !Ref Tag]]",
        f"!If [IsDigest, '{REPOSITORY}@sha256:1', '{REPOSITORY}:latest']",
        "public.ecr.aws/lambda/python:3.13",
        "docker.io/library/python:3.13",
    ],
)
def test_an_image_that_is_not_pinned_or_not_private_is_found(uri: str) -> None:
    assert len(paths(IMAGE.format(uri=uri), "E9106")) == 1


@pytest.mark.parametrize(
    "uri",
    [
        f"{REPOSITORY}:1.0.0",
        f"{REPOSITORY}@sha256:1",
        f"!Sub '{REPOSITORY}:${{Free}}'",
        "!Ref Free",
        "!ImportValue image",
        "!Sub '${Repository.RepositoryUri}:${Free}'",
    ],
)
def test_an_image_that_is_pinned_or_unknown_is_not_found(uri: str) -> None:
    assert not paths(IMAGE.format(uri=uri), "E9106")


def test_a_zip_is_found_where_only_images_may_be() -> None:
    template = "Resources: {Function: {Type: AWS::Serverless::Function, Properties: {CodeUri: ./code}}}"
    assert not seen(template, "E9106")
    (found,) = seen(template, "E9106", options={"E9106": {"images_only": True}})
    assert found.message == "Function is a zip file, not a container's image"


CUSTOM = """
Parameters: {{Seconds: {{Type: Number, Default: 60}}}}
Resources:
  Function: {{Type: AWS::Lambda::Function, Properties: {function}}}
  Made: {{Type: {type}, Properties: {{ServiceToken: !GetAtt Function.Arn{rest}}}}}
"""


@pytest.mark.parametrize(
    ("function", "rest", "message"),
    [
        ("{}", "", "Made has no ServiceTimeout: CloudFormation waits for an hour"),
        ("{}", ", ServiceTimeout: '301'", "Made is waited for 301 s, not 300 s at most"),
        ("{Timeout: !Ref Seconds}", ", ServiceTimeout: 30", "Made is waited for 30 s, but Function may run 60 s"),
    ],
)
def test_a_custom_resource_that_waits_too_long_or_too_short_is_found(function: str, rest: str, message: str) -> None:
    for kind in ("Custom::Made", "AWS::CloudFormation::CustomResource"):
        template = CUSTOM.format(function=function, rest=rest, type=kind)
        assert [each.message for each in seen(template, "E9109")] == [message]


def test_how_long_a_custom_resource_may_take_is_an_option_and_unknown_values_are_not_found() -> None:
    template = CUSTOM.format(function="{Timeout: !ImportValue a}", rest=", ServiceTimeout: 900", type="Custom::Made")
    assert not seen(template, "E9109", options={"E9109": {"longest": 900}})
    template = CUSTOM.format(function="{Timeout: 900}", rest=", ServiceTimeout: !ImportValue a", type="Custom::Made")
    assert not seen(template, "E9109")


def test_a_function_in_subnets_of_another_stack_may_answer() -> None:
    template = CUSTOM.format(
        function="{VpcConfig: {SubnetIds: !Split [',', !ImportValue subnets]}}", rest="", type="Custom::Made"
    )
    assert not seen(template, "E9110")


@pytest.mark.parametrize(
    ("log", "found"),
    [
        ("{LogGroupName: !Sub '/aws/lambda/${Function}'}", 0),
        ("{LogGroupName: !Join ['', [/aws/lambda/, !Ref Function]]}", 0),
        ("{LogGroupName: !Sub '/aws/lambda/work-${AWS::Region}'}", 0),
        ("{LogGroupName: /aws/lambda/other}", 1),
        ("{}", 1),
    ],
)
def test_a_log_group_is_a_functions_by_its_name(log: str, found: int) -> None:
    template = f"""
    Resources:
      Log: {{Type: AWS::Logs::LogGroup, Properties: {log}}}
      Function:
        Type: AWS::Serverless::Function
        Properties: {{Tracing: Active, FunctionName: !Sub 'work-${{AWS::Region}}'}}
    """
    assert len(seen(template, "W9139")) == found


EVENT = """
Globals: {{Function: {{Tracing: Active, LoggingConfig: {{LogGroup: a}}}}}}
Transform: AWS::Serverless-2016-10-31
Resources:
  Function:
    Type: AWS::Serverless::Function
    Properties:
      Events: {{Daily: {{Type: {event}, Properties: {{Schedule: rate(1 day)}}}}}}
      {keeps}
"""


@pytest.mark.parametrize(
    ("event", "keeps", "found"),
    [
        ("Schedule", "Timeout: 3", 1),
        ("HttpApi", "Timeout: 3", 0),
        ("SQS", "Timeout: 3", 0),
        ("SNS", "DeadLetterQueue: {Type: SQS, TargetArn: arn}", 0),
        ("S3", "EventInvokeConfig: {DestinationConfig: {OnFailure: {Type: SQS}}}", 0),
        ("S3", "EventInvokeConfig: {MaximumRetryAttempts: 0}", 1),
    ],
)
def test_a_function_keeps_the_events_that_nobody_waits_for(event: str, keeps: str, found: int) -> None:
    assert len(seen(EVENT.format(event=event, keeps=keeps), "W9139")) == found


def test_a_destination_beside_the_function_keeps_its_events_too() -> None:
    template = """
    Resources:
      Function: {Type: AWS::Lambda::Function, Properties: {TracingConfig: {Mode: Active}, LoggingConfig: {LogGroup: a}}}
      Rule: {Type: AWS::Events::Rule, Properties: {Targets: [{Arn: !GetAtt Function.Arn, Id: a}]}}
      Kept:
        Type: AWS::Lambda::EventInvokeConfig
        Properties: {FunctionName: !Ref Function, DestinationConfig: {OnFailure: {Destination: arn}}}
    """
    assert not seen(template, "W9139")
    (found,) = seen(template.replace("OnFailure", "OnSuccess"), "W9139")
    assert found.message == "Function loses what Rule gives it, where it fails: it has no queue or destination"
    assert seen(template, "W9139", options={"W9139": {"reserved_concurrency": True}})


def test_memory_and_timeout_of_sams_globals_count() -> None:
    template = """
    Transform: AWS::Serverless-2016-10-31
    Globals: {Function: {Timeout: 30}}
    Resources: {Function: {Type: AWS::Serverless::Function, Properties: {CodeUri: a}}}
    """
    assert [each.message for each in seen(template, "W9170")] == ["Function does not say its MemorySize"]


@pytest.mark.parametrize(
    ("today", "days", "found"), [("2029-03-01", 90, 0), ("2029-05-01", 90, 1), ("2029-06-01", 10, 0)]
)
def test_the_end_of_a_runtime_is_told_as_long_before_as_is_asked_for(today: str, days: int, found: int) -> None:
    template = """
    Parameters: {Runtime: {Type: String, Default: python3.13}}
    Resources: {Function: {Type: AWS::Lambda::Function, Properties: {Runtime: !Ref Runtime}}}
    """
    assert len(seen(template, "W9160", options={"W9160": {"today": today, "days": days}})) == found
