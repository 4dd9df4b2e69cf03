"""The daily backup of dev, which has no point-in-time recovery."""

from __future__ import annotations

from typing import Any

from awacs import dynamodb as dynamodb_actions
from awacs.aws import SourceAccount, StringEquals
from troposphere import Ref, Sub, backup, dynamodb, iam

from stackgen import allow, trust
from stackgen.iam import inline

from .system import BoundedRoles, EnvironmentStack

EVERY_NIGHT = "cron(0 4 * * ? *)"
DAYS_KEPT = 7


class Backup(EnvironmentStack, BoundedRoles):
    """A vault, a plan, and the role that backs up the table."""

    def add_backup(self, table: dynamodb.Table) -> None:
        """Once a day, kept for a week. The vault goes with its stack when it is empty, a week after the last backup."""
        only: dict[str, Any] = {"Condition": self.IsDevelopment}
        vault = self.add(
            backup.BackupVault("BackupVault", BackupVaultName=self.named("backups"), **only),
        )
        daily = backup.BackupRuleResourceType(
            RuleName="daily",
            TargetBackupVault=vault.ref(),
            ScheduleExpression=EVERY_NIGHT,
            Lifecycle=backup.LifecycleResourceType(DeleteAfterDays=DAYS_KEPT),
        )
        plan = self.add(
            backup.BackupPlan(
                "BackupPlan",
                BackupPlan=backup.BackupPlanResourceType(BackupPlanName=self.named("daily"), BackupPlanRule=[daily]),
                **only,
            )
        )
        role = self.add(
            iam.Role(
                "BackupRole",
                AssumeRolePolicyDocument=trust(
                    "backup.amazonaws.com", when=[StringEquals({SourceAccount: Ref("AWS::AccountId")})]
                ),
                PermissionsBoundary=self.boundary(),
                Policies=[
                    inline(
                        "table",
                        allow(
                            dynamodb_actions.CreateBackup,
                            dynamodb_actions.DescribeTable,
                            dynamodb_actions.ListTagsOfResource,
                            on=[table.get_att("Arn")],
                        ),
                        allow(
                            dynamodb_actions.DeleteBackup,
                            dynamodb_actions.DescribeBackup,
                            on=[Sub("${DynamoDBTable.Arn}/backup/*")],
                        ),
                    )
                ],
                **only,
            )
        )
        self.add(
            backup.BackupSelection(
                "BackupSelection",
                BackupPlanId=plan.ref(),
                BackupSelection=backup.BackupSelectionResourceType(
                    SelectionName="table", IamRoleArn=role.get_att("Arn"), Resources=[table.get_att("Arn")]
                ),
                **only,
            )
        )
