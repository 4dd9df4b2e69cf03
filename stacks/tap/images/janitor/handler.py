"""The entry point of the image: ``images.janitor.handler.handler``.

In: ``{"delete": true}`` from the daily rule; whoever asks without it is told what would be deleted, and nothing is.
Out: ``dry_run``, ``due``, ``deleted``, ``later``, ``kept``. Raises JanitorError, after all that could be deleted is.
"""

from __future__ import annotations

import os
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

import boto3
from aws_lambda_powertools import Logger, Metrics
from aws_lambda_powertools.metrics import MetricUnit
from botocore.config import Config

from .errors import SnapshotsLeft
from .pruning import Pruned, prune
from .settings import rule
from .snapshots import Plan, plan, read

SERVICE, NAMESPACE = "snapshot-janitor", "TapStack"
CONFIG = Config(retries={"mode": "standard", "total_max_attempts": 5}, connect_timeout=5, read_timeout=20)

log = Logger(service=SERVICE)


def handler(event: object, context: Any) -> dict[str, Any]:
    """Once a day."""
    return kept_tidy(event, context, datetime.now(UTC))


def kept_tidy(event: object, context: Any, now: datetime) -> dict[str, Any]:
    """Plan, tell the plan, and carry it out if the event says so. Raises JanitorError."""
    log.set_correlation_id(str(getattr(context, "aws_request_id", "")))
    deleting = isinstance(event, dict) and event.get("delete") is True
    wanted = rule()
    rds = _rds(os.environ.get("AWS_REGION", ""), os.environ.get("AWS_SESSION_TOKEN", ""))
    made = plan(read(rds), wanted, now)
    due = [each.name for each in made.doomed]
    log.info("plan", extra={"dry_run": not deleting, "due": due, "later": made.later, "kept": made.kept})
    done = prune(made.doomed if deleting else (), rds, lambda: context.get_remaining_time_in_millis() / 1_000)
    _measure(wanted.tags["EnvironmentSuffix"], made, done)
    if deleting:
        log.info("pruned", extra={"deleted": done.deleted, "failed": done.failed, "untouched": done.untouched})
    if done.failed or done.untouched:
        raise SnapshotsLeft(f"{len(done.failed)} snapshots could not be deleted, {done.untouched} were not come to")
    return {
        "dry_run": not deleting,
        "due": due,
        "deleted": list(done.deleted),
        "later": made.later,
        "kept": dict(made.kept),
    }


@lru_cache(maxsize=8)
def _rds(region: str, token: str) -> Any:
    """A client belongs to the region and the credentials that it is made with."""
    del token
    return boto3.client("rds", region_name=region or None, config=CONFIG)


def _measure(suffix: str, made: Plan, done: Pruned) -> None:
    """Figures that CloudWatch reads from the log."""
    metrics = Metrics(namespace=NAMESPACE, service=SERVICE)
    metrics.add_dimension("EnvironmentSuffix", suffix)
    for name, value in (
        ("SnapshotsDue", len(made.doomed) + made.later),
        ("SnapshotsKept", sum(made.kept.values())),
        ("SnapshotsDeleted", len(done.deleted)),
        ("SnapshotsFailed", len(done.failed) + done.untouched),
    ):
        metrics.add_metric(name, MetricUnit.Count, value)
    metrics.flush_metrics()
