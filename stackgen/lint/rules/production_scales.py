"""W9164."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stackgen import profiles
from stackgen.lint.kit import rule, values

if TYPE_CHECKING:
    from collections.abc import Iterator

    from stackgen.lint.kit.view import Resource, View

TARGET, POLICY = "AWS::ApplicationAutoScaling::ScalableTarget", "AWS::ApplicationAutoScaling::ScalingPolicy"
SERVICE, GROUP = "AWS::ECS::Service", "AWS::AutoScaling::AutoScalingGroup"


class ProductionScales(rule.OfResources):
    """Services and groups of production follow their load by target tracking."""

    id = "W9164"
    shortdesc = "Services and groups of instances of production follow their load by target tracking"
    why = "A number that is fixed is too small at noon and paid for in vain at night."
    remedy = "Add a ScalableTarget with a TargetTrackingScaling policy; silence it where one task must be alone."
    source_url = (
        "https://docs.aws.amazon.com/autoscaling/application/userguide/application-auto-scaling-target-tracking.html"
    )
    pillar = "performance"
    guidelines = ("GDL-081", "GDL-074")
    profiles = frozenset({profiles.PRODUCTION})
    types = (SERVICE, GROUP)
    passes = """
    Resources:
      Service: {Type: AWS::ECS::Service}
      Target:
        Type: AWS::ApplicationAutoScaling::ScalableTarget
        Properties: {ResourceId: !Sub 'service/cluster/${Service.Name}'}
      Policy:
        Type: AWS::ApplicationAutoScaling::ScalingPolicy
        Properties: {PolicyType: TargetTrackingScaling, ScalingTargetId: !Ref Target}
    """
    fails = """
    Resources:
      Service: {Type: AWS::ECS::Service}
    """

    def look(self, resource: Resource, view: View) -> Iterator[rule.Found]:
        """One that no policy of target tracking is about."""
        names = {resource.title}
        if resource.type == SERVICE:
            if any(each.value == "DAEMON" for each in resource.said("SchedulingStrategy")):
                return
            own = values.texts(resource.properties.get("ServiceName"))
            names |= {
                each.title
                for each in view.of_type(TARGET)
                if resource.title in values.references(each.properties.get("ResourceId"))
                or (own and own in values.texts(each.properties.get("ResourceId")))
            }
        for policy in view.of_type(POLICY, "AWS::AutoScaling::ScalingPolicy"):
            about = set(values.references([policy.properties.get(each) for each in _ABOUT]))
            kinds = {values.texts(each.value) for each in policy.values("PolicyType")}
            if names & about and kinds & {"TargetTrackingScaling", "PredictiveScaling"}:
                return
        yield rule.Found(resource.path, f"{resource.title} does not follow its load: no policy of target tracking")


_ABOUT = ("ScalingTargetId", "ResourceId", "AutoScalingGroupName")
