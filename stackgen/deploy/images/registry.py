"""What ECR has: an image by its tag or digest, and whether tags of a repository can be moved; reading only."""

from __future__ import annotations

import base64
import json
from typing import TYPE_CHECKING, Any, NamedTuple

from botocore.exceptions import ClientError

from stackgen.deployer.handlers.refusals import code_of
from stackgen.errors import StackgenError

if TYPE_CHECKING:
    from .wanted import Image

_TYPES = [
    "application/vnd.docker.distribution.manifest.v2+json",
    "application/vnd.oci.image.manifest.v1+json",
    "application/vnd.docker.distribution.manifest.list.v2+json",
    "application/vnd.oci.image.index.v1+json",
]


class ImageError(StackgenError):
    """An image that cannot be pushed, or a repository that is not there."""


class Pushed(NamedTuple):
    """An image that is there."""

    digest: str
    config: str
    """The digest of its configuration, which local programs call its ID; nothing for an index of several images."""

    def is_same(self, local_id: str) -> bool:
        """Whether a local image is this one: programs call either digest its ID."""
        return local_id in (self.digest, self.config)


def find(image: Image, ecr: Any) -> Pushed | None:
    """An image; None where it is not there. Raises ImageError without the repository."""
    key = "imageDigest" if image.is_by_digest else "imageTag"
    try:
        found = ecr.batch_get_image(
            registryId=image.account, repositoryName=image.repository, imageIds=[{key: image.reference}],
            acceptedMediaTypes=_TYPES,
        )["images"]  # fmt: skip
    except ClientError as error:
        raise _explained(error, image) from error
    if not found:
        return None
    config = json.loads(found[0].get("imageManifest") or "{}").get("config", {})
    return Pushed(found[0]["imageId"]["imageDigest"], str(config.get("digest", "")))


def is_immutable(image: Image, ecr: Any) -> bool:
    """Whether a tag, once it is there, stays what it is. Raises ImageError without the repository."""
    try:
        found = ecr.describe_repositories(registryId=image.account, repositoryNames=[image.repository])
    except ClientError as error:
        raise _explained(error, image) from error
    return str(found["repositories"][0].get("imageTagMutability", "")).startswith("IMMUTABLE")


def password_of(ecr: Any) -> str:
    """With which a program signs in as the user AWS, for twelve hours."""
    token = ecr.get_authorization_token()["authorizationData"][0]["authorizationToken"]
    return base64.b64decode(token).decode().partition(":")[2]


def _explained(error: ClientError, image: Image) -> Exception:
    found: Exception = error
    if code_of(error) != "RepositoryNotFoundException":
        return found
    return ImageError(
        f"there is no repository {image.repository} in {image.account}/{image.region}",
        "deploy the stack that makes it first, in each region",
    )
