"""What a bucket's policy denies of deletions, as S3 does."""

from __future__ import annotations

import json
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

from stackgen.local.cloud import ACCOUNT, REGION, Cloud

EXEMPT = f"arn:aws:iam::{ACCOUNT}:role/teams/destroyer"
DENY = {
    "Effect": "Deny", "Principal": "*", "Action": ["s3:DeleteObject", "s3:DeleteObjectVersion"],
    "Resource": "arn:aws:s3:::audit/logs/*", "Condition": {"ArnNotLike": {"aws:PrincipalArn": [EXEMPT]}},
}  # fmt: skip
TLS = {"Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": "arn:aws:s3:::audit/*",
       "Condition": {"Bool": {"aws:SecureTransport": "false"}}}  # fmt: skip


@pytest.fixture
def audit(cloud: Cloud) -> Any:
    """The account's own client of a bucket of which one folder is protected."""
    s3 = cloud.client("s3")
    s3.create_bucket(Bucket="audit")
    s3.put_bucket_versioning(Bucket="audit", VersioningConfiguration={"Status": "Enabled"})
    s3.put_bucket_policy(Bucket="audit", Policy=json.dumps({"Version": "2012-10-17", "Statement": [DENY, TLS]}))
    for key in ("logs/1", "logs/2", "drafts/1"):
        s3.put_object(Bucket="audit", Key=key, Body=b"x")
    return s3


def acting_as(cloud: Cloud, name: str, path: str = "/") -> Any:
    """A client of S3 with the credentials of a role."""
    trusted = json.dumps({"Version": "2012-10-17", "Statement": []})
    role = cloud.client("iam").create_role(RoleName=name, Path=path, AssumeRolePolicyDocument=trusted)["Role"]
    given = cloud.client("sts").assume_role(RoleArn=role["Arn"], RoleSessionName="test")["Credentials"]
    return boto3.client(
        "s3", region_name=REGION, endpoint_url=cloud.url, aws_access_key_id=given["AccessKeyId"],
        aws_secret_access_key=given["SecretAccessKey"], aws_session_token=given["SessionToken"],
    )  # fmt: skip


def versions(s3: Any) -> list[dict[str, str]]:
    found = s3.list_object_versions(Bucket="audit")
    return [{"Key": one["Key"], "VersionId": one["VersionId"]}
            for one in [*found.get("Versions", []), *found.get("DeleteMarkers", [])]]  # fmt: skip


@pytest.mark.parametrize("by", ["the account itself", "another role"])
def test_who_is_not_exempt_deletes_nothing_of_what_is_protected(cloud: Cloud, audit: Any, by: str) -> None:
    """A purge passes here that S3 refuses, so nobody learns that its stack cannot be deleted."""
    s3 = audit if by == "the account itself" else acting_as(cloud, "deployer")
    for more in ({}, {"VersionId": versions(audit)[1]["VersionId"]}):
        with pytest.raises(ClientError, match="explicit deny in a resource-based policy") as refused:
            s3.delete_object(Bucket="audit", Key="logs/1", **more)
        assert refused.value.response["Error"]["Code"] == "AccessDenied"
    told = s3.delete_objects(Bucket="audit", Delete={"Objects": versions(audit), "Quiet": True})
    assert sorted(each["Key"] for each in told["Errors"]) == ["logs/1", "logs/2"]
    assert {each["Code"] for each in told["Errors"]} == {"AccessDenied"}
    assert [each["Key"] for each in versions(audit)] == ["logs/1", "logs/2"]
    told = s3.delete_objects(Bucket="audit", Delete={"Objects": versions(audit)})
    assert "Deleted" not in told


def test_the_exempt_role_deletes_all_of_it(cloud: Cloud, audit: Any) -> None:
    """An environment can never be destroyed here, though its policy names who may."""
    s3 = acting_as(cloud, "destroyer", "/teams/")
    s3.delete_object(Bucket="audit", Key="logs/1")
    told = s3.delete_objects(Bucket="audit", Delete={"Objects": versions(audit)})
    assert len(told["Deleted"]) == 4
    assert versions(audit) == []


def test_a_bucket_without_a_policy_protects_nothing(cloud: Cloud) -> None:
    s3 = cloud.client("s3")
    s3.create_bucket(Bucket="free")
    s3.put_object(Bucket="free", Key="key", Body=b"")
    s3.delete_object(Bucket="free", Key="key")
    assert "Contents" not in s3.list_objects_v2(Bucket="free")
