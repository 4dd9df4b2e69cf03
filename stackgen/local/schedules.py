"""EventBridge's clockwork: rules with a schedule, and EventBridge Scheduler, fire in virtual time.

A daemon timer looks once a minute whether schedules were made or changed, and fires each at its moment. What ministack
does with a schedule holds: FlexibleTimeWindow, ScheduleExpressionTimezone and RetryPolicy are not heeded, and a target
other than Lambda, SQS, SNS, a state machine or a bus gets nothing. Sources:
https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-scheduled-rule-pattern.html and
https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html.
"""

from __future__ import annotations

import math
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from stackgen.local.virtual import Time, datetime_on, given

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from stackgen.local.clock import Clock

    Key = tuple[str, str, str]

_MINUTE = 60.0


class Schedules:
    """The schedules of all accounts and regions.

    *client* makes a client of a service in an account and a region: a rule may start a state machine.
    """

    def __init__(self, clock: Clock, client: Callable[[str, str, str], Any]) -> None:
        self._clock = clock
        self._client = client
        self._seen: object = None
        self._disabled: dict[Key, float] = {}
        self._due = math.inf
        self._running = False

    @contextmanager
    def mended(self) -> Iterator[None]:
        """Let the schedules fire while this is open."""
        from ministack.services import eventbridge, scheduler

        times = {"time": Time(self._clock), "datetime": datetime_on(self._clock)}
        with ExitStack() as mended:
            mended.enter_context(given(eventbridge, **times, _rule_last_fired={}))
            mended.enter_context(given(eventbridge, _dispatch_to_stepfunctions=self._start))
            mended.enter_context(given(scheduler, **times, _schedule_last_fired={}))
            self._running = True
            self._wait()
            try:
                yield
            finally:
                self._running = False

    def _wait(self) -> None:
        now = self._clock.time()
        next_look = now - now % _MINUTE + _MINUTE
        self._clock.call_later(max(0.0, min(next_look, self._due) - now), self._look, daemon=True)

    def _look(self) -> None:
        if not self._running:
            return
        found = list(_known())
        seen = [(key, one.get("State"), one.get("ScheduleExpression")) for key, one, _ in found]
        if seen != self._seen:
            self._seen = seen
            self._due = self._earliest()
        if self._due <= self._clock.time():
            self._due = math.inf
            self._clock.spawn(self._fire, "schedules", daemon=True)
        self._wait()

    def _fire(self) -> None:
        from ministack.services import eventbridge, scheduler

        eventbridge._tick_scheduled_rules()
        scheduler._tick_schedules()
        self._due = self._earliest()

    def _earliest(self) -> float:
        """When the next schedule is due, each counted from when it was made, enabled or fired last."""
        now = self._clock.time()
        earliest = math.inf
        for key, one, fired in _known():
            made = float(one.get("CreationTime") or one.get("CreationDate") or now)
            expression = one.get("ScheduleExpression") or ""
            if one.get("State") != "ENABLED":
                fired.pop(key, None)
                self._disabled[key] = now
            elif expression.startswith("at("):
                if key not in fired:
                    earliest = min(earliest, max(_moment(expression), now))
            else:
                last = fired.setdefault(key, min(now, self._disabled.pop(key, made)))
                earliest = min(earliest, _after(expression, last, one))
        return earliest

    def _start(self, machine: str, payload: str) -> None:
        _, _, _, region, account, *_ = machine.split(":")
        client = self._client("stepfunctions", account, region)
        self._clock.spawn(lambda: client.start_execution(stateMachineArn=machine, input=payload), "rule", daemon=True)


def _known() -> Iterator[tuple[Key, dict[str, Any], dict[Key, float]]]:
    """Every schedule, and where it is noted when each fired last."""
    from ministack.services import eventbridge, scheduler

    for key, rule in list(eventbridge._rules._data.items()):
        if rule.get("ScheduleExpression"):
            yield key, rule, eventbridge._rule_last_fired
    for key, schedule in list(scheduler._schedules._data.items()):
        yield key, schedule, scheduler._schedule_last_fired


def _moment(expression: str) -> float:
    from ministack.services import scheduler

    moment = scheduler._at_time_epoch(expression)
    return math.inf if moment is None else float(moment)


def _after(expression: str, last: float, one: dict[str, Any]) -> float:
    """When a rate or a cron expression is due after a moment; never, where it ended."""
    from ministack.services import eventbridge, scheduler

    begin, end = scheduler._to_epoch(one.get("StartDate")), scheduler._to_epoch(one.get("EndDate"))
    seconds = eventbridge._parse_rate_seconds(expression)
    if seconds is not None:
        due = last + float(seconds)
    else:
        fields = eventbridge._parse_cron_fields(expression)
        next_one = fields and eventbridge._cron_next_fire(fields, datetime.fromtimestamp(last, UTC))
        due = next_one.timestamp() if next_one else math.inf
    due = max(due, begin or 0.0)
    return math.inf if end is not None and due > end else due
