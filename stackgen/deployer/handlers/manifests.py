"""What an image consists of: manifests, each with its blobs, and lists of manifests for several platforms.

The forms are those of the OCI image specification and of Docker's second schema, which differ in names alone.
"""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any, NamedTuple

from .errors import ImagesNotPromoted

if TYPE_CHECKING:
    from .images import Image

_SINGLE = (
    "application/vnd.oci.image.manifest.v1+json",
    "application/vnd.docker.distribution.manifest.v2+json",
)
_LISTS = (
    "application/vnd.oci.image.index.v1+json",
    "application/vnd.docker.distribution.manifest.list.v2+json",
)
_ELSEWHERE = ("foreign", "nondistributable")
"""Layers that no registry keeps; whoever needs one fetches it where it is licensed."""

MOST_MANIFESTS = 100
"""Of one image; an image of more platforms is none that was meant."""


class Manifest(NamedTuple):
    """One manifest as it is stored."""

    digest: str
    text: str
    media_type: str
    blobs: tuple[str, ...]
    """Digests of the configuration and the layers."""


def of_image(image: Image, ecr: Any) -> list[Manifest]:
    """The manifests of an image, each after those that it lists, so the last is its own. Raises ImagesNotPromoted."""
    found: dict[str, Manifest] = {}
    _collect(image, image.digest, ecr, found, ())
    return list(found.values())


def _collect(image: Image, digest: str, ecr: Any, found: dict[str, Manifest], above: tuple[str, ...]) -> None:
    """Put a manifest into *found*, behind those below it."""
    if digest in found:
        return
    if digest in above or len(found) + len(above) >= MOST_MANIFESTS:
        raise ImagesNotPromoted(f"{image} lists more than {MOST_MANIFESTS} manifests")
    answer = ecr.batch_get_image(
        repositoryName=image.repository,
        imageIds=[{"imageDigest": digest}],
        acceptedMediaTypes=[*_SINGLE, *_LISTS],
    )
    if not answer.get("images"):
        failure = (answer.get("failures") or [{}])[0].get("failureReason", "no reason is given")
        raise ImagesNotPromoted(f"{image} is not whole: {digest} cannot be read: {failure}")
    text = str(answer["images"][0]["imageManifest"])
    if f"sha256:{hashlib.sha256(text.encode()).hexdigest()}" != digest:
        raise ImagesNotPromoted(f"{image}: what was read as {digest} has another digest")
    try:
        content = json.loads(text)
        media_type = str(content.get("mediaType") or answer["images"][0].get("imageManifestMediaType", ""))
        below = [str(each["digest"]) for each in content["manifests"]] if media_type in _LISTS else []
        blobs = _blobs(content) if media_type in _SINGLE else ()
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise ImagesNotPromoted(f"{image}: {digest} is no manifest: {error!r}") from error
    if media_type not in {*_SINGLE, *_LISTS}:
        raise ImagesNotPromoted(f"{image}: {digest} is of the type {media_type!r}, which cannot be copied")
    for each in below:
        _collect(image, each, ecr, found, (*above, digest))
    found[digest] = Manifest(digest, text, media_type, blobs)


def _blobs(content: dict[str, Any]) -> tuple[str, ...]:
    layers = [each for each in content.get("layers", []) if not any(word in each["mediaType"] for word in _ELSEWHERE)]
    return tuple(dict.fromkeys(str(each["digest"]) for each in (content["config"], *layers)))
