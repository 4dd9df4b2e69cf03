"""Releases: what was deployed, and found to work, so that it can be deployed again; kept in Parameter Store.

/stackgen/releases/{stack}/{YYYYMMDD-HHMMSS}-{commit} says of which commit the templates are, what their digest is, the
values of all parameters but the secret ones, and by which digest an image is the one that ran. The newest 30 are kept.
"""

from __future__ import annotations

import json
import re
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

from stackgen.errors import StackgenError, likely

from .actions import Action

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

KEPT = 30
LARGEST = 8_192
"""Bytes of an advanced parameter. Source: Systems Manager, "Managing parameter tiers"."""
PREVIOUS = "previous"
_START = "/stackgen/releases"
_IMAGE = re.compile(
    r"(?P<account>[0-9]{12})\.dkr\.ecr\.(?P<region>[a-z0-9-]+)\.amazonaws\.com(\.cn)?/(?P<name>[^:@]+)"
    r"(:(?P<tag>[^@]+))?(@(?P<digest>sha256:[0-9a-f]{64}))?"
)


class ReleaseError(StackgenError):
    """A release that is not there, or cannot be deployed again."""


@dataclass(frozen=True, slots=True)
class Release:
    """One stack as it was deployed at one time."""

    id: str
    stack: str
    environment: str
    account: str
    region: str
    template: str
    digest: str
    """Of the root template, whose URLs hold the digests of all below it."""
    commit: str
    parameters: Mapping[str, str] = field(default_factory=dict)
    secrets: tuple[str, ...] = ()
    """Parameters whose values nobody keeps."""
    images: Mapping[str, str] = field(default_factory=dict)
    """The digest of each image, by the parameter that names it."""

    @property
    def values(self) -> dict[str, str]:
        """What the parameters are given to deploy it again: images by what they were, not by their tags."""
        found = dict(self.parameters)
        for name, digest in self.images.items():
            found[name] = f"{re.split(r'[@]|:(?!.*/)', found[name])[0]}@{digest}"
        return found


def recorded(release: Release) -> Action:
    """The call that remembers it. Raises ReleaseError for one that is too large."""
    text = json.dumps(asdict(release), separators=(",", ":"), sort_keys=True)
    if len(text.encode()) > LARGEST:
        raise ReleaseError(f"the release of {release.stack} has {len(text.encode()):,} bytes, {LARGEST:,} at most")
    asked = {
        "Name": _place(release.stack, release.id),
        "Value": text,
        "Type": "String",
        "Tier": "Intelligent-Tiering",
        "Description": "A release, recorded by stackgen",
    }
    return Action("ssm", "put_parameter", asked, f"record the release {release.id} of {release.stack}")


def listed(stack: str, ssm: Any) -> list[Release]:
    """All that are recorded of a stack, the newest first; what somebody made unreadable is left out."""
    pages = ssm.get_paginator("get_parameters_by_path").paginate(Path=_place(stack, "").rstrip("/"))
    found = [_of(each["Value"]) for page in pages for each in page["Parameters"]]
    return sorted((each for each in found if each), key=lambda each: each.id, reverse=True)


def too_old(releases: Sequence[Release]) -> list[Action]:
    """The calls that forget what is beyond the newest."""
    return [
        Action("ssm", "delete_parameter", {"Name": _place(each.stack, each.id)}, f"forget the release {each.id}")
        for each in releases[KEPT:]
    ]


def chosen(releases: Sequence[Release], word: str, stack: str) -> Release:
    """The one that a word means: its ID, the beginning of one, or ``previous``. Raises ReleaseError."""
    if word == PREVIOUS and len(releases) > 1:
        return releases[1]
    found = [each for each in releases if each.id.startswith(word)] if word != PREVIOUS else []
    if len(found) != 1:
        problem = (
            f"{len(found)} releases of {stack} begin with {word!r}" if found else f"{stack} has no release {word!r}"
        )
        raise ReleaseError(problem, likely(word, [each.id for each in releases]) or "release record records one")
    return found[0]


def image_digests(parameters: Mapping[str, str], ecr: Any, region: str) -> dict[str, str]:
    """By which digest the images in ECR are known that parameters name. Raises what AWS refuses."""
    found: dict[str, str] = {}
    for name, text in parameters.items():
        said = _IMAGE.fullmatch(text)
        if said is None or said["region"] != region:
            continue
        if said["digest"]:
            found[name] = said["digest"]
        elif said["tag"]:
            asked = {
                "registryId": said["account"],
                "repositoryName": said["name"],
                "imageIds": [{"imageTag": said["tag"]}],
            }
            found[name] = ecr.describe_images(**asked)["imageDetails"][0]["imageDigest"]
    return found


def _place(stack: str, id_: str) -> str:
    return f"{_START}/{stack}/{id_}"


def _of(text: str) -> Release | None:
    try:
        said = json.loads(text)
        return Release(**{**said, "secrets": tuple(said["secrets"])})
    except (ValueError, TypeError, KeyError):
        return None
