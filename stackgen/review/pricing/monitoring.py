"""What watches: alarms, dashboards, logs and the metrics made from them."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from .amounts import ONE, Range, decimal_of
from .charges import Charge, Family
from .values import UNKNOWN, alternatives

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .charges import Subject

MINUTE = 60
HOURS_A_DAY = 24


def _alarm(subject: Subject) -> Iterator[Charge]:
    """Each metric of an alarm is charged, dearer where a period is shorter than a minute."""
    listed = [option for option in subject.options("Metrics") if isinstance(option, list)]
    metrics = [each for option in listed[:1] for each in option if isinstance(each, dict) and "MetricStat" in each]
    periods = [subject.number("Period")] + [_period(each) for each in metrics]
    short = any(period is not None and period.low < MINUTE for period in periods)
    count = Range.exactly(max(len(metrics), 1))
    note = f"{len(metrics):,} metrics" if len(metrics) > 1 else ""
    if subject.options("ThresholdMetricId"):
        note = f"{note}; the band of an anomaly detector costs more".removeprefix("; ")
    yield Charge("cw-alarm-hi" if short else "cw-alarm", count, note)


def _period(metric: dict[str, Any]) -> Range | None:
    stat = next((each for each in alternatives(metric["MetricStat"]) if isinstance(each, dict)), {})
    amounts = [decimal_of(each) for each in alternatives(stat.get("Period"))]
    known = [each for each in amounts if each is not None]
    return Range(min(known), max(known), max(known)) if known else None


def _composite(subject: Subject) -> Iterator[Charge]:
    del subject
    yield Charge("cw-composite", ONE, "the alarms that it joins are charged beside it")


def _dashboard(subject: Subject) -> Iterator[Charge]:
    del subject
    yield Charge("cw-dash", ONE)


def _log_group(subject: Subject) -> Iterator[Charge]:
    ingested = subject.used("ingested_gb")
    rare = subject.may_be("INFREQUENT_ACCESS", "LogGroupClass")
    yield Charge("logs-in-ia" if rare else "logs-in", ingested, what="ingestion, Infrequent Access class")
    stored = subject.given("stored_gb")
    days = subject.number("RetentionInDays")
    if stored is not None:
        yield Charge("logs-st", stored)
    elif days is not None:
        month = subject.hours / HOURS_A_DAY
        kept = ingested * days.each(lambda amount: amount / month)
        yield Charge("logs-st", kept, f"{days.high:,} days of what comes in, before it is compressed")
    else:
        subject.used("stored_gb")
        yield Charge("logs-st", Range.exactly(0), "kept for ever: say stored_gb")


def _metric_filter(subject: Subject) -> Iterator[Charge]:
    made = [len(each) for each in subject.options("MetricTransformations") if isinstance(each, list)]
    count = Range.exactly(Decimal(max(made, default=1)))
    note = "" if UNKNOWN not in subject.options("MetricTransformations") else "how many metrics is not known"
    yield Charge("cw-metric", count, note)


FAMILY = Family(
    {
        "AWS::CloudWatch::Alarm": _alarm,
        "AWS::CloudWatch::CompositeAlarm": _composite,
        "AWS::CloudWatch::Dashboard": _dashboard,
        "AWS::Logs::LogGroup": _log_group,
        "AWS::Logs::MetricFilter": _metric_filter,
    },
    {
        "AWS::Logs::LogGroup": {
            "ingested_gb": "a month",
            "stored_gb": "where it is not the retention times what comes in",
        },
    },
)
