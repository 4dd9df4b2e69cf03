"""What every Plot Palette template has in common: names, the environment, tags, and what becomes of a resource."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, TypeVar

from troposphere import AWSObject, Delete, Ref, Tags, budgets

from stackgen import FromParent, Parameter, Stack

if TYPE_CHECKING:
    from stackgen.exemptions import Exemptions

PROJECT = "plot-palette"
ENVIRONMENTS = ("development", "staging", "production")

Resource = TypeVar("Resource", bound=AWSObject)


class PlotPaletteStack(Stack):
    """Base of Plot Palette's templates."""

    system = PROJECT
    name_pattern = "plot-palette-{stem}-${EnvironmentName}"
    artifact_bucket = "${TemplatesBucketName}"  # one bucket in each region, named in full

    component: ClassVar[str] = ""
    """What the tag Component says."""

    EnvironmentName: Parameter = Parameter(
        default=FromParent(),
        allowed_values=ENVIRONMENTS,
        description="Environment, which ends every name; there is no default, or a forgotten one would be production",
        constraint_description=f"one of {', '.join(ENVIRONMENTS)}",
        label="Environment",
    )

    def add(self, resource: Resource, *, suppress: Exemptions | None = None) -> Resource:
        """As ``Stack.add``, with the tags and both policies written out: Delete, where nothing else is said."""
        attributes = resource.resource
        attributes.setdefault("DeletionPolicy", Delete)
        attributes.setdefault("UpdateReplacePolicy", Delete)
        _tag(resource, tags(self.component))
        return super().add(resource, suppress=suppress)


def tags(component: str) -> dict[str, Any]:
    """The tags of a nested stack and of all in it; the budget counts what carries Project and Environment."""
    return {
        "Component": component,
        "Environment": Ref("EnvironmentName"),
        "ManagedBy": "cloudformation",
        "Project": PROJECT,
    }


def _tag(resource: AWSObject, added: dict[str, Any]) -> None:
    """Add the tags, under the name and in the form that the type has for them, if it has any."""
    name = next((each for each in ("Tags", "UserPoolTags", "ResourceTags") if each in resource.props), None)
    if name is None:
        return
    own = resource.properties.get(name)
    if name == "ResourceTags":
        resource.properties[name] = [budgets.ResourceTag(Key=key, Value=value) for key, value in added.items()]
    elif resource.props[name][0] is dict:
        resource.properties[name] = {**added, **(own or {})}
    else:
        resource.properties[name] = Tags(**added) + (own or Tags())
