"""Both regions at once, by a StackSet, which must not be part of what it deploys."""

from __future__ import annotations

from typing import Any

from troposphere import And, AWSHelperFn, Equals, If, Join, Not, Ref, Split, Sub, cloudformation

from stackgen import Condition, Output, Parameter
from stackgen.parameter_types import COMMA_DELIMITED_LIST, StringList

from .parameters import ARN_OR_NOTHING, BUCKET_OR_NOTHING, CIDR_16_TO_20
from .root_parameters import RootParameters, RootSettings
from .stackset_roles import BOUNDARY
from .system import REGIONS
from .tap import TapStack

MOST_AT_ONCE = 1
"""Accounts at once in each region; regions themselves run side by side."""


class StackSetStack(RootSettings):
    """TapStack StackSet: the whole platform in both regions, in this account or a list, with one set of parameters."""

    file = "stackset"

    TargetAccounts: Parameter[StringList] = Parameter(
        COMMA_DELIMITED_LIST,
        default="",
        pattern=r"^([0-9]{12})?$",
        description="Accounts to deploy to; empty for this account alone",
        constraint_description="account IDs of 12 digits, joined by commas, or nothing",
        label="Target accounts",
    )
    SecondVpcCidr: Parameter = Parameter(
        default="",
        pattern=f"^$|{CIDR_16_TO_20}",
        description=f"Range of the VPC in {REGIONS[1]}, so that the two can be peered; empty for the same as VpcCidr",
        constraint_description="a private IPv4 range with a prefix of /16 to /20, or nothing",
        label="VPC range in the second region",
    )

    SecondAlarmTopicArn: Parameter = Parameter(
        default="",
        pattern=ARN_OR_NOTHING,
        description=f"SNS topic of the alarms in {REGIONS[1]}: an alarm notifies topics of its own region only",
        constraint_description="the ARN of an SNS topic in that region, or nothing",
        label="Alarm topic in the second region",
    )
    SecondAccessLogBucketName: Parameter = Parameter(
        default="",
        pattern=BUCKET_OR_NOTHING,
        description=f"Bucket for the access log in {REGIONS[1]}: S3 logs to buckets of the same region only",
        constraint_description="the name of a bucket in that region, or nothing",
        label="Access log bucket in the second region",
    )

    HasTargetAccounts = Condition(Not(Equals(Join("", TargetAccounts), "")))
    HasSecondVpcCidr = Condition(Not(Equals(SecondVpcCidr, "")))
    SecondRegionDiffers = Condition(
        Not(
            And(
                Equals(SecondVpcCidr, ""),
                Equals(SecondAlarmTopicArn, RootSettings.AlarmTopicArn),
                Equals(SecondAccessLogBucketName, RootSettings.AccessLogBucketName),
            )
        )
    )

    StackSetId = Output(description="ID of the StackSet")

    def build(self) -> None:
        """One StackSet: SELF_MANAGED, because service-managed ones take no nested stacks."""
        stack_set = self.add(
            cloudformation.StackSet(
                "TapStackSet",
                StackSetName=self.named("tap"),
                Description=Sub("TapStack ${EnvironmentSuffix} in its regions"),
                PermissionModel="SELF_MANAGED",
                AdministrationRoleARN=Sub(
                    "arn:${AWS::Partition}:iam::${AWS::AccountId}:role/tap-stackset-administration-${EnvironmentSuffix}"
                ),
                ExecutionRoleName=Sub("tap-stackset-execution-${EnvironmentSuffix}"),
                TemplateURL=self.template_url(TapStack),
                Capabilities=["CAPABILITY_NAMED_IAM"],
                Parameters=[
                    cloudformation.Parameter(ParameterKey=name, ParameterValue=self.handed(name))
                    for name in sorted(RootParameters.parameters())
                ],
                OperationPreferences=cloudformation.OperationPreferences(
                    RegionConcurrencyType="PARALLEL",
                    RegionOrder=list(REGIONS),
                    FailureToleranceCount=0,
                    MaxConcurrentCount=MOST_AT_ONCE,
                    ConcurrencyMode="STRICT_FAILURE_TOLERANCE",
                ),
                ManagedExecution=cloudformation.ManagedExecution(Active=True),
                StackInstancesGroup=If(
                    self.SecondRegionDiffers,
                    [
                        self.instances(REGIONS[:1]),
                        self.instances(
                            REGIONS[1:],
                            AccessLogBucketName=self.SecondAccessLogBucketName,
                            AlarmTopicArn=self.SecondAlarmTopicArn,
                            VpcCidr=If(self.HasSecondVpcCidr, self.SecondVpcCidr, self.VpcCidr),
                        ),
                    ],
                    [self.instances(REGIONS)],
                ),
            )
        )
        self.StackSetId = stack_set.ref()

    def handed(self, name: str) -> AWSHelperFn:
        """A parameter of the root: what the set was given, and the boundary, within which alone it may make roles."""
        return Ref(name) if name in self.parameters() else Sub(f"{BOUNDARY}-${{EnvironmentSuffix}}")

    def instances(self, regions: tuple[str, ...], **overrides: object) -> cloudformation.StackInstances:
        """The accounts in some regions; ``overrides`` are parameters that differ there."""
        overriding: dict[str, Any] = {
            "ParameterOverrides": [
                cloudformation.Parameter(ParameterKey=name, ParameterValue=value) for name, value in overrides.items()
            ]
        }
        return cloudformation.StackInstances(
            DeploymentTargets=cloudformation.DeploymentTargets(
                # without the Sub a checker that does not weigh conditions takes the empty default for an account
                Accounts=Split(
                    ",",
                    Sub(
                        "${Accounts}",
                        Accounts=If(self.HasTargetAccounts, Join(",", self.TargetAccounts), Ref("AWS::AccountId")),
                    ),
                )
            ),
            Regions=list(regions),
            **(overriding if overrides else {}),
        )
