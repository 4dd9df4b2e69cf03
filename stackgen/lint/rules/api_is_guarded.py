"""W9143."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stackgen.lint.kit import functions, openapi, rule, values

if TYPE_CHECKING:
    from collections.abc import Iterator

    from stackgen.lint.kit.view import Resource, View

METHOD, ROUTE = "AWS::ApiGateway::Method", "AWS::ApiGatewayV2::Route"
INTEGRATION, LONGEST = "AWS::ApiGatewayV2::Integration", 30_000
"""Milliseconds that an HTTP API waits at most; cfn-lint takes any number."""
STAGE, STAGE_V2 = "AWS::ApiGateway::Stage", "AWS::ApiGatewayV2::Stage"
SAM, SAM_HTTP = "AWS::Serverless::Api", "AWS::Serverless::HttpApi"
REST, HTTP, GRAPH = "AWS::ApiGateway::RestApi", "AWS::ApiGatewayV2::Api", "AWS::AppSync::GraphQLApi"
URL = "AWS::Lambda::Url"
KEYS = {
    URL: (("AuthType",), "NONE", "asks nobody who calls: AuthType is NONE"),
    functions.SAM: (("FunctionUrlConfig", "AuthType"), "NONE", "asks nobody who calls its URL: AuthType is NONE"),
    GRAPH: (
        ("AuthenticationType",),
        "API_KEY",
        "asks for a key alone, which says nobody who calls: AuthenticationType",
    ),
}
"""What says by one property who may call: the property, the value that is not enough, and what is told of it."""


class ApiIsGuarded(rule.OfResources):
    """Who calls is known, how often is limited, and that they called is written down."""

    id = "W9143"
    shortdesc = "An API asks who calls, limits how often, and logs each request"
    why = "A route without an authorizer is for everybody, one without a limit takes the capacity of all others."
    remedy = (
        "Set AuthorizationType (or ApiKeyRequired) on methods and routes, AccessLogSettings and throttling on stages, "
        "TracingEnabled and a request validator for REST; silence it with a reason where a route is public."
    )
    source_url = "https://docs.aws.amazon.com/securityhub/latest/userguide/apigateway-controls.html"
    pillar = "security"
    guidelines = ("GDL-115", "GDL-116", "GDL-133", "G-04")
    public = (
        "APIGateway.1",
        "APIGateway.3",
        "APIGateway.8",
        "APIGateway.9",
        "AppSync.5",
        "CKV_AWS_59",
        "CKV_AWS_73",
        "CKV_AWS_76",
        "CKV_AWS_95",
        "CKV_AWS_258",
    )
    types = (
        METHOD, ROUTE, INTEGRATION, STAGE, STAGE_V2, SAM, SAM_HTTP, REST, HTTP, GRAPH, URL, functions.SAM,
    )  # fmt: skip
    passes = """
    Resources:
      Route:
        Type: AWS::ApiGatewayV2::Route
        Properties: {ApiId: a, RouteKey: GET /jobs, AuthorizationType: JWT}
      Stage:
        Type: AWS::ApiGatewayV2::Stage
        Properties:
          ApiId: a
          AccessLogSettings: {DestinationArn: arn, Format: $context.requestId}
          DefaultRouteSettings: {ThrottlingRateLimit: 100, ThrottlingBurstLimit: 50}
    """
    fails = """
    Resources:
      Route: {Type: AWS::ApiGatewayV2::Route, Properties: {ApiId: a, RouteKey: GET /jobs}}
      Stage: {Type: AWS::ApiGatewayV2::Stage, Properties: {ApiId: a}}
    """

    def look(self, resource: Resource, view: View) -> Iterator[rule.Found]:
        """A method or route for everybody, a stage that does not log or limit."""
        if resource.type == METHOD:
            yield from _method(resource, view)
        elif resource.type == ROUTE:
            yield from _route(resource, view)
        elif resource.type == INTEGRATION:
            yield from _integration(resource)
        elif resource.type in (REST, HTTP):
            yield from _api(resource)
        elif resource.type in KEYS:
            yield from _key(resource)
        else:
            yield from _stage(resource, view)


def _key(resource: Resource) -> Iterator[rule.Found]:
    names, open_to_all, message = KEYS[resource.type]
    for said in resource.said(*names):
        if said.value == open_to_all:
            yield rule.Found(said.path, f"{resource.title} {message}")


def _api(api: Resource) -> Iterator[rule.Found]:
    for found in api.values("Target"):
        if api.type == HTTP and found.value is not values.ABSENT:
            yield rule.Found(found.path, f"{api.title} has a Target: the route that it makes asks nobody who calls")
    if "Policy" in api.properties:
        return
    for body in api.values("Body"):
        for path, called in openapi.open_operations(body):
            yield rule.Found(path, f"{api.title} asks nobody who calls {called}: security")


def _method(method: Resource, view: View) -> Iterator[rule.Found]:
    verbs = {each.value for each in method.said("HttpMethod") if isinstance(each.value, str)}
    if verbs == {"OPTIONS"}:  # what browsers ask before they send credentials
        return
    free = [each.scenario for each in method.said("ApiKeyRequired", default=False) if not values.is_on(each.value)]
    for said in method.said("AuthorizationType", default="NONE"):
        if said.value == "NONE" and any(view.together(said.scenario, each) for each in free):
            yield rule.Found(said.path, f"{method.title} asks nobody who calls: AuthorizationType is NONE")
    proxies = {each.value for each in method.said("Integration", "Type") if isinstance(each.value, str)}
    if verbs & {"POST", "PUT", "PATCH"} and not proxies & {"AWS_PROXY", "HTTP_PROXY"}:
        for found in method.values("RequestValidatorId"):
            if found.value is values.ABSENT:
                yield rule.Found(found.path, f"{method.title} does not check what it is sent: RequestValidatorId")


def _integration(integration: Resource) -> Iterator[rule.Found]:
    for said in integration.said("TimeoutInMillis"):
        waits = values.number(said.value)
        if waits is not None and waits > LONGEST:
            yield rule.Found(
                said.path, f"{integration.title} waits for {waits:g} ms, and API Gateway takes {LONGEST} at most"
            )


def _route(route: Resource, view: View) -> Iterator[rule.Found]:
    keys = [view.values.spelled(each.value) for each in route.values("RouteKey")]
    if any(each.startswith(("OPTIONS ", "$disconnect", "$default")) or " " not in each for each in keys):
        keys = [each for each in keys if each in ("$connect", "$default")]  # of a WebSocket only $connect is asked
    if not keys or (keys == ["$default"] and "RouteResponseSelectionExpression" in route.properties):
        return
    for said in route.said("AuthorizationType", default="NONE"):
        if said.value == "NONE":
            yield rule.Found(said.path, f"{route.title} asks nobody who calls {keys[0]}: AuthorizationType is NONE")


def _stage(stage: Resource, view: View) -> Iterator[rule.Found]:
    log = "AccessLogSetting" if stage.type in (STAGE, SAM) else "AccessLogSettings"
    for found in stage.values(log):
        if found.value is values.ABSENT:
            yield rule.Found(found.path, f"{stage.title} does not log requests: {log}")
    if not _is_limited(stage, view):
        yield rule.Found(stage.path, f"{stage.title} does not say how many requests it takes: throttling")
    if stage.type in (STAGE, SAM):
        for said in stage.said("TracingEnabled", default=False):
            if not values.is_on(said.value):
                yield rule.Found(said.path, f"{stage.title} is not traced: TracingEnabled")
    if stage.type in (SAM, SAM_HTTP):
        yield from _sams(stage)


def _sams(api: Resource) -> Iterator[rule.Found]:
    """What SAM adds by ``Auth`` to what its document says."""
    bodies = [each for each in api.values("DefinitionBody") if isinstance(each.value, dict)]
    for body in bodies if "Auth" not in api.properties else ():
        for path, called in openapi.open_operations(body):
            yield rule.Found(path, f"{api.title} asks nobody who calls {called}: security")
    for found in api.values("Auth") if not bodies else ():
        if found.value is values.ABSENT:
            yield rule.Found(found.path, f"{api.title} asks nobody who calls: Auth")


def _is_limited(stage: Resource, view: View) -> bool:
    names = {
        STAGE: ("MethodSettings", "ThrottlingRateLimit"),
        SAM: ("MethodSettings", "ThrottlingRateLimit"),
        STAGE_V2: ("DefaultRouteSettings", "ThrottlingRateLimit"),
        SAM_HTTP: ("DefaultRouteSettings", "ThrottlingRateLimit"),
    }
    if any(each.value is not values.ABSENT for each in stage.values(*names[stage.type])):
        return True
    plans = view.of_type("AWS::ApiGateway::UsagePlan")
    return any(stage.title in values.references(each.properties.get("ApiStages")) for each in plans)
