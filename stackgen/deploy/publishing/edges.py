"""What the edges of a distribution keep is forgotten once a folder is new, and that is waited for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from stackgen.deploy.actions import Action
from stackgen.errors import StackgenError

if TYPE_CHECKING:
    from stackgen.deploy.executor import Executor
    from stackgen.deploy.polling import Pace

PATIENCE = 900
"""Seconds; CloudFront takes one or two minutes."""
_DONE = "completed"


class InvalidationError(StackgenError):
    """The edges still keep what was there before."""


def forgotten(distribution: str, reason: str, client: Any, executor: Executor, pace: Pace) -> str:
    """The ID of the invalidation, when it is complete; *reason* and the time are what tells it from another.

    Raises InvalidationError, and what AWS refuses.
    """
    batch = {
        "Paths": {"Quantity": 1, "Items": ["/*"]},
        "CallerReference": f"{reason}-{int(pace.now())}",
    }
    asked = {"DistributionId": distribution, "InvalidationBatch": batch}
    why = f"let the edges of {distribution} forget what was there before"
    made = executor.perform(Action("cloudfront", "create_invalidation", asked, why))["Invalidation"]
    for _ in pace.looks(PATIENCE):
        if made["Status"].lower() == _DONE:
            return str(made["Id"])
        made = client.get_invalidation(DistributionId=distribution, Id=made["Id"])["Invalidation"]
    raise InvalidationError(
        f"the edges of {distribution} keep what was there before, {PATIENCE // 60} minutes after they were told",
        "nothing old was deleted; publish again",
    )
