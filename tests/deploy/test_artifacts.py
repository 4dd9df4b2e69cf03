"""Where templates must lie: which bucket and key, whose bucket, how it is set up, and that nothing is put twice."""

from __future__ import annotations

import json
from typing import Any

import pytest
from botocore.exceptions import ClientError

from stackgen.deploy.artifacts import ArtifactError, Upload, digest_of, missing, uploads, url_of
from stackgen.deploy.buckets import bucket_of
from stackgen.local.faults import Fail
from stackgen.review.model import Build, Template

from .deployed import ACCOUNT, BUCKET, REGION, Deployed, named, target, templates


def put(shop: Deployed) -> list[str]:
    actions = missing(uploads(shop.build, target()), ACCOUNT, REGION, shop.client("s3"))
    for each in actions:
        shop.perform(each)
    return [each.operation for each in actions]


@pytest.mark.requirement("PP-09", "PP-12", "PP-13")
def test_the_bucket_is_made_locked_down_and_all_templates_are_put_there(shop: Deployed) -> None:
    """The bucket is missing or open to the public, or a template of the tree is not in it, the master among them."""
    assert put(shop)[0] == "create_bucket"
    s3 = shop.client("s3")
    for name, template in shop.build.templates.items():
        found = s3.get_object(Bucket=BUCKET, Key=f"{name}/{digest_of(template.text)}.json")
        assert found["Body"].read().decode() == template.text
        assert found["ContentType"] == "application/json"
    assert all(s3.get_public_access_block(Bucket=BUCKET)["PublicAccessBlockConfiguration"].values())
    assert bucket_of("shop", REGION, ACCOUNT) == BUCKET
    assert put(shop) == []


def test_only_what_changed_is_put_again(shop: Deployed) -> None:
    put(shop)
    changed = shop.with_build(queues={"More": {"Type": "AWS::SQS::Queue"}})
    actions = missing(uploads(changed.build, target()), ACCOUNT, REGION, shop.client("s3"))
    assert [each.parameters["Key"].rpartition("/")[0] for each in actions] == ["shop/shop-stack", "shop/queues"]
    assert all(each.parameters["ExpectedBucketOwner"] == ACCOUNT for each in actions)


def test_a_bucket_that_is_there_gets_what_it_lacks_and_keeps_what_somebody_decided(shop: Deployed) -> None:
    s3 = shop.client("s3")
    s3.create_bucket(Bucket=BUCKET)
    statement = {
        "Effect": "Deny",
        "Principal": "*",
        "Action": "s3:DeleteObject",
        "Resource": f"arn:aws:s3:::{BUCKET}/*",
    }
    policy = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    s3.put_bucket_policy(Bucket=BUCKET, Policy=policy)
    made = put(shop)
    assert "put_bucket_policy" not in made
    assert {"put_bucket_versioning", "put_public_access_block", "put_bucket_lifecycle_configuration"} <= set(made)
    assert json.loads(s3.get_bucket_policy(Bucket=BUCKET)["Policy"]) == json.loads(policy)


def test_a_bucket_in_another_region_says_so_when_it_is_made(shop: Deployed) -> None:
    (create, *_) = missing(uploads(templates(), target()), ACCOUNT, "eu-west-1", shop.client("s3"))
    assert create.parameters["CreateBucketConfiguration"] == {"LocationConstraint": "eu-west-1"}


def test_a_named_bucket_that_lies_in_another_region_is_refused_before_anything_is_uploaded(shop: Deployed) -> None:
    wanted = uploads(templates(), target())
    put(shop)
    with pytest.raises(ArtifactError, match=f"the bucket {BUCKET} is in us-east-1, but the stack goes to eu-west-1"):
        missing(wanted, ACCOUNT, "eu-west-1", shop.client("s3"))


@pytest.mark.parametrize(
    ("region", "host", "arn"),
    [
        ("us-east-1", "s3.us-east-1.amazonaws.com", "arn:aws:s3:::b"),
        ("cn-north-1", "s3.cn-north-1.amazonaws.com.cn", "arn:aws-cn:s3:::b"),
        ("us-gov-west-1", "s3.us-gov-west-1.amazonaws.com", "arn:aws-us-gov:s3:::b"),
    ],
)
def test_a_region_of_another_partition_has_its_own_address_and_arns(
    region: str, host: str, arn: str, shop: Deployed
) -> None:
    assert url_of("b", "k", region) == f"https://b.{host}/k"
    actions = missing([Upload("t", "b", "k", "{}")], ACCOUNT, region, shop.client("s3"))
    (policy,) = [each.parameters["Policy"] for each in actions if each.operation == "put_bucket_policy"]
    assert json.loads(policy)["Statement"][0]["Resource"] == [arn, f"{arn}/*"]


def test_a_bucket_of_somebody_else_is_not_used(shop: Deployed) -> None:
    shop.cloud.faults.add("s3:HeadBucket", Fail("AccessDenied", "Forbidden", 403))
    with pytest.raises(ArtifactError, match=f"the bucket {BUCKET} is not account {ACCOUNT}'s"):
        put(shop)


def test_other_troubles_of_the_bucket_are_not_taken_for_its_absence(shop: Deployed) -> None:
    put(shop)
    shop.cloud.faults.add("s3:HeadObject", Fail("InvalidRequest", "planted", 400))
    with pytest.raises(ClientError):
        put(shop)


@pytest.mark.requirement("SS-04")
@pytest.mark.parametrize("checksum", ["SHA256", "CRC32"])
def test_what_somebody_else_put_in_the_place_of_a_template_is_never_deployed(shop: Deployed, checksum: Any) -> None:
    """A content that was put under the predictable key beforehand is taken for the template, for the key is there."""
    wanted = {each.template: each for each in uploads(shop.build, target())}
    s3 = shop.client("s3")
    s3.create_bucket(Bucket=BUCKET)
    planted = wanted["shop/queues"]
    s3.put_object(Bucket=BUCKET, Key=planted.key, Body=b'{"Resources": {}}', ChecksumAlgorithm=checksum)
    (again,) = (
        each
        for each in missing(list(wanted.values()), ACCOUNT, REGION, s3)
        if each.parameters.get("Key") == planted.key
    )
    assert again.why.endswith("in place of what is not this template")
    shop.deploy()
    assert s3.get_object(Bucket=BUCKET, Key=planted.key)["Body"].read().decode() == planted.text
    (nested,) = (
        each["PhysicalResourceId"]
        for each in shop.client("cloudformation").list_stack_resources(StackName="shop-dev")["StackResourceSummaries"]
        if each["LogicalResourceId"] == "Queues"
    )
    assert shop.client("cloudformation").list_stack_resources(StackName=nested)["StackResourceSummaries"]
    assert put(shop) == []


def build_of(url: Any, body: str = "{}") -> Build:
    root = {"Resources": {"Child": {"Type": "AWS::CloudFormation::Stack", "Properties": {"TemplateURL": url}}}}
    text = json.dumps(root)
    found = {"shop/shop-stack": Template("shop/shop-stack", "x", root, text)}
    return Build("b", {**found, "shop/child": Template("shop/child", "y", json.loads(body), body)})


ELSEWHERE = f"https://{BUCKET}.s3.eu-west-1.amazonaws.com/shop/child/0123456789abcdef.json"
UNKNOWN = {"Fn::Sub": "https://${Nobody}.s3.${AWS::Region}.amazonaws.com/shop/child/0123456789abcdef.json"}
WRONG: dict[str, tuple[Any, str]] = {
    "another region": (ELSEWHERE, "shop-stack/Child: its TemplateURL is in eu-west-1, but the stack goes to us-east-1"),
    "not known": (UNKNOWN, "its TemplateURL is not known before the deployment"),
}


@pytest.mark.parametrize(("url", "message"), WRONG.values(), ids=WRONG)
def test_a_template_whose_place_is_wrong_or_unknown_is_refused(url: Any, message: str) -> None:
    with pytest.raises(ArtifactError, match=message):
        uploads(build_of(url), target())


def test_a_template_that_cloudformation_refuses_for_its_size_is_refused_here() -> None:
    large = json.dumps({"Description": "x" * 1_000_001})
    url = f"https://{BUCKET}.s3.us-east-1.amazonaws.com/shop/child/0123456789abcdef.json"
    with pytest.raises(ArtifactError, match="shop/child is larger than 1,000,000 bytes"):
        uploads(build_of(url, large), named(target(), region=REGION))
