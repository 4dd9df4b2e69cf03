"""The deployer's functions in the stand-in, with what they need: tables, artifacts, builds, targets.

One field serves a whole module; every test has a repository of its own, so none sees another's.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from importlib import import_module
from typing import Any

from botocore.config import Config
from botocore.exceptions import ClientError

from stackgen.deployer.handlers import builds, clients, entry, keys, ksuid, moments
from stackgen.deployer.handlers.inputs import Build, Pair
from stackgen.deployer.handlers.settings import Settings
from stackgen.local.cloud import Cloud
from stackgen.local.faults import Fault, Kind
from stackgen.local.stacksets import Accounts
from stackgen.local.virtual import Time, given
from tests.deployer.handlers.installation import ACCOUNT, Installation

ADMINISTRATION_ROLE = f"arn:aws:iam::{ACCOUNT}:role/administration"
BUCKET = "artifacts"
REGION = "us-east-1"
FUNCTIONS = (
    "acquire_lock",
    "aggregate_results",
    "check_stackset_status",
    "clean_up_execution",
    "create_stackset",
    "deploy_stack_instances",
    "fetch_targets",
    "initialize_deployments",
    "release_lock",
    "revert_targets",
    "update_build_status",
    "watch_alarms",
)
PATIENT = Config(retries={"mode": "standard", "total_max_attempts": 5})


class InStandIn(clients.Clients):
    """The functions' clients, for tests that call what functions share."""

    def __init__(self, cloud: Cloud) -> None:
        super().__init__()
        self._cloud = cloud

    def _client(self, service: str, region: str = "") -> Any:
        return self._cloud.session(ACCOUNT, region or REGION).client(service, config=PATIENT)


class Field:
    def __init__(self, cloud: Cloud, accounts: Accounts) -> None:
        self.cloud = cloud
        self.accounts = accounts
        self.dynamodb = cloud.client("dynamodb")
        self.made = Installation(
            cloud, ADMINISTRATION_ROLE_ARN=ADMINISTRATION_ROLE, LOCK_MAX_RETRIES="2", LOCK_TTL_SECONDS="3600"
        )
        self.settings = Settings.read(self.made.variables)
        self.clients = InStandIn(cloud)
        self.cloudformation = cloud.client("cloudformation")
        self.s3 = cloud.client("s3")
        self.s3.create_bucket(Bucket=BUCKET)
        self.s3.put_bucket_versioning(Bucket=BUCKET, VersioningConfiguration={"Status": "Enabled"})
        for name in FUNCTIONS:
            self.made.install(name, import_module(f"stackgen.deployer.handlers.{name}").handler)
        self._repos = 0
        self._builds = 0

    # What tests begin with

    def repo(self) -> str:
        """A repository that no other test knows."""
        self._repos += 1
        return f"repo{self._repos}"

    def build(self, repo: str = "", env: str = "dev", **more: Any) -> Build:
        """A new build, PENDING; each is newer than the one before."""
        self._builds += 1
        build = Build(env, repo or self.repo(), ksuid.new(1_800_000_000 + self._builds, bytes(16)))
        record = {
            "repo": build.repo,
            "env": env,
            "SK": build.sk,
            "version": f"{self._builds}.abc",
            "s3_bucket": BUCKET,
            "s3_key": self.key(build),
            **more,
        }
        assert builds.put_new(record, self.clients, self.settings)
        return build

    @staticmethod
    def key(build: Build) -> str:
        return f"{build.repo}/main/{build.sk}"

    def release(self, build: Build, template: Mapping[str, Any] | str = "", **parameters: Any) -> None:
        """Upload what a build deploys."""
        text = template if isinstance(template, str) else json.dumps(template)
        self.upload(build, "cloudformation.template", text or json.dumps(TEMPLATE))
        if parameters:
            self.upload(build, "cloudformation-params.json", json.dumps(parameters))

    def upload(self, build: Build, name: str, text: str) -> None:
        self.s3.put_object(Bucket=BUCKET, Key=f"{self.key(build)}/{name}", Body=text.encode())

    def targets(self, build: Build, *groups: tuple[tuple[str, ...], tuple[str, ...]], **policy: Any) -> None:
        """Say where a repository goes to: groups of accounts and regions."""
        listed = [{"account_ids": list(accounts), "regions": list(regions)} for accounts, regions in groups]
        more = {"policy": policy} if policy else {}
        self.made.put("targets", PK=keys.targets(build.repo), SK=keys.environment(build.env), targets=listed, **more)

    def ready(
        self,
        repo: str = "",
        *,
        template: Mapping[str, Any] | str = "",
        groups: Sequence[tuple[tuple[str, ...], tuple[str, ...]]] = (
            (("222222222222", "333333333333"), ("us-east-1",)),
        ),
        parameters: Mapping[str, Any] | None = None,
        policy: Mapping[str, Any] | None = None,
        **more: Any,
    ) -> Build:
        """A build with a release, targets and records, whose lock is held."""
        build = self.build(repo, **more)
        self.release(build, template, **(parameters or {}))
        self.targets(build, *groups, **(policy or {}))
        assert self.acquire(build)["lock_acquired"]
        found = self.call("fetch_targets", build)
        self.call("initialize_deployments", build, targets=found["targets"], count=found["count"])
        return build

    def planned(self, repo: str = "", **more: Any) -> Build:
        """The same, with its StackSet and its plan."""
        build = self.ready(repo, **more)
        self.create_stackset(build)
        return build

    def deployed(self, repo: str = "", **more: Any) -> Build:
        """A build that was rolled out well."""
        build = self.planned(repo, **more)
        self.roll_out(build)
        assert self.finish(build)["build_status"] == "SUCCESS"
        return build

    # Calling functions

    def call(self, name: str, build: Build, **more: Any) -> Any:
        """What a function answers; FunctionFailed names the class of its error."""
        return self.made.invoke(name, {**build._asdict(), **more})

    def acquire(self, build: Build, retry_count: int = 0, execution: str = "") -> dict[str, Any]:
        arn = execution or self.execution(build)
        answer: dict[str, Any] = self.call("acquire_lock", build, execution_arn=arn, retry_count=retry_count)
        return answer

    @staticmethod
    def execution(build: Build) -> str:
        return f"arn:aws:states:{REGION}:{ACCOUNT}:execution:deployer:{build.repo}-{build.env}-{build.sk}"

    def create_stackset(self, build: Build) -> dict[str, Any]:
        answer: dict[str, Any] = self.call("create_stackset", build, s3_bucket=BUCKET, s3_key=self.key(build))
        return answer

    def deploy(self, build: Build, index: int = 0) -> dict[str, Any]:
        name = self.stack_set(build)
        answer: dict[str, Any] = self.call(
            "deploy_stack_instances", build, stack_set_name=name, batch_index=index, targets=[]
        )
        return answer

    def check(self, build: Build, deployed: Mapping[str, Any], **more: Any) -> dict[str, Any]:
        asked = {"operation_id": deployed["operation_id"], "batch_index": deployed["batch_index"], "targets": []}
        answer: dict[str, Any] = self.call(
            "check_stackset_status", build, stack_set_name=self.stack_set(build), **{**asked, **more}
        )
        return answer

    def wait(self, build: Build, deployed: Mapping[str, Any]) -> dict[str, Any]:
        """Look every fifteen seconds, as the state machine does, until the operation is complete."""
        status: dict[str, Any] = {"events": 100, "digest": ""}
        for _ in range(200):
            self.cloud.clock.advance(15)
            status = self.check(build, deployed, events=status["events"], digest=status["digest"])
            if status["is_complete"]:
                return status
        raise AssertionError(f"it never ends: {status}")

    def roll_out(self, build: Build) -> dict[str, Any]:
        """All batches of a build that is prepared; the last status."""
        index = 0
        while True:
            status = self.wait(build, self.deploy(build, index))
            if not status["has_next_batch"]:
                return status
            index = status["next_batch_index"]

    def finish(self, build: Build) -> dict[str, Any]:
        answer: dict[str, Any] = self.call("aggregate_results", build)
        self.call("release_lock", build)
        return answer

    # What tests look at

    @staticmethod
    def stack_set(build: Build) -> str:
        return keys.stack_set_name(build.env, build.repo)

    def record(self, build: Build) -> dict[str, Any]:
        found = builds.find(build, self.clients, self.settings)
        assert found is not None
        return found

    def deployments(self, build: Build) -> dict[str, dict[str, Any]]:
        """The records of a build by ``account/region``."""
        partition = keys.builds(build.env, build.repo)
        begin = keys.deployments(build.sk)
        found = [each for each in self.made.records("deployments") if each["PK"] == partition]
        return {each["SK"].removeprefix(begin): each for each in found if each["SK"].startswith(begin)}

    def statuses(self, build: Build) -> dict[str, str]:
        return {place: each["status"] for place, each in self.deployments(build).items()}

    def plan(self, build: Build) -> list[tuple[str, int, list[str], list[str]]]:
        """Action, wave, accounts and regions of every batch that is kept."""
        begin = f"{keys.plan(build.sk)}#0"
        partition = keys.builds(build.env, build.repo)
        return [
            (each["action"], each["wave"], each["accounts"], each["regions"])
            for each in self.made.records("deployments")
            if each["PK"] == partition and each["SK"].startswith(begin)
        ]

    def lock(self, build: Build) -> dict[str, Any] | None:
        found = [each for each in self.made.records("locks") if each["PK"] == keys.lock(build.env, build.repo)]
        return found[0] if found else None

    def instances(self, build: Build) -> dict[str, str]:
        """The instances of the StackSet, and whether they are current."""
        pages = self.cloudformation.get_paginator("list_stack_instances").paginate(StackSetName=self.stack_set(build))
        found = [each for page in pages for each in page["Summaries"]]
        return {f"{each['Account']}/{each['Region']}": each["Status"] for each in found}

    def operations(self, build: Build) -> list[dict[str, Any]]:
        """The operations of the StackSet, oldest first."""
        found = self.cloudformation.list_stack_set_operations(StackSetName=self.stack_set(build))["Summaries"]
        return list(reversed(found))

    # What goes wrong

    @contextmanager
    def fault(self, calls: str, kind: Kind, times: int | None = None, **more: Any) -> Iterator[Fault]:
        """Let calls fail meanwhile; the fault must be met."""
        fault = self.cloud.faults.add(calls, kind, times=times, **more)
        try:
            yield fault
        finally:
            self.cloud.faults.clear()
        assert fault.met, f"nothing calls {calls}"

    def count(self, service: str, operation: str, work: Callable[[], Any]) -> int:
        """How often something is called by a piece of work."""
        before = self.made.calls(service, operation)
        work()
        return self.made.calls(service, operation) - before


TEMPLATE: dict[str, Any] = {
    "Parameters": {"Env": {"Type": "String"}, "Size": {"Type": "String", "Default": "small"}},
    "Resources": {
        "Where": {
            "Type": "AWS::SSM::Parameter",
            "Properties": {
                "Name": {"Fn::Sub": "/app/${AWS::StackName}"},
                "Type": "String",
                "Value": {"Fn::Sub": "${Env} ${Size}"},
            },
        }
    },
}
A, B, C, D = "222222222222", "333333333333", "444444444444", "555555555555"
HERE, THERE = "us-east-1", "eu-west-1"


@contextmanager
def opened() -> Iterator[Field]:
    """A field on a clock of its own, and functions whose time is that clock's."""
    with ExitStack() as opening:
        accounts = Accounts()
        cloud = opening.enter_context(Cloud(accounts=accounts))
        opening.enter_context(given(moments, time=Time(cloud.clock)))
        opening.enter_context(given(entry, _clients=clients.Clients()))
        yield Field(cloud, accounts)


def pair(place: str) -> Pair:
    account, _, region = place.partition("/")
    return Pair(account, region)


def code(error: ClientError) -> str:
    return str(error.response["Error"]["Code"])
