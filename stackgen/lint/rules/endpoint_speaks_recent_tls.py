"""E9172."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from stackgen.lint.kit import rule, values

if TYPE_CHECKING:
    from collections.abc import Iterator

    from stackgen.lint.kit.view import Resource, View

LISTENER = "AWS::ElasticLoadBalancingV2::Listener"
DOMAIN, DOMAIN_V2 = "AWS::ApiGateway::DomainName", "AWS::ApiGatewayV2::DomainName"
SEARCH = ("AWS::OpenSearchService::Domain", "AWS::Elasticsearch::Domain")
CLASSIC = "AWS::ElasticLoadBalancing::LoadBalancer"
_RECENT = re.compile(r"ELBSecurityPolicy-(TLS13-1-[23]|FS-1-2|TLS-1-2)(?!.*Ext0)")


class EndpointSpeaksRecentTls(rule.OfResources):
    """Listeners and domains speak TLS 1.2 or later, and a listener without TLS only sends on to one with it."""

    id = "E9172"
    shortdesc = "Load balancers and the domains of APIs speak TLS 1.2 or later, and nothing in the clear"
    why = "What is sent in the clear, or by TLS 1.0, is read and changed on its way."
    remedy = (
        "Set the listener's Protocol to HTTPS with SslPolicy ELBSecurityPolicy-TLS13-1-2-2021-06, redirect HTTP, "
        "and SecurityPolicy TLS_1_2 of domains."
    )
    source_url = "https://docs.aws.amazon.com/elasticloadbalancing/latest/application/describe-ssl-policies.html"
    pillar = "security"
    guidelines = ("GDL-021",)
    public = ("ELB.1", "ELB.17", "CKV_AWS_2", "CKV_AWS_103", "CKV_AWS_206")
    types = (LISTENER, CLASSIC, DOMAIN, DOMAIN_V2, *SEARCH)
    passes = """
    Resources:
      Secure:
        Type: AWS::ElasticLoadBalancingV2::Listener
        Properties: {Protocol: HTTPS, SslPolicy: ELBSecurityPolicy-TLS13-1-2-2021-06, DefaultActions: [{Type: forward}]}
      Sent:
        Type: AWS::ElasticLoadBalancingV2::Listener
        Properties: {Protocol: HTTP, DefaultActions: [{Type: redirect, RedirectConfig: {Protocol: HTTPS}}]}
      Domain: {Type: AWS::ApiGateway::DomainName, Properties: {SecurityPolicy: TLS_1_2}}
    """
    fails = """
    Resources:
      Clear:
        Type: AWS::ElasticLoadBalancingV2::Listener
        Properties: {Protocol: HTTP, DefaultActions: [{Type: forward}]}
      Domain: {Type: AWS::ApiGateway::DomainName, Properties: {SecurityPolicy: TLS_1_0}}
    """

    def look(self, resource: Resource, view: View) -> Iterator[rule.Found]:
        """A listener in the clear, an old policy."""
        title = resource.title
        if resource.type == LISTENER:
            yield from _listener(resource)
        elif resource.type == CLASSIC:
            for said in resource.said("Listeners", "Protocol"):
                if str(said.value).upper() == "HTTP":
                    yield rule.Found(said.path, f"{title} answers in the clear: a listener's Protocol is HTTP")
        elif resource.type in SEARCH:
            for said in resource.said("DomainEndpointOptions", "EnforceHTTPS", default=False):
                if not values.is_on(said.value):
                    yield rule.Found(said.path, f"{title} answers without TLS: EnforceHTTPS")
        else:
            names = (
                ("DomainNameConfigurations", "SecurityPolicy") if resource.type == DOMAIN_V2 else ("SecurityPolicy",)
            )
            for said in resource.said(*names):
                if said.value == "TLS_1_0":
                    yield rule.Found(said.path, f"{title} speaks TLS 1.0 still: SecurityPolicy TLS_1_2 is expected")
        del view


def _listener(listener: Resource) -> Iterator[rule.Found]:
    kinds = [each.value for each in listener.said("DefaultActions", "Type")]
    for said in listener.said("Protocol"):
        if said.value == "HTTP" and kinds and not any(each in ("redirect", "fixed-response") for each in kinds):
            yield rule.Found(said.path, f"{listener.title} answers in the clear: HTTP must only redirect")
    for said in listener.said("DefaultActions", "RedirectConfig", "Protocol"):
        if said.value == "HTTP":
            yield rule.Found(said.path, f"{listener.title} redirects to what is in the clear: Protocol is HTTP")
    protocols = [each.value for each in listener.said("Protocol")]
    is_secure = bool(protocols) and all(each == "HTTPS" for each in protocols)
    for found in listener.values("SslPolicy") if is_secure else ():
        if found.value is values.ABSENT:
            yield rule.Found(found.path, f"{listener.title} speaks TLS 1.0 still, as no SslPolicy says otherwise")
    for said in listener.said("SslPolicy"):
        if isinstance(said.value, str) and said.value and not _RECENT.match(said.value):
            yield rule.Found(said.path, f"{listener.title} speaks old TLS still: {said.value}")
