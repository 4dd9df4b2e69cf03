"""Who may use a bucket, queue, key or role, and could not before."""

from __future__ import annotations

import json
from typing import Any

import pytest

from stackgen.policy_documents import DOCUMENTS
from stackgen.review.access import Severity, narrowed
from tests.review.access.trees import (
    ACCOUNT,
    OTHER,
    allow,
    att,
    change,
    deny,
    policy,
    ref,
    resource,
    role,
    texts,
    tree,
    trust,
)

BUCKET = resource("S3::Bucket")
OBJECTS = {"Fn::Sub": "${Bucket.Arn}/*"}
NOT_TLS = {"Bool": {"aws:SecureTransport": "false"}}
SOURCE = {"ArnLike": {"aws:SourceArn": "arn:aws:s3:::logs"}}


def trusts(before: Any, after: Any, **more: Any) -> list[tuple[str, Severity]]:
    found = change(
        {"Role": role(AssumeRolePolicyDocument=trust(before))},
        {"Role": role(AssumeRolePolicyDocument=trust(after, **more))},
    )
    return [(each.text, each.severity) for each in found]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("*", {"AWS": "*"}),
        ({"AWS": "*"}, "*"),
        ("*", {"AWS": OTHER}),
        ({"AWS": OTHER}, {"AWS": f"arn:aws:iam::{OTHER}:root"}),
        ({"AWS": [OTHER, ACCOUNT]}, {"AWS": [ACCOUNT]}),
        ({"Service": ["a.amazonaws.com", "b.amazonaws.com"]}, {"Service": "b.amazonaws.com"}),
        ({"Service": "a.amazonaws.com", "AWS": OTHER}, {"AWS": OTHER}),
    ],
)
def test_the_same_or_less_trust_is_no_widening(before: Any, after: Any) -> None:
    assert trusts(before, after) == []


LAMBDA = {"Service": "lambda.amazonaws.com"}


@pytest.mark.parametrize(
    ("after", "text", "severity"),
    [
        ("*", "everybody (`*`) may now assume `App/Role`", Severity.OPEN),
        ({"AWS": OTHER}, f"`account {OTHER}` may now assume `App/Role`", Severity.POWERFUL),
        (
            {"AWS": f"arn:aws:iam::{OTHER}:role/x"},
            f"`arn:aws:iam::{OTHER}:role/x` may now assume `App/Role`",
            Severity.POWERFUL,
        ),
        ({"AWS": ACCOUNT}, f"`account {ACCOUNT}` may now assume `App/Role`", Severity.WIDER),
        ({"Service": "ec2.amazonaws.com"}, "`ec2.amazonaws.com` may now assume `App/Role`", Severity.WIDER),
        (
            {"Federated": "cognito-identity.amazonaws.com"},
            "`cognito-identity.amazonaws.com` may now assume `App/Role`",
            Severity.WIDER,
        ),
    ],
)
def test_more_trust_is_a_widening(after: Any, text: str, severity: Severity) -> None:
    assert trusts(LAMBDA, after) == [(text, severity)]


def test_everybody_under_a_condition_is_not_everybody() -> None:
    condition = {"StringEquals": {"aws:PrincipalOrgID": "o-1"}}
    assert trusts(LAMBDA, "*", Condition=condition) == [
        ("everybody (`*`) may now assume `App/Role` if StringEquals aws:PrincipalOrgID o-1", Severity.WIDER)
    ]


def test_a_principal_of_an_account_that_is_trusted_already_may_be_more() -> None:
    before = role(AssumeRolePolicyDocument=trust({"AWS": OTHER}))
    after = role(AssumeRolePolicyDocument=trust({"AWS": f"arn:aws:iam::{OTHER}:role/x"}))
    assert [each.certain for each in change({"Role": before}, {"Role": after})] == [False]


def bucket(*statements: Any) -> dict[str, Any]:
    resources = {"Bucket": BUCKET, "Reader": role()}
    if statements:
        resources["Access"] = resource("S3::BucketPolicy", Bucket=ref("Bucket"), PolicyDocument=policy(*statements))
    return resources


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        (
            [],
            [allow("s3:GetObject", OBJECTS, Principal="*")],
            [("everybody (`*`) may now `s3:GetObject` on `${Bucket.Arn}/*` of `App/Bucket`", Severity.OPEN)],
        ),
        (
            [],
            [allow("s3:*", att("Bucket"), Principal={"AWS": att("Reader")})],
            [("`Reader.Arn` may now `s3:*` on `Bucket.Arn` of `App/Bucket`", Severity.WIDER)],
        ),
        (
            [],
            [allow("s3:*", att("Bucket"), Principal={"AWS": OTHER})],
            [(f"`account {OTHER}` may now `s3:*` on `Bucket.Arn` of `App/Bucket`", Severity.POWERFUL)],
        ),
        ([allow("s3:*", Principal={"AWS": OTHER})], [allow("s3:GetObject", OBJECTS, Principal={"AWS": OTHER})], []),
        (
            [deny("s3:*", Principal="*", Condition=NOT_TLS)],
            [],
            [
                (
                    (
                        "a policy of `App/Bucket` no longer denies `s3:*` on `*` "
                        "to everybody (`*`) if Bool aws:SecureTransport false"
                    ),
                    Severity.WIDER,
                )
            ],
        ),
        ([], [deny("s3:*", Principal="*", Condition=NOT_TLS)], []),
        ([deny("s3:*", NotPrincipal={"AWS": OTHER})], [deny("s3:*", Principal="*")], []),
        (
            [deny("s3:*", Principal="*")],
            [deny("s3:*", NotPrincipal={"AWS": OTHER})],
            [("a policy of `App/Bucket` no longer denies `s3:*` on `*` to everybody (`*`)", Severity.WIDER)],
        ),
        (
            [],
            [allow("s3:*", NotPrincipal={"AWS": OTHER})],
            [(f"all but `account {OTHER}` may now `s3:*` on `App/Bucket`", Severity.OPEN)],
        ),
    ],
)
def test_bucket_policies(before: list[Any], after: list[Any], expected: list[tuple[str, Severity]]) -> None:
    assert [(each.text, each.severity) for each in change(bucket(*before), bucket(*after))] == expected


def test_a_bucket_is_known_by_its_name_too() -> None:
    name = {"Fn::Sub": "logs-${AWS::StackName}"}
    made = {
        "Bucket": resource("S3::Bucket", BucketName=name),
        "Access": resource("S3::BucketPolicy", Bucket=name, PolicyDocument=policy(allow("s3:*", Principal="*"))),
    }
    assert texts(change({}, made)) == ["new `App/Bucket` lets everybody (`*`) `s3:*` on `App/Bucket`"]


def test_the_policy_of_a_bucket_that_goes_is_no_widening() -> None:
    assert change(bucket(deny("s3:*", Principal="*")), {"Reader": role()}) == []


CONDITIONS: list[tuple[dict[str, Any], dict[str, Any], bool | None]] = [
    (SOURCE, SOURCE, True),
    ({"ArnLike": {"AWS:SourceArn": "arn:aws:s3:::logs"}}, SOURCE, True),
    ({"ArnLike": {"aws:SourceArn": ["arn:aws:s3:::logs", "arn:aws:s3:::x"]}}, SOURCE, True),
    (SOURCE, {"ArnLike": {"aws:SourceArn": ["arn:aws:s3:::logs", "arn:aws:s3:::x"]}}, False),
    (SOURCE, {"ArnLike": {"aws:SourceArn": "arn:aws:s3:::*"}}, False),
    ({"ArnLike": {"aws:SourceArn": "arn:aws:s3:::*"}}, SOURCE, True),
    (SOURCE, {}, False),
    ({}, SOURCE, True),
    (SOURCE, {**SOURCE, "StringEquals": {"aws:SourceAccount": ACCOUNT}}, True),
    ({**SOURCE, "StringEquals": {"aws:SourceAccount": ACCOUNT}}, SOURCE, False),
    ({"StringLike": {"s3:prefix": "home/*"}}, {"StringEquals": {"s3:prefix": "home/a"}}, True),
    ({"StringEquals": {"s3:prefix": "home/*"}}, {"StringLike": {"s3:prefix": "home/*"}}, None),
    ({"StringEqualsIfExists": {"aws:x": "1"}}, {"StringEquals": {"aws:x": "1"}}, True),
    ({"StringEquals": {"aws:x": "1"}}, {"StringEqualsIfExists": {"aws:x": "1"}}, False),
    ({"StringNotEquals": {"aws:x": ["1", "2"]}}, {"StringNotEquals": {"aws:x": "1"}}, False),
    ({"StringNotEquals": {"aws:x": "1"}}, {"StringNotEquals": {"aws:x": ["1", "2"]}}, True),
    ({"IpAddress": {"aws:SourceIp": "10.0.0.0/8"}}, {"IpAddress": {"aws:SourceIp": "10.1.0.0/16"}}, True),
    ({"IpAddress": {"aws:SourceIp": "10.1.0.0/16"}}, {"IpAddress": {"aws:SourceIp": "10.0.0.0/8"}}, False),
    ({"NotIpAddress": {"aws:SourceIp": "10.1.0.0/16"}}, {"NotIpAddress": {"aws:SourceIp": "10.0.0.0/8"}}, True),
    ({"NumericLessThan": {"s3:max-keys": "10"}}, {"NumericLessThan": {"s3:max-keys": "5"}}, None),
    ({"Bool": {"aws:SecureTransport": True}}, {"Bool": {"aws:SecureTransport": "true"}}, True),
    ({"Bool": {"aws:SecureTransport": "true"}}, {"Bool": {"aws:SecureTransport": "false"}}, False),
    ({"ForAnyValue:StringEquals": {"aws:k": ["a", "b"]}}, {"ForAnyValue:StringEquals": {"aws:k": ["a"]}}, True),
    ({"ForAllValues:StringEquals": {"aws:k": ["a"]}}, {"ForAllValues:StringEquals": {"aws:k": ["a", "b"]}}, None),
    ({"StringEquals": "broken"}, {"StringEquals": "broken"}, True),
]


@pytest.mark.parametrize(("before", "after", "covered"), CONDITIONS)
def test_a_condition_that_asks_for_less_is_a_widening(
    before: dict[str, Any], after: dict[str, Any], covered: bool | None
) -> None:
    def queue(condition: dict[str, Any]) -> dict[str, Any]:
        document = policy(allow("sqs:SendMessage", Principal="*", Condition=condition))
        return {
            "Queue": resource("SQS::Queue"),
            "Access": resource("SQS::QueuePolicy", Queues=[ref("Queue")], PolicyDocument=document),
        }

    found = change(queue(before), queue(after))
    assert [each.certain for each in found] == ([] if covered is True else [covered is False])


STAR = policy(allow("*", Principal="*"))


def nest(path: str, value: Any) -> dict[str, Any]:
    name, _, rest = path.partition(".")
    inner = nest(rest, value) if rest else value
    return {name.removesuffix("[]"): [inner] if name.endswith("[]") else inner}


PLACES = [
    (kind, document)
    for kind, documents in DOCUMENTS.items()
    for document in documents
    if document.kind == "resource policy"
]


@pytest.mark.parametrize(("kind", "document"), PLACES, ids=[f"{kind} {document.path}" for kind, document in PLACES])
def test_a_policy_that_opens_any_type_is_found(kind: str, document: Any) -> None:
    short = kind.removeprefix("AWS::")
    holders = {path: "outside" for path, _ in document.holders}
    before = {"It": resource(short, **holders)}
    for written in (STAR, json.dumps(STAR)):
        after = {"It": resource(short, **holders, **nest(document.path, written))}
        found = [each for each in change(before, after) if each.kind == "resource policy"]
        assert [each.severity for each in found] == [Severity.OPEN]
        assert change(after, after) == []


def test_a_policy_that_is_a_text_with_references_is_read() -> None:
    document = json.dumps(policy(allow("logs:PutLogEvents", "${Group.Arn}", Principal={"AWS": OTHER})))
    before = {"Group": resource("Logs::LogGroup"), "Access": resource("Logs::ResourcePolicy", PolicyDocument="{}")}
    after = before | {"Access": resource("Logs::ResourcePolicy", PolicyDocument={"Fn::Sub": document})}
    assert texts(change(before, after)) == [
        f"`account {OTHER}` may now `logs:PutLogEvents` on `Group.Arn` of `App/Access`"
    ]


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ({}, {"Principal": "s3.amazonaws.com"}, ["`s3.amazonaws.com` may now `lambda:InvokeFunction` on `App/F`"]),
        ({"Principal": "s3.amazonaws.com"}, {"Principal": "s3.amazonaws.com", "SourceArn": "arn:aws:s3:::a"}, []),
        (
            {"Principal": "s3.amazonaws.com", "SourceArn": "arn:aws:s3:::a"},
            {"Principal": "s3.amazonaws.com"},
            [
                (
                    "`s3.amazonaws.com` may now `lambda:InvokeFunction` on `App/F` "
                    "without the condition `ArnLike AWS:SourceArn arn:aws:s3:::a`"
                )
            ],
        ),
        ({}, {"Principal": "*"}, ["everybody (`*`) may now `lambda:InvokeFunction` on `App/F`"]),
        ({"Principal": OTHER}, {"Principal": f"arn:aws:iam::{OTHER}:root"}, []),
    ],
)
def test_permissions_of_functions(before: dict[str, Any], after: dict[str, Any], expected: list[str]) -> None:
    def function(given: dict[str, Any]) -> dict[str, Any]:
        made = {"F": resource("Lambda::Function")}
        if given:
            made["P"] = resource("Lambda::Permission", FunctionName=ref("F"), Action="lambda:InvokeFunction", **given)
        return made

    assert texts(change(function(before), function(after))) == expected


@pytest.mark.parametrize(
    ("kind", "properties"),
    [
        (
            "Lambda::LayerVersionPermission",
            {"LayerVersionArn": "arn:layer", "Principal": "*", "Action": "lambda:GetLayerVersion"},
        ),
        ("Events::EventBusPolicy", {"StatementId": "x", "Principal": "*", "Action": "events:PutEvents"}),
        ("Events::EventBusPolicy", {"StatementId": "x", "Statement": allow("events:PutEvents", Principal="*")}),
        ("EC2::VPCEndpointServicePermissions", {"ServiceId": "vpce-svc-1", "AllowedPrincipals": ["*"]}),
    ],
)
def test_resources_that_are_one_statement(kind: str, properties: dict[str, Any]) -> None:
    assert [each.severity for each in change({}, {"P": resource(kind, **properties)})] == [Severity.OPEN]


def test_a_share_with_another_account_is_grave() -> None:
    share = resource("RAM::ResourceShare", Principals=[OTHER], ResourceArns=["arn:x"], AllowExternalPrincipals=False)
    assert [each.severity for each in change({}, {"S": share})] == [Severity.POWERFUL]


def test_an_endpoint_without_a_policy_lets_everything_through() -> None:
    narrow = resource("EC2::VPCEndpoint", PolicyDocument=policy(allow("s3:GetObject", Principal="*")))
    wide = resource("EC2::VPCEndpoint")
    assert texts(change({"E": narrow}, {"E": wide})) == ["everybody (`*`) may now `*` on `*` through `App/E`"]
    assert change({"E": wide}, {"E": narrow}) == []
    assert len(narrowed(tree({"E": wide}), tree({"E": narrow}))) == 1
    assert change({}, {"E": wide}) == []


def test_a_new_key_is_shown_once() -> None:
    key = resource("KMS::Key", KeyPolicy=policy(allow("kms:*", Principal={"AWS": ACCOUNT})))
    assert texts(change({}, {"Key": key})) == [f"new `App/Key` lets `account {ACCOUNT}` `kms:*` on `App/Key`"]
