"""TapStack's stages in the stand-in, as its README tells them: bootstrap, images, password, templates, root."""

from __future__ import annotations

import hashlib
import json
import urllib.request
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from stackgen.local.cloud import Cloud

BUILT = Path(__file__).parents[2] / "build" / "tap"
ACCOUNT = "111111111111"
REGIONS = ("us-east-1", "eu-west-1")
SUFFIX = "dev"
IMAGES = {"tap-validator": "1.0.0", "tap-migration": "1.0.0", "tap-janitor": "1.0.0"}
CAPABILITIES = ["CAPABILITY_IAM", "CAPABILITY_NAMED_IAM"]


def template(name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((BUILT / f"{name}.json").read_text("utf-8"))
    return found


def parameters(values: dict[str, str]) -> list[dict[str, str]]:
    return [{"ParameterKey": key, "ParameterValue": value} for key, value in values.items()]


@dataclass
class TapStack:
    """One environment of TapStack in a stand-in; ``migrated`` holds what the migration's function was asked."""

    cloud: Cloud
    home: str = "eu-west-1"
    account: str = ACCOUNT
    migrated: list[dict[str, Any]] = field(default_factory=list)

    def client(self, service: str, region: str) -> Any:
        return self.cloud.client(service, self.account, region)

    def prepare(self, *regions: str) -> None:
        """Everything that the root stands on."""
        self.cloud.functions.register("*migration*", self.migrate)
        for region in regions:
            self.deploy(region, "tap-bootstrap", "bootstrap-stack", {"EnvironmentSuffix": SUFFIX})
            self.push_images(region)
            self.upload(region)
            self.client("ssm", region).put_parameter(
                Name=f"/tap/{SUFFIX}/database/password", Value="correct-horse-battery-1", Type="SecureString"
            )

    def push_images(self, region: str) -> None:
        ecr = self.client("ecr", region)
        for repository in ecr.describe_repositories()["repositories"]:
            manifest = {"schemaVersion": 2, "config": {"digest": f"sha256:{'0' * 64}"}, "layers": [], "in": region}
            ecr.put_image(
                repositoryName=repository["repositoryName"], imageManifest=json.dumps(manifest), imageTag="1.0.0"
            )

    def bucket(self, region: str) -> str:
        return str(self.outputs(region, "tap-bootstrap")["TemplatesBucketName"])

    def upload(self, region: str) -> None:
        """Each template under the digest of its bytes, where TemplateURL asks for it."""
        s3 = self.client("s3", region)
        for path in sorted(BUILT.glob("*.json")):
            text = path.read_bytes()
            key = f"tap/{path.stem}/{hashlib.sha256(text).hexdigest()[:16]}.json"
            s3.put_object(Bucket=self.bucket(region), Key=key, Body=text)

    def url(self, region: str, name: str) -> str:
        digest = hashlib.sha256((BUILT / f"{name}.json").read_bytes()).hexdigest()[:16]
        return f"https://{self.bucket(region)}.s3.{region}.amazonaws.com/tap/{name}/{digest}.json"

    def deploy(self, region: str, stack: str, name: str, values: dict[str, str], **more: Any) -> str:
        body = (BUILT / f"{name}.json").read_text("utf-8")
        where = {"TemplateBody": body} if len(body) < 51_200 else {"TemplateURL": self.url(region, name)}
        cloudformation = self.client("cloudformation", region)
        stack_id: str = cloudformation.create_stack(
            StackName=stack, Parameters=parameters(values), Capabilities=CAPABILITIES, **where, **more
        )["StackId"]
        return stack_id

    def root_parameters(self, region: str) -> dict[str, str]:
        return {
            "EnvironmentSuffix": SUFFIX,
            "ImageTag": "1.0.0",
            "TemplatesBucketName": self.bucket(region).removesuffix(f"-{region}"),
            "DatabasePasswordParameterName": f"/tap/{SUFFIX}/database/password",
        }

    def status(self, region: str, stack: str) -> str:
        shown = self.client("cloudformation", region).describe_stacks(StackName=stack)["Stacks"][0]
        return str(shown["StackStatus"])

    def outputs(self, region: str, stack: str) -> dict[str, str]:
        shown = self.client("cloudformation", region).describe_stacks(StackName=stack)["Stacks"][0]
        return {output["OutputKey"]: output["OutputValue"] for output in shown.get("Outputs", [])}

    def migrate(self, event: dict[str, Any], context: Any) -> None:
        """What the migration's image does for CloudFormation, without a database."""
        del context
        self.migrated.append(event)
        answer = {
            "Status": "SUCCESS",
            "PhysicalResourceId": f"schema-{SUFFIX}",
            "StackId": event["StackId"],
            "RequestId": event["RequestId"],
            "LogicalResourceId": event["LogicalResourceId"],
            "Data": {"AppliedVersion": event["ResourceProperties"].get("SchemaVersion", "0")},
        }
        request = urllib.request.Request(event["ResponseURL"], json.dumps(answer).encode(), method="PUT")  # noqa: S310
        with urllib.request.urlopen(request):  # noqa: S310 - the stand-in's own
            pass
