"""How one operation of a StackSet goes: how many accounts at a time, and how far it gets if every one fails."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping

    from stackgen.deployer.handlers.planning import Batch
    from stackgen.deployer.handlers.policy import Policy
    from stackgen.deployer.handlers.settings import Settings


class Step(NamedTuple):
    """One operation, and how it goes about it."""

    batch: Batch
    pairs: int
    concurrency: int
    """Accounts at a time in a region, at most."""
    most: int
    """Pairs that it may touch before it stops, if every one fails."""
    stops: bool
    """Whether it stops then."""


def step_of(batch: Batch, policy: Policy, settings: Settings) -> Step:
    """How one operation goes.

    Source: API_StackSetOperationPreferences of CloudFormation. Both count accounts in a region. STRICT
    runs no more at a time than may fail, plus one; SOFT keeps the concurrency, so that as many again may fail at once.
    """
    accounts, regions = len(batch.rectangle.accounts), batch.rectangle.regions
    if not accounts:
        return Step(batch, 0, 0, 0, stops=False)
    preferences = policy.preferences(batch.rectangle, settings)
    tolerance = _of(accounts, preferences, "FailureTolerance", least=0)
    concurrency = min(_of(accounts, preferences, "MaxConcurrent", least=1), accounts)
    if preferences["ConcurrencyMode"] == "STRICT_FAILURE_TOLERANCE":
        concurrency = min(concurrency, tolerance + 1)
        in_region = min(accounts, tolerance + 1)
    else:
        in_region = min(accounts, tolerance + concurrency)
    stops = accounts > tolerance
    reached = len(regions) if not stops or preferences["RegionConcurrencyType"] == "PARALLEL" else 1
    return Step(batch, accounts * len(regions), concurrency, in_region * reached, stops)


def _of(accounts: int, preferences: Mapping[str, Any], name: str, least: int) -> int:
    """A count, or a percentage of the accounts, rounded down but to no less than *least*."""
    if f"{name}Count" in preferences:
        return max(int(preferences[f"{name}Count"]), least)
    return max(accounts * int(preferences[f"{name}Percentage"]) // 100, least)
