"""DynamoDB of the stand-in as a whole, opened and closed with it."""

from __future__ import annotations

from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING

from stackgen.local.dynamodb import arithmetic, expressions, tables
from stackgen.local.dynamodb.backups import Backups
from stackgen.local.dynamodb.expiry import Expiry
from stackgen.local.dynamodb.queries import Queries
from stackgen.local.dynamodb.unprocessed import LargeAnswers
from stackgen.local.virtual import Time, given

if TYPE_CHECKING:
    from collections.abc import Iterator

    from stackgen.local.clock import Clock
    from stackgen.local.embedded import Embedded
    from stackgen.local.gateway import Around, Gateway


class DynamoDB:
    def __init__(self, clock: Clock, embedded: Embedded) -> None:
        self._clock = clock
        self._expiry = Expiry(clock, embedded)
        self._queries = Queries(embedded)
        self._answers = LargeAnswers(embedded)
        self.backups = Backups(clock)

    @property
    def ttl_delay(self) -> float:
        """How many seconds of virtual time an expired item stays, at least; it goes with the next hourly sweep."""
        return self._expiry.delay

    @ttl_delay.setter
    def ttl_delay(self, seconds: float) -> None:
        self._expiry.delay = seconds

    def sweep(self) -> None:
        """Delete now what expired longer ago than the delay, instead of within the hour."""
        self._expiry.sweep()

    @contextmanager
    def mended(self) -> Iterator[None]:
        """Put all of it into ministack's DynamoDB; iterators of streams grow old on the clock."""
        from ministack.services import dynamodb_streams

        with ExitStack() as mended:
            mended.enter_context(given(dynamodb_streams, time=Time(self._clock)))
            mended.enter_context(arithmetic.exact())
            mended.enter_context(self._expiry.mended())
            yield

    def join(self, gateway: Gateway) -> None:
        # The streams' operations are signed with the name of this service too.
        gateway.surround("dynamodb", self._expiry.around())
        gateway.surround("dynamodb", self.backups.around())
        gateway.surround(
            "dynamodb",
            {
                "BatchGetItem": self._answers.batch_get_item,
                "CreateTable": tables.create_table,
                "DeleteItem": expressions.checked,
                "DescribeContinuousBackups": tables.continuous_backups,
                "PutItem": expressions.checked,
                "Query": both(expressions.checked, self._queries.query),
                "Scan": expressions.checked,
                "TransactWriteItems": both(expressions.checked, arithmetic.in_one_form),
                "UpdateContinuousBackups": tables.continuous_backups,
                "UpdateItem": both(expressions.checked, arithmetic.in_one_form),
            },
        )


def both(outer: Around, inner: Around) -> Around:
    """One that stands around another."""
    return lambda call, forward: outer(call, lambda inside: inner(inside, forward))
