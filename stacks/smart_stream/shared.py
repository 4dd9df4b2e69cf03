"""What all environments share and a person deploys once: repositories, identity provider, boundary, deploy roles."""

from __future__ import annotations

import json
from typing import Any, ClassVar

from troposphere import Sub, iam
from troposphere import ecr as repositories

from stackgen import Attributes, Exemption, FromParent, Output, Parameter, nested

from .deploy_role import ISSUER, DeployRole
from .system import SmartStreamStack

DAYS_OF_PR_IMAGES = 14
KEPT_IMAGES = 30
GOES = Attributes(DeletionPolicy="Delete", UpdateReplacePolicy="Delete", TimeoutInMinutes=15)


class Images(SmartStreamStack):
    """Smart Stream images: a repository for main and develop, and another that is all pull requests can push to."""

    file = "images-stack"

    ImagesArn = Output(description="ARN of the repository of main and develop")
    ImagesUri = Output(description="Address of the images of main and develop")
    PullRequestImagesArn = Output(description="ARN of the repository of pull requests")
    PullRequestImagesUri = Output(description="Address of the images of pull requests")

    def build(self) -> None:
        """Both alike but for what becomes of old images."""
        newest = rule("the newest images stay", countType="imageCountMoreThan", countNumber=KEPT_IMAGES)
        fresh = rule(
            "images of pull requests go with them",
            countType="sinceImagePushed",
            countUnit="days",
            countNumber=DAYS_OF_PR_IMAGES,
        )
        images = self.repository("Repository", "yoto-mqtt", newest)
        of_pull_requests = self.repository("PullRequestRepository", "yoto-mqtt-pr", fresh)
        self.ImagesArn, self.ImagesUri = images.get_att("Arn"), images.get_att("RepositoryUri")
        self.PullRequestImagesArn = of_pull_requests.get_att("Arn")
        self.PullRequestImagesUri = of_pull_requests.get_att("RepositoryUri")

    def repository(self, title: str, name: str, kept: dict[str, Any]) -> repositories.Repository:
        """A tag is never moved: what was deployed under it can be deployed again."""
        return self.add(
            repositories.Repository(
                title,
                RepositoryName=name,
                ImageTagMutability="IMMUTABLE",
                ImageScanningConfiguration=repositories.ImageScanningConfiguration(ScanOnPush=True),
                EncryptionConfiguration=repositories.EncryptionConfiguration(EncryptionType="AES256"),
                EmptyOnDelete=True,
                LifecyclePolicy=repositories.LifecyclePolicy(LifecyclePolicyText=json.dumps({"rules": [kept]})),
            ),
            suppress={
                "E9101": Exemption(
                    "once in an account: all environments take their images from it",
                    owner="platform",
                    expires="2027-11-30",
                )
            },
        )


def rule(words: str, **selection: Any) -> dict[str, Any]:
    """The one rule of a repository."""
    return {
        "rulePriority": 1,
        "description": words,
        "selection": {"tagStatus": "any", **selection},
        "action": {"type": "expire"},
    }


class Identity(SmartStreamStack):
    """Smart Stream identity: who vouches for workflows."""

    file = "identity-stack"

    ProviderArn = Output(description="ARN of the identity provider")

    def build(self) -> None:
        """The provider, of which an account has one."""
        provider = self.add(iam.OIDCProvider("Provider", Url=f"https://{ISSUER}", ClientIdList=["sts.amazonaws.com"]))
        self.ProviderArn = provider.get_att("Arn")


class SharedStack(SmartStreamStack):
    """Smart Stream shared: image repositories, the workflows' identity, and a deploy role for each class."""

    file = "shared-stack"

    Repository: Parameter = Parameter(
        pattern=r"^[A-Za-z0-9_.-]+/[A-Za-z0-9_.-]+$",
        description="Repository whose workflows deploy",
        constraint_description="owner/name",
        label="Repository",
    )
    TemplatesBucketName: Parameter = Parameter(
        default=FromParent(),
        pattern=r"^[a-z0-9][a-z0-9.-]{1,56}[a-z0-9]$",
        description="Bucket of these stacks' templates in this region; with -prod, -dev and -pr, those of environments",
        constraint_description="the name of a bucket of up to 58 characters",
        label="Bucket",
    )

    Images = nested(Images, GOES)
    Identity = nested(Identity, GOES)
    _each: ClassVar[dict[str, Any]] = {
        "Repository": Repository,
        "ProviderArn": Identity.ProviderArn,
    }
    Production = nested(
        DeployRole,
        GOES,
        Class="prod",
        Names="prod",
        GitHubEnvironment="production",
        ImagesArn=Images.ImagesArn,
        ArtifactsBucketName=Sub("${TemplatesBucketName}-prod"),
        **_each,
    )
    Development = nested(
        DeployRole,
        GOES,
        Class="dev",
        Names="dev",
        GitHubEnvironment="develop",
        ImagesArn=Images.ImagesArn,
        ArtifactsBucketName=Sub("${TemplatesBucketName}-dev"),
        **_each,
    )
    PullRequests = nested(
        DeployRole,
        GOES,
        Class="pr",
        Names="pr-*",
        GitHubEnvironment="pr-*",
        ImagesArn=Images.PullRequestImagesArn,
        ArtifactsBucketName=Sub("${TemplatesBucketName}-pr"),
        **_each,
    )

    ImagesUri = Output(value=Images.ImagesUri, export=True, description="Address of the images of main and develop")
    PullRequestImagesUri = Output(
        value=Images.PullRequestImagesUri, export=True, description="Address of the images of pull requests"
    )
    ProductionRoleArn = Output(value=Production.RoleArn, export=True, description="Role that deploys prod")
    DevelopmentRoleArn = Output(value=Development.RoleArn, export=True, description="Role that deploys dev")
    PullRequestRoleArn = Output(value=PullRequests.RoleArn, export=True, description="Role that deploys pull requests")
