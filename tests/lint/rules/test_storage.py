"""Rules about buckets, tables and their data."""

from __future__ import annotations

import pytest

from .kit import paths, seen


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


CONDITIONS = """
Parameters: {Env: {Type: String}}
Conditions:
  IsProd: !Equals [!Ref Env, prod]
  IsNot: !Not [!Condition IsProd]
Resources:
"""
POLICY = """
  Policy%s:
    Type: AWS::S3::BucketPolicy
%s    Properties:
      Bucket: !Ref Bucket
      PolicyDocument:
        Statement:
          - Effect: Deny
            Principal: '*'
            Action: s3:*
            Resource: '*'
            Condition: {Bool: {'aws:SecureTransport': false}}
"""


@pytest.mark.parametrize(
    ("conditions", "found"),
    [([], True), ([""], False), (["IsProd"], True), (["IsProd", "IsNot"], False)],
)
def test_a_bucket_has_the_policy_whenever_it_exists(conditions: list[str], *, found: bool) -> None:
    template = CONDITIONS + "  Bucket: {Type: AWS::S3::Bucket}"
    for number, condition in enumerate(conditions):
        template += POLICY % (number, f"    Condition: {condition}\n" if condition else "")
    assert bool(paths(template, "E9131")) is found


def test_a_policy_with_the_same_condition_as_its_bucket_is_enough() -> None:
    template = CONDITIONS + "  Bucket: {Type: AWS::S3::Bucket, Condition: IsProd}"
    assert not paths(template + POLICY % ("", "    Condition: IsProd\n"), "E9131")
    assert paths(template + POLICY % ("", "    Condition: IsNot\n"), "E9131") == ["Resources/Bucket"]


def test_a_policy_that_denies_something_else_or_is_not_written_out() -> None:
    template = (
        CONDITIONS
        + """
  Bucket: {Type: AWS::S3::Bucket, Properties: {BucketName: a}}
  Policy: {Type: AWS::S3::BucketPolicy, Properties: {Bucket: a, PolicyDocument: %s}}
"""
    )
    assert paths(template % "{Statement: {Effect: Deny, Principal: '*', Action: 's3:*', Resource: '*'}}", "E9131")
    assert not paths(template % "!Transform {Name: Policies}", "E9131")
    assert not paths(template % "{Statement: [{'Fn::Transform': {Name: AWS::Include}}]}", "E9131")
    assert not paths(template % "!Ref Env", "E9131")
    told = '{"Statement": [{"Effect": "%s", "Principal": "*", "Action": "s3:*", "Resource": "*", "Condition": %s}]}'
    asked = '{"Bool": {"aws:SecureTransport": "false"}}'
    assert paths(template % f"!Sub '{told % ('Allow', asked)}'", "E9131")
    assert not paths(template % f"!Sub '{told % ('Deny', asked)}'", "E9131")


DENIAL = """
  Bucket: {Type: AWS::S3::Bucket}
  Policy:
    Type: AWS::S3::BucketPolicy
    Properties:
      Bucket: !Ref Bucket
      PolicyDocument:
        Statement:
          - Effect: Deny
            Principal: %s
            Action: %s
            Resource: %s
            Condition: %s
"""
ALL, HTTP = "[!Sub '${Bucket.Arn}/*', !GetAtt Bucket.Arn]", "{Bool: {aws:SecureTransport: 'false'}}"


@pytest.mark.parametrize(
    ("principal", "action", "resource", "condition"),
    [
        ("'*'", "s3:*", ALL, "{Bool: {aws:SecureTransport: 'true'}}"), ("'*'", "s3:DeleteBucket", ALL, HTTP),
        ("'*'", "[s3:GetObject, s3:ListBucket]", ALL, HTTP), ("{AWS: '123456789012'}", "s3:*", ALL, HTTP),
        ("'*'", "s3:*", "!Sub '${Bucket.Arn}/public/*'", HTTP), ("'*'", "s3:*", "!GetAtt Bucket.Arn", HTTP),
        ("'*'", "s3:*", ALL, "{}"), ("'*'", "s3:*", ALL, "{StringEquals: {aws:PrincipalOrgID: o-1}}"),
        ("'*'", "s3:*", ALL, "{StringNotEquals: {aws:SecureTransport: 'false'}}"),
        ("'*'", "s3:*", ALL, "!If [IsProd, {Bool: {aws:SecureTransport: 'false'}}, !Ref AWS::NoValue]"),
    ],
)  # fmt: skip
def test_a_denial_of_less_than_all_requests_without_tls_is_none(
    principal: str, action: str, resource: str, condition: str
) -> None:
    template = CONDITIONS + DENIAL % (principal, action, resource, condition)
    assert paths(template, "E9131") == ["Resources/Bucket"]


@pytest.mark.parametrize(
    ("principal", "action", "resource", "condition"),
    [
        ("'*'", "'*'", "'*'", HTTP), ("{AWS: ['*']}", "[s3:Get*, s3:Put*]", "!Sub '${Bucket.Arn}*'", HTTP),
        ("!Ref Env", "!Ref Env", "!Ref Env", HTTP), ("'*'", "s3:*", "!Sub '${Env}/*'", HTTP),
        ("'*'", "s3:*", "!Sub 'arn:aws:s3:::${Bucket}/*'", "{BoolIfExists: {AWS:SecureTransport: false}}"),
        ("'*'", "s3:*", "arn:aws:s3:::bucket/*", "{StringEquals: {aws:SecureTransport: ['false']}}"),
        ("'*'", "s3:*", ALL, "{StringNotEquals: {aws:SecureTransport: 'true'}}"),
        ("'*'", "s3:*", ALL, "{NumericLessThan: {s3:TlsVersion: 1.2}}"),
        ("'*'", "s3:*", ALL, "{Bool: {aws:SecureTransport: !Ref Env}}"),
    ],
)  # fmt: skip
def test_a_denial_of_all_requests_without_tls_may_be_written_in_many_ways(
    principal: str, action: str, resource: str, condition: str
) -> None:
    assert not paths(CONDITIONS + DENIAL % (principal, action, resource, condition), "E9131")


@pytest.mark.parametrize(
    ("rules", "told"),
    [
        ("[{Status: Enabled, AbortIncompleteMultipartUpload: {DaysAfterInitiation: 1}}]",
         ["Bucket keeps noncurrent versions for ever"]),
        ("[{Status: Disabled, AbortIncompleteMultipartUpload: {DaysAfterInitiation: 1}}]",
         ["Bucket does not abort incomplete uploads", "Bucket keeps noncurrent versions for ever"]),
        ("!If [IsProd, [{NoncurrentVersionExpirationInDays: 1}, {AbortIncompleteMultipartUpload: {}}], []]", []),
        ("7", ["Bucket does not abort incomplete uploads", "Bucket keeps noncurrent versions for ever"]),
    ],
)  # fmt: skip
def test_the_rules_of_a_lifecycle_count_together(rules: str, told: list[str]) -> None:
    template = (
        CONDITIONS
        + f"""
  Bucket:
    Type: AWS::S3::Bucket
    Properties: {{VersioningConfiguration: {{Status: Enabled}}, LifecycleConfiguration: {{Rules: {rules}}}}}
"""
    )
    assert [each.message for each in seen(template, "W9132")] == told


def test_versions_may_be_for_production_only_and_a_bucket_of_logs_needs_none() -> None:
    template = (
        CONDITIONS
        + """
  Bucket:
    Type: AWS::S3::Bucket
    Properties:
      VersioningConfiguration: {Status: !If [IsProd, Enabled, Suspended]}
      LoggingConfiguration: {DestinationBucketName: !Ref Logs}
      LifecycleConfiguration: {Rules: [{AbortIncompleteMultipartUpload: {}, NoncurrentVersionExpiration: {}}]}
  Logs:
    Type: AWS::S3::Bucket
    Properties: {LifecycleConfiguration: {Rules: [{AbortIncompleteMultipartUpload: {}}]}}
"""
    )
    assert not paths(template, "W9132")
    assert not paths(template, "W9132", "production")
    assert paths(template.replace("Enabled", "Suspended"), "W9132") == [
        "Resources/Bucket/Properties/VersioningConfiguration/Status/Fn::If/1",
        "Resources/Bucket/Properties/VersioningConfiguration/Status/Fn::If/2",
    ]


def test_a_switch_that_is_not_said_is_told_apart_from_one_that_is_off() -> None:
    template = """
    Resources:
      Bucket:
        Type: AWS::S3::Bucket
        Properties:
          BucketEncryption: {ServerSideEncryptionConfiguration: []}
          PublicAccessBlockConfiguration: {BlockPublicAcls: false, IgnorePublicAcls: true, RestrictPublicBuckets: true}
    """
    assert [each.message for each in seen(template, "E9130")] == [
        "Bucket does not say BlockPublicPolicy",
        "Bucket does not have BlockPublicAcls",
    ]


def test_a_bucket_for_the_logs_of_a_classic_load_balancer_needs_no_versions() -> None:
    template = """
    Resources:
      Balancer:
        Type: AWS::ElasticLoadBalancing::LoadBalancer
        Properties: {AccessLoggingPolicy: {Enabled: true, S3BucketName: !Ref Logs}}
      Logs: {Type: AWS::S3::Bucket}
    """
    assert [each.message for each in seen(template, "W9132")] == [
        "Logs has no lifecycle: incomplete uploads stay for ever"
    ]


def test_images_go_with_their_stack_or_stay_by_what_it_is_for() -> None:
    template = (
        CONDITIONS
        + """
  Repository:
    Type: AWS::ECR::Repository
    Properties:
      ImageScanningConfiguration: {ScanOnPush: true}
      ImageTagMutability: IMMUTABLE
      LifecyclePolicy: {LifecyclePolicyText: a}
      EmptyOnDelete: %s
"""
    )
    assert not [each for each in ("", "production", "destroyable") if paths(template % "true", "W9133", each)]
    assert not paths(template % "false", "W9133", "production")
    assert paths(template % "false", "W9133", "ephemeral") == ["Resources/Repository/Properties/EmptyOnDelete"]


@pytest.mark.parametrize(
    ("properties", "found"),
    [
        ("EnableKeyRotation: true", False), ("EnableKeyRotation: !If [IsProd, true, false]", True), ("", True),
        ("KeySpec: HMAC_256", False), ("KeySpec: !Ref Env", False), ("Origin: EXTERNAL", False),
    ],
)  # fmt: skip
def test_only_a_key_that_can_rotate_must(properties: str, *, found: bool) -> None:
    template = CONDITIONS + f"  Key: {{Type: AWS::KMS::Key, Properties: {{{properties}}}}}"
    assert bool(paths(template, "W9134")) is found
