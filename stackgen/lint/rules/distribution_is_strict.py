"""W9141."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from stackgen.lint.kit import rule, values

if TYPE_CHECKING:
    from collections.abc import Iterator

    from stackgen.lint.kit.view import Resource, View

CONFIG = "DistributionConfig"
TLS = ("TLSv1.2_2021", "TLSv1.2_2025", "TLSv1.3_2025")
OLD = ("SSLv3", "TLSv1", "TLSv1.1")
_BUCKET = re.compile(r"[^/]+\.s3[.-]([^/]+\.)?amazonaws\.com(\.cn)?")
"""What S3 calls a bucket; its name may be a variable of Fn::Sub."""
BEHAVIOURS = (("DefaultCacheBehavior",), ("CacheBehaviors",))


class DistributionIsStrict(rule.OfResources):
    """HTTPS before it and behind it, and buckets that are read by it alone."""

    id = "W9141"
    shortdesc = "A distribution speaks HTTPS only, of a recent policy, and reads buckets by origin access control"
    why = (
        "What is sent in the clear is read and changed on the way; a bucket that CloudFront reads as anybody is public."
    )
    remedy = (
        "Set ViewerProtocolPolicy to redirect-to-https, MinimumProtocolVersion to TLSv1.2_2021, "
        "OriginAccessControlId for buckets, OriginProtocolPolicy to https-only, and DefaultRootObject."
    )
    source_url = "https://docs.aws.amazon.com/securityhub/latest/userguide/cloudfront-controls.html"
    pillar = "security"
    guidelines = ("GDL-021", "GDL-025")
    public = ("CloudFront.1", "CloudFront.3", "CloudFront.13", "CloudFront.15", "CKV_AWS_34", "CKV_AWS_174")
    types = ("AWS::CloudFront::Distribution",)
    passes = """
    Resources:
      Pages: {Type: AWS::S3::Bucket}
      Access: {Type: AWS::CloudFront::OriginAccessControl}
      Distribution:
        Type: AWS::CloudFront::Distribution
        Properties:
          DistributionConfig:
            Enabled: true
            DefaultRootObject: index.html
            DefaultCacheBehavior: {ViewerProtocolPolicy: redirect-to-https, TargetOriginId: pages}
            Origins:
              - Id: pages
                DomainName: !GetAtt Pages.RegionalDomainName
                OriginAccessControlId: !Ref Access
                S3OriginConfig: {}
            ViewerCertificate: {AcmCertificateArn: arn, MinimumProtocolVersion: TLSv1.2_2021}
    """
    fails = """
    Resources:
      Pages: {Type: AWS::S3::Bucket}
      Distribution:
        Type: AWS::CloudFront::Distribution
        Properties:
          DistributionConfig:
            Enabled: true
            DefaultCacheBehavior: {ViewerProtocolPolicy: allow-all, TargetOriginId: pages}
            Origins:
              - {Id: pages, DomainName: !GetAtt Pages.DomainName, S3OriginConfig: {OriginAccessIdentity: ''}}
            ViewerCertificate: {AcmCertificateArn: arn, SslSupportMethod: sni-only, MinimumProtocolVersion: TLSv1}
    """

    def look(self, resource: Resource, view: View) -> Iterator[rule.Found]:
        """Its behaviours, its certificate, its origins and its root."""
        title = resource.title
        for names in BEHAVIOURS:
            for said in resource.said(CONFIG, *names, "ViewerProtocolPolicy"):
                if said.value == "allow-all":
                    yield rule.Found(said.path, f"{title} answers without HTTPS: ViewerProtocolPolicy is allow-all")
        for found in resource.values(CONFIG, "ViewerCertificate"):
            if isinstance(found.value, dict) and not _is_cloudfronts(view, found.value):
                yield from _certificate(resource, view, found)
        origins = [each for each in resource.each(CONFIG, "Origins") if isinstance(each.value, dict)]
        for found in origins:
            problem = _origin(view, found)
            if problem:
                yield rule.Found(found.path, f"{title} {problem}")
        for found in resource.values(CONFIG, "DefaultRootObject"):
            if found.value is values.ABSENT and any("S3OriginConfig" in each.value for each in origins):
                yield rule.Found(found.path, f"{title} has no DefaultRootObject: its root shows what is in the bucket")


def _certificate(distribution: Resource, view: View, found: values.Branch) -> Iterator[rule.Found]:
    for each in values.branches(found.value.get("MinimumProtocolVersion")):
        literals = ["TLSv1"] if each.value is values.ABSENT else view.literals(each.value)
        for said in literals:
            if isinstance(said, str) and said not in TLS:
                message = f"{distribution.title} speaks {said} still: MinimumProtocolVersion {TLS[0]} is expected"
                yield rule.Found(found.path, message)


def _is_cloudfronts(view: View, certificate: dict[str, Any]) -> bool:
    """Whether CloudFront's own certificate may be used, for which the policy counts nothing."""
    said = certificate.get("CloudFrontDefaultCertificate", values.ABSENT)
    return said is not values.ABSENT and any(
        each is values.UNKNOWN or values.is_on(each) for each in view.literals(said)
    )


def _origin(view: View, found: values.Branch) -> str:
    origin, custom = found.value, found.value.get("CustomOriginConfig")
    if _is_site(origin):
        return ""
    if "S3OriginConfig" in origin or _is_bucket(view, origin.get("DomainName")):
        controls = values.branches(origin.get("OriginAccessControlId"), found.scenario)
        is_open = any(each.value is values.ABSENT and view.can_be(each.scenario) for each in controls)
        return "reads a bucket without OriginAccessControlId" if is_open else ""
    if not isinstance(custom, dict):
        return ""
    if "http-only" in view.literals(custom.get("OriginProtocolPolicy")):
        return "calls an origin without HTTPS: OriginProtocolPolicy is http-only"
    old = [each.value for each in values.elements(custom.get("OriginSSLProtocols")) if each.value in OLD]
    return f"calls an origin by {old[0]}: OriginSSLProtocols TLSv1.2 is expected" if old else ""


def _is_bucket(view: View, domain: Any) -> bool:
    """By an attribute of it, or by S3's name for it."""
    bucket = view.resource_of(domain)
    if bucket is not None:
        return bucket.type == "AWS::S3::Bucket"
    return bool(_BUCKET.fullmatch(values.texts(domain)))


def _is_site(origin: dict[str, Any]) -> bool:
    """A bucket's website has no HTTPS, and is public."""
    text = values.texts(origin.get("DomainName"))
    return "s3-website" in text or "WebsiteURL" in text
