"""Time to live: expired items stay readable until a sweep takes them away, hours after they expired.

AWS deletes "typically within a few days" of the expiration, so that who reads must look at the attribute. Here the
delay is settled, and a sweep comes every hour of virtual time.

https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/howitworks-ttl.html
https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/time-to-live-ttl-before-you-start.html
"""

from __future__ import annotations

from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any

from stackgen.local import wire
from stackgen.local.dynamodb import bodies
from stackgen.local.errors import ServiceError
from stackgen.local.virtual import given

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from stackgen.local.clock import Clock
    from stackgen.local.embedded import Embedded
    from stackgen.local.gateway import Around
    from stackgen.local.task import Timer
    from stackgen.local.wire import Call, Response

HOUR = 3600.0
TTL_DELAY = 48 * HOUR
"""How long an expired item stays unless told otherwise."""

YEARS_BACK = 5 * 365.25 * 24 * HOUR
"""What seems to have expired before that, never does: the attribute is taken for a mistake."""

IDENTITY = {"type": "Service", "principalId": "dynamodb.amazonaws.com"}
"""Who deleted an item, in the record of a stream as a function gets it."""

_sweeping: ContextVar[bool] = ContextVar("sweeping", default=False)


class Expiry:
    """Deletes what expired *delay* seconds ago, in every account and region."""

    def __init__(self, clock: Clock, embedded: Embedded) -> None:
        self.delay = TTL_DELAY
        self._clock = clock
        self._embedded = embedded
        self._next: Timer | None = None

    @contextmanager
    def mended(self) -> Iterator[None]:
        """Sweep every hour, and sign the records of what is swept."""
        from ministack.services import dynamodb

        build = dynamodb._build_change_record

        def built(*args: Any) -> dict[str, Any]:
            record: dict[str, Any] = build(*args)
            return record | {"userIdentity": dict(IDENTITY)} if _sweeping.get() else record

        with given(dynamodb, _build_change_record=built):
            self._sweep_again()
            try:
                yield
            finally:
                if self._next is not None:
                    self._next.cancel()

    def _sweep_again(self) -> None:
        self._next = self._clock.call_later(HOUR, self._sweep_and_again, daemon=True)

    def _sweep_and_again(self) -> None:
        self._sweep_again()
        self.sweep()

    def sweep(self) -> None:
        """Delete now what is due."""
        from ministack.services import dynamodb

        for (account, region, name), setting in list(dynamodb._ttl_settings.all_items()):
            table = dynamodb._tables.get_scoped(account, region, name)
            if table is not None and setting["TimeToLiveStatus"] == "ENABLED":
                with self._embedded.scope(account, region):
                    self._sweep_table(dynamodb, name, table, setting["AttributeName"])

    def _sweep_table(self, dynamodb: Any, name: str, table: dict[str, Any], attribute: str) -> None:
        due = [
            (partition, key)
            for partition, items in list(table["items"].items())
            for key, item in list(items.items())
            if self._is_due(item.get(attribute))
        ]
        token = _sweeping.set(True)
        try:
            for partition, key in due:
                item = dynamodb._remove_item(table, partition, key)
                dynamodb._emit_stream_event(name, "REMOVE", item, None)
        finally:
            _sweeping.reset(token)

    def _is_due(self, value: dict[str, str] | None) -> bool:
        """Whether an attribute is a number, of seconds, that passed long enough ago but not too long ago."""
        if value is None or "N" not in value:
            return False
        expires, now = float(value["N"]), self._clock.time()
        return now - YEARS_BACK <= expires <= now - self.delay

    # What the operations leave out

    def around(self) -> Mapping[str, Around]:
        return {"GetRecords": _signed, "UpdateTimeToLive": self._update}

    def _update(self, call: Call, forward: Callable[[Call], Response]) -> Response:
        """Refuse what changes nothing, and a second change within an hour."""
        from ministack.services import dynamodb

        wire.check(call)
        name = dynamodb._normalize_table_name(call.parameters["TableName"])
        with self._embedded.scope(call.account, call.region):
            exists = name in dynamodb._tables
            before = dynamodb._ttl_settings.get(name) or {"TimeToLiveStatus": "DISABLED"}
        wanted = "ENABLED" if call.parameters["TimeToLiveSpecification"]["Enabled"] else "DISABLED"
        if exists and wanted == before["TimeToLiveStatus"]:
            raise ServiceError("ValidationException", f"TimeToLive is already {wanted.lower()}")
        if self._clock.time() - before.get("ChangedAt", float("-inf")) < HOUR:
            message = "Time to live has been modified multiple times within a fixed interval"
            raise ServiceError("ValidationException", message)
        response = forward(call)
        if response.status == bodies.OK:
            with self._embedded.scope(call.account, call.region):
                dynamodb._ttl_settings[name]["ChangedAt"] = self._clock.time()
        return response


def _signed(call: Call, forward: Callable[[Call], Response]) -> Response:
    """The API of streams has other capitals for who deleted an item than the event of a function."""
    response = forward(call)
    if b'"userIdentity"' not in response.body:
        return response
    body = bodies.told(response)
    for record in body["Records"]:
        if record.get("userIdentity") == IDENTITY:
            record["userIdentity"] = {"Type": IDENTITY["type"], "PrincipalId": IDENTITY["principalId"]}
    return bodies.response(body)
