"""CloudFront: pages from their bucket and the API below ``/api/``, under one origin."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from awacs import s3 as s3_actions
from awacs.aws import Principal, SourceArn, StringEquals
from troposphere import If, NoValue, Sub, cloudfront, s3

from stackgen import Exemption, allow

from .parameters import SwitchParameters
from .storage import Storage

if TYPE_CHECKING:
    from .api import HttpApi

PAGES, API = "pages", "api"
SHORTEST, USUAL, LONGEST = 0, 3600, 86_400
"""Seconds that a page is kept, where its Cache-Control does not say. They stand in the distribution, for a policy of
one's own would count: an account has 20, and there may be more pull requests."""
FOR_AN_HOUR = f"public, max-age=0, must-revalidate, s-maxage={USUAL}"
"""Edges keep a page for an hour, or until the next one is published; a browser asks them each time."""
NOT_KEPT = "no-cache"
CACHING_DISABLED = "4135ea2d-6df8-44a3-9df3-4b5a84be39ad"
ALL_VIEWER_EXCEPT_HOST = "b689b0a8-53d0-40ab-baf2-68738e2966ac"
"""CloudFront's own policies; with its Host the viewer's request would find no API."""
READ = ["GET", "HEAD", "OPTIONS"]
EVERY_METHOD = [*READ, "PUT", "PATCH", "POST", "DELETE"]
DEEP_LINKS = """\
function handler(event) {
    var request = event.request;
    var last = request.uri.split('/').pop();
    if (last.indexOf('.') === -1) {
        request.uri = '/index.html';
    }
    return request;
}
"""
"""What is no file is the application's, which finds its way by itself. The API's own 404 stays one: an error page of
the distribution would stand in its place too."""


class Delivery(SwitchParameters, Storage):
    """The distribution, and that it alone reads the pages."""

    def add_delivery(self, api: HttpApi, ui: s3.Bucket) -> cloudfront.Distribution:
        """Access control, the function for deep links, the distribution, and the policy of the bucket."""
        only: dict[str, Any] = {"Condition": self.EnableCloudFrontCondition}
        control = self.add(
            cloudfront.OriginAccessControl(
                "OriginAccessControl",
                OriginAccessControlConfig=cloudfront.OriginAccessControlConfig(
                    Name=self.named("ui", "${AWS::Region}"),
                    OriginAccessControlOriginType="s3",
                    SigningBehavior="always",
                    SigningProtocol="sigv4",
                ),
                **only,
            )
        )
        links = self.add(
            cloudfront.Function(
                "DeepLinks",
                Name=self.named("deep-links", "${AWS::Region}"),
                AutoPublish=True,
                FunctionCode=DEEP_LINKS,
                FunctionConfig=cloudfront.FunctionConfig(
                    Comment="Deep links are the application's", Runtime="cloudfront-js-2.0"
                ),
                **only,
            )
        )
        distribution = self.add(
            cloudfront.Distribution(
                "CloudFrontDistribution",
                DistributionConfig=cloudfront.DistributionConfig(
                    Enabled=True,
                    Comment=self.named("smart-stream"),
                    DefaultRootObject="index.html",
                    HttpVersion="http2and3",
                    IPV6Enabled=True,
                    PriceClass="PriceClass_100",
                    Origins=[pages_origin(ui, control), api_origin(api)],
                    DefaultCacheBehavior=pages(links),
                    CacheBehaviors=[api_below("/api/*")],
                    ViewerCertificate=cloudfront.ViewerCertificate(CloudFrontDefaultCertificate=True),
                ),
                **only,
            ),
            suppress={
                "W9168": Exemption(
                    "a web ACL costs what an environment does; pages hold no data, and the API logs each request",
                    owner="smart-stream",
                    expires="2027-11-30",
                )
            },
        )
        reads = allow(
            s3_actions.GetObject,
            on=[Sub(f"${{{ui.title}.Arn}}/*")],
            to=Principal("Service", "cloudfront.amazonaws.com"),
            when=[
                StringEquals(
                    {
                        SourceArn: Sub(
                            "arn:${AWS::Partition}:cloudfront::${AWS::AccountId}:distribution/${CloudFrontDistribution}"
                        )
                    }
                )
            ],
            sid="CloudFrontReads",
        )
        self.policy(ui, "UIBucketPolicy", If(self.EnableCloudFrontCondition, reads, NoValue))
        return distribution


def pages_origin(ui: s3.Bucket, control: cloudfront.OriginAccessControl) -> cloudfront.Origin:
    """The bucket, asked with a signature."""
    return cloudfront.Origin(
        Id=PAGES,
        DomainName=ui.get_att("RegionalDomainName"),
        OriginAccessControlId=control.get_att("Id"),
        S3OriginConfig=cloudfront.S3OriginConfig(OriginAccessIdentity=""),
    )


def api_origin(api: HttpApi) -> cloudfront.Origin:
    """The API at its own address."""
    return cloudfront.Origin(
        Id=API,
        DomainName=Sub(f"${{{api.title}}}.execute-api.${{AWS::Region}}.${{AWS::URLSuffix}}"),
        CustomOriginConfig=cloudfront.CustomOriginConfig(
            OriginProtocolPolicy="https-only", OriginSSLProtocols=["TLSv1.2"]
        ),
    )


def pages(links: cloudfront.Function) -> cloudfront.DefaultCacheBehavior:
    """Pages are kept for an hour, or as long as they say themselves."""
    return cloudfront.DefaultCacheBehavior(
        TargetOriginId=PAGES,
        ViewerProtocolPolicy="redirect-to-https",
        AllowedMethods=READ,
        CachedMethods=READ,
        Compress=True,
        MinTTL=SHORTEST,
        DefaultTTL=USUAL,
        MaxTTL=LONGEST,
        ForwardedValues=cloudfront.ForwardedValues(QueryString=False),
        FunctionAssociations=[
            cloudfront.FunctionAssociation(EventType="viewer-request", FunctionARN=links.get_att("FunctionARN"))
        ],
    )


def api_below(path: str) -> cloudfront.CacheBehavior:
    """Answers of the API are never kept, and it is told everything but the viewer's Host."""
    return cloudfront.CacheBehavior(
        PathPattern=path,
        TargetOriginId=API,
        ViewerProtocolPolicy="redirect-to-https",
        AllowedMethods=EVERY_METHOD,
        CachedMethods=["GET", "HEAD"],
        Compress=True,
        CachePolicyId=CACHING_DISABLED,
        OriginRequestPolicyId=ALL_VIEWER_EXCEPT_HOST,
    )
