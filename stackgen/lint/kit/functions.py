"""Lambda functions as rules see them, written as such or as SAM's, whose properties have other names."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .values import references, texts

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .values import Branch
    from .view import Resource, View

LAMBDA, SAM = "AWS::Lambda::Function", "AWS::Serverless::Function"
TYPES = (LAMBDA, SAM)
OTHERWISE: dict[tuple[str, ...], tuple[str, ...]] = {
    ("Code", "ImageUri"): ("ImageUri",),
    ("TracingConfig", "Mode"): ("Tracing",),
    ("DeadLetterConfig", "TargetArn"): ("DeadLetterQueue", "TargetArn"),
}
"""How SAM calls what a function's properties are."""
CALLERS = {
    "AWS::Events::Rule": ("Targets", "Arn"),
    "AWS::Scheduler::Schedule": ("Target", "Arn"),
    "AWS::SNS::Subscription": ("Endpoint",),
    "AWS::SNS::Topic": ("Subscription", "Endpoint"),
    "AWS::S3::Bucket": ("NotificationConfiguration", "LambdaConfigurations", "Function"),
}
"""What invokes functions without waiting for them, and where it names them."""
ASYNCHRONOUS_EVENTS = ("Schedule", "ScheduleV2", "EventBridgeRule", "CloudWatchEvent", "SNS", "S3", "IoTRule")


def names_in(function: Resource, *names: str) -> tuple[str, ...]:
    """Under which names a function has a property: those of Lambda's, or of SAM's."""
    return OTHERWISE.get(names, names) if function.type == SAM else names


def values_in(function: Resource, *names: str) -> Iterator[Branch]:
    """``Resource.values`` by the names of AWS::Lambda::Function."""
    return function.values(*names_in(function, *names))


def said_in(function: Resource, *names: str, default: Any = None) -> Iterator[Branch]:
    """``Resource.said`` by the names of AWS::Lambda::Function."""
    return function.said(*names_in(function, *names), default=default)


def also_called(view: View, function: Resource) -> set[str]:
    """The function's logical ID, and those of its versions and aliases."""
    found = {function.title}
    for each in view.of_type("AWS::Lambda::Version", "AWS::Lambda::Alias"):
        if function.title in references(each.properties.get("FunctionName")):
            found.add(each.title)
    alias = function.properties.get("AutoPublishAlias") if function.type == SAM else None
    return found | ({f"{function.title}Alias{texts(alias)}"} if alias else set())


def asynchronous_callers(view: View, function: Resource) -> Iterator[str]:
    """The logical IDs of what invokes a function without waiting for it: rules, schedules, topics, buckets."""
    own = also_called(view, function)
    for each in view.of_type(*CALLERS):
        if any(own & set(references(found.value)) for found in each.values(*CALLERS[each.type])):
            yield each.title
    events = function.properties.get("Events") if function.type == SAM else None
    for name, event in events.items() if isinstance(events, dict) else ():
        if isinstance(event, dict) and event.get("Type") in ASYNCHRONOUS_EVENTS:
            yield str(name)
