"""What ministack's DynamoDB lacks: late expiry, partial batches, conflicts, and a few refusals.

::

    cloud.dynamodb.ttl_delay = 0.0
    cloud.faults.add("dynamodb:BatchWriteItem", LeaveUnprocessed(3), times=2)
    cloud.faults.add("dynamodb:TransactWriteItems", ConflictingTransaction(member=1))

Where the stand-in is still kinder than AWS or differs (a test in tests/local/dynamodb/test_gaps.py holds each):

- A table and an index are ACTIVE at once, and gone at once; AWS says CREATING and DELETING for a while.
- Global secondary indexes, and reads that do not ask for consistency, are always up to date.
- Nothing is throttled and no transactions collide unless a fault says so.
- TTL is ENABLED at once; AWS says ENABLING for up to an hour.
- What :class:`LeaveUnprocessed` leaves is not looked at until it is sent again, whereas AWS refuses a batch of which
  any request is invalid.
- A local index tells only what it projects; AWS fetches from the table what else is asked for.
- The number of items of a table is always up to date; AWS counts every six hours.
- The capacity that a read consumes does not grow with what it reads.
- The KMS key of a table is told by its alias.
"""

from stackgen.local.dynamodb.conflicts import ConflictingTransaction
from stackgen.local.dynamodb.service import DynamoDB
from stackgen.local.dynamodb.unprocessed import LeaveUnprocessed

__all__ = ["ConflictingTransaction", "DynamoDB", "LeaveUnprocessed"]
