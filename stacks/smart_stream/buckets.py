"""A bucket that nobody beyond the account sees: private, encrypted, reached through TLS alone."""

from __future__ import annotations

from typing import Any

from awacs.aws import Action, Bool, Principal, SecureTransport, Statement
from troposphere import Sub, s3

from stackgen import deny


def private(title: str, name: object, **properties: Any) -> s3.Bucket:
    """The bucket with what its users add."""
    encryption = s3.ServerSideEncryptionByDefault(SSEAlgorithm="AES256")
    return s3.Bucket(
        title,
        BucketName=name,
        BucketEncryption=s3.BucketEncryption(
            ServerSideEncryptionConfiguration=[s3.ServerSideEncryptionRule(ServerSideEncryptionByDefault=encryption)]
        ),
        PublicAccessBlockConfiguration=s3.PublicAccessBlockConfiguration(
            BlockPublicAcls=True, BlockPublicPolicy=True, IgnorePublicAcls=True, RestrictPublicBuckets=True
        ),
        OwnershipControls=s3.OwnershipControls(Rules=[s3.OwnershipControlsRule(ObjectOwnership="BucketOwnerEnforced")]),
        **properties,
    )


def only_tls(bucket: s3.Bucket) -> Statement:
    """What every policy of a bucket begins with."""
    return deny(
        Action("s3", "*"),
        on=[bucket.get_att("Arn"), Sub(f"${{{bucket.title}.Arn}}/*")],
        to=Principal("*"),
        when=[Bool({SecureTransport: "false"})],
        sid="OnlyTls",
    )
