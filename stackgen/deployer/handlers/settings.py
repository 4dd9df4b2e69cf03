"""What a function is told by its environment variables."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, NamedTuple

from .errors import SettingMissing

if TYPE_CHECKING:
    from collections.abc import Mapping

EXECUTION_ROLE = "AWSCloudFormationStackSetExecutionRole"
"""The role that CloudFormation takes on in a target account, as AWS's documentation names it."""

READER_ROLE = "DeployerReaderRole"
"""The role through which stack events and alarms of a target account are read."""


class Settings(NamedTuple):
    """The settings of all functions; each uses its part."""

    env: str
    """The deployer's own environment, which its tables are named after; not the one that is deployed to."""
    separator: str = "-"
    lock_max_retries: int = 10
    lock_ttl: int = 4 * 3600
    """Seconds."""
    administration_role_arn: str = ""
    execution_role_name: str = EXECUTION_ROLE
    max_concurrent_count: int = 10
    failure_tolerance_count: int = 0
    reader_role_name: str = READER_ROLE
    state_machine_arn: str = ""

    @classmethod
    def read(cls, variables: Mapping[str, str] | None = None) -> Settings:
        """From the environment. Raises SettingMissing."""
        given = os.environ if variables is None else variables
        if not given.get("ENV"):
            raise SettingMissing("the environment variable ENV is not set: it names the deployer's tables")
        return cls(
            env=given["ENV"],
            separator=given.get("TABLE_NAME_SEPARATOR", "-"),
            lock_max_retries=_number(given, "LOCK_MAX_RETRIES", 10),
            lock_ttl=_number(given, "LOCK_TTL_SECONDS", 4 * 3600),
            administration_role_arn=given.get("ADMINISTRATION_ROLE_ARN", ""),
            execution_role_name=given.get("EXECUTION_ROLE_NAME") or EXECUTION_ROLE,
            max_concurrent_count=_number(given, "MAX_CONCURRENT_COUNT", 10),
            failure_tolerance_count=_number(given, "FAILURE_TOLERANCE_COUNT", 0),
            reader_role_name=given.get("READER_ROLE_NAME") or READER_ROLE,
            state_machine_arn=given.get("STATE_MACHINE_ARN", ""),
        )

    def table(self, name: str) -> str:
        """The name of ``locks``, ``targets``, ``deployments`` or ``builds``."""
        return f"{self.env}-aws-deployer{self.separator}{name}"

    def needed(self, name: str) -> str:
        """A text that must be there. Raises SettingMissing."""
        value = str(getattr(self, name))
        if not value:
            raise SettingMissing(f"the environment variable {name.upper()} is not set")
        return value


def _number(given: Mapping[str, str], name: str, default: int) -> int:
    text = given.get(name, "")
    if not text:
        return default
    if not text.isdecimal():
        raise SettingMissing(f"the environment variable {name} is {text!r}, but a whole number was expected")
    return int(text)
