"""The functions: each with a log group that is there before it, and a role that allows what it does and no more."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple

from awacs import logs, xray
from awacs.aws import SourceAccount, StringEquals
from troposphere import Equals, GetAtt, If, Ref, Sub, awslambda, iam
from troposphere import logs as log_groups

from stackgen import Condition, allow, trust
from stackgen.deployer import bundle
from stackgen.iam import inline

from .base import PROJECT, WithBoundary
from .grants import GRANTS, PLACES
from .parameters import (
    AdministrationRoleParameters,
    CodeParameters,
    LockParameters,
    LogParameters,
    ReaderRoleParameters,
    RoleNameParameters,
    RolloutParameters,
    TableParameters,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from awacs.aws import Statement

    from .grants import Grant

LAMBDA = "lambda.amazonaws.com"
RUNTIME = "python3.13"
ARCHITECTURE = "arm64"
MEMORY = 512
"""MB; the share of CPU grows with it, and most of a cold start is the import of boto3."""

LOCK = ("LOCK_TTL_SECONDS",)
ROLES = ("ADMINISTRATION_ROLE_ARN", "EXECUTION_ROLE_NAME")
ROLLOUT = ("MAX_CONCURRENT_COUNT", "FAILURE_TOLERANCE_COUNT")
READER = ("READER_ROLE_NAME",)


class Handler(NamedTuple):
    """A function of the deployer; the module is that in ``handlers``."""

    title: str
    module: str
    description: str
    variables: tuple[str, ...] = ()
    timeout: int = 60
    memory: int = MEMORY
    suppress: tuple[tuple[str, str], ...] = ()
    """Rules of the linter that its role breaks, and why."""

    @property
    def stem(self) -> str:
        """What its name ends with."""
        return self.module.replace("_", "-")


STEPS = (
    Handler(
        "AcquireLock", "acquire_lock", "Takes the lock of a repository in an environment",
        (*LOCK, "LOCK_MAX_RETRIES"),
    ),
    Handler("FetchTargets", "fetch_targets", "Reads where a repository is deployed to"),
    Handler("InitializeDeployments", "initialize_deployments", "Writes a pending record for each target"),
    Handler(
        "CreateStackSet", "create_stackset", "Plans the rollout, and creates the StackSet if there is none",
        (*ROLES, *ROLLOUT, *LOCK), timeout=300,
    ),
    Handler(
        "DeployStackInstances", "deploy_stack_instances", "Starts the next operation of the rollout",
        (*ROLES, *ROLLOUT, *LOCK), timeout=300,
    ),
    Handler(
        "CheckStackSetStatus", "check_stackset_status", "Reads how the operation stands, and records it",
        (*READER, *LOCK), timeout=120,
    ),
    Handler("WatchAlarms", "watch_alarms", "Looks at the alarms of a wave", (*READER, *LOCK)),
    Handler(
        "RevertTargets", "revert_targets", "Brings what was touched back to the last good build",
        (*ROLES, *ROLLOUT, *LOCK), timeout=300,
    ),
    Handler("AggregateResults", "aggregate_results", "Settles a build by the records of its targets"),
    Handler("ReleaseLock", "release_lock", "Gives the lock back, if it is still this build's"),
    Handler("UpdateBuildStatus", "update_build_status", "Writes how a build ended that did not get to its end"),
)  # fmt: skip
"""What the state machine calls."""

S3_TRIGGER = Handler("S3Trigger", "s3_trigger", "Makes a build of each release that arrives")
TRIGGER_BUILD = Handler(
    "TriggerBuild", "trigger_build", "Starts an execution for each new build", ("STATE_MACHINE_ARN",)
)
CLEAN_UP = Handler("CleanUpExecution", "clean_up_execution", "Settles what an execution left behind", timeout=120)

PROMOTE_IMAGES = Handler(
    "PromoteImages", "promote_images", "Copies a release's images to the targets", timeout=900, memory=1024
)
VERIFY_SIGNATURES = Handler(
    "VerifySignatures",
    "verify_signatures",
    "Judges a release's signatures",
    suppress=(("W3037", "ecr:ListImageReferrers is younger than the linter's list of actions"),),
)


class WithFunctions(
    AdministrationRoleParameters,
    CodeParameters,
    LockParameters,
    LogParameters,
    ReaderRoleParameters,
    RolloutParameters,
    RoleNameParameters,
    TableParameters,
    WithBoundary,
):
    """Functions of one bundle."""

    lock_ttl_seconds: ClassVar[int] = 4 * 3600
    """How long a lock outlives whoever holds it and no longer renews it."""

    CreatesAdministrationRole = Condition(Equals(AdministrationRoleParameters.AdministrationRoleArn, ""))

    def administration_role_arn(self) -> If:
        """The role that CloudFormation runs StackSets with: the one that was given, or this stack's own."""
        return If(self.CreatesAdministrationRole, GetAtt("AdministrationRole", "Arn"), self.AdministrationRoleArn)

    def variables(self) -> dict[str, Any]:
        """Every environment variable that a function may ask for."""
        return {
            "ADMINISTRATION_ROLE_ARN": self.administration_role_arn(),
            "EXECUTION_ROLE_NAME": self.ExecutionRoleName,
            "FAILURE_TOLERANCE_COUNT": Sub("${FailureToleranceCount}"),
            "LOCK_MAX_RETRIES": Sub("${LockMaxRetries}"),
            "LOCK_TTL_SECONDS": str(self.lock_ttl_seconds),
            "MAX_CONCURRENT_COUNT": Sub("${MaxConcurrentCount}"),
            "READER_ROLE_NAME": self.ReaderRoleName,
            "STATE_MACHINE_ARN": Ref("StateMachine"),
        }

    def function(self, handler: Handler, *statements: Statement, **properties: Any) -> awslambda.Function:
        """One function; ``statements`` are what its role may do besides its grants, for what calls it."""
        group = self.log_group(f"{handler.title}LogGroup", f"/aws/lambda/${{Env}}-{PROJECT}-{handler.stem}")
        role = self.role(
            f"{handler.title}Role",
            LAMBDA,
            allow(logs.CreateLogStream, logs.PutLogEvents, on=[group.get_att("Arn")]),
            allow(xray.PutTraceSegments, xray.PutTelemetryRecords, on=["*"]),  # X-Ray knows no resources
            *self.granted(handler.title),
            *statements,
            suppress=dict(handler.suppress),
        )
        known = self.variables()
        return self.add(
            awslambda.Function(
                handler.title,
                FunctionName=self.named(handler.stem),
                Description=handler.description,
                Runtime=RUNTIME,
                Architectures=[ARCHITECTURE],
                Handler=f"handlers.{handler.module}.handler",
                Code=awslambda.Code(S3Bucket=self.CodeBucketName, S3Key=bundle.key()),
                Role=role.get_att("Arn"),
                MemorySize=handler.memory,
                Timeout=handler.timeout,
                Environment=awslambda.Environment(
                    Variables={
                        "ENV": self.Env,
                        "POWERTOOLS_SERVICE_NAME": PROJECT,
                        "TABLE_NAME_SEPARATOR": self.TableNameSeparator,
                        **{name: known[name] for name in handler.variables},
                    }
                ),
                TracingConfig=awslambda.TracingConfig(Mode="Active"),
                LoggingConfig=awslambda.LoggingConfig(LogGroup=group.ref()),
                **properties,
            )
        )

    def log_group(self, title: str, name: str) -> log_groups.LogGroup:
        """A group with retention; who writes to it refers to it, so it exists first."""
        return self.add(log_groups.LogGroup(title, LogGroupName=Sub(name), RetentionInDays=self.LogRetentionDays))

    def role(
        self, title: str, service: str, *statements: Statement, suppress: Mapping[str, str] | None = None
    ) -> iam.Role:
        """A role of one service. It has a path instead of a name: names of roles are shared by all regions.

        A service that takes on whichever role it is told to says for whose account; Lambda has no such condition.
        """
        when = [] if service == LAMBDA else [StringEquals({SourceAccount: Ref("AWS::AccountId")})]
        return self.add(
            iam.Role(
                title,
                Path=Sub(f"/{PROJECT}/${{Env}}/"),
                AssumeRolePolicyDocument=trust(service, when=when),
                PermissionsBoundary=self.boundary(),
                Policies=[inline("own", *statements)],
            ),
            suppress=suppress,
        )

    def granted(self, title: str) -> Iterator[Statement]:
        """A function's grants as statements."""
        for grant in GRANTS[title]:
            yield self.statement(grant)

    def statement(self, grant: Grant) -> Statement:
        """One grant. The administration role may be passed to CloudFormation alone."""
        if grant.place == "administration":
            to_cloudformation = StringEquals({"iam:PassedToService": "cloudformation.amazonaws.com"})
            return allow(*grant.actions, on=[self.administration_role_arn()], when=[to_cloudformation])
        return allow(*grant.actions, on=[Sub(text) if "${" in text else text for text in PLACES[grant.place]])
