"""How an operation is to be rolled out: OperationPreferences, and the numbers that follow from them for a region.

The page is API_StackSetOperationPreferences.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from stackgen.local.stacksets import errors
from stackgen.local.stacksets.targets import check_regions

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True)
class Preferences:
    """By default one account at a time, no failure tolerated, one region after the other."""

    region_order: tuple[str, ...] = ()
    is_parallel: bool = False
    is_soft: bool = False
    tolerance_count: int | None = None
    tolerance_percentage: int | None = None
    concurrent_count: int | None = None
    concurrent_percentage: int | None = None

    @classmethod
    def of(cls, parameters: Mapping[str, Any]) -> Preferences:
        """The preferences of a request.

        :raises ServiceError: for a count given together with its percentage, and for what cannot be a region.
        """
        given = parameters.get("OperationPreferences") or {}
        for stem in ("FailureTolerance", "MaxConcurrent"):
            if f"{stem}Count" in given and f"{stem}Percentage" in given:
                raise errors.invalid(f"Specify either {stem}Count or {stem}Percentage, but not both")
        order = tuple(dict.fromkeys(given.get("RegionOrder") or ()))
        check_regions(order)
        return cls(
            region_order=order,
            is_parallel=given.get("RegionConcurrencyType") == "PARALLEL",
            is_soft=given.get("ConcurrencyMode") == "SOFT_FAILURE_TOLERANCE",
            tolerance_count=given.get("FailureToleranceCount"),
            tolerance_percentage=given.get("FailureTolerancePercentage"),
            concurrent_count=given.get("MaxConcurrentCount"),
            concurrent_percentage=given.get("MaxConcurrentPercentage"),
        )

    def tolerance(self, accounts: int) -> int:
        """How many of a region's accounts may fail; a percentage is rounded down."""
        if self.tolerance_percentage is not None:
            return accounts * self.tolerance_percentage // 100
        return self.tolerance_count or 0

    def concurrency(self, accounts: int) -> int:
        """How many of a region's accounts may run at once; a percentage is rounded down, to one at least."""
        if self.concurrent_percentage is not None:
            return max(1, accounts * self.concurrent_percentage // 100)
        return self.concurrent_count or 1

    def shown(self) -> dict[str, Any]:
        """As an operation shows them: what was given, and the defaults of the rest."""
        shown: dict[str, Any] = {
            "RegionConcurrencyType": "PARALLEL" if self.is_parallel else "SEQUENTIAL",
            "RegionOrder": list(self.region_order),
            "ConcurrencyMode": "SOFT_FAILURE_TOLERANCE" if self.is_soft else "STRICT_FAILURE_TOLERANCE",
        }
        if self.tolerance_percentage is None:
            shown["FailureToleranceCount"] = self.tolerance_count or 0
        else:
            shown["FailureTolerancePercentage"] = self.tolerance_percentage
        if self.concurrent_percentage is None:
            shown["MaxConcurrentCount"] = self.concurrent_count or 1
        else:
            shown["MaxConcurrentPercentage"] = self.concurrent_percentage
        return shown
