"""E9106."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from stackgen.lint.kit import functions, images, rule, values

if TYPE_CHECKING:
    from collections.abc import Iterator

    from stackgen.lint.kit.view import Resource, View


class LambdaImageIsPinned(rule.OfResources):
    """A function's image is one of a private repository and of one tag or digest."""

    id = "E9106"
    shortdesc = (
        "A function's image has a tag or digest, of a private repository; with images_only, no function is a zip"
    )
    why = (
        "What latest means changes without a deployment, and Lambda takes images from private repositories of ECR only."
    )
    remedy = "Name the image by its digest or by a tag that is never moved."
    source_url = "https://docs.aws.amazon.com/lambda/latest/dg/images-create.html"
    pillar = "operational excellence"
    guidelines = ("TAP", "GDL-051")
    public = ("CKV_AWS_363",)
    types = functions.TYPES
    options: ClassVar = {"images_only": {"default": False, "type": "boolean"}}
    passes = """
    Parameters: {ImageTag: {Type: String}}
    Resources:
      Function:
        Type: AWS::Lambda::Function
        Properties:
          PackageType: Image
          Code: {ImageUri: !Sub '${AWS::AccountId}.dkr.ecr.${AWS::Region}.amazonaws.com/validator:${ImageTag}'}
    """
    fails = """
    Resources:
      Function:
        Type: AWS::Lambda::Function
        Properties:
          PackageType: Image
          Code: {ImageUri: !Sub '${AWS::AccountId}.dkr.ecr.${AWS::Region}.amazonaws.com/validator:latest'}
    """

    def look(self, resource: Resource, view: View) -> Iterator[rule.Found]:
        """An image that is not pinned or not private, and a zip where none may be."""
        for found in functions.values_in(resource, "Code", "ImageUri"):
            if found.value is values.ABSENT:
                if self.config["images_only"]:
                    yield rule.Found(found.path, f"{resource.title} is a zip file, not a container's image")
                continue
            loose = images.looseness(view, found.value)
            if loose:
                yield rule.Found(found.path, f"{resource.title} does not say which image it is: {loose}")
            if images.is_public(view, found.value):
                yield rule.Found(
                    found.path, f"{resource.title} has an image that is not of a private repository of ECR"
                )
