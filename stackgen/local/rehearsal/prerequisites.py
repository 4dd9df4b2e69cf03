"""What a stack stands on and CloudFormation does not make: images, secrets, buckets with the templates in them."""

from __future__ import annotations

import hashlib
import json
import secrets
from typing import TYPE_CHECKING, Any

from stackgen.limits import TEMPLATE_BODY_BYTES
from stackgen.local.rehearsal.templates import key_of, places_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from stackgen.local.cloud import Cloud
    from stackgen.local.rehearsal.telling import Teller
    from stackgen.template import Template

_BYTES = 16
"""Random bytes of a made-up secret: 32 letters and digits, which passwords of every service may be."""


class Prerequisites:
    """Makes them in one account and region, with the calls that a person would make."""

    def __init__(self, cloud: Cloud, teller: Teller, account: str, region: str) -> None:
        self._cloud = cloud
        self._teller = teller
        self._account = account
        self._region = region

    def _client(self, service: str, region: str | None = None) -> Any:
        return self._cloud.client(service, self._account, region or self._region)

    def push(self, images: Sequence[tuple[str, str]]) -> None:
        """A repository for each image, and the image in it: a manifest without layers."""
        ecr = self._client("ecr")
        for repository in dict.fromkeys(repository for repository, _ in images):
            ecr.create_repository(repositoryName=repository)
        for repository, tag in images:
            digest = hashlib.sha256(f"{repository}:{tag}".encode()).hexdigest()
            manifest = {"schemaVersion": 2, "config": {"digest": f"sha256:{digest}"}, "layers": []}
            ecr.put_image(repositoryName=repository, imageManifest=json.dumps(manifest), imageTag=tag)
            self._teller.tell(f"made the image {repository}:{tag}")

    def put(self, wanted: Mapping[str, str | None]) -> None:
        """A SecureString for each secret."""
        for name, value in wanted.items():
            value = value or secrets.token_hex(_BYTES)  # noqa: PLW2901  made up
            self._teller.keep_secret([value])
            self._client("ssm").put_parameter(Name=name, Value=value, Type="SecureString")
            self._teller.tell(f"made the secret {name}")

    def upload(self, root: Template, built: Mapping[str, Template], parameters: Mapping[str, str]) -> dict[str, str]:
        """Every template of the build in every bucket that the tree takes one from; how the root is handed over."""
        with self._cloud.embedded.scope(self._account, self._region):
            places = list(places_of(root, built, parameters))
        buckets = {place.bucket: place.region or self._region for place in places if place.template}
        is_large = len(root.text.encode()) > TEMPLATE_BODY_BYTES
        if is_large and not buckets:
            buckets[f"stackgen-templates-{self._account}-{self._region}"] = self._region
        for bucket, region in buckets.items():
            self._make(bucket, region)
            self._fill(bucket, region, built.values())
        if not is_large:
            return {"TemplateBody": root.text}
        bucket, region = next(iter(buckets.items()))
        return {"TemplateURL": f"https://{bucket}.s3.{region}.amazonaws.com/{key_of(root)}"}

    def _make(self, bucket: str, region: str) -> None:
        s3 = self._client("s3", region)
        where = {} if region == "us-east-1" else {"CreateBucketConfiguration": {"LocationConstraint": region}}
        s3.create_bucket(Bucket=bucket, **where)
        switches = ("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets")
        s3.put_public_access_block(Bucket=bucket, PublicAccessBlockConfiguration=dict.fromkeys(switches, True))

    def _fill(self, bucket: str, region: str, templates: Iterable[Template]) -> None:
        number = 0
        for number, template in enumerate(templates, 1):  # noqa: B007  counted
            self._client("s3", region).put_object(Bucket=bucket, Key=key_of(template), Body=template.text.encode())
        self._teller.tell(f"made the bucket {bucket} in {region}, with {number} template{'' if number == 1 else 's'}")
