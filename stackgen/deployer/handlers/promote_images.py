"""Copy the container images of a release to every target, before any stack there asks for them.

In: ``env``, ``repo``, ``sk``, ``s3_bucket``, ``s3_key``, and ``targets`` with their ``count``; where that is more than
the targets in the event, they are read anew. Out: ``images_promoted`` (of each image in each target), ``images`` (the
first 100 of them), ``skipped`` (there are none). Raises ImageListInvalid, ImagesNotPromoted, Transient.

An image is its digest. Five targets at a time are served; one that fails stops no other. What was copied stays, so a
second run, after a timeout too, goes on where the first stopped.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from botocore.exceptions import BotoCoreError, ClientError

from . import builds, images, inputs, manifests, payloads, promotion, targets
from .entry import entry, log
from .errors import DeployerError, ImagesNotPromoted, Transient
from .inputs import Build, Pair, text
from .refusals import bounded, translated

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .clients import Clients
    from .images import Image
    from .manifests import Manifest
    from .settings import Settings

WORKERS = 5

_MOST_SHOWN = 5
"""Failures that a message names."""


@dataclass(frozen=True, slots=True)
class Request:
    """A release, and where it goes."""

    build: Build
    s3_bucket: str
    s3_key: str
    targets: tuple[Pair, ...]
    count: int

    @classmethod
    def from_event(cls, event: Mapping[str, Any]) -> Request:
        """Raises MissingInput."""
        shown = tuple(inputs.pairs(event)) if "targets" in event else ()
        count = inputs.number(event, "count", len(shown))
        return cls(Build.from_event(event), text(event, "s3_bucket"), text(event, "s3_key"), shown, count)


@dataclass(frozen=True, slots=True)
class _Source:
    """The deployer's own registry, and what is copied from it."""

    ecr: Any
    account: str
    content: tuple[tuple[Image, list[Manifest]], ...]

    @property
    def region(self) -> str:
        return str(self.ecr.meta.region_name)


def promote_images(request: Request, settings: Settings, clients: Clients) -> dict[str, Any]:
    """See that every target has every image of the release."""
    wanted = images.of_release(request.s3_bucket, request.s3_key, clients)
    if not wanted:
        return {"images_promoted": 0, "images": [], "skipped": True}
    pairs = _targets(request, settings, clients)
    ecr = clients.own("ecr")
    account = str(clients.own("sts").get_caller_identity()["Account"])
    source = _Source(ecr, account, tuple((image, _manifests(image, ecr)) for image in wanted))
    with ThreadPoolExecutor(WORKERS) as pool:
        failures = list(pool.map(lambda pair: _serve(pair, source, settings, clients), pairs))
    _judge(pairs, failures)
    shown, _ = payloads.shortened(_address(image, pair, ecr) for pair in pairs for image in wanted)
    return {"images_promoted": len(pairs) * len(wanted), "images": shown, "skipped": False}


def _targets(request: Request, settings: Settings, clients: Clients) -> list[Pair]:
    """Those of the event, or all where it holds only the first."""
    if request.targets and request.count <= len(request.targets):
        return list(request.targets)
    record = builds.find(request.build, clients, settings)
    return targets.of_build(request.build, record, clients.dynamodb, settings).pairs


def _manifests(image: Image, ecr: Any) -> list[Manifest]:
    """What the image consists of. Raises ImagesNotPromoted where the deployer's registry has no such image."""
    try:
        return manifests.of_image(image, ecr)
    except ecr.exceptions.RepositoryNotFoundException as error:
        raise ImagesNotPromoted(f"{image} cannot be read: {error}") from error


def _serve(pair: Pair, source: _Source, settings: Settings, clients: Clients) -> DeployerError | None:
    """Bring all images to one target; what stopped it, if anything."""
    own = (pair.account_id, pair.region) == (source.account, source.region)
    try:
        target = None
        for image, content in source.content:
            if own and (not image.tag or promotion.tagged(image, source.ecr) == image.digest):
                continue  # it is there: this is where it comes from
            target = target or promotion.registry(pair, _partition(source.ecr), clients, settings)
            promotion.promote(image, content, source.ecr, target)
            log.info("%s is in %s", image, pair)
    except DeployerError as error:
        return error
    except (ClientError, BotoCoreError) as error:
        return translated(error)
    return None


def _judge(pairs: list[Pair], failures: list[DeployerError | None]) -> None:
    """Raise what stays wrong before what may pass: another attempt mends the second alone."""
    told = [(pair, error) for pair, error in zip(pairs, failures, strict=True) if error is not None]
    if not told:
        return
    stays = [each for each in told if not isinstance(each[1], Transient)]
    shown = "; ".join(f"{pair}: {bounded(str(error), 180)}" for pair, error in (stays or told)[:_MOST_SHOWN])
    message = f"{len(told)} of {len(pairs)} targets lack images: {shown}"
    raise (ImagesNotPromoted if stays else Transient)(message)


def _partition(ecr: Any) -> str:
    return str(ecr.meta.partition)


def _address(image: Image, pair: Pair, ecr: Any) -> str:
    """Where the image lies in a target."""
    suffix = "amazonaws.com.cn" if _partition(ecr) == "aws-cn" else "amazonaws.com"
    return f"{pair.account_id}.dkr.ecr.{pair.region}.{suffix}/{image}"


@entry
def handler(event: Mapping[str, Any], settings: Settings, clients: Clients) -> dict[str, Any]:
    return promote_images(Request.from_event(event), settings, clients)
