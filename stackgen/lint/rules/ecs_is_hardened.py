"""W9142."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stackgen import profiles
from stackgen.lint.kit import images, rule, values

if TYPE_CHECKING:
    from collections.abc import Iterator

    from stackgen.lint.kit.view import Resource, View

TASK, SERVICE, CLUSTER = "AWS::ECS::TaskDefinition", "AWS::ECS::Service", "AWS::ECS::Cluster"
CONTAINERS = "ContainerDefinitions"
LASTING = frozenset({profiles.PRODUCTION, profiles.DESTROYABLE})
ON_ITS_HOST = ("json-file", "journald", "local", "none")
"""Drivers of logs that go with the host."""
SHARED = {
    "PidMode": "sees the host's processes",
    "IpcMode": "sees the host's memory",
    "NetworkMode": "is in the host's network",
}
OPTIONS = {"init": {"default": False, "type": "boolean"}}
"""Whether InitProcessEnabled is asked of every container: images may have an init process of their own."""


class EcsIsHardened(rule.OfResources):
    """Containers log and may little, and a deployment that fails is taken back."""

    id = "W9142"
    shortdesc = (
        "Containers log, are pinned, write nothing to their root and have no privileges; services take failures back"
    )
    why = "A container that is broken into must not change itself or its host, and a deployment that fails must end."
    remedy = (
        "Set LogConfiguration, ReadonlyRootFilesystem: true (with a volume for what is written), a tag or digest, "
        "no mode that is the host's, "
        "and DeploymentCircuitBreaker with Rollback; for production containerInsights too."
    )
    source_url = "https://docs.aws.amazon.com/securityhub/latest/userguide/ecs-controls.html"
    pillar = "security"
    guidelines = ("GDL-118", "GDL-056")
    public = ("ECS.3", "ECS.4", "ECS.5", "ECS.9", "ECS.12", "ECS.17", "CKV_AWS_65")
    options = OPTIONS
    types = (TASK, SERVICE, CLUSTER)
    passes = """
    Resources:
      Task:
        Type: AWS::ECS::TaskDefinition
        Properties:
          ContainerDefinitions:
            - Name: main
              Image: 111111111111.dkr.ecr.us-east-1.amazonaws.com/main:1.0.0
              ReadonlyRootFilesystem: true
              LogConfiguration: {LogDriver: awslogs}
      Service:
        Type: AWS::ECS::Service
        Properties: {DeploymentConfiguration: {DeploymentCircuitBreaker: {Enable: true, Rollback: true}}}
    """
    fails = """
    Resources:
      Task:
        Type: AWS::ECS::TaskDefinition
        Properties:
          ContainerDefinitions:
            - {Name: main, Image: 'main:latest', Privileged: true}
      Service: {Type: AWS::ECS::Service}
    """

    def look(self, resource: Resource, view: View) -> Iterator[rule.Found]:
        """What a task may, whether a service takes back, whether a cluster is watched."""
        if resource.type == TASK:
            yield from self._containers(resource, view)
        elif resource.type == SERVICE:
            yield from self._service(resource, view)
        elif view.profile in LASTING:
            settings = [each.value for each in resource.each("ClusterSettings")]
            said = [values.texts(each.get("Value")) for each in settings if isinstance(each, dict)]
            if "ClusterSettings" not in resource.properties or (said and set(said) == {"disabled"}):
                yield rule.Found(resource.path, f"{resource.title} has no containerInsights")

    def _containers(self, task: Resource, view: View) -> Iterator[rule.Found]:
        title = task.title
        yield from _shares(task)
        yield from _logs(task)
        if not _is_windows(task):
            for path in _off(task, "ReadonlyRootFilesystem"):
                yield rule.Found(path, f"{title} has a container that may write to its root file system")
            for path in _off(task, "LinuxParameters", "InitProcessEnabled") if self.config["init"] else ():
                yield rule.Found(path, f"{title} has a container without an init process: InitProcessEnabled")
        for said in task.said(CONTAINERS, "Privileged", default=False):
            if values.is_on(said.value):
                yield rule.Found(said.path, f"{title} has a privileged container")
        for found in task.values(CONTAINERS, "Image"):
            loose = images.looseness(view, found.value) if found.value is not values.ABSENT else ""
            if loose:
                yield rule.Found(found.path, f"{title} does not say which image it runs: {loose}")

    def _service(self, service: Resource, view: View) -> Iterator[rule.Found]:
        controllers = service.said("DeploymentController", "Type", default="ECS")
        own = [each.scenario for each in controllers if each.value == "ECS"]  # another one has ways of its own
        for part in ("Enable", "Rollback"):
            for said in service.said("DeploymentConfiguration", "DeploymentCircuitBreaker", part, default=False):
                if not values.is_on(said.value) and any(view.together(said.scenario, each) for each in own):
                    message = (
                        f"{service.title} does not take back a deployment that fails: DeploymentCircuitBreaker {part}"
                    )
                    yield rule.Found(said.path, message)


def _shares(task: Resource) -> Iterator[rule.Found]:
    for name, sees in SHARED.items():
        for said in task.said(name):
            if said.value == "host":
                yield rule.Found(said.path, f"{task.title} {sees}: {name} is host")


def _logs(task: Resource) -> Iterator[rule.Found]:
    for found in task.values(CONTAINERS, "LogConfiguration"):
        if found.value is values.ABSENT and CONTAINERS in found.path:
            yield rule.Found(found.path, f"{task.title} has a container that does not log: LogConfiguration")
    for said in task.said(CONTAINERS, "LogConfiguration", "LogDriver"):
        if said.value in ON_ITS_HOST:
            yield rule.Found(said.path, f"{task.title} has a container whose log ends with its host: {said.value}")


def _off(task: Resource, *names: str) -> Iterator[values.Path]:
    """Where a container certainly lacks what should be on."""
    for said in task.said(CONTAINERS, *names, default=False):
        if CONTAINERS in said.path and not values.is_on(said.value):
            yield said.path


def _is_windows(task: Resource) -> bool:
    return any("WINDOWS" in str(each.value) for each in task.said("RuntimePlatform", "OperatingSystemFamily"))
