"""What each function may do beyond writing its log: the calls that its module makes, and nothing else.

A test reads the calls from the handlers' sources and compares. TransactWriteItems is no action: whoever calls it needs
those of the writes. Where a template is named by its URL, CloudFormation reads it as the caller.
"""

from __future__ import annotations

from typing import NamedTuple

from awacs import cloudformation, dynamodb, ecr, iam, s3, signer, ssm, states, sts
from awacs.aws import Action

from .base import ARN, HERE, PROJECT

TABLE = f"{ARN}:dynamodb:{HERE}:table/${{Env}}-{PROJECT}${{TableNameSeparator}}"
BUCKET = f"{ARN}:s3:::${{Env}}-{PROJECT}-${{AWS::AccountId}}-${{AWS::Region}}"
SETTINGS = f"{ARN}:ssm:{HERE}:parameter/${{Env}}/{PROJECT}"
PROMOTION_ROLE = "ECRImagePromotionRole"
STACK_SETS = f"{ARN}:cloudformation:{HERE}:stackset/*"
MACHINE = f"{ARN}:states:{HERE}:stateMachine:${{Env}}-{PROJECT}"

PLACES: dict[str, tuple[str, ...]] = {
    "locks": (f"{TABLE}locks",),
    "targets": (f"{TABLE}targets",),
    "deployments": (f"{TABLE}deployments",),
    "builds": (f"{TABLE}builds",),
    "artifacts": (f"{BUCKET}/*",),
    "artifact bucket": (BUCKET,),
    "stack sets": (STACK_SETS,),
    "rollouts": (
        STACK_SETS,
        f"{ARN}:cloudformation:*:*:stackset-target/*",
        f"{ARN}:cloudformation:*:*:type/resource/*",
    ),
    "anything": ("*",),
    "machine": (MACHINE,),
    "readers": (f"{ARN}:iam::*:role/${{ReaderRoleName}}",),
    "promotion roles": (f"{ARN}:iam::*:role/{PROMOTION_ROLE}",),
    "repositories": (f"{ARN}:ecr:{HERE}:repository/*",),
    "signing jobs": (f"{ARN}:signer:*:*:/signing-jobs/*",),
    "signing profiles": (f"{ARN}:signer:*:*:/signing-profiles/*",),
    "signing settings": (f"{SETTINGS}/signing/*", f"{SETTINGS}/ecr-registries/*"),
    "administration": (),
}
"""Resources by what they are called here, as texts of ``Fn::Sub``; the role's ARN may be a parameter."""


class Grant(NamedTuple):
    """Actions on one kind of resource."""

    place: str
    actions: tuple[Action, ...]


def on(place: str, *actions: Action) -> Grant:
    return Grant(place, actions)


READ_ARTIFACTS = (on("artifacts", s3.GetObject, s3.GetObjectVersion), on("artifact bucket", s3.ListBucket))
"""Without ListBucket a missing optional object is refused instead of not found."""

RENEW_LOCK = on("locks", dynamodb.UpdateItem)
PLAN_BATCHES = on(
    "deployments",
    dynamodb.BatchWriteItem,
    dynamodb.GetItem,
    dynamodb.PutItem,
    dynamodb.Query,
    dynamodb.UpdateItem,
)
SETTLE_RECORDS = on("deployments", dynamodb.GetItem, dynamodb.Query, dynamodb.UpdateItem)

GRANTS: dict[str, tuple[Grant, ...]] = {
    "AcquireLock": (
        on("locks", dynamodb.DeleteItem, dynamodb.PutItem),
        on("builds", dynamodb.GetItem, dynamodb.UpdateItem),
    ),
    "FetchTargets": (
        on("targets", dynamodb.GetItem),
        on("builds", dynamodb.GetItem),
        on("deployments", dynamodb.Query),
    ),
    "InitializeDeployments": (
        on("targets", dynamodb.GetItem),
        on("builds", dynamodb.GetItem),
        on("deployments", dynamodb.BatchWriteItem, dynamodb.Query),
    ),
    "CreateStackSet": (
        RENEW_LOCK,
        on("targets", dynamodb.GetItem),
        on("builds", dynamodb.GetItem, dynamodb.UpdateItem),
        PLAN_BATCHES,
        *READ_ARTIFACTS,
        on("anything", cloudformation.CreateStackSet, cloudformation.GetTemplateSummary),
        on(
            "stack sets",
            cloudformation.DescribeStackSet,
            cloudformation.DescribeStackSetOperation,
            cloudformation.ListStackInstances,
            cloudformation.TagResource,  # of a StackSet that is made with tags
        ),
        on("rollouts", cloudformation.UpdateStackSet),
        on("administration", iam.PassRole),
    ),
    "DeployStackInstances": (
        RENEW_LOCK,
        on("builds", dynamodb.GetItem),
        on("deployments", dynamodb.GetItem, dynamodb.UpdateItem),
        *READ_ARTIFACTS,
        on("anything", cloudformation.GetTemplateSummary),
        on("stack sets", cloudformation.DescribeStackSetOperation, cloudformation.ListStackInstances),
        on(
            "rollouts",
            cloudformation.CreateStackInstances,
            cloudformation.DeleteStackInstances,
            cloudformation.UpdateStackInstances,
            cloudformation.UpdateStackSet,
        ),
        on("administration", iam.PassRole),
    ),
    "CheckStackSetStatus": (
        RENEW_LOCK,
        SETTLE_RECORDS,
        on(
            "stack sets",
            cloudformation.DescribeStackInstance,
            cloudformation.DescribeStackSetOperation,
            cloudformation.ListStackSetOperationResults,
        ),
        on("readers", sts.AssumeRole),
    ),
    "WatchAlarms": (
        RENEW_LOCK,
        on("deployments", dynamodb.GetItem, dynamodb.UpdateItem),
        on("readers", sts.AssumeRole),
    ),
    "RevertTargets": (
        RENEW_LOCK,
        on("builds", dynamodb.GetItem),
        PLAN_BATCHES,
        *READ_ARTIFACTS,
        on("anything", cloudformation.GetTemplateSummary),
        on(
            "stack sets",
            cloudformation.DescribeStackSet,
            cloudformation.DescribeStackSetOperation,
            cloudformation.ListStackInstances,
            cloudformation.ListStackSetOperationResults,
            cloudformation.StopStackSetOperation,
        ),
        on("rollouts", cloudformation.UpdateStackInstances, cloudformation.UpdateStackSet),
        on("administration", iam.PassRole),
    ),
    "AggregateResults": (SETTLE_RECORDS, on("builds", dynamodb.UpdateItem)),
    "ReleaseLock": (on("locks", dynamodb.DeleteItem),),
    "UpdateBuildStatus": (on("builds", dynamodb.UpdateItem),),
    "S3Trigger": (on("targets", dynamodb.GetItem), on("builds", dynamodb.PutItem, dynamodb.UpdateItem)),
    "TriggerBuild": (on("builds", dynamodb.UpdateItem), on("machine", states.StartExecution)),
    "CleanUpExecution": (
        on("locks", dynamodb.DeleteItem, dynamodb.GetItem),
        on("builds", dynamodb.GetItem, dynamodb.UpdateItem),
        SETTLE_RECORDS,
        on(
            "stack sets",
            cloudformation.DescribeStackSetOperation,
            cloudformation.ListStackInstances,
            cloudformation.ListStackSetOperationResults,
            cloudformation.StopStackSetOperation,
        ),
    ),
    "PromoteImages": (
        on("targets", dynamodb.GetItem),
        on("builds", dynamodb.GetItem),
        on("deployments", dynamodb.Query),
        *READ_ARTIFACTS,
        on("repositories", ecr.BatchGetImage, ecr.GetDownloadUrlForLayer),
        on("promotion roles", sts.AssumeRole),
    ),
    "VerifySignatures": (
        *READ_ARTIFACTS,
        on("repositories", ecr.DescribeImageSigningStatus, Action("ecr", "ListImageReferrers")),
        on("signing jobs", signer.DescribeSigningJob),
        on("signing profiles", signer.GetSigningProfile),
        on("signing settings", ssm.GetParameters),
    ),
}
"""What each function may do, by its logical ID."""
