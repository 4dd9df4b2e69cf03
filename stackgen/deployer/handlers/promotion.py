"""One image in one target: what it lacks is copied, what it has stays."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

import boto3
from botocore.exceptions import ClientError

from . import blobs
from .clients import CONFIG, SESSION_SECONDS
from .errors import ImagesNotPromoted, Refused
from .refusals import code_of, is_transient

if TYPE_CHECKING:
    from collections.abc import Sequence

    from .clients import Clients
    from .images import Image
    from .inputs import Pair
    from .manifests import Manifest
    from .settings import Settings

ROLE = "ECRImagePromotionRole"
"""The role of each target that lets images in."""

_MOST_IDS = 100
"""Images of one BatchGetImage."""

_making = threading.Lock()
"""Clients are made one after the other: boto3's session is not to be shared while it makes one."""


def registry(pair: Pair, partition: str, clients: Clients, settings: Settings) -> Any:
    """A client that may push to a target. Raises Refused where the role does not let it in."""
    with _making:
        sts = clients.own("sts")
    role = f"arn:{partition}:iam::{pair.account_id}:role/{ROLE}"
    try:
        session = {"RoleSessionName": f"{settings.env}-aws-deployer"[:64], "DurationSeconds": SESSION_SECONDS}
        given = sts.assume_role(RoleArn=role, **session)["Credentials"]
    except ClientError as error:
        if is_transient(error):
            raise
        raise Refused(f"{role} does not let the deployer in: {error}") from error
    with _making:
        return boto3.client(
            "ecr",
            region_name=pair.region,
            aws_access_key_id=given["AccessKeyId"],
            aws_secret_access_key=given["SecretAccessKey"],
            aws_session_token=given["SessionToken"],
            config=CONFIG,
        )


def promote(image: Image, manifests: Sequence[Manifest], source: Any, target: Any) -> None:
    """See that a target has an image, whole and under its tag. Raises ImagesNotPromoted and what ECR refuses."""
    there = _there(image, [each.digest for each in manifests], target)
    lacking = [each for each in manifests if each.digest not in there]
    for digest in blobs.missing(image.repository, _blobs(lacking), target):
        blobs.copy(image.repository, digest, source, target)
    own = manifests[-1]
    for each in lacking:
        if each is not own:
            _put(image, each, "", target)
    if image.tag or own in lacking:
        _put(image, own, image.tag, target)


def tagged(image: Image, ecr: Any) -> str:
    """The digest that the image's tag has in a registry; empty where it has none."""
    answer = ecr.batch_get_image(repositoryName=image.repository, imageIds=[{"imageTag": image.tag}])
    return next((str(each["imageId"]["imageDigest"]) for each in answer.get("images", [])), "")


def _blobs(manifests: Sequence[Manifest]) -> list[str]:
    return list(dict.fromkeys(digest for each in manifests for digest in each.blobs))


def _there(image: Image, digests: Sequence[str], target: Any) -> set[str]:
    """Which of the manifests a target has; the repository is there afterwards."""
    found: set[str] = set()
    try:
        for first in range(0, len(digests), _MOST_IDS):
            ids = [{"imageDigest": digest} for digest in digests[first : first + _MOST_IDS]]
            answer = target.batch_get_image(repositoryName=image.repository, imageIds=ids)
            found |= {each["imageId"]["imageDigest"] for each in answer.get("images", [])}
    except ClientError as error:
        if code_of(error) != "RepositoryNotFoundException":
            raise
        _create_repository(image.repository, target)
    return found


def _create_repository(name: str, target: Any) -> None:
    """Tags stay what they are there, and images are scanned as they come."""
    try:
        target.create_repository(
            repositoryName=name,
            imageTagMutability="IMMUTABLE",
            imageScanningConfiguration={"scanOnPush": True},
            tags=[{"Key": "ManagedBy", "Value": "aws-deployer"}],
        )
    except ClientError as error:
        if code_of(error) != "RepositoryAlreadyExistsException":  # another build made it meanwhile
            raise


def _put(image: Image, manifest: Manifest, tag: str, target: Any) -> None:
    more = {"imageTag": tag} if tag else {}
    if manifest.media_type:
        more["imageManifestMediaType"] = manifest.media_type
    try:
        target.put_image(
            repositoryName=image.repository,
            imageManifest=manifest.text,
            imageDigest=manifest.digest,
            **more,
        )
    except ClientError as error:
        code = code_of(error)
        if code == "ImageAlreadyExistsException":
            return
        if code != "ImageTagAlreadyExistsException":
            raise
        other = tagged(image, target)
        if other != manifest.digest:
            raise ImagesNotPromoted(
                f"tag {tag} of {image.repository} stands for {other} there and cannot be moved to {manifest.digest}"
            ) from error
