"""The target roles in every account of chosen organisational units, also in those that join later."""

from __future__ import annotations

from typing import ClassVar

from troposphere import AWSHelperFn, Equals, If, Join, Ref, cloudformation

from stackgen import Condition, Output, Parameter
from stackgen.parameter_types import COMMA_DELIMITED_LIST, StringList

from .parameters import CodeParameters
from .targets import TargetRoleParameters, TargetRolesStack


class TargetRolesStackSetStack(TargetRoleParameters, CodeParameters):
    """Deployer target roles in an organisation, by a StackSet of its management account or a delegated one."""

    file = "target-roles-stackset"

    OrganizationalUnitIds: Parameter[StringList] = Parameter(
        COMMA_DELIMITED_LIST,
        pattern=r"^(ou-[a-z0-9]{4,32}-[a-z0-9]{8,32}|r-[a-z0-9]{4,32})$",
        description="Organisational units whose accounts get the roles; the management account never does",
        constraint_description="IDs of organisational units or of the root, joined by commas",
        label="Organisational units",
    )
    CallAs: Parameter = Parameter(
        default="SELF",
        allowed_values=("SELF", "DELEGATED_ADMIN"),
        description="Whether this is the management account or a delegated administrator",
        constraint_description="SELF or DELEGATED_ADMIN",
        label="Called as",
    )

    IsOurs = Condition(Equals(TargetRoleParameters.AdministratorAccountId, ""))

    StackSetId = Output(description="ID of the StackSet")

    target_roles: ClassVar[type[TargetRolesStack]] = TargetRolesStack
    """What is deployed; a repository with a variant of its own names that."""

    def build(self) -> None:
        """One region is enough: roles belong to all of them."""
        stack_set = self.add(
            cloudformation.StackSet(
                "TargetRoles",
                StackSetName=self.named("target-roles"),
                Description="Roles that the deployer needs in target accounts",
                PermissionModel="SERVICE_MANAGED",
                CallAs=self.CallAs,
                AutoDeployment=cloudformation.AutoDeployment(Enabled=True, RetainStacksOnAccountRemoval=False),
                TemplateURL=self.template_url(self.target_roles),
                Capabilities=["CAPABILITY_NAMED_IAM"],
                Parameters=[
                    cloudformation.Parameter(ParameterKey=name, ParameterValue=self.handed(name))
                    for name in sorted(self.target_roles.parameters())
                ],
                OperationPreferences=cloudformation.OperationPreferences(
                    ConcurrencyMode="SOFT_FAILURE_TOLERANCE",
                    FailureTolerancePercentage=100,
                    MaxConcurrentPercentage=100,
                ),
                ManagedExecution=cloudformation.ManagedExecution(Active=True),
                StackInstancesGroup=[
                    cloudformation.StackInstances(
                        DeploymentTargets=cloudformation.DeploymentTargets(
                            OrganizationalUnitIds=self.OrganizationalUnitIds
                        ),
                        Regions=[Ref("AWS::Region")],
                    )
                ],
            )
        )
        self.StackSetId = stack_set.ref()

    def handed(self, name: str) -> AWSHelperFn:
        """A parameter of the roles: what was given here; without the deployer's account, it is this one."""
        if name == "AdministratorAccountId":
            return If(self.IsOurs, Ref("AWS::AccountId"), Ref(name))
        return Join(",", Ref(name)) if self.parameters()[name].is_list else Ref(name)
