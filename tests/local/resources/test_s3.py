"""Buckets and their policies: what S3 tells of a template's resources."""

from __future__ import annotations

import json
from contextlib import suppress
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.local.resources.lives import Cloud, Life, delete, live, refused, refused_deletion, tags

PRIVATE = {
    "BlockPublicAcls": True,
    "BlockPublicPolicy": True,
    "IgnorePublicAcls": True,
    "RestrictPublicBuckets": True,
}
BUCKET = {"Type": "AWS::S3::Bucket", "Properties": {"BucketName": "a-bucket"}}
POLICY = {"Statement": [{"Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": "arn:aws:s3:::a-bucket"}]}
OTHER_POLICY = {"Statement": [{**POLICY["Statement"][0], "Action": "s3:PutObject"}]}


def bucket(aws: Cloud, name: str) -> dict[str, Any]:
    s3 = aws.client("s3")
    s3.head_bucket(Bucket=name)
    seen: dict[str, Any] = {
        "Versioning": s3.get_bucket_versioning(Bucket=name).get("Status"),
        "Access": s3.get_public_access_block(Bucket=name)["PublicAccessBlockConfiguration"],
        "Logging": s3.get_bucket_logging(Bucket=name).get("LoggingEnabled"),
    }
    with suppress(ClientError):
        rules = s3.get_bucket_encryption(Bucket=name)["ServerSideEncryptionConfiguration"]["Rules"]
        seen["Encryption"] = [one["ApplyServerSideEncryptionByDefault"] for one in rules]
    with suppress(ClientError):
        seen["Lifecycle"] = s3.get_bucket_lifecycle_configuration(Bucket=name)["Rules"]
    with suppress(ClientError):
        controls = s3.get_bucket_ownership_controls(Bucket=name)["OwnershipControls"]
        seen["Ownership"] = [one["ObjectOwnership"] for one in controls["Rules"]]
    with suppress(ClientError):
        seen["Tags"] = tags(s3.get_bucket_tagging(Bucket=name)["TagSet"])
    return seen


def policy(aws: Cloud, name: str) -> dict[str, Any]:
    return {"Policy": json.loads(aws.client("s3").get_bucket_policy(Bucket=name)["Policy"])}


LIVES = [
    Life(
        "AWS::S3::Bucket",
        {
            "BucketEncryption": {
                "ServerSideEncryptionConfiguration": [{"ServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}}]
            },
            "BucketName": "a-bucket",
            "LifecycleConfiguration": {
                "Rules": [
                    {
                        "ExpirationInDays": 90,
                        "Id": "expire",
                        "NoncurrentVersionExpiration": {"NoncurrentDays": 30},
                        "Status": "Enabled",
                        "Transitions": [{"StorageClass": "INTELLIGENT_TIERING", "TransitionInDays": 0}],
                    },
                    {
                        "AbortIncompleteMultipartUpload": {"DaysAfterInitiation": 7},
                        "ExpiredObjectDeleteMarker": True,
                        "Id": "clean-up",
                        "Prefix": "logs/",
                        "Status": "Enabled",
                    },
                ]
            },
            "LoggingConfiguration": {"DestinationBucketName": "logs", "LogFilePrefix": "a/"},
            "OwnershipControls": {"Rules": [{"ObjectOwnership": "BucketOwnerEnforced"}]},
            "PublicAccessBlockConfiguration": PRIVATE,
            "Tags": [{"Key": "Stack", "Value": "storage"}],
            "VersioningConfiguration": {"Status": "Enabled"},
        },
        bucket,
        {
            "Access": PRIVATE,
            "Encryption": [{"SSEAlgorithm": "AES256"}],
            "Lifecycle": [
                {
                    "Expiration": {"Days": 90},
                    "Filter": {"Prefix": ""},
                    "ID": "expire",
                    "NoncurrentVersionExpiration": {"NoncurrentDays": 30},
                    "Status": "Enabled",
                    "Transitions": [{"Days": 0, "StorageClass": "INTELLIGENT_TIERING"}],
                },
                {
                    "AbortIncompleteMultipartUpload": {"DaysAfterInitiation": 7},
                    "Expiration": {"ExpiredObjectDeleteMarker": True},
                    "Filter": {"Prefix": "logs/"},
                    "ID": "clean-up",
                    "Status": "Enabled",
                },
            ],
            "Logging": {"TargetBucket": "logs", "TargetPrefix": "a/"},
            "Ownership": ["BucketOwnerEnforced"],
            "Tags": {"Stack": "storage"},
            "Versioning": "Enabled",
        },
        {
            "BucketEncryption": {
                "ServerSideEncryptionConfiguration": [
                    {"ServerSideEncryptionByDefault": {"KMSMasterKeyID": "alias/k", "SSEAlgorithm": "aws:kms"}}
                ]
            },
            "LifecycleConfiguration": None,
            "LoggingConfiguration": None,
            "OwnershipControls": {"Rules": [{"ObjectOwnership": "BucketOwnerPreferred"}]},
            "PublicAccessBlockConfiguration": {**PRIVATE, "BlockPublicPolicy": False},
            "Tags": [{"Key": "Stack", "Value": "other"}],
            "VersioningConfiguration": None,
        },
        {
            "Access": {**PRIVATE, "BlockPublicPolicy": False},
            "Encryption": [{"KMSMasterKeyID": "alias/k", "SSEAlgorithm": "aws:kms"}],
            "Lifecycle": None,
            "Logging": None,
            "Ownership": ["BucketOwnerPreferred"],
            "Tags": {"Stack": "other"},
            "Versioning": "Suspended",
        },
        ref="a-bucket",
        attributes={"Arn": "arn:aws:s3:::a-bucket", "RegionalDomainName": "a-bucket.s3.eu-west-1.amazonaws.com"},
    ),
    Life(
        "AWS::S3::BucketPolicy",
        {"Bucket": {"Ref": "Bucket"}, "PolicyDocument": POLICY},
        policy,
        {"Policy": POLICY},
        {"PolicyDocument": OTHER_POLICY},
        {"Policy": OTHER_POLICY},
        ref="a-bucket",
        beside={"Bucket": BUCKET},
    ),
]


@pytest.mark.parametrize("life", LIVES, ids=lambda life: life.type)
def test_a_bucket_is_what_its_template_says_until_it_is_deleted(aws: Cloud, life: Life) -> None:
    live(aws, life)


def test_a_bucket_with_an_object_stays(aws: Cloud) -> None:
    stack = aws.stack({"Resources": {"It": BUCKET}})
    s3 = aws.client("s3")
    s3.put_object(Bucket="a-bucket", Key="key", Body=b"")
    assert "The bucket you tried to delete is not empty (Service: S3, Status Code: 409" in refused_deletion(aws, stack)
    s3.delete_object(Bucket="a-bucket", Key="key")
    delete(aws, stack)


def test_a_bucket_stays_while_it_holds_only_old_versions_and_delete_markers(aws: Cloud) -> None:
    properties = {**BUCKET["Properties"], "VersioningConfiguration": {"Status": "Enabled"}}  # type: ignore[dict-item]
    stack = aws.stack({"Resources": {"It": {**BUCKET, "Properties": properties}}})
    s3 = aws.client("s3")
    s3.put_object(Bucket="a-bucket", Key="key", Body=b"")
    s3.delete_object(Bucket="a-bucket", Key="key")
    assert "not empty" in refused_deletion(aws, stack)
    held = s3.list_object_versions(Bucket="a-bucket")
    for one in held["Versions"]:
        s3.delete_object(Bucket="a-bucket", Key="key", VersionId=one["VersionId"])
    assert "not empty" in refused_deletion(aws, stack)
    for one in held["DeleteMarkers"]:
        s3.delete_object(Bucket="a-bucket", Key="key", VersionId=one["VersionId"])
    delete(aws, stack)


def test_a_bucket_with_a_taken_name_is_refused_before_or_while_it_is_made(aws: Cloud) -> None:
    stack = aws.stack({"Resources": {"It": BUCKET}})
    assert refused(aws, {"Resources": {"Again": BUCKET}})
    aws.client("s3").head_bucket(Bucket="a-bucket")
    delete(aws, stack)
