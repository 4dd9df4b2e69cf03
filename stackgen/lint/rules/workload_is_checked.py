"""W9163."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stackgen.lint.kit import rule, values

if TYPE_CHECKING:
    from collections.abc import Iterator

    from stackgen.lint.kit.view import Resource, View

SERVICE, GROUP = "AWS::ECS::Service", "AWS::AutoScaling::AutoScalingGroup"


class WorkloadIsChecked(rule.OfResources):
    """A task that hangs and a machine that answers nobody are replaced."""

    id = "W9163"
    shortdesc = "Services and groups of instances notice what has stopped answering, and replace it"
    why = "A process that hangs still runs: without a check nobody replaces it."
    remedy = (
        "Give the essential containers of a service a HealthCheck or the service a load balancer, "
        "and a group behind a load balancer HealthCheckType ELB."
    )
    source_url = "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/healthcheck.html"
    pillar = "reliability"
    guidelines = ("GDL-074", "GDL-118")
    public = ("AutoScaling.1", "CKV_AWS_153")
    types = (SERVICE, GROUP)
    passes = """
    Resources:
      Service: {Type: AWS::ECS::Service, Properties: {TaskDefinition: !Ref Task}}
      Task:
        Type: AWS::ECS::TaskDefinition
        Properties: {ContainerDefinitions: [{Name: main, HealthCheck: {Command: [CMD, 'true']}}]}
    """
    fails = """
    Resources:
      Service: {Type: AWS::ECS::Service, Properties: {TaskDefinition: !Ref Task}}
      Task: {Type: AWS::ECS::TaskDefinition, Properties: {ContainerDefinitions: [{Name: main}]}}
      Group: {Type: AWS::AutoScaling::AutoScalingGroup, Properties: {TargetGroupARNs: [arn]}}
    """

    def look(self, resource: Resource, view: View) -> Iterator[rule.Found]:
        """A service whose tasks nobody asks, a group that asks less than its load balancer."""
        if resource.type == GROUP:
            yield from _group(resource)
            return
        task = view.resource_of(resource.properties.get("TaskDefinition"))
        if task is None or any(True for _ in resource.each("LoadBalancers")):
            return
        containers = [each.value for each in task.each("ContainerDefinitions") if isinstance(each.value, dict)]
        essential = [each for each in containers if str(each.get("Essential", True)).lower() == "true"]
        if essential and not any("HealthCheck" in each for each in essential):
            yield rule.Found(task.path, f"{task.title} has no HealthCheck: {resource.title} keeps tasks that hang")


def _group(group: Resource) -> Iterator[rule.Found]:
    balanced = any(True for name in ("TargetGroupARNs", "LoadBalancerNames") for _ in group.each(name))
    for said in group.said("HealthCheckType", default="EC2") if balanced else ():
        if isinstance(said.value, str) and not values.texts(said.value).upper().count("ELB"):
            yield rule.Found(said.path, f"{group.title} keeps instances that answer nobody: HealthCheckType is not ELB")
