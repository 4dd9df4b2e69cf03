"""The bucket of seed data and results."""

from __future__ import annotations

from awacs.aws import Action, Bool, Principal, SecureTransport
from troposphere import Retain, RetainExceptOnCreate, Sub, s3

from stackgen import Exemption, Output, deny
from stackgen.iam import document

from .parameters import DataParameters, OriginParameters

DAYS_UNTIL_ARCHIVED = 3
DAYS_UNTIL_TIERED = 30
DAYS_OF_UPLOADS = 7
SECONDS_OF_PREFLIGHT = 3600


class Storage(DataParameters, OriginParameters):
    """Plot Palette storage: one private, versioned bucket for seed data, sample data sets and the results of jobs."""

    file = "storage-stack"
    component = "Storage"

    BucketName = Output(description="Name of the bucket")
    BucketArn = Output(description="ARN of the bucket")
    BucketRegionalDomainName = Output(description="Host of the bucket in its region")

    def build(self) -> None:
        """The bucket, and that it is reached through TLS only; both stay when the stack goes."""
        encryption = s3.ServerSideEncryptionByDefault(SSEAlgorithm="AES256")
        bucket = self.add(
            s3.Bucket(
                "Bucket",
                DeletionPolicy=RetainExceptOnCreate,
                UpdateReplacePolicy=Retain,
                BucketName=Sub("plot-palette-${AWS::AccountId}-${AWS::Region}-${EnvironmentName}${DataNameSuffix}"),
                BucketEncryption=s3.BucketEncryption(
                    ServerSideEncryptionConfiguration=[
                        s3.ServerSideEncryptionRule(ServerSideEncryptionByDefault=encryption)
                    ]
                ),
                VersioningConfiguration=s3.VersioningConfiguration(Status="Enabled"),
                PublicAccessBlockConfiguration=s3.PublicAccessBlockConfiguration(
                    BlockPublicAcls=True, BlockPublicPolicy=True, IgnorePublicAcls=True, RestrictPublicBuckets=True
                ),
                OwnershipControls=s3.OwnershipControls(
                    Rules=[s3.OwnershipControlsRule(ObjectOwnership="BucketOwnerEnforced")]
                ),
                LifecycleConfiguration=s3.LifecycleConfiguration(Rules=lifecycle()),
                CorsConfiguration=s3.CorsConfiguration(
                    CorsRules=[
                        s3.CorsRules(
                            Id="frontend",
                            AllowedOrigins=self.AllowedOrigins,
                            AllowedMethods=["GET", "PUT", "POST", "DELETE", "HEAD"],
                            AllowedHeaders=[
                                "Authorization", "Content-Length", "Content-MD5", "Content-Type", "x-amz-*",
                            ],
                            ExposedHeaders=["ETag"],
                            MaxAge=SECONDS_OF_PREFLIGHT,
                        )
                    ]
                ),
            ),
            suppress={
                "W9132": Exemption(
                    "old versions of results are archived after a day, and kept",
                    owner="plot-palette",
                    expires="2027-11-30",
                )
            },
        )  # fmt: skip
        only_tls = deny(
            Action("s3", "*"),
            on=[bucket.get_att("Arn"), Sub("${Bucket.Arn}/*")],
            to=Principal("*"),
            when=[Bool({SecureTransport: "false"})],
            sid="OnlyTls",
        )
        self.add(
            s3.BucketPolicy(
                "BucketPolicy",
                DeletionPolicy=RetainExceptOnCreate,
                UpdateReplacePolicy=Retain,
                Bucket=bucket.ref(),
                PolicyDocument=document(only_tls),
            )
        )
        self.BucketName = bucket.ref()
        self.BucketArn = bucket.get_att("Arn")
        self.BucketRegionalDomainName = bucket.get_att("RegionalDomainName")


def lifecycle() -> list[s3.LifecycleRule]:
    """Results are read once and then kept, seed data now and then; uploads that were given up go."""
    return [
        s3.LifecycleRule(
            Id="archive-jobs",
            Status="Enabled",
            Prefix="jobs/",
            Transitions=[s3.LifecycleRuleTransition(StorageClass="GLACIER_IR", TransitionInDays=DAYS_UNTIL_ARCHIVED)],
            NoncurrentVersionTransitions=[
                s3.NoncurrentVersionTransition(StorageClass="GLACIER_IR", TransitionInDays=1)
            ],
        ),
        s3.LifecycleRule(
            Id="tier-seed-data",
            Status="Enabled",
            Prefix="seed-data/",
            Transitions=[
                s3.LifecycleRuleTransition(StorageClass="INTELLIGENT_TIERING", TransitionInDays=DAYS_UNTIL_TIERED)
            ],
        ),
        s3.LifecycleRule(
            Id="clean-up",
            Status="Enabled",
            AbortIncompleteMultipartUpload=s3.AbortIncompleteMultipartUpload(DaysAfterInitiation=DAYS_OF_UPLOADS),
        ),
    ]
