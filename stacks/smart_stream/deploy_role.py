"""Who may deploy an environment, and nothing beyond what the template needs; with what no other class reaches.

That is the bucket of its packages and templates, and the boundary of the roles that it makes: who may write what
production is deployed from, or give a role more than its own class has, deploys production.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from awacs import awslambda, cloudfront, ecr, s3, ssm, sts, tag
from awacs import cloudformation as stacks
from awacs import iam as iam_actions
from awacs.aws import Action, Allow, Condition, PolicyDocument, Principal, Statement, StringEquals, StringLike
from troposphere import Sub, iam

from stackgen import Output, Parameter, allow
from stackgen.iam import document

from . import tagged
from .artifacts import add_artifacts
from .boundary import BOUNDARY, bounds
from .needed import FILE
from .scopes import GLOBAL, REGIONAL, SCOPES
from .system import SmartStreamStack

if TYPE_CHECKING:
    from collections.abc import Sequence

ISSUER = "token.actions.githubusercontent.com"
BOUNDED = {"AttachRolePolicy", "CreateRole", "PutRolePermissionsBoundary", "PutRolePolicy"}
"""A role that is made or given more must be within the boundary, or the deploy role could make itself anything."""
GROUPS = {
    "Data": ("backup", "dynamodb", "s3"),
    "Code": ("ecs", "lambda", "logs"),
    "Network": ("ec2",),
    "Delivery": ("apigateway", "cloudfront"),
    "Watching": ("budgets", "cloudwatch", "events", "iam", "sns"),
}
"""Which policy holds which services: an attached policy has 6,144 characters at most."""
TAKERS = ["backup.amazonaws.com", "ecs-tasks.amazonaws.com", "lambda.amazonaws.com"]


class DeployRole(SmartStreamStack):
    """Smart Stream deploy role of one class of environments, with the bucket and the boundary that no other has."""

    file = "deploy-role-stack"

    Class: Parameter = Parameter(
        allowed_values=("prod", "dev", "pr"),
        description="Class of environments",
        constraint_description="prod, dev or pr",
    )
    Names: Parameter = Parameter(
        allowed_values=("prod", "dev", "pr-*"),
        description="Environments that it deploys",
        constraint_description="prod, dev or pr-*",
    )
    GitHubEnvironment: Parameter = Parameter(
        pattern=r"^[a-z]+(-\*)?$",
        description="Environment at GitHub that the workflow runs in",
        constraint_description="letters, and perhaps -*",
    )
    Repository: Parameter = Parameter(
        pattern=r"^[A-Za-z0-9_.-]+/[A-Za-z0-9_.-]+$",
        description="Repository whose workflows may take the role on",
        constraint_description="owner/name",
    )
    ProviderArn: Parameter = Parameter(
        pattern=r"^arn:aws[a-z-]*:iam::[0-9]{12}:oidc-provider/.+$",
        description="Provider of the workflows' identities",
        constraint_description="the ARN of an identity provider",
    )
    ImagesArn: Parameter = Parameter(
        pattern=r"^arn:aws[a-z-]*:ecr:.+$",
        description="Repository that images are pushed to",
        constraint_description="the ARN of a repository",
    )
    ArtifactsBucketName: Parameter = Parameter(
        pattern=r"^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$",
        description="Bucket of the packages and templates of this class, which is made",
        constraint_description="the name of a bucket",
    )

    RoleArn = Output(description="ARN of the role")

    def build(self) -> None:
        """The bucket and the boundary; the policies, and the role that has them."""
        self.artifacts = add_artifacts(self, self.ArtifactsBucketName)
        self.bound = self.add(
            iam.ManagedPolicy(
                "Boundary",
                ManagedPolicyName=Sub(BOUNDARY),
                Description=Sub("The most that a role of ${Names} of Smart Stream may do"),
                PolicyDocument=document(*bounds(self.ImagesArn)),
            )
        )
        actions = json.loads(FILE.read_text("utf-8"))
        policies = [
            self.policy(name, [each for service in services for each in self.scoped(service, actions["named"])])
            for name, services in GROUPS.items()
        ]
        looks = [each for service, names in actions["anywhere"].items() for each in tagged.anywhere(service, names)]
        policies += [
            self.policy("Looking", looks),
            self.policy("Deploying", self.deploying()),
            self.policy("Operating", operating()),
        ]
        role = self.add(
            iam.Role(
                "DeployRole",
                Description=Sub("Deploys ${Names} of Smart Stream from ${Repository}"),
                AssumeRolePolicyDocument=self.trust(),
                ManagedPolicyArns=[each.ref() for each in policies],
            )
        )
        self.RoleArn = role.get_att("Arn")

    def policy(self, name: str, statements: Sequence[Statement]) -> iam.ManagedPolicy:
        return self.add(
            iam.ManagedPolicy(
                f"{name}Policy", Description=f"Smart Stream: {name.lower()}", PolicyDocument=document(*statements)
            )
        )

    def trust(self) -> PolicyDocument:
        """A workflow of this repository that runs in this environment of GitHub's, which has its own rules."""
        conditions = [
            StringEquals({f"{ISSUER}:aud": "sts.amazonaws.com"}),
            StringLike({f"{ISSUER}:sub": Sub("repo:${Repository}:environment:${GitHubEnvironment}")}),
        ]
        return document(
            Statement(
                Effect=Allow,
                Action=[sts.AssumeRoleWithWebIdentity],
                Principal=Principal("Federated", [self.ProviderArn]),
                Condition=Condition(conditions),
            )
        )

    def deploying(self) -> list[Statement]:
        """The stacks, what they are made from, images, pages, and the roles that are handed on."""
        transforms = "arn:${AWS::Partition}:cloudformation:${AWS::Region}:aws:transform/%s"
        bucket = self.artifacts.get_att("Arn")
        return [
            allow(
                stacks.CancelUpdateStack, stacks.ContinueUpdateRollback, stacks.CreateChangeSet, stacks.CreateStack,
                stacks.DeleteChangeSet, stacks.DeleteStack, stacks.DescribeChangeSet, stacks.DescribeStackEvents,
                stacks.DescribeStackResources, stacks.DescribeStacks, stacks.ExecuteChangeSet, stacks.GetStackPolicy,
                stacks.GetTemplate, stacks.GetTemplateSummary, stacks.ListChangeSets, stacks.ListStackResources,
                stacks.SetStackPolicy, stacks.TagResource, stacks.UpdateStack, stacks.UpdateTerminationProtection,
                on=[Sub(REGIONAL % ("cloudformation", "stack/yoto-smart-stream-${Names}/*"))],
            ),
            allow(
                stacks.CreateChangeSet,
                on=[Sub(transforms % name) for name in ("LanguageExtensions", "Serverless-2016-10-31")],
            ),
            allow(
                stacks.ListExports, stacks.ListStacks, stacks.ValidateTemplate,
                on=["*"],
            ),
            allow(ssm.GetParameters, on=[Sub(REGIONAL % ("ssm", "parameter/yoto-smart-stream/*"))]),
            allow(
                s3.GetBucketLocation, s3.GetBucketPolicy, s3.GetBucketPublicAccessBlock, s3.GetBucketTagging,
                s3.GetBucketVersioning, s3.GetEncryptionConfiguration, s3.GetLifecycleConfiguration, s3.ListBucket,
                on=[bucket],
            ),
            allow(s3.GetObject, s3.PutObject, on=[Sub(f"${{{self.artifacts.title}.Arn}}/*")]),
            allow(ecr.GetAuthorizationToken, on=["*"]),
            allow(
                ecr.BatchCheckLayerAvailability, ecr.BatchDeleteImage, ecr.BatchGetImage, ecr.CompleteLayerUpload,
                ecr.DescribeImages, ecr.GetDownloadUrlForLayer, ecr.InitiateLayerUpload, ecr.ListImages, ecr.PutImage,
                ecr.UploadLayerPart,
                on=[self.ImagesArn],
            ),
            allow(
                s3.DeleteObject, s3.DeleteObjectVersion, s3.GetObject, s3.ListBucket, s3.ListBucketVersions,
                s3.PutObject,
                on=[Sub(each) for each in SCOPES["s3"]],
            ),
            allow(cloudfront.GetInvalidation, on=[Sub(GLOBAL % ("cloudfront", "distribution/*"))]),
            allow(
                iam_actions.PassRole,
                on=[Sub(SCOPES["iam"][0])],
                when=[StringEquals({"iam:PassedToService": TAKERS})],
            ),
        ]  # fmt: skip

    def scoped(self, service: str, named: dict[str, list[str]]) -> list[Statement]:
        """A service's actions on what this system's names are; those that give a role more, within the boundary."""
        names = named[service]
        if service in tagged.TAGGED:
            return tagged.statements(service, names)
        on = [Sub(each) for each in SCOPES[service]]
        if service != "iam":
            return [allow(*(Action(service, name) for name in names), on=on)]
        bounded = [Action(service, name) for name in names if name in BOUNDED]
        free = [Action(service, name) for name in names if name not in BOUNDED]
        within = StringEquals({"iam:PermissionsBoundary": self.bound.ref()})
        return [allow(*free, on=on), allow(*bounded, on=on, when=[within])]


def operating() -> list[Statement]:
    """Environments that come and go, found by their tags and remembered in Parameter Store; and what is tried."""
    records = REGIONAL % ("ssm", "parameter/stackgen/%s/${Repository}%s")
    kinds = ("environments", "removals")
    return [
        allow(stacks.DescribeStacks, stacks.ListImports, tag.GetResources, on=["*"]),
        allow(ssm.GetParametersByPath, on=[Sub(records % (kind, end)) for kind in kinds for end in ("", "/*")]),
        allow(
            ssm.DeleteParameter, ssm.GetParameter, ssm.PutParameter,
            on=[Sub(records % (kind, "/${Names}")) for kind in kinds],
        ),
        allow(
            ssm.DeleteParameter, ssm.GetParametersByPath, ssm.PutParameter,
            on=[Sub(REGIONAL % ("ssm", f"parameter/stackgen/releases/yoto-smart-stream-${{Names}}{end}"))
                for end in ("", "/*")],
        ),
        allow(
            awslambda.GetFunctionConfiguration, awslambda.InvokeFunction,
            on=[Sub(each) for each in SCOPES["lambda"]],
        ),
    ]  # fmt: skip
