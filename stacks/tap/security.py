"""The key of an environment, made beside the network because KMS needs two minutes."""

from __future__ import annotations

from awacs import kms
from awacs.aws import Action, ArnLike, AWSPrincipal, Bool, Principal, StringEquals
from troposphere import Ref, Sub
from troposphere import kms as keys

from stackgen import Output, allow
from stackgen.iam import document

from .system import TapSystemStack

ACCOUNT = Sub("arn:${AWS::Partition}:iam::${AWS::AccountId}:root")
WHOLE_KEY = ["*"]
"""In a key policy the resource is the key itself."""

USE = (
    kms.Decrypt,
    kms.DescribeKey,
    kms.Encrypt,
    kms.GenerateDataKey,
    kms.GenerateDataKeyWithoutPlaintext,
    kms.ReEncryptFrom,
    kms.ReEncryptTo,
)

LONGEST_WAIT = 30
"""Days until a deleted key is gone, the most that KMS takes: without it no snapshot and no backup can be read."""


class SecurityStack(TapSystemStack):
    """TapStack key: one customer-managed KMS key with rotation for database, functions and logs of an environment."""

    file = "security-stack"
    export_name = "tap-security-{name}-${EnvironmentSuffix}"

    KeyArn = Output(export=True, description="ARN of the key")
    KeyId = Output(export=True, description="ID of the key")

    def build(self) -> None:
        """The key; its alias is made by the root, so that nothing waits for it."""
        key = self.add(
            keys.Key(
                "Key",
                Description=Sub("Database, functions and logs of TapStack ${EnvironmentSuffix}"),
                Enabled=True,
                EnableKeyRotation=True,
                KeySpec="SYMMETRIC_DEFAULT",
                KeyUsage="ENCRYPT_DECRYPT",
                MultiRegion=False,
                PendingWindowInDays=LONGEST_WAIT,
                KeyPolicy=document(
                    allow(Action("kms", "*"), on=WHOLE_KEY, to=AWSPrincipal(ACCOUNT), sid="AccountDecidesByIam"),
                    allow(
                        *USE,
                        on=WHOLE_KEY,
                        to=AWSPrincipal("*"),
                        when=[StringEquals(through_services())],
                        sid="ServicesOnBehalfOfThisAccount",
                    ),
                    allow(
                        kms.CreateGrant,
                        on=WHOLE_KEY,
                        to=AWSPrincipal("*"),
                        when=[StringEquals(through_services()), Bool({"kms:GrantIsForAWSResource": "true"})],
                        sid="GrantsForResourcesOfThisAccount",
                    ),
                    allow(
                        *USE,
                        on=WHOLE_KEY,
                        to=Principal("Service", Sub("logs.${AWS::Region}.${AWS::URLSuffix}")),
                        when=[
                            ArnLike(
                                {
                                    "kms:EncryptionContext:aws:logs:arn": Sub(
                                        "arn:${AWS::Partition}:logs:${AWS::Region}:${AWS::AccountId}:log-group:*"
                                    )
                                }
                            )
                        ],
                        sid="LogGroupsOfThisAccount",
                    ),
                ),
            )
        )
        self.KeyArn = key.get_att("Arn")
        self.KeyId = key.ref()


def through_services() -> dict[str, object]:
    """This account, and only by way of the services that keep something under the key."""
    services = [Sub(f"{service}.${{AWS::Region}}.${{AWS::URLSuffix}}") for service in ("lambda", "rds")]
    return {"kms:CallerAccount": Ref("AWS::AccountId"), "kms:ViaService": services}
