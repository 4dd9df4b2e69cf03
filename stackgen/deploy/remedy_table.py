"""The well-known reasons for failures, by pattern; what is special stands before what is general."""

from __future__ import annotations

import re
from typing import NamedTuple

_GUIDE = "https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide"
_TROUBLE = f"{_GUIDE}/troubleshooting.html"
_QUOTAS = f"{_GUIDE}/cloudformation-limits.html"
_REPOST = "https://repost.aws/knowledge-center"


class Known(NamedTuple):
    """A reason: what it looks like, what to do, where AWS says so, and of which types of resource it is."""

    name: str
    pattern: re.Pattern[str]
    text: str
    source: str
    type: str = ""


def _known(name: str, pattern: str, text: str, source: str, type_: str = "") -> Known:
    return Known(name, re.compile(pattern, re.IGNORECASE | re.DOTALL), text, source, type_)


KNOWN = (
    _known(
        "security-token-expired",
        r"security token included in the request is (?:expired|invalid)|ExpiredToken|TokenRefreshRequired",
        "the credentials ended while CloudFormation worked with them: sign in again and repeat; where deployments take "
        "longer than a session, give the stack a service role (service_role_arn in its settings)",
        _TROUBLE,
    ),
    _known(
        "role-not-assumable",
        r"(?:role|service)[^.]{0,90}(?:cannot|can't|unable to) (?:be assumed|assume)|"
        r"is unable to assume (?:the )?(?:provided )?role|role is not valid or can ?not be assumed|"
        r"role .{0,80}is invalid or cannot be assumed|not authorized to perform: sts:AssumeRole",
        "see that the role's trust policy names the service that takes it; a role that was only just made is not seen "
        "everywhere for some seconds: then the same deployment again succeeds",
        "https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot.html",
    ),
    _known(
        "model-access-denied",
        r"don'?t have access to the (?:foundation )?model|model access is denied|access to (?:the )?(?:Bedrock )?model",
        "ask for access to the model in the Bedrock console of this account and region, then deploy again",
        "https://docs.aws.amazon.com/bedrock/latest/userguide/model-access.html",
    ),
    _known(
        "explicit-deny",
        r"not authorized to perform: (?P<action>[\w-]+:\w+).{0,600}?explicit deny in an? (?P<kind>[\w -]{1,60}?policy)",
        "{action} is forbidden by a {kind}, which no permission of the role can overrule: have it changed, or deploy "
        "without what needs it",
        "https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html",
    ),
    _known(
        "access-denied",
        r"(?:User: )?(?P<who>arn:\S+) is not authorized to perform: (?P<action>[\w-]+:\w+)",
        "allow {action} to {who}, then deploy again; python -m stackgen permissions lists all that a deployment needs",
        "https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html",
    ),
    _known(
        "access-denied",
        r"API: (?P<action>[\w-]+:\w+) (?:You are not authorized|Access ?Denied|.{0,40}not authorized)",
        "allow {action} to the role that deploys, then deploy again; python -m stackgen permissions lists all of them",
        _TROUBLE,
    ),
    _known(
        "template-not-readable",
        r"S3 error:|TemplateURL must (?:be|reference)|cannot (?:read|fetch) template",
        "the role that deploys must be able to read the bucket of the templates, in this region, and the template must "
        "lie there; deploying again uploads what is missing",
        _TROUBLE,
        "AWS::CloudFormation::Stack",
    ),
    _known(
        "access-denied",
        r"access ?denied|not authorized to perform|UnauthorizedOperation|AccessDeniedException",
        "allow the role that deploys what the reason names; python -m stackgen permissions lists all that it needs",
        "https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html",
    ),
    _known(
        "custom-name-replaced",
        r"custom-named resource requires replacing",
        "give the resource another name in the source, or none: a resource that has a name of its own is not replaced "
        "under the same name",
        f"{_REPOST}/cloudformation-custom-name",
    ),
    _known(
        "export-in-use",
        r"Export (?P<export>\S+) cannot be (?:deleted|updated) as it is in use by (?P<stack>[^.]+)|"
        r"Cannot (?:delete|update) export (?P<export2>\S+) as it is in use by (?P<stack2>[^.]+)",
        "deploy {stack}{stack2} first without the export {export}{export2}, then this stack",
        f"{_GUIDE}/using-cfn-stack-exports.html",
    ),
    _known(
        "no-such-export",
        r"No export named (?P<export>\S+) found",
        "deploy the stack that exports {export} first, in this account and region",
        f"{_GUIDE}/intrinsic-function-reference-importvalue.html",
    ),
    _known(
        "export-exists",
        r"Export with name (?P<export>\S+) is already exported by stack (?P<stack>[^.\s]+)",
        "{stack} exports {export} already: give one of the two another name",
        f"{_GUIDE}/using-cfn-stack-exports.html",
    ),
    _known(
        "bucket-not-empty",
        r"bucket you tried to delete is not empty|BucketNotEmpty",
        "empty the bucket, its old versions too, then delete again: python -m stackgen destroy --purge-data does both",
        _TROUBLE,
    ),
    _known(
        "repository-not-empty",
        r"RepositoryNotEmpty|repository .{0,120}still contains images",
        "delete the images of the repository first, or let the stack keep it (DeletionPolicy Retain)",
        _TROUBLE,
    ),
    _known(
        "protected-from-deletion",
        r"deletion protection|Cannot delete protected|TerminationProtection is enabled",
        "switch its deletion protection off first, if it is really to go",
        f"{_GUIDE}/using-cfn-protect-stacks.html",
    ),
    _known(
        "lambda-concurrency",
        r"UnreservedConcurrentExecution|ReservedConcurrentExecutions? for function decreases",
        "reserve less concurrency: an account must keep some unreserved; or have its quota of concurrent executions "
        "raised",
        "https://docs.aws.amazon.com/lambda/latest/dg/configuration-concurrency.html",
    ),
    _known(
        "vpc-limit",
        r"maximum number of VPCs|VpcLimitExceeded|maximum number of (?:addresses|internet gateways|subnets|NAT)|"
        r"AddressLimitExceeded|InternetGatewayLimitExceeded|NatGatewayLimitExceeded",
        "delete what is not needed in this region, or have the quota raised in Service Quotas",
        "https://docs.aws.amazon.com/vpc/latest/userguide/amazon-vpc-limits.html",
    ),
    _known(
        "template-too-large",
        r"templateBody.{0,120}length less than or equal to|at most (?:51200|460800|1000000) bytes|"
        r"Template (?:file )?may not exceed|Template format error: .{0,80}(?:exceed|too large)",
        "split the template into nested stacks: 1,000,000 bytes are the most that CloudFormation reads from S3",
        _QUOTAS,
    ),
    _known(
        "image-missing",
        r"CannotPullContainerError|Source image \S+ does not exist|image manifest .{0,60}not found|"
        r"(?:image|repository)\b.{0,160}(?:does not exist|not found|could not be found)",
        "python -m stackgen images push builds it, and pushes it to its repository in this account and region, under "
        "the very tag that the stack names; then deploy again",
        "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task_cannot_pull_image.html",
    ),
    _known(
        "ecs-circuit-breaker",
        r"ECS Deployment Circuit Breaker was triggered",
        "the tasks stop before they are healthy: read the service's events and the reason of its stopped tasks "
        "(aws ecs describe-services, aws ecs describe-tasks): image, health check, role, network, memory",
        f"{_REPOST}/ecs-troubleshoot-deployment-failures",
    ),
    _known(
        "custom-resource-silent",
        r"(?:failed to receive|did not (?:receive|respond|send)).{0,60}(?:response|requested time)|"
        r"Custom Resource .{0,80}(?:timed out|within)|did not receive a response from your Custom Resource",
        "read the log of the function behind the custom resource: it must answer in every case, also when it fails, "
        "and its network must let it reach S3",
        f"{_GUIDE}/template-custom-resources.html",
    ),
    _known(
        "custom-resource-failed",
        r"Received response status \[FAILED\] from custom resource|See the details in CloudWatch Log Stream",
        "read the log of the function behind the custom resource: it was called, and said that it failed",
        f"{_GUIDE}/template-custom-resources.html",
    ),
    _known(
        "availability-zone",
        r"(?:availability zone|AvailabilityZone|\bAZ\b).{0,160}(?:not (?:available|supported|currently)|unsupported|"
        r"invalid|does not exist|cannot)|UnsupportedAvailabilityZone|"
        r"not supported in (?:your requested|the targeted) availability zone|"
        r"Fn::Select +cannot select nonexistent value at index",
        "take fewer zones, or others: one that this account has in this region, and that offers the type",
        "https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/using-regions-availability-zones.html",
    ),
    _known(
        "capacity",
        r"Insufficient(?:DBInstance|Instance|HostC|C)apacity|do not have sufficient .{0,60}capacity|"
        r"Capacity is unavailable",
        "AWS has none of this type left there now: take another zone or type, or deploy again later",
        "https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/troubleshooting-launch.html",
    ),
    _known(
        "limit-exceeded",
        r"LimitExceeded|ServiceLimitExceeded|ServiceQuotaExceeded|quota .{0,60}exceeded|limit (?:was )?exceeded|"
        r"exceed(?:ed|s)? .{0,60}(?:limit|quota)|maximum number of .{0,80}(?:reached|exceeded)|TooManyBuckets|"
        r"Cannot exceed quota for",
        "delete what is not needed, or have the quota raised in Service Quotas, then deploy again",
        _TROUBLE,
    ),
    _known(
        "throttled",
        r"Rate exceeded|Throttling|TooManyRequests|SlowDown",
        "AWS was asked too often at once: the same deployment again does what is left",
        _TROUBLE,
    ),
    _known(
        "stack-policy",
        r"(?:Action )?denied by stack policy",
        "the stack policy forbids the change: deploy without it, or change stack_policy in the settings before",
        f"{_GUIDE}/protect-stack-resources.html",
    ),
    _known(
        "already-exists",
        r"already ?exists|BucketAlreadyOwnedByYou|DuplicateName|ResourceInUseException",
        "something of this name is there already, often with data that an earlier stack kept: give this one another "
        "name, or import the old one into the stack; delete it only where nobody needs what is in it",
        f"{_GUIDE}/resource-import.html",
    ),
    _known(
        "dependency",
        r"DependencyViolation|has (?:a )?dependen(?:t|cies|cy)|is (?:currently )?in use|still in use|"
        r"has dependent object|must detach|DeleteConflict",
        "something outside the stack uses it: find that and take it away, then do the same again",
        _TROUBLE,
    ),
    _known(
        "one-index-at-a-time",
        r"Cannot perform more than one GSI creation or deletion",
        "add or remove one index in each deployment",
        "https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/GSI.OnlineOps.html",
    ),
    _known(
        "network-overlap",
        r"CIDR .{0,80}(?:conflicts|overlap)|InvalidSubnet\.(?:Conflict|Range)|CIDR block .{0,40}is invalid",
        "give it a range of addresses that lies in its VPC and overlaps no other",
        "https://docs.aws.amazon.com/vpc/latest/userguide/vpc-cidr-blocks.html",
    ),
    _known(
        "code-missing",
        r"GetObject.{0,80}NoSuchKey|S3 Error Code: NoSuchKey|specified (?:key|bucket) does not exist",
        "upload the object that the resource names, to this region, before deploying",
        "https://docs.aws.amazon.com/lambda/latest/dg/troubleshooting-deployment.html",
    ),
    _known(
        "rolled-back-by-alarm",
        r"rollback trigger|alarm .{0,160}(?:breach|went|ALARM|triggered)",
        "see what the alarm watches before deploying again: the release made it sound",
        f"{_GUIDE}/using-cfn-rollback-triggers.html",
    ),
    _known(
        "cancelled-by-user",
        r"Update cancelled by user|cancelled by user|User cancelled|Cancellation requested",
        "somebody cancelled it; nothing needs mending",
        f"{_GUIDE}/using-cfn-stack-update-cancel.html",
    ),
    _known(
        "took-too-long",
        r"Stack (?:creation|operation) (?:time exceeded|timed out)|did not stabilize|NotStabilized|"
        r"Exceeded attempts to wait|failed to stabilize|timed? ?out waiting",
        "it was not ready in time: see in the service's console what it waits for; a longer time "
        "(TimeoutInMinutes of a nested stack) helps only where it was on its way",
        _TROUBLE,
    ),
    _known(
        "signals-missing",
        r"Failed to receive \d+ resource signal|WaitCondition (?:received|timed out)|received \d+ signals? out of",
        "what was to signal that it is ready did not: read its log (on an instance /var/log/cloud-init-output.log)",
        _TROUBLE,
    ),
    _known(
        "resource-gone",
        r"does not exist|NotFound|NoSuchEntity|could not be found|no longer exists|HandlerErrorCode: NotFound",
        "something that the stack counts on is not there, often deleted by hand: make it again under the same name, "
        "or take it out of the source; python -m stackgen drift shows what else is gone",
        f"{_REPOST}/failing-stack-updates-deleted",
    ),
    _known(
        "parameter-value",
        r"Parameters: \[(?P<names>[^\]]+)\] must have values|Parameter (?P<one>'?\w+'?) (?:must|failed)",
        "give {names}{one} a value that the template takes; python -m stackgen params validate checks all",
        _TROUBLE,
    ),
    _known(
        "invalid-property",
        r"Encountered unsupported property|extraneous key|Model validation failed|Properties validation failed|"
        r"ValidationException|Invalid(?:Parameter|Request)|Value .{0,120}failed to satisfy",
        "mend the property that the reason names; python -m stackgen lint finds most of such before AWS does",
        _TROUBLE,
    ),
    _known(
        "service-failed",
        r"InternalFailure|Internal Failure|ServiceInternalError|Service Unavailable|internal error",
        "AWS itself failed: the same deployment again mostly succeeds; the AWS Health Dashboard tells of outages",
        _TROUBLE,
    ),
)
