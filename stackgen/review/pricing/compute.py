"""Code that runs: functions, containers and their images, state machines."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from .amounts import NOTHING, ONE, Range, decimal_of
from .charges import Charge, Family
from .values import alternatives, target

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from .charges import Subject

MEGABYTES = Decimal(1024)
MILLISECONDS = 1000
INSIGHTS = "containerInsights"
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
    if launched == "EC2":
        return  # it runs on instances, and those are charged
    definition = target(subject.tree, subject.properties.get("TaskDefinition"))
    tasks = subject.hourly(_tasks(subject))
    yield from _running(definition.properties if definition else {}, tasks, spot=launched == "FARGATE_SPOT")
    network = subject.texts("NetworkConfiguration", "AwsvpcConfiguration", "AssignPublicIp", default="DISABLED")
    if "ENABLED" in network:
        yield Charge("ipv4-hour", tasks, "a public address for each task")


def _running(definition: Mapping[str, Any], tasks: Range, *, spot: bool) -> Iterator[Charge]:
    """What the hours of tasks cost by the vCPU and by the GB that they ask for."""
    processors, memory = size(definition.get("Cpu")), size(definition.get("Memory"))
    if processors is None or memory is None:
        unknown = "Fargate Spot tasks" if spot else "tasks of a definition whose Cpu and Memory are not known"
        yield Charge("fargate-spot" if spot else "fargate-unknown", tasks, what=unknown)
        return
    platform = definition.get("RuntimePlatform")
    kinds = alternatives(platform.get("CpuArchitecture", "X86_64")) if isinstance(platform, dict) else ["X86_64"]
    suffix = "-arm" if "ARM64" in kinds else ""
    note = f"tasks of {processors.normalize():f} vCPU and {memory.normalize():f} GB"
    if spot:
        yield Charge(f"fargate-spot-vcpu{suffix}", tasks * processors, note, what="Spot vCPU hour")
        yield Charge(f"fargate-spot-gb{suffix}", tasks * memory, note, what="Spot memory GB hour")
        return
    yield Charge(f"fargate-vcpu{suffix}", tasks * processors, note)
    yield Charge(f"fargate-gb{suffix}", tasks * memory, note, what="memory GB hour")


def _definition(subject: Subject) -> Iterator[Charge]:
    """Tasks that no service runs: somebody calls RunTask, and for how many hours the template cannot know."""
    if not subject.may_be("['FARGATE']", "RequiresCompatibilities") or _served(subject):
        return
    yield from _running(subject.properties, subject.used("spot_hours"), spot=True)
    on_demand = subject.given("hours")
    if on_demand is not None:
        yield from _running(subject.properties, on_demand, spot=False)
    addressed = subject.given("public_hours")
    if addressed is not None:
        yield Charge("ipv4-hour", addressed, "a public address for each task")


def _served(subject: Subject) -> bool:
    """Whether a service of the build runs this definition; then it is charged there."""
    services = (each for each in (subject.tree.resources() if subject.tree else ()) if each.type == "AWS::ECS::Service")
    run = (target(subject.tree, each.properties.get("TaskDefinition")) for each in services)
    return any(each is not None and each.address == subject.address for each in run)


def _cluster(subject: Subject) -> Iterator[Charge]:
    """A cluster costs nothing; the metrics that Container Insights makes of it are charged as any others."""
    settings = [each for option in subject.options("ClusterSettings") if isinstance(option, list) for each in option]
    watched = [each.get("Value") for each in settings if isinstance(each, dict) and each.get("Name") == INSIGHTS]
    if {"enabled", "enhanced"} & {str(option) for each in watched for option in alternatives(each)}:
        yield Charge("cw-metric", subject.used("insight_metrics"), "of Container Insights, each as long as it is told")


def _launched(subject: Subject) -> str:
    providers = [
        str(each.get("CapacityProvider")).upper()
        for option in subject.options("CapacityProviderStrategy")
        if isinstance(option, list)
        for each in option
        if isinstance(each, dict) and not _is_given_nothing(each)
    ]
    for kind in ("FARGATE", "FARGATE_SPOT"):
        if kind in providers or kind in subject.texts("LaunchType"):
            return kind
    return "EC2"


def _is_given_nothing(provider: Mapping[str, Any]) -> bool:
    """Whether a strategy names a provider that takes no task, neither first nor in proportion."""
    return str(provider.get("Base", 0)) == str(provider.get("Weight")) == "0"


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
        "AWS::ECS::Cluster": _cluster,
        "AWS::ECS::Service": _service,
        "AWS::ECS::TaskDefinition": _definition,
        "AWS::StepFunctions::StateMachine": _state_machine,
    },
    {
        "AWS::Lambda::Function": {"requests": "invocations a month", "duration_ms": "of one invocation"},
        "AWS::ECR::Repository": {"storage_gb": "images, in GB"},
        "AWS::ECS::Cluster": {"insight_metrics": "of Container Insights, on average over the month"},
        "AWS::ECS::Service": {"tasks": "running on average, where they are scaled"},
        "AWS::ECS::TaskDefinition": {
            "spot_hours": "of its tasks on Fargate Spot, where no service runs them, a month",
            "hours": "of its tasks at the full price, where no service runs them, a month",
            "public_hours": "of its tasks with a public address, a month",
        },
        "AWS::StepFunctions::StateMachine": {
            "transitions": "state transitions a month, of a standard machine",
            "requests": "executions a month, of an express machine",
            "duration_gb_hours": "memory times duration a month, of an express machine",
        },
    },
)
