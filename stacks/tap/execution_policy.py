"""What CloudFormation may do in a target account when it acts for TapStack's StackSet, service by service.

From what the providers of the resource types declare for their handlers, by the schemas of cfn-lint 1.58 (2026-10-20):
all of read, and of create, update and delete as far as the templates set the properties that need it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from awacs import awslambda, cloudformation, cloudwatch, dynamodb, ec2, ecr, kms, logs, rds, s3, ssm
from awacs import iam as iam_actions
from awacs.aws import StringEquals, StringEqualsIfExists
from troposphere import Ref, Sub

from stackgen import allow

from .system import REGIONS

if TYPE_CHECKING:
    from awacs.aws import Statement


UUID = "-".join("?" * length for length in (8, 4, 4, 4, 12))
"""What a StackSet puts behind its name; without it the environment ``dev`` would reach the stacks of ``dev-2``."""


def at(service: str, resource: str) -> Sub:
    """An ARN in this account and any of its regions, for the role serves both."""
    return Sub(f"arn:${{AWS::Partition}}:{service}:*:${{AWS::AccountId}}:{resource}")


def stacks() -> list[Statement]:
    """The stacks of the set, and the templates that they are made from."""
    return [
        allow(
            cloudformation.CreateChangeSet, cloudformation.CreateStack, cloudformation.DeleteChangeSet,
            cloudformation.DeleteStack, cloudformation.DescribeChangeSet, cloudformation.DescribeStackEvents,
            cloudformation.DescribeStackResource, cloudformation.DescribeStackResources,
            cloudformation.DescribeStacks,
            cloudformation.ExecuteChangeSet, cloudformation.GetStackPolicy, cloudformation.GetTemplate,
            cloudformation.GetTemplateSummary,
            cloudformation.ListStackResources, cloudformation.TagResource, cloudformation.UntagResource,
            cloudformation.UpdateStack,
            on=[at("cloudformation", f"stack/StackSet-tap-${{EnvironmentSuffix}}-{UUID}*/*")],
        ),
        allow(
            s3.GetObject,
            on=[Sub("arn:${AWS::Partition}:s3:::cfn-templates-${EnvironmentSuffix}-*/*")],
        ),
    ]  # fmt: skip


def data() -> list[Statement]:
    """Tables, buckets, cluster, key and parameters."""
    buckets = "arn:${AWS::Partition}:s3:::audit-logs-${EnvironmentSuffix}-${AWS::AccountId}-*"
    return [
        allow(
            dynamodb.CreateTable, dynamodb.DeleteTable, dynamodb.DescribeContinuousBackups, dynamodb.DescribeTable,
            dynamodb.DescribeTimeToLive, dynamodb.ListTagsOfResource, dynamodb.TagResource, dynamodb.UntagResource,
            dynamodb.UpdateContinuousBackups, dynamodb.UpdateTable, dynamodb.UpdateTimeToLive,
            dynamodb.DescribeContributorInsights, dynamodb.GetResourcePolicy,
            dynamodb.DescribeKinesisStreamingDestination,
            on=[at("dynamodb", f"table/{name}-${{EnvironmentSuffix}}*") for name in ("sessions", "transactions")],
        ),
        allow(
            s3.CreateBucket, s3.DeleteBucket, s3.DeleteBucketPolicy,
            s3.GetAccelerateConfiguration, s3.GetAnalyticsConfiguration, s3.GetBucketAbac, s3.GetBucketCORS,
            s3.GetBucketLogging, s3.GetBucketMetadataTableConfiguration, s3.GetBucketNotification,
            s3.GetBucketObjectLockConfiguration, s3.GetBucketOwnershipControls, s3.GetBucketPolicy,
            s3.GetBucketPublicAccessBlock, s3.GetBucketTagging, s3.GetBucketVersioning, s3.GetBucketWebsite,
            s3.GetEncryptionConfiguration, s3.GetIntelligentTieringConfiguration, s3.GetInventoryConfiguration,
            s3.GetMetricsConfiguration, s3.GetReplicationConfiguration, s3.ListTagsForResource,
            s3.GetLifecycleConfiguration, s3.ListBucket, s3.PutBucketLogging,
            s3.PutBucketOwnershipControls, s3.PutBucketPolicy, s3.PutBucketPublicAccessBlock, s3.PutBucketTagging,
            s3.PutBucketVersioning, s3.PutEncryptionConfiguration, s3.PutLifecycleConfiguration,
            s3.TagResource, s3.UntagResource,
            on=[Sub(buckets), Sub(buckets + "/*")],
        ),
        allow(
            rds.AddTagsToResource, rds.CreateDBCluster, rds.CreateDBClusterParameterGroup, rds.CreateDBClusterSnapshot,
            rds.CreateDBInstance, rds.CreateDBSubnetGroup, rds.DeleteDBCluster, rds.DeleteDBClusterParameterGroup,
            rds.DeleteDBInstance, rds.DeleteDBSubnetGroup, rds.ModifyDBCluster, rds.ModifyDBClusterParameterGroup,
            rds.ModifyDBInstance, rds.ModifyDBSubnetGroup, rds.RebootDBInstance, rds.RemoveTagsFromResource,
            rds.ResetDBClusterParameterGroup,
            on=[
                at("rds", "cluster:aurora-cluster-${EnvironmentSuffix}"),
                at("rds", "cluster-pg:db-cluster-parameters-${EnvironmentSuffix}"),
                at("rds", "cluster-snapshot:*"),  # CloudFormation chooses the name of the final snapshot
                at("rds", "db:aurora-*-${EnvironmentSuffix}"),
                at("rds", "og:default*"),
                at("rds", "pg:default*"),
                at("rds", "subgrp:db-subnet-group-${EnvironmentSuffix}"),
            ],
        ),
        allow(
            rds.DescribeDBClusterAutomatedBackups, rds.DescribeDBClusterParameterGroups,
            rds.DescribeDBClusterParameters, rds.DescribeDBClusterSnapshots, rds.DescribeDBClusters,
            rds.DescribeDBEngineVersions, rds.DescribeDBInstanceAutomatedBackups, rds.DescribeDBInstances,
            rds.DescribeDBParameterGroups, rds.DescribeDBSnapshots, rds.DescribeDBSubnetGroups,
            rds.DescribeEngineDefaultClusterParameters, rds.DescribeEvents, rds.DescribeGlobalClusters,
            rds.ListTagsForResource,
            on=["*"],  # reading only; half of these take no resource
        ),
        allow(kms.CreateKey, kms.ListAliases, on=["*"]),  # a key has no ARN before it exists
        allow(
            kms.EnableKeyRotation, kms.TagResource,
            on=[at("kms", "key/*")],  # part of the creation, when the key does not have its tags yet
            when=[StringEqualsIfExists({"aws:RequestTag/EnvironmentSuffix": Ref("EnvironmentSuffix")})],
        ),
        allow(
            kms.CreateAlias, kms.CreateGrant, kms.Decrypt, kms.DeleteAlias, kms.DescribeKey, kms.Encrypt,
            kms.GenerateDataKey, kms.GetKeyPolicy, kms.GetKeyRotationStatus, kms.ListResourceTags, kms.PutKeyPolicy,
            kms.ScheduleKeyDeletion, kms.UntagResource, kms.UpdateAlias, kms.UpdateKeyDescription,
            on=[at("kms", "key/*")],
            when=[StringEquals({"aws:ResourceTag/EnvironmentSuffix": Ref("EnvironmentSuffix")})],
        ),
        allow(
            kms.CreateAlias, kms.DeleteAlias, kms.UpdateAlias,
            on=[at("kms", "alias/tap-${EnvironmentSuffix}")],
        ),
        allow(
            ssm.AddTagsToResource, ssm.DeleteParameter, ssm.GetParameters, ssm.ListTagsForResource, ssm.PutParameter,
            ssm.RemoveTagsFromResource,
            on=[at("ssm", "parameter/tap/${EnvironmentSuffix}/*")],  # the password is read below this path too
        ),
    ]  # fmt: skip


def network() -> list[Statement]:
    """The VPC: most of these actions take no resource before it exists, so regions bound them instead."""
    return [
        allow(
            ec2.AssociateRouteTable, ec2.AuthorizeSecurityGroupEgress, ec2.AuthorizeSecurityGroupIngress,
            ec2.CreateFlowLogs, ec2.CreateRouteTable, ec2.CreateSecurityGroup, ec2.CreateSubnet, ec2.CreateTags,
            ec2.CreateVpc, ec2.CreateVpcEndpoint, ec2.DeleteFlowLogs, ec2.DeleteRouteTable, ec2.DeleteSecurityGroup,
            ec2.DeleteSubnet, ec2.DeleteTags, ec2.DeleteVpc, ec2.DeleteVpcEndpoints, ec2.DescribeAvailabilityZones,
            ec2.DescribeAccountAttributes, ec2.DescribeFlowLogs, ec2.DescribeInstances, ec2.DescribeInternetGateways,
            ec2.DescribeNetworkAcls, ec2.DescribeNetworkInterfaces, ec2.DescribePrefixLists, ec2.DescribeRouteTables,
            ec2.DescribeSecurityGroupRules, ec2.DescribeSecurityGroups, ec2.DescribeSubnets, ec2.DescribeVpcAttribute,
            ec2.DescribeTags, ec2.DescribeVpcEncryptionControls, ec2.DescribeVpcEndpoints, ec2.DescribeVpcs,
            ec2.DisassociateRouteTable, ec2.ModifySubnetAttribute,
            ec2.ModifyVpcAttribute, ec2.ModifyVpcEndpoint, ec2.ReplaceRouteTableAssociation,
            ec2.RevokeSecurityGroupEgress,
            ec2.RevokeSecurityGroupIngress, ec2.UpdateSecurityGroupRuleDescriptionsEgress,
            ec2.UpdateSecurityGroupRuleDescriptionsIngress,
            on=["*"],
            when=[StringEquals({"aws:RequestedRegion": list(REGIONS)})],
        )
    ]  # fmt: skip


def functions(own_roles: Sub, service_linked: Sub, boundary: Ref) -> list[Statement]:
    """Functions, their logs and alarms, and the roles that they are handed."""
    names = ("transaction-validator", "schema-migration")
    return [
        allow(
            awslambda.CreateAlias, awslambda.CreateFunction, awslambda.DeleteAlias, awslambda.DeleteFunction,
            awslambda.DeleteFunctionConcurrency, awslambda.DeleteFunctionEventInvokeConfig, awslambda.GetAlias,
            awslambda.GetFunction, awslambda.GetFunctionCodeSigningConfig, awslambda.GetFunctionConfiguration,
            awslambda.GetFunctionEventInvokeConfig, awslambda.PutFunctionEventInvokeConfig,
            awslambda.UpdateFunctionEventInvokeConfig,
            awslambda.GetFunctionRecursionConfig, awslambda.GetFunctionScalingConfig,
            awslambda.GetProvisionedConcurrencyConfig, awslambda.GetRuntimeManagementConfig, awslambda.InvokeFunction,
            awslambda.ListTags,
            awslambda.ListVersionsByFunction, awslambda.PublishVersion, awslambda.PutFunctionConcurrency,
            awslambda.TagResource, awslambda.UntagResource, awslambda.UpdateAlias, awslambda.UpdateFunctionCode,
            awslambda.UpdateFunctionConfiguration,
            on=[at("lambda", f"function:{name}-${{EnvironmentSuffix}}{part}") for name in names for part in ("", ":*")],
        ),
        allow(
            ecr.BatchGetImage, ecr.GetDownloadUrlForLayer, ecr.GetRepositoryPolicy, ecr.SetRepositoryPolicy,
            on=[Sub(f"arn:${{AWS::Partition}}:ecr:*:*:repository/{name}-${{EnvironmentSuffix}}") for name in names],
        ),
        allow(
            logs.AssociateKmsKey, logs.CreateLogGroup, logs.DeleteLogGroup, logs.DeleteRetentionPolicy,
            logs.DisassociateKmsKey, logs.GetDataProtectionPolicy, logs.ListTagsForResource, logs.PutRetentionPolicy,
            logs.TagResource, logs.UntagResource,
            on=[
                *(
                    at("logs", f"log-group:/aws/lambda/{name}-${{EnvironmentSuffix}}{part}")
                    for name in names
                    for part in ("", ":*")
                ),
                at("logs", "log-group:/aws/rds/cluster/aurora-cluster-${EnvironmentSuffix}/*"),
                at("logs", "log-group:vpc-flow-logs-${EnvironmentSuffix}"),
                at("logs", "log-group:vpc-flow-logs-${EnvironmentSuffix}:*"),
            ],
        ),
        allow(
            logs.CreateLogDelivery, logs.DeleteLogDelivery, logs.DescribeIndexPolicies, logs.DescribeLogGroups,
            logs.DescribeResourcePolicies,
            on=["*"],  # they take no resource
        ),
        allow(
            cloudwatch.DeleteAlarms, cloudwatch.DescribeAlarms, cloudwatch.PutMetricAlarm,
            cloudwatch.ListTagsForResource, cloudwatch.TagResource, cloudwatch.UntagResource,
            on=[at("cloudwatch", f"alarm:{stem}-*-${{EnvironmentSuffix}}") for stem in ("db", "validator")],
        ),
        allow(
            iam_actions.CreateRole, iam_actions.PutRolePolicy,
            on=[own_roles],
            when=[StringEquals({"iam:PermissionsBoundary": boundary})],  # or it could make a role that may do anything
        ),
        allow(
            iam_actions.DeleteRole, iam_actions.DeleteRolePolicy, iam_actions.GetRole, iam_actions.GetRolePolicy,
            iam_actions.ListAttachedRolePolicies, iam_actions.ListRolePolicies, iam_actions.TagRole,
            iam_actions.UntagRole, iam_actions.UpdateAssumeRolePolicy, iam_actions.UpdateRole,
            on=[own_roles],
        ),
        allow(
            iam_actions.PassRole,
            on=[own_roles],
            when=[
                StringEquals({"iam:PassedToService": ["lambda.amazonaws.com", "vpc-flow-logs.amazonaws.com"]})
            ],
        ),
        allow(
            iam_actions.CreateServiceLinkedRole,
            on=[service_linked],
            when=[StringEquals({"iam:AWSServiceName": "rds.amazonaws.com"})],
        ),
    ]  # fmt: skip
