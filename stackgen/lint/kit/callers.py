"""Which service calls what in a template, and whether the called one's policy lets it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from .grants import around, covers, is_action, owners
from .pointers import pointer
from .policies import RESOURCE, Statement, statements
from .values import ABSENT, UNKNOWN, branches
from .wires import SENDING, named

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .values import Branch, Path, Scenario
    from .view import Resource, View

FUNCTIONS = ("AWS::Lambda::Function", "AWS::Lambda::Alias", "AWS::Lambda::Version")
QUEUE, TOPIC = "AWS::SQS::Queue", "AWS::SNS::Topic"
_HOLDERS = {
    "AWS::SQS::QueuePolicy": "Queues", "AWS::SQS::QueueInlinePolicy": "Queue",
    "AWS::SNS::TopicPolicy": "Topics", "AWS::SNS::TopicInlinePolicy": "TopicArn",
}  # fmt: skip
_PLACES = (
    *(
        (f"AWS::CloudWatch::{kind}", (name,), "cloudwatch.amazonaws.com")
        for kind in ("Alarm", "CompositeAlarm")
        for name in ("AlarmActions", "OKActions", "InsufficientDataActions")
    ),
    ("AWS::SNS::Subscription", ("Endpoint",), "sns.amazonaws.com"),
    ("AWS::SNS::Topic", ("Subscription", "Endpoint"), "sns.amazonaws.com"),
    ("AWS::S3::Bucket", ("NotificationConfiguration", "LambdaConfigurations", "Function"), "s3.amazonaws.com"),
    ("AWS::S3::Bucket", ("NotificationConfiguration", "QueueConfigurations", "Queue"), "s3.amazonaws.com"),
    ("AWS::S3::Bucket", ("NotificationConfiguration", "TopicConfigurations", "Topic"), "s3.amazonaws.com"),
    ("AWS::Logs::SubscriptionFilter", ("DestinationArn",), "logs.amazonaws.com"),
    ("AWS::Config::ConfigRule", ("Source", "SourceIdentifier"), "config.amazonaws.com"),
    ("AWS::SecretsManager::RotationSchedule", ("RotationLambdaARN",), "secretsmanager.amazonaws.com"),
)
_API = "apigateway.amazonaws.com"
_UNLESS_BY_ROLE: tuple[tuple[str, tuple[str, ...], str, str, str], ...] = (
    ("AWS::Events::Rule", ("Targets",), "Arn", "RoleArn", "events.amazonaws.com"),
    ("AWS::ApiGateway::Authorizer", (), "AuthorizerUri", "AuthorizerCredentials", _API),
    ("AWS::ApiGateway::Method", ("Integration",), "Uri", "Credentials", _API),
    ("AWS::ApiGatewayV2::Authorizer", (), "AuthorizerUri", "AuthorizerCredentialsArn", _API),
    ("AWS::ApiGatewayV2::Integration", (), "IntegrationUri", "CredentialsArn", _API),
)
"""What calls by a role where it names one; then no policy of the called one is needed."""
INVOKE = "lambda:InvokeFunction"


class Call(NamedTuple):
    """A service that calls a function, or sends to a queue or topic, that the template has."""

    service: str
    target: Resource
    path: Path
    scenario: Scenario
    caller: Resource


def calls(view: View) -> Iterator[Call]:
    """All that can be told."""
    for kind, names, service in _PLACES:
        for resource in view.of_type(kind):
            for found in resource.each(*names):
                yield from _call(service, found, resource, view)
    for kind, names, at, role, service in _UNLESS_BY_ROLE:
        for resource in view.of_type(kind):
            for whole in resource.each(*names):
                yield from _without_role(service, whole, (at, role), resource, view)
    for resource in view.of_type("AWS::Cognito::UserPool"):
        yield from _by_pool(resource, view)


def _without_role(
    service: str, whole: Branch, members: tuple[str, str], caller: Resource, view: View
) -> Iterator[Call]:
    at, role = members
    if isinstance(whole.value, dict) and role not in whole.value:
        for found in branches(whole.value.get(at), whole.scenario, (*whole.path, at)):
            yield from _call(service, found, caller, view)


def _by_pool(pool: Resource, view: View) -> Iterator[Call]:
    for whole in pool.values("LambdaConfig"):
        for name in whole.value if isinstance(whole.value, dict) else ():
            if name != "KMSKeyID":
                for found in (*pool.each("LambdaConfig", name), *pool.each("LambdaConfig", name, "LambdaArn")):
                    yield from _call("cognito-idp.amazonaws.com", found, pool, view)


def is_refused(call: Call, view: View) -> bool:
    """Whether nothing lets the service call it, for sure, in one scenario at least."""
    scenario = {**call.target.scenario, **call.scenario}
    if call.target.type in FUNCTIONS:
        service = "lambda.alarms." + call.service if call.service.startswith("cloudwatch.") else call.service
        permissions = view.of_type("AWS::Lambda::Permission")
        return view.uncovered(scenario, [one for each in permissions for one in _permits(each, call, service, view)])
    about = [each for each in statements(view, RESOURCE) if _is_about(each.resource, call.target, view)]
    said = [each for each in about if each.may_allow]
    if not said and call.target.type == TOPIC and call.service == "cloudwatch.amazonaws.com":
        return False  # the policy that a topic has by itself is enough for alarms of its account
    action = SENDING[call.target.type]
    return view.uncovered(
        scenario, [each.scenario for each in said if _names(each, call.service) and covers(each, action)]
    )


def _call(service: str, found: Branch, caller: Resource, view: View) -> Iterator[Call]:
    owner = None if found.value is ABSENT else named(found.value, view)
    if owner is not None and owner.type in (*FUNCTIONS, QUEUE, TOPIC):
        yield Call(service, owner, found.path, found.scenario, caller)


def _permits(permission: Resource, call: Call, service: str, view: View) -> Iterator[Scenario]:
    """The scenarios in which a permission may be for a call."""
    about = [pointer(each.value) for each in permission.values("FunctionName")]
    actions = [pointer(each.value) for each in permission.values("Action")]
    if (
        not any(_is_same(each, call.target, view) for each in about)
        or not any(is_action(each, INVOKE) for each in actions)
        or not any(_is_source(each.value, call.caller, view) for each in permission.values("SourceArn"))
    ):
        return
    for found in permission.values("Principal"):
        said: list[Any] = view.literals(found.value)
        if any(each is UNKNOWN or each in (service, "*") for each in said):
            yield found.scenario


def _is_source(value: Any, caller: Resource, view: View) -> bool:
    """Whether it may be what calls: the caller, or what it is of, as the topic of a subscription."""
    text = pointer(value)
    found = owners(text, view) if isinstance(text, str) else None
    return (
        not found
        or bool(found & around(caller, view))
        or any(caller.title in around(view.resources[each], view) for each in found)
    )


def _is_same(text: Any, target: Resource, view: View) -> bool:
    """Whether a text may name the target, or what it is an alias of."""
    if not isinstance(text, str):
        return True
    found = owners(text, view)
    if found is None or (not found and "${" in text):
        return True
    names = {str(each) for name, each in target.properties.items() if name.endswith("Name")}
    return bool(found & around(target, view)) or text in names


def _is_about(policy: Resource, target: Resource, view: View) -> bool:
    name = _HOLDERS.get(policy.type, "")
    return bool(name) and any(_is_same(pointer(each.value), target, view) for each in policy.each(name))


def _names(statement: Statement, service: str) -> bool:
    if "NotPrincipal" in statement.content or "Principal" in statement.unclear:
        return True
    said = [each.symbol for _, each in statement.principals]
    return "Principal" in statement.unclear or any(each in (service, "*") or "${" in each for each in said)
