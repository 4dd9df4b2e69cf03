"""The bucket of packages and templates of a class, made as its deploy role's stack makes it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from tests.smart_stream.deployment import ACCOUNT, REGION
from tests.smart_stream.rights import parameters
from tests.smart_stream.translation import written

if TYPE_CHECKING:
    from stackgen.local.cloud import Cloud

KINDS = ("AWS::S3::Bucket", "AWS::S3::BucketPolicy")


def made(cloud: Cloud, name: str) -> str:
    """The bucket's name."""
    template = written("deploy-role-stack")
    buckets = {title: each for title, each in template["Resources"].items() if each["Type"] in KINDS}
    given = {"ArtifactsBucketName": parameters(name)["ArtifactsBucketName"]}
    body = {
        "Parameters": {each: template["Parameters"][each] for each in given},
        "Resources": buckets,
    }
    cloud.client("cloudformation", ACCOUNT, REGION).create_stack(
        StackName=f"artifacts-{name}",
        TemplateBody=json.dumps(body),
        Parameters=[{"ParameterKey": key, "ParameterValue": value} for key, value in given.items()],
    )
    return given["ArtifactsBucketName"]
