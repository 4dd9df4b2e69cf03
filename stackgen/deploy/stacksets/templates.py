"""Where the templates of a set must lie: the set's own, where it is long, and those nested in it, in every region."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from stackgen.deploy import artifacts
from stackgen.deploy.buckets import bucket_of, place_of
from stackgen.deploy.choosing import named
from stackgen.deploy.targets import Target

from .errors import StackSetError

if TYPE_CHECKING:
    from collections.abc import Callable

    from stackgen.deploy.actions import Action
    from stackgen.deploy.artifacts import Upload
    from stackgen.review.model import Build

    from .wanted import Wanted


class Templates(NamedTuple):
    """What is missing, and the address of the set's own template; nothing where a request carries it."""

    prepare: tuple[tuple[str, Action], ...]
    """Each with the region where it is done."""
    url: str
    buckets: tuple[str, ...]


def templates(build: Build, wanted: Wanted, s3: Callable[[str], Any]) -> Templates:
    """Reads only; *s3* makes a client of a region. Raises ArtifactError, StackSetError."""
    name = named(build, wanted.declared.template)
    if wanted.declared.is_service_managed:
        _check_service_managed(build, name, is_nested=wanted.is_nested)
    by_region: dict[str, dict[str, Upload]] = {}
    if wanted.is_nested:
        for region, target in _targets(wanted, name):
            for upload in artifacts.uploads(build, target):
                if upload.template != name:
                    by_region.setdefault(region, {})[f"{upload.bucket}/{upload.key}"] = upload
    url = ""
    if wanted.needs_upload:
        root = root_of(build, wanted, name)
        by_region.setdefault(wanted.home.region, {})[root.key] = root
        url = artifacts.url_of(root.bucket, root.key, wanted.home.region)
    prepare: list[tuple[str, Action]] = []
    for region, uploads in by_region.items():
        actions = artifacts.missing(list(uploads.values()), wanted.home.account, region, s3(region))
        prepare += [(region, action) for action in actions]
    buckets = dict.fromkeys(each.bucket for uploads in by_region.values() for each in uploads.values())
    return Templates(tuple(prepare), url, tuple(buckets))


def _targets(wanted: Wanted, template: str) -> list[tuple[str, Target]]:
    """One cell of each kind, in each region."""
    found: dict[tuple[object, ...], tuple[str, Target]] = {}
    for cell in wanted.cells:
        if cell.pair in wanted.chosen:
            key = (cell.pair.region, cell.env, tuple(sorted((name, value.text) for name, value in cell.values.items())))
            account, region = cell.pair
            target = Target(cell.env, region, account, template, wanted.name, cell.values)
            found.setdefault(key, (region, target))
    return list(found.values())


def root_of(build: Build, wanted: Wanted, name: str) -> Upload:
    """The set's own template, and where it goes where a request cannot carry it."""
    system = name.rpartition("/")[0] or name
    account, region = wanted.home.account, wanted.home.region
    place = place_of(build, name)
    values = {each: value.text for each, value in wanted.parameters.items()}
    bucket = (place.name(values, region, account) if place else "") or bucket_of(system, region, account)
    return artifacts.Upload(name, bucket, artifacts.key_of(name, wanted.text), wanted.text)


def _check_service_managed(build: Build, name: str, *, is_nested: bool) -> None:
    """Refuse what AWS refuses of service-managed sets. Source: User Guide, considerations for service-managed sets."""
    content = build.templates[name].content
    if is_nested or any(each.get("Type") == "AWS::CloudFormation::Stack" for each in _resources(content)):
        raise StackSetError(
            f"{name} nests other stacks, which a service-managed StackSet may not",
            "permission_model = SELF_MANAGED takes it, with roles of your own",
        )
    if "Transform" in content:
        raise StackSetError(f"{name} uses a macro, which a service-managed StackSet may not")


def _resources(content: dict[str, Any]) -> list[dict[str, Any]]:
    return [each for each in content.get("Resources", {}).values() if isinstance(each, dict)]
