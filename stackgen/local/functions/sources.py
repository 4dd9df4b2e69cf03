"""Event source mappings: queues and streams call functions, in virtual time, and nobody polls in vain.

Each mapping has a task of its own that looks when something was put somewhere, when a failed batch is due again and
when a message becomes visible; besides, now and then. A batch is handed over as soon as time stands still, after
``MaximumBatchingWindowInSeconds`` where that is set. A batch of a table's stream that fails is tried again until its
records expire or MaximumRetryAttempts are used up; then it goes to the destination of failures, or only its first
record where BisectBatchOnFunctionError is set, for AWS halves the batch until that is alone. Sources:
https://docs.aws.amazon.com/lambda/latest/dg/invocation-eventsourcemapping.html and
https://docs.aws.amazon.com/lambda/latest/dg/services-dynamodb-errors.html.
"""

from __future__ import annotations

import contextvars
import json
import sys
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urlencode

from stackgen.local.virtual import Threading, Time, given
from stackgen.local.wire import Request

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from stackgen.local.clock import Clock
    from stackgen.local.gateway import Around
    from stackgen.local.wire import Call, Response

_IDLE = 300.0
"""Seconds between two looks that nothing asked for."""
_LONGEST_PAUSE = 60.0
"""Seconds between two tries of a batch that fails again and again. assumed: it doubles from one second up to this."""

_mine: contextvars.ContextVar[str] = contextvars.ContextVar("mapping", default="")
"""The mapping that a task looks after."""


class EventSources:
    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._wake: Any = Threading(clock).Event()
        self._watched: set[str] = set()

    def operations(self) -> dict[str, Around]:
        """What stands around operations of Lambda's: a mapping that is changed is looked at."""
        return {"UpdateEventSourceMapping": self._changed, "DeleteEventSourceMapping": self._changed}

    def queue_operations(self) -> dict[str, Around]:
        """What stands around operations of SQS's: who waits for a message waits in virtual time."""
        return {"ReceiveMessage": self._received}

    @contextmanager
    def mended(self) -> Iterator[None]:
        """Let queues and streams wake whoever looks after their mappings."""
        from ministack.core import concurrency
        from ministack.services import eventbridge, lambda_svc, sqs

        everywhere = lambda_svc._iter_all_esms
        execute = lambda_svc._execute_function
        with ExitStack() as mended:
            mended.enter_context(given(lambda_svc, _execute_function=lambda *asked: _with_failures(execute, *asked)))
            mended.enter_context(given(concurrency, esm_wake=self._wake))
            for name, module in list(sys.modules.items()):
                if name.startswith("ministack.services.") and hasattr(module, "esm_wake"):
                    mended.enter_context(given(module, esm_wake=self._wake))
            mended.enter_context(given(sqs, time=Time(self._clock)))
            mended.enter_context(given(eventbridge, _dispatch_to_lambda=_dispatched))
            mended.enter_context(
                given(
                    lambda_svc,
                    _esm_wake=self._wake,
                    _esm_inflight={},
                    _ensure_poller=self._watch,
                    _iter_all_esms=lambda: (one for one in everywhere() if one[2]["UUID"] == _mine.get()),
                    spawn_background=self._spawned,
                )
            )
            self._every = everywhere
            yield

    def _watch(self) -> None:
        """Give each mapping that has none a task that looks after it."""
        for _, _, mapping in self._every():
            if mapping["UUID"] not in self._watched:
                self._watched.add(mapping["UUID"])
                context = contextvars.Context()
                context.run(_mine.set, mapping["UUID"])
                context.run(self._clock.spawn, self._look, f"mapping {mapping['UUID']}", daemon=True)

    def _spawned(self, work: Callable[..., Any], *given_to: Any, thread_name: str = "") -> None:
        self._clock.spawn(lambda: work(*given_to), thread_name, daemon=True)

    def _look(self) -> None:
        """Look after one mapping until it is gone."""
        from ministack.services import lambda_svc

        polls = {
            "sqs": lambda_svc._poll_sqs,
            "kinesis": lambda_svc._poll_kinesis,
            "dynamodb": lambda_svc._poll_dynamodb_streams,
        }
        failures = 0
        while mine := [one for one in self._every() if one[2]["UUID"] == _mine.get()]:
            ((account, region, mapping),) = mine
            poll = polls.get(mapping["EventSourceArn"].split(":")[2])
            if poll is None:
                break  # a source that ministack does not read
            told = self._wake._told
            self._wake.clear()
            if poll():
                failures = 0
                continue
            key = (account, region, mapping["UUID"])
            due = lambda_svc._esm_backoff_until._data.get(key, 0.0)
            if due > self._clock.time():
                failures += 1
                if self._gave_up(mapping, failures):
                    failures = 0
                    lambda_svc._esm_backoff_until._data.pop(key, None)
                    continue
                pause = min(_LONGEST_PAUSE, 2.0 ** (failures - 1))
                due = lambda_svc._esm_backoff_until._data[key] = self._clock.time() + pause
                self._clock.sleep(pause)
                continue
            if self._wake._told == told:
                self._wake.wait(self._pause(account, region, mapping))
                self._gather(mapping)
        self._watched.discard(_mine.get())

    def _gave_up(self, mapping: dict[str, Any], failures: int) -> bool:
        """Whether a batch of a table's stream has failed often enough; then it is told, and left behind."""
        from ministack.services import dynamodb, lambda_svc

        most = mapping.get("MaximumRetryAttempts")
        if ":dynamodb:" not in mapping["EventSourceArn"] or most is None or most < 0 or failures <= most:
            return False
        account, region = mapping["EventSourceArn"].split(":")[4], mapping["EventSourceArn"].split(":")[3]
        with _scope(account, region):
            positions, name = lambda_svc._dynamodb_stream_positions, mapping["UUID"]
            size = 1 if mapping.get("BisectBatchOnFunctionError") else mapping.get("BatchSize", 100)
            lost = dynamodb.stream_records_since(_table_of(mapping["EventSourceArn"]), positions[name], size)
            record, _ = lambda_svc._get_func_record_for_qualifier(mapping["FunctionName"], mapping.get("Qualifier"))
            lambda_svc._send_ddb_stream_failure_record(
                mapping, record, lost, mapping["EventSourceArn"], {}, "RetryAttemptsExhausted"
            )
            positions[name] += len(lost)
        return True

    def _gather(self, mapping: dict[str, Any]) -> None:
        window = float(mapping.get("MaximumBatchingWindowInSeconds") or 0)
        if window:
            self._clock.sleep(window)

    def _pause(self, account: str, region: str, mapping: dict[str, Any]) -> float:
        """Seconds until there may be something though nobody says so: a message becomes visible again."""
        from ministack.services import sqs

        now = self._clock.time()
        due = [now + _IDLE]
        for (owner, where, _), queue in list(sqs._queues._data.items()):
            if (owner, where) == (account, region) and queue["attributes"].get("QueueArn") == mapping["EventSourceArn"]:
                due += [message["visible_at"] for message in queue["messages"] if message["visible_at"] > now]
        return min(due) - now

    def _changed(self, call: Call, forward: Callable[[Call], Response]) -> Response:
        response = forward(call)
        self._wake.set()
        return response

    def _received(self, call: Call, forward: Callable[[Call], Response]) -> Response:
        from ministack.services import sqs

        said = call.parameters
        seconds = said.get("WaitTimeSeconds")
        if seconds is None:
            queue = sqs._queues._data.get((call.account, call.region, said.get("QueueUrl"))) or {"attributes": {}}
            seconds = queue["attributes"].get("ReceiveMessageWaitTimeSeconds", 0)
        until = self._clock.time() + int(seconds)
        at_once = replace(call, request=_without_waiting(call.request))
        while True:
            response = forward(at_once)
            remaining = until - self._clock.time()
            if remaining <= 0 or response.status != 200 or b"Message" in response.body[:4096]:  # noqa: PLR2004 - HTTP
                return response
            self._wake.clear()
            self._wake.wait(min(1.0, remaining))


def _without_waiting(request: Request) -> Request:
    """The request of somebody who takes what is there."""
    if request.headers.get("content-type", "").startswith("application/x-www-form-urlencoded"):
        said = dict(parse_qsl(request.body.decode(), keep_blank_values=True)) | {"WaitTimeSeconds": "0"}
        body = urlencode(said).encode()
    else:
        body = json.dumps({**json.loads(request.body or b"{}"), "WaitTimeSeconds": 0}).encode()
    headers = {**request.headers, "content-length": str(len(body))}
    return Request(request.method, request.path, request.query, headers, body)


def _dispatched(arn: str, payload: str) -> None:
    """EventBridge invokes a function asynchronously (services-eventbridge-tutorial.html), so what fails is retried."""
    from ministack.services import lambda_svc

    record, config, _ = lambda_svc._get_func_record_for_ref(arn)
    if record and config:
        lambda_svc.invoke_async_with_retry(
            lambda_svc._execution_record_for_config(record, config), json.loads(payload or "{}")
        )


def _with_failures(execute: Callable[..., Any], function: dict[str, Any], event: Any) -> Any:
    """A batch of a table's stream of which some records failed is read again from the first of them.

    Source: https://docs.aws.amazon.com/lambda/latest/dg/services-ddb-batchfailurereporting.html
    """
    result = execute(function, event)
    records = event.get("Records") if isinstance(event, dict) else None
    mine = _mine.get()
    if not mine or not records or records[0].get("eventSource") != "aws:dynamodb" or result.get("error"):
        return result
    failed = _failed(result.get("body"))
    numbers = [record["dynamodb"]["SequenceNumber"] for record in records]
    first = next((number for number in numbers if number in failed), numbers[0] if "" in failed else None)
    if first is None or not _reports_failures(mine):
        return result
    _go_back_to(mine, records[0]["eventSourceARN"], first)
    return {"error": True, "body": {"errorType": "BatchItemFailures", "errorMessage": f"{first} and what follows"}}


def _failed(body: Any) -> set[str]:
    """The sequence numbers that an answer names; an empty one stands for all."""
    try:
        said = json.loads(body) if isinstance(body, str) else body
        return {str(each["itemIdentifier"] or "") for each in said["batchItemFailures"]}
    except (ValueError, TypeError, KeyError):
        return set()


def _reports_failures(mapping: str) -> bool:
    from ministack.services import lambda_svc

    (found,) = (one for one in lambda_svc._iter_all_esms() if one[2]["UUID"] == mapping)
    return "ReportBatchItemFailures" in (found[2].get("FunctionResponseTypes") or [])


def _table_of(stream: str) -> str:
    return stream.split(":table/")[1].split("/", maxsplit=1)[0]


def _scope(account: str, region: str) -> Any:
    """Act in an account and region."""
    from ministack.core import responses

    return responses.request_scope(account, region)


def _go_back_to(mapping: str, stream: str, number: str) -> None:
    from ministack.services import dynamodb, lambda_svc

    positions = lambda_svc._dynamodb_stream_positions
    records = dynamodb.stream_records_since(_table_of(stream), positions[mapping], 10_000)
    numbers = [record["dynamodb"]["SequenceNumber"] for record in records]
    positions[mapping] += numbers.index(number)
