"""In how many waves a StackSet reaches its instances, from its targets and operation preferences.

Regions come one after the other unless ``RegionConcurrencyType`` is PARALLEL. In a region, as many accounts are
worked on at once as MaxConcurrent says (1 by default), and with STRICT_FAILURE_TOLERANCE, which is the default, at
most one more than may fail (0 by default). A percentage is of the accounts in a region, rounded down; of concurrent
ones at least one. Source: API_StackSetOperationPreferences in the CloudFormation API reference.
"""

from __future__ import annotations

from math import ceil
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping

SOFT = "SOFT_FAILURE_TOLERANCE"


class Waves(NamedTuple):
    """``notes`` say what was not known, and counted as one; ``how`` in which order, and how many at once."""

    number: int
    accounts: int
    regions: int
    notes: tuple[str, ...] = ()
    how: str = ""


class Targets(NamedTuple):
    """One group of instances; None where a number is not known."""

    accounts: int | None
    regions: int | None


def waves_of(properties: Mapping[str, Any], accounts: int | None = None, regions: int | None = None) -> Waves:
    """The waves of all groups of instances; ``accounts`` and ``regions`` are what the user knows better."""
    preferences = properties.get("OperationPreferences")
    preferences = preferences if isinstance(preferences, dict) else {}
    groups = _groups(properties.get("StackInstancesGroup"))
    if accounts is not None or regions is not None:
        known = groups[0] if groups else Targets(None, None)
        groups = [Targets(accounts or known.accounts, regions or _sum(groups) or known.regions)]
    notes = []
    if any(group.accounts is None for group in groups):
        notes.append("how many accounts it targets is not known: one was counted (--accounts N)")
    if any(group.regions is None for group in groups):
        notes.append("how many regions it targets is not known: one was counted (--regions N)")
    count = sum(_waves(group.accounts or 1, group.regions or 1, preferences) for group in groups)
    most = max((group.accounts or 1 for group in groups), default=0)
    number = sum(group.regions or 1 for group in groups)
    names = _region_names(properties.get("StackInstancesGroup"), preferences.get("RegionOrder"))
    how = _how(names if len(names) == number else [], number, preferences)
    if most > 1:
        how += f", {concurrency(preferences, most):,} of {most:,} accounts of a region at once"
    return Waves(count, most, number, tuple(notes), how if count else "")


def concurrency(preferences: Mapping[str, Any], accounts: int) -> int:
    """How many accounts of a region are worked on at once."""
    tolerance = _number(preferences, "FailureTolerance", accounts, 0)
    most = max(1, _number(preferences, "MaxConcurrent", accounts, 1))
    return most if preferences.get("ConcurrencyMode") == SOFT else min(most, tolerance + 1)


def _waves(accounts: int, regions: int, preferences: Mapping[str, Any]) -> int:
    return (1 if _is_parallel(preferences) else regions) * ceil(accounts / concurrency(preferences, accounts))


def _is_parallel(preferences: Mapping[str, Any]) -> bool:
    return preferences.get("RegionConcurrencyType") == "PARALLEL"


def _how(names: list[str], regions: int, preferences: Mapping[str, Any]) -> str:
    """``us-east-1, then eu-west-1``, or ``3 regions at once`` where their names are not known."""
    if regions == 1:
        return names[0] if names else "1 region"
    if _is_parallel(preferences):
        return f"{' and '.join(names) or f'{regions:,} regions'} at once"
    return ", then ".join(names) or f"{regions:,} regions one after the other"


def _region_names(groups: Any, order: Any) -> list[str]:
    """The regions of all groups, each once: as ``RegionOrder`` has them, the others behind."""
    listed = [group.get("Regions") for group in groups if isinstance(group, dict)] if isinstance(groups, list) else []
    names = [name for regions in listed if isinstance(regions, list) for name in regions if isinstance(name, str)]
    first = [name for name in order if name in names] if isinstance(order, list) else []
    return list(dict.fromkeys([*first, *names]))


def _number(preferences: Mapping[str, Any], name: str, accounts: int, default: int) -> int:
    count, percentage = (_integer(preferences.get(f"{name}{kind}")) for kind in ("Count", "Percentage"))
    if count is not None:
        return count
    return default if percentage is None else accounts * percentage // 100


def _integer(value: Any) -> int | None:
    if isinstance(value, bool) or not isinstance(value, int | str) or not str(value).isdecimal():
        return None
    return int(value)


def _groups(value: Any) -> list[Targets]:
    if value is None:
        return []
    if not isinstance(value, list):
        return [Targets(None, None)]
    return [_targets(each) for each in value]


def _targets(group: Any) -> Targets:
    if not isinstance(group, dict):
        return Targets(None, None)
    targets = group.get("DeploymentTargets")
    accounts = targets.get("Accounts") if isinstance(targets, dict) else None
    regions = group.get("Regions")
    return Targets(_length(accounts), _length(regions))


def _length(value: Any) -> int | None:
    return len(value) if isinstance(value, list) else None


def _sum(groups: list[Targets]) -> int | None:
    known = [group.regions for group in groups if group.regions is not None]
    return sum(known) if known else None
