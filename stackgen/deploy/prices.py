"""Prices of today from AWS's Price List Query API, row by row; a row that is not clear keeps the table's price."""

from __future__ import annotations

import json
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any, NamedTuple

from stackgen.errors import StackgenError
from stackgen.review.pricing.prices import Price, Tier
from stackgen.review.pricing.products import PRODUCTS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from stackgen.review.pricing.prices import Table
    from stackgen.review.pricing.products import Product

MOST_PRODUCTS = 10
"""More than one is refused already; there is no use in reading all of a service."""


class Answer(NamedTuple):
    """The prices that were found, and for each other one a sentence that says why not."""

    prices: list[Price]
    sentences: list[str]


class _Refusal(Exception):
    """One row cannot be taken from what AWS answered."""


def live_prices(connect: Callable[[], Any], wanted: Iterable[tuple[str, str]], table: Table) -> Answer:
    """Today's price of each wanted (price, region). Raises StackgenError where AWS cannot be asked at all.

    ``connect`` makes the client; it is called when the first price is asked for.
    """
    answer = Answer([], [])
    pricing = None
    for name, region in sorted(set(wanted)):
        product, known = PRODUCTS.get(name), table.known(name)
        kept = "the table's price is used" if table.find(name, region) else f"there is no price for {region}"
        if product is None or known is None:
            answer.sentences.append(f"{name} in {region} is not asked for; {kept}")
            continue
        try:
            pricing = pricing or connect()
            answer.prices.append(_price(pricing, product, known, region))
        except _Refusal as refusal:
            answer.sentences.append(f"{name} in {region}: {refusal}; {kept}")
        except Exception as error:
            from botocore.exceptions import BotoCoreError, ClientError  # there, if anything was asked

            if not isinstance(error, BotoCoreError | ClientError):
                raise
            raise _unreachable(error) from error
    return answer


def _price(pricing: Any, product: Product, known: Price, region: str) -> Price:
    usages = product.usage_types(region)
    if not usages:
        raise _Refusal("how AWS's price list calls that region is not known")
    for usage in usages:
        found = list(_products(pricing, product, usage, region))
        if len(found) > 1:
            raise _Refusal(f"AWS answers with {len(found)} products for {usage}, and which is meant is not clear")
        if found:
            return _read(found[0], product, known, region)
    raise _Refusal(f"AWS knows no product {' or '.join(usages)}")


def _products(pricing: Any, product: Product, usage: str, region: str) -> Iterator[Mapping[str, Any]]:
    """The products of one usage type, through all pages."""
    fields = [("usagetype", usage), *product.filters]
    if product.regional:
        fields.insert(0, ("regionCode", region))
    filters = [{"Type": "TERM_MATCH", "Field": field, "Value": value} for field, value in fields]
    token = ""
    count = 0
    while True:
        more = {"NextToken": token} if token else {}
        page = pricing.get_products(
            ServiceCode=product.service, Filters=filters, FormatVersion="aws_v1", MaxResults=100, **more
        )
        for text in page.get("PriceList", []):
            try:
                yield json.loads(text)
            except ValueError as error:
                raise _Refusal(f"AWS's answer is not in the known form ({error})") from error
            count += 1
        token = page.get("NextToken", "")
        if not token or count >= MOST_PRODUCTS:
            return


def _read(content: Mapping[str, Any], product: Product, known: Price, region: str) -> Price:
    """One product of the price list as a price of ours."""
    terms = list(content.get("terms", {}).get("OnDemand", {}).values())
    if len(terms) != 1:
        raise _Refusal(f"AWS names {len(terms)} on-demand terms, and one was expected")
    per = product.per or known.scale
    try:
        tiers = sorted((_tier(each, per) for each in terms[0]["priceDimensions"].values()), key=lambda tier: tier.start)
        sku = str(content["product"]["sku"])
    except (KeyError, TypeError, AttributeError, InvalidOperation) as error:
        raise _Refusal(f"AWS's answer is not in the known form ({error!r})") from error
    if not tiers:
        raise _Refusal("AWS names no price")
    date = str(content.get("publicationDate", ""))[:10]
    return Price(
        id=known.id,
        type=known.type,
        dimension=known.dimension,
        unit=known.unit,
        region=region,
        tiers=tuple(tiers),
        basis="live",
        source=f"AWS Price List Query API, publicationDate {content.get('publicationDate', 'unknown')}",
        date=date,
        sku=sku,
    )


def _tier(dimension: Mapping[str, Any], per: int) -> Tier:
    """One price dimension: its range, and USD for one unit of ours."""
    end = dimension["endRange"]
    return Tier(
        Decimal(dimension["beginRange"]),
        None if end == "Inf" else Decimal(end),
        Decimal(dimension["pricePerUnit"]["USD"]) * per,
    )


def _unreachable(error: Exception) -> StackgenError:
    """What to do about a call that failed: of botocore, whose errors carry a code or a telling class name."""
    code = str(getattr(error, "response", {}).get("Error", {}).get("Code", "")) or type(error).__name__
    hint = next(
        (text for start, text in _HINTS.items() if start in code), "without --live, the table's prices are used"
    )
    problem = " ".join(str(error).split())
    return StackgenError(f"the Pricing API cannot be asked: {code}: {problem}", hint)


_HINTS = {
    "AccessDenied": "the role needs pricing:GetProducts; without --live, the table's prices are used",
    "UnrecognizedClient": "the credentials are not valid; without --live, the table's prices are used",
    "ExpiredToken": "the credentials have expired; without --live, the table's prices are used",
    "Throttling": "AWS has had too many questions; try again later, or without --live",
    "NoCredentials": "there are no credentials; without --live, the table's prices are used",
    "CredentialRetrieval": "there are no credentials; without --live, the table's prices are used",
    "EndpointConnection": "there is no network; without --live, the table's prices are used",
    "Timeout": "there is no network; without --live, the table's prices are used",
    "ConnectionError": "there is no network; without --live, the table's prices are used",
}
