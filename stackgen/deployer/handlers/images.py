"""The container images of a release, from ``container-images.json``.

    {"images": [{"name": "api", "registry": "shop/api", "tag": "1.4.2", "digest": "sha256:..."}]}

``registry`` is the name of a repository in the deployer's own ECR. An image is its digest: a tag alone may mean another
image by the time that it is copied, so an entry without a digest is refused. Other fields, such as ``signed``, are
claims of the release and decide nothing here.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, NamedTuple

from . import artifacts
from .errors import ImageListInvalid, ParametersInvalid

if TYPE_CHECKING:
    from .clients import Clients

_REPOSITORY = re.compile(r"(?=.{2,256}$)[a-z0-9]+([._-]+[a-z0-9]+)*(/[a-z0-9]+([._-]+[a-z0-9]+)*)*")
"""Source: API_CreateRepository of ECR."""

_TAG = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._-]{0,127}")
_DIGEST = re.compile(r"sha256:[0-9a-f]{64}")


class Image(NamedTuple):
    """One image of a release."""

    repository: str
    digest: str
    tag: str = ""

    def __str__(self) -> str:
        return f"{self.repository}@{self.digest}"


def of_release(bucket: str, s3_key: str, clients: Clients) -> list[Image]:
    """The images; none where there is no list. Raises ImageListInvalid."""
    key = f"{artifacts.folder(s3_key)}{artifacts.IMAGES}"
    where = f"s3://{bucket}/{key}"
    try:
        found = artifacts.content(bucket, key, clients)
    except ParametersInvalid as error:
        raise ImageListInvalid(str(error)) from error
    if found is None:
        return []
    if not isinstance(found, dict) or not isinstance(found.get("images", []), list):
        raise ImageListInvalid(f'{where} holds no list of images: {{"images": [...]}} was expected')
    return list(dict.fromkeys(_image(each, f"{where}, image {n}") for n, each in enumerate(found.get("images", []), 1)))


def _image(entry: Any, where: str) -> Image:
    if not isinstance(entry, dict):
        raise ImageListInvalid(f"{where} is no object")
    repository, digest, tag = (entry.get(name) or "" for name in ("registry", "digest", "tag"))
    if not isinstance(repository, str) or not _REPOSITORY.fullmatch(repository):
        raise ImageListInvalid(f"{where}: registry is {repository!r}, but the name of a repository was expected")
    if not isinstance(digest, str) or not _DIGEST.fullmatch(digest):
        raise ImageListInvalid(f"{where}: digest is {digest!r}, but sha256: and 64 digits were expected")
    if not isinstance(tag, str) or (tag and not _TAG.fullmatch(tag)):
        raise ImageListInvalid(f"{where}: tag is {tag!r}, which no image can have")
    return Image(repository, digest, tag)
