"""The transactions in the database. The primary key decides between duplicates, however many come at once."""

from __future__ import annotations

from datetime import UTC, datetime
from hashlib import sha256
from typing import TYPE_CHECKING, NamedTuple

import pymysql

from ..common.connecting import number_of
from .errors import DatabaseUnavailable

if TYPE_CHECKING:
    from decimal import Decimal

    from .database import Connection, Database
    from .patience import Patience
    from .transaction import Transaction

_DUPLICATE = 1062
_ENTER = (
    "INSERT INTO transactions (transaction_id, amount, currency, account_id, session_digest, accepted_at) "
    "VALUES (%s, %s, %s, %s, %s, %s)"
)
_FIND = (
    "SELECT transaction_id, amount, currency, account_id, session_digest, accepted_at "
    "FROM transactions WHERE transaction_id = %s"
)


class Entry(NamedTuple):
    """A row: what was accepted, by which session, when (UTC)."""

    transaction_id: str
    amount: Decimal
    currency: str
    account_id: str
    session: str
    accepted_at: datetime

    def tells_of(self, wanted: Transaction) -> bool:
        """Whether it is the same transaction; 12.5 and 12.50 are the same amount."""
        return (self.amount, self.currency, self.account_id) == (wanted.amount, wanted.currency, wanted.account_id)

    def is_of_session(self, session_id: str) -> bool:
        return self.session == digest(session_id)


class Outcome(NamedTuple):
    """What the database has under an id, and whether it has it only now."""

    entry: Entry
    is_new: bool


def digest(session_id: str) -> str:
    """What is kept of a session: its id would let whoever reads it in."""
    return sha256(session_id.encode()).hexdigest()


class Ledger:
    """The table of transactions. Methods raise as ``Database.run``."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def enter(self, wanted: Transaction, now: datetime, patience: Patience) -> Outcome:
        """See that the id of a transaction is in the database; what is there may be another transaction.

        The insertion may be done twice, when its answer was lost: the second one finds the row of the first.
        """
        moment = now.astimezone(UTC).replace(tzinfo=None)
        row = Entry(*wanted[:4], digest(wanted.session_id), moment)

        def work(connection: Connection) -> Outcome | None:
            try:
                with connection.cursor() as cursor:
                    cursor.execute(_ENTER, row)
            except pymysql.IntegrityError as error:
                if number_of(error) != _DUPLICATE:
                    raise
            else:
                return Outcome(row, is_new=True)
            entry = _found(connection, wanted.transaction_id)
            return None if entry is None else Outcome(entry, is_new=False)

        outcome = self._database.run(work, patience)
        if outcome is None:
            raise DatabaseUnavailable("the row that was in the way is gone")
        return outcome

    def find(self, transaction_id: str, patience: Patience) -> Entry | None:
        """What is in the database under an id."""
        return self._database.run(lambda connection: _found(connection, transaction_id), patience)


def _found(connection: Connection, transaction_id: str) -> Entry | None:
    with connection.cursor() as cursor:
        cursor.execute(_FIND, (transaction_id,))
        row = cursor.fetchone()
    return None if row is None else Entry(*row)
