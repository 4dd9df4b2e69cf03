"""What the function is told by its environment variables; all that is wrong with them is told at once."""

from __future__ import annotations

import os
import re
from decimal import Decimal
from typing import TYPE_CHECKING, NamedTuple

from .errors import SettingInvalid

if TYPE_CHECKING:
    from collections.abc import Mapping

_NEEDED = ("AUDIT_BUCKET", "DATABASE_PARAMETERS_PATH", "PASSWORD_PARAMETER", "SESSION_TABLE")
_WHOLE = re.compile(r"[1-9][0-9]{0,14}")


class Settings(NamedTuple):
    """The settings of the validator."""

    audit_bucket: str
    database_parameters_path: str
    password_parameter: str
    session_table: str
    amount_limit: Decimal
    """The largest amount, in whole units of any currency."""
    parameter_ttl: int
    """Seconds for which a parameter is kept."""
    ca_file: str
    """Certificates that the database's may be signed by."""

    @classmethod
    def read(cls, variables: Mapping[str, str] | None = None) -> Settings:
        """From the environment. Raises SettingInvalid."""
        given = os.environ if variables is None else variables
        wrong = [f"{name} is not set" for name in _NEEDED if not given.get(name)]
        numbers = {
            name: given.get(name) or default
            for name, default in (("AMOUNT_LIMIT", "1000000"), ("PARAMETER_TTL_SECONDS", "300"))
        }
        wrong += [f"{name} is no whole number" for name, text in numbers.items() if not _WHOLE.fullmatch(text)]
        if wrong:
            raise SettingInvalid(f"environment variables: {', '.join(wrong)}")
        return cls(
            audit_bucket=given["AUDIT_BUCKET"],
            database_parameters_path=given["DATABASE_PARAMETERS_PATH"].rstrip("/"),
            password_parameter=given["PASSWORD_PARAMETER"],
            session_table=given["SESSION_TABLE"],
            amount_limit=Decimal(numbers["AMOUNT_LIMIT"]),
            parameter_ttl=int(numbers["PARAMETER_TTL_SECONDS"]),
            ca_file=given.get("DATABASE_CA_FILE") or "/opt/rds-ca.pem",
        )
