"""Rules about buckets, tables and their data."""

from __future__ import annotations

from .kit import paths


def test_a_bucket_that_one_branch_opens_is_found() -> None:
    template = """
    Parameters: {Public: {Type: String, Default: 'true'}}
    Conditions: {IsPublic: !Equals [!Ref Public, 'true']}
    Resources:
      Bucket:
        Type: AWS::S3::Bucket
        Properties:
          BucketEncryption: {ServerSideEncryptionConfiguration: []}
          PublicAccessBlockConfiguration:
            BlockPublicAcls: true
            BlockPublicPolicy: !If [IsPublic, false, true]
            IgnorePublicAcls: !Ref Public
            RestrictPublicBuckets: 'true'
    """
    assert paths(template, "E9130") == [
        "Resources/Bucket/Properties/PublicAccessBlockConfiguration/BlockPublicPolicy/Fn::If/1"
    ]
