"""Network, storage, database, sign-in, compute, frontend and budget: the decisions that JSON does not explain."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import pytest

from tests.tap.reading import Templates, decided, resources

NEVER = {"AWS::EC2::NatGateway", "AWS::EC2::EIP", "AWS::ECS::Service"}


def only(templates: Templates, kind: str) -> Mapping[str, Any]:
    ((_, _, found),) = resources(templates, kind)
    properties: Mapping[str, Any] = found["Properties"]
    return properties


def tables(templates: Templates) -> dict[str, Mapping[str, Any]]:
    return {title: each["Properties"] for _, title, each in resources(templates, "AWS::DynamoDB::Table")}


# The network


@pytest.mark.requirement("PP-46", "PP-D38")
def test_workers_reach_the_internet_without_a_nat_gateway(templates: Templates) -> None:
    """a NAT gateway is paid for, or a subnet has no way out"""
    kinds = {each["Type"] for template in templates.values() for each in template["Resources"].values()}
    assert not kinds & NEVER
    network = templates["network-stack"]["Resources"]
    assert network["PublicRoute"]["Properties"]["GatewayId"] == {"Ref": "InternetGateway"}
    assert network["PublicRoute"]["DependsOn"] == "GatewayAttachment"
    for zone in "ABC":
        assert network[f"PublicSubnet{zone}"]["Properties"]["MapPublicIpOnLaunch"] is True
        association = network[f"PublicSubnet{zone}RouteTableAssociation"]["Properties"]
        assert association["RouteTableId"] == {"Ref": "PublicRouteTable"}


@pytest.mark.requirement("PP-D59")
def test_data_stays_on_free_endpoints_and_nobody_can_call_a_worker(templates: Templates) -> None:
    """tables and bucket are reached over the Internet, or a public address lets somebody in"""
    endpoints = [each["Properties"] for _, _, each in resources(templates, "AWS::EC2::VPCEndpoint")]
    assert {each["ServiceName"]["Fn::Sub"].rpartition(".")[2] for each in endpoints} == {"s3", "dynamodb"}
    assert {each["VpcEndpointType"] for each in endpoints} == {"Gateway"}
    workers = templates["network-stack"]["Resources"]["ECSSecurityGroup"]["Properties"]
    assert "SecurityGroupIngress" not in workers
    later = templates["network-stack"]["Resources"]["VPCEndpointSecurityGroup"]["Properties"]
    assert [(each["FromPort"], each["ToPort"], each["CidrIp"]) for each in later["SecurityGroupIngress"]] == [
        (443, 443, {"Ref": "VpcCidr"})
    ]


@pytest.mark.requirement("PP-D36", "PP-46")
def test_the_subnets_follow_the_range_that_a_region_is_given(templates: Templates) -> None:
    """another VpcCidr leaves the subnets outside the VPC"""
    network = templates["network-stack"]["Resources"]
    for index, zone in enumerate("ABC"):
        subnet = network[f"PublicSubnet{zone}"]["Properties"]
        assert subnet["CidrBlock"] == {"Fn::Select": [index + 1, {"Fn::Cidr": [{"Ref": "VpcCidr"}, 4, 8]}]}
        assert subnet["AvailabilityZone"] == {"Fn::Select": [index, {"Fn::GetAZs": ""}]}


@pytest.mark.requirement("PP-D58")
def test_an_account_that_sees_two_zones_leaves_the_third_out(templates: Templates) -> None:
    """Fn::Select asks for a third zone where there are two, and the creation fails"""
    template = templates["network-stack"]
    third = {"PublicSubnetC", "PublicSubnetCRouteTableAssociation"}
    found = {title for title, each in template["Resources"].items() if each.get("Condition") == "HasThirdZone"}
    assert found == third
    assert template["Outputs"]["PublicSubnetCId"]["Condition"] == "HasThirdZone"
    assert template["Outputs"]["PublicSubnetIds"]["Value"]["Fn::If"][2] == {
        "Fn::Join": [",", [{"Ref": "PublicSubnetA"}, {"Ref": "PublicSubnetB"}]]
    }
    assert decided(template, "HasThirdZone", {"AvailabilityZoneCount": "3"})
    assert not decided(template, "HasThirdZone", {"AvailabilityZoneCount": "2"})


# Storage and database


@pytest.mark.requirement("PP-47", "PP-D48")
def test_the_bucket_is_private_versioned_encrypted_and_archives_what_is_done(templates: Templates) -> None:
    """results are public, overwritten without trace, or stay in the dearest class; or the class has no such name"""
    bucket = only(templates, "AWS::S3::Bucket")
    assert bucket["VersioningConfiguration"] == {"Status": "Enabled"}
    assert set(bucket["PublicAccessBlockConfiguration"].values()) == {True}
    encryption = bucket["BucketEncryption"]["ServerSideEncryptionConfiguration"][0]
    assert encryption["ServerSideEncryptionByDefault"] == {"SSEAlgorithm": "AES256"}
    rules = {each.get("Prefix", ""): each for each in bucket["LifecycleConfiguration"]["Rules"]}
    assert rules["jobs/"]["Transitions"] == [{"StorageClass": "GLACIER_IR", "TransitionInDays": 3}]
    assert rules["jobs/"]["NoncurrentVersionTransitions"] == [{"StorageClass": "GLACIER_IR", "TransitionInDays": 1}]
    assert rules["seed-data/"]["Transitions"] == [{"StorageClass": "INTELLIGENT_TIERING", "TransitionInDays": 30}]
    assert rules[""]["AbortIncompleteMultipartUpload"] == {"DaysAfterInitiation": 7}
    (cors,) = bucket["CorsConfiguration"]["CorsRules"]
    assert cors["AllowedOrigins"] == {"Ref": "AllowedOrigins"}
    assert cors["ExposedHeaders"] == ["ETag"]


@pytest.mark.requirement("PP-46", "PP-47", "PP-D07")
@pytest.mark.parametrize(
    ("title", "keys", "index"),
    [
        ("JobsTable", ["job_id"], ["user_id", "created_at"]),
        ("QueueTable", ["status", "job_id_timestamp"], []),
        ("TemplatesTable", ["template_id", "version"], ["user_id"]),
        ("CostTrackingTable", ["job_id", "timestamp"], []),
        ("CheckpointMetadataTable", ["job_id"], []),
    ],
)
def test_a_table_is_on_demand_encrypted_and_restorable(
    templates: Templates, title: str, keys: list[str], index: list[str]
) -> None:
    """a table has other keys, is paid for while idle, lies in the clear, or cannot be brought back to a second"""
    table = tables(templates)[title]
    assert table["BillingMode"] == "PAY_PER_REQUEST"
    assert table["SSESpecification"] == {"SSEEnabled": True, "SSEType": "KMS"}
    assert table["PointInTimeRecoverySpecification"] == {"PointInTimeRecoveryEnabled": True}
    assert [each["AttributeName"] for each in table["KeySchema"]] == keys
    indexes = table.get("GlobalSecondaryIndexes", [])
    assert [[key["AttributeName"] for key in each["KeySchema"]] for each in indexes] == ([index] if index else [])
    assert {each["IndexName"] for each in indexes} <= {"user-id-index"}
    kinds = {each["AttributeName"]: each["AttributeType"] for each in table["AttributeDefinitions"]}
    assert kinds == {name: "N" if name == "version" else "S" for name in {*keys, *index}}


@pytest.mark.requirement("PP-42")
def test_costs_are_kept_as_long_as_their_writer_says(templates: Templates) -> None:
    """what a job has cost stays for ever, so that the table outgrows what it tells of"""
    table = tables(templates)["CostTrackingTable"]
    assert table["TimeToLiveSpecification"] == {"AttributeName": "ttl", "Enabled": True}
    cost = templates["api-stack"]["Resources"]["GetStatsFunction"]["Properties"]["Environment"]["Variables"]
    assert cost["COST_TRACKING_TABLE"] == {"Ref": "CostTrackingTableName"}
    assert cost["DEFAULT_BUDGET_LIMIT"] == {"Ref": "DefaultBudgetLimit"}


@pytest.mark.requirement("PP-31", "PP-D60")
def test_tables_and_users_are_protected_against_deletion_where_that_is_switched_on(templates: Templates) -> None:
    """a call by hand deletes what was to be protected, or a first deployment that fails cannot be taken back"""
    for title, table in tables(templates).items():
        assert table["DeletionProtectionEnabled"] == {"Fn::If": ["IsProtected", True, False]}, title
    pool = only(templates, "AWS::Cognito::UserPool")
    assert pool["DeletionProtection"] == {"Fn::If": ["IsProtected", "ACTIVE", "INACTIVE"]}
    assert templates["master-stack"]["Parameters"]["EnableDeletionProtection"]["Default"] == "false"
    for child in ("DatabaseStack", "AuthStack"):
        handed = templates["master-stack"]["Resources"][child]["Properties"]["Parameters"]
        assert handed["EnableDeletionProtection"] == {"Ref": "EnableDeletionProtection"}
    for file in ("database-stack", "auth-stack"):
        assert decided(templates[file], "IsProtected", {"EnableDeletionProtection": "true"})
        assert not decided(templates[file], "IsProtected", {"EnableDeletionProtection": "false"})


@pytest.mark.requirement("PP-D26", "PP-D62")
def test_tables_can_be_made_anew_beside_those_that_were_retained(templates: Templates) -> None:
    """a stack that is made again wants names that retained tables have, or a table can never be replaced"""
    for title, table in tables(templates).items():
        stem = title.removesuffix("Table")
        assert table["TableName"] == {"Fn::Sub": f"plot-palette-{stem}-${{EnvironmentName}}${{DataNameSuffix}}"}
    for file in ("database-stack", "storage-stack"):
        assert templates[file]["Parameters"]["DataNameSuffix"]["Default"] == ""
    handed = templates["master-stack"]["Resources"]["DatabaseStack"]["Properties"]["Parameters"]
    assert handed["DataNameSuffix"] == {"Ref": "DataNameSuffix"}


@pytest.mark.requirement("PP-D61")
def test_the_queue_keeps_the_key_that_it_had(templates: Templates) -> None:
    """the queue is keyed anew without a word, and what writes it moves items that are not found"""
    key = [(each["AttributeName"], each["KeyType"]) for each in tables(templates)["QueueTable"]["KeySchema"]]
    assert key == [("status", "HASH"), ("job_id_timestamp", "RANGE")]


# Sign-in


@pytest.mark.requirement("PP-D55")
def test_a_user_cannot_make_himself_an_administrator(templates: Templates) -> None:
    """the client may write the role that decides what its user may do, or lacks what a sign-up must write"""
    client = only(templates, "AWS::Cognito::UserPoolClient")
    assert set(client["WriteAttributes"]) == {"email", "name", "custom:organization"}
    assert "custom:user_role" in client["ReadAttributes"]
    assert client["GenerateSecret"] is False
    assert client["AllowedOAuthFlows"] == ["code"]
    assert set(client["ExplicitAuthFlows"]) == {
        "ALLOW_USER_PASSWORD_AUTH", "ALLOW_USER_SRP_AUTH", "ALLOW_REFRESH_TOKEN_AUTH",
    }  # fmt: skip
    units = client["TokenValidityUnits"]
    assert (client["AccessTokenValidity"], units["AccessToken"]) == (60, "minutes")
    assert (client["RefreshTokenValidity"], units["RefreshToken"]) == (30, "days")


@pytest.mark.requirement("PP-D05")
def test_the_administrator_is_there_from_the_start(templates: Templates) -> None:
    """AdminEmail is asked for, and nobody of that address can sign in"""
    user = only(templates, "AWS::Cognito::UserPoolUser")
    assert user["Username"] == {"Ref": "AdminEmail"}
    assert {each["Name"]: each["Value"] for each in user["UserAttributes"]}["email"] == {"Ref": "AdminEmail"}
    membership = only(templates, "AWS::Cognito::UserPoolUserToGroupAttachment")
    assert membership["GroupName"] == {"Ref": "AdminGroup"}
    assert only(templates, "AWS::Cognito::UserPoolGroup")["GroupName"] == "admins"


@pytest.mark.requirement("PP-46")
def test_passwords_are_long_and_addresses_are_names_in_any_case(templates: Templates) -> None:
    """a weak password is accepted, or one address makes two users"""
    pool = only(templates, "AWS::Cognito::UserPool")
    policy = pool["Policies"]["PasswordPolicy"]
    assert policy.pop("MinimumLength") == 12
    assert policy.pop("TemporaryPasswordValidityDays") == 7
    assert set(policy.values()) == {True}
    policy |= {"MinimumLength": 12, "TemporaryPasswordValidityDays": 7}
    assert pool["UsernameAttributes"] == pool["AutoVerifiedAttributes"] == ["email"]
    assert pool["UsernameConfiguration"] == {"CaseSensitive": False}
    assert (pool["MfaConfiguration"], pool["EnabledMfas"]) == ("OPTIONAL", ["SOFTWARE_TOKEN_MFA"])
    assert pool["AdminCreateUserConfig"] == {"AllowAdminCreateUserOnly": False}
    assert "{####}" in pool["VerificationMessageTemplate"]["EmailMessage"]
    schema = {each["Name"]: each for each in pool["Schema"]}
    assert (schema["email"]["Required"], schema["email"]["Mutable"]) == (True, False)
    assert schema["user_role"]["StringAttributeConstraints"] == {"MinLength": "1", "MaxLength": "50"}
    assert schema["organization"]["StringAttributeConstraints"] == {"MinLength": "1", "MaxLength": "100"}


# Compute


@pytest.mark.requirement("PP-49", "PP-D54")
def test_workers_run_on_spare_capacity_and_have_two_minutes_to_stop(templates: Templates) -> None:
    """a worker is killed before its checkpoint, costs the full price, or is started with what excludes a strategy"""
    task = only(templates, "AWS::ECS::TaskDefinition")
    (worker,) = task["ContainerDefinitions"]
    assert worker["StopTimeout"] == 120
    assert (task["Cpu"], task["Memory"], task["NetworkMode"]) == ("512", "1024", "awsvpc")
    cluster = only(templates, "AWS::ECS::Cluster")
    assert cluster["CapacityProviders"] == ["FARGATE_SPOT", "FARGATE"]
    assert cluster["DefaultCapacityProviderStrategy"] == [{"CapacityProvider": "FARGATE_SPOT", "Weight": 1, "Base": 0}]
    assert cluster["ClusterSettings"] == [{"Name": "containerInsights", "Value": "enabled"}]
    assert "LaunchType" not in json.dumps(templates)
    compute = templates["compute-stack"]["Resources"]
    strategies = {
        title: json.loads(compute[title]["Properties"]["Value"])
        for title in ("CapacityParameter", "FallbackCapacityParameter")
    }
    assert strategies == {
        "CapacityParameter": [{"capacityProvider": "FARGATE_SPOT", "weight": 1, "base": 0}],
        "FallbackCapacityParameter": [{"capacityProvider": "FARGATE", "weight": 1, "base": 0}],
    }


@pytest.mark.requirement("PP-D57")
def test_a_new_image_is_a_new_task_definition(templates: Templates) -> None:
    """a tag is moved, so that running code changes without a deployment or stays in spite of one"""
    repository = only(templates, "AWS::ECR::Repository")
    assert repository["ImageTagMutability"] == "IMMUTABLE"
    assert repository["ImageScanningConfiguration"] == {"ScanOnPush": True}
    rule = json.loads(repository["LifecyclePolicy"]["LifecyclePolicyText"])["rules"][0]
    assert (rule["selection"]["countType"], rule["selection"]["countNumber"]) == ("imageCountMoreThan", 10)
    (worker,) = only(templates, "AWS::ECS::TaskDefinition")["ContainerDefinitions"]
    assert worker["Image"]["Fn::If"] == [
        "ImageIsDigest",
        {"Fn::Sub": "${WorkerRepository.RepositoryUri}@${WorkerImageTag}"},
        {"Fn::Sub": "${WorkerRepository.RepositoryUri}:${WorkerImageTag}"},
    ]
    template = templates["compute-stack"]
    assert decided(template, "ImageIsDigest", {"WorkerImageTag": "sha256:" + "0" * 64})
    assert not decided(template, "ImageIsDigest", {"WorkerImageTag": "1.0.0"})


@pytest.mark.requirement("PP-46", "PP-D09")
def test_a_worker_knows_its_tables_its_bucket_and_how_often_to_stop_and_write(templates: Templates) -> None:
    """a worker cannot find its data, or logs into a group that keeps them for ever"""
    (worker,) = only(templates, "AWS::ECS::TaskDefinition")["ContainerDefinitions"]
    assert {each["Name"]: each["Value"] for each in worker["Environment"]} == {
        "ENVIRONMENT": {"Ref": "EnvironmentName"},
        "JOBS_TABLE": {"Ref": "JobsTableName"},
        "QUEUE_TABLE": {"Ref": "QueueTableName"},
        "TEMPLATES_TABLE": {"Ref": "TemplatesTableName"},
        "COST_TRACKING_TABLE": {"Ref": "CostTrackingTableName"},
        "CHECKPOINT_METADATA_TABLE": {"Ref": "CheckpointMetadataTableName"},
        "BUCKET_NAME": {"Ref": "BucketName"},
        "CLUSTER_NAME": {"Ref": "Cluster"},
        "CHECKPOINT_INTERVAL": "50",
    }
    assert worker["LogConfiguration"]["Options"]["awslogs-group"] == {"Ref": "WorkerLogGroup"}


# Frontend


@pytest.mark.requirement("PP-50", "PP-D52")
def test_the_application_answers_every_path_and_knows_where_to_call(templates: Templates) -> None:
    """a deep link is not found, a variable is missing from the build, or FrontendUrl is a page of the console"""
    app = only(templates, "AWS::Amplify::App")
    assert {each["Name"]: each["Value"] for each in app["EnvironmentVariables"]} == {
        "VITE_API_ENDPOINT": {"Ref": "ApiEndpoint"},
        "VITE_COGNITO_USER_POOL_ID": {"Ref": "UserPoolId"},
        "VITE_COGNITO_CLIENT_ID": {"Ref": "UserPoolClientId"},
        "VITE_REGION": {"Ref": "AWS::Region"},
    }
    (rule,) = app["CustomRules"]
    assert (rule["Target"], rule["Status"]) == ("/index.html", "200")
    assert "baseDirectory: frontend/dist" in app["BuildSpec"]
    assert app["IAMServiceRole"] == {"Ref": "AmplifyServiceRoleArn"}
    url = templates["frontend-stack"]["Outputs"]["AmplifyAppUrl"]["Value"]
    assert url == {"Fn::Sub": "https://main.${App.DefaultDomain}"}


@pytest.mark.requirement("PP-50")
@pytest.mark.parametrize(
    ("path", "rewritten"),
    [("/", True), ("/jobs/1", True), ("/assets/index-1.js", False), ("/favicon.ico", False), ("/a.b", True)],
)
def test_files_are_served_as_files_and_everything_else_by_the_application(
    templates: Templates, path: str, rewritten: bool
) -> None:
    """a script is answered with index.html, or a link into the application with an error"""
    import re

    source = only(templates, "AWS::Amplify::App")["CustomRules"][0]["Source"]
    assert (
        bool(re.search(source[2:-2] if source.startswith("</") and source.endswith("/>") else source, path))
        is rewritten
    )


@pytest.mark.requirement("PP-D53")
def test_without_a_repository_there_is_nothing_to_build_and_nothing_to_open(templates: Templates) -> None:
    """an empty repository or token is handed to Amplify, which refuses it, or a token stands in the template"""
    app = only(templates, "AWS::Amplify::App")
    assert app["Repository"]["Fn::If"] == ["HasRepository", {"Ref": "RepositoryUrl"}, {"Ref": "AWS::NoValue"}]
    token = {"Fn::Sub": "{{resolve:secretsmanager:${RepositoryTokenSecretName}}}"}
    assert app["AccessToken"]["Fn::If"] == ["HasRepository", token, {"Ref": "AWS::NoValue"}]
    branch = only(templates, "AWS::Amplify::Branch")
    assert branch["EnableAutoBuild"] == {"Fn::If": ["HasRepository", True, False]}


# Budget


def budget_of(templates: Templates, title: str) -> Mapping[str, Any]:
    resource: Mapping[str, Any] = templates["budget-stack"]["Resources"][title]
    return resource


@pytest.mark.requirement("PP-41", "PP-D43")
def test_the_budget_tells_one_topic_at_three_thresholds(templates: Templates) -> None:
    """a threshold is missing, is of the forecast, or tells nobody"""
    properties = budget_of(templates, "MonthlyBudget")["Properties"]
    told = properties["NotificationsWithSubscribers"]
    assert [each["Notification"]["Threshold"] for each in told] == [80, 100, 120]
    for each in told:
        assert each["Notification"]["NotificationType"] == "ACTUAL"
        assert each["Notification"]["ThresholdType"] == "PERCENTAGE"
        assert each["Subscribers"] == [{"SubscriptionType": "SNS", "Address": {"Ref": "BudgetTopic"}}]
    assert properties["Budget"]["BudgetLimit"] == {"Amount": {"Ref": "BudgetAmount"}, "Unit": "USD"}
    subscription = only(templates, "AWS::SNS::Subscription")
    assert (subscription["Protocol"], subscription["Endpoint"]) == ("email", {"Ref": "AdminEmail"})


@pytest.mark.requirement("PP-41", "PP-D43")
def test_only_budgets_of_this_account_may_write_to_the_topic_and_they_find_it_open(templates: Templates) -> None:
    """anybody's budget can tell us lies, or the first notification is refused"""
    (statement,) = only(templates, "AWS::SNS::TopicPolicy")["PolicyDocument"]["Statement"]
    assert statement["Principal"] == {"Service": "budgets.amazonaws.com"}
    assert statement["Action"] == ["sns:Publish"]
    assert statement["Resource"] == [{"Ref": "BudgetTopic"}]
    assert statement["Condition"]["StringEquals"] == {"aws:SourceAccount": {"Ref": "AWS::AccountId"}}
    for title in ("MonthlyBudget", "ForecastBudget"):
        assert budget_of(templates, title)["DependsOn"] == "BudgetTopicPolicy"


@pytest.mark.requirement("PP-41")
def test_the_budget_counts_this_environment_of_this_project_and_nothing_else(templates: Templates) -> None:
    """the filters are joined by or, so that every environment's cost counts against each budget"""
    both = budget_of(templates, "MonthlyBudget")["Properties"]["Budget"]["FilterExpression"]["And"]
    assert [(each["Tags"]["Key"], each["Tags"]["Values"]) for each in both] == [
        ("Project", ["plot-palette"]),
        ("Environment", [{"Ref": "EnvironmentName"}]),
    ]


@pytest.mark.requirement("PP-41")
def test_a_forecast_is_a_budget_of_its_own(templates: Templates) -> None:
    """switching it on replaces the budget under its own name, which CloudFormation refuses"""
    forecast = budget_of(templates, "ForecastBudget")
    assert forecast["Condition"] == "TellsForecast"
    (told,) = forecast["Properties"]["NotificationsWithSubscribers"]
    assert (told["Notification"]["NotificationType"], told["Notification"]["Threshold"]) == ("FORECASTED", 100)
    names = {
        title: each["Properties"]["Budget"]["BudgetName"]["Fn::Sub"]
        for _, title, each in resources(templates, "AWS::Budgets::Budget")
    }
    assert len(set(names.values())) == 2
    assert not decided(templates["budget-stack"], "TellsForecast", {})


@pytest.mark.requirement("PP-D40")
def test_the_budget_asks_for_an_address_and_nothing_that_has_a_default(templates: Templates) -> None:
    """the budget is deployed without anybody to tell, or asks for an amount that it knows"""
    parameters = templates["budget-stack"]["Parameters"]
    required = {name for name, each in parameters.items() if "Default" not in each}
    assert required == {"AdminEmail", "EnvironmentName"}
    assert (parameters["BudgetAmount"]["MinValue"], parameters["BudgetAmount"]["MaxValue"]) == (1, 100_000)
