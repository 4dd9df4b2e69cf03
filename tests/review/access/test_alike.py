"""What both trees share is not read, and nothing that it tells is lost by that."""

from __future__ import annotations

from typing import Any

import pytest

from stackgen.review.access import widened
from stackgen.review.access.names import moved
from stackgen.review.access.side import Alike, Side
from stackgen.review.evaluation.tree import Environment, Tree, evaluate
from stackgen.review.model import Build, Template
from tests.review.access.trees import ACCOUNT, allow, att, deny, policy, ref, resource, role

PLACE = Environment("dev", "eu-west-1", ACCOUNT, {})
BUCKET = resource("S3::Bucket", BucketName="data")
START: dict[str, Any] = {
    "Data": BUCKET,
    "Reader": role(allow("s3:GetObject", att("Data"))),
    "Writer": role(allow("s3:PutObject", "arn:aws:s3:::data/*"), RoleName="writer"),
    "Shared": resource("S3::BucketPolicy", Bucket="data", PolicyDocument=policy(allow("s3:*", Principal="*"))),
    "Group": resource("EC2::SecurityGroup", GroupName="web"),
    "Rule": resource("EC2::SecurityGroupIngress", GroupName="web", IpProtocol="tcp", FromPort=1, CidrIp="0.0.0.0/0"),
    "Runs": resource("Lambda::Function", Role=att("Writer"), VpcConfig={"SecurityGroupIds": [ref("Group")]}),
}
CHANGES: dict[str, dict[str, Any]] = {
    "nothing": {},
    "a bucket's name": {"Data": resource("S3::Bucket", BucketName="other")},
    "a role's name": {"Writer": role(allow("s3:PutObject", "arn:aws:s3:::data/*"), RoleName="author")},
    "a statement": {"Reader": role(allow("s3:*", att("Data")), deny("s3:DeleteBucket"))},
    "a group's name": {"Group": resource("EC2::SecurityGroup", GroupName="api")},
    "a rule": {"Rule": {**START["Rule"], "Properties": {**START["Rule"]["Properties"], "FromPort": 2}}},
    "a bucket's type": {"Data": resource("SNS::Topic", TopicName="data")},
    "members": {"User": resource("IAM::User", Groups=["admins"])},
}


def pair(change: dict[str, Any], *, shared: bool) -> tuple[Tree, Tree]:
    before, after = (
        Build("test", {"App": Template("App", "App.json", {"Resources": resources})})
        for resources in (START, {**START, **change})
    )
    first = evaluate(before, "App", PLACE)
    return first, evaluate(after, "App", PLACE, like=first if shared else None)


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_what_is_widened_is_the_same_whether_the_trees_share_or_not(change: dict[str, Any]) -> None:
    assert widened(*pair(change, shared=True)) == widened(*pair(change, shared=False))


@pytest.mark.parametrize(
    ("change", "other"),
    [
        ("nothing", set()),
        ("a statement", {"Reader"}),
        ("a bucket's name", {"Data", "Reader", "Shared"}),
        ("a group's name", {"Group", "Rule"}),
    ],
)
def test_a_resource_is_alike_that_is_shared_and_names_what_is_named_alike(change: str, other: set[str]) -> None:
    before, after = pair(CHANGES[change], shared=True)
    alike = Alike(Side.of(before, moved(before, after)), Side.of(after, {}))
    assert {each.logical_id for each in after.resources() if not alike(each)} == other
