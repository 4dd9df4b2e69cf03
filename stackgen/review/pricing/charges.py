"""What a resource is charged for: quantities by price, before anybody asks what they cost."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from stackgen.review.schemas.sam_types import generated_type

from .amounts import NOTHING, Range
from .values import UNKNOWN, alternatives, number_range

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from decimal import Decimal

    from stackgen.review.evaluation.tree import Resource, Tree

    from .usage import Usage

    Estimator = Callable[["Subject"], Iterable["Charge"]]

ACCOUNT = "(account)"
"""Stands for the account and region as a whole, where a charge belongs to no resource."""


class Charge(NamedTuple):
    """So many base units of one price; ``what`` is said where no table knows the price, or to say more than it."""

    price: str
    quantity: Range
    note: str = ""
    region: str = ""
    what: str = ""


class Family(NamedTuple):
    """The estimators of types that are charged alike, and what a usage file may say of each type."""

    estimators: Mapping[str, Estimator]
    usage: Mapping[str, Mapping[str, str]]


class Subject:
    """One resource while it is estimated: its evaluated properties, its neighbours and its usage."""

    def __init__(self, type: str, address: str, usage: Usage, region: str) -> None:  # noqa: A002  CloudFormation's word
        self.type = type
        self.address = address
        self.region = region
        self.hours: Decimal = usage.hours
        self.unstated: list[str] = []
        self.properties: Mapping[str, Any] = {}
        self.tree: Tree | None = None
        self._usage = usage

    @classmethod
    def of(cls, resource: Resource, tree: Tree, usage: Usage) -> Subject:
        """The subject that a resource of a tree is."""
        subject = cls(generated_type(resource.type), resource.address, usage, tree.environment.region)
        subject.properties = resource.properties
        subject.tree = tree
        return subject

    def used(self, key: str) -> Range:
        """What the usage file says; nothing, and remembered as unstated, where it says nothing."""
        given = self.given(key)
        if given is None:
            self.unstated.append(key)
        return given or NOTHING

    def given(self, key: str) -> Range | None:
        """What the usage file says, if it does."""
        return self._usage.given(self.type, self.address, key)

    def options(self, *path: str) -> list[Any]:
        """The values that a property can have, ``UNKNOWN`` among them where that is so; none where it is absent."""
        found: list[Any] = [self.properties]
        for key in path:
            below = [option[key] for option in found if isinstance(option, dict) and key in option]
            found = [UNKNOWN for option in found if option is UNKNOWN]
            found += [each for value in below for each in alternatives(value)]
        return found

    def texts(self, *path: str, default: str = "") -> list[str]:
        """A property's possible values as texts, in upper case; ``default`` where it is absent."""
        found = self.options(*path)
        return [str(each).upper() for each in found] if found else [default.upper()]

    def may_be(self, wanted: str, *path: str, default: str = "") -> bool:
        """Whether a property can have one value."""
        return wanted.upper() in self.texts(*path, default=default)

    def number(self, *path: str) -> Range | None:
        """A property as a number, a range where a condition decides; None where it is absent or unknown."""
        return number_range(self.options(*path))

    def hourly(self, count: Range) -> Range:
        """Hours a month of so many things."""
        return count * self.hours
