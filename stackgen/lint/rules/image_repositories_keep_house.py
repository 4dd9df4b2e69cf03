"""W9133."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stackgen import profiles
from stackgen.lint.kit import checks, rule, values

if TYPE_CHECKING:
    from collections.abc import Iterator

    from stackgen.lint.kit.view import Resource, View


class ImageRepositoriesKeepHouse(rule.OfResources):
    """And goes with its images where the stack is meant to go."""

    id = "W9133"
    shortdesc = "An image repository scans, moves no tag, and expires old images"
    why = (
        "A tag that moves deploys what nobody tested, an image that is not scanned has known holes, and old ones cost."
    )
    remedy = "Set ScanOnPush, IMMUTABLE tags and a LifecyclePolicy; EmptyOnDelete where the stack is meant to go."
    source_url = "https://docs.aws.amazon.com/securityhub/latest/userguide/ecr-controls.html"
    pillar = "security"
    guidelines = ("GDL-118", "TAP")
    public = ("ECR.1", "ECR.2", "ECR.3", "CKV_AWS_163", "CKV_AWS_51")
    types = ("AWS::ECR::Repository",)
    passes = """
    Resources:
      Repository:
        Type: AWS::ECR::Repository
        Properties:
          ImageScanningConfiguration: {ScanOnPush: true}
          ImageTagMutability: IMMUTABLE
          LifecyclePolicy: {LifecyclePolicyText: '{"rules": []}'}
    """
    fails = """
    Resources:
      Repository: {Type: AWS::ECR::Repository}
    """

    def look(self, resource: Resource, view: View) -> Iterator[rule.Found]:
        """Each of them."""
        for found in checks.unfit(resource, "ImageScanningConfiguration", "ScanOnPush"):
            yield rule.Found(found.path, f"{resource.title} does not scan images on push")
        fixed = checks.one_of("IMMUTABLE", "IMMUTABLE_WITH_EXCLUSION")
        for found in checks.unfit(resource, "ImageTagMutability", fits=fixed):
            yield rule.Found(found.path, f"{resource.title} lets a tag move to another image")
        for found in resource.values("LifecyclePolicy"):
            if found.value is values.ABSENT:
                yield rule.Found(found.path, f"{resource.title} keeps every image for ever")
        if view.profile in (profiles.DESTROYABLE, profiles.EPHEMERAL):
            for found in checks.unfit(resource, "EmptyOnDelete"):
                yield rule.Found(
                    found.path, f"{resource.title} does not go while it has images: EmptyOnDelete is not true"
                )
