"""What the tasks of a state machine need of its role.

Source: https://docs.aws.amazon.com/step-functions/latest/dg/connect-supported-services.html and the policies there.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from stackgen.asl.graph import mapping
from stackgen.lint.iam import reference

from .grants import Need, roles_of, within
from .machines import machines
from .pointers import owner_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .machines import Machine, State
    from .view import Resource, View

START = "arn:${AWS::Partition}:states:::"
STARTS = ("arn:aws:states:::", "arn:aws-cn:states:::", "arn:aws-us-gov:states:::", START)


class Calls(NamedTuple):
    """The actions of an integration, the argument that says on what, and those of ``.sync`` beside them."""

    actions: tuple[str, ...]
    argument: str = ""
    sync: tuple[str, ...] = ()


INTEGRATIONS: dict[str, Calls] = {
    "lambda:invoke": Calls(("lambda:InvokeFunction",), "FunctionName"),
    "sns:publish": Calls(("sns:Publish",), "TopicArn"),
    "sqs:sendMessage": Calls(("sqs:SendMessage",), "QueueUrl"),
    "dynamodb:getItem": Calls(("dynamodb:GetItem",), "TableName"),
    "dynamodb:putItem": Calls(("dynamodb:PutItem",), "TableName"),
    "dynamodb:updateItem": Calls(("dynamodb:UpdateItem",), "TableName"),
    "dynamodb:deleteItem": Calls(("dynamodb:DeleteItem",), "TableName"),
    "ecs:runTask": Calls(("ecs:RunTask",), "TaskDefinition", ("ecs:StopTask", "ecs:DescribeTasks", "events:PutRule")),
    "states:startExecution": Calls(
        ("states:StartExecution",), "StateMachineArn", ("states:DescribeExecution", "states:StopExecution")
    ),
    "batch:submitJob": Calls(("batch:SubmitJob",), "", ("batch:DescribeJobs", "batch:TerminateJob", "events:PutRule")),
    "glue:startJobRun": Calls(("glue:StartJobRun",), "", ("glue:GetJobRun", "glue:BatchStopJobRun")),
    "codebuild:startBuild": Calls(
        ("codebuild:StartBuild",), "ProjectName", ("codebuild:StopBuild", "codebuild:BatchGetBuilds", "events:PutRule")
    ),
    "events:putEvents": Calls(("events:PutEvents",)),
}
_SDK = {
    "cloudwatchlogs": "logs", "cognitoidentityprovider": "cognito-idp", "efs": "elasticfilesystem",
    "elasticloadbalancingv2": "elasticloadbalancing", "emr": "elasticmapreduce", "eventbridge": "events",
    "sesv2": "ses", "sfn": "states",
}  # fmt: skip
"""The services whose actions begin otherwise than the SDK's."""
_OTHERWISE = {
    "lambda:Invoke": "lambda:InvokeFunction", "s3:HeadBucket": "s3:ListBucket", "s3:HeadObject": "s3:GetObject",
    "s3:ListBuckets": "s3:ListAllMyBuckets", "s3:ListObjects": "s3:ListBucket", "s3:ListObjectsV2": "s3:ListBucket",
}  # fmt: skip
"""Calls that are allowed by an action of another name."""
_FREE = frozenset({"sts:GetCallerIdentity"})
_SYNC = (".sync:2", ".sync", ".waitForTaskToken")


def needs_of_machines(view: View) -> Iterator[Need]:
    """Of every machine whose role is in the template."""
    for machine in machines(view):
        for role, held in roles_of(machine.resource, ("RoleArn",), view):
            yield from within(held, _of_machine(machine, role, view), view)


def is_known(state: State, view: View) -> bool:
    """Whether it is told what a Task does."""
    return bool(_calls(state, view))


def _of_machine(machine: Machine, role: Resource, view: View) -> Iterator[Need]:
    title = machine.resource.title
    for state in machine.states():
        if state.content.get("Type") == "Task":
            for action, target in _calls(state, view):
                yield Need(role, action, target, state.path, machine.scenario, f"the task {state.name} of {title}")
        elif _is_distributed(state):
            why = f"the distributed map {state.name} of {title}"
            yield Need(role, "states:StartExecution", "", state.path, machine.scenario, why)
    resource = machine.resource
    for found in resource.each("LoggingConfiguration", "Destinations"):
        yield Need(role, "logs:CreateLogDelivery", "", found.path, found.scenario, f"the log of {title}")
    for found in resource.values("TracingConfiguration", "Enabled"):
        if str(found.value).lower() == "true":
            yield Need(role, "xray:PutTraceSegments", "", found.path, found.scenario, f"the traces of {title}")


def _is_distributed(state: State) -> bool:
    """Whether it is a map that runs each item as an execution of its own."""
    config = mapping(mapping(state.content.get("ItemProcessor")).get("ProcessorConfig"))
    return state.content.get("Type") == "Map" and config.get("Mode") == "DISTRIBUTED"


def _calls(state: State, view: View) -> list[tuple[str, str]]:
    resource = state.content.get("Resource")
    if not isinstance(resource, str):
        return []
    owner = owner_of(resource, view)
    if owner is not None and owner.type.startswith(("AWS::Lambda::", "AWS::Serverless::Function")):
        return [("lambda:InvokeFunction", resource)]
    start = next((each for each in STARTS if resource.startswith(each)), "")
    name = resource.removeprefix(start) if start else ""
    is_sync = ".sync" in name
    for each in _SYNC:
        name = name.removesuffix(each)
    if name.startswith("aws-sdk:"):
        return _by_sdk(name.removeprefix("aws-sdk:"))
    calls = INTEGRATIONS.get(name)
    if calls is None:
        return []
    target = _argument(state, calls.argument)
    return [*((each, target) for each in calls.actions), *((each, "") for each in calls.sync if is_sync)]


def _by_sdk(name: str) -> list[tuple[str, str]]:
    """The action, where AWS has one of the call's name."""
    service, _, call = name.partition(":")
    action = f"{_SDK.get(service, service)}:{call[:1].upper()}{call[1:]}"
    action = _OTHERWISE.get(action, action)
    return [(action, "")] if action not in _FREE and reference.has(action) else []


def _argument(state: State, name: str) -> str:
    arguments: Any = state.content.get("Parameters", state.content.get("Arguments"))
    value = arguments.get(name) if isinstance(arguments, dict) and name else None
    return value if isinstance(value, str) and not value.startswith("{%") else ""
