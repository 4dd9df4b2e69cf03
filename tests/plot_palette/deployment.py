"""Plot Palette in the stand-in: templates uploaded where their URLs say, and one environment deployed from its file."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from stackgen.local.cloud import Cloud

ROOT = Path(__file__).parents[2]
BUILT = ROOT / "build" / "plot-palette"
FILES = ROOT / "stacks" / "plot_palette" / "parameters"
ACCOUNT = "111111111111"
CAPABILITIES = ["CAPABILITY_IAM"]


def parameters(values: dict[str, str]) -> list[dict[str, str]]:
    return [{"ParameterKey": key, "ParameterValue": value} for key, value in values.items()]


def given(environment: str) -> dict[str, str]:
    """The values of an environment's file."""
    listed = json.loads((FILES / f"{environment}.json").read_text("utf-8"))
    return {each["ParameterKey"]: each["ParameterValue"] for each in listed}


def digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:16]


@dataclass
class PlotPalette:
    """One environment in one region; its templates are those of ``build/``, until a test puts another."""

    cloud: Cloud
    environment: str = "development"
    region: str = "us-east-1"

    @property
    def stack(self) -> str:
        return f"plot-palette-{self.environment}"

    @property
    def bucket(self) -> str:
        return f"plot-palette-cfn-{ACCOUNT}-{self.region}"

    def client(self, service: str) -> Any:
        return self.cloud.client(service, ACCOUNT, self.region)

    def upload(self) -> str:
        """The templates into this region's bucket; gives the master's URL."""
        s3 = self.client("s3")
        if self.bucket not in [each["Name"] for each in s3.list_buckets()["Buckets"]]:
            where = {"LocationConstraint": self.region}
            s3.create_bucket(Bucket=self.bucket, **({} if self.region == "us-east-1" else _configured(where)))
        for path in BUILT.glob("*.json"):
            self.put(path.stem, path.read_text("utf-8"))
        return self.url("master-stack", (BUILT / "master-stack.json").read_text("utf-8"))

    def put(self, name: str, text: str) -> None:
        self.client("s3").put_object(Bucket=self.bucket, Key=f"plot-palette/{name}/{digest(text)}.json", Body=text)

    def url(self, name: str, text: str) -> str:
        return f"https://{self.bucket}.s3.{self.region}.amazonaws.com/plot-palette/{name}/{digest(text)}.json"

    def values(self, **more: str) -> dict[str, str]:
        return {**given(self.environment), "TemplatesBucketName": self.bucket, **more}

    def create(self, **more: str) -> str:
        self.client("cloudformation").create_stack(
            StackName=self.stack, TemplateURL=self.upload(), Parameters=parameters(self.values(**more)),
            Capabilities=CAPABILITIES,
        )  # fmt: skip
        return self.status()

    def update(self, url: str = "", **more: str) -> str:
        self.client("cloudformation").update_stack(
            StackName=self.stack, TemplateURL=url or self.upload(), Parameters=parameters(self.values(**more)),
            Capabilities=CAPABILITIES,
        )  # fmt: skip
        return self.status()

    def delete(self) -> None:
        self.client("cloudformation").delete_stack(StackName=self.stack)

    def shown(self, name: str = "") -> dict[str, Any]:
        found = self.client("cloudformation").describe_stacks(StackName=name or self.stack)["Stacks"][0]
        return dict(found)

    def status(self) -> str:
        return str(self.shown()["StackStatus"])

    def outputs(self) -> dict[str, str]:
        return {each["OutputKey"]: each["OutputValue"] for each in self.shown()["Outputs"]}

    def children(self) -> dict[str, str]:
        """The names of the nested stacks by logical ID."""
        listed = self.client("cloudformation").describe_stack_resources(StackName=self.stack)["StackResources"]
        return {each["LogicalResourceId"]: each["PhysicalResourceId"].split("/")[1] for each in listed}

    def happened(self, name: str) -> list[tuple[str, str]]:
        """The events of a stack, oldest first: logical ID and status."""
        events = self.client("cloudformation").describe_stack_events(StackName=name)["StackEvents"]
        return [(each["LogicalResourceId"], each["ResourceStatus"]) for each in reversed(events)]

    def why(self) -> list[str]:
        """The reasons of every failure in the tree, and in stacks that are gone."""
        reasons = []
        for stack in self.client("cloudformation").list_stacks()["StackSummaries"]:
            events = self.client("cloudformation").describe_stack_events(StackName=stack["StackId"])["StackEvents"]
            reasons += [
                f"{each['LogicalResourceId']}: {each.get('ResourceStatusReason')}"
                for each in events
                if each["ResourceStatus"].endswith("FAILED")
            ]
        return reasons


def _configured(where: dict[str, str]) -> dict[str, Any]:
    return {"CreateBucketConfiguration": where}
