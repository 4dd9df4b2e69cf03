"""The roles in a target account: one that CloudFormation deploys as, one that is read through, one that takes images.

Each trusts the deployer's account for principals of a pattern, not a role by its ARN: IAM refuses a principal that does
not exist yet, and turns one that was made anew into a dead ID.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from awacs import cloudformation, cloudwatch, ecr
from awacs import iam as iam_actions
from awacs.aws import Action, ArnEquals, ArnLike, AWSPrincipal, PrincipalArn, StringEquals
from awacs.sts import AssumeRole
from troposphere import Equals, If, Join, NoValue, Ref, Split, Sub, iam

from stackgen import Condition, Exemption, Output, Parameter, allow, deny
from stackgen.iam import document, inline
from stackgen.parameter_types import COMMA_DELIMITED_LIST, StringList

from .administration import NAME
from .base import ARN, PROJECT, DeployerSystemStack
from .grants import PROMOTION_ROLE
from .parameters import ROLE_ARN_OR_NOTHING, ReaderRoleParameters, RoleNameParameters

if TYPE_CHECKING:
    from awacs.aws import ConditionElement, PolicyDocument

SERVICES = (
    "apigateway", "application-autoscaling", "cloudformation", "cloudwatch", "dynamodb", "ec2", "ecr", "ecs",
    "elasticloadbalancing", "events", "kms", "lambda", "logs", "rds", "s3", "scheduler", "secretsmanager", "sns", "sqs",
    "ssm", "states", "xray",
)  # fmt: skip
"""What releases may touch besides roles, unless an account says otherwise."""

ROLES = f"{ARN}:iam::${{AWS::AccountId}}:role"
BOUNDED = (
    iam_actions.AttachRolePolicy,
    iam_actions.CreateRole,
    iam_actions.DeleteRolePolicy,
    iam_actions.DetachRolePolicy,
    iam_actions.PutRolePermissionsBoundary,
    iam_actions.PutRolePolicy,
)
"""What could give a role more than the boundary. All know iam:PermissionsBoundary; Service Authorization Reference."""
UNBOUNDED = (
    iam_actions.AddRoleToInstanceProfile,
    iam_actions.CreateInstanceProfile,
    iam_actions.CreatePolicy,
    iam_actions.CreatePolicyVersion,
    iam_actions.CreateServiceLinkedRole,
    iam_actions.DeleteInstanceProfile,
    iam_actions.DeletePolicy,
    iam_actions.DeletePolicyVersion,
    iam_actions.DeleteRole,
    iam_actions.GetInstanceProfile,
    iam_actions.GetPolicy,
    iam_actions.GetPolicyVersion,
    iam_actions.GetRole,
    iam_actions.GetRolePolicy,
    iam_actions.ListAttachedRolePolicies,
    iam_actions.ListPolicyVersions,
    iam_actions.ListRolePolicies,
    iam_actions.PassRole,
    iam_actions.RemoveRoleFromInstanceProfile,
    iam_actions.TagPolicy,
    iam_actions.TagRole,
    iam_actions.UntagPolicy,
    iam_actions.UntagRole,
    iam_actions.UpdateAssumeRolePolicy,
    iam_actions.UpdateRole,
    iam_actions.UpdateRoleDescription,
)


class TargetRoleParameters(ReaderRoleParameters, RoleNameParameters):
    """What the roles of a target are made of; a StackSet hands these on."""

    AdministratorAccountId: Parameter = Parameter(
        default="",
        pattern=r"^([0-9]{12})?$",
        description="Account of the deployer; empty for this one",
        constraint_description="an account ID of 12 digits, or nothing",
        label="Deployer's account",
    )
    AdministrationRoleArn: Parameter = Parameter(
        default="",
        pattern=ROLE_ARN_OR_NOTHING,
        description="Administration role, if the deployer uses an existing one; empty for that of its environment",
        constraint_description="the ARN of a role, or nothing",
        label="Administration role",
    )
    AllowedServices: Parameter[StringList] = Parameter(
        COMMA_DELIMITED_LIST,
        default=SERVICES,
        pattern=r"^[a-z0-9-]+$",
        description="Services that releases may use here, by the prefix of their actions; roles of IAM come on top",
        constraint_description="prefixes of actions, joined by commas",
        label="Services",
    )
    RolesNeedBoundary: Parameter = Parameter(
        default="true",
        allowed_values=("true", "false"),
        description="Whether a role of a release must carry the boundary; if not, a release can make itself any role",
        constraint_description="true or false",
        label="Boundary for roles",
    )
    TakesImages: Parameter = Parameter(
        default="false",
        allowed_values=("true", "false"),
        description="Whether the deployer may push container images to this account",
        constraint_description="true or false",
        label="Images",
    )


class TargetRolesStack(TargetRoleParameters, DeployerSystemStack):
    """Deployer target roles: what an account needs to be deployed to; once in each, the deployer's included."""

    file = "target-roles"

    IsAdministrator = Condition(Equals(TargetRoleParameters.AdministratorAccountId, ""))
    NamesNoRole = Condition(Equals(TargetRoleParameters.AdministrationRoleArn, ""))
    BoundsRoles = Condition(Equals(TargetRoleParameters.RolesNeedBoundary, "true"))
    PromotesImages = Condition(Equals(TargetRoleParameters.TakesImages, "true"))

    ExecutionRoleArn = Output(description="ARN of the role that CloudFormation deploys as")
    ReaderRoleArn = Output(description="ARN of the role that the deployer reads through")
    BoundaryArn = Output(description="ARN of the boundary, for the roles of releases")

    def build(self) -> None:
        """Boundary, execution, reader, and the role for images where they are promoted."""
        boundary = self.boundary()
        execution = self.execution_role(boundary)
        reader = self.reader_role()
        self.promotion_role()
        self.ExecutionRoleArn = execution.get_att("Arn")
        self.ReaderRoleArn = reader.get_att("Arn")
        self.BoundaryArn = boundary.ref()

    def trusted(self, when: ConditionElement) -> PolicyDocument:
        """Principals of the deployer's account for which ``when`` holds."""
        account = AWSPrincipal(Sub(f"{ARN}:iam::${{Administrator}}:root", Administrator=self.administrator()))
        statement = allow(AssumeRole, on=["*"], to=account, when=[when])
        statement.properties.pop("Resource")  # a trust policy speaks of its own role
        return document(statement)

    def administrator(self) -> If:
        return If(self.IsAdministrator, Ref("AWS::AccountId"), self.AdministratorAccountId)

    def ours(self, path: str) -> Sub:
        """Roles of the deployer; those of its functions have a path with its name and environment."""
        return Sub(f"{ARN}:iam::${{Administrator}}:role/{path}", Administrator=self.administrator())

    def boundary(self) -> iam.ManagedPolicy:
        """What a release may do here, and what its roles may be allowed at most."""
        own = Sub(f"{ARN}:iam::${{AWS::AccountId}}:policy/${{Env}}-{PROJECT}-boundary")
        everywhere = [
            Sub(f"{ARN}:iam::${{AWS::AccountId}}:{kind}/*") for kind in ("role", "policy", "instance-profile")
        ]
        services = allow(Action("s3", "*"), on=["*"], sid="Services")
        services.properties["Action"] = Split(",", Sub("${Services}:*", Services=Join(":*,", self.AllowedServices)))
        bounded = StringEquals({"iam:PermissionsBoundary": own})
        policy = document(
            services,
            allow(*UNBOUNDED, on=everywhere, sid="Roles"),
            deny(
                iam_actions.CreatePolicyVersion,
                iam_actions.DeletePolicy,
                iam_actions.DeletePolicyVersion,
                iam_actions.SetDefaultPolicyVersion,
                on=[own],
                sid="NotTheBoundaryItself",
            ),
            deny(iam_actions.DeleteRolePermissionsBoundary, on=[Sub(f"{ROLES}/*")], sid="NotWithoutTheBoundary"),
            deny(
                Action("iam", "*"),
                on=[
                    Sub(f"{ROLES}/${{ExecutionRoleName}}"),
                    Sub(f"{ROLES}/${{ReaderRoleName}}"),
                    Sub(f"{ROLES}/{PROMOTION_ROLE}"),
                    Sub(f"{ROLES}/OrganizationAccountAccessRole"),
                    Sub(f"{ROLES}/AWSControlTowerExecution"),
                    Sub(f"{ROLES}/aws-reserved/*"),
                ],
                sid="NotTheAccountsOwnRoles",
            ),
        )
        for name, when, condition in (("WithinTheBoundary", [bounded], True), ("WithoutABoundary", [], False)):
            statement = allow(*BOUNDED, on=[Sub(f"{ROLES}/*")], when=when, sid=name)
            chosen = (statement, NoValue) if condition else (NoValue, statement)
            policy.properties["Statement"].append(If(self.BoundsRoles, *chosen))
        return self.add(
            iam.ManagedPolicy(
                "Boundary",
                ManagedPolicyName=self.named("boundary"),
                Description="What releases of the deployer may do in this account, and the roles that they make",
                PolicyDocument=policy,
            ),
            suppress={
                "E9179": Exemption(
                    "releases pass roles to any service that AllowedServices names; no list can follow",
                    owner="platform",
                    expires="2027-11-30",
                ),
                "W9180": Exemption(
                    "only where RolesNeedBoundary is false, for releases whose roles have no boundary yet",
                    owner="platform",
                    expires="2027-11-30",
                ),
            },
        )

    def execution_role(self, boundary: iam.ManagedPolicy) -> iam.Role:
        """What CloudFormation acts as; only the administration role may take it on."""
        administration = If(self.NamesNoRole, self.ours(f"{NAME}-${{Env}}"), self.AdministrationRoleArn)
        return self.add(
            iam.Role(
                "ExecutionRole",
                RoleName=self.ExecutionRoleName,
                Description="Deploys releases in this account",
                AssumeRolePolicyDocument=self.trusted(ArnEquals({PrincipalArn: administration})),
                ManagedPolicyArns=[boundary.ref()],
                PermissionsBoundary=boundary.ref(),
            )
        )

    def reader_role(self) -> iam.Role:
        """Events of the stacks that StackSets made, and alarms."""
        stacks = Sub(f"{ARN}:cloudformation:*:${{AWS::AccountId}}:stack/StackSet-*")
        return self.add(
            iam.Role(
                "ReaderRole",
                RoleName=self.ReaderRoleName,
                Description="Reads stack events and alarms for the deployer",
                AssumeRolePolicyDocument=self.trusted(ArnLike({PrincipalArn: self.ours(f"{PROJECT}/${{Env}}/*")})),
                Policies=[
                    inline(
                        "read",
                        allow(cloudformation.DescribeStackEvents, on=[stacks]),
                        # composite alarms are answered to those alone who may ask for all (API_DescribeAlarms)
                        allow(cloudwatch.DescribeAlarmHistory, cloudwatch.DescribeAlarms, on=["*"]),
                    )
                ],
            )
        )

    def promotion_role(self) -> iam.Role:
        """Pushes images. Every environment of the deployer uses the same role, so all of them are trusted."""
        repositories = Sub(f"{ARN}:ecr:*:${{AWS::AccountId}}:repository/*")
        return self.add(
            iam.Role(
                "PromotionRole",
                Condition=self.PromotesImages,
                RoleName=PROMOTION_ROLE,
                Description="Takes container images from the deployer",
                AssumeRolePolicyDocument=self.trusted(ArnLike({PrincipalArn: self.ours(f"{PROJECT}/*")})),
                Policies=[
                    inline(
                        "push",
                        allow(
                            ecr.BatchCheckLayerAvailability,
                            ecr.BatchGetImage,
                            ecr.CompleteLayerUpload,
                            ecr.CreateRepository,
                            ecr.InitiateLayerUpload,
                            ecr.PutImage,
                            ecr.TagResource,
                            ecr.UploadLayerPart,
                            on=[repositories],
                        ),
                    )
                ],
            ),
            suppress={
                "E9101": Exemption(
                    "once in an account: every environment of the deployer pushes with the same role",
                    owner="platform",
                    expires="2027-11-30",
                )
            },
        )
