"""What every template of the deployer has in common: its environment, names, tags, and the bounds of its roles."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

from troposphere import AWSObject, Delete, Equals, If, Not, NoValue, Ref, Sub, Tags

from stackgen import Condition, FromParent, Parameter, Stack

if TYPE_CHECKING:
    from stackgen.exemptions import Exemptions

PROJECT = "aws-deployer"
ENVIRONMENT = r"^[a-z]([a-z0-9]|-(?=[a-z0-9])){0,15}$"
ARN = "arn:${AWS::Partition}"
HERE = "${AWS::Region}:${AWS::AccountId}"
"""Region and account of an ARN in this stack's own."""

Resource = TypeVar("Resource", bound=AWSObject)


class DeployerSystemStack(Stack):
    """Base of the deployer's templates. Another repository varies one by a subclass."""

    system = "deployer"
    name_pattern = f"${{Env}}-{PROJECT}-{{stem}}"
    export_name = f"${{Env}}-{PROJECT}-{{name}}"
    artifact_bucket = "${CodeBucketName}"

    Env: Parameter = Parameter(
        default=FromParent("dev"),
        pattern=ENVIRONMENT,
        max_length=16,
        description="The deployer's own environment, which all names begin with; not one that it deploys to",
        constraint_description="1 to 16 lower-case letters, digits and single hyphens, a letter first",
        label="Environment",
    )

    def add(self, resource: Resource, *, suppress: Exemptions | None = None) -> Resource:
        """As ``Stack.add``, with the system's tags and both policies written out: Delete, if nothing is said."""
        attributes = resource.resource
        attributes.setdefault("DeletionPolicy", Delete)
        attributes.setdefault("UpdateReplacePolicy", Delete)
        if "Tags" in resource.props:
            _tag(resource, self.tags())
        return super().add(resource, suppress=suppress)

    @classmethod
    def tags(cls) -> dict[str, Any]:
        """The tags of each resource."""
        return {"Environment": Ref("Env"), "ManagedBy": "stackgen", "Project": PROJECT, "Stack": cls.file}


class WithBoundary(DeployerSystemStack):
    """Roles that stay within a boundary, where there is one."""

    PermissionsBoundaryName: Parameter = Parameter(
        default=FromParent(""),
        pattern=r"^[A-Za-z0-9_+=,.@-]{0,128}$",
        description="Managed policy of this account that bounds every role of the deployer; empty for none",
        constraint_description="the name of a managed policy, or nothing",
        label="Permissions boundary",
    )

    HasBoundary = Condition(Not(Equals(PermissionsBoundaryName, "")))

    def boundary(self) -> If:
        """The boundary's ARN, or nothing."""
        return If(self.HasBoundary, Sub(f"{ARN}:iam::${{AWS::AccountId}}:policy/${{PermissionsBoundaryName}}"), NoValue)


def _tag(resource: AWSObject, tags: dict[str, Any]) -> None:
    """Add ``tags`` in the form that the type takes: most take a list of keys and values, Systems Manager a map."""
    own = resource.properties.get("Tags")
    if resource.props["Tags"][0] is dict:
        resource.properties["Tags"] = {**tags, **(own or {})}
    else:
        resource.properties["Tags"] = Tags(**tags) + (own or Tags())
