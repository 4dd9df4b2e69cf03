"""A small project whose stacks come and go with pull requests, typed against the stand-in for AWS."""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from stackgen.deploy.environments.finding import Place, find_all
from stackgen.deploy.environments.reaping import due
from stackgen.deploy.environments.records import Record, made
from stackgen.deploy.environments.removing import Removal
from stackgen.deploy.environments.settings import settings_of
from stackgen.deploy.environments.tools import CANCEL, PATIENCE, Tools
from stackgen.deploy.executor import Performer
from stackgen.deploy.polling import Pace
from stackgen.deploy.resolving import Access
from stackgen.project import Project

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    from stackgen.deploy.actions import Action
    from stackgen.deploy.environments.finding import Found
    from stackgen.deploy.environments.settings import Ephemeral
    from stackgen.deploy.environments.tools import Outcome
    from stackgen.local.clock import Clock
    from stackgen.local.wire import Call, Response

    from .typed import Typed

DAY = 24 * 3600
QUICK = ("--every", "0.1")
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
        ran = self.typed.run("env", "create", "--pr", str(number), "--yes", *QUICK, *words)
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

    def made(self, number: int, **more: dict[str, Any]) -> str:
        """The environment of a pull request as ``env create`` leaves it, made in no time; the name of its stack."""
        name = f"pr-{number}"
        said = {"Environment": name, "AutoDelete": "true", "PR": str(number), "Repository": REPOSITORY, "Owner": "ann"}
        values = [{"ParameterKey": "EnvironmentName", "ParameterValue": name}]
        tags = [{"Key": key, "Value": value} for key, value in said.items()]
        body = json.dumps(template(**more))
        stack = f"site-{name}"
        self.client("cloudformation").create_stack(StackName=stack, TemplateBody=body, Tags=tags, Parameters=values)
        now = self.cloud.clock.time()
        record = made(Record(name, REPOSITORY, "ann", now, now + 3 * DAY))
        Performer(self.client).perform(record)
        return stack

    def update(self, stack: str) -> None:
        """An update that takes its time."""
        self.cloud.formation.operations.steps.durations["*"] = 60
        text = {"ParameterKey": "Text", "ParameterValue": "second"}
        same = {"ParameterKey": "EnvironmentName", "UsePreviousValue": True}
        asked = {"StackName": stack, "UsePreviousTemplate": True, "Parameters": [text, same]}
        self.client("cloudformation").update_stack(**asked)

    def fill(self, stack: str, count: int) -> str:
        """So many versions in its bucket, and delete markers over some; the bucket."""
        bucket, s3 = self.bucket(stack), self.client("s3")
        for number in range(count):
            s3.put_object(Bucket=bucket, Key=f"key-{number % 400}", Body=b"x")
        for number in range(0, min(count, 400), 7):
            s3.delete_object(Bucket=bucket, Key=f"key-{number}")
        return bucket

    def foreign(self, name: str, **tags: str) -> str:
        """A stack of somebody else, with other tags; its ID."""
        cloudformation = self.client("cloudformation")
        body = json.dumps({"Resources": {"Files": VERSIONED}})
        made = cloudformation.create_stack(
            StackName=name, TemplateBody=body, Tags=[{"Key": key, "Value": value} for key, value in tags.items()]
        )
        return str(made["StackId"])


class Killed(BaseException):
    """The end of a process, as far as one can tell inside of it."""


class Refusing:
    """A client that only reads; whoever would change something with it is refused."""

    def __init__(self, client: Any) -> None:
        self._client = client

    def __getattr__(self, name: str) -> Any:
        if name.startswith(("describe_", "get_", "list_", "head_", "meta")):
            return getattr(self._client, name)
        raise AssertionError(f"{name} is no reading operation")


class Before:
    """Does something before a call that AWS is asked for, once."""

    def __init__(self, operation: str, act: Callable[[], object]) -> None:
        self._operation = operation
        self._act = act
        self.acted = False

    def __call__(self, call: Call, serve: Callable[[], Response], clock: Clock) -> Response:
        del clock
        if not self.acted and call.operation == self._operation:
            self.acted = True
            self._act()
        return serve()


@dataclass
class Remover:
    """Removes environments as a process does: reads with clients that only read, changes with an executor alone.

    It is killed before its *dies*-th changing call, or after it; *before* is done before each of them.
    """

    site: Site
    dies: int = 0
    after: bool = False
    before: Callable[[], object] = lambda: None
    running: str = CANCEL
    patience: float = PATIENCE
    retained: str = "keep"
    actions: list[Action] = field(default_factory=list)
    told: list[str] = field(default_factory=list)

    @property
    def ephemeral(self) -> Ephemeral:
        return replace(settings_of(Project.find(self.site.typed.root)), retained=self.retained)

    @property
    def places(self) -> list[Place]:
        def reading(service: str) -> Any:
            return Refusing(self.site.client(service))

        return [Place(Access("ephemeral", "us-east-1", ACCOUNT), reading)]

    def perform(self, action: Action) -> dict[str, Any]:
        self.before()
        self.actions.append(action)
        if self.dies == len(self.actions) and not self.after:
            raise Killed
        answer = Performer(self.site.client).perform(action)
        if self.dies == len(self.actions):
            raise Killed
        return answer

    def all(self) -> dict[str, Found]:
        return find_all(self.ephemeral, self.places)

    def remove(self, name: str, due: Callable[[Found], str] = lambda _: "it is removed") -> Outcome:
        return self._removed(self.all()[name], due)

    def _removed(self, found: Found, due: Callable[[Found], str]) -> Outcome:
        clock = self.site.cloud.clock
        tools = Tools(lambda _: self, Pace(clock.time, clock.sleep), self.told.append, self.running, self.patience)
        return Removal(self.ephemeral, self.places, tools).removed(found, due)

    def reap(self, closed: Collection[int] = ()) -> list[Outcome]:
        """What is due, as the command removes it."""
        now = self.site.cloud.clock.time

        def why(each: Found) -> str:
            return due(each, self.ephemeral, closed, now())

        return [self._removed(each, why) for each in self.all().values() if why(each)]

    def operations(self) -> list[str]:
        return [each.operation for each in self.actions]
