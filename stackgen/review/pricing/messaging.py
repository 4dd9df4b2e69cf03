"""What is called and what is told: APIs, web apps, topics, queues, buses, user pools, distributions and firewalls."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .amounts import ONE, Range
from .charges import Charge, Family

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .charges import Subject

EDGES = ("us", "eu")
_FREE_PROTOCOLS = {"SQS", "LAMBDA"}


def _rest_api(subject: Subject) -> Iterator[Charge]:
    yield Charge("apigw-rest", subject.used("requests"))


def _stage(subject: Subject) -> Iterator[Charge]:
    if "TRUE" in subject.texts("CacheClusterEnabled"):
        size = subject.texts("CacheClusterSize", default="0.5")[0]
        yield Charge("apigw-cache", subject.hourly(ONE), what=f"cache of {size} GB, hour")


def _http_api(subject: Subject) -> Iterator[Charge]:
    if subject.may_be("WEBSOCKET", "ProtocolType"):
        yield Charge("apigw-websocket", subject.used("requests"), what="messages of a WebSocket API")
        return
    yield Charge("apigw-http", subject.used("requests"))


def _topic(subject: Subject) -> Iterator[Charge]:
    if "TRUE" in subject.texts("FifoTopic"):
        yield Charge("sns-fifo", subject.used("requests"), what="requests of a FIFO topic")
        return
    yield Charge("sns-req", subject.used("requests"))


def _subscription(subject: Subject) -> Iterator[Charge]:
    """Deliveries to queues and functions cost nothing. Source: https://aws.amazon.com/sns/pricing/."""
    protocol = subject.texts("Protocol", default="unknown")[0]
    if protocol not in _FREE_PROTOCOLS:
        yield Charge("sns-delivery", subject.used("deliveries"), what=f"deliveries by {protocol.lower()}")


def _queue(subject: Subject) -> Iterator[Charge]:
    yield Charge("sqs-fifo" if "TRUE" in subject.texts("FifoQueue") else "sqs-std", subject.used("requests"))


def _bus(subject: Subject) -> Iterator[Charge]:
    yield Charge("eb-custom", subject.used("custom_events"))


def _user_pool(subject: Subject) -> Iterator[Charge]:
    tier = subject.texts("UserPoolTier", default="ESSENTIALS")[0]
    price = {"ESSENTIALS": "cognito-ess", "PLUS": "cognito-plus"}.get(tier, "cognito-lite")
    yield Charge(price, subject.used("active_users"), what=f"active users of the tier {tier.lower()}")


def _distribution(subject: Subject) -> Iterator[Charge]:
    for edge in EDGES:
        region = f"global-{edge}"
        yield Charge(f"cf-gb-{edge}", subject.used(f"data_gb_{edge}"), region=region)
        yield Charge(f"cf-https-{edge}", subject.used(f"https_requests_{edge}"), region=region)


def _firewall(subject: Subject) -> Iterator[Charge]:
    yield Charge("waf-acl", ONE)
    counts = [len(each) for each in subject.options("Rules") if isinstance(each, list)] or [0]
    yield Charge(
        "waf-rule", Range.of(min(counts), max(counts), max(counts)), "without the fees of vendors' rule groups"
    )
    yield Charge("waf-req", subject.used("requests"))


def _zone(subject: Subject) -> Iterator[Charge]:
    del subject
    yield Charge("r53-zone", ONE, "without queries", region="global")


def _app(subject: Subject) -> Iterator[Charge]:
    yield Charge("amplify-build", subject.used("build_minutes"))
    yield Charge("amplify-served", subject.used("served_gb"))
    yield Charge("amplify-stored", subject.used("stored_gb"))


FAMILY = Family(
    {
        "AWS::Amplify::App": _app,
        "AWS::ApiGateway::RestApi": _rest_api,
        "AWS::ApiGateway::Stage": _stage,
        "AWS::ApiGatewayV2::Api": _http_api,
        "AWS::SNS::Topic": _topic,
        "AWS::SNS::Subscription": _subscription,
        "AWS::SQS::Queue": _queue,
        "AWS::Events::EventBus": _bus,
        "AWS::Cognito::UserPool": _user_pool,
        "AWS::CloudFront::Distribution": _distribution,
        "AWS::WAFv2::WebACL": _firewall,
        "AWS::Route53::HostedZone": _zone,
    },
    {
        "AWS::Amplify::App": {
            "build_minutes": "a month",
            "served_gb": "sent to browsers, in GB a month",
            "stored_gb": "files of all branches, in GB",
        },
        "AWS::ApiGateway::RestApi": {"requests": "a month"},
        "AWS::ApiGatewayV2::Api": {"requests": "requests or messages a month"},
        "AWS::SNS::Topic": {"requests": "published, in units of 64 KB a month"},
        "AWS::SNS::Subscription": {"deliveries": "a month"},
        "AWS::SQS::Queue": {"requests": "a month, receiving nothing included"},
        "AWS::Events::EventBus": {"custom_events": "in units of 64 KB a month"},
        "AWS::Cognito::UserPool": {"active_users": "a month"},
        "AWS::CloudFront::Distribution": {
            key: text
            for edge in EDGES
            for key, text in (
                (f"data_gb_{edge}", f"sent from locations in {edge}, in GB a month"),
                (f"https_requests_{edge}", f"to locations in {edge} a month"),
            )
        },
        "AWS::WAFv2::WebACL": {"requests": "a month"},
    },
)
