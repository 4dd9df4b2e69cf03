"""Sessions: an item of the session table that has not expired."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any

from botocore.exceptions import BotoCoreError, ClientError

from ..common.refusals import code_of
from . import problems
from .errors import SessionsUnavailable

if TYPE_CHECKING:
    from datetime import datetime

    from .problems import Problem


class Sessions:
    """The session table."""

    def __init__(self, table: str, dynamodb: Any) -> None:
        self._table = table
        self._dynamodb = dynamodb

    def problem(self, session_id: str, now: datetime) -> Problem | None:
        """What is wrong with a session, if anything. Raises SessionsUnavailable.

        DynamoDB deletes expired items up to days late, so the time is compared here. A session without a time that can
        be read counts as expired.
        """
        try:
            found = self._dynamodb.get_item(
                TableName=self._table,
                Key={"session_id": {"S": session_id}},
                ProjectionExpression="session_id, expires_at",
                ConsistentRead=True,  # who has just logged in is not sent away
            )
        except (ClientError, BotoCoreError) as error:
            raise SessionsUnavailable(f"the session table: {code_of(error)}") from None
        item = found.get("Item")
        if item is None:
            return problems.SESSION_UNKNOWN
        return None if _moment(item) > Decimal(now.timestamp()) else problems.SESSION_EXPIRED


def _moment(item: dict[str, Any]) -> Decimal:
    try:
        return Decimal(item["expires_at"]["N"])
    except (KeyError, InvalidOperation):
        return Decimal(0)
