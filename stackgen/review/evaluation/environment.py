"""The values that one environment gives a stack in one region."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping

_PARTITIONS = {"cn-": ("aws-cn", "amazonaws.com.cn"), "us-gov-": ("aws-us-gov", "amazonaws.com")}


class Environment(NamedTuple):
    """``region`` and ``account`` are empty where they are not known; ``parameters`` are texts."""

    name: str = ""
    region: str = ""
    account: str = ""
    parameters: Mapping[str, str] = {}

    def pseudo(self, name: str) -> str:
        """The value of a pseudo parameter; empty where it is not known.

        Source of partitions and suffixes: AWS General Reference, "Amazon Resource Names"; endpoints of China.
        """
        if name == "AWS::AccountId":
            return self.account
        if not self.region:
            return ""
        starts = (each for start, each in _PARTITIONS.items() if self.region.startswith(start))
        partition, suffix = next(starts, ("aws", "amazonaws.com"))
        return {"AWS::Region": self.region, "AWS::Partition": partition, "AWS::URLSuffix": suffix}.get(name, "")

    @property
    def place(self) -> str:
        """``prod`` or ``prod/eu-west-1``."""
        return "/".join(part for part in (self.name, self.region) if part)
