"""Empties what a stack deletes and AWS would not: every version and delete marker of a bucket, every image."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from stackgen.errors import StackgenError

from .actions import Action
from .contents import BUCKET
from .spared import spared

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from .contents import Content

MOST_KEYS, MOST_IMAGES = 1_000, 100
"""Of one call. Source: DeleteObjects; BatchDeleteImage."""
_SHOWN = 3


class EmptyingError(StackgenError):
    """Something in a bucket or repository could not be deleted."""


def emptied(
    content: Content,
    account: str,
    perform: Callable[[Action], Any],
    client: Callable[[str], Any],
    told: Callable[[str], None],
) -> int:
    """Delete all that is in it, for good; how many there were. Raises EmptyingError, naming what stays, and who may."""
    step = _bucket_step if content.type == BUCKET else _repository_step
    count = 0
    while True:
        done, refused = step(content.physical_id, account, perform, client)
        if refused and not done:  # an image that others are part of goes once they are gone
            raise EmptyingError(
                f"{content.path}: {len(refused)} of {done + len(refused)} could not be deleted: {refused[0]}",
                _who_may(content, account, client) if "AccessDenied" in refused[0] else "",
                *refused[1:_SHOWN],
                f"{count + done:,} are deleted already; the same command again goes on",
            )
        if not done:
            return count
        count += done
        told(f"{content.path}: {count:,} deleted from {content.physical_id}")


def _who_may(content: Content, account: str, client: Callable[[str], Any]) -> str:
    """Whose credentials it takes, where the policy of a bucket says that."""
    names = spared(content.physical_id, account, client("s3")) if content.type == BUCKET else ()
    if not names:
        return ""
    return f"the policy of {content.physical_id} lets none but these delete what is in it: {', '.join(names)}"


def _bucket_step(
    bucket: str, account: str, perform: Callable[[Action], Any], client: Callable[[str], Any]
) -> tuple[int, Sequence[str]]:
    """Delete the first thousand; how many went, and what AWS said of the others."""
    page = client("s3").list_object_versions(Bucket=bucket, ExpectedBucketOwner=account, MaxKeys=MOST_KEYS)
    found = [*page.get("Versions", []), *page.get("DeleteMarkers", [])]
    if not found:
        return 0, ()
    objects = [{"Key": each["Key"], "VersionId": each["VersionId"]} for each in found]
    delete = {"Objects": objects, "Quiet": True}
    why = f"delete {len(objects):,} object versions of {bucket} for good"
    asked = {"Bucket": bucket, "Delete": delete, "ExpectedBucketOwner": account}
    answer = perform(Action("s3", "delete_objects", asked, why))
    refused = [f"{each['Key']} ({each.get('VersionId', '')}): {each['Code']}" for each in answer.get("Errors", [])]
    return len(objects) - len(refused), refused


def _repository_step(
    repository: str, account: str, perform: Callable[[Action], Any], client: Callable[[str], Any]
) -> tuple[int, Sequence[str]]:
    images = client("ecr").list_images(repositoryName=repository, registryId=account, maxResults=MOST_IMAGES)[
        "imageIds"
    ]
    if not images:
        return 0, ()
    why = f"delete {len(images)} images of {repository} for good"
    asked = {"repositoryName": repository, "registryId": account, "imageIds": images}
    answer = perform(Action("ecr", "batch_delete_image", asked, why))
    refused = [
        f"{each.get('imageId', {}).get('imageTag') or each.get('imageId', {}).get('imageDigest', '')}: "
        f"{each.get('failureReason') or each.get('failureCode')}"
        for each in answer.get("failures", [])
    ]
    return len(images) - len(refused), refused
