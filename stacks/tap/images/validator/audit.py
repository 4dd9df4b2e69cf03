"""The audit log: one object for each accepted transaction, whose key and bytes follow from what the database holds."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from botocore.exceptions import BotoCoreError, ClientError

from ..common.refusals import code_of
from .currencies import DECIMALS, MOST_DECIMALS
from .errors import AuditUnavailable

if TYPE_CHECKING:
    from .ledger import Entry
    from .patience import Patience

PREFIX = "transactions/"
_FORMAT = 1
_THERE, _CONFLICT = "PreconditionFailed", "ConditionalRequestConflict"
"""Source: Amazon S3, PutObject, If-None-Match."""


class AuditLog:
    """The bucket of audit logs. Nothing in it is ever replaced, and nothing read."""

    def __init__(self, bucket: str, s3: Any) -> None:
        self._bucket = bucket
        self._s3 = s3

    def write(self, entry: Entry, patience: Patience) -> bool:
        """See that an entry of the database is in the log; whether this call put it there. Raises AuditUnavailable.

        Who writes an object at the same moment as somebody else may be told of a conflict, and asks again.
        """
        for _ in patience.tries():
            try:
                self._s3.put_object(
                    Bucket=self._bucket,
                    Key=key(entry),
                    Body=body(entry),
                    ContentType="application/json",
                    IfNoneMatch="*",
                )
            except (ClientError, BotoCoreError) as error:
                code = code_of(error)
                if code == _THERE:
                    return False
                if code != _CONFLICT:
                    raise AuditUnavailable(f"the audit log: {code}") from None
            else:
                return True
        raise AuditUnavailable(f"the audit log: {_CONFLICT}, also after several attempts")


def key(entry: Entry) -> str:
    """Where an entry is in the bucket."""
    return f"{PREFIX}{entry.transaction_id}.json"


def body(entry: Entry) -> bytes:
    """The object; the session, whose id would let somebody in, is told by its digest.

    An amount has the decimals of its currency, whether it was sent as 12.5 or comes from the database as 12.5000.
    """
    told = {
        "account_id": entry.account_id,
        "accepted_at": f"{entry.accepted_at.isoformat(timespec='microseconds')}Z",
        "amount": f"{entry.amount:.{DECIMALS.get(entry.currency, MOST_DECIMALS)}f}",
        "currency": entry.currency,
        "format": _FORMAT,
        "session": entry.session,
        "transaction_id": entry.transaction_id,
    }
    return json.dumps(told, sort_keys=True, separators=(",", ":")).encode()
