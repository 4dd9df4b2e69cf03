"""The two stores of secrets: what is there, and the calls that make or renew one. Only ``read`` sees a value."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol
from uuid import uuid4

from botocore.exceptions import ClientError

from stackgen.deploy.actions import Action
from stackgen.deployer.handlers.refusals import code_of
from stackgen.errors import StackgenError

from .wanted import PARAMETER_STORE, SECRETS_MANAGER

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

    from stackgen.deploy.targets import Target

    from .wanted import Wanted

_THERE_ALREADY = ("ParameterAlreadyExists", "ResourceExistsException")
_SECURE = "SecureString"
LEAST_DAYS = 7
"""In which a secret of Secrets Manager can be restored. Source: API_DeleteSecret."""
_NO_SECRET = re.compile(r"user(name)?|host|port|engine|db(name|(instance|cluster)identifier)", re.IGNORECASE)
"""Members of a database's secret that nobody can make up. Source: Secrets Manager User Guide, "JSON structure"."""


class SecretError(StackgenError):
    """A secret that is not as it must be, or not there."""


class Stored(NamedTuple):
    """A secret that is there."""

    version: str
    changed: datetime | None
    key: str = ""
    """What it is encrypted with."""


class Store(Protocol):
    """Where secrets are kept."""

    def find(self, name: str) -> Stored | None:
        """The newest version. Raises SecretError for what is no secret, or is being deleted."""

    def read(self, name: str, version: str) -> str:
        """A version's value, which nobody may be shown. Raises SecretError."""

    def tags(self, name: str) -> dict[str, str] | None:
        """The tags of one that is there; None where there is none, or where it is being deleted already."""

    def make(self, wanted: Wanted, value: str, target: Target) -> Action:
        """What makes it, where it is not there."""

    def renew(self, wanted: Wanted, value: str, key: str) -> Action:
        """What adds a version, under the same key."""

    @staticmethod
    def delete(wanted: Wanted) -> Action:
        """What deletes it, with all its versions."""

    @staticmethod
    def version_of(answer: Mapping[str, Any]) -> str:
        """The version that a call has made."""


def store_of(wanted: Wanted, client: Callable[[str], Any]) -> Store:
    """Where a secret is kept."""
    return _STORES[wanted.store](client(wanted.store))


class ParameterStore:
    """SecureStrings of Systems Manager; versions are numbers."""

    def __init__(self, ssm: Any) -> None:
        self._ssm = ssm

    def _described(self, name: str) -> Mapping[str, Any] | None:
        by_name = [{"Key": "Name", "Option": "Equals", "Values": [name]}]
        pages = self._ssm.get_paginator("describe_parameters").paginate(ParameterFilters=by_name)
        return next((each for page in pages for each in page["Parameters"]), None)

    def find(self, name: str) -> Stored | None:
        found = self._described(name)
        if found is None:
            return None
        if found["Type"] != _SECURE:
            raise SecretError(
                f"{name} is there as a {found['Type']}, which is not encrypted",
                "no reference to a secret reads it: delete it, then secrets put makes it anew",
            )
        return Stored(str(found["Version"]), found.get("LastModifiedDate"), found.get("KeyId", ""))

    def tags(self, name: str) -> dict[str, str] | None:
        if name.startswith("arn:") or self._described(name) is None:  # an ARN is another account's, or shared
            return None
        found = self._ssm.list_tags_for_resource(ResourceType="Parameter", ResourceId=name)["TagList"]
        return {each["Key"]: each["Value"] for each in found}

    def read(self, name: str, version: str) -> str:
        try:
            return str(self._ssm.get_parameter(Name=f"{name}:{version}", WithDecryption=True)["Parameter"]["Value"])
        except ClientError as error:
            if code_of(error) in ("ParameterVersionNotFound", "ParameterNotFound"):
                raise SecretError(f"{name} has no version {version} any more") from error
            raise

    def make(self, wanted: Wanted, value: str, target: Target) -> Action:
        if wanted.name.startswith("arn:"):
            raise SecretError(f"{wanted.name} is another account's, or shared: whoever owns it makes it")
        key = {"KeyId": target.secrets_key} if target.secrets_key else {}
        asked = {
            "Name": wanted.name,
            "Value": value,
            "Type": _SECURE,
            "Description": f"Read by {target.stack_name}; made by stackgen",
            "Tags": _tags(target),
            **key,
        }
        return Action("ssm", "put_parameter", asked, f"make the SecureString {wanted.name}", frozenset({"Value"}))

    def renew(self, wanted: Wanted, value: str, key: str) -> Action:
        own = {"KeyId": key} if key else {}  # without it AWS would take its own from now on
        asked = {"Name": wanted.name, "Value": value, "Type": _SECURE, "Overwrite": True, **own}
        return Action("ssm", "put_parameter", asked, f"add a version to {wanted.name}", frozenset({"Value"}))

    @staticmethod
    def delete(wanted: Wanted) -> Action:
        return Action("ssm", "delete_parameter", {"Name": wanted.name}, f"delete the SecureString {wanted.name}")

    @staticmethod
    def version_of(answer: Mapping[str, Any]) -> str:
        return str(answer["Version"])


class SecretsManager:
    """Secrets of Secrets Manager; versions are UUIDs, and a value may be JSON of several members."""

    def __init__(self, manager: Any) -> None:
        self._manager = manager

    def find(self, name: str) -> Stored | None:
        try:
            found = self._manager.describe_secret(SecretId=name)
        except ClientError as error:
            if code_of(error) == "ResourceNotFoundException":
                return None
            raise
        if found.get("DeletedDate"):
            raise SecretError(
                f"{name} is being deleted, and nothing reads it any more",
                f"aws secretsmanager restore-secret --secret-id {name} keeps it",
            )
        stages = found.get("VersionIdsToStages", {})
        version = next((each for each, names in stages.items() if "AWSCURRENT" in names), "")
        return Stored(version, found.get("LastChangedDate") or found.get("CreatedDate"), found.get("KmsKeyId", ""))

    def tags(self, name: str) -> dict[str, str] | None:
        try:
            found = self._manager.describe_secret(SecretId=name)
        except ClientError as error:
            if code_of(error) == "ResourceNotFoundException":
                return None
            raise
        return None if found.get("DeletedDate") else {each["Key"]: each["Value"] for each in found.get("Tags", [])}

    def read(self, name: str, version: str) -> str:
        try:
            return str(self._manager.get_secret_value(SecretId=name, VersionId=version)["SecretString"])
        except ClientError as error:
            if code_of(error) == "ResourceNotFoundException":
                raise SecretError(f"{name} has no version {version} any more") from error
            raise

    def make(self, wanted: Wanted, value: str, target: Target) -> Action:
        if wanted.name.startswith("arn:"):
            raise SecretError(f"{wanted.name} has to be made by its name: AWS chooses the end of its ARN")
        key = {"KmsKeyId": target.secrets_key} if target.secrets_key else {}
        asked = {
            "Name": wanted.name,
            "SecretString": value,
            "Description": f"Read by {target.stack_name}; made by stackgen",
            "Tags": _tags(target),
            "ClientRequestToken": str(uuid4()),
            **key,
        }
        why = f"make the secret {wanted.name}"
        return Action(SECRETS_MANAGER, "create_secret", asked, why, frozenset({"SecretString"}))

    def renew(self, wanted: Wanted, value: str, key: str) -> Action:
        del key  # which belongs to the secret, not to a version
        asked = {"SecretId": wanted.name, "SecretString": value, "ClientRequestToken": str(uuid4())}
        why = f"add a version to {wanted.name}"
        return Action(SECRETS_MANAGER, "put_secret_value", asked, why, frozenset({"SecretString"}))

    @staticmethod
    def delete(wanted: Wanted) -> Action:
        asked = {"SecretId": wanted.name, "RecoveryWindowInDays": LEAST_DAYS}
        why = f"delete the secret {wanted.name}, which can be restored for {LEAST_DAYS} days"
        return Action(SECRETS_MANAGER, "delete_secret", asked, why)

    @staticmethod
    def version_of(answer: Mapping[str, Any]) -> str:
        return str(answer["VersionId"])


def _tags(target: Target) -> list[dict[str, str]]:
    return [{"Key": name, "Value": value} for name, value in target.tags.items()]


def is_made(action: Action, perform: Callable[[Action], Any]) -> bool:
    """Make a secret; False where somebody else has made it in the meantime."""
    try:
        perform(action)
    except ClientError as error:
        if code_of(error) in _THERE_ALREADY:
            return False
        raise
    return True


def whole(wanted: Wanted, text: str, before: str = "") -> str:
    """The text; where members of JSON are referred to, JSON with it as each of them, and all others as they were."""
    if not wanted.keys:
        return text
    try:
        members = json.loads(before or "{}")
    except ValueError:
        members = None
    if not isinstance(members, dict):
        raise SecretError(f"{wanted.name} is no JSON object, but {wanted.keys[0]} of it is read")
    own = [key for key in wanted.keys if not _NO_SECRET.fullmatch(key)]
    for key in wanted.keys:
        if key not in own and key not in members:
            hint = "aws secretsmanager create-secret makes it with both, or the template says it in a parameter"
            raise SecretError(f"{wanted.name}: its member {key} is read too, and nobody can make that up", hint)
    return json.dumps({**members, **dict.fromkeys(own, text)})


_STORES: dict[str, Callable[[Any], Store]] = {PARAMETER_STORE: ParameterStore, SECRETS_MANAGER: SecretsManager}
