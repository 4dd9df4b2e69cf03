"""Judge the signatures of a release before it is deployed anywhere.

In: ``env``, ``repo``, ``sk``, ``s3_bucket``, ``s3_key``. Out: ``verificationPassed``, ``lambdasVerified`` and
``containersVerified`` (how many), ``warnings``, ``errors``, ``enforcementMode``, ``hasContainerImages``,
``verificationEnabled``, ``message``. Raises Refused where the parameters may not be read, Transient.

Disabled unless a parameter says otherwise; what is wanted is told in ``verification``, what can be known in
``signatures``. What cannot be verified counts as wrong: a warning in the mode ``warn``, which never blocks, and an
error in the mode ``enforce``, where each blocks.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any

from botocore.exceptions import BotoCoreError, ClientError

from . import artifacts, images, signatures
from .entry import entry, log
from .errors import ImageListInvalid
from .inputs import Build, text
from .refusals import bounded, is_transient
from .verification import Verification, allowed_registries, registries_parameter

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from .clients import Clients
    from .images import Image
    from .settings import Settings

_MOST_FINDINGS = 20
_MOST_TEXT = 300


@dataclass(frozen=True, slots=True)
class Request:
    """A release of a build."""

    build: Build
    s3_bucket: str
    s3_key: str

    @classmethod
    def from_event(cls, event: Mapping[str, Any]) -> Request:
        """Raises MissingInput."""
        return cls(Build.from_event(event), text(event, "s3_bucket"), text(event, "s3_key"))


@dataclass(slots=True)
class _Judgement:
    """What was found so far."""

    wanted: Verification
    packages: int = 0
    images: int = 0
    has_images: bool = False
    warnings: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)

    def hear(self, what: str, check: Callable[[], str]) -> bool:
        """Whether a check finds nothing wrong; what cannot be checked is wrong."""
        try:
            wrong = check()
        except (ClientError, BotoCoreError) as error:
            if self.wanted.enforced and is_transient(error):
                raise
            wrong = f"{what} cannot be verified: {error}"
        if wrong:
            self.wrong.append(bounded(wrong, _MOST_TEXT))
        return not wrong

    def shown(self) -> dict[str, Any]:
        passed = not (self.wanted.enforced and self.wrong)
        enabled = self.wanted.packages or self.wanted.images
        warnings = self.warnings if self.wanted.enforced else [*self.warnings, *self.wrong]
        return {
            "verificationPassed": passed,
            "lambdasVerified": self.packages,
            "containersVerified": self.images,
            "warnings": warnings[:_MOST_FINDINGS],
            "errors": self.wrong[:_MOST_FINDINGS] if self.wanted.enforced else [],
            "enforcementMode": self.wanted.mode,
            "hasContainerImages": self.has_images,
            "verificationEnabled": enabled,
            "message": self._message(enabled=enabled),
        }

    def _message(self, *, enabled: bool) -> str:
        if not enabled:
            return "signatures are not verified: verification is disabled"
        verified = f"{self.packages} packages and {self.images} images are verified"
        if not self.wrong:
            return verified
        blocked = "blocked" if self.wanted.enforced else "not blocked, for the mode is warn"
        return bounded(f"{len(self.wrong)} signatures are not verified ({blocked}): {'; '.join(self.wrong)}")


def verify_signatures(request: Request, settings: Settings, clients: Clients) -> dict[str, Any]:
    """Judge packages and images; what is disabled is said to be."""
    wanted = Verification.read(settings, clients)
    judgement = _Judgement(wanted, warnings=list(wanted.odd))
    if wanted.packages:
        judgement.hear("the packages of the release", lambda: _packages(request, judgement, clients))
    else:
        judgement.warnings.append("packages are not verified: lambda-verification is disabled")
    if wanted.images:
        judgement.hear("the images of the release", lambda: _images(request, judgement, settings, clients))
    else:
        judgement.warnings.append("images are not verified: container-verification is disabled")
    answer = judgement.shown()
    (log.info if not judgement.wrong else log.warning)(answer["message"])
    return answer


def _packages(request: Request, judgement: _Judgement, clients: Clients) -> str:
    """Judge each package below the release's folder."""
    folder = artifacts.folder(request.s3_key)
    for page in clients.s3.get_paginator("list_objects_v2").paginate(Bucket=request.s3_bucket, Prefix=folder):
        for key in (str(each["Key"]) for each in page.get("Contents", [])):
            if key.endswith(".zip"):
                check = partial(signatures.package, request.s3_bucket, key, judgement.wanted.profile, clients)
                judgement.packages += judgement.hear(key, check)
    return ""


def _images(request: Request, judgement: _Judgement, settings: Settings, clients: Clients) -> str:
    """Judge where each image comes from, and its signature."""
    try:
        wanted = images.of_release(request.s3_bucket, request.s3_key, clients)
    except ImageListInvalid as error:
        judgement.has_images = True
        return str(error)
    judgement.has_images = bool(wanted)
    if not wanted:
        return ""
    allowed = allowed_registries(request.build.repo, settings, clients)
    place = registries_parameter(request.build.repo, settings)

    def check(image: Image) -> str:
        if image.repository not in allowed:
            return f"{image} comes from a registry that {place} does not name"
        return signatures.image(image, clients)

    for each in wanted:
        judgement.images += judgement.hear(str(each), partial(check, each))
    return ""


@entry
def handler(event: Mapping[str, Any], settings: Settings, clients: Clients) -> dict[str, Any]:
    return verify_signatures(Request.from_event(event), settings, clients)
