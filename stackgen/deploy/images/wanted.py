"""Which images of ECR a stack needs before it is deployed, by its templates and this deployment's values."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from stackgen.deploy.texts import texts_in
from stackgen.review.evaluation.environment import Environment
from stackgen.review.evaluation.symbols import symbols_in
from stackgen.review.evaluation.tree import evaluate

if TYPE_CHECKING:
    from stackgen.deploy.targets import Target
    from stackgen.review.model import Build

_IMAGE = re.compile(
    r"(?P<registry>(?P<account>[0-9]{12})\.dkr\.ecr(?:-fips)?\.(?P<region>[a-z0-9-]+)\.[a-z0-9.-]+)"
    r"/(?P<repository>[a-z0-9][a-z0-9._/-]*)(?:@(?P<digest>sha256:[0-9a-f]{64})|:(?P<tag>\w[\w.-]{0,127}))?"
)
_REGISTRY = ".dkr.ecr."


class Image(NamedTuple):
    """An image in a region."""

    registry: str
    """``111111111111.dkr.ecr.us-east-1.amazonaws.com``."""
    account: str
    region: str
    repository: str
    reference: str
    """A tag, or ``sha256:...``."""

    @property
    def is_by_digest(self) -> bool:
        """Whether it is named by its content, so that nobody can choose it."""
        return self.reference.startswith("sha256:")

    @property
    def name(self) -> str:
        """Without the region: ``transaction-validator-dev:1.0.0``."""
        return f"{self.repository}{'@' if self.is_by_digest else ':'}{self.reference}"

    @property
    def uri(self) -> str:
        """As programs name it that push it."""
        return f"{self.registry}/{self.name}"

    @property
    def place(self) -> str:
        """For people."""
        return f"{self.name} in {self.account}/{self.region}"


class Wanted(NamedTuple):
    """What a stack needs."""

    images: dict[Image, tuple[str, ...]]
    """With the paths of the resources that run each."""
    unknown: tuple[str, ...]
    """The paths of those whose image is not known before the deployment."""


def wanted(build: Build, target: Target) -> Wanted:
    """The images of a stack and of all nested in it."""
    images: dict[Image, list[str]] = {}
    unknown: dict[str, None] = {}
    tree = evaluate(build, target.template, Environment(target.env, target.region, target.account, target.texts))
    for resource in tree.resources():
        if resource.exists is False:
            continue
        for text in texts_in(resource.properties):
            if found := _IMAGE.fullmatch(text):
                reference = found["digest"] or found["tag"] or "latest"
                image = Image(found["registry"], found["account"], found["region"], found["repository"], reference)
                images.setdefault(image, []).append(resource.address)
        if any(_REGISTRY in str(symbol) for _, symbol in symbols_in(resource.properties)):
            unknown[resource.address] = None
    return Wanted({image: tuple(dict.fromkeys(paths)) for image, paths in images.items()}, tuple(unknown))
