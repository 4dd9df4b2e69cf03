"""Functions from images, their versions, aliases and permissions, and the repositories of the images."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from tests.local.resources.lives import (
    Cloud,
    Gone,
    Life,
    delete,
    deploy,
    first,
    live,
    refused,
    refused_deletion,
    resources,
    tags,
)

REGISTRY = "111111111111.dkr.ecr.eu-west-1.amazonaws.com"
MANIFEST = json.dumps({"schemaVersion": 2, "config": {"digest": f"sha256:{'a' * 64}"}, "layers": []})
ROLE = {
    "Type": "AWS::IAM::Role",
    "Properties": {
        "AssumeRolePolicyDocument": {
            "Version": "2012-10-17",
            "Statement": [
                {"Action": "sts:AssumeRole", "Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}}
            ],
        }
    },
}
FUNCTION = {
    "Code": {"ImageUri": f"{REGISTRY}/images:v1"},
    "FunctionName": "a-function",
    "PackageType": "Image",
    "Role": {"Fn::GetAtt": ["Role", "Arn"]},
}
REPOSITORY = {
    "EmptyOnDelete": True,
    "EncryptionConfiguration": {"EncryptionType": "AES256"},
    "ImageScanningConfiguration": {"ScanOnPush": True},
    "ImageTagMutability": "IMMUTABLE",
    "LifecyclePolicy": {"LifecyclePolicyText": '{"rules": []}'},
    "RepositoryName": "a-repository",
    "RepositoryPolicyText": {"Statement": []},
    "Tags": [{"Key": "Stack", "Value": "bootstrap"}],
}


@pytest.fixture
def digest(aws: Cloud) -> Iterator[str]:
    """The digest of the image ``images:v1``; ``images:v2`` is the same."""
    ecr = aws.client("ecr")
    ecr.create_repository(repositoryName="images")
    for tag in ("v1", "v2"):
        image = ecr.put_image(repositoryName="images", imageManifest=MANIFEST, imageTag=tag)["image"]
    yield str(image["imageId"]["imageDigest"])
    ecr.delete_repository(repositoryName="images", force=True)


def function(aws: Cloud, name: str) -> dict[str, Any]:
    functions = aws.client("lambda")
    found = functions.get_function(FunctionName=name)
    told = functions.get_function_configuration(FunctionName=name)
    concurrency = functions.get_function_concurrency(FunctionName=name).get("ReservedConcurrentExecutions")
    own = {key: value for key, value in found.get("Tags", {}).items() if not key.startswith("aws:")}
    return {**told, "Concurrency": concurrency, "ImageUri": found["Code"]["ImageUri"], "Tags": own}


def alias(aws: Cloud, arn: str) -> dict[str, Any]:
    found: dict[str, Any] = aws.client("lambda").get_alias(FunctionName="a-function", Name=arn.rsplit(":", 1)[-1])
    return found


def version(aws: Cloud, arn: str) -> dict[str, Any]:
    number = arn.rsplit(":", 1)[-1]
    found: dict[str, Any] = aws.client("lambda").get_function_configuration(FunctionName="a-function", Qualifier=number)
    return found


def permission(aws: Cloud, physical_id: str) -> dict[str, Any]:
    policy = json.loads(aws.client("lambda").get_policy(FunctionName="a-function")["Policy"])
    found = first([one for one in policy["Statement"] if one["Sid"] == physical_id])
    return {**found, "Source": found["Condition"]["ArnLike"]["AWS:SourceArn"]}


def repository(aws: Cloud, name: str) -> dict[str, Any]:
    ecr = aws.client("ecr")
    found = first(ecr.describe_repositories(repositoryNames=[name])["repositories"])
    return {
        "Encryption": found["encryptionConfiguration"]["encryptionType"],
        "Lifecycle": ecr.get_lifecycle_policy(repositoryName=name)["lifecyclePolicyText"],
        "Mutability": found["imageTagMutability"],
        "Policy": json.loads(ecr.get_repository_policy(repositoryName=name)["policyText"]),
        "Scan": found["imageScanningConfiguration"]["scanOnPush"],
        "Tags": tags(ecr.list_tags_for_resource(resourceArn=found["repositoryArn"])["tags"]),
    }


BESIDE = {"Role": ROLE, "Function": {"Type": "AWS::Lambda::Function", "Properties": FUNCTION}}
LIVES = [
    Life(
        "AWS::Lambda::Function",
        {
            **FUNCTION,
            "Architectures": ["x86_64"],
            "Description": "a function",
            "Environment": {"Variables": {"LOG_LEVEL": "INFO"}},
            "KmsKeyArn": "arn:aws:kms:eu-west-1:111111111111:key/a",
            "LoggingConfig": {"LogGroup": "/aws/lambda/a-group"},
            "MemorySize": "512",
            "ReservedConcurrentExecutions": "50",
            "Tags": [{"Key": "Stack", "Value": "compute"}],
            "Timeout": 30,
            "TracingConfig": {"Mode": "Active"},
            "VpcConfig": {"SecurityGroupIds": ["sg-1"], "SubnetIds": ["subnet-1"]},
        },
        function,
        {
            "Architectures": ["x86_64"],
            "Concurrency": 50,
            "Description": "a function",
            "Environment": {"Variables": {"LOG_LEVEL": "INFO"}},
            "ImageUri": f"{REGISTRY}/images:v1",
            "KMSKeyArn": "arn:aws:kms:eu-west-1:111111111111:key/a",
            "LastUpdateStatus": "Successful",
            "LoggingConfig": {"LogFormat": "Text", "LogGroup": "/aws/lambda/a-group"},
            "MemorySize": 512,
            "PackageType": "Image",
            "State": "Active",
            "Tags": {"Stack": "compute"},
            "Timeout": 30,
            "TracingConfig": {"Mode": "Active"},
            "VpcConfig": {"SecurityGroupIds": ["sg-1"], "SubnetIds": ["subnet-1"], "VpcId": ""},
        },
        {
            "Code": {"ImageUri": f"{REGISTRY}/images:v2"},
            "Environment": {"Variables": {"LOG_LEVEL": "DEBUG"}},
            "KmsKeyArn": None,
            "LoggingConfig": None,
            "MemorySize": 1024,
            "ReservedConcurrentExecutions": None,
            "Tags": [{"Key": "Stack", "Value": "other"}],
            "VpcConfig": None,
        },
        {
            "Concurrency": None,
            "Environment": {"Variables": {"LOG_LEVEL": "DEBUG"}},
            "ImageUri": f"{REGISTRY}/images:v2",
            "KMSKeyArn": None,
            "LastUpdateStatus": "Successful",
            "LoggingConfig": {"LogFormat": "Text", "LogGroup": "/aws/lambda/a-function"},
            "MemorySize": 1024,
            "State": "Active",
            "Tags": {"Stack": "other"},
            "Timeout": 30,
            "VpcConfig": None,
        },
        ref="a-function",
        attributes={"Arn": "arn:aws:lambda:eu-west-1:111111111111:function:a-function"},
        beside={"Role": ROLE},
    ),
    Life(
        "AWS::Lambda::Version",
        {"Description": "first", "FunctionName": {"Ref": "Function"}},
        version,
        {"Description": "first", "PackageType": "Image", "Version": "1"},
        ref="arn:aws:lambda:eu-west-1:111111111111:function:a-function:1",
        attributes={"Version": "1"},
        beside=BESIDE,
    ),
    Life(
        "AWS::Lambda::Alias",
        {
            "Description": "live",
            "FunctionName": {"Ref": "Function"},
            "FunctionVersion": {"Fn::GetAtt": ["Version", "Version"]},
            "Name": "live",
        },
        alias,
        {"Description": "live", "FunctionVersion": "1", "Name": "live"},
        {"Description": "alive"},
        {"Description": "alive", "FunctionVersion": "1"},
        ref="arn:aws:lambda:eu-west-1:111111111111:function:a-function:live",
        beside={
            **BESIDE,
            "Version": {"Type": "AWS::Lambda::Version", "Properties": {"FunctionName": {"Ref": "Function"}}},
        },
    ),
    Life(
        "AWS::Lambda::Permission",
        {
            "Action": "lambda:InvokeFunction",
            "FunctionName": {"Ref": "Function"},
            "Principal": "events.amazonaws.com",
            "SourceArn": "arn:aws:events:eu-west-1:111111111111:rule/r",
        },
        permission,
        {
            "Action": "lambda:InvokeFunction",
            "Principal": {"Service": "events.amazonaws.com"},
            "Resource": "arn:aws:lambda:eu-west-1:111111111111:function:a-function",
            "Source": "arn:aws:events:eu-west-1:111111111111:rule/r",
        },
        beside=BESIDE,
    ),
    Life(
        "AWS::ECR::Repository",
        REPOSITORY,
        repository,
        {
            "Encryption": "AES256",
            "Lifecycle": '{"rules": []}',
            "Mutability": "IMMUTABLE",
            "Policy": {"Statement": []},
            "Scan": True,
            "Tags": {"Stack": "bootstrap"},
        },
        {
            "ImageScanningConfiguration": {"ScanOnPush": False},
            "ImageTagMutability": "MUTABLE",
            "LifecyclePolicy": {"LifecyclePolicyText": '{"rules": [{}]}'},
            "Tags": [{"Key": "Stack", "Value": "other"}],
        },
        {"Lifecycle": '{"rules": [{}]}', "Mutability": "MUTABLE", "Scan": False, "Tags": {"Stack": "other"}},
        ref="a-repository",
        attributes={
            "Arn": "arn:aws:ecr:eu-west-1:111111111111:repository/a-repository",
            "RepositoryUri": f"{REGISTRY}/a-repository",
        },
    ),
]


@pytest.mark.parametrize("life", LIVES, ids=lambda life: life.type)
@pytest.mark.usefixtures("digest")
def test_a_resource_of_a_function_is_what_its_template_says_until_it_is_deleted(aws: Cloud, life: Life) -> None:
    live(aws, life)


def test_an_image_may_be_named_by_its_digest(aws: Cloud, digest: str) -> None:
    code = {"ImageUri": f"{REGISTRY}/images@{digest}"}
    it = {"Type": "AWS::Lambda::Function", "Properties": {**FUNCTION, "Code": code}}
    stack = aws.stack({"Resources": {"Role": ROLE, "It": it}})
    told = aws.client("lambda").get_function(FunctionName="a-function")
    assert told["Configuration"]["CodeSha256"] == digest.removeprefix("sha256:")
    assert not {"Handler", "Runtime"} & set(told["Configuration"])
    assert told["Code"]["ResolvedImageUri"] == f"{REGISTRY}/images@{digest}"
    delete(aws, stack)


@pytest.mark.parametrize(
    ("uri", "message"),
    [
        (f"{REGISTRY}/images:none", "does not exist"),
        (f"{REGISTRY}/nowhere:v1", "does not exist"),
        (f"{REGISTRY}/images@sha256:{'0' * 64}", "does not exist"),
        (f"{REGISTRY.replace('111111111111', '222222222222')}/images:v1", "does not exist"),
        (f"{REGISTRY.replace('eu-west-1', 'us-east-1')}/images:v1", "is not valid"),
        ("docker.io/images:v1", "is not valid"),
    ],
)
@pytest.mark.usefixtures("digest")
def test_a_function_without_an_image_in_its_region_is_refused(aws: Cloud, uri: str, message: str) -> None:
    it = {"Type": "AWS::Lambda::Function", "Properties": {**FUNCTION, "Code": {"ImageUri": uri}}}
    reason = refused(aws, {"Resources": {"Role": ROLE, "It": it}})
    assert f"Source image {uri} {message}. Provide a valid source image. (Service: Lambda" in reason


@pytest.mark.usefixtures("digest")
def test_an_update_to_an_image_that_is_not_there_leaves_the_function_as_it_was(aws: Cloud) -> None:
    def template(tag: str) -> dict[str, Any]:
        code = {"ImageUri": f"{REGISTRY}/images:{tag}"}
        it = {"Type": "AWS::Lambda::Function", "Properties": {**FUNCTION, "Code": code}}
        return {"Resources": {"Role": ROLE, "It": it}}

    stack = aws.stack(template("v1"))
    with pytest.raises(Exception, match=r"images:none does not exist\. Provide a valid source image"):
        deploy(aws, template("none"), stack=stack)
    assert function(aws, "a-function")["ImageUri"] == f"{REGISTRY}/images:v1"
    delete(aws, stack)


@pytest.mark.usefixtures("digest")
def test_a_function_from_an_image_has_neither_runtime_nor_handler(aws: Cloud) -> None:
    it = {"Type": "AWS::Lambda::Function", "Properties": {**FUNCTION, "Runtime": "python3.13"}}
    assert "provide runtime" in refused(aws, {"Resources": {"Role": ROLE, "It": it}})


@pytest.mark.usefixtures("digest")
def test_a_changed_permission_is_a_new_one(aws: Cloud) -> None:
    def template(source: str) -> dict[str, Any]:
        properties = {
            "Action": "lambda:InvokeFunction",
            "FunctionName": {"Ref": "Function"},
            "Principal": "events.amazonaws.com",
            "SourceArn": f"arn:aws:events:eu-west-1:111111111111:rule/{source}",
        }
        return {"Resources": {**BESIDE, "It": {"Type": "AWS::Lambda::Permission", "Properties": properties}}}

    stack = aws.stack(template("one"))
    old = resources(aws, stack)["It"]
    deploy(aws, template("two"), stack=stack)
    assert permission(aws, resources(aws, stack)["It"])["Source"].endswith("rule/two")
    with pytest.raises(Gone):
        permission(aws, old)
    delete(aws, stack)


def test_a_repository_with_images_stays_unless_it_may_be_emptied(aws: Cloud) -> None:
    def template(*, empty: bool) -> dict[str, Any]:
        properties = {**REPOSITORY, "EmptyOnDelete": empty}
        return {"Resources": {"It": {"Type": "AWS::ECR::Repository", "Properties": properties}}}

    ecr = aws.client("ecr")
    stack = aws.stack(template(empty=False))
    image = ecr.put_image(repositoryName="a-repository", imageManifest=MANIFEST, imageTag="v1")["image"]["imageId"]
    reason = refused_deletion(aws, stack)
    assert "still contains images" in reason
    assert "RepositoryNotEmptyException" in reason
    ecr.batch_delete_image(repositoryName="a-repository", imageIds=[{"imageDigest": image["imageDigest"]}])
    delete(aws, stack)

    stack = aws.stack(template(empty=True))
    ecr.put_image(repositoryName="a-repository", imageManifest=MANIFEST, imageTag="v1")
    delete(aws, stack)
