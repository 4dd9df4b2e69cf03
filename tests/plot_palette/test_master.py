"""The master: which stacks there are, what they are handed, and what the brief's master could not do."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import pytest

from stackgen import nested
from stackgen.graph import find_cycle
from stackgen.template import Renderer
from stacks.plot_palette.master import Master, within
from stacks.plot_palette.network import Network
from tests.support import ROOT
from tests.tap.reading import Templates, decided, resources, strings

NESTED = "AWS::CloudFormation::Stack"
FILES = {
    "NetworkStack": "network-stack",
    "StorageStack": "storage-stack",
    "DatabaseStack": "database-stack",
    "IAMStack": "iam-stack",
    "AuthStack": "auth-stack",
    "APIStack": "api-stack",
    "ComputeStack": "compute-stack",
    "FrontendStack": "frontend-stack",
    "BudgetStack": "budget-stack",
}
TABLES = ("Jobs", "Queue", "Templates", "CostTracking", "CheckpointMetadata")
NAMES = {f"{table}TableName" for table in TABLES}
ARNS = {f"{table}TableArn" for table in TABLES}
#: What each child must be handed beside EnvironmentName, and what can be read of it: the wiring contract.
CONTRACT: dict[str, tuple[set[str], set[str]]] = {
    "NetworkStack": (
        {"VpcCidr"},
        {
            "VPCId", "PublicSubnetIds", "PublicSubnetAId", "PublicSubnetBId", "PublicSubnetCId", "ECSSecurityGroupId",
            "VPCEndpointSecurityGroupId", "AvailabilityZones",
        },
    ),
    "StorageStack": ({"AllowedOrigins"}, {"BucketName", "BucketArn", "BucketRegionalDomainName"}),
    "DatabaseStack": (set(), {*NAMES, *ARNS, "UserIdIndexName"}),
    "IAMStack": (
        {"S3BucketName", "UserPoolArn", *ARNS},
        {"LambdaExecutionRoleArn", "ECSTaskRoleArn", "AmplifyServiceRoleArn", "ECSExecutionRoleArn"},
    ),
    "AuthStack": ({"AdminEmail", "CallbackUrls"}, {"UserPoolId", "UserPoolClientId", "UserPoolArn", "ProviderUrl"}),
    "APIStack": (
        {
            "UserPoolId", "UserPoolClientId", "LambdaExecutionRoleArn", "LogRetentionDays", "BucketName", *NAMES,
            "LambdaCodeBucket", "LambdaCodePrefix", "AllowedOrigins", "DefaultBudgetLimit",
        },
        {"ApiEndpoint", "ApiId"},
    ),
    "ComputeStack": (
        {
            "ECSTaskRoleArn", "ECSExecutionRoleArn", "SubnetIds", "SecurityGroupId", "LogRetentionDays", "BucketName",
            *NAMES, "WorkerImageTag",
        },
        {"ClusterName", "ClusterArn", "ECRRepositoryUri", "WorkerLogGroupName", "TaskDefinitionArn"},
    ),
    "FrontendStack": (
        {"ApiEndpoint", "UserPoolId", "UserPoolClientId", "AmplifyServiceRoleArn", "RepositoryUrl"},
        {"AmplifyAppUrl", "AmplifyAppId", "DefaultDomain"},
    ),
    "BudgetStack": ({"BudgetAmount", "AdminEmail"}, {"TopicArn", "BudgetName"}),
}  # fmt: skip
LISTS = {"SubnetIds", "AllowedOrigins", "CallbackUrls"}
NUMBERS = {"LogRetentionDays", "DefaultBudgetLimit", "BudgetAmount", "AvailabilityZoneCount"}
WAITS: dict[str, set[str]] = {
    "NetworkStack": set(),
    "StorageStack": set(),
    "DatabaseStack": set(),
    "AuthStack": set(),
    "IAMStack": {"StorageStack", "DatabaseStack", "AuthStack"},
    "APIStack": {"AuthStack", "IAMStack", "StorageStack", "DatabaseStack"},
    "ComputeStack": {"IAMStack", "NetworkStack", "StorageStack", "DatabaseStack"},
    "FrontendStack": {"APIStack", "AuthStack", "IAMStack"},
    "BudgetStack": set(),
}
"""Which children each child waits for."""


@pytest.fixture
def master(templates: Templates) -> Mapping[str, Any]:
    return templates["master-stack"]


@pytest.fixture
def children(master: Mapping[str, Any]) -> Mapping[str, Any]:
    return {name: each for name, each in master["Resources"].items() if each["Type"] == NESTED}


@pytest.mark.requirement("PP-01")
def test_one_master_nests_eight_stacks_and_perhaps_a_budget(templates: Templates, children: Mapping[str, Any]) -> None:
    """a child is missing, or the master makes something itself"""
    assert set(children) == set(FILES)
    assert set(templates["master-stack"]["Resources"]) == set(FILES)
    assert {name for name, child in children.items() if "Condition" in child} == {"BudgetStack"}
    for name, file in FILES.items():
        assert f"/plot-palette/{file}/" in children[name]["Properties"]["TemplateURL"]["Fn::Sub"]
    built = {path.stem for path in (ROOT / "build" / "plot-palette").glob("*.json")}
    assert built == {*FILES.values(), "master-stack"} == set(templates)


@pytest.mark.requirement("PP-03", "PP-46", "PP-D06")
@pytest.mark.parametrize("name", CONTRACT)
def test_a_child_declares_what_it_is_handed_and_gives_what_is_read(
    templates: Templates, children: Mapping[str, Any], name: str
) -> None:
    """a child is handed a parameter that it does not declare, lacks one, or has no output of a name that is read"""
    handed, read = CONTRACT[name]
    template = templates[FILES[name]]
    passed = set(children[name]["Properties"]["Parameters"])
    declared = template["Parameters"]
    assert passed <= set(declared)
    assert {each for each, parameter in declared.items() if "Default" not in parameter} <= passed
    assert {"EnvironmentName", *handed} <= passed
    assert read <= set(template["Outputs"])


@pytest.mark.requirement("PP-D04", "PP-03")
def test_every_output_that_is_read_exists(templates: Templates, master: Mapping[str, Any]) -> None:
    """GetAtt of an output that a child does not have fails when the child is complete, and not before"""
    read = 0
    for value in [*master["Resources"].values(), *master["Outputs"].values()]:
        for child, attribute in _attributes(value):
            read += 1
            assert attribute.removeprefix("Outputs.") in templates[FILES[child]]["Outputs"], (child, attribute)
    assert read == 36


def _attributes(value: object) -> list[tuple[str, str]]:
    if isinstance(value, dict):
        if "Fn::GetAtt" in value:
            return [tuple(value["Fn::GetAtt"])]
        return [each for part in value.values() for each in _attributes(part)]
    return [each for part in value for each in _attributes(part)] if isinstance(value, list) else []


@pytest.mark.requirement("PP-D06")
def test_lists_are_declared_as_lists_and_cross_as_texts_joined_by_commas(
    templates: Templates, children: Mapping[str, Any]
) -> None:
    """a list is handed over as a JSON list, which CloudFormation refuses, or is declared as one text"""
    seen = set()
    for name, child in children.items():
        for parameter, value in child["Properties"]["Parameters"].items():
            kind = templates[FILES[name]]["Parameters"][parameter]["Type"]
            wanted = "CommaDelimitedList" if parameter in LISTS else "Number" if parameter in NUMBERS else "String"
            assert kind == wanted, (name, parameter)
            if parameter in LISTS:
                seen.add(parameter)
                assert "Fn::GetAtt" in value or value == {"Fn::Join": [",", {"Ref": parameter}]}
    assert seen == LISTS
    joined = templates["network-stack"]["Outputs"]["PublicSubnetIds"]["Value"]["Fn::If"][1]
    assert joined == {"Fn::Join": [",", [{"Ref": f"PublicSubnet{zone}"} for zone in "ABC"]]}


@pytest.mark.requirement("PP-06", "PP-D10", "PP-D07")
def test_children_wait_for_what_they_are_handed_and_for_nothing_else(children: Mapping[str, Any]) -> None:
    """storage waits for the network again, the two wait for each other, or a DependsOn says what no data needs"""
    found = {name: {each for each, _ in _attributes(child)} for name, child in children.items()}
    assert found == WAITS
    assert find_cycle(found) == []
    assert not [name for name, child in children.items() if "DependsOn" in child]


@pytest.mark.requirement("PP-D11")
def test_the_api_does_not_wait_for_the_cluster_and_finds_it_at_run_time(templates: Templates) -> None:
    """the API needs an ARN that is empty when it is made, or reads a parameter that compute does not write"""
    written = {
        each["Properties"]["Name"]["Fn::Sub"]: each["Properties"]
        for _, _, each in resources(templates, "AWS::SSM::Parameter")
    }
    path = "/plot-palette/${EnvironmentName}/compute"
    assert {name.removeprefix(f"{path}/") for name in written} == {
        "cluster-arn", "task-definition-arn", "subnet-ids", "security-group-id", "capacity-provider-strategy",
        "fallback-capacity-provider-strategy",
    }  # fmt: skip
    assert written[f"{path}/subnet-ids"]["Type"] == "StringList"
    reading = {
        title
        for _, title, each in resources(templates, "AWS::Lambda::Function")
        if each["Properties"]["Environment"]["Variables"].get("COMPUTE_PARAMETERS_PATH") == {"Fn::Sub": path}
    }
    assert reading == {"CreateJobFunction", "DeleteJobFunction"}


@pytest.mark.requirement("PP-D09", "PP-D41")
def test_the_budget_of_a_job_reaches_the_api_and_is_not_that_of_the_account(
    templates: Templates, children: Mapping[str, Any]
) -> None:
    """InitialBudgetLimit is asked for and used nowhere, or also limits what the account may spend"""
    parameters = children["APIStack"]["Properties"]["Parameters"]
    assert parameters["DefaultBudgetLimit"] == {"Ref": "InitialBudgetLimit"}
    assert children["BudgetStack"]["Properties"]["Parameters"]["BudgetAmount"] == {"Ref": "BudgetAmount"}
    for name in ("APIStack", "ComputeStack"):
        assert children[name]["Properties"]["Parameters"]["LogRetentionDays"] == {"Ref": "LogRetentionDays"}
    groups = [each["Properties"]["RetentionInDays"] for _, _, each in resources(templates, "AWS::Logs::LogGroup")]
    assert groups
    assert all(each == {"Ref": "LogRetentionDays"} for each in groups)


@pytest.mark.requirement("PP-04")
def test_six_outputs_are_exported_under_the_stacks_name(master: Mapping[str, Any]) -> None:
    """an output is missing, not exported, or two environments would export one name"""
    assert {name: each["Value"] for name, each in master["Outputs"].items()} == {
        "ApiEndpoint": {"Fn::GetAtt": ["APIStack", "Outputs.ApiEndpoint"]},
        "UserPoolId": {"Fn::GetAtt": ["AuthStack", "Outputs.UserPoolId"]},
        "UserPoolClientId": {"Fn::GetAtt": ["AuthStack", "Outputs.UserPoolClientId"]},
        "FrontendUrl": {"Fn::GetAtt": ["FrontendStack", "Outputs.AmplifyAppUrl"]},
        "BucketName": {"Fn::GetAtt": ["StorageStack", "Outputs.BucketName"]},
        "ECSClusterName": {"Fn::GetAtt": ["ComputeStack", "Outputs.ClusterName"]},
    }
    for name, output in master["Outputs"].items():
        assert output["Export"]["Name"] == {"Fn::Sub": f"${{AWS::StackName}}-{name}"}


@pytest.mark.requirement("PP-05")
@pytest.mark.parametrize(
    ("name", "default", "good", "bad"),
    [
        ("EnvironmentName", "production", "staging", "production2"),
        ("AdminEmail", None, "a.b+c@plot-palette.example.com", "admin@plotpalette"),
        ("AdminEmail", None, "a@b.io", "admin@plotpalette.c"),
        ("InitialBudgetLimit", "100", "1", "0"),
        ("InitialBudgetLimit", "100", "10000", "10001"),
        ("LogRetentionDays", "7", "365", "2"),
        ("LogRetentionDays", "7", "1", "400"),
        ("TemplatesBucketName", "", "plot-palette-cfn-111111111111-us-east-1", "Bucket_"),
        ("VpcCidr", "10.0.0.0/16", "10.1.0.0/16", "8.8.0.0/16"),
        ("AvailabilityZoneCount", "3", "2", "1"),
        ("DataNameSuffix", "", "-v2", "v2"),
        ("WorkerImageTag", "1.0.0", "sha256:" + "0" * 64, "latest"),
        ("LambdaCodePrefix", "", "lambdas/1.4.0/", "lambdas"),
        ("AllowedOrigins", "http://localhost:5173,http://localhost:3000", "https://a.example.com", "a.example.com"),
        ("BudgetAmount", "100", "100000", "100001"),
    ],
)
def test_a_parameter_takes_the_good_and_refuses_the_bad(name: str, default: str | None, good: str, bad: str) -> None:
    """a constraint of the master lets a wrong value through, or refuses a right one, or a default is another"""
    parameter = Master.parameters()[name]
    assert parameter.default == default
    assert not parameter.refusal(good)
    assert parameter.refusal(bad)


@pytest.mark.requirement("PP-05", "PP-19")
def test_the_consoles_form_shows_every_parameter_in_a_group_and_says_what_it_takes(master: Mapping[str, Any]) -> None:
    """a parameter is in no group, or has no words, or takes anything at all"""
    interface = master["Metadata"]["AWS::CloudFormation::Interface"]
    groups = {each["Label"]["default"]: each["Parameters"] for each in interface["ParameterGroups"]}
    assert groups["Environment Configuration"] == ["EnvironmentName", "AdminEmail"]
    assert groups["Default Settings"] == ["InitialBudgetLimit", "LogRetentionDays"]
    assert groups["Templates"] == ["TemplatesBucketName"]
    assert sorted(name for names in groups.values() for name in names) == sorted(master["Parameters"])
    bounds = {"AllowedValues", "AllowedPattern", "MinValue", "MaxValue"}
    for name, parameter in master["Parameters"].items():
        assert parameter["Description"], name
        assert parameter["ConstraintDescription"], name
        assert bounds & set(parameter), name


@pytest.mark.requirement("PP-D08", "PP-D05")
def test_every_child_is_told_the_environment_in_the_same_words_and_has_no_default(
    templates: Templates, children: Mapping[str, Any]
) -> None:
    """a child that is not told makes production's names, or knows the environment under other words"""
    for name, file in FILES.items():
        parameter = templates[file]["Parameters"]["EnvironmentName"]
        assert "Default" not in parameter, name
        assert parameter["AllowedValues"] == ["development", "staging", "production"]
        assert children[name]["Properties"]["Parameters"]["EnvironmentName"] == {"Ref": "EnvironmentName"}


@pytest.mark.requirement("PP-07")
def test_every_child_is_tagged(children: Mapping[str, Any]) -> None:
    """a child does not say which component of which environment it is, so its cost belongs to nobody"""
    tags = {name: {tag["Key"]: tag["Value"] for tag in child["Properties"]["Tags"]} for name, child in children.items()}
    assert {name: each["Component"] for name, each in tags.items()} == {
        "NetworkStack": "Network", "StorageStack": "Storage", "DatabaseStack": "Database", "IAMStack": "IAM",
        "AuthStack": "Authentication", "APIStack": "API", "ComputeStack": "Compute", "FrontendStack": "Frontend",
        "BudgetStack": "Budget",
    }  # fmt: skip
    for each in tags.values():
        assert each["Environment"] == {"Ref": "EnvironmentName"}
        assert each["Project"] == "plot-palette"
        assert each["ManagedBy"] == "cloudformation"


@pytest.mark.requirement("PP-08", "PP-D16", "PP-D17")
def test_templates_come_by_digest_from_the_named_bucket_of_the_stacks_own_region(children: Mapping[str, Any]) -> None:
    """two deployments read each other's templates under one key, or a region reads another's bucket"""
    for name, child in children.items():
        url = child["Properties"]["TemplateURL"]["Fn::Sub"]
        start = "https://${TemplatesBucketName}.s3.${AWS::Region}.${AWS::URLSuffix}/plot-palette/"
        assert url.startswith(f"{start}{FILES[name]}/")
        digest = url.removesuffix(".json").rpartition("/")[2]
        assert len(digest) == 16
        assert int(digest, 16)


@pytest.mark.requirement("PP-D16", "PP-27")
def test_a_changed_child_changes_its_own_url_and_no_siblings() -> None:
    """an unchanged child gets another TemplateURL, so that CloudFormation updates it for nothing"""

    class OtherNetwork(Network):
        """A network that describes itself otherwise."""

        file = "network-stack"

    def urls(root: type[Master]) -> dict[str, str]:
        content = json.loads(Renderer().template(root).text)
        return {name: each["Properties"]["TemplateURL"]["Fn::Sub"] for name, each in content["Resources"].items()}

    before = urls(Master)
    other = nested(OtherNetwork, within(OtherNetwork))
    parts = ("ComputeStack", "APIStack", "FrontendStack", "FrontendUrl", "ApiEndpoint", "ECSClusterName")
    changed = type(
        "Changed",
        (Master,),
        {"__doc__": "Other.", "file": "master-stack", **dict.fromkeys(parts), "NetworkStack": other},
    )
    after = urls(changed)
    assert {name for name in after if before[name] != after[name]} == {"NetworkStack"}


@pytest.mark.requirement("PP-D01")
def test_the_bucket_of_the_templates_is_not_made_by_the_stack_that_reads_them(
    templates: Templates, master: Mapping[str, Any]
) -> None:
    """the bucket is new and empty when the first child is fetched, or no bucket is named and a URL leads nowhere"""
    assert [file for file, _, _ in resources(templates, "AWS::S3::Bucket")] == ["storage-stack"]
    assertion = master["Rules"]["TemplatesBucket"]["Assertions"][0]
    assert assertion["Assert"] == {"Fn::Not": [{"Fn::Equals": [{"Ref": "TemplatesBucketName"}, ""]}]}
    assert "RuleCondition" not in master["Rules"]["TemplatesBucket"]


@pytest.mark.requirement("PP-D02", "PP-D03")
def test_nested_stacks_carry_documented_properties_only(children: Mapping[str, Any]) -> None:
    """StackName, Capabilities or another property that CloudFormation refuses is emitted"""
    documented = {"TemplateURL", "Parameters", "Tags", "NotificationARNs", "TimeoutInMinutes"}
    for name, child in children.items():
        assert set(child["Properties"]) <= documented, name


@pytest.mark.requirement("PP-31", "PP-D25", "PP-D45")
def test_what_holds_data_is_retained_and_everything_else_says_that_it_goes(templates: Templates) -> None:
    """a table is lost with its stack or its replacement, stays when its creation is rolled back and is then in the way
    of the next one, or a resource leaves its fate to a default"""
    retained = {
        (file, title)
        for file, template in templates.items()
        for title, each in template["Resources"].items()
        if each["DeletionPolicy"] == "RetainExceptOnCreate"
    }
    assert retained == {
        ("master-stack", "DatabaseStack"),
        ("storage-stack", "Bucket"),
        ("storage-stack", "BucketPolicy"),
        ("auth-stack", "UserPool"),
        *(("database-stack", f"{table}Table") for table in TABLES),
    }
    for file, template in templates.items():
        for title, each in template["Resources"].items():
            policies = (each["DeletionPolicy"], each["UpdateReplacePolicy"])
            expected = ("RetainExceptOnCreate", "Retain") if (file, title) in retained else ("Delete", "Delete")
            expected = ("Delete", "Retain") if title == "WorkerRepository" else expected
            assert policies == expected, (file, title)


@pytest.mark.requirement("PP-D12")
def test_the_frontends_address_comes_back_as_a_parameter_and_not_as_a_cycle(children: Mapping[str, Any]) -> None:
    """the API asks the frontend for its address, and the frontend asks the API for its own"""
    for name, parameter in (
        ("APIStack", "AllowedOrigins"), ("StorageStack", "AllowedOrigins"), ("AuthStack", "CallbackUrls"),
    ):  # fmt: skip
        handed = children[name]["Properties"]["Parameters"][parameter]
        assert handed == {"Fn::Join": [",", {"Ref": parameter}]}


@pytest.mark.requirement("PP-D13", "PP-D51")
def test_no_role_has_a_name_and_no_template_needs_a_macro(templates: Templates) -> None:
    """CAPABILITY_NAMED_IAM or AUTO_EXPAND is needed, or a second region finds the role of the first"""
    roles = list(resources(templates, "AWS::IAM::Role"))
    assert len(roles) == 5
    for file, title, role in roles:
        assert "RoleName" not in role["Properties"], (file, title)
    assert not [file for file, template in templates.items() if "Transform" in template]


@pytest.mark.requirement("PP-D14", "PP-D50", "PP-D51")
def test_every_physical_name_carries_the_environment_and_global_ones_the_region(templates: Templates) -> None:
    """two environments in one account, or two regions, want one name"""
    named = {
        "AWS::DynamoDB::Table": "TableName", "AWS::ECR::Repository": "RepositoryName",
        "AWS::ECS::TaskDefinition": "Family",
        "AWS::ECS::Cluster": "ClusterName", "AWS::Logs::LogGroup": "LogGroupName", "AWS::SSM::Parameter": "Name",
        "AWS::Lambda::Function": "FunctionName", "AWS::Cognito::UserPool": "UserPoolName", "AWS::Amplify::App": "Name",
        "AWS::EC2::SecurityGroup": "GroupName", "AWS::SNS::Topic": "TopicName", "AWS::ApiGatewayV2::Api": "Name",
    }  # fmt: skip
    for kind, name in named.items():
        found = list(resources(templates, kind))
        assert found, kind
        for _, title, each in found:
            assert "${EnvironmentName}" in each["Properties"][name]["Fn::Sub"], title
    ((_, _, bucket),) = resources(templates, "AWS::S3::Bucket")
    name = bucket["Properties"]["BucketName"]["Fn::Sub"]
    assert name == "plot-palette-${AWS::AccountId}-${AWS::Region}-${EnvironmentName}${DataNameSuffix}"


@pytest.mark.requirement("PP-D42")
@pytest.mark.parametrize(
    ("wanted", "region", "made"),
    [("true", "us-east-1", True), ("true", "us-west-2", False), ("false", "us-east-1", False)],
)
def test_the_budget_is_made_once_however_many_regions_there_are(
    master: Mapping[str, Any], wanted: str, region: str, made: bool
) -> None:
    """the second region wants a budget of the same name, which the account has already"""
    assert decided(master, "CreatesBudget", {"EnableBudget": wanted, "AWS::Region": region}) is made
    assert master["Resources"]["BudgetStack"]["Condition"] == "CreatesBudget"


@pytest.mark.requirement("PP-D53", "PP-D57")
@pytest.mark.parametrize(
    ("rule", "given", "needed"),
    [
        ("VersionedCode", "LambdaCodeBucket", "LambdaCodePrefix"),
        ("RepositoryToken", "RepositoryUrl", "RepositoryTokenSecretName"),
    ],
)
def test_half_a_setting_is_refused_before_anything_is_made(
    master: Mapping[str, Any], rule: str, given: str, needed: str
) -> None:
    """code under a key that never changes is not deployed, or a repository is read without its token"""
    found = master["Rules"][rule]
    assert found["RuleCondition"] == {"Fn::Not": [{"Fn::Equals": [{"Ref": given}, ""]}]}
    assert found["Assertions"][0]["Assert"] == {"Fn::Not": [{"Fn::Equals": [{"Ref": needed}, ""]}]}


def test_no_template_imports_what_another_stack_exports(templates: Templates) -> None:
    assert "Fn::ImportValue" not in json.dumps(templates)
    assert not [text for text in strings(templates) if "!Sub" in text]
