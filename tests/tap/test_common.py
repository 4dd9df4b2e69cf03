"""What holds for every template of TapStack."""

import json
import re

import pytest

from stackgen.template import Renderer
from stacks.tap.stackset import StackSetStack
from tests.tap.reading import Templates, resources, statements, strings

FILES = {
    "TapStack",
    "network-stack",
    "database-stack",
    "compute-stack",
    "storage-stack",
    "security-stack",
    "migration-stack",
    "bootstrap-stack",
    "guard-stack",
    "janitor-stack",
    "stackset-roles",
    "stackset",
}
NAMES_OF_AWS = {"AliasName", "DatabaseName", "IndexName", "PolicyName", "AttributeName", "MetricName", "ServiceName"}
TAGGED_BY_STACK = {"AWS::CloudFormation::Stack"}
EC2_PLACES = {
    # interfaces have no names before they exist
    "compute-stack/ValidatorRole",
    "migration-stack/MigrationRole",
    # the network's parts neither; the two regions bound them instead
    "stackset-roles/ExecutionRole",
}
DRIFT_EXCEPTIONS = {"AWS::CloudFormation::Stack", "Custom::SchemaMigration"}
"""TAP-D19: a parent's detection does not descend, and a custom resource has nothing to compare with."""


@pytest.mark.requirement("TAP-01", "TAP-D37")
def test_all_twelve_templates_are_built(templates: Templates) -> None:
    """a template is missing, or one is added without a word here"""
    assert set(templates) == FILES


@pytest.mark.requirement("TAP-30", "TAP-D21")
def test_templates_are_json_with_fn_sub_in_it() -> None:
    """a template is not JSON, or holds the short form of YAML"""
    renderer = Renderer()
    renderer.template(StackSetStack)
    for template in renderer.templates.values():
        assert json.loads(template.text)
        assert "!Sub" not in template.text


@pytest.mark.requirement("TAP-25", "TAP-D12")
def test_everything_can_be_destroyed_and_says_so(templates: Templates) -> None:
    """a resource has no explicit policies, or is retained, or a type other than the cluster is snapshotted"""
    for file, template in templates.items():
        for title, resource in template["Resources"].items():
            expected = "Snapshot" if resource["Type"] == "AWS::RDS::DBCluster" else "Delete"
            assert (resource["DeletionPolicy"], resource["UpdateReplacePolicy"]) == (expected, expected), (file, title)


@pytest.mark.requirement("TAP-37")
def test_every_physical_name_carries_the_suffix(templates: Templates) -> None:
    """a property that names a resource does not hold EnvironmentSuffix"""
    seen = 0
    for file, template in templates.items():
        for title, resource in template["Resources"].items():
            for key, value in resource.get("Properties", {}).items():
                own_name = key in ("Name", "DBClusterIdentifier", "DBInstanceIdentifier") or key.endswith("Name")
                refers = isinstance(value, dict) and "Ref" in value
                if not own_name or key in NAMES_OF_AWS or refers or resource["Type"] == "AWS::Lambda::Alias":
                    continue
                seen += 1
                assert "${EnvironmentSuffix}" in json.dumps(value), (file, title, key)
    assert seen > 30


@pytest.mark.requirement("TAP-D20")
def test_global_names_carry_account_and_region_and_roles_of_the_stacks_have_none(templates: Templates) -> None:
    """a bucket could collide with another account or region, or a role of a regional stack with its twin"""
    for _, _, bucket in resources(templates, "AWS::S3::Bucket"):
        assert bucket["Properties"]["BucketName"]["Fn::Sub"].endswith("-${AWS::AccountId}-${AWS::Region}")
    named = {file for file, _, role in resources(templates, "AWS::IAM::Role") if "RoleName" in role["Properties"]}
    assert named == {"stackset-roles"}


@pytest.mark.requirement("TAP-D47")
def test_every_taggable_resource_carries_the_suffix_as_a_tag(templates: Templates) -> None:
    """the janitor cannot tell whose leftover a resource is"""
    for file, template in templates.items():
        for title, resource in template["Resources"].items():
            tags = resource.get("Properties", {}).get("Tags")
            if tags is None:
                continue
            found = tags if isinstance(tags, dict) else {tag["Key"]: tag["Value"] for tag in tags}
            assert found["EnvironmentSuffix"] == {"Ref": "EnvironmentSuffix"}, (file, title)
            assert {"Project", "ManagedBy"} <= set(found)
    untagged = {
        resource["Type"]
        for template in templates.values()
        for resource in template["Resources"].values()
        if "Tags" not in resource.get("Properties", {})
    }
    assert untagged == {
        "AWS::EC2::SecurityGroupEgress",
        "AWS::EC2::SecurityGroupIngress",
        "AWS::EC2::SubnetRouteTableAssociation",
        "AWS::IAM::ManagedPolicy",
        "AWS::KMS::Alias",
        "AWS::Lambda::Alias",
        "AWS::Lambda::EventInvokeConfig",
        "AWS::Lambda::Permission",
        "AWS::Lambda::Version",
        "AWS::S3::BucketPolicy",
        "Custom::SchemaMigration",
    }


@pytest.mark.requirement("TAP-28")
def test_every_parameter_is_described_and_says_what_it_takes(templates: Templates) -> None:
    """a parameter lacks its Description or ConstraintDescription, or takes anything at all"""
    bounds = {"AllowedValues", "AllowedPattern", "MinValue", "MaxValue"}
    for file, template in templates.items():
        for name, parameter in template["Parameters"].items():
            assert parameter["Description"], (file, name)
            assert parameter["ConstraintDescription"], (file, name)
            assert bounds & set(parameter) or parameter["Type"].startswith(("AWS::", "List<AWS::")), (file, name)


@pytest.mark.requirement("TAP-02")
def test_every_template_has_outputs_with_a_description(templates: Templates) -> None:
    """a stack gives nothing to whoever deploys it, or does not say what it gives"""
    for file, template in templates.items():
        assert template["Outputs"], file
        for name, output in template["Outputs"].items():
            assert output["Description"], (file, name)


@pytest.mark.requirement("TAP-39", "TAP-40", "TAP-D29")
def test_account_level_services_are_left_to_the_account(templates: Templates) -> None:
    """a GuardDuty detector or an AWS Config recorder is made by an application's stack"""
    kinds = {each["Type"] for template in templates.values() for each in template["Resources"].values()}
    assert not [kind for kind in kinds if kind.startswith(("AWS::GuardDuty::", "AWS::Config::", "AWS::CloudTrail::"))]


@pytest.mark.requirement("TAP-34", "TAP-D08")
def test_no_template_makes_or_holds_a_secret(templates: Templates) -> None:
    """a SecureString is declared, which CloudFormation cannot make, or a password stands in a property"""
    for _, title, parameter in resources(templates, "AWS::SSM::Parameter"):
        assert parameter["Properties"]["Type"] == "String", title
    for _, _, cluster in resources(templates, "AWS::RDS::DBCluster"):
        for text in strings(cluster["Properties"]["MasterUserPassword"]["Fn::If"][1:]):
            assert text.startswith("{{resolve:ssm-secure:${DatabasePasswordParameterName}")


@pytest.mark.requirement("TAP-42")
def test_no_role_may_do_everything_and_stars_have_a_reason(templates: Templates) -> None:
    """an action is a wildcard, or a resource is * for an action that is not on the list of those that take none"""
    no_resource = re.compile(
        r"xray:Put\w+|kms:CreateKey|kms:ListAliases|rds:(Describe|List)\w+"
        r"|logs:(Describe\w+|CreateLogDelivery|DeleteLogDelivery)"
    )
    for place, statement in statements(templates):
        assert statement["Effect"] == "Allow"
        for action in statement["Action"]:
            assert "*" not in action, (place, action)
            if "*" in statement["Resource"] and not (action.startswith("ec2:") and place in EC2_PLACES):
                assert no_resource.fullmatch(action), (place, action)


@pytest.mark.requirement("TAP-43", "TAP-D19")
def test_only_the_named_exceptions_escape_drift_detection(templates: Templates) -> None:
    """a custom resource or nested stack is added without being named as an exception"""
    undetected = {
        each["Type"]
        for template in templates.values()
        for each in template["Resources"].values()
        if each["Type"].startswith("Custom::") or each["Type"] == "AWS::CloudFormation::Stack"
    }
    assert undetected == DRIFT_EXCEPTIONS


@pytest.mark.requirement("TAP-D18", "TAP-08")
def test_depends_on_stands_only_where_no_reference_orders(templates: Templates) -> None:
    """a DependsOn repeats what a reference says, or a new one comes without a reason here"""
    found = {
        (file, title): resource["DependsOn"]
        for file, template in templates.items()
        for title, resource in template["Resources"].items()
        if "DependsOn" in resource
    }
    assert found == {
        # RDS makes the log groups of its exports itself, without retention, unless they are there before the cluster
        ("database-stack", "AuroraCluster"): ["AuroraErrorLogGroup", "AuroraSlowqueryLogGroup"],
        # the first invocation must be one that Lambda does not repeat
        ("migration-stack", "SchemaMigration"): "MigrationInvokedOnce",
    }
    migration = json.dumps(templates["migration-stack"]["Resources"]["SchemaMigration"]["Properties"])
    assert "MigrationInvokedOnce" not in migration
    cluster = json.dumps(templates["database-stack"]["Resources"]["AuroraCluster"]["Properties"])
    assert "LogGroup" not in cluster


@pytest.mark.requirement("TAP-44")
def test_every_function_has_a_log_group_with_retention_and_is_traced(templates: Templates) -> None:
    """a function writes to a group that Lambda would make, which keeps logs for ever, or leaves no trace"""
    functions = list(resources(templates, "AWS::Lambda::Function"))
    assert len(functions) == 3
    for file, _, function in functions:
        group = templates[file]["Resources"][function["Properties"]["LoggingConfig"]["LogGroup"]["Ref"]]
        assert group["Properties"]["RetentionInDays"] == {"Ref": "LogRetentionDays"}
        assert function["Properties"]["TracingConfig"] == {"Mode": "Active"}
        name = function["Properties"]["FunctionName"]["Fn::Sub"]
        assert group["Properties"]["LogGroupName"]["Fn::Sub"] == f"/aws/lambda/{name}"


@pytest.mark.requirement("TAP-41")
def test_data_at_rest_is_encrypted(templates: Templates) -> None:
    """the cluster, a table or a bucket is written in the clear"""
    for _, _, cluster in resources(templates, "AWS::RDS::DBCluster"):
        assert cluster["Properties"]["StorageEncrypted"] is True
        assert cluster["Properties"]["KmsKeyId"] == {"Ref": "KeyArn"}
    for _, _, table in resources(templates, "AWS::DynamoDB::Table"):
        assert table["Properties"]["SSESpecification"] == {"SSEEnabled": True, "SSEType": "KMS"}
    for _, _, bucket in resources(templates, "AWS::S3::Bucket"):
        rule = bucket["Properties"]["BucketEncryption"]["ServerSideEncryptionConfiguration"][0]
        assert rule["ServerSideEncryptionByDefault"]["SSEAlgorithm"] == "AES256"


@pytest.mark.requirement("TAP-D42")
@pytest.mark.parametrize(
    ("kind", "key", "value"),
    [
        ("AWS::RDS::DBCluster", "DeletionProtection", False),
        ("AWS::RDS::DBCluster", "EnableIAMDatabaseAuthentication", False),
        ("AWS::RDS::DBCluster", "DeleteAutomatedBackups", False),
        ("AWS::RDS::DBInstance", "PubliclyAccessible", False),
        ("AWS::DynamoDB::Table", "DeletionProtectionEnabled", False),
        ("AWS::EC2::Subnet", "MapPublicIpOnLaunch", False),
        ("AWS::KMS::Key", "Enabled", True),
        ("AWS::KMS::Key", "MultiRegion", False),
        ("AWS::Lambda::Function", "Architectures", ["x86_64"]),
    ],
)
def test_defaults_that_matter_are_written_out(templates: Templates, kind: str, key: str, value: object) -> None:
    """drift of a security-relevant property would not show, because the template does not write it"""
    found = [each["Properties"].get(key) for _, _, each in resources(templates, kind)]
    assert found
    assert all(each == value for each in found)


@pytest.mark.requirement("TAP-D04")
def test_every_alarm_names_what_it_watches(templates: Templates) -> None:
    """an alarm has no dimension, so it would watch every function of the account"""
    alarms = list(resources(templates, "AWS::CloudWatch::Alarm"))
    assert len(alarms) == 15
    for file, title, alarm in alarms:
        metrics = alarm["Properties"].get("Metrics")
        stats = [each["MetricStat"]["Metric"] for each in metrics if "MetricStat" in each] if metrics else []
        for metric in stats or [alarm["Properties"]]:
            assert metric["Dimensions"], (file, title)
        assert alarm["Properties"]["TreatMissingData"] == "notBreaching"


@pytest.mark.requirement("TAP-D41")
def test_nested_stacks_carry_documented_properties_only(templates: Templates) -> None:
    """StackName, Capabilities or another property that CloudFormation refuses is emitted"""
    documented = {"TemplateURL", "Parameters", "Tags", "NotificationARNs", "TimeoutInMinutes"}
    for _, title, stack in resources(templates, "AWS::CloudFormation::Stack"):
        assert set(stack["Properties"]) <= documented, title
