"""W9151."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stackgen.lint.kit import checks, rule, values

if TYPE_CHECKING:
    from collections.abc import Iterator

    from stackgen.lint.kit.view import Resource, View

PROPERTIES = {
    "AWS::EC2::Volume": ("VolumeType",),
    "AWS::EC2::Instance": ("BlockDeviceMappings", "Ebs", "VolumeType"),
    "AWS::EC2::LaunchTemplate": ("LaunchTemplateData", "BlockDeviceMappings", "Ebs", "VolumeType"),
    "AWS::AutoScaling::LaunchConfiguration": ("BlockDeviceMappings", "Ebs", "VolumeType"),
    "AWS::RDS::DBInstance": ("StorageType",),
    "AWS::OpenSearchService::Domain": ("EBSOptions", "VolumeType"),
}


class VolumesAreCurrent(rule.OfResources):
    """Of instances, launch templates and databases too."""

    id = "W9151"
    shortdesc = "A volume is gp3, or io2 where it must be fast"
    why = "gp2 costs a quarter more than gp3 and is slower; io1 costs what io2 does and fails more often."
    remedy = "Write gp3 for gp2, and io2 for io1."
    source_url = "https://docs.aws.amazon.com/ebs/latest/userguide/general-purpose.html"
    pillar = "cost"
    guidelines = ("GDL-082",)
    types = tuple(PROPERTIES)
    passes = """
    Resources:
      Volume: {Type: AWS::EC2::Volume, Properties: {VolumeType: gp3}}
      Instance: {Type: AWS::RDS::DBInstance, Properties: {StorageType: io2}}
    """
    fails = """
    Resources:
      Volume: {Type: AWS::EC2::Volume, Properties: {VolumeType: gp2}}
    """

    def look(self, resource: Resource, view: View) -> Iterator[rule.Found]:  # noqa: ARG002
        """The kind; AWS::EC2::Volume's is gp2 if nothing is said."""
        is_volume = resource.type == "AWS::EC2::Volume"
        current = checks.none_of("gp2", "io1", "standard")
        for found in checks.unfit(resource, *PROPERTIES[resource.type], fits=current, absent=not is_volume):
            said = "gp2, as nothing is said" if found.value is values.ABSENT else found.value
            yield rule.Found(found.path, f"{resource.title} has a volume of the kind {said}")
