"""Retry and Catch: which errors they mean, and how long they wait in all.

Source: https://docs.aws.amazon.com/step-functions/latest/dg/concepts-error-handling.html: States.ALL stands alone and
last; States.Runtime always ends the execution; only Task, Map and Parallel have either.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from stackgen.asl.graph import CATCHING, TYPES, Problem, kind_of, mapping, sequence
from stackgen.errors import likely

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

ALL, TASK_FAILED = "States.ALL", "States.TaskFailed"
NOT_TASK_FAILED = frozenset({"States.Timeout", "States.DataLimitExceeded", "States.HeartbeatTimeout"})
NAMES = frozenset(
    f"States.{name}"
    for name in (
        *("ALL", "BranchFailed", "DataLimitExceeded", "ExceedToleratedFailureThreshold", "HeartbeatTimeout"),
        *("IntrinsicFailure", "ItemReaderFailed", "NoChoiceMatched", "ParameterPathFailure", "Permissions"),
        *("QueryEvaluationError", "ResultPathMatchFailure", "ResultWriterFailed", "Runtime", "TaskFailed", "Timeout"),
        "Http.Socket",
    )
)
"""The errors that Step Functions itself knows."""


def total_wait(retry: Iterable[Mapping[str, Any]]) -> float:
    """The seconds that a Retry waits at most, the tries themselves left out.

    Each retrier has a counter of its own, so the worst is that all of them are used up. A jitter makes a wait shorter,
    never longer.
    """
    total = 0.0
    for retrier in retry:
        wait = float(retrier.get("IntervalSeconds", 1))
        most = float(retrier.get("MaxDelaySeconds", "inf"))
        for _ in range(int(retrier.get("MaxAttempts", 3))):
            total += min(wait, most)
            wait = min(wait * float(retrier.get("BackoffRate", 2.0)), 1e12)
    return total


def problems_of(name: str, state: Mapping[str, Any], longest_retry: float) -> Iterator[Problem]:
    """What is wrong with a state's Retry and Catch."""
    for field in ("Retry", "Catch"):
        if field not in state:
            continue
        kind = kind_of(state)
        if kind not in CATCHING and kind in TYPES:
            message = f"{name} is a {kind} and has a {field}; only Task, Map and Parallel may have one"
            yield Problem("misplaced-catch", name, message, "the error edge belongs to the Task whose answer it reads")
            continue
        yield from _rules(name, field, sequence(state[field]))
    try:
        waits = total_wait([mapping(each) for each in sequence(state.get("Retry"))])
    except (TypeError, ValueError):  # a value of another type, which AWS refuses
        return
    if waits > longest_retry:
        message = f"{name} retries for {_duration(waits)} in all, at most {_duration(longest_retry)} were expected"
        yield Problem("long-retry", name, message, "MaxDelaySeconds bounds each wait, MaxAttempts their number")


def _rules(name: str, field: str, rules: list[Any]) -> Iterator[Problem]:
    before: dict[str, int] = {}
    for index, rule in enumerate(rules):
        errors = [each for each in sequence(mapping(rule).get("ErrorEquals")) if isinstance(each, str)]
        where = f"{field}[{index}] of {name}"
        if not errors:
            yield Problem("no-error", name, f"{where} names no error", "ErrorEquals: at least one name, or States.ALL")
        if ALL in errors and len(errors) > 1:
            message = f"{where} names States.ALL among others: {', '.join(errors)}"
            yield Problem("all-alone", name, message, "States.ALL stands alone in its ErrorEquals")
        if ALL in errors and index + 1 < len(rules):
            message = f"{where} names States.ALL, and {len(rules) - index - 1} more follow, which nothing reaches"
            yield Problem("all-last", name, message, "put it last")
        for error in errors:
            yield from _error(name, where, error, before)
            before.setdefault(error, index)


def _error(name: str, where: str, error: str, before: Mapping[str, int]) -> Iterator[Problem]:
    if error == "States.Runtime":
        message = f"{where} names States.Runtime, which no Retry and no Catch ever sees"
        yield Problem("uncatchable", name, message, "see that every path that is read has been written")
    elif error.startswith("States.") and error not in NAMES:
        yield Problem("unknown-error", name, f"{where} names {error}, which is no error", likely(error, NAMES))
    general = before.get(TASK_FAILED) if error not in {ALL, *NOT_TASK_FAILED} else None
    earlier = before.get(error, general)
    if earlier is not None:
        said = error if error in before else TASK_FAILED
        message = f"{where} names {error}, but the rule {earlier} before it takes {said}"
        yield Problem("hidden-error", name, message, "the first rule that matches is taken: put the narrower one first")


def _duration(seconds: float) -> str:
    minutes = seconds / 60
    return f"{seconds:g} s" if minutes < 2 else f"{minutes:.1f} min" if minutes < 120 else f"{minutes / 60:.1f} h"  # noqa: PLR2004  as people count
