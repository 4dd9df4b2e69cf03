"""What each resource of an environment costs in a region: its charges, times the prices of the table."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from .amounts import NOTHING, ZERO, Range
from .charges import ACCOUNT, Subject
from .free import page_of
from .registry import ESTIMATORS, WORDS

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable, Mapping, Sequence
    from decimal import Decimal

    from stackgen.review.evaluation.tree import Environment, Resource, Tree

    from .charges import Charge
    from .prices import Price, Table
    from .usage import Usage


@dataclass(frozen=True, slots=True)
class Line:
    """One charge of one resource; ``usd`` is None where the table has no price of it in the region."""

    address: str
    type: str
    price_id: str
    region: str
    dimension: str
    unit: str
    quantity: Range
    price: Price | None
    usd: Range | None
    doubt: str = ""
    note: str = ""

    @property
    def stack(self) -> str:
        """The stack that the resource stands in; the account's charges stand in none."""
        return self.address.rpartition("/")[0] or self.address

    @property
    def missing(self) -> str:
        """``no price for ap-south-1``; empty where there is one."""
        return "" if self.price is not None else f"no price for {self.region or 'an unknown region'}"


@dataclass(slots=True)
class Estimate:
    """All lines of one environment in one region, and what they leave out."""

    environment: str
    region: str
    today: dt.date
    lines: list[Line] = field(default_factory=list)
    free: dict[str, str] = field(default_factory=dict)
    """The types that are charged for nothing, and the page that says so, by address."""
    uncovered: dict[str, str] = field(default_factory=dict)
    """The types that nobody here knows the price of, by address."""
    unstated: dict[str, list[str]] = field(default_factory=dict)
    """The usage that no file states, counted as nothing, by address."""
    notes: list[str] = field(default_factory=list)
    types: dict[str, str] = field(default_factory=dict)
    """Every resource's type, by address."""
    hours: dict[str, Decimal] = field(default_factory=dict)
    """The hours a month that each resource is there, by address."""

    @property
    def place(self) -> str:
        """``prod/eu-west-1``."""
        return "/".join(part for part in (self.environment, self.region) if part)


def estimate(
    trees: Iterable[tuple[Tree, Usage]],
    environment: Environment,
    table: Table,
    today: dt.date,
    *,
    free_tier: bool = True,
) -> Estimate:
    """The estimate of all stacks that an environment has in its region, each with its system's usage."""
    made = Estimate(environment.name, environment.region, today)
    pricing = _Pricing(made, table, free_tier=free_tier)
    usages = {}
    for tree, usage in trees:
        usages[usage.file] = usage
        for resource in sorted(tree.resources(), key=lambda each: each.address):
            if resource.exists is not False:
                pricing.resource(resource, Subject.of(resource, tree, usage))
    for usage in usages.values():
        pricing.charges(Subject(ACCOUNT, ACCOUNT, usage, environment.region))
        made.notes += usage.idle({**made.types, ACCOUNT: ACCOUNT}, WORDS)
    return made


class _Pricing:
    """Adds lines to one estimate; an account's free allowance is used up once, resource by resource."""

    def __init__(self, made: Estimate, table: Table, *, free_tier: bool) -> None:
        self._made = made
        self._table = table
        self._free_tier = free_tier
        self._used: dict[tuple[str, str], Range] = {}

    def resource(self, resource: Resource, subject: Subject) -> None:
        """Price a resource, or say that it is free, or that it is not covered."""
        self._made.types[resource.address] = subject.type
        if subject.type in ESTIMATORS:
            self.charges(subject, sure=resource.exists is True)
            return
        page = page_of(subject.type)
        (self._made.free if page else self._made.uncovered)[resource.address] = page or subject.type

    def charges(self, subject: Subject, *, sure: bool = True) -> None:
        """Price every charge of a subject that an estimator knows."""
        self._made.hours[subject.address] = subject.hours
        for charge in ESTIMATORS[subject.type](subject):
            self._made.lines.append(self._line(subject, charge, sure=sure))
        if subject.unstated:
            self._made.unstated[subject.address] = subject.unstated

    def _line(self, subject: Subject, charge: Charge, *, sure: bool) -> Line:
        region = charge.region or subject.region
        price = self._table.find(charge.price, region)
        known = price or self._table.known(charge.price)
        quantity = charge.quantity if sure else Range(ZERO, charge.quantity.typical, charge.quantity.high)
        notes = [charge.note, "" if sure else "only if its condition holds"]
        usd = None
        if price is not None:
            usd = self._cost(price, quantity)
            if price.allowance and self._free_tier:
                notes.append(f"{price.allowance.normalize():,f} a month are free in an account")
            if price.exceeds(quantity.high):
                notes.append("beyond the tiers that the table knows")
        return Line(
            subject.address,
            subject.type,
            charge.price,
            region,
            known.dimension if known else charge.what or charge.price,
            known.unit if known else "",
            quantity.each(lambda amount: amount / (known.scale if known else 1)),
            price,
            usd,
            price.doubt(self._made.today) if price else "",
            "; ".join(note for note in notes if note),
        )

    def _cost(self, price: Price, quantity: Range) -> Range:
        """The cost of a quantity after what other resources have used of the free allowance."""
        key = price.id, price.region
        used = self._used.get(key, NOTHING)
        self._used[key] = used + quantity

        def cost(amount: Decimal, before: Decimal) -> Decimal:
            left = max(price.allowance - before, ZERO) if self._free_tier else ZERO
            return price.cost(amount, left)

        return Range(cost(quantity.low, used.low), cost(quantity.typical, used.typical), cost(quantity.high, used.high))


def addresses(lines: Sequence[Line]) -> Mapping[str, list[Line]]:
    """The lines of each resource, in their order."""
    found: dict[str, list[Line]] = {}
    for line in lines:
        found.setdefault(line.address, []).append(line)
    return found
