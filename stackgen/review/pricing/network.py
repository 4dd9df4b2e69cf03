"""Networks: NAT gateways, endpoints, public addresses, load balancers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .amounts import ONE, Range
from .charges import Charge, Family
from .values import lengths

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .charges import Subject

MOST_ZONES = 3
"""How many zones are assumed at most where the subnets are known to the account alone."""


def _nat_gateway(subject: Subject) -> Iterator[Charge]:
    yield Charge("nat-hour", subject.hourly(ONE))
    yield Charge("nat-gb", subject.used("data_gb"))


def _endpoint(subject: Subject) -> Iterator[Charge]:
    kinds = subject.texts("VpcEndpointType", default="Gateway")
    if kinds == ["GATEWAY"]:
        yield Charge("vpce-gateway", ONE)
        return
    if kinds != ["INTERFACE"]:
        yield Charge(f"vpce-{kinds[0].lower()}", subject.hourly(ONE), what=f"endpoint of type {kinds[0]}")
        return
    zones, note = subnets(subject, "SubnetIds")
    yield Charge("vpce-hour", subject.hourly(zones), note)
    yield Charge("vpce-gb", subject.used("data_gb"))


def subnets(subject: Subject, *path: str) -> tuple[Range, str]:
    """In how many subnets a resource stands, with a note that says so: each is charged."""
    options = subject.options(*path)
    if not options:
        return ONE, "names no subnets: counted once"
    counted = lengths(options)
    if counted is None:
        return Range.of(1, MOST_ZONES, MOST_ZONES), f"its subnets are not known: 1 to {MOST_ZONES} are counted"
    few, many = counted
    each = f"{few}" if few == many else f"{few} to {many}"
    return Range.of(few, many, many), f"{each} subnet{'' if (few, many) == (1, 1) else 's'}"


def _address(subject: Subject) -> Iterator[Charge]:
    yield Charge("ipv4-hour", subject.hourly(ONE))


def _load_balancer(subject: Subject) -> Iterator[Charge]:
    kind = subject.texts("Type", default="application")[0]
    if kind == "GATEWAY":
        yield Charge("gwlb-hour", subject.hourly(ONE), what="gateway load balancer hour")
        return
    yield Charge("alb-hour", subject.hourly(ONE))
    units = subject.used("capacity_units")
    yield Charge("nlb-lcu" if kind == "NETWORK" else "alb-lcu", subject.hourly(units))
    if subject.may_be("internet-facing", "Scheme", default="internet-facing"):
        mapped = "SubnetMappings" if subject.options("SubnetMappings") else "Subnets"
        zones, note = subnets(subject, mapped)
        yield Charge("ipv4-hour", subject.hourly(zones), f"public addresses: {note}")


def _account(subject: Subject) -> Iterator[Charge]:
    for key, price in (
        ("data_out_gb", "dt-out"), ("inter_az_gb", "dt-az"), ("custom_metrics", "cw-metric"),
        ("model_tokens", "bedrock-tokens"),
    ):  # fmt: skip
        amount = subject.given(key)
        if amount is not None:
            yield Charge(price, amount)


FAMILY = Family(
    {
        "AWS::EC2::NatGateway": _nat_gateway,
        "AWS::EC2::VPCEndpoint": _endpoint,
        "AWS::EC2::EIP": _address,
        "AWS::ElasticLoadBalancingV2::LoadBalancer": _load_balancer,
        "(account)": _account,
    },
    {
        "AWS::EC2::NatGateway": {"data_gb": "processed, in GB a month"},
        "AWS::EC2::VPCEndpoint": {"data_gb": "processed by an interface endpoint, in GB a month"},
        "AWS::ElasticLoadBalancingV2::LoadBalancer": {"capacity_units": "LCU or NLCU on average"},
        "(account)": {
            "data_out_gb": "sent to the internet, in GB a month",
            "inter_az_gb": "sent between zones and received there, in GB a month",
            "custom_metrics": "metrics that the code itself puts",
            "model_tokens": "read and written by foundation models of Bedrock a month, whichever they are",
        },
    },
)
