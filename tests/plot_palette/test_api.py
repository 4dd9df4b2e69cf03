"""The API: who may call what, how long it takes, and what the functions of the template really answer."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import pytest

from tests.tap.reading import Templates, resources

PROMISED = {
    "POST /jobs": "create-job",
    "GET /jobs": "list-jobs",
    "GET /jobs/{job_id}": "get-job",
    "DELETE /jobs/{job_id}": "delete-job",
    "POST /templates": "create-template",
    "GET /templates": "list-templates",
    "GET /templates/{template_id}": "get-template",
    "PUT /templates/{template_id}": "update-template",
    "DELETE /templates/{template_id}": "delete-template",
    "POST /seed-data/upload": "generate-upload-url",
    "POST /seed-data/validate": "validate-seed-data",
    "GET /dashboard/{job_id}": "get-stats",
}
ANSWERED = {"GET /health": "health", "GET /user": "get-user"}
LONG = {"delete-job", "validate-seed-data"}


@pytest.fixture
def api(templates: Templates) -> Mapping[str, Any]:
    found: Mapping[str, Any] = templates["api-stack"]["Resources"]
    return found


def routes(templates: Templates) -> dict[str, tuple[str, Mapping[str, Any]]]:
    """The routes by key: the stem of their title, and their properties."""
    return {
        each["Properties"]["RouteKey"]: (title.removesuffix("Route"), each["Properties"])
        for _, title, each in resources(templates, "AWS::ApiGatewayV2::Route")
    }


def function(templates: Templates, key: str) -> Mapping[str, Any]:
    """The function that a route leads to, by the way that a request takes."""
    title, route = routes(templates)[key]
    api = templates["api-stack"]["Resources"]
    assert route["Target"] == {"Fn::Sub": f"integrations/${{{title}Integration}}"}
    uri = api[f"{title}Integration"]["Properties"]["IntegrationUri"]
    found: Mapping[str, Any] = api[uri["Fn::GetAtt"][0]]["Properties"]
    return found


@pytest.mark.requirement("PP-46")
def test_every_route_leads_to_its_own_function(templates: Templates) -> None:
    """a route is missing, or leads to the function of another"""
    found = {key: function(templates, key)["FunctionName"]["Fn::Sub"] for key in routes(templates)}
    expected = {**PROMISED, **ANSWERED}
    assert found == {key: f"plot-palette-{stem}-${{EnvironmentName}}" for key, stem in expected.items()}


@pytest.mark.requirement("PP-48")
@pytest.mark.parametrize("key", [*PROMISED, *ANSWERED])
def test_a_route_asks_for_a_token_unless_it_only_says_that_it_is_there(templates: Templates, key: str) -> None:
    """a route can be called without a token, or /health only with one"""
    _, route = routes(templates)[key]
    if key == "GET /health":
        assert route["AuthorizationType"] == "NONE"
        assert "AuthorizerId" not in route
    else:
        assert route["AuthorizationType"] == "JWT"
        assert route["AuthorizerId"] == {"Ref": "JwtAuthorizer"}


@pytest.mark.requirement("PP-48")
def test_tokens_must_be_of_the_pool_and_for_the_client(api: Mapping[str, Any]) -> None:
    """a token of another pool, or made for another application, opens the API"""
    authorizer = api["JwtAuthorizer"]["Properties"]
    assert authorizer["AuthorizerType"] == "JWT"
    assert authorizer["IdentitySource"] == ["$request.header.Authorization"]
    issuer = {"Fn::Sub": "https://cognito-idp.${AWS::Region}.${AWS::URLSuffix}/${UserPoolId}"}
    assert authorizer["JwtConfiguration"] == {"Audience": [{"Ref": "UserPoolClientId"}], "Issuer": issuer}


@pytest.mark.requirement("PP-D49")
def test_no_integration_is_given_more_time_than_an_http_api_has(templates: Templates) -> None:
    """a longer time is refused when the stack is created"""
    found = [each["Properties"] for _, _, each in resources(templates, "AWS::ApiGatewayV2::Integration")]
    assert len(found) == 14
    for each in found:
        assert each["TimeoutInMillis"] <= 30_000
        assert (each["IntegrationType"], each["PayloadFormatVersion"]) == ("AWS_PROXY", "2.0")


@pytest.mark.requirement("PP-46")
def test_the_stage_is_throttled_logged_and_lets_the_frontend_in(api: Mapping[str, Any]) -> None:
    """one caller takes the API down, nobody sees who called, or browsers refuse the answers"""
    stage = api["DefaultStage"]["Properties"]
    assert (stage["StageName"], stage["AutoDeploy"]) == ("$default", True)
    assert stage["DefaultRouteSettings"] == {"ThrottlingBurstLimit": 2000, "ThrottlingRateLimit": 1000}
    assert stage["AccessLogSettings"]["DestinationArn"] == {"Fn::GetAtt": ["AccessLogGroup", "Arn"]}
    assert json.loads(stage["AccessLogSettings"]["Format"])["route"] == "$context.routeKey"
    cors = api["HttpApi"]["Properties"]["CorsConfiguration"]
    assert cors["AllowOrigins"] == {"Ref": "AllowedOrigins"}
    assert cors["MaxAge"] == 300
    assert {key.split()[0] for key in PROMISED} <= set(cors["AllowMethods"])


@pytest.mark.requirement("PP-46")
@pytest.mark.parametrize("key", [*PROMISED, *ANSWERED])
def test_only_its_route_may_call_a_function(templates: Templates, key: str) -> None:
    """another API, or another route, can call a function past its authorizer"""
    title, _ = routes(templates)[key]
    permission = templates["api-stack"]["Resources"][f"{title}Permission"]["Properties"]
    method, path = key.split()
    parts = ["*" if part.startswith("{") else part for part in path.split("/")]
    arn = "arn:${AWS::Partition}:execute-api:${AWS::Region}:${AWS::AccountId}:${HttpApi}"
    assert permission["SourceArn"] == {"Fn::Sub": f"{arn}/*/{method}{'/'.join(parts)}"}
    assert permission["FunctionName"] == {"Ref": f"{title}Function"}
    assert permission["Principal"] == "apigateway.amazonaws.com"


@pytest.mark.requirement("PP-46", "PP-D09")
def test_every_function_has_its_own_log_group_and_its_size(templates: Templates) -> None:
    """logs go where nobody deletes them, or a long request has too little time"""
    functions = list(resources(templates, "AWS::Lambda::Function"))
    assert len(functions) == 14
    groups = set()
    for file, _, each in functions:
        properties = each["Properties"]
        group = properties["LoggingConfig"]["LogGroup"]["Ref"]
        groups.add(group)
        name = properties["FunctionName"]["Fn::Sub"]
        written = templates[file]["Resources"][group]["Properties"]
        assert written["LogGroupName"] == {"Fn::Sub": f"/aws/lambda/{name}"}
        assert written["RetentionInDays"] == {"Ref": "LogRetentionDays"}
        stem = name.removeprefix("plot-palette-").removesuffix("-${EnvironmentName}")
        sizes = (60, 512) if stem in LONG else (30, 128 if stem in ANSWERED.values() else 256)
        assert (properties["Timeout"], properties["MemorySize"]) == sizes, stem
        assert properties["Runtime"] == "python3.13"
    assert len(groups) == 14


@pytest.mark.requirement("PP-D57")
@pytest.mark.parametrize("key", PROMISED)
def test_code_that_is_deployed_apart_is_taken_from_a_key_that_a_release_changes(templates: Templates, key: str) -> None:
    """a new release under the same key is not deployed, or the answer of the template stays in its place"""
    code = function(templates, key)["Code"]["Fn::If"]
    assert code[0] == "HasCode"
    assert code[1]["S3Bucket"] == {"Ref": "LambdaCodeBucket"}
    archive = code[1]["S3Key"]["Fn::Sub"]
    assert archive.startswith("${LambdaCodePrefix}")
    assert archive.endswith(f"_{PROMISED[key].replace('-', '_')}.zip")


def called(source: str, variables: dict[str, str], event: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> Any:
    """What a function's inline code answers; Lambda too runs it as a module of its own."""
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    module: dict[str, Any] = {"__name__": "index"}
    exec(compile(source, "index.py", "exec"), module)  # noqa: S102 - the code is the template's own
    return module["handler"](event, None)


@pytest.mark.requirement("PP-46")
@pytest.mark.parametrize("key", PROMISED)
def test_a_route_without_code_says_so_and_names_itself(
    templates: Templates, key: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """the caller is told something else than that the route has no code, or not which route"""
    properties = function(templates, key)
    assert properties["Handler"] == "index.handler"
    variables = {**properties["Environment"]["Variables"], "ENVIRONMENT": "staging"}
    source = properties["Code"]["Fn::If"][2]["ZipFile"]
    given = {name: str(value) for name, value in variables.items()}
    for event in ({"routeKey": key}, {}):
        answer = called(source, given, event, monkeypatch)
        assert answer["statusCode"] == 501
        assert answer["headers"]["content-type"] == "application/json"
        body = json.loads(answer["body"])
        assert (body["error"], body["route"], body["environment"]) == ("not_implemented", key, "staging")
        assert key in body["message"]


@pytest.mark.requirement("PP-48")
def test_health_answers_with_environment_version_and_time(
    templates: Templates, monkeypatch: pytest.MonkeyPatch
) -> None:
    """what watches the API is not told which version of which environment answers, or when"""
    properties = function(templates, "GET /health")
    variables = properties["Environment"]["Variables"]
    assert variables["ENVIRONMENT"] == {"Ref": "EnvironmentName"}
    given = {"ENVIRONMENT": "production", "VERSION": variables["VERSION"]}
    answer = called(properties["Code"]["ZipFile"], given, {}, monkeypatch)
    assert answer["statusCode"] == 200
    body = json.loads(answer["body"])
    assert (body["status"], body["environment"], body["version"]) == ("healthy", "production", "1.0.0")
    assert abs((datetime.now(UTC) - datetime.fromisoformat(body["time"])).total_seconds()) < 60


@pytest.mark.parametrize(
    ("claims", "expected"),
    [
        (
            {"sub": "1", "email": "a@b.io", "custom:user_role": "admin", "cognito:groups": "[admins writers]"},
            {"user_id": "1", "email": "a@b.io", "role": "admin", "groups": ["admins", "writers"]},
        ),
        ({"sub": "2"}, {"user_id": "2", "email": None, "role": None, "groups": []}),
    ],
)
def test_a_caller_is_told_what_the_token_says(
    templates: Templates, claims: dict[str, str], expected: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    source = function(templates, "GET /user")["Code"]["ZipFile"]
    event = {"requestContext": {"authorizer": {"jwt": {"claims": claims}}}}
    answer = called(source, {}, event, monkeypatch)
    assert (answer["statusCode"], json.loads(answer["body"])) == (200, expected)
