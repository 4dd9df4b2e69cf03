"""A small project whose stacks come and go with pull requests, typed against the stand-in for AWS."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .typed import Typed

ACCOUNT = "111111111111"
BUCKET = "site-cfn-111111111111-us-east-1"
REPOSITORY = "acme/site"
SETTINGS = """\
[tool.stackgen]
stacks = "stacks"

[tool.stackgen.env.dev]
account = "111111111111"
regions = ["us-east-1"]

[tool.stackgen.env.prod]
account = "111111111111"
regions = ["us-east-1"]

[tool.stackgen.ephemeral]
like = "dev"
repository = "acme/site"
most_per_owner = 40
log_groups = ["/ecs/site-{env}"]
images = ["site-api:{env}", "site-api:{env}-*"]

[tool.stackgen.ephemeral.parameters]
EnvironmentName = "{env}"
"""
VERSIONED = {"Type": "AWS::S3::Bucket", "Properties": {"VersioningConfiguration": {"Status": "Enabled"}}}
NOTE = {"Type": "AWS::SSM::Parameter", "Properties": {"Type": "String", "Value": {"Ref": "Text"}}}


def template(**more: dict[str, Any]) -> dict[str, Any]:
    """The site: a bucket with versions, and a note whose text is a parameter."""
    return {
        "Parameters": {"EnvironmentName": {"Type": "String"}, "Text": {"Type": "String", "Default": "first"}},
        "Resources": {"Files": VERSIONED, "Note": NOTE, **more},
        "Outputs": {"FilesName": {"Value": {"Ref": "Files"}}},
    }


class Site:
    """The project, and what AWS has of it."""

    def __init__(self, typed: Typed) -> None:
        self.typed = typed
        self.cloud = typed.cloud
        for path in (typed.root / "build").rglob("*.json"):
            path.unlink()
        typed.write("pyproject.toml", SETTINGS)
        self.build()
        for name in (
            "STACKGEN_PARAM_Password",
            "STACKGEN_PARAM_TemplatesBucketName",
            "GITHUB_REPOSITORY",
            "GITHUB_ACTOR",
        ):
            typed.patch.delenv(name, raising=False)

    def build(self, **more: dict[str, Any]) -> None:
        self.typed.write("build/site/site-stack.json", json.dumps(template(**more), indent=2))

    def client(self, service: str) -> Any:
        return self.cloud.client(service)

    def create(self, number: int, *words: str) -> None:
        ran = self.typed.run("env", "create", "--pr", str(number), "--yes", *words)
        assert ran.code == 0, ran.err

    def stacks(self) -> dict[str, str]:
        """The status of each stack by its name."""
        pages = self.client("cloudformation").get_paginator("describe_stacks").paginate()
        found = [each for page in pages for each in page["Stacks"]]
        return {each["StackName"]: each["StackStatus"] for each in found if each["StackStatus"] != "DELETE_COMPLETE"}

    def tags(self, name: str) -> dict[str, str]:
        found = self.client("cloudformation").describe_stacks(StackName=name)["Stacks"][0]
        return {each["Key"]: each["Value"] for each in found["Tags"]}

    def bucket(self, name: str) -> str:
        found = self.client("cloudformation").describe_stack_resource(StackName=name, LogicalResourceId="Files")
        physical: str = found["StackResourceDetail"]["PhysicalResourceId"]
        return physical

    def parameters(self) -> list[str]:
        """The records and signs of environments."""
        pages = self.client("ssm").get_paginator("describe_parameters").paginate()
        names = [each["Name"] for page in pages for each in page["Parameters"]]
        return sorted(each for each in names if each.startswith("/stackgen/"))

    def foreign(self, name: str, **tags: str) -> str:
        """A stack of somebody else, with other tags; its ID."""
        cloudformation = self.client("cloudformation")
        body = json.dumps({"Resources": {"Files": VERSIONED}})
        made = cloudformation.create_stack(
            StackName=name, TemplateBody=body, Tags=[{"Key": key, "Value": value} for key, value in tags.items()]
        )
        return str(made["StackId"])
