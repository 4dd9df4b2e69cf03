"""What every TapStack template has in common: name pattern, suffix, tags, and that all of it can be destroyed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

from troposphere import AWSObject, Delete, Ref, Tags

from stackgen import FromParent, Parameter, Stack

if TYPE_CHECKING:
    from stackgen.exemptions import Exemptions

PROJECT = "tapstack"
REGIONS = ("us-east-1", "eu-west-1")
"""Where TapStack runs; the root refuses any other region."""

SUFFIX = r"^[a-z0-9]+(-[a-z0-9]+)*$"

Resource = TypeVar("Resource", bound=AWSObject)


class TapSystemStack(Stack):
    """Base of TapStack's templates."""

    system = "tap"
    name_pattern = "{stem}-${EnvironmentSuffix}"
    artifact_bucket = "${TemplatesBucketName}-${AWS::Region}"

    EnvironmentSuffix: Parameter = Parameter(
        default=FromParent(),
        pattern=SUFFIX,
        min_length=1,
        max_length=20,
        description="Suffix of every name in this environment, such as dev, prod or pr-123",
        constraint_description="1 to 20 lower-case letters and digits, with single hyphens between them",
        label="Environment suffix",
    )

    def add(self, resource: Resource, *, suppress: Exemptions | None = None) -> Resource:
        """As ``Stack.add``, with the tags of the system and both policies written out: Delete, if nothing else is said.

        Nothing is left to a default, because drift detection compares only what a template writes.
        """
        attributes = resource.resource
        attributes.setdefault("DeletionPolicy", Delete)
        attributes.setdefault("UpdateReplacePolicy", Delete)
        if "Tags" in resource.props:
            _tag(resource, self.tags())
        return super().add(resource, suppress=suppress)

    @classmethod
    def tags(cls) -> dict[str, Any]:
        """The tags of each resource; the janitor and the cost report look for them."""
        return {
            "EnvironmentSuffix": Ref("EnvironmentSuffix"),
            "ManagedBy": "stackgen",
            "Project": PROJECT,
            "Stack": cls.file,
        }


def _tag(resource: AWSObject, tags: dict[str, Any]) -> None:
    """Add ``tags`` in the form that the type takes: most take a list of keys and values, Systems Manager a map."""
    expected = resource.props["Tags"][0]
    own = resource.properties.get("Tags")
    if expected is dict:
        resource.properties["Tags"] = {**tags, **(own or {})}
    else:
        resource.properties["Tags"] = Tags(**tags) + (own or Tags())
