"""The four tables. Records outlive a mistake with the stack: only locks may go with it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from troposphere import Retain, RetainExceptOnCreate, Sub, dynamodb

from stackgen import Exemption

from .base import PROJECT
from .parameters import TableParameters

if TYPE_CHECKING:
    from collections.abc import Mapping

_WHY = Exemption("locks are of a running deployment only", owner="platform", expires="2027-11-30")
PASSING = {"W9128": _WHY, "W9157": _WHY}
TABLES = ("locks", "targets", "deployments", "builds")


class WithTables(TableParameters):
    """Tables on demand, encrypted, with recovery to any point of the last 35 days."""

    def tables(self) -> dict[str, dynamodb.Table]:
        """Locks have no sort key and expire; builds tell of their changes."""
        return {
            "locks": self.table("Locks", "locks", PASSING, sorts=False, TimeToLiveSpecification=expiring("ttl")),
            "targets": self.kept("Targets", "targets"),
            "deployments": self.kept("Deployments", "deployments"),
            "builds": self.kept(
                "Builds",
                "builds",
                StreamSpecification=dynamodb.StreamSpecification(StreamViewType="NEW_AND_OLD_IMAGES"),
            ),
        }

    def kept(self, title: str, name: str, **properties: Any) -> dynamodb.Table:
        """A table whose deletion is refused, and which stays when the stack goes."""
        return self.table(
            title,
            name,
            DeletionPolicy=RetainExceptOnCreate,
            UpdateReplacePolicy=Retain,
            DeletionProtectionEnabled=True,
            **properties,
        )

    def table(
        self,
        title: str,
        name: str,
        suppress: Mapping[str, Exemption] | None = None,
        /,
        *,
        sorts: bool = True,
        **properties: Any,
    ) -> dynamodb.Table:
        """One table; ``DeletionProtectionEnabled`` is written out also where it is off."""
        keys = {"PK": "HASH", "SK": "RANGE"} if sorts else {"PK": "HASH"}
        return self.add(
            dynamodb.Table(
                f"{title}Table",
                TableName=Sub(f"${{Env}}-{PROJECT}${{TableNameSeparator}}{name}"),
                BillingMode="PAY_PER_REQUEST",
                AttributeDefinitions=[
                    dynamodb.AttributeDefinition(AttributeName=key, AttributeType="S") for key in keys
                ],
                KeySchema=[dynamodb.KeySchema(AttributeName=key, KeyType=kind) for key, kind in keys.items()],
                PointInTimeRecoverySpecification=dynamodb.PointInTimeRecoverySpecification(
                    PointInTimeRecoveryEnabled=True
                ),
                SSESpecification=dynamodb.SSESpecification(SSEEnabled=True, SSEType="KMS"),
                **{"DeletionProtectionEnabled": False, **properties},
            ),
            suppress=suppress,
        )


def expiring(attribute: str) -> dynamodb.TimeToLiveSpecification:
    """Items go some time after the moment in ``attribute``, which is in seconds since the epoch."""
    return dynamodb.TimeToLiveSpecification(AttributeName=attribute, Enabled=True)
