"""Where Lambda begins."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import boto3
from aws_lambda_powertools import Logger
from botocore.config import Config

from .masking import masking
from .passwords import Passwords
from .request import Request
from .responding import respond
from .serving import Means, serve
from .settings import Settings
from .sources import SQL
from .watchdog import Watchdog

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from .migrating import Outcome

SPARE = 15.0
"""Seconds kept for the answer: of 300, CloudFormation hears of a failure after 285."""


def ssm() -> Any:
    """A client with bounded patience."""
    patience = Config(connect_timeout=3, read_timeout=5, retries={"mode": "standard", "total_max_attempts": 4})
    return boto3.client("ssm", config=patience)


passwords = Passwords(ssm)
"""Kept while the function is warm."""

log = Logger(service="schema-migration", json_serializer=masking(passwords.hidden))


def handler(event: Mapping[str, Any], context: Any) -> None:
    """Serve a request of CloudFormation. Raises AnswerLost."""
    log.set_correlation_id(str(event.get("RequestId", "")))
    log.info("%s of %s", event.get("RequestType"), event.get("LogicalResourceId"))
    respond(event, lambda: migrated(event, context), log, passwords.hidden)


def migrated(event: Mapping[str, Any], context: Any, folder: Path = SQL) -> Outcome:
    """Raises MigrationError."""

    def left() -> float:
        return float(context.get_remaining_time_in_millis()) / 1000 - SPARE

    request = Request.from_event(event)
    watchdog: Watchdog[Outcome] = Watchdog(left())
    means = Means(Settings.read, passwords, left, watchdog.going_on, log.info, folder=folder)
    return watchdog.run(lambda: serve(request, means))
