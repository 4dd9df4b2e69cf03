"""What the function is told by its environment variables; all that is missing is told at once."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, NamedTuple

from .errors import SettingInvalid

if TYPE_CHECKING:
    from collections.abc import Mapping


class Settings(NamedTuple):
    """The settings of the migration."""

    user: str
    password_parameter: str
    ca_file: str
    """Certificates that the database's must be signed by."""

    @classmethod
    def read(cls, variables: Mapping[str, str] | None = None) -> Settings:
        """From the environment. Raises SettingInvalid."""
        given = os.environ if variables is None else variables
        if missing := [name for name in ("DATABASE_USER", "PASSWORD_PARAMETER") if not given.get(name)]:
            raise SettingInvalid(f"environment variables that are not set: {', '.join(missing)}")
        ca_file = given.get("DATABASE_CA_FILE") or "/opt/rds-ca.pem"
        return cls(given["DATABASE_USER"], given["PASSWORD_PARAMETER"], ca_file)
