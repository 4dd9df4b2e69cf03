"""The context object that Lambda gives to a Python handler (python-context.html)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from stackgen.local.clock import Clock


@dataclass(slots=True)
class HandlerContext:
    function_name: str
    function_version: str
    invoked_function_arn: str
    memory_limit_in_mb: str
    aws_request_id: str
    log_group_name: str
    log_stream_name: str
    deadline: float
    clock: Clock
    identity: Any = None
    client_context: Any = None

    def get_remaining_time_in_millis(self) -> int:
        """Milliseconds of virtual time until the function is stopped."""
        return max(0, int((self.deadline - self.clock.time()) * 1000))

    def sleep(self, seconds: float) -> None:
        """Wait in virtual time; on AWS there is no such method, so only a test's handler uses it."""
        self.clock.sleep(seconds)
