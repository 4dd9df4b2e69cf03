"""Rules about what happens to data when their stack goes, and about what there is once in an account."""

from __future__ import annotations

import cfnlint.data.AdditionalSpecs
import pytest
from cfnlint.helpers import load_resource
from cfnlint.schema import PROVIDER_SCHEMA_MANAGER

from stackgen.lint.rules.drift_can_be_seen import INSTEAD

from .kit import paths, rules, seen

RESOURCE = "Resources: {It: {Type: 'AWS::%s', DeletionPolicy: %s, Properties: {%s}}}\n"
CONDITION = "Conditions: {Is: !Equals [!Ref 'AWS::Region', a]}\n"


@pytest.mark.parametrize(
    ("kind", "policy", "profile", "found"),
    [
        ("S3::Bucket", "Retain", "destroyable", True), ("S3::Bucket", "RetainExceptOnCreate", "ephemeral", True),
        ("S3::Bucket", "Retain", "production", False), ("S3::Bucket", "Retain", "", False),
        ("EC2::Volume", "Snapshot", "destroyable", True), ("EC2::Volume", "Snapshot", "", False),
        ("RDS::DBCluster", "Snapshot", "destroyable", False),
        ("S3::Bucket", "!If [Is, Retain, Delete]", "destroyable", True),
    ],
)  # fmt: skip
def test_retain_counts_where_the_stack_is_meant_to_go(kind: str, policy: str, profile: str, *, found: bool) -> None:
    assert bool(paths(CONDITION + RESOURCE % (kind, policy, ""), "E9103", profile)) is found


def test_an_instance_of_aurora_gives_no_snapshot() -> None:
    template = RESOURCE % ("RDS::DBInstance", "Snapshot", "DBClusterIdentifier: aurora")
    assert [each.message for each in seen(template, "E9103")] == [
        "It is in a cluster, which has the data: it gives no snapshot"
    ]
    maybe = "DBClusterIdentifier: !If [Is, aurora, !Ref 'AWS::NoValue']"
    assert not paths(CONDITION + RESOURCE % ("RDS::DBInstance", "Snapshot", maybe), "E9103")


def test_each_policy_that_is_missing_is_told_of_what_holds_data() -> None:
    template = RESOURCE % ("S3::Bucket", "!If [Is, Retain, !Ref 'AWS::NoValue']", "")
    assert [each.message for each in seen(CONDITION + template, "E9104")] == [
        "It holds data and does not say its UpdateReplacePolicy",
        "It holds data and does not say its DeletionPolicy",
    ]
    assert not paths("Resources: {Topic: {Type: AWS::SNS::Topic}}", "E9104")


def test_every_type_that_cfn_lint_counts_as_stateful_says_its_policies_but_for_what_is_on_its_way() -> None:
    """Of queues, logs and nested stacks cfn-lint's own advice is enough."""
    stateful = load_resource(cfnlint.data.AdditionalSpecs, "StatefulResources.json")["ResourceTypes"]
    assert set(stateful) - set(rules()["E9104"].types) == {
        "AWS::CloudFormation::Stack",
        "AWS::Logs::LogGroup",
        "AWS::SQS::Queue",
    }


@pytest.mark.parametrize(
    ("kind", "profile", "told"),
    [
        ("SNS::TopicPolicy", "", "AWS::SNS::TopicInlinePolicy is"),
        ("Route53::RecordSetGroup", "", "AWS::Route53::RecordSet is"),
        ("EC2::NetworkAclEntry", "production", "and nothing replaces it"),
        ("EC2::NetworkAclEntry", "", ""),
        ("SQS::Queue", "production", ""),
        ("CodeBuild::Project", "production", ""),
        ("Nothing::Known", "production", ""),
    ],
)
def test_drift_is_seen_of_what_has_a_handler_that_reads(kind: str, profile: str, told: str) -> None:
    found = [each.message for each in seen(f"Resources: {{It: {{Type: 'AWS::{kind}'}}}}", "W9113", profile=profile)]
    assert [each.rpartition("seen")[2].lstrip(":, ") for each in found] == [told] * bool(told)


def test_what_replaces_a_type_can_be_read_and_the_type_cannot() -> None:
    for kind, instead in INSTEAD.items():
        better = instead.rpartition(" ")[2]
        assert "read" in PROVIDER_SCHEMA_MANAGER.get_resource_schema("us-east-1", better).schema["handlers"]
        assert "read" not in PROVIDER_SCHEMA_MANAGER.get_resource_schema("us-east-1", kind).schema.get("handlers", {})


RECORDER = """
Resources:
  Recorder: {Type: AWS::Config::ConfigurationRecorder, Properties: {RoleARN: %s}}
  Role:
    Type: AWS::IAM::Role
    Properties: {ManagedPolicyArns: %s}
"""


@pytest.mark.parametrize(
    ("role", "policies", "found"),
    [
        ("!GetAtt Role.Arn", "[]", True), ("!GetAtt Role.Arn", "!Ref 'AWS::NoValue'", True),
        ("!GetAtt Role.Arn", "!Ref Policies", False), ("!GetAtt Role.Arn", "[!Ref Policy]", False),
        ("!GetAtt Role.Arn", "[!Join ['', ['arn:aws:iam::aws:policy/', service-role/AWS_ConfigRole]]]", False),
        ("!ImportValue role", "[]", False),
        ("!Sub 'arn:aws:iam::${AWS::AccountId}:role/aws-service-role/config.amazonaws.com/R'", "[]", False),
    ],
)  # fmt: skip
def test_the_role_of_config_is_judged_where_all_its_policies_are_known(
    role: str, policies: str, *, found: bool
) -> None:
    assert bool(paths(RECORDER % (role, policies), "E9105")) is found


@pytest.mark.parametrize(
    ("kind", "policy", "profile", "found"),
    [
        ("S3::Bucket", "Delete", "production", True), ("S3::Bucket", "Delete", "standard", False),
        ("S3::Bucket", "Delete", "destroyable", False), ("S3::Bucket", "RetainExceptOnCreate", "production", False),
        ("RDS::DBCluster", "Snapshot", "production", False), ("RDS::DBInstance", "Delete", "production", True),
        ("SQS::Queue", "Delete", "production", False),
        ("DynamoDB::Table", "!If [Is, Retain, Delete]", "production", False),
        ("DynamoDB::Table", "!If [Is, Delete, Delete]", "production", True),
        ("DynamoDB::Table", "!Ref Policy", "production", False),
    ],
)  # fmt: skip
def test_data_of_production_outlive_their_stack(kind: str, policy: str, profile: str, *, found: bool) -> None:
    assert bool(paths(CONDITION + RESOURCE % (kind, policy, ""), "W9157", profile)) is found


def test_a_policy_of_production_is_no_other_environments() -> None:
    conditions = "Parameters: {Env: {Type: String}}\nConditions: {Is: !Equals [!Ref Env, dev]}\n"
    kept = RESOURCE % ("S3::Bucket", "!If [Is, Delete, Retain]", "")
    lost = RESOURCE % ("S3::Bucket", "!If [Is, Retain, Delete]", "")
    assert paths(conditions + kept, "W9157", "production") == []
    assert paths(conditions + lost, "W9157", "production") == ["Resources/It/DeletionPolicy/Fn::If/2"]


def test_the_data_of_a_cluster_are_not_those_of_its_members() -> None:
    member = RESOURCE % ("RDS::DBInstance", "Delete", "DBClusterIdentifier: a")
    assert paths(member, "W9157", "production") == []
