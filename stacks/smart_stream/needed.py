"""What deploying an environment takes, counted from the template: ``python -m stacks.smart_stream.needed``.

It writes ``actions.json``, from which the deploy role is made: the library's analysis of permissions, by the handlers
of the provider schemas. A test fails when the file is not what the template needs.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

FILE = Path(__file__).with_name("actions.json")
TEMPLATE = Path("build/smart-stream/template.json")
MADE_BY_SAM = ("AWS::ApiGatewayV2::Stage", "AWS::Lambda::Permission")
"""What the transform makes beside the resources that the template names."""
LEFT_OUT = {
    "backup-storage": "a vault's key is AWS's own",
    "billing": "the budget is of no billing view",
    "elasticfilesystem": "no function mounts a file system",
    "firehose": "no log is delivered to a stream",
    "kinesis": "no table streams into Kinesis",
    "kms": "everything is encrypted with keys of AWS",
    "s3files": "no function mounts a bucket",
    "s3tables": "no bucket keeps its metadata in tables",
    "vpc-lattice": "both endpoints are gateways",
    "vpce": "both endpoints are gateways",
}
"""Services that the handlers name for properties that the template does not set, and why they are not asked for."""
NEVER = {"iam:DeleteRolePermissionsBoundary", "iam:PassRole"}
"""A boundary is never taken away, and roles are passed by a statement that says to whom."""


def types_of(template: Mapping[str, Any]) -> set[str]:
    """The types that CloudFormation is given once the transform has run."""
    from stackgen.review.schemas.sam_types import generated_type

    return {generated_type(each["Type"]) for each in template["Resources"].values()} | set(MADE_BY_SAM)


def counted(types: Iterable[str]) -> dict[str, dict[str, list[str]]]:
    """The actions by service: those that can be limited to a resource, and those that cannot."""
    from stackgen.review.permissions import needed
    from stackgen.review.schemas import Schemas

    schemas = Schemas()
    permissions = needed({each: [each] for each in types}, schemas)
    reference = schemas.files.specification("Policies")
    found: dict[str, dict[str, list[str]]] = {"anywhere": {}, "named": {}}
    for action in permissions.grantable:
        service, _, name = action.partition(":")
        if service in LEFT_OUT or action in NEVER or action in permissions.unknown:
            continue
        limited = reference[service]["Actions"].get(name.lower(), {}).get("Resources")
        found["named" if limited else "anywhere"].setdefault(service, []).append(name)
    return found


def text_of(found: Mapping[str, Any]) -> str:
    """The file's text: a line for each action, so that a review sees what is more and what is less."""
    return json.dumps(found, indent=2, sort_keys=True) + "\n"


if __name__ == "__main__":
    FILE.write_text(text_of(counted(types_of(json.loads(TEMPLATE.read_text("utf-8"))))), "utf-8", newline="\n")
