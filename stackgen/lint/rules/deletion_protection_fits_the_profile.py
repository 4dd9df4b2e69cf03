"""W9128."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stackgen import profiles
from stackgen.lint.kit import checks, rule, values

if TYPE_CHECKING:
    from collections.abc import Iterator

    from stackgen.lint.kit.view import Resource, View

BALANCER = "AWS::ElasticLoadBalancingV2::LoadBalancer"
PROPERTIES = {
    "AWS::RDS::DBCluster": ("DeletionProtection",),
    "AWS::RDS::DBInstance": ("DeletionProtection",),
    "AWS::RDS::GlobalCluster": ("DeletionProtection",),
    "AWS::DocDB::DBCluster": ("DeletionProtection",),
    "AWS::Neptune::DBCluster": ("DeletionProtection",),
    "AWS::DynamoDB::Table": ("DeletionProtectionEnabled",),
    "AWS::DynamoDB::GlobalTable": ("Replicas", "DeletionProtectionEnabled"),
    "AWS::Cognito::UserPool": ("DeletionProtection",),
}


class DeletionProtectionFitsTheProfile(rule.OfResources):
    """On in production, off where the stack is meant to go; where it depends on a condition, somebody chose."""

    id = "W9128"
    shortdesc = "Deletion protection is on in production and off where the stack is meant to go"
    why = "Without it one command deletes production; with it a stack that is meant to go stays, and costs."
    remedy = "Set the property by the profile, or by a parameter."
    source_url = "https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_DeleteInstance.html"
    pillar = "reliability"
    guidelines = ("GDL-071", "TAP")
    public = ("RDS.7", "RDS.8", "DynamoDB.6", "ELB.6")
    profiles = frozenset({profiles.PRODUCTION, profiles.DESTROYABLE, profiles.EPHEMERAL})
    types = (*PROPERTIES, BALANCER)
    passes = """
    Parameters: {Protect: {Type: String}}
    Resources:
      Table: {Type: AWS::DynamoDB::Table, Properties: {DeletionProtectionEnabled: !Ref Protect}}
    """
    fails = """
    Resources:
      Protected: {Type: AWS::DynamoDB::Table, Properties: {DeletionProtectionEnabled: true}}
      Unprotected: {Type: AWS::DynamoDB::Table}
    """

    def look(self, resource: Resource, view: View) -> Iterator[rule.Found]:
        """What its type calls it; an instance of a cluster has none of its own."""
        wanted = view.profile is profiles.PRODUCTION
        if resource.type == BALANCER:
            yield from _of_balancer(resource, view, wanted=wanted)
        elif not checks.is_of_a_cluster(resource):
            fits = _is_protected if wanted else _is_unprotected
            for found in checks.never_fit(resource, *PROPERTIES[resource.type], fits=fits, absent=not wanted):
                yield _told(resource, found.path, view, wanted=wanted)


def _of_balancer(resource: Resource, view: View, *, wanted: bool) -> Iterator[rule.Found]:
    said = False
    for found in resource.each("LoadBalancerAttributes"):
        entry = found.value if isinstance(found.value, dict) else {}
        if entry.get("Key") == "deletion_protection.enabled":
            said = True
            known = [each for each in view.literals(entry.get("Value")) if each is not values.UNKNOWN]
            if any(values.is_on(each) is not wanted for each in known):
                yield _told(resource, found.path, view, wanted=wanted)
    if wanted and not said:
        yield _told(resource, resource.path, view, wanted=wanted)


def _told(resource: Resource, path: values.Path, view: View, *, wanted: bool) -> rule.Found:
    word = "is not protected from" if wanted else "is protected from"
    return rule.Found(path, f"{resource.title} {word} deletion, but the stack's profile is {view.profile}")


def _is_protected(value: object) -> bool:
    return values.is_on(value) or value == "ACTIVE"


def _is_unprotected(value: object) -> bool:
    return not _is_protected(value)
