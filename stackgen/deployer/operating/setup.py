"""What an installation needs, and which of it is there: looked at by reading alone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from botocore.exceptions import BotoCoreError, ClientError

from stackgen.deployer.handlers.refusals import bounded, code_of, is_transient
from stackgen.deployer.handlers.settings import EXECUTION_ROLE, READER_ROLE

from .installation import known

if TYPE_CHECKING:
    from collections.abc import Callable

    from .installation import Installation

OK, MISSING, UNKNOWN, OPTIONAL = "ok", "missing", "unknown", "optional"

ADMINISTRATION_ROLE = "AWSCloudFormationStackSetAdministrationRole"

TEMPLATES = (
    ("stackset-administration.json", "the deployer's account", "the role that StackSets run with, unless there is one"),
    ("deployer-stack.json", "the deployer's account, in the region it works in", "tables, functions, state machine"),
    ("target-roles.json", "each target account, in one region", "the roles that deploy and read there"),
    ("target-roles-stackset.json", "the organisation's management account", "instead: those roles into whole units"),
)
"""What is deployed where, in this order."""

_TABLES = ("locks", "targets", "deployments", "builds")
_ABSENT = {
    "ResourceNotFoundException", "NoSuchEntity", "StateMachineDoesNotExist", "404", "NoSuchBucket", "ParameterNotFound",
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


def target(installation: Installation, account: str) -> list[Check]:
    """A target account: with the credentials at hand where they are its own, else through its reader role."""
    reader = installation.settings.reader_role_name or READER_ROLE
    command = _stack("target-roles.json", f"{installation.settings.env}-deployer-target-roles", account)
    if installation.account() == account:
        iam = installation.clients.own("iam")
        return [_role(installation, iam, name, command) for name in (_execution_role(installation), reader)]
    made: list[Any] = []

    def look() -> str:
        made.append(installation.clients.in_target("iam", account, installation.region, installation.settings))
        return "can be taken on"

    first = _looked(installation, f"role {reader}", look, command)
    if not made:  # AWS tells a role that is missing from one that does not trust us to nobody
        if first.state == UNKNOWN:
            first = first._replace(
                state=MISSING, detail=f"not there, or it does not let {installation.caller() or 'these credentials'} in"
            )
        hidden = "not looked at: that takes the reader role, or credentials of the account"
        return [first, Check(f"role {_execution_role(installation)}", UNKNOWN, hidden, command)]
    return [first, _role(installation, made[0], _execution_role(installation), command)]


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
    command = _stack("stackset-administration.json", "stackset-administration", "")

    def look() -> str:
        arn = installation.setting("administration-role-arn")
        name = arn.rpartition("/")[2] or ADMINISTRATION_ROLE
        return str(installation.clients.own("iam").get_role(RoleName=name)["Role"]["Arn"])

    return _looked(installation, "administration role", look, command)


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


def _execution_role(installation: Installation) -> str:
    try:
        return installation.setting("execution-role-name") or EXECUTION_ROLE
    except (ClientError, BotoCoreError):
        return EXECUTION_ROLE


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
    env = installation.settings.env
    given = f"Env={env} CodeBucketName=BUCKET"
    return _stack("deployer-stack.json", f"{env}-aws-deployer", "", given)


def _stack(template: str, name: str, account: str, parameters: str = "...") -> str:
    """The command that deploys a template; with the AWS CLI, whatever of ours is installed."""
    profile = f" --profile PROFILE-OF-{account}" if account else ""
    return (
        f"aws cloudformation deploy --stack-name {name} --template-file build/deployer/{template} --s3-bucket BUCKET "
        f"--capabilities CAPABILITY_NAMED_IAM --parameter-overrides {parameters}{profile}"
    )
