"""Transactions that collide with others, which never happens where calls come one after the other.

https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/transaction-apis.html#transaction-conflict-handling
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from stackgen.local.dynamodb import bodies
from stackgen.local.errors import LocalError, ServiceError

if TYPE_CHECKING:
    from collections.abc import Callable

    from stackgen.local.clock import Clock
    from stackgen.local.wire import Call, Response

_TRANSACTIONS = ("TransactGetItems", "TransactWriteItems")
_WRITES = ("DeleteItem", "PutItem", "UpdateItem")
_MESSAGE = "Transaction is ongoing for the item"


@dataclass(frozen=True, slots=True)
class ConflictingTransaction:
    """Another transaction works on the item; nothing happens.

    Of a transaction it is the *member* of this index that collides; a single write is refused with an error of its own.
    """

    member: int = 0

    def __call__(self, call: Call, serve: Callable[[], Response], clock: Clock) -> Response:
        del serve, clock
        if call.operation in _WRITES:
            raise ServiceError("TransactionConflictException", _MESSAGE)
        if call.operation not in _TRANSACTIONS:
            raise LocalError(f"{call} cannot collide with a transaction", f"{', '.join(_TRANSACTIONS + _WRITES)} can")
        members = len(bodies.sent(call).get("TransactItems") or [])
        reasons: list[dict[str, Any]] = [{"Code": "None"} for _ in range(members)]
        if self.member >= members:
            raise LocalError(f"member {self.member} cannot collide", f"the transaction has {members}")
        reasons[self.member] = {"Code": "TransactionConflict", "Message": _MESSAGE}
        codes = ", ".join(reason["Code"] for reason in reasons)
        message = f"Transaction cancelled, please refer cancellation reasons for specific reasons [{codes}]"
        cancelled = {"__type": "com.amazonaws.dynamodb.v20120810#TransactionCanceledException", "Message": message}
        return bodies.response({**cancelled, "CancellationReasons": reasons}, status=400)
