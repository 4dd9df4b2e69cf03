"""Buckets as TapStack makes them: private, encrypted, versioned, and reached through TLS only."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from awacs.aws import Action, Bool, Principal, SecureTransport
from troposphere import Sub, s3

from stackgen import deny

if TYPE_CHECKING:
    from awacs.aws import Statement

EVERYBODY = Principal("*")


def private_bucket(title: str, name: Sub, **properties: Any) -> s3.Bucket:
    """A bucket that nobody else can read and whose objects keep their versions; parts of uploads go after a week."""
    encryption = s3.ServerSideEncryptionByDefault(SSEAlgorithm="AES256")
    return s3.Bucket(
        title,
        BucketName=name,
        BucketEncryption=s3.BucketEncryption(
            ServerSideEncryptionConfiguration=[s3.ServerSideEncryptionRule(ServerSideEncryptionByDefault=encryption)]
        ),
        VersioningConfiguration=s3.VersioningConfiguration(Status="Enabled"),
        PublicAccessBlockConfiguration=s3.PublicAccessBlockConfiguration(
            BlockPublicAcls=True, BlockPublicPolicy=True, IgnorePublicAcls=True, RestrictPublicBuckets=True
        ),
        OwnershipControls=s3.OwnershipControls(Rules=[s3.OwnershipControlsRule(ObjectOwnership="BucketOwnerEnforced")]),
        **properties,
    )


def only_tls(bucket: s3.Bucket) -> Statement:
    """Refuse whatever does not come through TLS."""
    return deny(
        Action("s3", "*"),
        on=[bucket.get_att("Arn"), Sub(f"${{{bucket.title}.Arn}}/*")],
        to=EVERYBODY,
        when=[Bool({SecureTransport: "false"})],
        sid="OnlyTls",
    )
