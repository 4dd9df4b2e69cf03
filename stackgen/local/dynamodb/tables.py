"""Operations on tables: keys in the wrong order, and backups of a table that does not exist.

https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_CreateTable.html
https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_DescribeContinuousBackups.html
"""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING

from stackgen.local import wire
from stackgen.local.dynamodb import bodies
from stackgen.local.errors import ServiceError

if TYPE_CHECKING:
    from collections.abc import Callable

    from stackgen.local.wire import Call, Response


def create_table(call: Call, forward: Callable[[Call], Response]) -> Response:
    """Refuse a key, of the table or of an index, that does not begin with its partition."""
    wire.check(call)
    asked = call.parameters
    indexes = (asked.get(f"{kind}SecondaryIndexes") or [] for kind in ("Global", "Local"))
    for keyed in (asked, *chain.from_iterable(indexes)):
        if keyed["KeySchema"][0]["KeyType"] != "HASH":
            reason = "Invalid KeySchema: The first KeySchemaElement is not a HASH key type"
            raise ServiceError("ValidationException", reason)
    return forward(call)


def continuous_backups(call: Call, forward: Callable[[Call], Response]) -> Response:
    """Give a table that does not exist the error that these operations have of their own."""
    response = forward(call)
    try:
        wire.read(call, response)
    except ServiceError as refused:
        if refused.code == "ResourceNotFoundException":
            table = bodies.sent(call)["TableName"]
            raise ServiceError("TableNotFoundException", f"Table not found: {table}") from None
    return response
