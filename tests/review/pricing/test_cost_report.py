"""How an estimate reads: the verdict first, every doubt visible, and the same figures in each form."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import pytest

from stackgen.review.pricing.amounts import Range
from stackgen.review.pricing.report import Compared, as_dict, markdown, text, verdict, warnings
from stackgen.review.pricing.wording import quantity, signed_span, span, unit_price
from tests.review.pricing.estimating import estimated, resource, usage_of

NAT = {"Nat": resource("AWS::EC2::NatGateway")}
MIXED = {
    **NAT,
    "Key": resource("AWS::KMS::Key"),
    "Old": resource("AWS::SSM::Parameter", Tier="Advanced"),
    "Box": resource("AWS::EC2::Instance"),
    "Api": resource("AWS::ApiGateway::RestApi"),
}


def compared(after: dict[str, Any], before: dict[str, Any] | None = None, region: str = "eu-west-1") -> list[Compared]:
    base = estimated(before, region=region) if before is not None else None
    return [Compared(estimated(after, region=region), base)]


def test_the_verdict_is_the_range_and_the_age_of_the_prices() -> None:
    endpoint = resource(
        "AWS::EC2::VPCEndpoint", VpcEndpointType="Interface", SubnetIds={"Fn::Split": [",", {"Fn::ImportValue": "s"}]}
    )
    assert verdict(compared({"E": endpoint})) == (
        "USD 24.09 (8.03 to 24.09) a month in test/eu-west-1; all verified; "
        "prices of 2026-09-14, the oldest 67 days old"
    )


def test_the_verdict_of_a_change_is_the_difference() -> None:
    assert verdict(compared({**NAT, "Two": NAT["Nat"]}, NAT)) == (
        "USD +35.04 a month in test/eu-west-1, from USD 35.04 to USD 70.08; all verified; "
        "prices of 2026-09-25, the oldest 56 days old"
    )


def test_the_verdict_says_how_much_of_it_is_verified() -> None:
    assert "; USD 35.04 of 36.04 verified; prices of " in verdict(compared(MIXED))
    assert "; USD 35.04 of 36.04 verified; prices of " in verdict(compared(MIXED, {}))


def test_the_verdict_says_what_has_no_price() -> None:
    assert verdict(compared(MIXED)).endswith("days old; 1 charge without a price")


def test_a_build_without_anything_that_costs_says_so() -> None:
    assert verdict(compared({})) == "USD 0.00 a month in test/eu-west-1; no dated price"


def test_every_doubt_has_a_line_that_names_its_rows() -> None:
    told = list(warnings(compared(MIXED)))
    assert told == [
        (
            "test/eu-west-1: verified USD 35.04; USD 1.00 rests on 1 price unverified or older than 180 days: "
            "unverified: kms-key"
        ),
        "test/eu-west-1: not in the total: parameter of App/Old (no price for eu-west-1)",
        "test/eu-west-1: not covered: 1 resource: AWS::EC2::Instance",
        "test/eu-west-1: 3 amounts of usage not stated and counted as nothing",
    ]


def test_the_table_shows_basis_and_date_beside_every_figure() -> None:
    lines = list(text(compared(MIXED), None))
    gateway = next(line for line in lines if line.lstrip().startswith("Nat "))
    assert gateway.split() == "Nat gateway hour 730 hour 0.048 35.04 35.04 35.04 price-list 2026-09-25".split()  # noqa: SIM905  as it is read
    key = next(line for line in lines if line.lstrip().startswith("Key "))
    assert key.split()[-2:] == ["unverified", "undated"]
    assert "undated" in key
    old = next(line for line in lines if line.lstrip().startswith("Old "))
    assert "no price for eu-west-1" in old


def test_a_doubtful_basis_says_why_and_every_basis_is_explained() -> None:
    lines = list(text(compared(NAT, region="us-east-1"), None))
    gateway = next(line for line in lines if line.lstrip().startswith("Nat "))
    assert "  golden, 872 days old  2024-07-01" in gateway
    assert [line for line in lines if line.startswith("basis ")] == [
        "basis golden: a published test expectation of another estimator, from the price list of its date"
    ]
    assert not [line for line in text(compared(NAT, NAT), None) if line.startswith("basis ")]


@pytest.mark.parametrize("width", [20, 40, 60, 80, 120, 200])
def test_no_line_of_the_table_is_wider_than_the_terminal(width: int) -> None:
    lines = list(text(compared(MIXED), width))
    table = [line for line in lines if line.startswith("  ") and "verified USD" not in line]
    assert all(len(line) <= width for line in table)
    assert any("Nat" in line for line in table)


def test_changes_are_listed_by_their_sign() -> None:
    before, after = {"Gone": NAT["Nat"], "Same": NAT["Nat"]}, {"Same": NAT["Nat"], "New": resource("AWS::EC2::EIP")}
    lines = [line.split() for line in text(compared(after, before), None)]
    assert ["-", "App/Gone", "-35.04", "-35.04", "-35.04"] in lines
    assert ["+", "App/New", "+3.65", "+3.65", "+3.65"] in lines
    assert not any("App/Same" in line for line in lines)


def test_a_change_without_cost_says_so() -> None:
    assert "  nothing changes in cost" in list(text(compared(NAT, NAT), None))


def test_markdown_begins_with_the_verdict_and_escapes_what_users_wrote() -> None:
    lines = list(markdown(compared({"Two": NAT["Nat"]}, NAT)))
    assert lines[0].startswith("**USD +0.00 a month")
    assert "| `-` | App/Nat | -35.04 | -35.04 | -35.04 |" in lines
    piped = list(markdown([Compared(estimated({"A|B": NAT["Nat"]}), estimated({}))]))
    assert any(r"App/A\|B" in line for line in piped)


def test_data_hold_every_line_with_its_source() -> None:
    data: Any = json.loads(json.dumps(as_dict(compared(MIXED))))
    (place,) = data["places"]
    assert place["total"] == {"low": 36.04, "typical": 36.04, "high": 36.04}
    assert place["verified"]["typical"] + place["doubtful"]["typical"] == pytest.approx(36.04)
    line = next(each for each in place["lines"] if each["price"] == "nat-hour")
    assert line["unit_usd"] == "0.048"
    assert line["quantity"]["typical"] == 730
    assert line["source"].startswith("public fixture README quoting https://pricing")
    assert next(each for each in place["lines"] if each["price"] == "ssm-adv")["usd"] is None
    assert place["not_covered"] == {"App/Box": "AWS::EC2::Instance"}
    assert place["unstated"] == {"App/Api": ["requests"], "App/Key": ["requests"], "App/Nat": ["data_gb"]}


def test_an_idle_override_is_told_once() -> None:
    usage = usage_of(Nobody={"requests": 1})
    made = estimated(NAT, usage)
    told = [each for each in warnings([Compared(made), Compared(made)]) if "Nobody" in each]
    assert told == [": no resource is Nobody"]


@pytest.mark.parametrize(
    ("shown", "expected"),
    [
        (span(Range.of(1, 2, "3.005")), "USD 2.00 (1.00 to 3.00)"),
        (span(Range.exactly("1234.5")), "USD 1,234.50"),
        (signed_span(Range.of(-1, 0, 1)), "USD +0.00 (-1.00 to +1.00)"),
        (signed_span(Range.exactly("-0.001")), "USD +0.00"),
        (quantity(Range.of("0.5", 1, 2920)), "0.5 to 2,920"),
        (quantity(Range.exactly("0.00001")), "0.00001"),
        (quantity(Range.exactly(0)), "0"),
        (unit_price(Decimal("0.0450")), "0.045"),
        (unit_price(Decimal("0.0000166667")), "0.0000166667"),
    ],
)
def test_an_amount_reads_as_money(shown: str, expected: str) -> None:
    assert shown == expected
