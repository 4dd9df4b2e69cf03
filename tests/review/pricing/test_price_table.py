"""The table of prices: every row can be read, is used by somebody, and says how far it can be trusted."""

from __future__ import annotations

import datetime as dt
import inspect
import re
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stackgen.review.pricing import compute, messaging, monitoring, network, storage
from stackgen.review.pricing.prices import BASES, Price, Tier, bundled, day_of, rows_of
from stackgen.review.pricing.products import PRODUCTS

TODAY = dt.date(2026, 11, 20)
TABLE = bundled()
ROWS = list(TABLE)
UNITS = {
    "hour", "GB", "month", "ACU-hour", "GB-month", "million", "WCU-month (730 h)", "RCU-month (730 h)", "1k requests",
    "GB-second", "vCPU-hour", "GB-hour", "LCU-hour", "1k transitions", "alarm-month", "metric-month", "10k requests",
    "MAU", "minute",
}  # fmt: skip
HEAD = "price_id,cfn_type,dimension,unit,region,usd,tier_from,tier_to,sku,basis,source,source_date,note"


def price(**changed: object) -> Price:
    values: dict[str, object] = {
        "id": "x", "type": "AWS::X::Y", "dimension": "things", "unit": "thing", "region": "us-east-1",
        "tiers": (Tier(Decimal(0), None, Decimal(1)),), "basis": "doc", "source": "a page", "date": "2026-11-01",
    }  # fmt: skip
    return Price(**{**values, **changed})  # type: ignore[arg-type]  # a test changes any of them


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row.id}-{row.region}")
def test_a_row_is_complete(row: Price) -> None:
    assert row.id
    assert row.dimension
    assert row.source
    assert row.unit in UNITS
    assert row.basis in BASES
    assert re.fullmatch(r"[a-z]{2}(-[a-z]+)+-\d|global(-us|-eu)?", row.region)
    assert all(tier.usd >= 0 and (tier.end is None or tier.end > tier.start) for tier in row.tiers)
    assert row.date == "" or day_of(row.date) is not None
    assert (row.date == "") == (row.basis == "unverified")


def test_the_table_has_each_price_once_in_a_region() -> None:
    assert len(ROWS) == len({(row.id, row.region) for row in ROWS}) == 121


SOURCES = "".join(inspect.getsource(module) for module in (network, compute, storage, messaging, monitoring))
BUILT = {"aurora-t3-medium": 'f"aurora-{kind', "fargate-vcpu-arm": 'f"fargate-vcpu{suffix}"',
         "fargate-vcpu": 'f"fargate-vcpu{suffix}"', "fargate-gb": 'f"fargate-gb{suffix}"',
         "fargate-spot-vcpu": 'f"fargate-spot-vcpu{suffix}"', "fargate-spot-gb": 'f"fargate-spot-gb{suffix}"',
         "cf-gb-us": 'f"cf-gb-{edge}"', "cf-gb-eu": 'f"cf-gb-{edge}"',
         "cf-https-us": 'f"cf-https-{edge}"', "cf-https-eu": 'f"cf-https-{edge}"'}  # fmt: skip


@pytest.mark.parametrize("name", sorted({row.id for row in ROWS}))
def test_every_price_is_used_by_an_estimator(name: str) -> None:
    assert f'"{name}"' in SOURCES or (name in BUILT and BUILT[name] in SOURCES)


ASKED_NEVER = {"vpce-gateway", "ssm-std", "ssm-adv", "cognito-ess", "cognito-plus", "bedrock-tokens"}
"""They are nothing, or AWS's price list has no one product for them."""


def test_every_price_says_how_the_price_list_calls_it() -> None:
    assert {row.id for row in ROWS} - set(PRODUCTS) == ASKED_NEVER


def test_a_price_of_another_region_is_never_used() -> None:
    assert TABLE.find("nat-hour", "us-east-1") is not None
    assert TABLE.find("nat-hour", "ap-south-1") is None


@pytest.mark.parametrize(
    ("basis", "date", "doubt"),
    [
        ("price-list", "2026-11-20", ""),
        ("price-list", "2026-05-24", ""),  # 180 days
        ("price-list", "2026-05-23", "181 days old"),
        ("price-list", "2026", "323 days old"),  # from the first of January
        ("doc", "2026-06", ""),  # from the first of June
        ("golden", "2024-07-01", "872 days old"),
        ("doc", "", "undated"),
        ("unverified", "", "unverified"),
        ("unverified", "2026-11-20", "unverified"),
        ("live", "2026-12-31", ""),  # a clock that is slow
    ],
)
def test_a_price_tells_why_it_can_be_doubted(basis: str, date: str, doubt: str) -> None:
    assert price(basis=basis, date=date).doubt(TODAY) == doubt


@pytest.mark.parametrize(
    ("tiers", "quantity", "allowance", "usd"),
    [
        ([(0, None, 1)], 10, 0, 10),
        ([(25, None, 2)], 30, 25, 10),  # (30 - 25) x 2
        ([(25, None, 2)], 30, 5, 50),  # others used 20 of the allowance: (30 - 5) x 2
        ([(25, None, 2)], 30, 0, 60),  # without an allowance all is charged
        ([(25, None, 2)], 20, 25, 0),
        ([(0, 25, 0), (25, None, 2)], 30, 25, 10),  # as the price list writes an allowance
        ([(0, 100, 3), (100, None, 1)], 150, 0, 350),  # 100 x 3 + 50 x 1
        ([(0, 10, 0), (10, 110, 3), (110, None, 1)], 160, 10, 350),  # the same after an allowance of 10
        ([(0, 100, 3)], 150, 0, 450),  # beyond the known tiers the last price goes on
    ],
)
def test_a_quantity_is_paid_tier_by_tier(
    tiers: list[tuple[int, int | None, int]], quantity: int, allowance: int, usd: int
) -> None:
    made = tuple(Tier(Decimal(a), None if b is None else Decimal(b), Decimal(c)) for a, b, c in tiers)
    assert price(tiers=made).cost(Decimal(quantity), Decimal(allowance)) == usd


@pytest.mark.parametrize(
    ("unit", "quantity", "usd"),
    [("million", 2_500_000, "2.5"), ("10k requests", 25_000, "2.5"), ("1k transitions", 2_500, "2.5"), ("GB", 2, "2")],
)
def test_a_unit_may_hold_many_requests(unit: str, quantity: int, usd: str) -> None:
    assert price(unit=unit).cost(Decimal(quantity)) == Decimal(usd)


def test_rows_of_one_price_and_region_are_its_tiers() -> None:
    upper, lower = "a,T,d,GB,us-east-1,1,100,,,doc,s,2026-11-01,", "a,T,d,GB,us-east-1,3,0,100,,doc,s,2026-11-01,"
    (row,) = rows_of(f"{HEAD}\n{upper}\n{lower}")
    assert [tier.usd for tier in row.tiers] == [3, 1]
    assert row.cost(Decimal(150)) == 350


@given(st.sampled_from(ROWS), st.integers(0, 10**9), st.integers(0, 10**9), st.integers(0, 10**6))
def test_more_never_costs_less(row: Price, some: int, more: int, allowance: int) -> None:
    first, second = row.cost(Decimal(some), Decimal(allowance)), row.cost(Decimal(some + more), Decimal(allowance))
    assert 0 <= first <= second


@pytest.mark.parametrize(
    ("name", "region", "usages"),
    [
        ("nat-hour", "us-east-1", ["NatGateway-Hours", "USE1-NatGateway-Hours"]),
        ("nat-hour", "eu-west-1", ["EU-NatGateway-Hours", "EUW1-NatGateway-Hours"]),
        ("nat-hour", "ap-south-1", ["APS3-NatGateway-Hours"]),
        ("nat-hour", "xx-north-9", []),
        ("kms-key", "eu-west-1", ["eu-west-1-KMS-Keys"]),
        ("r53-zone", "global", ["HostedZone"]),
    ],
)
def test_a_usage_type_begins_with_the_code_of_its_region(name: str, region: str, usages: list[str]) -> None:
    assert PRODUCTS[name].usage_types(region) == usages
