"""What AWS refuses, told to a person: which action on what, and what to do."""

from __future__ import annotations

from typing import TYPE_CHECKING

from botocore import exceptions
from botocore.exceptions import BotoCoreError, ClientError

from stackgen.deployer.handlers.errors import DeployerError
from stackgen.deployer.handlers.refusals import bounded, code_of, is_transient
from stackgen.errors import StackgenError, likely

from .installation import PREFIX

if TYPE_CHECKING:
    from .clients import Asked
    from .installation import Installation

_FORBIDDEN = {"AccessDenied", "AccessDeniedException", "UnauthorizedOperation", "UnauthorizedException", "403"}
_UNTRUSTED = {
    "ExpiredToken", "ExpiredTokenException", "InvalidClientTokenId", "UnrecognizedClientException",
    "InvalidAccessKeyId", "SignatureDoesNotMatch", "InvalidSignatureException", "AuthFailure", "IncompleteSignature",
    "RequestExpired",
}  # fmt: skip
_WITHOUT_CREDENTIALS = (
    exceptions.NoCredentialsError, exceptions.PartialCredentialsError, exceptions.CredentialRetrievalError,
    exceptions.SSOError, exceptions.TokenRetrievalError,
)  # fmt: skip
_PREFIXES = {"stepfunctions": "states", "sts": "sts"}
_ACTIONS = {
    "s3:ListObjectsV2": "s3:ListBucket",
    "s3:HeadBucket": "s3:ListBucket",
    "s3:HeadObject": "s3:GetObject",
    "dynamodb:TransactWriteItems": "dynamodb:PutItem and dynamodb:UpdateItem",
}
"""Operations whose permission has another name. Source: the service authorization reference."""


class RefusedByAwsError(StackgenError):
    """AWS said no, or did not answer."""


class NotDeployedError(StackgenError):
    """The tables of the installation are not there."""


def told(error: BaseException, installation: Installation) -> StackgenError | None:
    """The error for a person; None where it is none of AWS's or of the handlers', but a mistake of ours."""
    asked = installation.clients.asked
    if isinstance(error, DeployerError):
        return RefusedByAwsError(str(error))
    if isinstance(error, _WITHOUT_CREDENTIALS):
        return RefusedByAwsError(
            f"no credentials for AWS: {bounded(str(error), 200)}",
            "--profile NAME chooses those of a profile; so do AWS_PROFILE, or AWS_ACCESS_KEY_ID and "
            "AWS_SECRET_ACCESS_KEY",
        )
    if isinstance(error, ClientError) and asked is not None:
        return _refused(error, asked, installation)
    if isinstance(error, BotoCoreError) and asked is not None:
        return RefusedByAwsError(
            f"no answer from {asked.service} in {asked.region} to {_action(asked)}{_on(asked)}: "
            f"{bounded(str(error), 200)}",
            "whether it took effect is not known; the same command again shows it, and does nothing twice",
        )
    return None


def _refused(error: ClientError, asked: Asked, installation: Installation) -> StackgenError:
    code = code_of(error)
    said = bounded(str(error.response.get("Error", {}).get("Message", "")), 300)
    if code == "ResourceNotFoundException" and asked.subject.startswith("table "):
        return _not_deployed(asked, installation)
    if code in _FORBIDDEN:
        return RefusedByAwsError(
            f"access denied: these credentials may not {_action(asked)}{_on(asked)} in {asked.region}",
            said,
            "whoever administers the account can allow it; --profile NAME chooses other credentials",
        )
    if code in _UNTRUSTED:
        return RefusedByAwsError(f"AWS does not accept these credentials ({code})", said, "sign in again, or --profile")
    if is_transient(error):
        return RefusedByAwsError(
            f"{_action(asked)}{_on(asked)} was refused for now, also after several attempts: {code}",
            said,
            "the same command a minute later does the same, and does nothing twice",
        )
    return RefusedByAwsError(f"{_action(asked)}{_on(asked)} was refused: {code}", said)


def _not_deployed(asked: Asked, installation: Installation) -> StackgenError:
    env = installation.settings.env
    try:
        where = f"{installation.account()}/{installation.region}"
        others = _installations(installation)
    except (ClientError, BotoCoreError):
        where, others = installation.region, []
    hint = f"there are others: {', '.join(others)}; " if others else ""
    close = likely(env, others) if others else ""
    return NotDeployedError(
        f"the installation {env} is not deployed in {where}: there is no {asked.subject}",
        close if close.startswith("did you mean") else hint + "--installation names another, -r another region",
        "python -m stackgen multi setup says what is deployed where",
    )


def _installations(installation: Installation) -> list[str]:
    """The installations whose tables are in this account and region."""
    end = installation.table("builds").removeprefix(installation.settings.env)
    pages = installation.clients.dynamodb.get_paginator("list_tables").paginate()
    names = [name for page in pages for name in page["TableNames"]]
    return sorted(name.removesuffix(end) for name in names if name.endswith(end) and PREFIX in end)


def _action(asked: Asked) -> str:
    plain = f"{_PREFIXES.get(asked.service, asked.service)}:{asked.operation}"
    return _ACTIONS.get(plain, plain)


def _on(asked: Asked) -> str:
    return f" on {asked.subject}" if asked.subject else ""
