"""Where Lambda begins: whatever happens, CloudFormation is answered."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import boto3
from aws_lambda_powertools import Logger
from botocore.config import Config

from .answer import Answer, send
from .errors import MigrationError
from .passwords import Passwords
from .request import Request
from .serving import Means, serve
from .settings import Settings
from .watchdog import Watchdog

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .migrating import Outcome

SPARE = 15.0
"""Seconds kept for the answer: of 300, CloudFormation hears of a failure after 285."""

log = Logger(service="schema-migration")


def ssm() -> Any:
    """A client with bounded patience."""
    patience = Config(connect_timeout=3, read_timeout=5, retries={"mode": "standard", "total_max_attempts": 4})
    return boto3.client("ssm", config=patience)


passwords = Passwords(ssm)
"""Kept while the function is warm."""


def handler(event: Mapping[str, Any], context: Any) -> None:
    """Serve a request and answer it. It does not raise after that: CloudFormation knows, and Lambda would try again.

    Raises AnswerLost: then Lambda does try again, finds done what was done, and answers.
    """
    log.set_correlation_id(str(event.get("RequestId", "")))
    log.info("%s of %s", event.get("RequestType"), event.get("LogicalResourceId"))
    answer = answered(event, context)
    if answer.reason:
        log.error(answer.reason)
    send(event, answer)


def answered(event: Mapping[str, Any], context: Any) -> Answer:
    """What CloudFormation is told."""
    try:
        if event.get("RequestType") == "Delete":
            return Answer()  # the data stay, whatever happens to the stack
        outcome = migrated(event, context)
    except MigrationError as error:
        return Answer(passwords.hidden(f"{type(error).__name__}: {error}"))
    except BaseException as error:  # nobody would hear of it before the time is up
        log.exception("unexpected")
        return Answer(f"unexpected {type(error).__name__}; its log tells where")
    log.info("the schema has version %s; applied now: %s", outcome.version, ", ".join(outcome.applied) or "nothing")
    return Answer(data={"AppliedVersion": str(outcome.version)})


def migrated(event: Mapping[str, Any], context: Any) -> Outcome:
    """Raises MigrationError."""

    def left() -> float:
        return float(context.get_remaining_time_in_millis()) / 1000 - SPARE

    request = Request.from_event(event)
    watchdog: Watchdog[Outcome] = Watchdog(left())
    means = Means(Settings.read(), passwords, left, watchdog.going_on, log.info)
    return watchdog.run(lambda: serve(request, means))
