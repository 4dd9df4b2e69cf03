"""Where the templates of a stack must lie, and what is missing there.

A nested stack's TemplateURL says bucket and key, the key with the digest of the content: so what lies there is never
changed, a deployment that runs or rolls back always finds what it began with, and only what is missing is uploaded, or
what somebody else has put in its place.
"""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import urlsplit

from botocore.exceptions import ClientError

from stackgen.errors import StackgenError
from stackgen.review.evaluation.environment import Environment
from stackgen.review.evaluation.tree import evaluate
from stackgen.review.nested import NESTED_STACK

from . import objects
from .actions import Action
from .buckets import HOST

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from stackgen.review.model import Build

    from .targets import Target

MOST_BODY = 1_000_000
"""Bytes of a template in S3. Source: CloudFormation quotas."""

_KEPT_DAYS = 90
_UNSET = (
    "NoSuchBucketPolicy",
    "NoSuchLifecycleConfiguration",
    "NoSuchPublicAccessBlockConfiguration",
    "ServerSideEncryptionConfigurationNotFoundError",
    "NoSuchTagSet",
)
_ABSENT = ("404", "NoSuchBucket", "NotFound")


class ArtifactError(StackgenError):
    """A template whose place is not known, or a bucket that must not be used."""


class Upload(NamedTuple):
    """One template and where it goes."""

    template: str
    bucket: str
    key: str
    text: str


def digest_of(text: str) -> str:
    """The first 16 hex digits of the SHA-256, as a TemplateURL names them."""
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def key_of(template: str, text: str) -> str:
    """Where a root template goes: as its children do."""
    return f"{template}/{digest_of(text)}.json"


def url_of(bucket: str, key: str, region: str) -> str:
    """The address of an object in its region."""
    return f"https://{bucket}.s3.{region}.{_of_partition('AWS::URLSuffix', region)}/{key}"


def _of_partition(name: str, region: str) -> str:
    """A pseudo parameter that a region's partition decides: China's and GovCloud's are others."""
    return Environment("", region).pseudo(name)


def uploads(build: Build, target: Target) -> list[Upload]:
    """All templates of the target's tree with their places, the root first. Raises ArtifactError."""
    environment = Environment(target.env, target.region, target.account, target.texts)
    tree = evaluate(build, target.template, environment)
    root = build.templates[target.template]
    found = {root.name: Upload(root.name, target.bucket, key_of(root.name, root.text), root.text)}
    for resource in tree.resources():
        if resource.type != NESTED_STACK or resource.exists is False:
            continue
        child = tree.stacks.get((*resource.stack, resource.logical_id))
        url = resource.properties.get("TemplateURL")
        if child is None:
            raise ArtifactError(f"{resource.address}: its template is not in the build", "python -m stackgen build")
        bucket, key = _place(url, resource.address, target.region)
        found[f"{bucket}/{key}"] = Upload(child.template.name, bucket, key, build.templates[child.template.name].text)
    for upload in found.values():
        if len(upload.text.encode()) > MOST_BODY:
            raise ArtifactError(f"{upload.template} is larger than {MOST_BODY:,} bytes, which CloudFormation refuses")
    return list(found.values())


def _place(url: object, address: str, region: str) -> tuple[str, str]:
    host = HOST.match(url) if isinstance(url, str) else None
    if host is None:
        raise ArtifactError(
            f"{address}: its TemplateURL is not known before the deployment",
            "give the parameter that names the bucket a value",
        )
    if host["region"] != region:
        raise ArtifactError(f"{address}: its TemplateURL is in {host['region']}, but the stack goes to {region}")
    return host["bucket"], urlsplit(host.string).path.lstrip("/")


def missing(wanted: Sequence[Upload], account: str, region: str, s3: Any) -> list[Action]:
    """What it takes that everything lies in its place: buckets made and locked down, templates put. Reads only.

    Raises ArtifactError for a bucket that belongs to another account, or that these credentials may not look into.
    """
    actions: list[Action] = []
    for bucket in dict.fromkeys(each.bucket for each in wanted):
        exists = is_there(bucket, account, region, s3)
        lacking = _locked_down(bucket, account, region, s3) if exists else _made(bucket, account, region)
        actions += lacking
        for each in wanted:
            found = objects.ABSENT
            if each.bucket == bucket and exists:
                found = objects.looked(_owner(each, account), each.text.encode(), s3)
            if each.bucket == bucket and found != objects.SAME:
                actions.append(put(each, account, is_other=found == objects.OTHER))
    return actions


def is_there(bucket: str, account: str, region: str, s3: Any) -> bool:
    """Whether a bucket exists. Raises ArtifactError for one of another account or region."""
    try:
        found = s3.head_bucket(Bucket=bucket, ExpectedBucketOwner=account)
    except ClientError as error:
        code = error.response.get("Error", {}).get("Code", "")
        if code in _ABSENT:
            return False
        if code in ("403", "AccessDenied", "Forbidden"):
            raise ArtifactError(
                f"the bucket {bucket} is not account {account}'s, or these credentials may not look into it",
                "give the parameter that names the bucket another value, or take a role with s3:ListBucket",
            ) from error
        raise
    place = found.get("BucketRegion", region)
    if place != region:
        raise ArtifactError(
            f"the bucket {bucket} is in {place}, but the stack goes to {region}, and its templates must lie there",
            "give the parameter that names the bucket another value",
        )
    return True


def put(upload: Upload, account: str, *, is_other: bool = False) -> Action:
    """Put one where it goes; *is_other* where another content lies there, which nobody should have put."""
    body = upload.text.encode()
    why = f"upload {upload.template} ({len(body):,} bytes) to s3://{upload.bucket}/{upload.key}"
    return Action(
        "s3",
        "put_object",
        {**objects.put(_owner(upload, account), body), "ContentType": "application/json"},
        f"{why}, in place of what is not this template" if is_other else why,
    )


def _owner(upload: Upload, account: str) -> dict[str, str]:
    return {"Bucket": upload.bucket, "Key": upload.key, "ExpectedBucketOwner": account}


def _made(bucket: str, account: str, region: str) -> Iterator[Action]:
    place = {} if region == "us-east-1" else {"CreateBucketConfiguration": {"LocationConstraint": region}}
    yield Action(
        "s3",
        "create_bucket",
        {"Bucket": bucket, "ObjectOwnership": "BucketOwnerEnforced", **place},
        f"make the bucket {bucket} for templates",
    )
    for operation, parameters, why in _settings(bucket, region):
        yield Action("s3", operation, {"Bucket": bucket, "ExpectedBucketOwner": account, **parameters}, why)


def _locked_down(bucket: str, account: str, region: str, s3: Any) -> Iterator[Action]:
    """What a bucket that is there lacks: versions, nothing public, and of the rest what nobody has decided."""
    owner = {"Bucket": bucket, "ExpectedBucketOwner": account}
    has_versions = s3.get_bucket_versioning(**owner).get("Status") == "Enabled"
    block = asked(s3.get_public_access_block, owner).get("PublicAccessBlockConfiguration", {})
    lacks = {
        "put_bucket_versioning": not has_versions,
        "put_public_access_block": not (block and all(block.values())),
        "put_bucket_encryption": not asked(s3.get_bucket_encryption, owner),
        "put_bucket_policy": not asked(s3.get_bucket_policy, owner),
        "put_bucket_lifecycle_configuration": not asked(s3.get_bucket_lifecycle_configuration, owner),
    }
    for operation, parameters, why in _settings(bucket, region):
        if lacks.get(operation):
            yield Action("s3", operation, {**owner, **parameters}, why)


def asked(operation: Callable[..., Mapping[str, Any]], owner: Mapping[str, str]) -> Mapping[str, Any]:
    """What a bucket says of a setting; nothing where it has none."""
    try:
        return operation(**owner)
    except ClientError as error:
        if error.response.get("Error", {}).get("Code", "") not in _UNSET:
            raise
    return {}


def _settings(bucket: str, region: str) -> Iterator[tuple[str, dict[str, Any], str]]:
    """How a bucket of templates is set up."""
    closed = dict.fromkeys(("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets"), True)
    yield "put_public_access_block", {"PublicAccessBlockConfiguration": closed}, f"let nothing of {bucket} be public"
    yield "put_bucket_versioning", {"VersioningConfiguration": {"Status": "Enabled"}}, f"keep versions in {bucket}"
    rule = {"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}}
    yield "put_bucket_encryption", {"ServerSideEncryptionConfiguration": {"Rules": [rule]}}, f"encrypt {bucket}"
    arn = f"arn:{_of_partition('AWS::Partition', region)}:s3:::{bucket}"
    deny = {
        "Sid": "OnlyTLS",
        "Effect": "Deny",
        "Principal": "*",
        "Action": "s3:*",
        "Resource": [arn, f"{arn}/*"],
        "Condition": {"Bool": {"aws:SecureTransport": "false"}},
    }
    policy = json.dumps({"Version": "2012-10-17", "Statement": [deny]})
    yield "put_bucket_policy", {"Policy": policy}, f"let {bucket} be reached by TLS alone"
    old = {
        "ID": "old-versions",
        "Status": "Enabled",
        "Filter": {},
        "NoncurrentVersionExpiration": {"NoncurrentDays": _KEPT_DAYS},
        "AbortIncompleteMultipartUpload": {"DaysAfterInitiation": 7},
    }
    lifecycle = {"LifecycleConfiguration": {"Rules": [old]}}
    yield "put_bucket_lifecycle_configuration", lifecycle, f"forget old versions in {bucket} after {_KEPT_DAYS} days"
