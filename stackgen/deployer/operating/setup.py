"""What an installation needs, and which of it is there: looked at by reading alone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from botocore.exceptions import ClientError

from stackgen.deployer.handlers.refusals import bounded, code_of, is_transient
from stackgen.deployer.handlers.settings import EXECUTION_ROLE, READER_ROLE
from stackgen.errors import UsageError

from .installation import known

if TYPE_CHECKING:
    from collections.abc import Callable

    from .installation import Installation

OK, MISSING, UNKNOWN, OPTIONAL = "ok", "missing", "unknown", "optional"

ADMINISTRATION_ROLE = "AWSCloudFormationStackSetAdministrationRole"

TEMPLATES = (
    (
        "deployer-stack.json",
        "the deployer's account, in the region it works in",
        "tables, functions, state machine, role",
    ),
    ("target-roles.json", "each target account, in one region", "the roles that deploy and read there"),
    ("target-roles-stackset.json", "the organisation's management account", "instead: those roles into whole units"),
)
"""What is deployed where, in this order.

``stackset-administration.json`` is for whoever wants that role apart: its ARN is then the AdministrationRoleArn of the
deployer's stack, which makes its own otherwise.
"""

MOST_STACKS = 2_000
"""Stacks of an account in a region, where AWS does not say. Source: CloudFormation quotas."""
NEARLY = 0.95

_TABLES = ("locks", "targets", "deployments", "builds")
_ABSENT = {
    "ResourceNotFoundException", "NoSuchEntity", "StateMachineDoesNotExist", "404", "NoSuchBucket", "ParameterNotFound",
    "NoSuchKey", "NotFound",
}  # fmt: skip
_FORBIDDEN = {"AccessDenied", "AccessDeniedException", "403", "UnauthorizedOperation"}


class Check(NamedTuple):
    """One thing that is needed, and how it stands."""

    what: str
    state: str
    detail: str
    next: str = ""
    """The command that brings it about."""


def deployer(installation: Installation) -> list[Check]:
    """The deployer's own account, as the credentials at hand see it."""
    return [
        *(_table(installation, name) for name in _TABLES),
        _state_machine(installation),
        _bucket(installation),
        _administration_role(installation),
        _organizations(installation),
        _targets(installation),
    ]


def has_code(installation: Installation, bucket: str, key: str) -> bool:
    """Whether the functions' bundle is in its bucket: its key is a digest of what is in it."""
    try:
        installation.clients.s3.head_object(Bucket=bucket, Key=key)
    except ClientError as error:
        if code_of(error) not in _ABSENT:
            raise
        return False
    return True


def upload_code(installation: Installation, bucket: str, key: str, content: bytes) -> None:
    """Put the functions' bundle where the deployer's template looks for it. Raises UsageError without the bucket."""
    s3 = installation.clients.s3
    try:
        s3.put_object(Bucket=bucket, Key=key, Body=content, ContentType="application/zip")
    except s3.exceptions.NoSuchBucket as error:
        raise UsageError(
            f"--upload-code {bucket}: there is no such bucket",
            f"aws s3 mb s3://{bucket} makes one, in the region that the deployer will work in",
        ) from error


def target(installation: Installation, account: str) -> list[Check]:
    """A target account: with the credentials at hand where they are its own, else through its reader role.

    As it is built the reader role lets in the functions of the deployer and nobody else, so that it cannot be taken on
    says nothing of whether it is there.
    """
    reader, execution = READER_ROLE, EXECUTION_ROLE
    own = installation.account()
    if own != account:
        reader = _setting(installation, "reader-role-name", READER_ROLE)
        execution = _setting(installation, "execution-role-name", EXECUTION_ROLE)
    given = f"Env={installation.settings.env} AdministratorAccountId={'ID-OF-THE-DEPLOYER' if own == account else own}"
    if own != account:
        given += _names(installation, reader, execution)
    command = _stack("target-roles.json", f"{installation.settings.env}-deployer-target-roles", given, account)
    if own == account:
        iam = installation.clients.own("iam")
        roles = [_role(installation, iam, name, command) for name in (reader, execution)]
        return [*roles, _room(installation)]
    settings = installation.settings._replace(reader_role_name=reader)
    try:
        iam = installation.clients.in_target("iam", account, installation.region, settings)
    except ClientError as error:
        if code_of(error) not in _FORBIDDEN:
            raise
        look = f"python -m stackgen multi setup --account {account} --profile PROFILE-OF-{account}"
        why = f"{reader} does not let these credentials in, or is not there: as built it lets in functions alone"
        return [Check(f"role {name}", UNKNOWN, why, look) for name in (reader, execution)]
    return [Check(f"role {reader}", OK, "can be taken on"), _role(installation, iam, execution, command)]


def _room(installation: Installation) -> Check:
    """Whether the account takes more stacks in this region: each release of a repository is one."""
    what = f"room for stacks in {installation.region}"
    more = "aws service-quotas list-service-quotas --service-code cloudformation"

    def look() -> str:
        cloudformation = installation.clients.cloudformation
        limits = {each["Name"]: each["Value"] for each in cloudformation.describe_account_limits()["AccountLimits"]}
        pages = cloudformation.get_paginator("describe_stacks").paginate()
        there = sum(len(page["Stacks"]) for page in pages)
        most = int(limits.get("StackLimit", MOST_STACKS))
        return f"{there:,} of {most:,} stacks" if there < most * NEARLY else ""

    found = _looked(installation, what, look, more)
    return found._replace(detail="hardly a stack more: ask for a higher quota") if found.state == MISSING else found


def _names(installation: Installation, reader: str, execution: str) -> str:
    """What the roles of targets must be told where the installation has names of its own."""
    arn = _setting(installation, "administration-role-arn", "")
    is_ours = arn.rpartition("/")[2].startswith(f"{ADMINISTRATION_ROLE}-")
    given = {
        "AdministrationRoleArn": "" if is_ours else arn,
        "ExecutionRoleName": "" if execution == EXECUTION_ROLE else execution,
        "ReaderRoleName": "" if reader == READER_ROLE else reader,
    }
    return "".join(f" {name}={value}" for name, value in given.items() if value)


def _table(installation: Installation, name: str) -> Check:
    table = installation.table(name)

    def look() -> str:
        dynamodb = installation.clients.dynamodb
        status = dynamodb.describe_table(TableName=table)["Table"]["TableStatus"]
        if name != "locks":
            return str(status)
        expiry = dynamodb.describe_time_to_live(TableName=table)["TimeToLiveDescription"]["TimeToLiveStatus"]
        return f"{status}, expiry {expiry}"

    found = _looked(installation, f"table {table}", look, _deployer_stack(installation))
    if found.detail.endswith("DISABLED"):
        return found._replace(state=MISSING, detail="its items never expire", next=_deployer_stack(installation))
    return found


def _state_machine(installation: Installation) -> Check:
    def look() -> str:
        arn = installation.setting("state-machine-arn")
        if not arn:
            return ""
        return str(installation.clients.stepfunctions.describe_state_machine(stateMachineArn=arn)["status"])

    return _looked(installation, "state machine", look, _deployer_stack(installation))


def _bucket(installation: Installation) -> Check:
    def look() -> str:
        bucket = installation.setting("s3-bucket")
        if bucket:
            installation.clients.s3.head_bucket(Bucket=bucket)
        return bucket

    return _looked(installation, "artifact bucket", look, _deployer_stack(installation))


def _administration_role(installation: Installation) -> Check:
    def look() -> str:
        arn = installation.setting("administration-role-arn")
        name = arn.rpartition("/")[2] or ADMINISTRATION_ROLE
        return str(installation.clients.own("iam").get_role(RoleName=name)["Role"]["Arn"])

    return _looked(installation, "administration role", look, _deployer_stack(installation))


def _organizations(installation: Installation) -> Check:
    what = "trusted access of StackSets to the organisation"

    def look() -> str:
        answer = installation.clients.cloudformation.describe_organizations_access(CallAs="SELF")
        return "" if answer["Status"] != "ENABLED" else "ENABLED"

    found = _looked(installation, what, look, "aws cloudformation activate-organizations-access")
    if found.state == OK:
        return found
    return found._replace(state=OPTIONAL, detail=f"{found.detail}; only target-roles-stackset.json needs it")


def _targets(installation: Installation) -> Check:
    def look() -> str:
        there = known(installation).environments
        return f"{len(there)} of repositories or the default" if any(there.values()) else ""

    command = "python -m stackgen multi targets set --default -e ENV --accounts ... --regions ..."
    return _looked(installation, "records of targets", look, command)


def _role(installation: Installation, iam: Any, name: str, command: str) -> Check:
    return _looked(installation, f"role {name}", lambda: str(iam.get_role(RoleName=name)["Role"]["Arn"]), command)


def _setting(installation: Installation, name: str, default: str) -> str:
    """A setting of the installation, where it may be read."""
    try:
        return installation.setting(name) or default
    except ClientError as error:
        if code_of(error) not in _FORBIDDEN:
            raise
        return default


def _looked(installation: Installation, what: str, look: Callable[[], str], command: str) -> Check:
    """One look: what is there, that nothing is, or that it cannot be seen. Raises what is no answer at all."""
    try:
        detail = look()
    except ClientError as error:
        code = code_of(error)
        if code in _ABSENT:
            return Check(what, MISSING, "not there", command)
        if code not in _FORBIDDEN and (is_transient(error) or code.startswith(("Expired", "Invalid", "Unrecognized"))):
            raise
        asked = installation.clients.asked
        action = f"{asked.service}:{asked.operation}" if asked and code in _FORBIDDEN else ""
        return Check(what, UNKNOWN, f"these credentials may not {action}" if action else bounded(str(error), 120))
    return Check(what, OK, detail) if detail else Check(what, MISSING, "not there", command)


def _deployer_stack(installation: Installation) -> str:
    """The functions' code goes first: the template names it."""
    env = installation.settings.env
    code = f"python -m stackgen multi setup --upload-code BUCKET --installation {env} && "
    return code + _stack("deployer-stack.json", f"{env}-aws-deployer", f"Env={env} CodeBucketName=BUCKET")


def _stack(template: str, name: str, parameters: str, account: str = "") -> str:
    """The command that deploys a template; with the AWS CLI, whatever of ours is installed."""
    profile = f" --profile PROFILE-OF-{account}" if account else ""
    return (
        f"aws cloudformation deploy --stack-name {name} --template-file build/deployer/{template} --s3-bucket BUCKET "
        f"--capabilities CAPABILITY_NAMED_IAM --parameter-overrides {parameters}{profile}"
    )
