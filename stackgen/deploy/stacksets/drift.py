"""Drift of a StackSet: every stack compared with its template by AWS, and what differs where."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from stackgen.deployer.handlers.rectangles import Rectangle

from . import calls, reading
from .failures import Failed
from .following import busy

if TYPE_CHECKING:
    from collections.abc import Sequence

    from stackgen.deployer.handlers.inputs import Pair

    from .following import Following
    from .settings import Declared

DRIFTED, IN_SYNC = "DRIFTED", "IN_SYNC"
MOST_DETAILS = 20
"""Cells whose resources are listed; each takes a call."""


class Drift(NamedTuple):
    """What was found."""

    operation_id: str
    status: str
    drifted: tuple[Pair, ...]
    in_sync: tuple[Pair, ...]
    failed: tuple[Failed, ...]
    """Cells that could not be looked at."""
    resources: dict[Pair, list[str]]
    """What differs, of the first cells."""


def detect(declared: Declared, following: Following, instances: Sequence[reading.Instance]) -> Drift:
    """Detect and wait; a detection that was cut off is taken up. Raises BusyError."""
    name, caller = following.name, following.caller
    accounts = tuple(dict.fromkeys(each.pair.account_id for each in instances))
    regions = tuple(dict.fromkeys(each.pair.region for each in instances))
    newest = reading.operations(name, caller, 1)
    if newest and newest[0].action == "DETECT_DRIFT" and newest[0].ended is None:
        ended = following.follow(newest[0].id)
    elif newest and newest[0].ended is None:
        raise busy(name, newest[0].id)
    else:
        identity = calls.operation_id(f"drift/{name}", newest[0].id if newest else "", 0)
        ended = following.run(calls.detect_drift(name, declared.policy, Rectangle(accounts, regions), identity))
    after = reading.instances(name, caller)
    drifted = [each.pair for each in after if each.drift == DRIFTED]
    failed = [
        Failed(pair, result.status, result.reason, "")
        for pair, result in ended.results.items()
        if result.status != "SUCCEEDED"
    ]
    return Drift(
        ended.operation_id,
        ended.status,
        tuple(drifted),
        tuple(each.pair for each in after if each.drift == IN_SYNC),
        tuple(failed),
        {pair: reading.drifted_resources(name, pair, ended.operation_id, caller) for pair in drifted[:MOST_DETAILS]},
    )
