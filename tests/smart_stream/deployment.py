"""Smart Stream in the stand-in: the translated template with what an environment of each class is given."""

from __future__ import annotations

import io
import json
import zipfile
from dataclasses import dataclass
from typing import Any

from stackgen.local.cloud import Cloud
from tests.smart_stream.translation import CODE, translated, written

ACCOUNT, REGION = "111111111111", "us-east-1"
NETWORK = "yoto-smart-stream-shared-network"
CLASSES = ("prod", "dev", "pr-7")
CAPABILITIES = ["CAPABILITY_IAM", "CAPABILITY_AUTO_EXPAND"]
TOLD = "alarms@example.com"
CLIENT_ID = "/yoto-smart-stream/yoto-client-id"


def given(name: str) -> dict[str, str]:
    """The parameters of an environment, by its class."""
    image = f"{ACCOUNT}.dkr.ecr.{REGION}.amazonaws.com/yoto-mqtt:1.0.0"
    own = {"OnDemandTasks": "1", "AlarmEmail": TOLD} if name == "prod" else {"NetworkStackName": NETWORK}
    return {"Environment": name, "ImageUri": image, **CODE, **own}


@dataclass
class SmartStream:
    """An account with what environments share, and the environments in it."""

    cloud: Cloud

    def client(self, service: str) -> Any:
        return self.cloud.client(service, ACCOUNT, REGION)

    def share(self) -> None:
        """The client ID, the function's code, the network."""
        self.client("ssm").put_parameter(Name=CLIENT_ID, Value="client-of-yoto", Type="String")
        self.client("s3").create_bucket(Bucket=CODE["CodeBucket"])
        package = io.BytesIO()
        with zipfile.ZipFile(package, "w") as archive:
            archive.writestr("handler.py", "def handler(event, context):\n    return {'statusCode': 200}\n")
        self.client("s3").put_object(Bucket=CODE["CodeBucket"], Key=CODE["CodeKey"], Body=package.getvalue())
        text = json.dumps(written("network-stack"))
        self.client("cloudformation").create_stack(StackName=NETWORK, TemplateBody=text)

    def deploy(self, name: str, **more: str) -> str:
        """Make an environment; gives its status."""
        text = json.dumps(translated(written()))
        self.client("s3").put_object(Bucket=CODE["CodeBucket"], Key="template.json", Body=text)
        self.client("cloudformation").create_stack(
            StackName=self.stack(name),
            TemplateURL=f"https://{CODE['CodeBucket']}.s3.{REGION}.amazonaws.com/template.json",
            Parameters=[
                {"ParameterKey": key, "ParameterValue": value} for key, value in {**given(name), **more}.items()
            ],
            Capabilities=CAPABILITIES,
        )
        return str(self.shown(name)["StackStatus"])

    def stack(self, name: str) -> str:
        return f"yoto-smart-stream-{name}"

    def shown(self, name: str) -> dict[str, Any]:
        found = self.client("cloudformation").describe_stacks(StackName=self.stack(name))["Stacks"][0]
        return dict(found)

    def outputs(self, name: str) -> dict[str, dict[str, str]]:
        return {each["OutputKey"]: each for each in self.shown(name)["Outputs"]}

    def why(self, name: str) -> list[str]:
        """The reasons of every failure."""
        events = self.client("cloudformation").describe_stack_events(StackName=self.stack(name))["StackEvents"]
        return [
            f"{e['LogicalResourceId']}: {e.get('ResourceStatusReason')}"
            for e in events
            if "FAILED" in e["ResourceStatus"]
        ]
