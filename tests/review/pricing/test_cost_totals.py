"""Sums and differences: ranges stay ranges, nothing doubtful hides in a sum, and allowances are used up once."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stackgen.review.pricing.amounts import NOTHING, Range, decimal_of
from stackgen.review.pricing.findings import findings
from stackgen.review.pricing.registry import ESTIMATORS, WORDS
from stackgen.review.pricing.total import by_region, by_resource, by_stack, changes, difference, total_of
from stackgen.review.pricing.usage import Usage
from tests.review.pricing.estimating import TABLE, TODAY, estimated, resource, usage_of

SUBNETS = ["a", "b", "c"]
ENDPOINT = resource("AWS::EC2::VPCEndpoint", VpcEndpointType="Interface", SubnetIds=SUBNETS)

amounts = st.lists(st.integers(0, 10**9), min_size=3, max_size=3).map(lambda three: Range.of(*sorted(three)))
types = st.sampled_from(sorted(ESTIMATORS))
scalars = st.none() | st.booleans() | st.integers(-5, 10**6) | st.text(max_size=8) | st.sampled_from(
    ["Interface", "db.serverless", "aurora-mysql", "PAY_PER_REQUEST", "FARGATE", "EXPRESS", "ENABLED", "1 vCPU", "60"]
)  # fmt: skip
values = st.recursive(
    scalars | st.just({"Ref": "Given"}) | st.builds(lambda a, b: {"Fn::If": ["Open", a, b]}, scalars, scalars),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["MinCapacity", "Period", "X"]), inner),
    max_leaves=4,
)
PROPERTIES = [
    "VpcEndpointType", "SubnetIds", "Type", "Scheme", "Subnets", "MemorySize", "Architectures", "LaunchType",
    "DesiredCount", "TaskDefinition", "Engine", "DBInstanceClass", "DBClusterIdentifier", "BillingMode", "StorageType",
    "ProvisionedThroughput", "GlobalSecondaryIndexes", "Tier", "Rules", "Period", "Metrics", "RetentionInDays",
    "MetricTransformations", "CapacityProviderStrategy", "NetworkConfiguration", "ProvisionedConcurrencyConfig",
    "ServerlessV2ScalingConfiguration", "EnableKeyRotation", "FifoQueue", "StateMachineType", "UserPoolTier",
    "PointInTimeRecoverySpecification", "SSESpecification", "ClusterSettings", "RequiresCompatibilities",
]  # fmt: skip
resources = st.dictionaries(
    st.sampled_from([f"R{number}" for number in range(6)]),
    st.builds(
        lambda type_, properties, condition: {"Type": type_, "Properties": properties, **condition},
        types.filter(lambda each: each != "(account)"),
        st.dictionaries(st.sampled_from(PROPERTIES), values, max_size=5),
        st.sampled_from([{}, {"Condition": "Open"}]),
    ),
    max_size=5,
)
OPEN: dict[str, Any] = {
    "Parameters": {"Given": {"Type": "String"}},
    "Conditions": {"Open": {"Fn::Equals": [{"Ref": "Given"}, "x"]}},
}


@st.composite
def usages(draw: st.DrawFn) -> Usage:
    chosen = draw(st.lists(types, max_size=4))
    defaults = {each: {key: draw(amounts) for key in WORDS.get(each, {})} for each in chosen}
    return Usage(defaults=defaults, hours=Decimal(draw(st.integers(1, 744))))


@given(resources, usages(), st.sampled_from(["us-east-1", "eu-west-1", "ap-south-1", ""]), st.booleans())
def test_low_is_never_above_typical_nor_typical_above_high(
    given_resources: dict[str, Any], usage: Usage, region: str, free_tier: bool
) -> None:
    made = estimated(given_resources, usage, region, free_tier=free_tier, **OPEN)
    for line in made.lines:
        assert 0 <= line.quantity.low <= line.quantity.typical <= line.quantity.high, line
        assert line.usd is None or 0 <= line.usd.low <= line.usd.typical <= line.usd.high, line
        assert (line.usd is None) == bool(line.missing)
    total = total_of(made.lines)
    assert total.usd == total.verified + total.doubtful
    assert total.usd == sum(by_stack(made.lines).values(), NOTHING) == sum(by_resource(made.lines).values(), NOTHING)


@given(resources, resources, usages())
def test_a_difference_seen_from_the_other_side_is_its_opposite(
    before: dict[str, Any], after: dict[str, Any], usage: Usage
) -> None:
    old, new = estimated(before, usage, **OPEN).lines, estimated(after, usage, **OPEN).lines
    there, back = changes(old, new), changes(new, old)
    signs = {"+": "-", "-": "+", "~": "~"}
    assert [(signs[each.sign], each.address) for each in there] == [(each.sign, each.address) for each in back]
    assert all(one.difference + other.difference == NOTHING for one, other in zip(there, back, strict=True))
    assert difference(there) == total_of(new).usd - total_of(old).usd
    assert not changes(old, old)


@given(resources, usages())
def test_without_a_free_tier_nothing_is_cheaper(given_resources: dict[str, Any], usage: Usage) -> None:
    with_it = total_of(estimated(given_resources, usage, **OPEN).lines).usd
    without = total_of(estimated(given_resources, usage, free_tier=False, **OPEN).lines).usd
    assert with_it.low <= without.low
    assert with_it.typical <= without.typical
    assert with_it.high <= without.high


def test_an_accounts_free_allowance_is_used_up_once() -> None:
    topics = {"A": resource("AWS::SNS::Topic"), "B": resource("AWS::SNS::Topic")}
    usage = usage_of(A={"requests": 600_000}, B={"requests": 600_000})
    costs = by_resource(estimated(topics, usage).lines)
    assert costs["App/A"] == NOTHING
    assert costs["App/B"].typical == Decimal("0.1")  # (1.2 - 1) x 0.50
    charged = by_resource(estimated(topics, usage, free_tier=False).lines)
    assert [each.typical for each in charged.values()] == [Decimal("0.3")] * 2


def test_a_sum_is_split_by_what_can_be_relied_on() -> None:
    """In Ireland a NAT gateway's price is of September 2026, a KMS key's is unverified."""
    made = estimated({"Nat": resource("AWS::EC2::NatGateway"), "Key": resource("AWS::KMS::Key")}, region="eu-west-1")
    total = total_of(made.lines)
    assert (total.verified.typical, total.doubtful.typical) == (Decimal("35.04"), Decimal(1))
    assert [(price.id, why) for price, why in total.doubts] == [("kms-key", "unverified")]
    assert total.dates == ("2026-09-25", "2026-09-25")


def test_a_price_that_nothing_is_charged_by_raises_no_doubt() -> None:
    made = estimated({"Api": resource("AWS::ApiGateway::RestApi")})
    assert made.lines[0].doubt
    assert not total_of(made.lines).doubts
    assert made.unstated == {"App/Api": ["requests"]}


def test_a_resource_that_may_not_exist_costs_nothing_at_least() -> None:
    made = estimated({"Nat": {**resource("AWS::EC2::NatGateway"), "Condition": "Open"}}, **OPEN)
    assert total_of(made.lines).usd == Range.of(0, "32.85", "32.85")
    assert "only if its condition holds" in made.lines[0].note


def test_a_resource_that_does_not_exist_costs_nothing() -> None:
    never: dict[str, Any] = {"Conditions": {"Never": {"Fn::Equals": ["a", "b"]}}}
    made = estimated({"Nat": {**resource("AWS::EC2::NatGateway"), "Condition": "Never"}}, **never)
    assert not made.lines
    assert not made.types


@pytest.mark.parametrize(
    ("subnets", "usd"),
    [
        ({"Fn::If": ["Open", ["a"], ["a", "b", "c"]]}, ("7.3", "21.9", "21.9")),
        (["a", {"Fn::If": ["Open", "b", {"Ref": "AWS::NoValue"}]}], ("7.3", "14.6", "14.6")),
    ],
)
def test_a_choice_makes_a_range(subnets: Any, usd: tuple[str, str, str]) -> None:
    endpoint = resource("AWS::EC2::VPCEndpoint", VpcEndpointType="Interface", SubnetIds=subnets)
    assert total_of(estimated({"E": endpoint}, **OPEN).lines).usd == Range.of(*usd)


def test_endpoints_that_cost_more_than_nat_gateways_are_told_with_both_figures() -> None:
    """Five endpoints in three zones: 15 x 7.30 = 109.50; three gateways: 3 x 32.85 = 98.55."""
    made = estimated({f"E{number}": ENDPOINT for number in range(5)})
    (told,) = findings(made, TABLE)
    assert told.startswith("App: 5 interface endpoints in up to 3 zones cost USD 109.50 a month, 3 NAT gateways")
    assert "would cost USD 98.55" in told
    assert "days old" in told


@pytest.mark.parametrize("number", [0, 1, 4])  # 4 x 3 x 7.30 = 87.60
def test_endpoints_that_cost_less_are_not_worth_a_word(number: int) -> None:
    assert not list(findings(estimated({f"E{each}": ENDPOINT for each in range(number)}), TABLE))


def test_the_price_of_a_gateway_is_compared_in_the_same_region_or_not_at_all() -> None:
    five = {f"E{number}": ENDPOINT for number in range(5)}
    (told,) = findings(estimated(five, region="eu-west-1"), TABLE)
    assert "USD 120.45" in told
    assert "USD 105.12" in told
    assert not list(findings(estimated(five, region="ap-south-1"), TABLE))


def test_each_place_has_its_own_sum() -> None:
    gateway = {"Nat": resource("AWS::EC2::NatGateway")}
    sums = by_region([estimated(gateway), estimated(gateway, region="eu-west-1")])
    assert {place: each.typical for place, each in sums.items()} == {
        "test/us-east-1": Decimal("32.85"),
        "test/eu-west-1": Decimal("35.04"),
    }


@pytest.mark.parametrize(
    ("value", "amount"),
    [
        ("3", "3"),
        (0.5, "0.5"),
        (" 4 ", "4"),
        (True, None),
        (-1, None),
        ("x", None),
        ("nan", None),
        (None, None),
        ([], None),
    ],
)
def test_a_number_is_read_from_what_templates_write(value: object, amount: str | None) -> None:
    assert decimal_of(value) == (None if amount is None else Decimal(amount))


def test_an_old_price_is_told_by_the_day_of_the_estimate() -> None:
    assert dt.date(2026, 11, 20) == TODAY
    (hour, _) = estimated({"Nat": resource("AWS::EC2::NatGateway")}).lines
    assert hour.doubt == "872 days old"
