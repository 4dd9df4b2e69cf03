"""Targets as exact rectangles: accounts times regions that hold every pair that was asked for, and no other."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from .inputs import Pair

if TYPE_CHECKING:
    from collections.abc import Iterable


class Rectangle(NamedTuple):
    """What one operation of a StackSet can be asked for: each of the accounts in each of the regions."""

    accounts: tuple[str, ...]
    regions: tuple[str, ...]

    def pairs(self) -> list[Pair]:
        """Every account in every region."""
        return [Pair(account, region) for region in self.regions for account in self.accounts]


def rectangles(pairs: Iterable[Pair], region_order: Iterable[str] = ()) -> list[Rectangle]:
    """Cover *pairs* exactly, each once; the regions of a rectangle, and rectangles of one region, in *region_order*.

    Accounts that want the same regions make one rectangle, or regions that the same accounts want: whichever of the two
    gives fewer operations. 500 accounts with regions of their own each are 500 rectangles one way, and 20 the other.
    """
    wanted = list(dict.fromkeys(pairs))
    rank = {region: number for number, region in enumerate(region_order)}

    def place(region: str) -> tuple[int, str]:
        return rank.get(region, len(rank)), region

    by_account: dict[str, set[str]] = {}
    by_region: dict[str, list[str]] = {}
    for account, region in wanted:
        by_account.setdefault(account, set()).add(region)
        by_region.setdefault(region, []).append(account)
    same_regions: dict[tuple[str, ...], list[str]] = {}
    for account, regions in by_account.items():
        same_regions.setdefault(tuple(sorted(regions, key=place)), []).append(account)
    same_accounts: dict[tuple[str, ...], list[str]] = {}
    for region in sorted(by_region, key=place):
        same_accounts.setdefault(tuple(sorted(by_region[region])), []).append(region)
    if len(same_accounts) < len(same_regions):
        return [Rectangle(accounts, tuple(regions)) for accounts, regions in same_accounts.items()]
    return [Rectangle(tuple(accounts), regions) for regions, accounts in same_regions.items()]
