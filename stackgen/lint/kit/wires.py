"""What the wiring of a template needs of its roles: event sources, destinations, targets, networks, logs, traces."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .grants import Need, role_of, roles_of, within
from .pointers import VARIABLE, pointer
from .tasks import needs_of_machines
from .values import ABSENT

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .values import Branch
    from .view import Resource, View

FUNCTION = "AWS::Lambda::Function"
SENDING = {
    "AWS::SQS::Queue": "sqs:SendMessage",
    "AWS::SNS::Topic": "sns:Publish",
    "AWS::Lambda::Function": "lambda:InvokeFunction",
    "AWS::Lambda::Alias": "lambda:InvokeFunction",
    "AWS::Events::EventBus": "events:PutEvents",
    "AWS::StepFunctions::StateMachine": "states:StartExecution",
    "AWS::Kinesis::Stream": "kinesis:PutRecord",
    "AWS::ECS::Cluster": "ecs:RunTask",
    "AWS::Batch::JobQueue": "batch:SubmitJob",
}
"""How something is handed to each type."""
READING = {
    "AWS::SQS::Queue": ("sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"),
    "AWS::DynamoDB::Table": ("dynamodb:GetRecords", "dynamodb:GetShardIterator", "dynamodb:DescribeStream"),
    "AWS::Kinesis::Stream": ("kinesis:GetRecords", "kinesis:GetShardIterator", "kinesis:ListShards"),
}
"""How each type is read by an event source mapping or a pipe."""
NO_TARGET = frozenset({"ecs:RunTask", "batch:SubmitJob"})
"""They are allowed on something else than what the wire leads to."""


def needs(view: View) -> Iterator[Need]:
    """All that can be told."""
    yield from needs_of_machines(view)
    for function in view.of_type(FUNCTION):
        yield from _of_function(function, view)
    for mapping in view.of_type("AWS::Lambda::EventSourceMapping", "AWS::Lambda::EventInvokeConfig"):
        yield from _of_mapping(mapping, view)
    for rule in view.of_type("AWS::Events::Rule"):
        for target in rule.each("Targets"):
            yield from _handed(rule, target, "Arn", "RoleArn", view)
    for schedule in view.of_type("AWS::Scheduler::Schedule"):
        for target in schedule.values("Target"):
            yield from _handed(schedule, target, "Arn", "RoleArn", view)
        for role, held in roles_of(schedule, ("Target", "RoleArn"), view):
            for letters in schedule.values("Target", "DeadLetterConfig", "Arn"):
                yield from within(held, _sent(role, letters, f"the dead letters of {schedule.title}", view), view)
    for pipe in view.of_type("AWS::Pipes::Pipe"):
        yield from _of_pipe(pipe, view)


def named(value: Any, view: View) -> Resource | None:
    """The first resource that a value names."""
    text = pointer(value)
    names = [each.partition(".")[0] for each in VARIABLE.findall(text)] if isinstance(text, str) else []
    return next((view.resources[each] for each in names if each in view.resources), None)


def _of_function(function: Resource, view: View) -> Iterator[Need]:
    title = function.title
    for role, held in roles_of(function, ("Role",), view):
        found = Need(role, "logs:PutLogEvents", "", function.path, function.scenario, f"the log of {title}")
        yield from within(held, [found, *_beside(function, role, view)], view)


def _beside(function: Resource, role: Resource, view: View) -> Iterator[Need]:
    title = function.title
    for found in function.values("VpcConfig", "SubnetIds"):
        if found.value is not ABSENT:
            place = f"the network of {title}"
            yield Need(role, "ec2:CreateNetworkInterface", "", found.path, found.scenario, place)
    for found in function.values("TracingConfig", "Mode"):
        if found.value == "Active":
            yield Need(role, "xray:PutTraceSegments", "", found.path, found.scenario, f"the traces of {title}")
    for found in function.values("DeadLetterConfig", "TargetArn"):
        yield from _sent(role, found, f"the dead letters of {title}", view)


def _of_mapping(mapping: Resource, view: View) -> Iterator[Need]:
    for found in mapping.values("FunctionName"):
        function = named(found.value, view)
        if function is None or function.type != FUNCTION:
            continue
        for role, held in roles_of(function, ("Role",), view):
            for source in mapping.values("EventSourceArn"):
                yield from within(held, _read(role, source, f"the event source {mapping.title}", view), view)
            for end in ("OnFailure", "OnSuccess"):
                for target in mapping.values("DestinationConfig", end, "Destination"):
                    yield from within(held, _sent(role, target, f"{end} of {mapping.title}", view), view)


def _of_pipe(pipe: Resource, view: View) -> Iterator[Need]:
    for role, held in roles_of(pipe, ("RoleArn",), view):
        for source in pipe.values("Source"):
            yield from within(held, _read(role, source, f"the source of {pipe.title}", view), view)
        for name in ("DynamoDBStreamParameters", "KinesisStreamParameters"):
            for letters in pipe.values("SourceParameters", name, "DeadLetterConfig", "Arn"):
                yield from within(held, _sent(role, letters, f"the dead letters of {pipe.title}", view), view)
        for name in ("Target", "Enrichment"):
            for target in pipe.values(name):
                yield from within(held, _sent(role, target, f"the {name.lower()} of {pipe.title}", view), view)


def _handed(resource: Resource, target: Branch, to: str, by: str, view: View) -> Iterator[Need]:
    content = target.value if isinstance(target.value, dict) else {}
    role = role_of(content.get(by), view)
    if role is not None:
        at = target._replace(value=content.get(to), path=(*target.path, to))
        yield from _sent(role, at, f"a target of {resource.title}", view)


def _sent(role: Resource, target: Branch, why: str, view: View) -> Iterator[Need]:
    owner = named(target.value, view)
    action = SENDING.get(owner.type, "") if owner else ""
    if action:
        text = "" if action in NO_TARGET else str(pointer(target.value))
        yield Need(role, action, text, target.path, target.scenario, why)


def _read(role: Resource, source: Branch, why: str, view: View) -> Iterator[Need]:
    owner = named(source.value, view)
    for action in READING.get(owner.type, ()) if owner else ():
        yield Need(role, action, str(pointer(source.value)), source.path, source.scenario, why)
