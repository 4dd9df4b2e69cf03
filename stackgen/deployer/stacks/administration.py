"""The role that CloudFormation runs StackSets with: it may take on execution roles, and do nothing else."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from awacs.aws import Allow, ArnLike, Principal, SourceAccount, SourceArn, Statement, StringEquals
from awacs.aws import Condition as When
from awacs.sts import AssumeRole
from troposphere import Equals, If, Join, Not, Ref, Split, Sub, iam

from stackgen import Condition, Exemption, Output, allow
from stackgen.iam import document, inline

from .base import ARN, WithBoundary
from .parameters import OptInRegionParameters, RoleNameParameters

if TYPE_CHECKING:
    from stackgen.exemptions import Exemptions

NAME = "AWSCloudFormationStackSetAdministrationRole"
SERVICE = "cloudformation.amazonaws.com"


class WithAdministrationRole(OptInRegionParameters, RoleNameParameters, WithBoundary):
    """An administration role of an environment's own."""

    HasOptInRegions = Condition(Not(Equals(Join("", OptInRegionParameters.OptInRegions), "")))

    def administration_role(self, suppress: Exemptions | None = None, **attributes: Any) -> iam.Role:
        """Its name carries the environment, so that two environments, and one made by hand, can share the account."""
        return self.add(
            iam.Role(
                "AdministrationRole",
                RoleName=Sub(f"{NAME}-${{Env}}"),
                Description="Runs the StackSets of the deployer",
                AssumeRolePolicyDocument=document(self.trusted()),
                PermissionsBoundary=self.boundary(),
                Policies=[
                    inline(
                        "assume-execution-roles",
                        allow(AssumeRole, on=[Sub(f"{ARN}:iam::*:role/${{ExecutionRoleName}}")]),
                    )
                ],
                **attributes,
            ),
            suppress=suppress,
        )

    def trusted(self) -> Statement:
        """CloudFormation, for StackSets of this account; in an opt-in region it comes as a principal of that region."""
        regions = Join(f".amazonaws.com,{SERVICE.partition('.')[0]}.", self.OptInRegions)
        regional = Sub(f"{SERVICE},cloudformation.${{Regions}}.amazonaws.com", Regions=regions)
        ours = {SourceAccount: Ref("AWS::AccountId")}
        sets = {SourceArn: Sub(f"{ARN}:cloudformation:*:${{AWS::AccountId}}:stackset/*")}
        return Statement(
            Effect=Allow,
            Action=[AssumeRole],
            Principal=Principal("Service", If(self.HasOptInRegions, Split(",", regional), SERVICE)),
            Condition=When([StringEquals(ours), ArnLike(sets)]),
        )


class StackSetAdministrationStack(WithAdministrationRole):
    """Deployer administration role alone: for an account that runs StackSets before, or without, a deployer."""

    file = "stackset-administration"

    AdministrationRoleArn = Output(description="ARN of the administration role")

    def build(self) -> None:
        """The role."""
        why = Exemption(
            "an account has this stack or the deployer's, which makes the role where it is told to",
            owner="platform",
            expires="2027-11-30",
        )
        self.AdministrationRoleArn = self.administration_role(suppress={"E9117": why}).get_att("Arn")
