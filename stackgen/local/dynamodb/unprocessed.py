"""Batches of which the service does a part: as a fault, and where the answer would be too large.

https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchWriteItem.html
https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchGetItem.html
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import accumulate
from typing import TYPE_CHECKING, Any

from stackgen.local.dynamodb import bodies
from stackgen.local.errors import LocalError, ServiceError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from stackgen.local.clock import Clock
    from stackgen.local.embedded import Embedded
    from stackgen.local.wire import Call, Response

LEFT_IN = {"BatchWriteItem": "UnprocessedItems", "BatchGetItem": "UnprocessedKeys"}
MOST_WRITES = 25
MOST_BYTES = 16 * 1024 * 1024
"""A BatchGetItem answers no more than this; the keys beyond are left unprocessed."""

_SURE_TO_FIT = MOST_BYTES // (400 * 1024)
"""So many items fit into an answer, however large they are."""


@dataclass(frozen=True, slots=True)
class LeaveUnprocessed:
    """The service does all but the last requests of a batch, and answers with those that it did not do.

    *requests* is how many it leaves, or below 1.0 which part of them. Where nothing would be done, the call is refused
    with ProvisionedThroughputExceededException, as AWS documents.
    """

    requests: float = 1

    def __call__(self, call: Call, serve: Callable[[], Response], clock: Clock) -> Response:
        del clock
        if call.operation not in LEFT_IN:
            raise LocalError(f"{call} leaves nothing unprocessed", "BatchWriteItem and BatchGetItem do")
        asked = bodies.sent(call).get("RequestItems") or {}
        number = _number(asked)
        if not number or (call.operation == "BatchWriteItem" and number > MOST_WRITES):
            return serve()
        left = math.ceil(self.requests * number) if isinstance(self.requests, float) else self.requests
        if left >= number:
            raise ServiceError("ProvisionedThroughputExceededException", "Rate exceeded")
        return served_but_for(call, left, serve)


class LargeAnswers:
    """Holds BatchGetItem to the size of its answer."""

    def __init__(self, embedded: Embedded) -> None:
        self._embedded = embedded

    def batch_get_item(self, call: Call, forward: Callable[[Call], Response]) -> Response:
        asked = bodies.sent(call).get("RequestItems") or {}
        response = forward(call)
        if response.status != bodies.OK or _number(asked) <= _SURE_TO_FIT:
            return response
        fitting = sum(total <= MOST_BYTES for total in accumulate(self._sizes(call, asked)))
        left = _number(asked) - fitting
        return served_but_for(call, left, lambda: forward(call)) if left else response

    def _sizes(self, call: Call, asked: Mapping[str, Any]) -> list[int]:
        from ministack.services import dynamodb

        with self._embedded.scope(call.account, call.region):
            items = [
                dynamodb._get_item_by_key(dynamodb._tables[dynamodb._normalize_table_name(table)], key)
                for table, wanted in asked.items()
                for key in wanted["Keys"]
            ]
        return [dynamodb._item_size_bytes(item or {}) for item in items]


def served_but_for(call: Call, left: int, serve: Callable[[], Response]) -> Response:
    """Serve all requests of a batch but the last *left*, and answer with those in the form in which they were sent."""
    body = bodies.sent(call)
    done, undone = _split(body["RequestItems"], left)
    with bodies.asking(call, {**body, "RequestItems": done}):
        response = serve()
    if response.status != bodies.OK:
        return response
    answer = bodies.told(response)
    name = LEFT_IN[call.operation]
    answer[name] = _joined(answer.get(name) or {}, undone)
    return bodies.response(answer)


Batch = dict[str, Any]
"""Requests by table: a list of writes, or a dictionary with a list of ``Keys``."""


def _requests(of_table: Any) -> list[Any]:
    requests = of_table.get("Keys") if isinstance(of_table, dict) else of_table
    return requests if isinstance(requests, list) else []


def _with(of_table: Any, requests: list[Any]) -> Any:
    return {**of_table, "Keys": requests} if isinstance(of_table, dict) else requests


def _number(batch: Batch) -> int:
    return sum(len(_requests(of_table)) for of_table in batch.values())


def _split(batch: Batch, left: int) -> tuple[Batch, Batch]:
    done: Batch = {}
    undone: Batch = {}
    doing = _number(batch) - left
    for table, of_table in batch.items():
        requests = _requests(of_table)
        here, there = requests[:doing], requests[doing:]
        doing -= len(here)
        if here:
            done[table] = _with(of_table, here)
        if there:
            undone[table] = _with(of_table, there)
    return done, undone


def _joined(first: Batch, second: Batch) -> Batch:
    """Two batches as one."""
    joined = dict(first)
    for table, of_table in second.items():
        joined[table] = _with(of_table, _requests(first.get(table)) + _requests(of_table))
    return joined
