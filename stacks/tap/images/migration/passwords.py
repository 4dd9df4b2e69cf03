"""The password of the database: a SecureString of Parameter Store, kept for a while, and shown to nobody."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from aws_lambda_powertools.utilities.parameters import SSMProvider
from aws_lambda_powertools.utilities.parameters.exceptions import GetParameterError
from botocore.exceptions import BotoCoreError, ClientError

from ..common.refusals import code_of
from .errors import PasswordUnavailable

if TYPE_CHECKING:
    from collections.abc import Callable

_TTL = 300
"""Seconds; a warm function outlives a rotation no longer."""


class Passwords:
    """``ssm`` makes the client when the first is read."""

    def __init__(self, ssm: Callable[[], Any]) -> None:
        self._ssm = ssm
        self._provider: SSMProvider | None = None
        self._forms: set[str] = set()

    def read(self, name: str) -> str:
        """Raises PasswordUnavailable."""
        if self._provider is None:
            self._provider = SSMProvider(boto3_client=self._ssm())
        try:
            password = str(self._provider.get(name, decrypt=True, max_age=_TTL))
        except (GetParameterError, ClientError, BotoCoreError) as error:
            cause = error.__context__ if isinstance(error.__context__, Exception) else error  # powertools hides it
            raise PasswordUnavailable(f"parameter {name}: {code_of(cause)}") from None
        self._forms.update(_forms(password))
        return password

    def forget(self) -> None:
        """Read it anew next time."""
        self._provider = None

    def hidden(self, text: str) -> str:
        """The text without any password that was read, however it is written there."""
        for form in sorted(self._forms, key=len, reverse=True):
            text = text.replace(form, "***")
        return text


def _forms(password: str) -> set[str]:
    """As it is, and as Python, JSON, SQL and URLs write it."""
    doubled = password.replace("\\", "\\\\")
    sql = doubled.replace("'", "\\'")
    forms = {password, doubled, sql, repr(password)[1:-1], json.dumps(password)[1:-1], quote(password, safe="")}
    return forms - {""}
