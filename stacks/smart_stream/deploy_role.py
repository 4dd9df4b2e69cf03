"""Who may deploy an environment: a workflow of this repository, and nothing beyond what the template needs."""

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

from .needed import FILE
from .system import SmartStreamStack

if TYPE_CHECKING:
    from collections.abc import Sequence

ISSUER = "token.actions.githubusercontent.com"
REGIONAL = "arn:${AWS::Partition}:%s:${AWS::Region}:${AWS::AccountId}:%s"
GLOBAL = "arn:${AWS::Partition}:%s::${AWS::AccountId}:%s"
SCOPES: dict[str, tuple[str, ...]] = {
    "apigateway": ("arn:${AWS::Partition}:apigateway:${AWS::Region}::/*",),
    "backup": (REGIONAL % ("backup", "backup-vault:yoto-backups-${Names}"), REGIONAL % ("backup", "backup-plan:*")),
    "budgets": (GLOBAL % ("budgets", "budget/yoto-monthly-${Names}"),),
    "cloudfront": (GLOBAL % ("cloudfront", "*"),),
    "cloudwatch": (
        REGIONAL % ("cloudwatch", "alarm:yoto-*-${Names}"),
        GLOBAL % ("cloudwatch", "dashboard/yoto-${Names}"),
    ),
    "dynamodb": (REGIONAL % ("dynamodb", "table/yoto-smart-stream-${Names}"),),
    "ec2": (REGIONAL % ("ec2", "*"),),
    "ecs": tuple(
        REGIONAL % ("ecs", kind)
        for kind in (
            "cluster/yoto-mqtt-${Names}",
            "service/yoto-mqtt-${Names}/*",
            "service-deployment/yoto-mqtt-${Names}/*",
            "task-definition/yoto-mqtt-${Names}:*",
        )
    ),
    "events": (REGIONAL % ("events", "rule/yoto-stopped-tasks-${Names}"),),
    "iam": (GLOBAL % ("iam", "role/yoto-smart-stream-${Names}-*"),),
    "lambda": (REGIONAL % ("lambda", "function:yoto-api-${Names}"),),
    "logs": tuple(
        REGIONAL % ("logs", f"log-group:{prefix}-${{Names}}*")
        for prefix in ("/aws/apigateway/yoto-api", "/aws/lambda/yoto-api", "/ecs/yoto-mqtt")
    ),
    "s3": tuple(
        f"arn:${{AWS::Partition}}:s3:::yoto-{stem}-${{Names}}-${{AWS::AccountId}}{objects}"
        for stem in ("audio", "ui")
        for objects in ("", "/*")
    ),
    "sns": (REGIONAL % ("sns", "yoto-alarms-${Names}"),),
}
"""What each service is asked about, by this system's names. EC2, CloudFront and API Gateway name what they make
themselves, so there the account and the region are all that can be said."""
BOUNDED = {"AttachRolePolicy", "CreateRole", "PutRolePermissionsBoundary", "PutRolePolicy"}
"""A role that is made or given more must be within the boundary, or the deploy role could make itself anything."""
GROUPS = {
    "Data": ("backup", "dynamodb", "s3"),
    "Code": ("apigateway", "ecs", "lambda", "logs"),
    "Network": ("cloudfront", "ec2"),
    "Watching": ("budgets", "cloudwatch", "events", "iam", "sns"),
}
"""Which policy holds which services: an attached policy has 6,144 characters at most."""
TEMPLATES = "arn:${AWS::Partition}:s3:::smart-stream-cfn-${AWS::AccountId}-${AWS::Region}"
"""The bucket of templates that a deployment makes where there is none."""
TAKERS = ["backup.amazonaws.com", "ecs-tasks.amazonaws.com", "lambda.amazonaws.com"]


class DeployRole(SmartStreamStack):
    """Smart Stream deploy role: what a workflow takes on that deploys one class of environments."""

    file = "deploy-role-stack"

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
    BoundaryArn: Parameter = Parameter(
        pattern=r"^arn:aws[a-z-]*:iam::[0-9]{12}:policy/.+$",
        description="What bounds every role of an environment",
        constraint_description="the ARN of a policy",
    )
    ImagesArn: Parameter = Parameter(
        pattern=r"^arn:aws[a-z-]*:ecr:.+$",
        description="Repository that images are pushed to",
        constraint_description="the ARN of a repository",
    )
    ArtifactsBucketName: Parameter = Parameter(
        pattern=r"^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$",
        description="Bucket of packages and templates",
        constraint_description="the name of a bucket",
    )

    RoleArn = Output(description="ARN of the role")

    def build(self) -> None:
        """The policies, and the role that has them."""
        actions = json.loads(FILE.read_text("utf-8"))
        policies = [
            self.policy(name, [each for service in services for each in scoped(service, actions["named"][service])])
            for name, services in GROUPS.items()
        ]
        looks = [
            allow(*(Action(service, name) for name in names), on=["*"])
            for service, names in actions["anywhere"].items()
        ]
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
        bucket = "arn:${AWS::Partition}:s3:::${ArtifactsBucketName}"
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
            allow(s3.GetBucketLocation, s3.ListBucket, on=[Sub(bucket)]),
            allow(s3.GetObject, s3.PutObject, on=[Sub(f"{bucket}/*")]),
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
            allow(cloudfront.CreateInvalidation, cloudfront.GetInvalidation, on=[Sub(SCOPES["cloudfront"][0])]),
            allow(
                iam_actions.PassRole,
                on=[Sub(SCOPES["iam"][0])],
                when=[StringEquals({"iam:PassedToService": TAKERS})],
            ),
        ]  # fmt: skip


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
            s3.CreateBucket, s3.GetBucketLocation, s3.GetBucketPolicy, s3.GetBucketPublicAccessBlock,
            s3.GetBucketTagging, s3.GetBucketVersioning, s3.GetEncryptionConfiguration, s3.GetLifecycleConfiguration,
            s3.GetObject, s3.ListBucket, s3.PutBucketPolicy, s3.PutBucketPublicAccessBlock, s3.PutBucketTagging,
            s3.PutBucketVersioning, s3.PutEncryptionConfiguration, s3.PutLifecycleConfiguration, s3.PutObject,
            on=[Sub(TEMPLATES), Sub(f"{TEMPLATES}/*")],
        ),
        allow(
            awslambda.GetFunctionConfiguration, awslambda.InvokeFunction,
            on=[Sub(each) for each in SCOPES["lambda"]],
        ),
    ]  # fmt: skip


def scoped(service: str, names: Sequence[str]) -> list[Statement]:
    """A service's actions on what this system's names are; those that give a role more, within the boundary alone."""
    on = [Sub(each) for each in SCOPES[service]]
    if service != "iam":
        return [allow(*(Action(service, name) for name in names), on=on)]
    bounded = [Action(service, name) for name in names if name in BOUNDED]
    free = [Action(service, name) for name in names if name not in BOUNDED]
    within = StringLike({"iam:PermissionsBoundary": Sub("${BoundaryArn}")})
    return [allow(*free, on=on), allow(*bounded, on=on, when=[within])]
