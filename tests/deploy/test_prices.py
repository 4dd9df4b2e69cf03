"""Prices of today: read from answers in the form of AWS's documentation, and refused where they are not clear.

The form is that of https://docs.aws.amazon.com/aws-cost-management/latest/APIReference/API_pricing_GetProducts.html.
"""

from __future__ import annotations

import datetime as dt
import json
import sys
from decimal import Decimal
from typing import Any

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import EndpointConnectionError, NoCredentialsError
from botocore.stub import Stubber

from stackgen.deploy import session
from stackgen.deploy.prices import Answer, live_prices
from stackgen.errors import MissingExtraError, StackgenError
from stackgen.review.pricing.prices import bundled

TABLE = bundled()
PUBLISHED = "2026-11-18T09:00:00Z"


def product(
    *dimensions: tuple[str, str, str], sku: str = "SKU1", currency: str = "USD", offers: int = 1, **changed: Any
) -> str:
    """One entry of a price list: each dimension is its beginning, its end and its price."""
    prices = {
        f"{sku}.OFFER.{number}": {
            "unit": "Hrs",
            "beginRange": begin,
            "endRange": end,
            "description": "a price",
            "appliesTo": [],
            "rateCode": f"{sku}.OFFER.{number}",
            "pricePerUnit": {currency: usd},
        }
        for number, (begin, end, usd) in enumerate(dimensions)
    }
    terms = {
        f"{sku}.OFFER{number}": {
            "sku": sku,
            "offerTermCode": "OFFER",
            "effectiveDate": PUBLISHED,
            "priceDimensions": prices,
        }
        for number in range(offers)
    }
    content = {
        "product": {"productFamily": "A", "attributes": {"regionCode": "us-east-1"}, "sku": sku},
        "serviceCode": "A",
        "terms": {"OnDemand": terms},
        "version": "20261118090000",
        "publicationDate": PUBLISHED,
    }
    return json.dumps({**content, **changed})


def asked(service: str, usage: str, region: str = "us-east-1", following: str = "", **filters: str) -> dict[str, Any]:
    """What AWS has to be asked."""
    fields = {**({"regionCode": region} if region != "global" else {}), "usagetype": usage, **filters}
    return {
        "ServiceCode": service,
        "FormatVersion": "aws_v1",
        "MaxResults": 100,
        "Filters": [{"Type": "TERM_MATCH", "Field": field, "Value": value} for field, value in fields.items()],
        **({"NextToken": following} if following else {}),
    }


class Pricing:
    """A client whose answers are given beforehand; it fails where it is asked something else."""

    def __init__(self) -> None:
        config = Config(retries={"max_attempts": 0})
        keys = {"aws_access_key_id": "a", "aws_secret_access_key": "b"}
        self.client = boto3.client("pricing", region_name="us-east-1", config=config, **keys)
        self.stubber = Stubber(self.client)
        self.stubber.activate()

    def answers(self, question: dict[str, Any], *products: str, following: str = "") -> None:
        more = {"NextToken": following} if following else {}
        self.stubber.add_response(
            "get_products", {"FormatVersion": "aws_v1", "PriceList": list(products), **more}, question
        )

    def ask(self, *wanted: tuple[str, str]) -> Answer:
        answer = live_prices(lambda: self.client, wanted, TABLE)
        self.stubber.assert_no_pending_responses()
        return answer


NAT = asked("AmazonEC2", "NatGateway-Hours")
HOUR = ("0", "Inf", "0.0520000000")


def test_a_price_of_today_says_where_it_is_from() -> None:
    pricing = Pricing()
    pricing.answers(NAT, product(HOUR))
    (price,) = pricing.ask(("nat-hour", "us-east-1")).prices
    assert (price.id, price.region, price.usd, price.unit) == ("nat-hour", "us-east-1", Decimal("0.052"), "hour")
    assert (price.basis, price.date, price.sku) == ("live", "2026-11-18", "SKU1")
    assert price.source == f"AWS Price List Query API, publicationDate {PUBLISHED}"
    assert price.doubt(dt.date(2026, 11, 20)) == ""
    assert TABLE.with_rows([price]).find("nat-hour", "us-east-1") == price


def test_a_price_per_request_becomes_one_per_million_and_its_free_tier_an_allowance() -> None:
    pricing = Pricing()
    pricing.answers(
        asked("AmazonSNS", "Requests-Tier1"),
        product(("1000000", "Inf", "0.0000005000"), ("0", "1000000", "0.0000000000")),
    )
    (price,) = pricing.ask(("sns-req", "us-east-1")).prices
    assert (price.usd, price.allowance) == (Decimal("0.5"), Decimal(1_000_000))
    assert price.cost(Decimal(3_000_000), price.allowance) == 1


def test_tiers_are_paid_one_after_the_other() -> None:
    """First PB at 0.01, the rest at 0.006: 1,048,576 x 0.01 + 1,424 x 0.006."""
    pricing = Pricing()
    question = asked("AmazonVPC", "EU-VpcEndpoint-Bytes", "eu-west-1")
    pricing.answers(question, product(("1048576", "Inf", "0.006"), ("0", "1048576", "0.01")))
    (price,) = pricing.ask(("vpce-gb", "eu-west-1")).prices
    assert price.cost(Decimal(1_050_000)) == Decimal("10485.76") + Decimal("8.544")


def test_an_hourly_capacity_unit_becomes_a_monthly_one() -> None:
    pricing = Pricing()
    pricing.answers(asked("AmazonDynamoDB", "WriteCapacityUnit-Hrs"), product(("0", "Inf", "0.00065")))
    (price,) = pricing.ask(("ddb-wcu", "us-east-1")).prices
    assert price.usd == Decimal("0.4745")  # x 730


def test_all_pages_are_read() -> None:
    pricing = Pricing()
    pricing.answers(NAT, following="more")
    pricing.answers(asked("AmazonEC2", "NatGateway-Hours", following="more"), product(HOUR))
    assert len(pricing.ask(("nat-hour", "us-east-1")).prices) == 1


def test_another_product_on_a_later_page_makes_the_row_unclear() -> None:
    pricing = Pricing()
    pricing.answers(NAT, product(HOUR), following="more")
    pricing.answers(asked("AmazonEC2", "NatGateway-Hours", following="more"), product(HOUR, sku="SKU2"))
    answer = pricing.ask(("nat-hour", "us-east-1"))
    assert not answer.prices
    (told,) = answer.sentences
    assert told.endswith("2 products for NatGateway-Hours, and which is meant is not clear; the table's price is used")


def test_a_usage_type_with_the_code_of_the_region_is_tried_next() -> None:
    pricing = Pricing()
    pricing.answers(asked("AmazonVPC", "VpcEndpoint-Hours"))
    pricing.answers(asked("AmazonVPC", "USE1-VpcEndpoint-Hours"), product(HOUR))
    assert len(pricing.ask(("vpce-hour", "us-east-1")).prices) == 1


def test_an_empty_answer_keeps_the_tables_price_and_says_so() -> None:
    pricing = Pricing()
    pricing.answers(NAT)
    pricing.answers(asked("AmazonEC2", "USE1-NatGateway-Hours"))
    (told,) = pricing.ask(("nat-hour", "us-east-1")).sentences
    assert told.startswith("nat-hour in us-east-1: AWS knows no product NatGateway-Hours or USE1-NatGateway-Hours; ")
    assert told.endswith("the table's price is used")


def test_a_region_that_the_table_lacks_can_be_priced() -> None:
    pricing = Pricing()
    pricing.answers(asked("AmazonEC2", "APS3-NatGateway-Hours", "ap-south-1"), product(("0", "Inf", "0.056")))
    (price,) = pricing.ask(("nat-hour", "ap-south-1")).prices
    assert (price.region, price.usd) == ("ap-south-1", Decimal("0.056"))


def test_what_no_region_has_is_asked_for_without_one() -> None:
    pricing = Pricing()
    pricing.answers(asked("AmazonRoute53", "HostedZone", "global"), product(("0", "25", "0.5"), ("25", "Inf", "0.1")))
    (price,) = pricing.ask(("r53-zone", "global")).prices
    assert price.cost(Decimal(26)) == Decimal("12.6")


@pytest.mark.parametrize(
    ("wanted", "told"),
    [
        (
            ("nat-hour", "xx-north-9"),
            "how AWS's price list calls that region is not known; there is no price for xx-north-9",
        ),
        (("ssm-std", "us-east-1"), "ssm-std in us-east-1 is not asked for; the table's price is used"),
        (("rds-instance", "us-east-1"), "rds-instance in us-east-1 is not asked for; there is no price for us-east-1"),
    ],
)
def test_what_cannot_be_asked_needs_no_client(wanted: tuple[str, str], told: str) -> None:
    (sentence,) = live_prices(object, [wanted], TABLE).sentences
    assert sentence.endswith(told)


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        (product(HOUR, offers=2), "AWS names 2 on-demand terms, and one was expected"),
        (product(HOUR, offers=0), "AWS names 0 on-demand terms"),
        (product(HOUR, terms={}), "AWS names 0 on-demand terms"),
        (product(), "AWS names no price"),
        (product(HOUR, currency="CNY"), "AWS's answer is not in the known form (KeyError('USD'))"),
        (product(("0", "Inf", "cheap")), "AWS's answer is not in the known form"),
        ("{", "AWS's answer is not in the known form (Expecting"),
        (product(HOUR, product={}), "AWS's answer is not in the known form"),
    ],
)
def test_an_answer_that_is_not_clear_is_refused_for_its_row_alone(answer: str, told: str) -> None:
    pricing = Pricing()
    pricing.answers(asked("AmazonEC2", "NatGateway-Bytes"), product(("0", "Inf", "0.045")))
    pricing.answers(NAT, answer)
    found = pricing.ask(("nat-hour", "us-east-1"), ("nat-gb", "us-east-1"))
    assert [price.id for price in found.prices] == ["nat-gb"]
    assert told in found.sentences[0]
    assert found.sentences[0].endswith("the table's price is used")


@pytest.mark.parametrize(
    ("code", "hint"),
    [
        ("AccessDeniedException", "the role needs pricing:GetProducts"),
        ("ThrottlingException", "AWS has had too many questions"),
        ("ExpiredTokenException", "the credentials have expired"),
        ("UnrecognizedClientException", "the credentials are not valid"),
        ("InternalErrorException", "without --live"),
    ],
)
def test_a_refusal_of_aws_says_what_to_do(code: str, hint: str) -> None:
    pricing = Pricing()
    pricing.stubber.add_client_error("get_products", code, "no")
    with pytest.raises(StackgenError, match=f"the Pricing API cannot be asked: {code}") as caught:
        pricing.ask(("nat-hour", "us-east-1"))
    assert hint in caught.value.hints[0]


@pytest.mark.parametrize(
    ("error", "hint"),
    [
        (NoCredentialsError(), "there are no credentials"),
        (EndpointConnectionError(endpoint_url="https://api.pricing.us-east-1.amazonaws.com"), "there is no network"),
    ],
)
def test_without_credentials_or_network_it_says_so(error: Exception, hint: str) -> None:
    def connect() -> Any:
        raise error

    with pytest.raises(StackgenError, match="the Pricing API cannot be asked") as caught:
        live_prices(connect, [("nat-hour", "us-east-1")], TABLE)
    assert hint in caught.value.hints[0]


def test_an_answer_without_its_products_is_an_empty_one() -> None:
    pricing = Pricing()
    pricing.stubber.add_response("get_products", {"FormatVersion": "aws_v1"}, NAT)
    pricing.answers(asked("AmazonEC2", "USE1-NatGateway-Hours"), product(HOUR))
    assert len(pricing.ask(("nat-hour", "us-east-1")).prices) == 1


def test_a_mistake_of_our_own_is_not_laid_on_aws() -> None:
    with pytest.raises(AttributeError):
        live_prices(object, [("nat-hour", "us-east-1")], TABLE)


def test_without_the_extra_the_missing_package_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "boto3", None)
    with pytest.raises(MissingExtraError, match="talking to AWS needs boto3"):
        live_prices(session.pricing, [("nat-hour", "us-east-1")], TABLE)


def test_the_client_is_one_of_a_region_that_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "a")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "b")
    assert session.pricing().meta.region_name == "us-east-1"
