"""The API: one function a route, behind an authorizer that reads the user pool's tokens."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, ClassVar

from troposphere import Equals, If, Not, Sub, apigatewayv2, awslambda
from troposphere import logs as log_groups

from stackgen import Condition, Exemption, Output, Parameter
from stackgen.parameter_types import NUMBER, Number

from .database import USER_ID_INDEX
from .parameters import CodeParameters, LogParameters, OriginParameters, TableParameters
from .routes import ROUTES

if TYPE_CHECKING:
    from .routes import Route

API_VERSION = "1.0.0"
"""What /health says; it goes up with what the routes promise."""
RUNTIME = "python3.13"
ARCHITECTURE = "arm64"
LONGEST_INTEGRATION = 30_000
"""Milliseconds that an HTTP API waits at most; a function that takes longer goes on, and its caller asks again."""
BURST, RATE = 2_000, 1_000
SECONDS_OF_PREFLIGHT = 300
ACCESS_LOG = {
    "requestId": "$context.requestId",
    "time": "$context.requestTime",
    "ip": "$context.identity.sourceIp",
    "route": "$context.routeKey",
    "status": "$context.status",
    "user": "$context.authorizer.claims.sub",
    "latency": "$context.responseLatency",
    "error": "$context.integrationErrorMessage",
}


class Api(CodeParameters, LogParameters, OriginParameters, TableParameters):
    """Plot Palette API: an HTTP API whose routes ask for a token, all but the one that says whether it is there."""

    file = "api-stack"
    component = "API"
    exemptions: ClassVar = {
        "W9162": Exemption(
            "the brief has no alarms: whoever waits for a job sees in its record that it failed",
            owner="plot-palette",
            expires="2027-11-30",
        )
    }

    UserPoolId: Parameter = Parameter(
        pattern=r"^[\w-]+_[0-9a-zA-Z]+$",
        max_length=55,
        description="User pool whose tokens are accepted",
        constraint_description="the ID of a user pool",
    )
    UserPoolClientId: Parameter = Parameter(
        pattern=r"^[\w+]+$",
        max_length=128,
        description="Client that the tokens must be made for",
        constraint_description="the ID of a user pool's client",
    )
    LambdaExecutionRoleArn: Parameter = Parameter(
        pattern=r"^arn:aws[a-z-]*:iam::[0-9]{12}:role/.+$",
        description="Role of the functions",
        constraint_description="the ARN of a role",
    )
    DefaultBudgetLimit: Parameter[Number] = Parameter(
        NUMBER,
        default=100,
        min_value=1,
        max_value=10_000,
        description="Budget of a job that names none, in USD",
        constraint_description="1 to 10000 (USD)",
    )

    HasCode = Condition(Not(Equals(CodeParameters.LambdaCodeBucket, "")))

    ApiEndpoint = Output(description="Address of the API")
    ApiId = Output(description="ID of the API")

    def build(self) -> None:
        """The API, its authorizer and its stage, and then route by route."""
        self.api = self.add(
            apigatewayv2.Api(
                "HttpApi",
                Name=self.named("api"),
                Description="Plot Palette",
                ProtocolType="HTTP",
                DisableExecuteApiEndpoint=False,
                CorsConfiguration=apigatewayv2.Cors(
                    AllowOrigins=self.AllowedOrigins,
                    AllowMethods=["GET", "POST", "PUT", "DELETE", "OPTIONS"],
                    AllowHeaders=["authorization", "content-type"],
                    MaxAge=SECONDS_OF_PREFLIGHT,
                ),
            )
        )
        self.authorizer = self.add(
            apigatewayv2.Authorizer(
                "JwtAuthorizer",
                ApiId=self.api.ref(),
                Name="cognito",
                AuthorizerType="JWT",
                IdentitySource=["$request.header.Authorization"],
                JwtConfiguration=apigatewayv2.JWTConfiguration(
                    Audience=[self.UserPoolClientId],
                    Issuer=Sub("https://cognito-idp.${AWS::Region}.${AWS::URLSuffix}/${UserPoolId}"),
                ),
            )
        )
        self.add_stage()
        for route in ROUTES:
            self.add_route(route, self.function(route))
        self.ApiEndpoint = self.api.get_att("ApiEndpoint")
        self.ApiId = self.api.ref()

    def add_stage(self) -> None:
        """The stage that needs no path, throttled and logged."""
        group = self.add(
            log_groups.LogGroup(
                "AccessLogGroup",
                LogGroupName=Sub("/aws/apigateway/plot-palette-${EnvironmentName}"),
                RetentionInDays=self.LogRetentionDays,
            )
        )
        self.add(
            apigatewayv2.Stage(
                "DefaultStage",
                ApiId=self.api.ref(),
                StageName="$default",
                AutoDeploy=True,
                DefaultRouteSettings=apigatewayv2.RouteSettings(ThrottlingBurstLimit=BURST, ThrottlingRateLimit=RATE),
                AccessLogSettings=apigatewayv2.AccessLogSettings(
                    DestinationArn=group.get_att("Arn"), Format=json.dumps(ACCESS_LOG)
                ),
            )
        )

    def function(self, route: Route) -> awslambda.Function:
        """The function of a route, with a log group that is there before it."""
        group = self.add(
            log_groups.LogGroup(
                f"{route.title}LogGroup",
                LogGroupName=Sub(f"/aws/lambda/plot-palette-{route.stem}-${{EnvironmentName}}"),
                RetentionInDays=self.LogRetentionDays,
            )
        )
        return self.add(
            awslambda.Function(
                f"{route.title}Function",
                FunctionName=self.named(route.stem),
                Description=f"{route.description}: {route.key}",
                Runtime=RUNTIME,
                Architectures=[ARCHITECTURE],
                Handler="index.handler",
                Code=self.code(route),
                Role=self.LambdaExecutionRoleArn,
                Timeout=route.timeout,
                MemorySize=route.memory,
                Environment=awslambda.Environment(Variables=self.variables(route)),
                LoggingConfig=awslambda.LoggingConfig(LogGroup=group.ref()),
                TracingConfig=awslambda.TracingConfig(Mode="Active"),
            )
        )

    def code(self, route: Route) -> Any:
        """The template's own, or that of the release where there is one."""
        inline = awslambda.Code(ZipFile=route.source)
        if not route.group:
            return inline
        key = Sub(f"${{LambdaCodePrefix}}{route.archive}")
        return If(self.HasCode, awslambda.Code(S3Bucket=self.LambdaCodeBucket, S3Key=key), inline)

    def variables(self, route: Route) -> dict[str, Any]:
        """What a function reads from its environment: where it is, and what it works on."""
        names = {
            "Jobs": self.JobsTableName,
            "Queue": self.QueueTableName,
            "Templates": self.TemplatesTableName,
            "CostTracking": self.CostTrackingTableName,
            "CheckpointMetadata": self.CheckpointMetadataTableName,
        }
        found: dict[str, Any] = {"ENVIRONMENT": self.EnvironmentName}
        if route.group:
            found |= {"ROUTE": route.key, "DEFAULT_BUDGET_LIMIT": self.DefaultBudgetLimit}
            found |= {variable(stem): names[stem] for stem in route.tables}
        if route.module == "health":
            found["VERSION"] = API_VERSION
        if {"Jobs", "Templates"} & set(route.tables):
            found["USER_ID_INDEX"] = USER_ID_INDEX
        if route.bucket:
            found["BUCKET_NAME"] = self.BucketName
        if route.compute:
            # read at run time, so that the API need not wait for the cluster
            found["COMPUTE_PARAMETERS_PATH"] = Sub("/plot-palette/${EnvironmentName}/compute")
        return found

    def add_route(self, route: Route, function: awslambda.Function) -> None:
        """The way from a route to its function, and the permission to go it."""
        integration = self.add(
            apigatewayv2.Integration(
                f"{route.title}Integration",
                ApiId=self.api.ref(),
                IntegrationType="AWS_PROXY",
                IntegrationUri=function.get_att("Arn"),
                PayloadFormatVersion="2.0",
                TimeoutInMillis=LONGEST_INTEGRATION,
            )
        )
        access: dict[str, Any] = {"AuthorizationType": "JWT", "AuthorizerId": self.authorizer.ref()}
        if route.public:
            access = {"AuthorizationType": "NONE"}
        self.add(
            apigatewayv2.Route(
                f"{route.title}Route",
                ApiId=self.api.ref(),
                RouteKey=route.key,
                Target=Sub(f"integrations/${{{integration.title}}}"),
                **access,
            ),
            suppress={
                "W9143": Exemption(
                    "it says that the API answers, to those who have no account",
                    owner="plot-palette",
                    expires="2027-11-30",
                )
            }
            if route.public
            else None,
        )
        method, _, path = route.key.partition(" ")
        parts = ("*" if part.startswith("{") else part for part in path.split("/"))
        source = f"arn:${{AWS::Partition}}:execute-api:${{AWS::Region}}:${{AWS::AccountId}}:${{HttpApi}}/*/{method}"
        self.add(
            awslambda.Permission(
                f"{route.title}Permission",
                FunctionName=function.ref(),
                Action="lambda:InvokeFunction",
                Principal="apigateway.amazonaws.com",
                SourceArn=Sub(source + "/".join(parts)),
            )
        )


def variable(stem: str) -> str:
    """CostTracking is COST_TRACKING_TABLE."""
    return "".join(f"_{each}" if each.isupper() else each for each in stem).strip("_").upper() + "_TABLE"
