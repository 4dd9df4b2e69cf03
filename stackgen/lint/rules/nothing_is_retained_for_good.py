"""E9103."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stackgen import profiles
from stackgen.lint.kit import rule, values

if TYPE_CHECKING:
    from collections.abc import Iterator

    from stackgen.lint.kit.view import Resource, View

POLICIES = ("DeletionPolicy", "UpdateReplacePolicy")
MAY_LEAVE_A_SNAPSHOT = frozenset({
    "AWS::RDS::DBCluster", "AWS::RDS::DBInstance", "AWS::DocDB::DBCluster", "AWS::Neptune::DBCluster",
})  # fmt: skip


class NothingIsRetainedForGood(rule.Rule):
    """Not where the stack is meant to go without residue; and a snapshot is never asked of what cannot give one."""

    id = "E9103"
    shortdesc = "What goes with its stack retains nothing, and only databases leave a snapshot"
    why = "What is retained costs money and holds its name, so that the environment cannot be made again."
    remedy = "Set DeletionPolicy and UpdateReplacePolicy to Delete, or to Snapshot for a database."
    source_url = (
        "https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-attribute-deletionpolicy.html"
    )
    pillar = "operational excellence"
    guidelines = ("TAP", "G-07", "GDL-093")
    passes = """
    Metadata: {stackgen: {profile: destroyable}}
    Resources:
      Bucket: {Type: AWS::S3::Bucket, DeletionPolicy: Delete, UpdateReplacePolicy: Delete}
      Cluster: {Type: AWS::RDS::DBCluster, DeletionPolicy: Snapshot, UpdateReplacePolicy: Snapshot}
    """
    fails = """
    Metadata: {stackgen: {profile: destroyable}}
    Resources:
      Bucket: {Type: AWS::S3::Bucket, DeletionPolicy: Retain, UpdateReplacePolicy: Delete}
    """

    def find(self, view: View) -> Iterator[rule.Found]:
        """Each policy, of every type."""
        goes = view.profile in (profiles.DESTROYABLE, profiles.EPHEMERAL)
        for resource in view.resources.values():
            for name in POLICIES:
                if name in resource.content:
                    yield from _told(resource, name, view, goes=goes)


def _told(resource: Resource, name: str, view: View, *, goes: bool) -> Iterator[rule.Found]:
    for found in resource.attribute(name):
        for said in view.literals(found.value):
            if goes and said in ("Retain", "RetainExceptOnCreate"):
                yield rule.Found(
                    found.path, f"{resource.title} has {name} {said}, but the stack's profile is {view.profile}"
                )
            elif said == "Snapshot" and _is_member(resource, view):
                yield rule.Found(
                    found.path, f"{resource.title} is in a cluster, which has the data: it gives no snapshot"
                )
            elif goes and said == "Snapshot" and resource.type not in MAY_LEAVE_A_SNAPSHOT:
                yield rule.Found(
                    found.path, f"{resource.title} leaves a snapshot, but the stack's profile is {view.profile}"
                )


def _is_member(resource: Resource, view: View) -> bool:
    """Whether it is an instance of Aurora: in every scenario, so that there is no doubt."""
    return resource.type == "AWS::RDS::DBInstance" and all(
        each.value is not values.ABSENT and view.literals(each.value) != [""]
        for each in resource.values("DBClusterIdentifier")
    )
