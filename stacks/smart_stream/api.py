"""The API: one function behind an HTTP API that hands it every path."""

from __future__ import annotations

import json
from typing import Any

from awacs import dynamodb as dynamodb_actions
from awacs import logs
from awacs import s3 as s3_actions
from troposphere import If, Sub, apigatewayv2, awslambda, dynamodb, iam, s3, serverless
from troposphere import logs as log_groups

from stackgen import Exemption, allow, trust
from stackgen.iam import inline

from .parameters import CodeParameters, SwitchParameters
from .system import BoundedRoles

RUNTIME = "python3.13"
ARCHITECTURE = "arm64"
SECONDS, MEGABYTES = 30, 1024
SECONDS_OF_PREFLIGHT = 3600
REQUESTS_IN_A_SECOND, REQUESTS_AT_ONCE = 100, 200
"""More than a family's players ask for; what is above it is answered with 429 and costs nothing further."""
LOGIN = ("POST", "/api/user/login")
LOGINS_A_SECOND, LOGINS_AT_ONCE = 5, 10
"""Whoever guesses passwords has all logins of the environment for it: a check costs a tenth of a second and 16 MB, so
it is the function's price too. Who has logged in stays so meanwhile."""
DAYS_OF_LOGS, DAYS_OF_OTHER_LOGS = 30, 7
ACCESS_LOG = {
    "requestId": "$context.requestId",
    "time": "$context.requestTime",
    "ip": "$context.identity.sourceIp",
    "route": "$context.routeKey",
    "path": "$context.path",
    "status": "$context.status",
    "latency": "$context.responseLatency",
    "error": "$context.integrationErrorMessage",
}


class HttpApi(serverless.HttpApi):
    """SAM's HTTP API with the name that SAM knows and troposphere does not."""

    props = {**serverless.HttpApi.props, "Name": (str, False)}  # noqa: RUF012  as troposphere declares it


class Api(SwitchParameters, CodeParameters, BoundedRoles):
    """The HTTP API, its function and both their logs."""

    def add_log_group(self, title: str, name: Sub) -> log_groups.LogGroup:
        """A group with retention, which is there before what writes to it; it holds nothing that must outlive it."""
        days = If(self.IsProduction, DAYS_OF_LOGS, DAYS_OF_OTHER_LOGS)
        return self.add(log_groups.LogGroup(title, LogGroupName=name, RetentionInDays=days))

    def add_api(self, access_log: log_groups.LogGroup) -> HttpApi:
        """The stage is ``$default``: a named one would stand before every path that the function is given."""
        return self.add(
            HttpApi(
                "HttpApi",
                Name=self.named("api"),
                StageName="$default",
                CorsConfiguration=serverless.HttpApiCorsConfiguration(
                    AllowOrigins=["*"],
                    AllowMethods=["GET", "POST", "PUT", "DELETE", "OPTIONS"],
                    AllowHeaders=["*"],
                    MaxAge=SECONDS_OF_PREFLIGHT,
                ),
                RouteSettings={
                    " ".join(LOGIN): {"ThrottlingRateLimit": LOGINS_A_SECOND, "ThrottlingBurstLimit": LOGINS_AT_ONCE}
                },
                AccessLogSettings=apigatewayv2.AccessLogSettings(
                    DestinationArn=access_log.get_att("Arn"), Format=json.dumps(ACCESS_LOG)
                ),
                DefaultRouteSettings=apigatewayv2.RouteSettings(
                    ThrottlingBurstLimit=REQUESTS_AT_ONCE, ThrottlingRateLimit=REQUESTS_IN_A_SECOND
                ),
            ),
            suppress={
                "W9143": Exemption(
                    "the function asks who calls: it knows what is public and whose the rest is",
                    owner="smart-stream",
                    expires="2027-11-30",
                ),
                "W9165": Exemption(
                    "who may call is known by a header that no other page has, never by a cookie",
                    owner="smart-stream",
                    expires="2027-11-30",
                ),
            },
        )

    def add_function(
        self, api: HttpApi, table: dynamodb.Table, audio: s3.Bucket, ui: s3.Bucket, group: log_groups.LogGroup
    ) -> serverless.Function:
        """It is given every path, and login by a route of its own; it reaches this environment's data alone."""
        variables = {
            "DEBUG": If(self.IsProduction, "false", "true"),
            "DYNAMODB_TABLE": table.ref(),
            "ENVIRONMENT": self.Environment,
            "LOG_LEVEL": self.by_class("warning", "info", "debug"),
            "S3_AUDIO_BUCKET": audio.ref(),
            "S3_UI_BUCKET": ui.ref(),
            "YOTO_CLIENT_ID": self.YotoClientId,
        }
        routes = {"Root": ("ANY", "/"), "Proxy": ("ANY", "/{proxy+}"), "Login": LOGIN}
        paths: dict[str, Any] = {
            name: {"Type": "HttpApi", "Properties": {"ApiId": api.ref(), "Method": method, "Path": path}}
            for name, (method, path) in routes.items()
        }
        return self.add(
            serverless.Function(
                "ApiFunction",
                FunctionName=self.named("api"),
                Description="Smart Stream's API",
                CodeUri=serverless.S3Location(Bucket=self.CodeBucket, Key=self.CodeKey),
                Handler="handler.handler",
                Environment=awslambda.Environment(Variables=variables),
                LoggingConfig=awslambda.LoggingConfig(LogGroup=group.ref()),
                Role=self.add_function_role(table, audio, ui, group).get_att("Arn"),
                Events=paths,
            ),
            suppress={
                "W9139": Exemption(
                    "its log tells each request by its ID; traces are more than an environment may cost",
                    owner="smart-stream",
                    expires="2027-11-30",
                )
            },
        )

    def add_function_role(
        self, table: dynamodb.Table, audio: s3.Bucket, ui: s3.Bucket, group: log_groups.LogGroup
    ) -> iam.Role:
        """Items of the table, objects of audio, pages to read, its own log. SAM's policies of these names may more."""
        return self.add(
            iam.Role(
                "ApiFunctionRole",
                AssumeRolePolicyDocument=trust("lambda.amazonaws.com"),
                PermissionsBoundary=self.boundary(),
                Policies=[
                    inline(
                        "function",
                        allow(
                            dynamodb_actions.GetItem,
                            dynamodb_actions.PutItem,
                            dynamodb_actions.UpdateItem,
                            dynamodb_actions.DeleteItem,
                            dynamodb_actions.Query,
                            dynamodb_actions.BatchGetItem,
                            dynamodb_actions.BatchWriteItem,
                            on=[table.get_att("Arn")],
                        ),
                        allow(
                            s3_actions.GetObject,
                            s3_actions.PutObject,
                            s3_actions.DeleteObject,
                            on=[Sub(f"${{{audio.title}.Arn}}/*")],
                        ),
                        allow(s3_actions.GetObject, on=[Sub(f"${{{ui.title}.Arn}}/*")]),
                        allow(s3_actions.ListBucket, on=[audio.get_att("Arn"), ui.get_att("Arn")]),
                        allow(logs.CreateLogStream, logs.PutLogEvents, on=[group.get_att("Arn")]),
                    )
                ],
            )
        )


GLOBALS = {
    "Function": {
        "Architectures": [ARCHITECTURE],
        "MemorySize": MEGABYTES,
        "Runtime": RUNTIME,
        "Timeout": SECONDS,
    }
}
