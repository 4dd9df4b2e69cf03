"""The values that one environment gives a stack in one region."""

from __future__ import annotations

from stackgen.records import NamedTuple

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

_PARTITIONS = {
    "cn-": ("aws-cn", "amazonaws.com.cn"),
    "eu-isoe-": ("aws-iso-e", "cloud.adc-e.uk"),
    "eusc-": ("aws-eusc", "amazonaws.eu"),
    "us-gov-": ("aws-us-gov", "amazonaws.com"),
    "us-iso-": ("aws-iso", "c2s.ic.gov"),
    "us-isob-": ("aws-iso-b", "sc2s.sgov.gov"),
    "us-isof-": ("aws-iso-f", "csp.hci.ic.gov"),
}


class Environment(NamedTuple):
    """``region`` and ``account`` are empty where they are not known; ``parameters`` are texts."""

    name: str = ""
    region: str = ""
    account: str = ""
    parameters: Mapping[str, str] = {}

    def pseudo(self, name: str) -> str:
        """The value of a pseudo parameter; empty where it is not known.

        Source of partitions and suffixes: botocore's data/partitions.json.
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
