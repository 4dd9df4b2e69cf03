"""E9169."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stackgen.lint.kit import rule, values

if TYPE_CHECKING:
    from collections.abc import Iterator

    from stackgen.lint.kit.view import Resource, View


class ServiceHasOneLaunchType(rule.OfResources):
    """Either LaunchType or CapacityProviderStrategy: ECS refuses both, and the first overrules a cluster's strategy."""

    id = "E9169"
    shortdesc = "A service has a launch type or a capacity provider strategy, never both"
    why = "ECS refuses a service with both; a launch type alone makes the cluster's own strategy, as Spot, void."
    remedy = "Leave LaunchType away and name FARGATE or FARGATE_SPOT in CapacityProviderStrategy."
    source_url = "https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_CreateService.html"
    pillar = "cost"
    guidelines = ("G-03", "GDL-091")
    types = ("AWS::ECS::Service",)
    passes = """
    Resources:
      Service:
        Type: AWS::ECS::Service
        Properties: {CapacityProviderStrategy: [{CapacityProvider: FARGATE_SPOT, Weight: 1}]}
    """
    fails = """
    Resources:
      Service:
        Type: AWS::ECS::Service
        Properties: {LaunchType: FARGATE, CapacityProviderStrategy: [{CapacityProvider: FARGATE_SPOT, Weight: 1}]}
    """

    def look(self, resource: Resource, view: View) -> Iterator[rule.Found]:
        """Both in one scenario, or a launch type that makes the cluster's strategy void."""
        strategies = [each for each in resource.values("CapacityProviderStrategy") if each.value is not values.ABSENT]
        cluster = view.resource_of(resource.properties.get("Cluster"))
        defaults = [] if cluster is None else [each.value for each in cluster.each("DefaultCapacityProviderStrategy")]
        for found in resource.values("LaunchType"):
            if found.value is values.ABSENT:
                continue
            if any(view.together(found.scenario, each.scenario) for each in strategies):
                yield rule.Found(
                    found.path, f"{resource.title} has LaunchType and CapacityProviderStrategy: ECS refuses it"
                )
            elif any(
                "SPOT" in values.texts(each.get("CapacityProvider")) for each in defaults if isinstance(each, dict)
            ):
                message = f"{resource.title} has LaunchType, which makes the strategy of {_name(cluster)} void"
                yield rule.Found(found.path, message)


def _name(cluster: Resource | None) -> str:
    return cluster.title if cluster is not None else "its cluster"
