"""Who may deploy: a role that runs StackSets, one in each account that it takes on, and the boundary of the latter."""

from __future__ import annotations

from awacs import iam as iam_actions
from awacs.aws import Action, ArnEquals, ArnLike, AWSPrincipal, PrincipalArn, SourceAccount, SourceArn, StringEquals
from awacs.sts import AssumeRole
from troposphere import Equals, If, Ref, Sub, iam

from stackgen import Condition, Exemption, Output, Parameter, allow, deny, trust
from stackgen.iam import document, inline

from .execution_policy import data, functions, network, stacks
from .system import REGIONS, TapSystemStack

ADMINISTRATION = "tap-stackset-administration"
EXECUTION = "tap-stackset-execution"
BOUNDARY = "tap-stackset-boundary"

SERVICES = (
    "cloudformation", "cloudwatch", "dynamodb", "ec2", "ecr", "kms", "lambda", "logs", "rds", "s3", "ssm", "xray",
)  # fmt: skip
"""All that TapStack's templates touch besides IAM; the boundary lets nothing else through."""


class StackSetRolesStack(TapSystemStack):
    """TapStack roles for StackSets: administration role, and execution role within a boundary; once in each account."""

    file = "stackset-roles"

    AdministratorAccountId: Parameter = Parameter(
        default="",
        pattern=r"^([0-9]{12})?$",
        description="Account that runs the StackSet; empty for this one, which then gets the administration role",
        constraint_description="an account ID of 12 digits, or nothing",
        label="Administrator account",
    )

    IsAdministrator = Condition(Equals(AdministratorAccountId, ""))

    AdministrationRoleArn = Output(description="ARN of the administration role", condition=IsAdministrator)
    ExecutionRoleArn = Output(description="ARN of the execution role")
    BoundaryArn = Output(description="ARN of the boundary")

    def build(self) -> None:
        """Administration, boundary, execution. The names carry the suffix: an account may hold several environments."""
        administration = self.add(
            iam.Role(
                "AdministrationRole",
                Condition=self.IsAdministrator,
                RoleName=self.named(ADMINISTRATION),
                Description="Runs TapStack's StackSet",
                AssumeRolePolicyDocument=trust(
                    "cloudformation.amazonaws.com",
                    when=[
                        StringEquals({SourceAccount: Ref("AWS::AccountId")}),
                        ArnLike(
                            {SourceArn: Sub("arn:${AWS::Partition}:cloudformation:*:${AWS::AccountId}:stackset/*")}
                        ),
                    ],
                ),
                Policies=[
                    inline(
                        "assume-execution-roles",
                        allow(
                            AssumeRole,
                            on=[Sub(f"arn:${{AWS::Partition}}:iam::*:role/{EXECUTION}-${{EnvironmentSuffix}}")],
                        ),
                    )
                ],
            )
        )
        boundary = self.boundary()
        execution = self.execution_role(boundary)
        self.AdministrationRoleArn = administration.get_att("Arn")
        self.ExecutionRoleArn = execution.get_att("Arn")
        self.BoundaryArn = boundary.ref()

    def boundary(self) -> iam.ManagedPolicy:
        """The outer limit: TapStack's services in its regions, never users, organisations or the boundary itself."""
        own = Sub(f"arn:${{AWS::Partition}}:iam::${{AWS::AccountId}}:policy/{BOUNDARY}-${{EnvironmentSuffix}}")
        return self.add(
            iam.ManagedPolicy(
                "ExecutionBoundary",
                ManagedPolicyName=self.named(BOUNDARY),
                Description="What the execution role of TapStack's StackSet can be allowed at most",
                PolicyDocument=document(
                    allow(
                        *(Action(service, "*") for service in SERVICES),
                        on=["*"],
                        when=[StringEquals({"aws:RequestedRegion": list(REGIONS)})],
                        sid="ServicesInRegions",
                    ),
                    allow(
                        Action("iam", "*"),
                        on=[self.own_roles(), self.service_linked()],
                        sid="RolesOfTheStacks",
                    ),
                    deny(
                        iam_actions.CreatePolicyVersion,
                        iam_actions.DeletePolicy,
                        iam_actions.DeletePolicyVersion,
                        iam_actions.SetDefaultPolicyVersion,
                        on=[own],
                        sid="NotTheBoundaryItself",
                    ),
                ),
            )
        )

    @staticmethod
    def own_roles() -> Sub:
        """The roles that the nested stacks make: CloudFormation names them after the stack."""
        return Sub("arn:${AWS::Partition}:iam::${AWS::AccountId}:role/StackSet-tap-${EnvironmentSuffix}-*")

    @staticmethod
    def service_linked() -> Sub:
        """The role that RDS needs once in each account."""
        return Sub("arn:${AWS::Partition}:iam::${AWS::AccountId}:role/aws-service-role/rds.amazonaws.com/*")

    def execution_role(self, boundary: iam.ManagedPolicy) -> iam.Role:
        """What CloudFormation acts as in a target account; only the administration role may take it on."""
        account = If(self.IsAdministrator, Ref("AWS::AccountId"), self.AdministratorAccountId)
        administration = Sub(
            f"arn:${{AWS::Partition}}:iam::${{Administrator}}:role/{ADMINISTRATION}-${{EnvironmentSuffix}}",
            Administrator=account,
        )
        trusted = allow(
            AssumeRole,
            on=["*"],
            to=AWSPrincipal(Sub("arn:${AWS::Partition}:iam::${Administrator}:root", Administrator=account)),
            when=[ArnEquals({PrincipalArn: administration})],
        )
        trusted.properties.pop("Resource")  # a trust policy speaks of its own role
        # the inline policies of a role may have 10,240 characters together, so the largest is a managed one
        of_data = self.add(
            iam.ManagedPolicy(
                "ExecutionDataPolicy",
                Description="Tables, buckets, cluster, key and parameters of TapStack",
                PolicyDocument=document(*data()),
            )
        )
        return self.add(
            iam.Role(
                "ExecutionRole",
                RoleName=self.named(EXECUTION),
                Description="Deploys TapStack in this account",
                PermissionsBoundary=boundary.ref(),
                ManagedPolicyArns=[of_data.ref()],
                AssumeRolePolicyDocument=document(trusted),
                Policies=[
                    inline("stacks", *stacks()),
                    inline("network", *network()),
                    inline("functions", *functions(self.own_roles(), self.service_linked(), boundary.ref())),
                ],
            ),
            suppress={
                "E9136": Exemption(
                    "EC2 gives networks their ids when it makes them; only the region narrows what is made",
                    owner="tap",
                    expires="2027-11-30",
                )
            },
        )
