"""Small trees of stacks for the tests: templates in a bucket, and what became of them."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from stackgen.local.cloud import Cloud

Template = dict[str, Any]


def parameter(value: Any = "v", **more: Any) -> Template:
    """A resource that is quick to make and easy to look at: a parameter of Parameter Store."""
    return {"Type": "AWS::SSM::Parameter", "Properties": {"Type": "String", "Value": value}, **more}


def child(url: str, parameters: dict[str, Any] | None = None, **more: Any) -> Template:
    return {
        "Type": "AWS::CloudFormation::Stack",
        "Properties": {"TemplateURL": url, **({"Parameters": parameters} if parameters else {})},
        **more,
    }


def template(resources: Template, *, outputs: Template | None = None, **more: Any) -> Template:
    made: Template = {"Resources": resources, **more}
    if outputs:
        made["Outputs"] = {name: {"Value": value} for name, value in outputs.items()}
    return made


def texts(*names: str, **defaults: str) -> Template:
    """A Parameters section of strings."""
    return {
        **{name: {"Type": "String"} for name in names},
        **{name: {"Type": "String", "Default": value} for name, value in defaults.items()},
    }


@dataclass
class Forest:
    """A region in which trees grow."""

    cloud: Cloud
    account: str = "111111111111"
    region: str = "us-east-1"
    bucket: str = "templates"

    def __post_init__(self) -> None:
        self.stacks = self.client("cloudformation")
        where = {} if self.region == "us-east-1" else {"LocationConstraint": self.region}
        self.client("s3").create_bucket(Bucket=self.bucket, **({"CreateBucketConfiguration": where} if where else {}))

    def client(self, service: str) -> Any:
        return self.cloud.client(service, self.account, self.region)

    def put(self, key: str, made: Template) -> str:
        """Upload a template; its URL as virtual-host style has it."""
        self.client("s3").put_object(Bucket=self.bucket, Key=key, Body=json.dumps(made))
        return f"https://{self.bucket}.s3.{self.region}.amazonaws.com/{key}"

    def create(self, made: Template, name: str = "root", **more: Any) -> str:
        self.stacks.create_stack(StackName=name, TemplateBody=json.dumps(made), **_asked(more))
        return self.status(name)

    def update(self, made: Template, name: str = "root", **more: Any) -> str:
        self.stacks.update_stack(StackName=name, TemplateBody=json.dumps(made), **_asked(more))
        return self.status(name)

    def status(self, name: str = "root") -> str:
        return str(self.describe(name)["StackStatus"])

    def describe(self, name: str = "root") -> Any:
        return self.stacks.describe_stacks(StackName=name)["Stacks"][0]

    def outputs(self, name: str = "root") -> dict[str, str]:
        return {each["OutputKey"]: each["OutputValue"] for each in self.describe(name).get("Outputs", [])}

    def living(self) -> list[Any]:
        return list(self.stacks.describe_stacks()["Stacks"])

    def statuses(self) -> set[str]:
        """What all stacks that were not deleted have come to."""
        return {stack["StackStatus"] for stack in self.living()}

    def events(self, name: str = "root") -> list[tuple[str, str]]:
        """Logical id and status of each event, oldest first."""
        shown = self.stacks.describe_stack_events(StackName=name)["StackEvents"]
        return [(event["LogicalResourceId"], event["ResourceStatus"]) for event in reversed(shown)]

    def reasons(self, name: str = "root") -> list[str]:
        """Why things failed or rolled back, oldest first."""
        shown = self.stacks.describe_stack_events(StackName=name)["StackEvents"]
        told = [
            event.get("ResourceStatusReason", "")
            for event in reversed(shown)
            if "FAILED" in event["ResourceStatus"] or "ROLLBACK_IN_PROGRESS" in event["ResourceStatus"]
        ]
        return [reason for reason in told if reason]

    def values(self) -> list[str]:
        """The values of everything in Parameter Store: what really exists."""
        store = self.client("ssm")
        names = [found["Name"] for found in store.describe_parameters()["Parameters"]]
        return sorted(store.get_parameter(Name=name)["Parameter"]["Value"] for name in names)


def _asked(more: dict[str, Any]) -> dict[str, Any]:
    if "values" in more:
        values = more.pop("values")
        more["Parameters"] = [{"ParameterKey": key, "ParameterValue": value} for key, value in values.items()]
    return more
