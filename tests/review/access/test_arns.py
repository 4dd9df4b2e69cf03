"""The ARN of a resource, however it is written."""

from __future__ import annotations

from typing import Any

import pytest

from stackgen.review.access import widened
from stackgen.review.evaluation.tree import Environment, evaluate
from stackgen.review.model import Build, Template
from tests.review.access.trees import ACCOUNT, allow, att, change, ref, resource, role, trust

HERE = "${AWS::Region}:${AWS::AccountId}"
THERE = f"eu-west-1:{ACCOUNT}"
FORMS = [
    ("S3::Bucket", "BucketName", "arn:aws:s3:::{}", "${It}", "${It.Arn}"),
    ("SQS::Queue", "QueueName", "arn:aws:sqs:{here}:{}", "${It.QueueName}", "${It.Arn}"),
    ("SNS::Topic", "TopicName", "arn:aws:sns:{here}:{}", "${It.TopicName}", "${It}"),
    ("SNS::Topic", "TopicName", "arn:aws:sns:{here}:{}", "${It.TopicName}", "${It.TopicArn}"),
    ("DynamoDB::Table", "TableName", "arn:aws:dynamodb:{here}:table/{}", "${It}", "${It.Arn}"),
    ("DynamoDB::GlobalTable", "TableName", "arn:aws:dynamodb:{here}:table/{}", "${It}", "${It.Arn}"),
    ("IAM::Role", "RoleName", "arn:aws:iam::${{AWS::AccountId}}:role/{}", "${It}", "${It.Arn}"),
    ("IAM::User", "UserName", "arn:aws:iam::${{AWS::AccountId}}:user/{}", "${It}", "${It.Arn}"),
    ("IAM::Group", "GroupName", "arn:aws:iam::${{AWS::AccountId}}:group/{}", "${It}", "${It.Arn}"),
    ("Lambda::Function", "FunctionName", "arn:aws:lambda:{here}:function:{}", "${It}", "${It.Arn}"),
    ("KMS::Key", "", "arn:aws:kms:{here}:key/{}", "${It.KeyId}", "${It.Arn}"),
    ("Kinesis::Stream", "Name", "arn:aws:kinesis:{here}:stream/{}", "${It}", "${It.Arn}"),
    ("Logs::LogGroup", "LogGroupName", "arn:aws:logs:{here}:log-group:{}:*", "${It}", "${It.Arn}"),
    ("ECR::Repository", "RepositoryName", "arn:aws:ecr:{here}:repository/{}", "${It}", "${It.Arn}"),
    ("Events::EventBus", "Name", "arn:aws:events:{here}:event-bus/{}", "${It.Name}", "${It.Arn}"),
    ("StepFunctions::StateMachine", "StateMachineName", "arn:aws:states:{here}:stateMachine:{}", "${It.Name}", "${It}"),
]


def role_on(arn: str) -> dict[str, Any]:
    return role(allow("x:*", {"Fn::Sub": arn}))


@pytest.mark.parametrize("row", FORMS, ids=lambda row: f"{row[0]} {row[4]}")
@pytest.mark.parametrize("environment", [Environment("dev", "eu-west-1", ACCOUNT, {}), Environment()])
def test_an_arn_that_is_spelled_out_is_the_same(row: tuple[str, str, str, str, str], environment: Environment) -> None:
    kind, given, form, name, arn = row

    def made(text: str) -> Any:
        resources = {"It": resource(kind, **({given: "thing"} if given else {})), "Role": role_on(text)}
        template = Template("App", "App.json", {"Resources": resources})
        return evaluate(Build("test", {"App": template}), "App", environment)

    spelled = form.format(name, here=HERE)
    named = form.format("thing", here=HERE)
    partition = spelled.replace("arn:aws:", "arn:${AWS::Partition}:")
    for one, other in [(arn, spelled), (arn, partition), *([(arn, named), (spelled, named)] if given else [])]:
        assert widened(made(one), made(other)) == []
        assert widened(made(other), made(one)) == []
    assert widened(made(named), made("*"))


@pytest.mark.parametrize(
    ("before", "after", "certain"),
    [
        ("arn:aws:s3:::other/*", "${Bucket.Arn}/*", True),
        ("${Bucket.Arn}/*", "arn:aws:s3:::other/*", True),
        ("arn:aws:s3:::bkt/logs/*", "${Bucket.Arn}/*", True),
        ("arn:aws:s3:::other/*", "${Made.Arn}/*", False),
        ("arn:aws:sqs:us-east-1:111111111111:q", "${Queue.Arn}", True),
        (f"arn:aws:sqs:{THERE}:x-*", "${Queue.Arn}", False),
    ],
)
def test_another_arn_is_a_widening(before: str, after: str, certain: bool) -> None:
    start = {"Bucket": BUCKET, "Made": resource("S3::Bucket"), "Queue": resource("SQS::Queue")}
    found = change(start | {"Role": role_on(before)}, start | {"Role": role_on(after)})
    assert [each.certain for each in found] == [certain]


BUCKET = resource("S3::Bucket", BucketName="bkt")


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ({"Bucket": BUCKET}, {"Bucket": resource("S3::Bucket", BucketName="other")}),
        ({"Bucket": resource("S3::Bucket")}, {"Bucket": BUCKET}),
    ],
)
def test_a_bucket_with_another_name_is_still_the_same(before: dict[str, Any], after: dict[str, Any]) -> None:
    access = {"Role": role_on("${Bucket.Arn}/*")}
    assert change(before | access, after | access) == []


def test_a_bucket_of_the_same_name_under_another_logical_id_is_the_same() -> None:
    before = {"Bucket": BUCKET, "Role": role_on("${Bucket.Arn}/*")}
    assert change(before, {"Renamed": BUCKET, "Role": role_on("${Renamed.Arn}/*")}) == []


@pytest.mark.parametrize("wide", ["arn:aws:s3:::*", "arn:aws:s3:::bk*/*", "arn:aws:s3:::b?t/*"])
def test_a_pattern_that_fits_the_arn_covers_it(wide: str) -> None:
    start = {"Bucket": BUCKET}
    assert change(start | {"Role": role_on(wide)}, start | {"Role": role_on("${Bucket.Arn}/*")}) == []


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (att("It"), f"arn:aws:iam::{ACCOUNT}:role/team/it"),
        (f"arn:aws:iam::{ACCOUNT}:role/team/it", att("It")),
        (att("It"), {"Fn::Sub": "arn:${AWS::Partition}:iam::${AWS::AccountId}:role/team/${It}"}),
    ],
)
def test_a_role_with_a_path_is_the_same_principal(before: Any, after: Any) -> None:
    it = {"It": role(RoleName="it", Path="/team/")}
    first, second = (it | {"Role": role(AssumeRolePolicyDocument=trust({"AWS": each}))} for each in (before, after))
    assert change(first, second) == []


@pytest.mark.parametrize("environment", [Environment("dev", "eu-west-1", ACCOUNT, {}), Environment()])
def test_a_role_of_an_account_that_was_trusted_is_no_certain_widening(environment: Environment) -> None:
    def made(principal: Any) -> Any:
        resources = {"It": role(), "Role": role(AssumeRolePolicyDocument=trust({"AWS": principal}))}
        template = Template("App", "App.json", {"Resources": resources})
        return evaluate(Build("test", {"App": template}), "App", environment)

    root = {"Fn::Sub": "arn:aws:iam::${AWS::AccountId}:root"}
    for whole in (root, ref("AWS::AccountId")):
        assert [each.certain for each in widened(made(whole), made(att("It")))] == [False]
