"""W9150."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stackgen import profiles
from stackgen.lint.kit import checks, rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from stackgen.lint.kit.view import Resource, View

SWITCHES = {
    "AWS::RDS::DBInstance": ("MultiAZ",),
    "AWS::ElastiCache::ReplicationGroup": ("MultiAZEnabled",),
    "AWS::OpenSearchService::Domain": ("ClusterConfig", "ZoneAwarenessEnabled"),
    "AWS::DMS::ReplicationInstance": ("MultiAZ",),
}
PLACES = {
    "AWS::AutoScaling::AutoScalingGroup": ("VPCZoneIdentifier",),
    "AWS::ECS::Service": ("NetworkConfiguration", "AwsvpcConfiguration", "Subnets"),
    "AWS::RDS::DBSubnetGroup": ("SubnetIds",),
}
"""Where a type has its subnets."""


class ProductionSpansZones(rule.OfResources):
    """Databases, caches and what runs all the time; where it depends on a condition, somebody chose."""

    id = "W9150"
    shortdesc = "What production needs runs in two zones"
    why = "A zone that fails takes everything with it that runs there alone."
    remedy = "Set MultiAZ, or what the type calls it, and give subnets of two zones."
    source_url = "https://docs.aws.amazon.com/wellarchitected/latest/reliability-pillar/rel_fault_isolation_multiaz_region_system.html"
    pillar = "reliability"
    guidelines = ("GDL-070",)
    public = ("RDS.5", "ElastiCache.3", "AutoScaling.2", "CKV_AWS_157")
    profiles = frozenset({profiles.PRODUCTION})
    types = (*SWITCHES, *PLACES)
    passes = """
    Resources:
      Instance: {Type: AWS::RDS::DBInstance, Properties: {MultiAZ: true}}
      Group: {Type: AWS::AutoScaling::AutoScalingGroup, Properties: {VPCZoneIdentifier: [a, b]}}
    """
    fails = """
    Resources:
      Instance: {Type: AWS::RDS::DBInstance, Properties: {MultiAZ: false}}
    """

    def look(self, resource: Resource, view: View) -> Iterator[rule.Found]:  # noqa: ARG002
        """The switch or the subnets."""
        if resource.type in SWITCHES:
            if not checks.is_of_a_cluster(resource):
                for found in checks.never_fit(resource, *SWITCHES[resource.type]):
                    yield rule.Found(found.path, f"{resource.title} runs in one zone only")
            return
        lists = list(resource.values(*PLACES[resource.type]))
        if lists and all(isinstance(each.value, list) and len(each.value) == 1 for each in lists):
            yield rule.Found(lists[0].path, f"{resource.title} has one subnet, and so one zone only")
