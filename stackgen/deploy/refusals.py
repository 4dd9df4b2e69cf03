"""What AWS refuses, told to a person: which action on what, and what to do.

A refusal does not say what was asked, so every client is watched, and its last call remembered.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from botocore import exceptions
from botocore.exceptions import BotoCoreError, ClientError

from stackgen.deployer.handlers.refusals import bounded, code_of, is_transient
from stackgen.errors import StackgenError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

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
_PREFIXES = {"stepfunctions": "states", "sts": "sts", "service-quotas": "servicequotas"}
_ACTIONS = {
    "s3:ListObjectsV2": "s3:ListBucket",
    "s3:HeadBucket": "s3:ListBucket",
    "s3:HeadObject": "s3:GetObject",
    "dynamodb:TransactWriteItems": "dynamodb:PutItem and dynamodb:UpdateItem",
}
"""Operations whose permission has another name. Source: the service authorization reference."""

_SUBJECTS = (
    "TableName", "StackSetName", "executionArn", "stateMachineArn", "Bucket", "Name", "RoleArn", "RoleName",
    "StackName", "Path", "ChangeSetName", "SecretId", "repositoryName",
)  # fmt: skip
"""Parameters that say what a call is about."""

_NOUNS = {
    "TableName": "table ", "StackSetName": "StackSet ", "Bucket": "bucket ", "StackName": "stack ",
    "repositoryName": "repository ",
}  # fmt: skip

_READING = ("BatchGet", "Describe", "Get", "Head", "List", "Query", "Scan")
"""What the names of operations that change nothing begin with."""


class Asked(NamedTuple):
    """A call: of which service and region, which operation, about what."""

    service: str
    region: str
    operation: str
    subject: str

    @property
    def action(self) -> str:
        """As policies name it."""
        plain = f"{_PREFIXES.get(self.service, self.service)}:{self.operation}"
        return _ACTIONS.get(plain, plain)

    @property
    def is_reading(self) -> bool:
        """Whether it changes nothing."""
        return self.operation.startswith(_READING)

    @property
    def shown(self) -> str:
        """The action, and on what."""
        return f"{self.action} on {self.subject}" if self.subject else self.action


class RefusedByAwsError(StackgenError):
    """AWS said no, or did not answer."""


def watched(client: Any, note: Callable[[Asked], None]) -> Any:
    """A client, each call of which is noted before it is made."""
    service, region = client.meta.service_model.service_name, str(client.meta.region_name)

    def noted(params: Mapping[str, Any], model: Any, **_: object) -> None:
        note(Asked(service, region, model.name, _subject(params)))

    client.meta.events.register("provide-client-params.*.*", noted)
    return client


def told(error: BaseException, asked: Asked | None) -> StackgenError | None:
    """The error for a person; None where it is none of AWS's, but a mistake of ours."""
    if isinstance(error, _WITHOUT_CREDENTIALS):
        return RefusedByAwsError(
            f"no credentials for AWS: {bounded(str(error), 200)}",
            "--profile NAME chooses those of a profile; so do AWS_PROFILE, or AWS_ACCESS_KEY_ID and "
            "AWS_SECRET_ACCESS_KEY",
        )
    if isinstance(error, ClientError) and asked is not None:
        return _refused(error, asked)
    if isinstance(error, BotoCoreError) and asked is not None:
        return RefusedByAwsError(
            f"no answer from {asked.service} in {asked.region} to {asked.shown}: {bounded(str(error), 200)}",
            "it only asks, and has changed nothing; is the network there, and AWS_ENDPOINT_URL right where it is set?"
            if asked.is_reading
            else "whether it took effect is not known; the same command again shows it, and does nothing twice",
        )
    return None


def is_forbidden(error: BaseException) -> bool:
    """Whether AWS says that these credentials may not do it."""
    return isinstance(error, ClientError) and code_of(error) in _FORBIDDEN


def _refused(error: ClientError, asked: Asked) -> StackgenError:
    code = code_of(error)
    said = bounded(str(error.response.get("Error", {}).get("Message", "")), 300)
    if is_forbidden(error):
        return RefusedByAwsError(
            f"access denied: these credentials may not {asked.shown} in {asked.region}",
            said,
            "whoever administers the account can allow it; --profile NAME chooses other credentials",
        )
    if code in _UNTRUSTED:
        return RefusedByAwsError(f"AWS does not accept these credentials ({code})", said, "sign in again, or --profile")
    if is_transient(error):
        return RefusedByAwsError(
            f"{asked.shown} was refused for now, also after several attempts: {code}",
            said,
            "the same command a minute later does the same, and does nothing twice",
        )
    return RefusedByAwsError(f"{asked.shown} was refused: {code}", said)


def _subject(params: Mapping[str, Any]) -> str:
    for name in _SUBJECTS:
        if isinstance(params.get(name), str):
            return f"{_NOUNS.get(name, '')}{params[name]}"
    for write in params.get("TransactItems", ()):
        for content in write.values():
            return f"table {content['TableName']}"
    return next((f"table {table}" for table in params.get("RequestItems", ())), "")
