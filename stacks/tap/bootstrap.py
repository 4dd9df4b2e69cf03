"""What must exist before anything else can: repositories for the images, a bucket for the templates."""

from __future__ import annotations

import json

from awacs import ecr as ecr_actions
from awacs import s3 as s3_actions
from awacs.aws import ArnLike, AWSPrincipal, Principal, SourceAccount, SourceArn, StringEquals
from troposphere import Equals, If, Join, Not, Ref, Split, Sub, ecr, s3

from stackgen import Condition, Output, Parameter, allow
from stackgen.iam import document
from stackgen.parameter_types import COMMA_DELIMITED_LIST, NUMBER, Number, StringList

from .buckets import only_tls, private_bucket
from .system import TapSystemStack

REPOSITORIES = {
    "Validator": "transaction-validator",
    "Migration": "schema-migration",
    "Janitor": "snapshot-janitor",
}
"""Prefix of the logical IDs, and stem of the repository and of the function that uses it."""


class BootstrapStack(TapSystemStack):
    """TapStack bootstrap: image repositories and the bucket of templates, in each region before all other stacks."""

    file = "bootstrap-stack"
    export_name = "tap-bootstrap-{name}-${EnvironmentSuffix}"

    ImageRetentionCount: Parameter[Number] = Parameter(
        NUMBER,
        default=10,
        min_value=1,
        max_value=1_000,
        description="Tagged images that are kept in each repository",
        constraint_description="1 to 1000",
        label="Kept images",
    )
    TargetAccountIds: Parameter[StringList] = Parameter(
        COMMA_DELIMITED_LIST,
        default="",
        pattern=r"^([0-9]{12})?$",
        description="Further accounts that a StackSet deploys to: they may pull images and read templates; or nothing",
        constraint_description="account IDs of 12 digits, joined by commas, or nothing",
        label="Target accounts",
    )

    HasTargetAccounts = Condition(Not(Equals(Join("", TargetAccountIds), "")))

    ValidatorRepositoryUri = Output(export=True, description="Address of the validator's images")
    ValidatorRepositoryArn = Output(export=True, description="ARN of the validator's repository")
    MigrationRepositoryUri = Output(export=True, description="Address of the migration's images")
    MigrationRepositoryArn = Output(export=True, description="ARN of the migration's repository")
    JanitorRepositoryUri = Output(export=True, description="Address of the janitor's images")
    JanitorRepositoryArn = Output(export=True, description="ARN of the janitor's repository")
    TemplatesBucketName = Output(export=True, description="Name of the bucket of templates")
    TemplatesBucketArn = Output(export=True, description="ARN of the bucket of templates")

    def build(self) -> None:
        """Three repositories alike, and the bucket."""
        for prefix, stem in REPOSITORIES.items():
            repository = self.repository(f"{prefix}Repository", stem)
            setattr(self, f"{prefix}RepositoryUri", repository.get_att("RepositoryUri"))
            setattr(self, f"{prefix}RepositoryArn", repository.get_att("Arn"))
        bucket = self.templates_bucket()
        self.TemplatesBucketName = bucket.ref()
        self.TemplatesBucketArn = bucket.get_att("Arn")

    def repository(self, title: str, stem: str) -> ecr.Repository:
        """Immutable, scanned, short of memory, and gone with all images when the stack goes."""
        pull = (ecr_actions.BatchGetImage, ecr_actions.GetDownloadUrlForLayer)
        function = f"arn:${{AWS::Partition}}:lambda:${{AWS::Region}}:*:function:{stem}-${{EnvironmentSuffix}}"
        lambda_service = allow(
            *pull,
            on=["*"],
            to=Principal("Service", "lambda.amazonaws.com"),
            when=[
                StringEquals({SourceAccount: self.accounts()}),
                ArnLike({SourceArn: Sub(function)}),
            ],
            sid="LambdaPullsForItsFunction",
        )
        other_accounts = allow(*pull, on=["*"], to=AWSPrincipal(self.accounts()), sid="TargetAccountsPull")
        for statement in (lambda_service, other_accounts):
            statement.properties.pop("Resource")  # the policy of a repository speaks of that repository alone
        return self.add(
            ecr.Repository(
                title,
                RepositoryName=self.named(stem),
                ImageTagMutability="IMMUTABLE",
                ImageScanningConfiguration=ecr.ImageScanningConfiguration(ScanOnPush=True),
                EncryptionConfiguration=ecr.EncryptionConfiguration(EncryptionType="AES256"),
                EmptyOnDelete=True,
                LifecyclePolicy=ecr.LifecyclePolicy(LifecyclePolicyText=Sub(lifecycle("${ImageRetentionCount}"))),
                RepositoryPolicyText=document(lambda_service, other_accounts),
            )
        )

    def accounts(self) -> Split:
        """This account, and those that a StackSet deploys to."""
        own = Ref("AWS::AccountId")
        others = Join(",", self.TargetAccountIds)
        return Split(",", If(self.HasTargetAccounts, Join(",", [own, others]), own))

    def templates_bucket(self) -> s3.Bucket:
        """Versioned and private; StackSets read it from the target accounts."""
        bucket = self.add(
            private_bucket(
                "TemplatesBucket",
                self.named("cfn-templates", "${AWS::AccountId}", "${AWS::Region}"),
                LifecycleConfiguration=s3.LifecycleConfiguration(
                    Rules=[
                        s3.LifecycleRule(
                            Id="clean-up",
                            Status="Enabled",
                            AbortIncompleteMultipartUpload=s3.AbortIncompleteMultipartUpload(DaysAfterInitiation=7),
                            NoncurrentVersionExpiration=s3.NoncurrentVersionExpiration(NoncurrentDays=90),
                        )
                    ]
                ),
            )
        )
        readers = allow(
            s3_actions.GetObject,
            on=[Sub(f"${{{bucket.title}.Arn}}/*")],
            to=AWSPrincipal(self.accounts()),
            sid="TargetAccountsRead",
        )
        self.add(
            s3.BucketPolicy(
                "TemplatesBucketPolicy",
                Bucket=bucket.ref(),
                PolicyDocument=document(only_tls(bucket), readers),
            )
        )
        return bucket


def lifecycle(count: str) -> str:
    """Untagged images go after a day; the newest ``count`` others stay. ``Fn::Sub`` puts the count in, as a number."""
    rules = [
        {
            "rulePriority": 1,
            "description": "untagged images go after a day",
            "selection": {
                "tagStatus": "untagged",
                "countType": "sinceImagePushed",
                "countUnit": "days",
                "countNumber": 1,
            },
            "action": {"type": "expire"},
        },
        {
            "rulePriority": 2,
            "description": "the newest images stay",
            "selection": {"tagStatus": "any", "countType": "imageCountMoreThan", "countNumber": "COUNT"},
            "action": {"type": "expire"},
        },
    ]
    return json.dumps({"rules": rules}).replace('"COUNT"', count)
