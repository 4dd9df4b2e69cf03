"""Step Functions tells EventBridge of every execution that starts or ends, and rules of the default bus hear of it.

Source: https://docs.aws.amazon.com/step-functions/latest/dg/eventbridge-integration.html. AWS delivers at least once
and in no order; here each change is told once, in the order of the changes.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from stackgen.local.clock import Clock
    from stackgen.local.embedded import Embedded


class StatusChanges:
    """Puts them on the bus of the account and region of their machine."""

    def __init__(self, clock: Clock, embedded: Embedded) -> None:
        self._clock = clock
        self._embedded = embedded

    def announce(self, detail: dict[str, Any]) -> None:
        """Tell of a change; who ends an execution does not wait for those who hear of it."""
        from ministack.services import eventbridge

        if eventbridge._rules._data:
            self._clock.spawn(lambda: self._put(detail), f"status of {detail['name']}", daemon=True)

    def _put(self, detail: dict[str, Any]) -> None:
        from ministack.services import eventbridge

        _, _, _, region, account, *_ = detail["stateMachineArn"].split(":")
        entry = {
            "Source": "aws.states",
            "DetailType": "Step Functions Execution Status Change",
            "Detail": json.dumps(detail),
            "Resources": [detail["executionArn"]],
        }
        with self._embedded.scope(account, region):
            eventbridge._put_events({"Entries": [entry]}, allow_aws_source=True)
