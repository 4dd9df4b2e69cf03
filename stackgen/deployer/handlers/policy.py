"""How carefully a release goes out: waves, concurrency, tolerance, alarms and the way back.

The attribute ``policy`` of a record of targets; every key may be left out.

=========================== ================================================================================
mode                        ``fail-fast`` (default): the first failure stops the region and all that follows;
                            ``collect-all``: every target is tried, so that every failure is seen
max_concurrent_count        accounts at a time in a region (10); or ``max_concurrent_percentage``
failure_tolerance_count     accounts that may fail in a region (0); or ``failure_tolerance_percentage``
concurrency_mode            ``SOFT_FAILURE_TOLERANCE`` (default) keeps the concurrency whatever the tolerance;
                            ``STRICT_FAILURE_TOLERANCE`` lowers it to tolerance + 1
region_order                regions that come first, in this order
region_concurrency_type     ``SEQUENTIAL`` (default) or ``PARALLEL``
canary_accounts             accounts of the first wave; or ``waves``, lists of accounts; the rest comes last
alarms                      names of CloudWatch alarms, looked at in the accounts and regions of each wave
bake_minutes                how long they are watched after each wave (0 to 180)
rollback_on_failure         true: what was touched goes back to the last good build
managed_execution           true: AWS queues operations that conflict; part of the next changed definition
auto_expand                 true: CAPABILITY_AUTO_EXPAND, for templates with macros
=========================== ================================================================================

Source: API_StackSetOperationPreferences of CloudFormation.
"""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING, Any, NamedTuple

from .errors import TargetsInvalid

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .rectangles import Rectangle
    from .settings import Settings

SOFT, STRICT = "SOFT_FAILURE_TOLERANCE", "STRICT_FAILURE_TOLERANCE"
SEQUENTIAL, PARALLEL = "SEQUENTIAL", "PARALLEL"
FAIL_FAST, COLLECT_ALL = "fail-fast", "collect-all"
MOST_BAKE = 180
"""Minutes; as long as CloudFormation monitors rollback triggers at most."""
MOST_ALARMS = 100
"""Names that one call asks for. Source: API_DescribeAlarms."""

_CHOICES = {
    "mode": (FAIL_FAST, COLLECT_ALL),
    "concurrency_mode": (SOFT, STRICT),
    "region_concurrency_type": (SEQUENTIAL, PARALLEL),
}
_LEAST_AND_MOST = {
    "max_concurrent_count": (1, 100_000),
    "max_concurrent_percentage": (1, 100),
    "failure_tolerance_count": (0, 100_000),
    "failure_tolerance_percentage": (0, 100),
    "bake_minutes": (0, MOST_BAKE),
}
_FLAGS = ("rollback_on_failure", "managed_execution", "auto_expand")
_LISTS = ("region_order", "canary_accounts", "alarms")
KEYS = (*_CHOICES, *_LEAST_AND_MOST, *_FLAGS, *_LISTS, "waves")


class Policy(NamedTuple):
    """A policy that was checked."""

    mode: str = FAIL_FAST
    max_concurrent_count: int | None = None
    max_concurrent_percentage: int | None = None
    failure_tolerance_count: int | None = None
    failure_tolerance_percentage: int | None = None
    concurrency_mode: str = SOFT
    region_order: tuple[str, ...] = ()
    region_concurrency_type: str = SEQUENTIAL
    waves: tuple[tuple[str, ...], ...] = ()
    alarms: tuple[str, ...] = ()
    bake_minutes: int = 0
    rollback_on_failure: bool = False
    managed_execution: bool = False
    auto_expand: bool = False

    @classmethod
    def read(cls, given: Mapping[str, Any] | None) -> Policy:
        """From the record. Raises TargetsInvalid, which names the key."""
        values: dict[str, Any] = {}
        for key, value in (given or {}).items():
            _check(key, value)
            values[key] = tuple(value) if isinstance(value, list) else value
        for left, right in _EITHER:
            if left in values and right in values:
                raise TargetsInvalid(f"policy: {left} and {right} exclude each other")
        canaries = values.pop("canary_accounts", ())
        waves = values.pop("waves", ())
        values["waves"] = tuple(map(tuple, waves)) or ((tuple(canaries),) if canaries else ())
        return cls(**values)

    def wave_of(self, account: str) -> int:
        """Which wave an account belongs to; what no wave names comes last."""
        return next((number for number, accounts in enumerate(self.waves) if account in accounts), len(self.waves))

    @property
    def stops_at_failure(self) -> bool:
        """Whether what comes after a failed operation is left alone."""
        return self.mode == FAIL_FAST

    def preferences(self, rectangle: Rectangle, settings: Settings) -> dict[str, Any]:
        """OperationPreferences of one operation."""
        tolerance: dict[str, int] = {"FailureToleranceCount": settings.failure_tolerance_count}
        if self.mode == COLLECT_ALL:
            tolerance = {"FailureTolerancePercentage": 100}
        elif self.failure_tolerance_percentage is not None:
            tolerance = {"FailureTolerancePercentage": self.failure_tolerance_percentage}
        elif self.failure_tolerance_count is not None:
            tolerance = {"FailureToleranceCount": self.failure_tolerance_count}
        concurrency: dict[str, int] = {"MaxConcurrentCount": self.max_concurrent_count or settings.max_concurrent_count}
        if self.max_concurrent_percentage is not None:
            concurrency = {"MaxConcurrentPercentage": self.max_concurrent_percentage}
        elif self.concurrency_mode == STRICT and "FailureToleranceCount" in tolerance:
            most = tolerance["FailureToleranceCount"] + 1  # the API refuses more
            concurrency = {"MaxConcurrentCount": min(concurrency["MaxConcurrentCount"], most)}
        order = {"RegionOrder": list(rectangle.regions)} if self.region_concurrency_type == SEQUENTIAL else {}
        return {
            "RegionConcurrencyType": self.region_concurrency_type,
            "ConcurrencyMode": self.concurrency_mode,
            **order,
            **tolerance,
            **concurrency,
        }


_EITHER = (
    ("max_concurrent_count", "max_concurrent_percentage"),
    ("failure_tolerance_count", "failure_tolerance_percentage"),
    ("canary_accounts", "waves"),
)


def _check(key: str, value: object) -> None:
    if key not in KEYS:
        close = difflib.get_close_matches(key, KEYS, 1)
        meant = f"did you mean {close[0]}?" if close else f"known: {', '.join(KEYS)}"
        raise TargetsInvalid(f"policy: unknown key {key!r}; {meant}")
    if key in _CHOICES and value not in _CHOICES[key]:
        raise TargetsInvalid(f"policy: {key} is {value!r}, but {' or '.join(_CHOICES[key])} was expected")
    if key in _LEAST_AND_MOST:
        least, most = _LEAST_AND_MOST[key]
        if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
            raise TargetsInvalid(f"policy: {key} is {value!r}, but a number from {least} to {most} was expected")
    if key in _FLAGS and not isinstance(value, bool):
        raise TargetsInvalid(f"policy: {key} is {value!r}, but true or false was expected")
    if key in _LISTS and not _is_texts(value):
        raise TargetsInvalid(f"policy: {key} is {value!r}, but a list of texts was expected")
    if key == "alarms" and isinstance(value, list | tuple) and len(value) > MOST_ALARMS:
        raise TargetsInvalid(f"policy: alarms has {len(value)} names, but at most {MOST_ALARMS} can be looked at")
    if key == "waves" and not (isinstance(value, list | tuple) and all(_is_texts(each) for each in value)):
        raise TargetsInvalid(f"policy: waves is {value!r}, but a list of lists of accounts was expected")


def _is_texts(value: object) -> bool:
    return isinstance(value, list | tuple) and all(isinstance(each, str) and each for each in value)
