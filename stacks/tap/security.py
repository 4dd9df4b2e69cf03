"""The key of an environment, made beside the network because KMS needs two minutes."""

from __future__ import annotations

from awacs import kms
from awacs.aws import Action, ArnLike, AWSPrincipal, Principal, StringEquals
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


class SecurityStack(TapSystemStack):
    """TapStack key: one customer-managed KMS key with rotation for the database, tables and logs of an environment."""

    file = "security-stack"
    export_name = "tap-security-${EnvironmentSuffix}-{name}"

    KeyArn = Output(export=True, description="ARN of the key")
    KeyId = Output(export=True, description="ID of the key")

    def build(self) -> None:
        """The key, and its alias for people."""
        key = self.add(
            keys.Key(
                "Key",
                Description=Sub("Database, tables and logs of TapStack ${EnvironmentSuffix}"),
                Enabled=True,
                EnableKeyRotation=True,
                KeySpec="SYMMETRIC_DEFAULT",
                KeyUsage="ENCRYPT_DECRYPT",
                MultiRegion=False,
                PendingWindowInDays=7,
                KeyPolicy=document(
                    allow(Action("kms", "*"), on=WHOLE_KEY, to=AWSPrincipal(ACCOUNT), sid="AccountDecidesByIam"),
                    allow(
                        *USE,
                        kms.CreateGrant,
                        on=WHOLE_KEY,
                        to=AWSPrincipal("*"),
                        when=[
                            StringEquals(
                                {
                                    "kms:CallerAccount": Ref("AWS::AccountId"),
                                    "kms:ViaService": [
                                        Sub(f"{service}.${{AWS::Region}}.${{AWS::URLSuffix}}")
                                        for service in ("dynamodb", "rds", "ssm")
                                    ],
                                }
                            )
                        ],
                        sid="ServicesOnBehalfOfThisAccount",
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
        self.add(keys.Alias("KeyAlias", AliasName=Sub("alias/tap-${EnvironmentSuffix}"), TargetKeyId=key.ref()))
        self.KeyArn = key.get_att("Arn")
        self.KeyId = key.ref()
