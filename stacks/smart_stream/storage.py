"""What an environment keeps: the table with its tokens and cards, the bucket of audio, the bucket of pages."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from troposphere import If, NoValue, Sub, dynamodb, s3

from stackgen import Exemption

from .buckets import only_tls, private
from .system import EnvironmentStack

if TYPE_CHECKING:
    from collections.abc import Mapping

    from awacs.aws import Statement

DAYS_OF_NONCURRENT = 30
DAYS_OF_PR_DATA = 30
"""As long as a pull request may stay open: what its tests keep must not vanish under them."""
DAYS_OF_UPLOADS = 7
SECONDS_OF_PREFLIGHT = 3600


class Storage(EnvironmentStack):
    """The table and the two buckets; in production they outlive their stack."""

    def add_table(self) -> dynamodb.Table:
        """One table, paid by the request; it can be brought back to any second in production."""
        return self.add(
            dynamodb.Table(
                "DynamoDBTable",
                TableName=Sub("yoto-smart-stream-${Environment}"),
                BillingMode="PAY_PER_REQUEST",
                AttributeDefinitions=[
                    dynamodb.AttributeDefinition(AttributeName=name, AttributeType="S") for name in ("PK", "SK")
                ],
                KeySchema=[
                    dynamodb.KeySchema(AttributeName=name, KeyType=kind)
                    for name, kind in (("PK", "HASH"), ("SK", "RANGE"))
                ],
                PointInTimeRecoverySpecification=dynamodb.PointInTimeRecoverySpecification(
                    PointInTimeRecoveryEnabled=If(self.IsProduction, "true", "false")
                ),
                DeletionProtectionEnabled=If(self.IsProduction, "true", "false"),
                **self.kept_in_production(),
            )
        )

    def add_audio_bucket(self) -> s3.Bucket:
        """Private; players are given signed addresses, and the pages of any origin may follow them."""
        expires = s3.LifecycleRule(Id="pull-request-data", Status="Enabled", ExpirationInDays=DAYS_OF_PR_DATA)
        bucket = self._bucket(
            "AudioBucket",
            "audio",
            VersioningConfiguration=s3.VersioningConfiguration(Status=If(self.IsProduction, "Enabled", "Suspended")),
            CorsConfiguration=s3.CorsConfiguration(
                CorsRules=[
                    s3.CorsRules(
                        AllowedOrigins=["*"],
                        AllowedMethods=["GET", "HEAD"],
                        AllowedHeaders=["*"],
                        MaxAge=SECONDS_OF_PREFLIGHT,
                    )
                ]
            ),
            LifecycleConfiguration=s3.LifecycleConfiguration(
                Rules=[
                    s3.LifecycleRule(
                        Id="noncurrent",
                        Status="Enabled",
                        NoncurrentVersionExpiration=s3.NoncurrentVersionExpiration(NoncurrentDays=DAYS_OF_NONCURRENT),
                    ),
                    s3.LifecycleRule(
                        Id="unfinished-uploads",
                        Status="Enabled",
                        AbortIncompleteMultipartUpload=s3.AbortIncompleteMultipartUpload(
                            DaysAfterInitiation=DAYS_OF_UPLOADS
                        ),
                    ),
                    If(self.IsPR, expires, NoValue),
                ]
            ),
            MetricsConfigurations=If(self.IsProduction, [s3.MetricsConfiguration(Id="all")], NoValue),
        )
        self.policy(bucket, "AudioBucketPolicy")
        return bucket

    def add_ui_bucket(self) -> s3.Bucket:
        """Private; CloudFront alone reads it, so it is no website."""
        rebuilt = {
            "W9132": Exemption(
                "each deployment puts its files there anew, in single uploads",
                owner="smart-stream",
                expires="2027-11-30",
            )
        }
        return self._bucket("UIBucket", "ui", rebuilt)

    def policy(self, bucket: s3.Bucket, title: str, *statements: Statement | If) -> None:
        """Everything comes through TLS; beside that, what ``statements`` say."""
        self.add(
            s3.BucketPolicy(
                title,
                Bucket=bucket.ref(),
                PolicyDocument={"Version": "2012-10-17", "Statement": [only_tls(bucket), *statements]},
                **self.kept_in_production(),
            )
        )

    def _bucket(
        self, title: str, stem: str, suppress: Mapping[str, Exemption] | None = None, /, **properties: Any
    ) -> s3.Bucket:
        """Private and encrypted, with the account in its name, because buckets of all accounts share their names."""
        name = self.named(stem, "${AWS::AccountId}")
        return self.add(private(title, name, **self.kept_in_production(), **properties), suppress=suppress)
