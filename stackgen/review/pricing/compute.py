"""Code that runs: functions, containers and their images, state machines."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from .amounts import NOTHING, ONE, Range, decimal_of
from .charges import Charge, Family
from .values import alternatives, target

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .charges import Subject

MEGABYTES = Decimal(1024)
MILLISECONDS = 1000
DEFAULT_MEMORY = Range.exactly(128)
_SIZE = re.compile(r"\s*([\d.]+)\s*(vcpu|gb)?\s*", re.IGNORECASE)


def _function(subject: Subject) -> Iterator[Charge]:
    requests = subject.used("requests")
    yield Charge("lambda-req", requests)
    memory = subject.number("MemorySize") or DEFAULT_MEMORY
    seconds = requests * subject.used("duration_ms").each(lambda amount: amount / MILLISECONDS)
    arm = any("arm64" in option for option in subject.options("Architectures") if isinstance(option, list))
    work = seconds * memory.each(lambda amount: amount / MEGABYTES)
    yield Charge("lambda-gbs-arm" if arm else "lambda-gbs", work, f"{memory.high:,} MB")


def _provisioned(subject: Subject) -> Iterator[Charge]:
    """A version or an alias costs nothing, unless it keeps instances warm."""
    count = subject.number("ProvisionedConcurrencyConfig", "ProvisionedConcurrentExecutions")
    if count is not None:
        yield Charge("lambda-pc", subject.hourly(count), what="provisioned concurrency")


def _repository(subject: Subject) -> Iterator[Charge]:
    yield Charge("ecr-gb", subject.used("storage_gb"))


def _service(subject: Subject) -> Iterator[Charge]:
    launched = _launched(subject)
    if launched != "FARGATE":
        if launched == "FARGATE_SPOT":
            yield Charge("fargate-spot", subject.hourly(_tasks(subject)), what="Fargate Spot tasks")
        return  # it runs on instances, and those are charged
    definition = target(subject.tree, subject.properties.get("TaskDefinition"))
    given: dict[str, Any] = definition.properties if definition else {}
    processors, memory = size(given.get("Cpu")), size(given.get("Memory"))
    tasks = subject.hourly(_tasks(subject))
    if processors is None or memory is None:
        yield Charge("fargate-unknown", tasks, what="tasks of a definition whose Cpu and Memory are not known")
        return
    platform = given.get("RuntimePlatform")
    kinds = alternatives(platform.get("CpuArchitecture", "X86_64")) if isinstance(platform, dict) else ["X86_64"]
    suffix = "-arm" if "ARM64" in kinds else ""
    note = f"tasks of {processors.normalize():f} vCPU and {memory.normalize():f} GB"
    yield Charge(f"fargate-vcpu{suffix}", tasks * processors, note)
    yield Charge(f"fargate-gb{suffix}", tasks * memory, note, what="memory GB hour")
    network = subject.texts("NetworkConfiguration", "AwsvpcConfiguration", "AssignPublicIp", default="DISABLED")
    if "ENABLED" in network:
        yield Charge("ipv4-hour", tasks, "a public address for each task")


def _launched(subject: Subject) -> str:
    providers = [
        str(each.get("CapacityProvider")).upper()
        for option in subject.options("CapacityProviderStrategy")
        if isinstance(option, list)
        for each in option
        if isinstance(each, dict)
    ]
    for kind in ("FARGATE", "FARGATE_SPOT"):
        if kind in providers or kind in subject.texts("LaunchType"):
            return kind
    return "EC2"


def _tasks(subject: Subject) -> Range:
    return subject.given("tasks") or subject.number("DesiredCount") or ONE


def size(value: Any) -> Decimal | None:
    """The vCPU or GB of a task: ``256`` and ``.25 vCPU``, ``512`` and ``0.5 GB`` are the same; None where unknown.

    Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task_definition_parameters.html
    """
    options = list(alternatives(value))
    sizes = [_size(str(option)) for option in options if isinstance(option, str | int)]
    known = [each for each in sizes if each is not None]
    return max(known) if known and len(known) == len(options) else None


def _size(text: str) -> Decimal | None:
    found = _SIZE.fullmatch(text)
    amount = decimal_of(found[1]) if found else None
    if found is None or amount is None:
        return None
    return amount if found[2] else amount / MEGABYTES


def _state_machine(subject: Subject) -> Iterator[Charge]:
    if subject.may_be("EXPRESS", "StateMachineType"):
        yield Charge("sfn-exp-req", subject.used("requests"))
        duration = subject.given("duration_gb_hours") or NOTHING
        if not duration.is_zero:
            yield Charge("sfn-exp-gbh", duration, what="duration of express workflows, GB-hours")
        return
    yield Charge("sfn-std", subject.used("transitions"))


FAMILY = Family(
    {
        "AWS::Lambda::Function": _function,
        "AWS::Lambda::Version": _provisioned,
        "AWS::Lambda::Alias": _provisioned,
        "AWS::ECR::Repository": _repository,
        "AWS::ECS::Service": _service,
        "AWS::StepFunctions::StateMachine": _state_machine,
    },
    {
        "AWS::Lambda::Function": {"requests": "invocations a month", "duration_ms": "of one invocation"},
        "AWS::ECR::Repository": {"storage_gb": "images, in GB"},
        "AWS::ECS::Service": {"tasks": "running on average, where they are scaled"},
        "AWS::StepFunctions::StateMachine": {
            "transitions": "state transitions a month, of a standard machine",
            "requests": "executions a month, of an express machine",
            "duration_gb_hours": "memory times duration a month, of an express machine",
        },
    },
)
