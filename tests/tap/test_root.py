"""The root: what waits for what, and what crosses between the children."""

import json
from collections.abc import Mapping
from typing import Any

import pytest

from stackgen.graph import find_cycle
from stackgen.template import Renderer
from stacks.tap.network import NetworkStack
from stacks.tap.security import SecurityStack
from stacks.tap.tap import TapStack
from tests.tap.reading import Templates, decided, resources

CHILDREN = {
    "Network": set(),
    "Security": set(),
    "Storage": set(),
    "Database": {"Network", "Security"},
    "Compute": {"Network", "Security", "Storage"},
    "Migration": {"Network", "Security", "Database"},
}
"""Which children each child waits for."""

NESTED = "AWS::CloudFormation::Stack"


@pytest.fixture
def children(templates: Templates) -> Mapping[str, Any]:
    resources = templates["TapStack"]["Resources"]
    return {name: each for name, each in resources.items() if each["Type"] == NESTED}


def waits_for(child: Mapping[str, Any], names: object) -> set[str]:
    text = json.dumps(child["Properties"])
    return {str(name) for name in names if f'"{name}", "Outputs.' in text}  # type: ignore[attr-defined]  # a dict of names


@pytest.mark.requirement("TAP-07", "TAP-47", "TAP-38")
def test_children_wait_for_what_they_are_handed_and_for_nothing_else(children: Mapping[str, Any]) -> None:
    """compute waits for the database again, or any child waits for one that gives it nothing"""
    found = {name: waits_for(child, children) for name, child in children.items()}
    assert found == CHILDREN
    assert find_cycle(found) == []


@pytest.mark.requirement("TAP-38")
def test_nothing_waits_for_the_keys_alias(templates: Templates) -> None:
    """the alias, which takes a minute, is made beside the key, and the database waits for both"""
    makers = [name for name, each in templates.items() if "AWS::KMS::Alias" in json.dumps(each)]
    assert makers == ["TapStack"]
    assert waits_for(templates["TapStack"]["Resources"]["KeyAlias"], templates["TapStack"]["Resources"]) == {"Security"}


@pytest.mark.requirement("TAP-03")
@pytest.mark.parametrize(
    ("file", "kinds"),
    [
        ("network-stack", {"AWS::EC2::VPC", "AWS::EC2::Subnet", "AWS::EC2::SecurityGroup", "AWS::EC2::VPCEndpoint"}),
        ("database-stack", {"AWS::RDS::DBCluster", "AWS::RDS::DBInstance", "AWS::RDS::DBSubnetGroup"}),
        ("compute-stack", {"AWS::Lambda::Function", "AWS::Lambda::Version", "AWS::Lambda::Alias"}),
        ("storage-stack", {"AWS::DynamoDB::Table", "AWS::S3::Bucket"}),
    ],
)
def test_each_kind_of_resource_has_its_stack(templates: Templates, file: str, kinds: set[str]) -> None:
    """a kind of resource has moved to another of the four stacks"""
    own = {each["Type"] for each in templates[file]["Resources"].values()}
    assert kinds <= own
    for other in {"network-stack", "database-stack", "compute-stack", "storage-stack"} - {file}:
        assert not kinds & {each["Type"] for each in templates[other]["Resources"].values()}


@pytest.mark.requirement("TAP-09")
def test_functions_read_the_address_at_run_time_from_where_the_database_writes_it(templates: Templates) -> None:
    """the database stops writing its address, or the validator is handed it and must wait"""
    names = {
        each["Properties"]["Name"]["Fn::Sub"].rsplit("/", 1)[-1]: each
        for _, _, each in resources(templates, "AWS::SSM::Parameter")
    }
    assert set(names) == {"endpoint", "read-endpoint", "port", "name", "user"}
    variables = templates["compute-stack"]["Resources"]["TransactionValidator"]["Properties"]["Environment"][
        "Variables"
    ]
    assert variables["DATABASE_PARAMETERS_PATH"] == {"Fn::Sub": "/tap/${EnvironmentSuffix}/database"}
    assert not [name for name in templates["compute-stack"]["Parameters"] if name.startswith("Cluster")]


@pytest.mark.requirement("TAP-38", "TAP-D38")
def test_each_child_has_a_time_limit_and_the_database_has_twenty_minutes(children: Mapping[str, Any]) -> None:
    """a child may hang for ever, or the database for half an hour, or the reader is made by default"""
    limits = {name: child["Properties"]["TimeoutInMinutes"] for name, child in children.items()}
    assert limits == {"Network": 6, "Security": 5, "Storage": 3, "Database": 20, "Compute": 12, "Migration": 14}
    assert TapStack.parameters()["EnableReader"].default == "false"


@pytest.mark.requirement("TAP-21", "TAP-D13")
def test_a_changed_leaf_changes_its_own_url_and_no_sibling() -> None:
    """an unchanged child gets another TemplateURL, so that CloudFormation updates it for nothing"""

    class OtherNetwork(NetworkStack):
        """A network that describes itself otherwise."""

        file = "network-stack"

    def urls(root: type[TapStack]) -> dict[str, str]:
        content = json.loads(Renderer().template(root).text)
        nested = {name: each["Properties"] for name, each in content["Resources"].items() if each["Type"] == NESTED}
        return {name: properties["TemplateURL"]["Fn::Sub"] for name, properties in nested.items()}

    before = urls(TapStack)
    changed = type(
        "Changed", (TapStack,), {"__doc__": "TapStack.", "file": "TapStack", "Network": _nested(OtherNetwork)}
    )
    after = urls(changed)
    assert {name for name in before if before[name] != after[name]} == {"Network"}


def _nested(stack: type[NetworkStack]) -> object:
    from stackgen import nested

    return nested(stack)


@pytest.mark.requirement("TAP-D35")
def test_templates_come_from_a_bucket_of_the_stacks_own_region(children: Mapping[str, Any]) -> None:
    """a stack in one region would be redirected to a bucket in another, which CloudFormation does not follow"""
    for child in children.values():
        url = child["Properties"]["TemplateURL"]["Fn::Sub"]
        assert url.startswith("https://${TemplatesBucketName}-${AWS::Region}.s3.${AWS::Region}.${AWS::URLSuffix}/tap/")


@pytest.mark.requirement("TAP-D40")
def test_a_list_crosses_joined_and_is_not_split_on_the_way(templates: Templates, children: Mapping[str, Any]) -> None:
    """a list reaches a child as a JSON list, which CloudFormation refuses as a parameter value"""
    joined = templates["network-stack"]["Outputs"]["PrivateSubnetIds"]["Value"]
    assert joined == {"Fn::Join": [",", [{"Ref": f"PrivateSubnet{number}"} for number in (1, 2, 3)]]}
    handed = children["Database"]["Properties"]["Parameters"]["PrivateSubnetIds"]
    assert handed == {"Fn::GetAtt": ["Network", "Outputs.PrivateSubnetIds"]}
    assert templates["database-stack"]["Parameters"]["PrivateSubnetIds"]["Type"] == "List<AWS::EC2::Subnet::Id>"


@pytest.mark.requirement("TAP-26", "TAP-27", "TAP-D17")
def test_the_root_exports_what_others_need_under_names_with_the_suffix(templates: Templates) -> None:
    """an output that another system needs is missing or not exported, or two environments export one name"""
    outputs = templates["TapStack"]["Outputs"]
    assert {
        "VpcId", "PrivateSubnetIds", "LambdaSecurityGroupId", "DatabaseSecurityGroupId", "ClusterEndpoint",
        "ClusterReadEndpoint", "DatabaseNameOutput", "ClusterArn", "ValidatorFunctionArn", "MigrationFunctionArn",
        "SessionTableName", "SessionTableArn", "AuditLogBucketName", "AuditLogBucketArn", "KeyArn",
    } <= set(outputs)  # fmt: skip
    for name, output in outputs.items():
        if name != "VpcCidr":
            assert output["Export"]["Name"] == {"Fn::Sub": f"tap-{name}-${{EnvironmentSuffix}}"}
    names = [
        output["Export"]["Name"]["Fn::Sub"]
        for template in templates.values()
        for output in template["Outputs"].values()
        if "Export" in output
    ]
    assert len(names) == len(set(names))
    assert "Fn::ImportValue" not in json.dumps(templates)


@pytest.mark.requirement("TAP-29", "TAP-28")
@pytest.mark.parametrize(
    ("name", "good", "bad"),
    [
        ("EnvironmentSuffix", "pr-123", "Dev"),
        ("EnvironmentSuffix", "dev", "a--b"),
        ("EnvironmentSuffix", "a" * 20, "a" * 21),
        ("TemplatesBucketName", "cfn-templates-dev-123456789012", "Bucket_"),
        ("VpcCidr", "10.1.0.0/16", "10.1.0.0/28"),
        ("VpcCidr", "192.168.0.0/20", "192.1.0.0/16"),
        ("VpcCidr", "172.16.0.0/16", "172.200.0.0/16"),
        ("ImageAccountId", "123456789012", "1234"),
        ("InstanceClass", "db.serverless", "db.t2.small"),
        ("MinCapacity", "0.5", "0"),
        ("DatabaseName", "transactions", "1st"),
        ("DatabaseMasterUsername", "admin", "has-hyphen"),
        ("DatabasePasswordParameterName", "/tap/dev/database/master-password", "no-slash"),
        ("BackupRetentionDays", "35", "36"),
        ("ImageTag", "1.4.2", "latest"),
        ("ImageTag", "sha256:" + "0" * 64, "sha256:12"),
        ("ImageTag", "latest-but-one", ""),
        ("SchemaVersion", "1", "0"),
        ("ValidatorMemory", "128", "64"),
        ("ValidatorTimeout", "900", "901"),
        ("TransactionLimit", "999999999999999", "1000000000000000"),
        ("LogRetentionDays", "30", "31"),
        ("AlarmTopicArn", "", "arn:aws:sqs:us-east-1:123456789012:x"),
        ("LambdaErrorRateThreshold", "100", "101"),
    ],
)
def test_a_parameter_takes_the_good_and_refuses_the_bad(name: str, good: str, bad: str) -> None:
    """a constraint of the root lets a wrong value through, or refuses a right one"""
    parameter = TapStack.parameters()[name]
    assert not parameter.refusal(good)
    assert parameter.refusal(bad)


@pytest.mark.requirement("TAP-D36", "TAP-D30")
def test_short_suffixes_and_the_serverless_class_are_allowed() -> None:
    """an environment cannot be called dev, or the default class is not among the allowed"""
    assert not TapStack.parameters()["EnvironmentSuffix"].refusal("dev")
    assert TapStack.parameters()["InstanceClass"].default == "db.serverless"


@pytest.mark.requirement("TAP-29")
def test_the_root_refuses_any_other_region(templates: Templates) -> None:
    """the stack can be created in a region that nothing else is prepared for"""
    assertion = templates["TapStack"]["Rules"]["KnownRegion"]["Assertions"][0]
    assert assertion["Assert"] == {"Fn::Contains": [["us-east-1", "eu-west-1"], {"Ref": "AWS::Region"}]}


@pytest.mark.requirement("TAP-31")
def test_serverless_capacities_are_checked_before_anything_is_created(templates: Templates) -> None:
    """a capacity that RDS refuses shows after ten minutes, not at once"""
    rule = templates["TapStack"]["Rules"]["ServerlessCapacity"]
    assert rule["RuleCondition"] == {"Fn::Equals": [{"Ref": "InstanceClass"}, "db.serverless"]}
    assert rule["Assertions"][0]["Assert"]["Fn::Not"] == [
        {"Fn::Or": [{"Fn::Equals": [{"Ref": "MaxCapacity"}, "0.5"]}, {"Fn::Equals": [{"Ref": "MaxCapacity"}, ".5"]}]}
    ]
    least = {each["Assert"]["Fn::Or"][0]["Fn::Not"][0]["Fn::Equals"][1]: each for each in rule["Assertions"][1:]}
    assert set(least) == {"1", "2", "4", "8"}
    allowed = least["1"]["Assert"]["Fn::Or"][1]["Fn::Contains"][0]
    assert set(allowed) == {"0.5", "1", "1.0"}


ENDPOINTS = "EnableInterfaceEndpoints"
ZONES = "InterfaceEndpointSubnetCount"

CONDITIONS = [
    (
        "network-stack",
        "CreateInterfaceEndpoints",
        {ENDPOINTS: "true"},
        {ENDPOINTS: "false"},
    ),
    ("network-stack", "CreateLogsEndpoint", {"EnableLogsEndpoint": "true"}, {"EnableLogsEndpoint": "false"}),
    ("network-stack", "CreateKmsEndpoint", {"EnableKmsEndpoint": "true"}, {ENDPOINTS: "false"}),
    ("network-stack", "CreateMonitoringEndpoint", {"EnableMonitoringEndpoint": "true"}, {}),
    (
        "network-stack",
        "EndpointsInTwoZones",
        {ZONES: "2"},
        {ZONES: "1"},
    ),
    (
        "network-stack",
        "EndpointsInThreeZones",
        {ZONES: "3"},
        {ZONES: "2"},
    ),
    ("network-stack", "CreateFlowLogs", {"EnableFlowLogs": "true"}, {"EnableFlowLogs": "false"}),
    ("database-stack", "UseServerless", {"InstanceClass": "db.serverless"}, {"InstanceClass": "db.r6g.large"}),
    ("database-stack", "CreateReader", {"EnableReader": "true"}, {"EnableReader": "false"}),
    ("database-stack", "HasPasswordVersion", {"DatabasePasswordParameterVersion": "3"}, {}),
    ("database-stack", "CreateCapacityAlarm", {}, {"InstanceClass": "db.r6g.large"}),
    ("database-stack", "CreateAlarms", {}, {"EnableAlarms": "false"}),
    ("database-stack", "HasAlarmTopic", {"AlarmTopicArn": "arn"}, {}),
    ("storage-stack", "CreateTransactionTable", {"EnableTransactionTable": "true"}, {}),
    ("storage-stack", "HasAccessLog", {"AccessLogBucketName": "logs"}, {}),
    ("storage-stack", "HasDeploymentRole", {"DeploymentRoleArn": "arn"}, {}),
    ("compute-stack", "HasConcurrency", {}, {"ValidatorConcurrency": "0"}),
    ("compute-stack", "ImageIsDigest", {"ImageTag": "sha256:00"}, {"ImageTag": "1.0"}),
    ("compute-stack", "HasImageAccount", {"ImageAccountId": "1"}, {}),
    ("compute-stack", "HasBoundary", {"PermissionsBoundaryName": "b"}, {}),
    ("migration-stack", "RunMigration", {}, {"EnableMigration": "false"}),
    ("TapStack", "HasTransactionTable", {"EnableTransactionTable": "true"}, {}),
    ("TapStack", "RunsMigration", {}, {"EnableMigration": "false"}),
    ("stackset", "SecondRegionDiffers", {"SecondVpcCidr": "10.1.0.0/16"}, {}),
    ("stackset", "SecondRegionDiffers", {"AlarmTopicArn": "arn"}, {}),
    ("stackset", "HasSecondVpcCidr", {"SecondVpcCidr": "10.1.0.0/16"}, {}),
    ("stackset", "HasTargetAccounts", {"TargetAccounts": "123456789012"}, {}),
    ("stackset-roles", "IsAdministrator", {}, {"AdministratorAccountId": "123456789012"}),
    ("bootstrap-stack", "HasTargetAccounts", {"TargetAccountIds": "123456789012"}, {}),
]
"""Each condition: values, beside the defaults, for which it holds, and for which it does not."""


@pytest.mark.requirement("TAP-20", "TAP-D13")
@pytest.mark.parametrize(("file", "name", "holds", "does_not"), CONDITIONS)
def test_a_condition_holds_for_what_its_name_says_and_for_nothing_else(
    templates: Templates, file: str, name: str, holds: dict[str, str], does_not: dict[str, str]
) -> None:
    """a condition is inverted, or always true, or reads another parameter"""
    assert decided(templates[file], name, holds) is True
    assert decided(templates[file], name, does_not) is False


def test_every_condition_of_every_template_has_its_row(templates: Templates) -> None:
    rows = {(file, name) for file, name, _, _ in CONDITIONS}
    inherited = {"ImageIsDigest", "HasImageAccount", "HasBoundary", "CreateAlarms", "HasAlarmTopic"}
    for file, template in templates.items():
        for name in template.get("Conditions", {}):
            assert (file, name) in rows or name in inherited, (file, name)


@pytest.mark.requirement("TAP-20")
def test_every_switch_of_the_root_reaches_a_condition_in_a_child(templates: Templates) -> None:
    """a switch is offered that switches nothing"""
    below = [template.get("Conditions", {}) for file, template in templates.items() if file.endswith("-stack")]
    switches = [name for name in templates["TapStack"]["Parameters"] if name.startswith("Enable")]
    assert len(switches) == 9
    for name in switches:
        assert f'{{"Ref": "{name}"}}' in json.dumps(below), name


@pytest.mark.requirement("TAP-29")
def test_a_migration_without_a_way_to_its_password_is_refused_at_once(templates: Templates) -> None:
    """the migration fails after the database was made, for want of an endpoint"""
    rule = templates["TapStack"]["Rules"]["ReachablePassword"]
    assert rule["RuleCondition"] == {"Fn::Equals": [{"Ref": "EnableMigration"}, "true"]}
    assert rule["Assertions"][0]["Assert"] == {"Fn::Equals": [{"Ref": "EnableInterfaceEndpoints"}, "true"]}


@pytest.mark.requirement("TAP-02")
def test_the_consoles_form_shows_every_parameter_in_a_group(templates: Templates) -> None:
    """a parameter is in no group, so the form shows it under Other"""
    interface = templates["TapStack"]["Metadata"]["AWS::CloudFormation::Interface"]
    grouped = [name for group in interface["ParameterGroups"] for name in group["Parameters"]]
    assert sorted(grouped) == sorted(templates["TapStack"]["Parameters"])
    assert set(interface["ParameterLabels"]) == set(grouped)


@pytest.mark.requirement("TAP-D01")
def test_no_template_carries_what_only_an_operation_can(templates: Templates) -> None:
    """a rollback configuration stands in a template, where CloudFormation does not know it"""
    assert "RollbackConfiguration" not in json.dumps(templates)


def test_the_key_stack_gives_what_the_root_reads() -> None:
    assert {"KeyArn", "KeyId"} == set(SecurityStack.output_names())
