"""What keeps a resource from being deleted: objects in a bucket, images in a repository, stacks that import a value."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from stackgen.deployer.handlers.refusals import code_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from .stacks import Resource

BUCKET, REPOSITORY = "AWS::S3::Bucket", "AWS::ECR::Repository"
_PAGE = 1_000
_GONE = ("NoSuchBucket", "RepositoryNotFoundException")


@dataclass(frozen=True, slots=True)
class Content:
    """What is in a bucket or a repository."""

    path: str
    type: str
    physical_id: str
    why: str
    """Why it cannot be deleted; nothing where it is empty."""


def of(each: Resource, properties: Mapping[str, Any], account: str, client: Callable[[str], Any]) -> Content | None:
    """What is in a resource that must be empty; None for any other, and for one that is gone already."""
    try:
        if each.type == BUCKET:
            return Content(each.path, each.type, each.physical_id, _in_bucket(each.physical_id, account, client("s3")))
        if each.type == REPOSITORY and str(properties.get("EmptyOnDelete", "")).lower() != "true":
            return Content(each.path, each.type, each.physical_id, _in_repository(each.physical_id, client("ecr")))
    except ClientError as error:
        if code_of(error) not in _GONE:
            raise
    return None


def _in_bucket(bucket: str, account: str, s3: Any) -> str:
    page = s3.list_object_versions(Bucket=bucket, ExpectedBucketOwner=account, MaxKeys=_PAGE)
    versions, markers = len(page.get("Versions", [])), len(page.get("DeleteMarkers", []))
    if not versions + markers:
        return ""
    more = "more than " if page.get("IsTruncated") else ""
    return f"it is not empty: {more}{versions + markers:,} object versions and delete markers"


def _in_repository(repository: str, ecr: Any) -> str:
    page = ecr.list_images(repositoryName=repository, maxResults=_PAGE)
    count = len(page["imageIds"])
    if not count:
        return ""
    more = "more than " if page.get("nextToken") else ""
    return f"it is not empty: {more}{count:,} images"


def importers_of(export: str, cloudformation: Any) -> list[str]:
    """The stacks that import a value; none where AWS says that nobody does."""
    try:
        pages = cloudformation.get_paginator("list_imports").paginate(ExportName=export)
        return [name for page in pages for name in page["Imports"]]
    except ClientError as error:
        if "is not imported by any stack" in str(error):
            return []
        raise
