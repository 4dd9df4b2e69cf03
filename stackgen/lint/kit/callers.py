"""Which service calls what in a template, and whether the called one's policy lets it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from .grants import owners
from .pointers import pointer
from .policies import RESOURCE, Statement, statements
from .values import ABSENT, UNKNOWN
from .wires import named

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
_ALARMS = ("AWS::CloudWatch::Alarm", "AWS::CloudWatch::CompositeAlarm")
_ACTIONS = ("AlarmActions", "OKActions", "InsufficientDataActions")
_PLACES = (
    ("AWS::SNS::Subscription", ("Endpoint",), "sns.amazonaws.com"),
    ("AWS::SNS::Topic", ("Subscription", "Endpoint"), "sns.amazonaws.com"),
    ("AWS::S3::Bucket", ("NotificationConfiguration", "LambdaConfigurations", "Function"), "s3.amazonaws.com"),
    ("AWS::S3::Bucket", ("NotificationConfiguration", "QueueConfigurations", "Queue"), "s3.amazonaws.com"),
    ("AWS::S3::Bucket", ("NotificationConfiguration", "TopicConfigurations", "Topic"), "s3.amazonaws.com"),
    ("AWS::Logs::SubscriptionFilter", ("DestinationArn",), "logs.amazonaws.com"),
    ("AWS::SecretsManager::RotationSchedule", ("RotationLambdaARN",), "secretsmanager.amazonaws.com"),
)


class Call(NamedTuple):
    """A service that calls a function, or sends to a queue or topic, that the template has."""

    service: str
    target: Resource
    path: Path
    scenario: Scenario
    caller: str


def calls(view: View) -> Iterator[Call]:
    """All that can be told."""
    for kind, names, service in _PLACES:
        for resource in view.of_type(kind):
            for found in resource.each(*names):
                yield from _call(service, found, resource, view)
    for resource in view.of_type("AWS::Events::Rule"):
        for target in resource.each("Targets"):
            if isinstance(target.value, dict) and "RoleArn" not in target.value:
                found = target._replace(value=target.value.get("Arn"), path=(*target.path, "Arn"))
                yield from _call("events.amazonaws.com", found, resource, view)
    for resource in view.of_type(*_ALARMS):
        for name in _ACTIONS:
            for found in resource.each(name):
                yield from _call("cloudwatch.amazonaws.com", found, resource, view)


def is_refused(call: Call, view: View) -> bool:
    """Whether nothing lets the service call it, for sure."""
    if call.target.type in FUNCTIONS:
        service = "lambda.alarms." + call.service if call.service.startswith("cloudwatch.") else call.service
        given = (each for each in view.of_type("AWS::Lambda::Permission") if _permits(each, call, service, view))
        return view.uncovered({**call.target.scenario, **call.scenario}, (each.scenario for each in given))
    said = [
        each for each in statements(view, RESOURCE) if each.may_allow and _is_about(each.resource, call.target, view)
    ]
    if not said and call.target.type == TOPIC and call.service == "cloudwatch.amazonaws.com":
        return False  # the policy that a topic has by itself is enough for alarms of its account
    return not any(_names(each, call.service) for each in said)


def _call(service: str, found: Branch, caller: Resource, view: View) -> Iterator[Call]:
    owner = None if found.value is ABSENT else named(found.value, view)
    if owner is not None and owner.type in (*FUNCTIONS, QUEUE, TOPIC):
        yield Call(service, owner, found.path, found.scenario, caller.title)


def _permits(permission: Resource, call: Call, service: str, view: View) -> bool:
    about = [pointer(each.value) for each in permission.values("FunctionName")]
    if not any(_is_same(each, call.target, view) for each in about):
        return False
    said: list[Any] = [one for each in permission.values("Principal") for one in view.literals(each.value)]
    return any(each is UNKNOWN or each in (service, "*") for each in said)


def _is_same(text: Any, target: Resource, view: View) -> bool:
    """Whether a text may name the target, or what it is an alias of."""
    if not isinstance(text, str):
        return True
    found = owners(text, view)
    if found is None or (not found and "${" in text):
        return True
    around = {target.title, *(name for each in target.properties.values() for name in _owners_of(each, view))}
    names = {str(each) for name, each in target.properties.items() if name.endswith("Name")}
    return bool(found & around) or text in names


def _owners_of(value: Any, view: View) -> set[str]:
    text = pointer(value)
    return (owners(text, view) or set()) if isinstance(text, str) else set()


def _is_about(policy: Resource, target: Resource, view: View) -> bool:
    name = _HOLDERS.get(policy.type, "")
    return bool(name) and any(_is_same(pointer(each.value), target, view) for each in policy.each(name))


def _names(statement: Statement, service: str) -> bool:
    if "NotPrincipal" in statement.content or "Principal" in statement.unclear:
        return True
    said = [each.symbol for _, each in statement.principals]
    return "Principal" in statement.unclear or any(each in (service, "*") or "${" in each for each in said)
