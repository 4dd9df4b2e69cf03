"""What a warm function keeps: clients, parameters, the connection. Made at the first invocation, not at import."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import boto3
from botocore.config import Config

from .audit import AuditLog
from .database import Database
from .ledger import Ledger
from .parameters import Parameters
from .sessions import Sessions
from .settings import Settings
from .validation import Services

if TYPE_CHECKING:
    from collections.abc import Callable

CONFIG = Config(
    retries={"mode": "standard", "total_max_attempts": 3}, connect_timeout=2, read_timeout=4, tcp_keepalive=True
)
"""Three attempts, with a growing pause of random length."""


def made(settings: Settings, client: Callable[[str], Any]) -> Services:
    """The services of one environment; *client* makes a client of AWS by the name of a service."""
    database = Database(Parameters(settings, client("ssm")), settings.ca_file)
    return Services(
        settings,
        Sessions(settings.session_table, client("dynamodb")),
        Ledger(database),
        AuditLog(settings.audit_bucket, client("s3")),
        lambda: datetime.now(UTC),
    )


def of_environment() -> Services:
    """Those that the variables of the function ask for. Raises SettingInvalid."""
    return _kept(Settings.read(), os.environ.get("AWS_REGION", ""), os.environ.get("AWS_SESSION_TOKEN", ""))


@lru_cache(maxsize=8)
def _kept(settings: Settings, region: str, token: str) -> Services:
    """Clients belong to the region and the credentials that they are made with."""
    del token
    return made(settings, lambda name: boto3.client(name, region_name=region or None, config=CONFIG))
