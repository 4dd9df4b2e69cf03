"""Selections of AWS Backup: which resources a plan takes, and by which role.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-backup-backupselection.html
"""

from __future__ import annotations

import json

from .emulator import accepted, service
from .resource_type import Properties, Provisioned, ResourceType

_SDK = "Backup"


def _create(logical_id: str, properties: Properties, stack_name: str) -> Provisioned:
    """A selection of a plan; nothing of it can be changed in place."""
    del logical_id, stack_name
    plan = str(properties["BackupPlanId"])
    answer = accepted(
        _SDK, service("backup")._create_selection(plan, {"BackupSelection": properties["BackupSelection"]})
    )
    made = str(json.loads(answer)["SelectionId"])
    return f"{plan}_{made}", {"BackupPlanId": plan, "Id": f"{plan}_{made}", "SelectionId": made}


def _delete(physical_id: str, properties: Properties) -> None:
    """A selection that is gone, with its plan or without, is no error."""
    plan = str(properties["BackupPlanId"])
    service("backup")._delete_selection(plan, physical_id.removeprefix(f"{plan}_"))


TYPES = {"AWS::Backup::BackupSelection": ResourceType(_create, _delete)}
