"""Where templates are read from, and what CloudFormation makes of them before it touches anything."""

from __future__ import annotations

import json
from typing import Any

import pytest
from botocore.exceptions import ClientError

from stackgen.local.cloud import Cloud
from tests.local.formation.trees import Forest, Template, parameter, template, texts

OTHER = "222222222222"


@pytest.mark.parametrize(
    "host",
    [
        "https://{bucket}.s3.{region}.amazonaws.com/{key}",
        "https://{bucket}.s3-{region}.amazonaws.com/{key}",
        "https://{bucket}.s3.amazonaws.com/{key}",
        "https://s3.{region}.amazonaws.com/{bucket}/{key}",
        "https://s3.amazonaws.com/{bucket}/{key}",
    ],
)
def test_a_template_is_read_by_every_form_of_its_url(forest: Forest, host: str) -> None:
    forest.put("folder/a+b.json", template({"Value": parameter()}))
    url = host.format(bucket=forest.bucket, region=forest.region, key="folder/a%2Bb.json")
    forest.stacks.create_stack(StackName="root", TemplateURL=url)
    assert forest.status() == "CREATE_COMPLETE"


def test_a_bucket_is_read_at_the_endpoint_of_its_own_region_only(cloud: Cloud) -> None:
    ireland = Forest(cloud, region="eu-west-1", bucket="irish")
    ireland.put("t.json", template({"Value": parameter()}))
    with pytest.raises(ClientError, match="must be addressed using the specified endpoint"):
        ireland.stacks.create_stack(StackName="root", TemplateURL="https://irish.s3.us-east-1.amazonaws.com/t.json")


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("https://templates.s3.us-east-1.amazonaws.com/nobody.json", "The specified key does not exist"),
        ("https://nobody.s3.us-east-1.amazonaws.com/t.json", "The specified bucket does not exist"),
    ],
)
def test_a_template_that_is_not_there_is_told_in_the_words_of_s3(forest: Forest, url: str, said: str) -> None:
    with pytest.raises(ClientError, match=f"S3 error: {said}"):
        forest.stacks.create_stack(StackName="root", TemplateURL=url)


def test_another_account_reads_a_template_only_where_the_bucket_lets_it(forest: Forest) -> None:
    url = forest.put("t.json", template({"Value": parameter()}))
    stacks = forest.cloud.client("cloudformation", OTHER)
    with pytest.raises(ClientError, match="S3 error: Access Denied"):
        stacks.create_stack(StackName="theirs", TemplateURL=url)
    statement = {
        "Effect": "Allow",
        "Principal": {"AWS": f"arn:aws:iam::{OTHER}:root"},
        "Action": "s3:GetObject",
        "Resource": f"arn:aws:s3:::{forest.bucket}/*",
    }
    forest.client("s3").put_bucket_policy(
        Bucket=forest.bucket, Policy=json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    )
    stacks.create_stack(StackName="theirs", TemplateURL=url)
    assert stacks.describe_stacks(StackName="theirs")["Stacks"][0]["StackStatus"] == "CREATE_COMPLETE"


REGIONAL = {
    "Mappings": {"Zones": {"us-east-1": {"Count": "3"}, "eu-west-1": {"Count": "2"}}},
    "Parameters": texts(Tag="sha256:abc", Empty="", Names="a,b"),
}
CONDITIONS: dict[str, tuple[Any, bool]] = {
    "a pseudo parameter": ({"Fn::Equals": [{"Ref": "AWS::Region"}, "us-east-1"]}, True),
    "a part of a split text": (
        {"Fn::Equals": [{"Fn::Select": [0, {"Fn::Split": [":", {"Ref": "Tag"}]}]}, "sha256"]}, True,
    ),
    "a mapping": ({"Fn::Equals": [{"Fn::FindInMap": ["Zones", {"Ref": "AWS::Region"}, "Count"]}, "3"]}, True),
    "a substitution": ({"Fn::Equals": [{"Fn::Sub": "${AWS::Region}-x"}, "us-east-1-x"]}, True),
    "a joined text": ({"Fn::Equals": [{"Fn::Join": ["", ["", {"Ref": "Empty"}]]}, ""]}, True),
    "not an empty text": ({"Fn::Not": [{"Fn::Equals": [{"Ref": "Empty"}, ""]}]}, False),
    "and of or": (
        {"Fn::And": [{"Fn::Or": [{"Condition": "Never"}, {"Condition": "Ever"}]}, {"Condition": "Ever"}]}, True,
    ),
    "and": ({"Fn::And": [{"Condition": "Ever"}, {"Condition": "Never"}]}, False),
}  # fmt: skip


@pytest.mark.parametrize(("condition", "holds"), CONDITIONS.values(), ids=CONDITIONS)
def test_a_condition_is_evaluated_with_every_function_that_it_may_use(
    forest: Forest, condition: Any, holds: bool
) -> None:
    conditions = {
        "Asked": condition,
        "Ever": {"Fn::Equals": ["a", "a"]},
        "Never": {"Fn::Equals": ["a", "b"]},
    }
    made = template(
        {"Base": parameter("base"), "Asked": parameter("asked", Condition="Asked")}, Conditions=conditions, **REGIONAL
    )
    forest.create(made)
    assert ("asked" in forest.values()) is holds


REFUSED: dict[str, tuple[Template, dict[str, str], str]] = {
    "an unknown type": (
        template({"X": {"Type": "AWS::Made::Up"}}), {}, r"Unrecognized resource types: \[AWS::Made::Up\]",
    ),
    "an unknown type of CloudFormation's own": (
        template({"X": {"Type": "AWS::CloudFormation::Nonsense"}}), {}, "Unrecognized resource types",
    ),
    "a reference to nothing": (
        template({"X": parameter({"Ref": "Nobody"})}), {},
        r"Unresolved resource dependencies \[Nobody\] in the Resources block of the template",
    ),
    "an attribute of nothing": (
        template({"X": parameter()}, outputs={"O": {"Fn::GetAtt": ["Nobody", "Arn"]}}), {},
        r"Unresolved resource dependencies \[Nobody\] in the Outputs block",
    ),
    "a variable of a text that is nothing": (
        template({"X": parameter({"Fn::Sub": "${Nobody}"})}), {}, r"Unresolved resource dependencies \[Nobody\]",
    ),
    "a dependency on nothing": (
        template({"X": parameter(DependsOn="Nobody")}), {}, r"Unresolved resource dependencies \[Nobody\]",
    ),
    "no value": (
        template({"X": parameter()}, Parameters=texts("A", "B")), {}, r"Parameters: \[A, B\] must have values",
    ),
    "a value for nothing": (
        template({"X": parameter()}), {"Z": "1"}, r"Parameters: \[Z\] do not exist in the template",
    ),
    "a value that is not allowed": (
        template({"X": parameter()}, Parameters={"A": {"Type": "String", "AllowedValues": ["x"]}}), {"A": "y"},
        "AllowedValues",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("made", "values", "said"), REFUSED.values(), ids=REFUSED)
def test_a_template_that_cannot_be_right_makes_no_stack(
    forest: Forest, made: Template, values: dict[str, str], said: str
) -> None:
    with pytest.raises(ClientError, match=said) as refused:
        forest.create(made, values=values)
    assert refused.value.response["Error"]["Code"] == "ValidationError"
    assert forest.living() == []


def test_iam_needs_its_capability(forest: Forest) -> None:
    role = {"Type": "AWS::IAM::Role", "Properties": {"AssumeRolePolicyDocument": {"Statement": []}}}
    with pytest.raises(ClientError, match="InsufficientCapabilitiesException"):
        forest.create(template({"Role": role}))
    assert forest.create(template({"Role": role}), Capabilities=["CAPABILITY_IAM"]) == "CREATE_COMPLETE"
