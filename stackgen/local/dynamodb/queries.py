"""Queries whose filter names a key: AWS refuses them, for a key belongs into the key condition.

https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Query.FilterExpression.html
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from stackgen.local.dynamodb import bodies
from stackgen.local.errors import ServiceError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from stackgen.local.embedded import Embedded
    from stackgen.local.wire import Call, Response

_NAME = re.compile(r":\w+|(?P<inner>\.\s*)?(?P<name>[#A-Za-z_]\w*+)(?!\s*\()")
_WORDS = {"AND", "BETWEEN", "IN", "NOT", "OR"}


class Queries:
    def __init__(self, embedded: Embedded) -> None:
        self._embedded = embedded

    def query(self, call: Call, forward: Callable[[Call], Response]) -> Response:
        response = forward(call)
        asked = bodies.sent(call)
        if response.status != bodies.OK or not asked.keys() & {"FilterExpression", "QueryFilter"}:
            return response
        expression = asked.get("FilterExpression") or ""
        named = {
            *_attributes(expression, asked.get("ExpressionAttributeNames") or {}),
            *(asked.get("QueryFilter") or {}),
        }
        for key in self._keys(call, asked["TableName"], asked.get("IndexName")):
            if key in named:
                where = "Filter Expression" if expression else "QueryFilter"
                message = f"{where} can only contain non-primary key attributes: Primary key attribute: {key}"
                raise ServiceError("ValidationException", message)
        return response

    def _keys(self, call: Call, table: str, index: str | None) -> Iterator[str]:
        """The key attributes of what is queried, the table or one of its indexes."""
        from ministack.services import dynamodb

        with self._embedded.scope(call.account, call.region):
            queried = dynamodb._tables[dynamodb._normalize_table_name(table)]
            if index is not None:
                queried = dynamodb._index_def(queried, index)
        yield from (key["AttributeName"] for key in queried["KeySchema"])


def _attributes(expression: str, placeholders: Mapping[str, str]) -> Iterator[str]:
    """The attributes of an item that an expression names; what lies within them is left out."""
    for found in _NAME.finditer(expression):
        name = found["name"]
        if name and not found["inner"] and name.upper() not in _WORDS:
            yield placeholders.get(name, name)
