"""The bucket that releases arrive in, and the function that makes builds of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from awacs import s3 as s3_actions
from awacs.aws import Action, Bool, Principal, SecureTransport, StringEquals
from troposphere import Equals, GetAtt, If, Not, NoValue, Ref, Retain, RetainExceptOnCreate, Sub, awslambda, s3

from stackgen import Condition, Parameter, allow, deny
from stackgen.iam import document

from .base import PROJECT, DeployerSystemStack
from .grants import BUCKET

if TYPE_CHECKING:
    from awacs.aws import PolicyDocument

TRIGGER = "cloudformation-params.json"
"""The object of a release that is uploaded last."""

NAME = f"${{Env}}-{PROJECT}-${{AWS::AccountId}}-${{AWS::Region}}"
EVERYBODY = Principal("*")


class WithArtifacts(DeployerSystemStack):
    """Versioned and private; every arrival of a release's last object calls a function."""

    OrganizationId: Parameter = Parameter(
        default="",
        pattern=r"^(o-[a-z0-9]{10,32})?$",
        description="Organisation whose accounts may read nested templates and code of the releases; empty for none",
        constraint_description="the ID of an organisation, or nothing",
        label="Organisation",
    )

    HasOrganization = Condition(Not(Equals(OrganizationId, "")))

    def artifact_bucket_of(self, trigger: awslambda.Function) -> s3.Bucket:
        """S3 tries the function when it is told of it, so the permission comes first, and knows the bucket by name."""
        permission = self.add(
            awslambda.Permission(
                "ArtifactBucketInvokes",
                Action="lambda:InvokeFunction",
                FunctionName=trigger.ref(),
                Principal="s3.amazonaws.com",
                SourceAccount=Ref("AWS::AccountId"),
                SourceArn=Sub(BUCKET),
            )
        )
        bucket = self.add(private_bucket(trigger, DependsOn=permission.title))
        self.add(
            s3.BucketPolicy("ArtifactBucketPolicy", Bucket=bucket.ref(), PolicyDocument=self.bucket_policy(bucket))
        )
        return bucket

    def bucket_policy(self, bucket: s3.Bucket) -> PolicyDocument:
        """TLS for everybody. CloudFormation reads a template as its caller; targets read what that refers to."""
        everything = Sub(f"${{{bucket.title}.Arn}}/*")
        policy = document(
            deny(
                Action("s3", "*"),
                on=[bucket.get_att("Arn"), everything],
                to=EVERYBODY,
                when=[Bool({SecureTransport: "false"})],
                sid="OnlyTls",
            )
        )
        readers = allow(
            s3_actions.GetObject,
            on=[Sub(f"${{{bucket.title}.Arn}}/*.zip"), Sub(f"${{{bucket.title}.Arn}}/*/nested/*")],
            to=EVERYBODY,
            when=[StringEquals({"aws:PrincipalOrgID": self.OrganizationId})],
            sid="OrganizationReadsCodeAndNestedTemplates",
        )
        policy.properties["Statement"].append(If(self.HasOrganization, readers, NoValue))
        return policy


def private_bucket(trigger: awslambda.Function, **attributes: Any) -> s3.Bucket:
    """Old versions stay for a year: a rollback deploys the very template that a build was made of."""
    return s3.Bucket(
        "ArtifactBucket",
        BucketName=Sub(NAME),
        DeletionPolicy=RetainExceptOnCreate,
        UpdateReplacePolicy=Retain,
        BucketEncryption=s3.BucketEncryption(
            ServerSideEncryptionConfiguration=[
                s3.ServerSideEncryptionRule(
                    ServerSideEncryptionByDefault=s3.ServerSideEncryptionByDefault(SSEAlgorithm="AES256")
                )
            ]
        ),
        VersioningConfiguration=s3.VersioningConfiguration(Status="Enabled"),
        PublicAccessBlockConfiguration=s3.PublicAccessBlockConfiguration(
            BlockPublicAcls=True, BlockPublicPolicy=True, IgnorePublicAcls=True, RestrictPublicBuckets=True
        ),
        OwnershipControls=s3.OwnershipControls(Rules=[s3.OwnershipControlsRule(ObjectOwnership="BucketOwnerEnforced")]),
        LifecycleConfiguration=s3.LifecycleConfiguration(
            Rules=[
                s3.LifecycleRule(
                    Id="clean-up",
                    Status="Enabled",
                    AbortIncompleteMultipartUpload=s3.AbortIncompleteMultipartUpload(DaysAfterInitiation=7),
                    NoncurrentVersionExpiration=s3.NoncurrentVersionExpiration(NoncurrentDays=365),
                    ExpiredObjectDeleteMarker=True,
                )
            ]
        ),
        NotificationConfiguration=s3.NotificationConfiguration(
            LambdaConfigurations=[
                s3.LambdaConfigurations(
                    Event="s3:ObjectCreated:*",
                    Filter=s3.Filter(S3Key=s3.S3Key(Rules=[s3.Rules(Name="suffix", Value=TRIGGER)])),
                    Function=GetAtt(trigger, "Arn"),
                )
            ]
        ),
        **attributes,
    )
