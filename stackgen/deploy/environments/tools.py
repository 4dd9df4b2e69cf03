"""What a removal is done with, what it says in the end, and how it looks at a stack."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from botocore.exceptions import ClientError

from stackgen.deploy import stacks
from stackgen.deploy.forecast import forecast
from stackgen.deploy.targets import Target

if TYPE_CHECKING:
    from collections.abc import Callable

    from stackgen.deploy.executor import Executor
    from stackgen.deploy.forecast import Forecast
    from stackgen.deploy.polling import Pace

    from .finding import Deployed, Place

REMOVED, KEPT, NOT_BEGUN, SKIPPED, FAILED = "removed", "kept", "not begun", "skipped", "not removed"
CANCEL, WAIT, SKIP = "cancel", "wait", "skip"
RUNNING = (CANCEL, WAIT, SKIP)
"""What becomes of an operation that runs on a stack."""

PATIENCE = 30 * 60
"""Seconds. CloudFront and the network interfaces of a VPC regularly take more than ten minutes."""

_CODES = {REMOVED: 0, KEPT: 0, NOT_BEGUN: 4, SKIPPED: 7, FAILED: 6}


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of an environment."""

    name: str
    outcome: str
    lines: tuple[str, ...] = ()
    """Why; or what stays."""

    @property
    def exit_code(self) -> int:
        return _CODES[self.outcome]


class Tools(NamedTuple):
    """What a removal is done with."""

    perform: Callable[[Place], Executor]
    pace: Pace
    told: Callable[[str], None]
    running: str = CANCEL
    patience: float = PATIENCE


def forecast_of(each: Deployed) -> Forecast | None:
    """What its deletion will do; None where it is gone, or goes already. Reads only."""
    access, client = each.place.access, each.place.client
    try:
        state = stacks.find(each.state.id, client("cloudformation"))
        if state is None or state.status == "DELETE_IN_PROGRESS":
            return None
        target = Target(access.env, access.region, access.account, "", state.name)
        return forecast(stacks.tree(state, client("cloudformation")), target, client)
    except ClientError as error:
        if not stacks.is_missing(error):
            raise
        return None
