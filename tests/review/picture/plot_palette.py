"""Plot Palette in the shape of its description: a master and eight nested stacks, wired by outputs and parameters.

The resources have what a picture shows of them, types and references, and little more; nobody would deploy them.
"""

from __future__ import annotations

import json
from typing import Any

from stackgen.review.model import Build, Template

TABLES = ("Jobs", "Queue", "Templates", "CostTracking", "CheckpointMetadata")
NAMES = {table: f"{table}TableName" for table in TABLES}
ARNS = {table: f"{table}TableArn" for table in TABLES}
ROUTES = {
    "Health": "GET /health",
    "CreateJob": "POST /jobs",
    "ListJobs": "GET /jobs",
    "GetJob": "GET /jobs/{job_id}",
    "DeleteJob": "DELETE /jobs/{job_id}",
    "CreateTemplate": "POST /templates",
    "ListTemplates": "GET /templates",
    "GetTemplate": "GET /templates/{template_id}",
    "UpdateTemplate": "PUT /templates/{template_id}",
    "DeleteTemplate": "DELETE /templates/{template_id}",
    "GenerateUploadUrl": "POST /seed-data/upload",
    "GetStats": "GET /dashboard/{job_id}",
}
Resources = dict[str, dict[str, Any]]


def ref(name: str) -> dict[str, str]:
    return {"Ref": name}


def att(name: str, attribute: str) -> dict[str, list[str]]:
    return {"Fn::GetAtt": [name, attribute]}


def sub(text: str) -> dict[str, str]:
    return {"Fn::Sub": text}


def made(kind: str, *depends_on: str, **properties: Any) -> dict[str, Any]:
    found: dict[str, Any] = {"Type": f"AWS::{kind}", "Properties": properties}
    return {**found, "DependsOn": list(depends_on)} if depends_on else found


def stack(parameters: list[str], resources: Resources, outputs: dict[str, Any]) -> dict[str, Any]:
    return {
        "Parameters": {name: {"Type": "String"} for name in parameters},
        "Resources": resources,
        "Outputs": {name: {"Value": value} for name, value in outputs.items()},
    }


def network() -> dict[str, Any]:
    resources: Resources = {
        "VPC": made("EC2::VPC", CidrBlock=ref("VpcCidr")),
        "InternetGateway": made("EC2::InternetGateway"),
        "Attachment": made("EC2::VPCGatewayAttachment", VpcId=ref("VPC"), InternetGatewayId=ref("InternetGateway")),
        "PublicRouteTable": made("EC2::RouteTable", VpcId=ref("VPC")),
        "PublicRoute": made(
            "EC2::Route", "Attachment", RouteTableId=ref("PublicRouteTable"), GatewayId=ref("InternetGateway")
        ),
        "ECSSecurityGroup": made("EC2::SecurityGroup", VpcId=ref("VPC")),
        "VPCEndpointSecurityGroup": made("EC2::SecurityGroup", VpcId=ref("VPC")),
    }
    for letter in "ABC":
        subnet = f"PublicSubnet{letter}"
        resources[subnet] = made("EC2::Subnet", VpcId=ref("VPC"))
        resources[f"{subnet}Association"] = made(
            "EC2::SubnetRouteTableAssociation", SubnetId=ref(subnet), RouteTableId=ref("PublicRouteTable")
        )
    for service in ("S3", "DynamoDB"):
        resources[f"{service}Endpoint"] = made(
            "EC2::VPCEndpoint", VpcId=ref("VPC"), RouteTableIds=[ref("PublicRouteTable")]
        )
    outputs = {
        "VPCId": ref("VPC"),
        "PublicSubnetIds": {"Fn::Join": [",", [ref(f"PublicSubnet{letter}") for letter in "ABC"]]},
        "ECSSecurityGroupId": ref("ECSSecurityGroup"),
        "VPCEndpointSecurityGroupId": ref("VPCEndpointSecurityGroup"),
    }
    return stack(["EnvironmentName", "VpcCidr"], resources, outputs)


def storage() -> dict[str, Any]:
    resources = {
        "Bucket": made("S3::Bucket", BucketName=sub("plot-palette-${AWS::AccountId}-${EnvironmentName}")),
        "BucketPolicy": made("S3::BucketPolicy", Bucket=ref("Bucket")),
    }
    outputs = {"BucketName": ref("Bucket"), "BucketArn": att("Bucket", "Arn")}
    return stack(["EnvironmentName", "AllowedOrigins"], resources, outputs)


def database() -> dict[str, Any]:
    resources = {
        f"{table}Table": made("DynamoDB::Table", TableName=sub(f"plot-palette-{table}-${{EnvironmentName}}"))
        for table in TABLES
    }
    outputs: dict[str, Any] = {NAMES[table]: ref(f"{table}Table") for table in TABLES}
    outputs |= {ARNS[table]: att(f"{table}Table", "Arn") for table in TABLES}
    return stack(["EnvironmentName"], resources, outputs)


def iam() -> dict[str, Any]:
    tables = [ref(ARNS[table]) for table in TABLES]
    execution, tasks = att("ECSExecutionRole", "Arn"), att("ECSTaskRole", "Arn")
    resources = {
        "ECSTaskRole": made("IAM::Role", Policies=[{"Resource": [*tables, ref("S3BucketName")]}]),
        "ECSExecutionRole": made("IAM::Role"),
        "LambdaExecutionRole": made("IAM::Role", Policies=[{"Resource": [*tables, execution, tasks]}]),
        "AmplifyServiceRole": made("IAM::Role", Policies=[{"Resource": ref("S3BucketName")}]),
    }
    outputs = {f"{name}Arn": att(name, "Arn") for name in resources}
    return stack(["EnvironmentName", "S3BucketName", *ARNS.values()], resources, outputs)


def auth() -> dict[str, Any]:
    resources = {
        "UserPool": made("Cognito::UserPool", UserPoolName=sub("plot-palette-users-${EnvironmentName}")),
        "UserPoolClient": made("Cognito::UserPoolClient", UserPoolId=ref("UserPool")),
        "AdminGroup": made("Cognito::UserPoolGroup", UserPoolId=ref("UserPool")),
        "AdminUser": made("Cognito::UserPoolUser", UserPoolId=ref("UserPool"), Username=ref("AdminEmail")),
        "AdminMembership": made(
            "Cognito::UserPoolUserToGroupAttachment",
            UserPoolId=ref("UserPool"),
            GroupName=ref("AdminGroup"),
            Username=ref("AdminUser"),
        ),
    }
    outputs = {"UserPoolId": ref("UserPool"), "UserPoolClientId": ref("UserPoolClient")}
    return stack(["EnvironmentName", "AdminEmail"], resources, outputs)


def api() -> dict[str, Any]:
    resources: Resources = {
        "HttpApi": made("ApiGatewayV2::Api"),
        "Authorizer": made(
            "ApiGatewayV2::Authorizer",
            ApiId=ref("HttpApi"),
            JwtConfiguration={"Audience": [ref("UserPoolClientId")], "Issuer": sub("https://idp/${UserPoolId}")},
        ),
        "AccessLogGroup": made("Logs::LogGroup", RetentionInDays=ref("LogRetentionDays")),
        "Stage": made(
            "ApiGatewayV2::Stage",
            ApiId=ref("HttpApi"),
            AccessLogSettings={"DestinationArn": att("AccessLogGroup", "Arn")},
        ),
    }
    for name, route in ROUTES.items():
        variables = {"TABLE": ref(NAMES["Jobs"]), "BUCKET": ref("BucketName")}
        resources[f"{name}LogGroup"] = made("Logs::LogGroup", RetentionInDays=ref("LogRetentionDays"))
        resources[f"{name}Function"] = made(
            "Lambda::Function",
            Role=ref("LambdaExecutionRoleArn"),
            Environment={"Variables": variables},
            LoggingConfig={"LogGroup": ref(f"{name}LogGroup")},
        )
        resources[f"{name}Permission"] = made(
            "Lambda::Permission",
            FunctionName=ref(f"{name}Function"),
            SourceArn=sub("arn:aws:execute-api:::${HttpApi}/*"),
        )
        resources[f"{name}Integration"] = made(
            "ApiGatewayV2::Integration", ApiId=ref("HttpApi"), IntegrationUri=att(f"{name}Function", "Arn")
        )
        secured = {} if name == "Health" else {"AuthorizerId": ref("Authorizer")}
        resources[f"{name}Route"] = made(
            "ApiGatewayV2::Route",
            ApiId=ref("HttpApi"),
            RouteKey=route,
            Target=sub(f"integrations/${{{name}Integration}}"),
            **secured,
        )
    needed = ["UserPoolId", "UserPoolClientId", "LambdaExecutionRoleArn", "LogRetentionDays", "BucketName"]
    outputs = {"ApiEndpoint": att("HttpApi", "ApiEndpoint"), "ApiId": ref("HttpApi")}
    return stack(["EnvironmentName", *needed, NAMES["Jobs"]], resources, outputs)


def compute() -> dict[str, Any]:
    resources: Resources = {
        "Cluster": made("ECS::Cluster", ClusterName=sub("plot-palette-cluster-${EnvironmentName}")),
        "CapacityProviders": made("ECS::ClusterCapacityProviderAssociations", Cluster=ref("Cluster")),
        "WorkerRepository": made("ECR::Repository"),
        "WorkerLogGroup": made("Logs::LogGroup", RetentionInDays=ref("LogRetentionDays")),
        "TaskDefinition": made(
            "ECS::TaskDefinition",
            TaskRoleArn=ref("ECSTaskRoleArn"),
            ExecutionRoleArn=ref("ECSExecutionRoleArn"),
            ContainerDefinitions=[
                {"Image": att("WorkerRepository", "RepositoryUri"), "LogGroup": ref("WorkerLogGroup")}
            ],
        ),
    }
    told = {
        "Cluster": ref("Cluster"),
        "TaskDefinition": ref("TaskDefinition"),
        "Subnets": ref("SubnetIds"),
        "SecurityGroup": ref("SecurityGroupId"),
    }
    resources |= {f"{name}Parameter": made("SSM::Parameter", Value=value) for name, value in told.items()}
    needed = ["ECSTaskRoleArn", "ECSExecutionRoleArn", "SubnetIds", "SecurityGroupId", "LogRetentionDays"]
    outputs = {"ClusterName": ref("Cluster"), "TaskDefinitionArn": ref("TaskDefinition")}
    return stack(["EnvironmentName", *needed, "BucketName", NAMES["Jobs"]], resources, outputs)


def frontend() -> dict[str, Any]:
    variables = [{"Value": ref(name)} for name in ("ApiEndpoint", "UserPoolId", "UserPoolClientId")]
    resources = {
        "App": made("Amplify::App", IAMServiceRole=ref("AmplifyServiceRoleArn"), EnvironmentVariables=variables),
        "MainBranch": made("Amplify::Branch", AppId=att("App", "AppId")),
    }
    outputs = {"AmplifyAppUrl": sub("https://main.${App.DefaultDomain}"), "AmplifyAppId": att("App", "AppId")}
    needed = ["ApiEndpoint", "UserPoolId", "UserPoolClientId", "AmplifyServiceRoleArn"]
    return stack(["EnvironmentName", *needed], resources, outputs)


CHILDREN = {
    "network-stack": network,
    "storage-stack": storage,
    "database-stack": database,
    "iam-stack": iam,
    "auth-stack": auth,
    "api-stack": api,
    "compute-stack": compute,
    "frontend-stack": frontend,
}


def master() -> dict[str, Any]:
    """What each child is handed, from the outputs of others and from the master's own parameters."""
    pool = {"UserPoolId": "Auth", "UserPoolClientId": "Auth"}
    jobs = {NAMES["Jobs"]: "Database", "BucketName": "Storage"}
    handed: dict[str, dict[str, str]] = {
        "Network": {"VpcCidr": ""},
        "Storage": {"AllowedOrigins": ""},
        "Database": {},
        "IAM": {"S3BucketName": "Storage.BucketName", **dict.fromkeys(ARNS.values(), "Database")},
        "Auth": {"AdminEmail": ""},
        "API": {**pool, "LambdaExecutionRoleArn": "IAM", "LogRetentionDays": "", **jobs},
        "Compute": {
            **dict.fromkeys(("ECSTaskRoleArn", "ECSExecutionRoleArn"), "IAM"),
            "SubnetIds": "Network.PublicSubnetIds",
            "SecurityGroupId": "Network.ECSSecurityGroupId",
            "LogRetentionDays": "",
            **jobs,
        },
        "Frontend": {"ApiEndpoint": "API", **pool, "AmplifyServiceRoleArn": "IAM"},
    }
    resources = {}
    for title, parameters in handed.items():
        values: dict[str, Any] = {"EnvironmentName": ref("EnvironmentName")}
        for name, source in parameters.items():
            child, _, output = source.partition(".")
            values[name] = att(f"{child}Stack", f"Outputs.{output or name}") if source else ref(name)
        url = f"./{title.lower()}-stack.json"
        resources[f"{title}Stack"] = made("CloudFormation::Stack", TemplateURL=url, Parameters=values)
    outputs = {
        "ApiEndpoint": att("APIStack", "Outputs.ApiEndpoint"),
        "FrontendUrl": att("FrontendStack", "Outputs.AmplifyAppUrl"),
        "ECSClusterName": att("ComputeStack", "Outputs.ClusterName"),
    }
    own = ["EnvironmentName", "AdminEmail", "VpcCidr", "AllowedOrigins", "LogRetentionDays"]
    return stack(own, resources, outputs)


def plot_palette() -> Build:
    contents = {"master-stack": master(), **{name: write() for name, write in CHILDREN.items()}}
    templates = {
        name: Template(name, f"{name}.json", content, json.dumps(content)) for name, content in contents.items()
    }
    return Build("tests", templates)
