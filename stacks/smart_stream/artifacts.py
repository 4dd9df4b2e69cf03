"""The bucket that one class of environments is deployed from: its packages and templates, and nothing of another."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from troposphere import s3

from stackgen.iam import document

from .buckets import only_tls, private

if TYPE_CHECKING:
    from .system import SmartStreamStack

DAYS_OF_NONCURRENT, DAYS_OF_UPLOADS = 90, 7


def add_artifacts(stack: SmartStreamStack, name: object) -> s3.Bucket:
    """Set up whole, so that a deployment has nothing to add to it, and no deploy role may change how it is set up.

    It stays when its stack goes: releases are made again from what is in it.
    """
    stays: dict[str, Any] = {"DeletionPolicy": "RetainExceptOnCreate", "UpdateReplacePolicy": "Retain"}
    old = s3.LifecycleRule(
        Id="old-versions",
        Status="Enabled",
        NoncurrentVersionExpiration=s3.NoncurrentVersionExpiration(NoncurrentDays=DAYS_OF_NONCURRENT),
        AbortIncompleteMultipartUpload=s3.AbortIncompleteMultipartUpload(DaysAfterInitiation=DAYS_OF_UPLOADS),
    )
    bucket = stack.add(
        private(
            "ArtifactsBucket",
            name,
            VersioningConfiguration=s3.VersioningConfiguration(Status="Enabled"),
            LifecycleConfiguration=s3.LifecycleConfiguration(Rules=[old]),
            **stays,
        )
    )
    policy = document(only_tls(bucket))
    stack.add(s3.BucketPolicy("ArtifactsBucketPolicy", Bucket=bucket.ref(), PolicyDocument=policy, **stays))
    return bucket
