"""What every Smart Stream template has in common: names, tags, and what the classes of environments are."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, TypeVar

from troposphere import AWSObject, Equals, If, Not, NoValue, Or, Ref, Sub, Tags, serverless

from stackgen import Condition, FromParent, Parameter, Stack

if TYPE_CHECKING:
    from stackgen.exemptions import Exemptions

PROJECT = "yoto-smart-stream"
SHARED = "shared"
"""What the tag Environment says of what belongs to all environments."""

Resource = TypeVar("Resource", bound=AWSObject)


class SmartStreamStack(Stack):
    """Base of Smart Stream's templates."""

    system = "smart-stream"
    artifact_bucket = "${TemplatesBucketName}"

    environment: ClassVar[object] = SHARED
    """What the tag Environment says."""

    def add(self, resource: Resource, *, suppress: Exemptions | None = None) -> Resource:
        """As ``Stack.add``, with the tags and both policies written out: Delete, where nothing else is said."""
        attributes = resource.resource
        attributes.setdefault("DeletionPolicy", "Delete")
        attributes.setdefault("UpdateReplacePolicy", "Delete")
        _tag(resource, {"Environment": self.environment, "Project": PROJECT})
        return super().add(resource, suppress=suppress)


class EnvironmentStack(SmartStreamStack):
    """Base of what is made once for each environment."""

    name_pattern = "yoto-{stem}-${Environment}"

    Environment: Parameter = Parameter(
        default=FromParent(),
        pattern=r"^(prod|dev|pr-\d+)$",
        max_length=9,
        description="Environment, which ends every name: prod, dev, or pr- and the number of a pull request",
        constraint_description="prod, dev, or pr- and up to six digits",
        label="Environment",
    )

    environment = Ref("Environment")

    IsProduction = Condition(Equals(Environment, "prod"))
    IsDevelopment = Condition(Equals(Environment, "dev"))
    IsPR = Condition(Not(Or(Equals(Environment, "prod"), Equals(Environment, "dev"))))

    def by_class(self, production: object, development: object, pull_request: object) -> If:
        """What differs between the three classes of environments."""
        return If(self.IsProduction, production, If(self.IsDevelopment, development, pull_request))

    def kept_in_production(self) -> dict[str, Any]:
        """Attributes of what holds data: production's stays when its stack goes, a pull request's goes with it."""
        kept = If(self.IsProduction, "Retain", "Delete")
        return {"DeletionPolicy": kept, "UpdateReplacePolicy": kept}


class BoundedRoles(Stack):
    """Roles that stay within the boundary of whoever deploys, where there is one."""

    PermissionsBoundaryName: Parameter = Parameter(
        default="",
        pattern=r"^[\w+=,.@-]{0,128}$",
        description="Managed policy that bounds every role of the environment, or nothing; the deploy role asks for "
        "the one that the shared stack makes",
        constraint_description="the name of a managed policy, or nothing",
        label="Permissions boundary",
    )

    HasBoundary = Condition(Not(Equals(PermissionsBoundaryName, "")))

    def boundary(self) -> If:
        """The boundary's ARN in this account."""
        arn = Sub("arn:${AWS::Partition}:iam::${AWS::AccountId}:policy/${PermissionsBoundaryName}")
        return If(self.HasBoundary, arn, NoValue)


def _tag(resource: AWSObject, added: dict[str, Any]) -> None:
    """Add the tags, under the name and in the form that the type has for them, if it has any."""
    name = next((each for each in ("Tags", "BackupVaultTags", "BackupPlanTags") if each in resource.props), None)
    if name is None:
        return
    own = resource.properties.get(name)
    if resource.props[name][0] is dict or isinstance(resource, serverless.HttpApi | serverless.Function):
        resource.properties[name] = {**added, **(own or {})}
    else:
        resource.properties[name] = Tags(**added) + (own or Tags())
