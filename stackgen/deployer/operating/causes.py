"""Failures by cause: reasons that differ in nothing but account, region and names of things are one."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from stackgen.deployer.handlers.settling import NO_RESULT, NOT_ATTEMPTED

if TYPE_CHECKING:
    from collections.abc import Iterable

    from stackgen.deployer.handlers.inputs import Pair
    from stackgen.deployer.handlers.records import Record

CONSEQUENCES = ("CANCELLED", NOT_ATTEMPTED, "PENDING", "")
"""Detailed statuses of failed records that failed because others did."""

NO_REASON = "no reason was told"

_ARN = re.compile(r"arn:aws[\w-]*:[\w-]*:[\w-]*:\d{0,12}:[^\s,;)'\"\]]+")
_UUID = re.compile(r"\b[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}\b")
_ACCOUNT = re.compile(r"(?<!\d)\d{12}(?!\d)")
_REGION = re.compile(r"\b(?:us-gov|us-iso[a-z]?|[a-z]{2})-(?:[a-z]+)-\d{1,2}[a-f]?\b")
_ID = re.compile(r"\b([a-z]{2,12})-(?:[0-9a-f]{17}|[0-9a-f]{8})\b")
_HEX = re.compile(r"\b(?=[0-9a-f]*\d)(?=[0-9a-f]*[a-f])[0-9a-f]{16,64}\b")
_TIME = re.compile(r"\b\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:\.\d+)?Z?\b")
_STACK = re.compile(r"\bStackSet-[A-Za-z0-9-]+-<uuid>")


class Cause(NamedTuple):
    """One reason, and where it struck."""

    reason: str
    """Without what differs from place to place."""
    example: str
    """The reason as it was told in the first place."""
    pairs: tuple[Pair, ...]
    events: tuple[str, ...]
    """The events of one of the stacks, newest first."""
    statuses: tuple[str, ...]


class Grouped(NamedTuple):
    """Failures by cause, the most frequent first; and what failed because of them."""

    causes: tuple[Cause, ...]
    cancelled: tuple[Pair, ...]

    @property
    def failures(self) -> int:
        """Targets that failed by themselves."""
        return sum(len(cause.pairs) for cause in self.causes)


def normalised(reason: str) -> str:
    """A reason without accounts, regions, ARNs, ids and times."""
    text = " ".join(reason.split())
    text = _TIME.sub("<time>", _UUID.sub("<uuid>", _ARN.sub("<arn>", text)))
    text = _STACK.sub("<stack>", _ID.sub(r"<\1>", _REGION.sub("<region>", _ACCOUNT.sub("<account>", text))))
    return _HEX.sub("<id>", text) or NO_REASON


def grouped(records: Iterable[Record]) -> Grouped:
    """Group the failed ones."""
    failed = [record for record in records if record.status == "FAILED"]
    struck: dict[str, list[Record]] = {}
    cancelled = []
    for record in failed:
        if record.detailed_status in CONSEQUENCES:
            cancelled.append(record.pair)
        else:
            struck.setdefault(normalised(_reason(record)), []).append(record)
    causes = [
        Cause(
            reason,
            _reason(of_cause[0]),
            tuple(record.pair for record in of_cause),
            next((record.stack_events for record in of_cause if record.stack_events), ()),
            tuple(dict.fromkeys(record.detailed_status for record in of_cause)),
        )
        for reason, of_cause in struck.items()
    ]
    causes.sort(key=lambda cause: (-len(cause.pairs), cause.reason))
    return Grouped(tuple(causes), tuple(cancelled))


def _reason(record: Record) -> str:
    """Why it failed: what the operation says, or the first failure in the stack, which is the last of its events."""
    if record.status_reason and record.detailed_status != NO_RESULT:
        return record.status_reason
    return record.stack_events[-1] if record.stack_events else record.status_reason
