"""E9152."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stackgen.lint.kit import checks, rule, values

if TYPE_CHECKING:
    from collections.abc import Iterator

    from stackgen.lint.kit.view import Resource, View

PROPERTIES = {
    "AWS::EC2::Volume": (),
    "AWS::EC2::Instance": ("BlockDeviceMappings", "Ebs"),
    "AWS::EC2::LaunchTemplate": ("LaunchTemplateData", "BlockDeviceMappings", "Ebs"),
    "AWS::AutoScaling::LaunchConfiguration": ("BlockDeviceMappings", "Ebs"),
}


class VolumesAreEncrypted(rule.OfResources):
    """A volume from a snapshot is as encrypted as that is."""

    id = "E9152"
    shortdesc = "A volume is encrypted"
    why = "Whoever gets the volume or a snapshot of it reads the data, and it cannot be encrypted afterwards."
    remedy = "Set Encrypted to true."
    source_url = "https://docs.aws.amazon.com/ebs/latest/userguide/ebs-encryption.html"
    pillar = "security"
    guidelines = ("GDL-020",)
    public = ("EC2.3", "CKV_AWS_3", "CKV_AWS_8")
    types = tuple(PROPERTIES)
    passes = """
    Resources:
      Volume: {Type: AWS::EC2::Volume, Properties: {Encrypted: true}}
      Copy: {Type: AWS::EC2::Volume, Properties: {SnapshotId: snap-1}}
    """
    fails = """
    Resources:
      Volume: {Type: AWS::EC2::Volume, Properties: {Size: 8}}
    """

    def look(self, resource: Resource, view: View) -> Iterator[rule.Found]:  # noqa: ARG002
        """Each volume that begins empty."""
        names = PROPERTIES[resource.type]
        is_copy = any(each.value is not values.ABSENT for each in resource.values(*names, "SnapshotId"))
        if is_copy or (names and all(each.value is values.ABSENT for each in resource.values(*names))):
            return
        for found in checks.unfit(resource, *names, "Encrypted"):
            yield rule.Found(found.path, f"{resource.title} has a volume that is not encrypted")
