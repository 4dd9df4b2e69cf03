"""A small shop in the stand-in for AWS: a stack, two nested in it, a table nested one deeper; and what deploys it."""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from stackgen.deploy.applying import Applying
from stackgen.deploy.artifacts import digest_of
from stackgen.deploy.executor import Performer
from stackgen.deploy.planner import Planner
from stackgen.deploy.polling import Pace
from stackgen.deploy.targets import Target, Value
from stackgen.review.model import Build, Template

if TYPE_CHECKING:
    from stackgen.deploy.actions import Action
    from stackgen.deploy.events import Event
    from stackgen.deploy.following import Ended
    from stackgen.deploy.plans import Plan
    from stackgen.local.cloud import Cloud

ACCOUNT, REGION = "111111111111", "us-east-1"
BUCKET = "shop-cfn-111111111111-us-east-1"
NAME = "shop-dev"
SECRET = "correct-horse-battery"  # noqa: S105  of nobody
READS = ("Describe", "Get", "List", "Head")
"""What the names of operations that change nothing begin with."""

TABLE = {
    "Type": "AWS::DynamoDB::Table",
    "Properties": {
        "BillingMode": "PAY_PER_REQUEST",
        "AttributeDefinitions": [{"AttributeName": {"Ref": "Key"}, "AttributeType": "S"}],
        "KeySchema": [{"AttributeName": {"Ref": "Key"}, "KeyType": "HASH"}],
    },
}
QUEUE = {"Type": "AWS::SQS::Queue", "Properties": {"DelaySeconds": {"Ref": "Delay"}}}
NOTE = {"Type": "AWS::SSM::Parameter", "Properties": {"Type": "String", "Value": {"Ref": "Table"}}}


def text(default: str | None = None, **more: Any) -> dict[str, Any]:
    """A parameter of a template."""
    return {"Type": "String", **({} if default is None else {"Default": default}), **more}


def templates(**changed: dict[str, Any]) -> Build:
    """The shop's templates, with other resources for some: ``queues={"Queue": ...}``."""
    contents: dict[str, dict[str, Any]] = {
        "tables": {
            "Parameters": {"Key": text()},
            "Resources": {"Table": TABLE, **changed.get("tables", {})},
            "Outputs": {"Table": {"Value": {"Ref": "Table"}}},
        },
    }
    texts: dict[str, str] = {}

    def nested(child: str, **parameters: Any) -> dict[str, Any]:
        key = f"shop/{child}/{digest_of(texts[child])}.json"
        url = {"Fn::Sub": f"https://${{TemplatesBucketName}}.s3.${{AWS::Region}}.${{AWS::URLSuffix}}/{key}"}
        return {"Type": "AWS::CloudFormation::Stack", "Properties": {"TemplateURL": url, "Parameters": parameters}}

    def ref(name: str) -> dict[str, str]:
        return {"Ref": name}

    texts["tables"] = json.dumps(contents["tables"], indent=2)
    bucket = {"TemplatesBucketName": text()}
    tables = nested("tables", Key=ref("Key"))
    contents["data"] = {
        "Parameters": {**bucket, "Key": text()},
        "Resources": {"Tables": tables, **changed.get("data", {})},
        "Outputs": {"Table": {"Value": {"Fn::GetAtt": ["Tables", "Outputs.Table"]}}},
    }
    contents["queues"] = {
        "Parameters": {"Delay": text(), "Table": text()},
        "Resources": {"Queue": QUEUE, "Note": NOTE, **changed.get("queues", {})},
    }
    for name in ("data", "queues"):
        texts[name] = json.dumps(contents[name], indent=2)
    contents["shop-stack"] = {
        "Parameters": {
            **bucket, "Key": text("id"), "Delay": text("5"), "Password": text("", NoEcho=True),
        },
        "Resources": {
            "Data": nested("data", TemplatesBucketName=ref("TemplatesBucketName"), Key=ref("Key")),
            "Queues": nested("queues", Delay=ref("Delay"), Table={"Fn::GetAtt": ["Data", "Outputs.Table"]}),
            **changed.get("root", {}),
        },
        "Outputs": {"Table": {"Value": {"Fn::GetAtt": ["Data", "Outputs.Table"]}}},
    }  # fmt: skip
    texts["shop-stack"] = json.dumps(contents["shop-stack"], indent=2)
    return Build(
        "the build",
        {f"shop/{name}": Template(f"shop/{name}", f"build/shop/{name}.json", contents[name], texts[name])
         for name in sorted(contents)},
    )  # fmt: skip


def target(**values: str) -> Target:
    """The shop in its environment, with other values for some parameters."""
    said = {name: Value(value, "-p") for name, value in {"TemplatesBucketName": BUCKET, **values}.items()}
    said["Password"] = Value(SECRET, "STACKGEN_PARAM_Password", True)
    tags = {"Environment": "dev"}
    return Target("dev", REGION, ACCOUNT, "shop/shop-stack", NAME, said, tags, bucket=BUCKET)


class Killed(BaseException):
    """The end of a process, as far as one can tell inside of it."""


@dataclass
class Deployed:
    """Deploys into a stand-in, and remembers what it did and heard; killed before its *dies*-th changing call."""

    cloud: Cloud
    build: Build = field(default_factory=templates)
    actions: list[Action] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)
    dies: int | None = None
    after: bool = False
    """Whether it is killed after the call instead: the call took effect, and nobody knows."""

    def client(self, service: str) -> Any:
        return self.cloud.client(service, account=ACCOUNT, region=REGION)

    @property
    def pace(self) -> Pace:
        return Pace(self.cloud.clock.time, self.cloud.clock.sleep)

    @property
    def planner(self) -> Planner:
        return Planner(self.build, self.client, self.cloud.clock.time)

    @property
    def applying(self) -> Applying:
        return Applying(self.planner, self, self.client, self.pace, self.events.append)

    def perform(self, action: Action) -> dict[str, Any]:
        self.actions.append(action)
        if self.dies == len(self.actions) and not self.after:
            raise Killed
        answer = Performer(self.client).perform(action)
        if self.dies == len(self.actions):
            raise Killed
        return answer

    def plan(self, wanted: Target | None = None) -> Plan:
        return self.applying.prepare(wanted or target())

    def deploy(self, wanted: Target | None = None) -> Ended | None:
        return self.applying.apply(self.plan(wanted))

    def with_build(self, **changed: dict[str, Any]) -> Deployed:
        """The same with other templates, in the same cloud."""
        return Deployed(self.cloud, templates(**changed))

    def again(self) -> Deployed:
        """A new process."""
        return Deployed(self.cloud, self.build)

    def stack(self, name: str = NAME) -> dict[str, Any]:
        found: dict[str, Any] = self.client("cloudformation").describe_stacks(StackName=name)["Stacks"][0]
        return found

    def change_sets(self) -> list[str]:
        found = self.client("cloudformation").list_change_sets(StackName=NAME)["Summaries"]
        return [each["ChangeSetName"] for each in found]

    def operations(self) -> list[str]:
        return [each.operation for each in self.actions]

    def calls(self) -> list[str]:
        """The operations that AWS was asked for by this account since the last look, in order."""
        found = [each.operation for each in self.cloud.gateway.notes if each.service in ("cloudformation", "s3")]
        self.cloud.gateway.notes.clear()
        return found


def changing(calls: list[str]) -> list[str]:
    """Those that may change something."""
    return [each for each in calls if not each.startswith(READS)]


def named(wanted: Target, **changes: Any) -> Target:
    """The same target with other settings."""
    return replace(wanted, **changes)
