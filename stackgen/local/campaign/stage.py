"""One repository in the world, and what can be done to it before, while and after a build rolls out."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from functools import cached_property
from importlib import import_module
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

from stackgen.local.campaign import installing

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from stackgen.local.campaign.journal import Pair
    from stackgen.local.campaign.world import World
    from stackgen.local.stacksets.instances import Instance
    from stackgen.local.stacksets.sets import StackSet

    Groups = Sequence[tuple[Sequence[str], Sequence[str]]]

ENV = "prod"
"""The environment that is deployed to."""
FIRST, SECOND = "200000000001", "200000000002"
"""Accounts that releases which arrive go to."""


@dataclass(frozen=True, slots=True)
class Build:
    """A build that was recorded, and the targets that it should reach."""

    sk: str
    version: str
    wanted: frozenset[Pair]
    prune: bool = False


@dataclass
class Stage:
    """A repository, its releases and builds. Its template makes one parameter, whose value is the version."""

    world: World
    repo: str
    builds: list[Build] = field(default_factory=list)
    allowed: set[Pair] = field(default_factory=set)
    """Where anything may be touched in this case."""
    arriving: list[tuple[str, frozenset[Pair]]] = field(default_factory=list)
    """Releases that were uploaded, and whose builds nobody has looked for yet."""

    @cached_property
    def _clients(self) -> Any:
        return SimpleNamespace(dynamodb=self.world.cloud.client("dynamodb"))

    @cached_property
    def _settings(self) -> Any:
        return import_module("stackgen.deployer.handlers.settings").Settings(installing.ENV)

    def handlers(self, name: str) -> Any:
        """A module of the functions."""
        return import_module(f"stackgen.deployer.handlers.{name}")

    @property
    def stack_set_name(self) -> str:
        return str(self.handlers("keys").stack_set_name(ENV, self.repo))

    # What is asked for

    def targets(self, groups: Groups, policy: Mapping[str, Any] | None = None) -> frozenset[Pair]:
        """Configure targets; from now on they may be touched."""
        keys, items = self.handlers("keys"), self.handlers("items")
        record = {
            "PK": keys.targets(self.repo),
            "SK": keys.environment(ENV),
            "targets": [{"account_ids": list(accounts), "regions": list(regions)} for accounts, regions in groups],
            "policy": dict(policy or {}),
        }
        table = self.world.installed.tables["targets"]
        self._clients.dynamodb.put_item(TableName=table, Item=items.item(record))
        return pairs_of(groups)

    def release(self, template: str = "") -> str:
        """Upload a release; its version."""
        number = self.world.next_number()
        version = f"{number}.c{number:06x}"
        s3, bucket = self.world.cloud.client("s3"), self.world.installed.bucket
        folder = self.folder(version)
        s3.put_object(
            Bucket=bucket, Key=f"{folder}/cloudformation.template", Body=(template or self.template()).encode()
        )
        s3.put_object(Bucket=bucket, Key=f"{folder}/cloudformation-params.{ENV}.json", Body=b'{"Size": "small"}')
        return version

    def upload(self) -> None:
        """Let a release arrive, whose build nobody records but the functions."""
        wanted = self.targets((((FIRST,), ("us-east-1", "eu-west-1")), ((SECOND,), ("us-east-1",))))
        version = self.release()
        self.configure(ENV)
        self.world.cloud.client("s3").put_object(
            Bucket=self.world.installed.bucket, Key=f"{self.folder(version)}/cloudformation-params.json", Body=b"{}"
        )
        self.allowed |= wanted
        self.arriving.append((version, wanted))

    def configure(self, initial_env: str) -> None:
        """Where releases of the repository go first."""
        keys, items = self.handlers("keys"), self.handlers("items")
        item = {"PK": keys.targets(self.repo), "SK": keys.CONFIG, "initial_env": initial_env}
        self._clients.dynamodb.put_item(TableName=self.world.installed.tables["targets"], Item=items.item(item))

    def find_arrived(self) -> None:
        """The builds that were made of releases that arrived."""
        table, keys = self.world.installed.tables["builds"], self.handlers("keys")
        for version, wanted in self.arriving:
            found = self.handlers("items").query(self._clients.dynamodb, table, keys.builds(ENV, self.repo))
            self.builds += [Build(each["SK"], version, wanted) for each in found if each["version"] == version]
        self.arriving.clear()

    def changed(self, build: Build) -> bool:
        """Whether a build brought a version that no build before it had."""
        return all(each.version != build.version for each in self.builds if each.sk < build.sk)

    def ways_back(self, sk: str) -> set[str]:
        """The ids of the operations with which a build goes back to the last good one."""
        keys = self.handlers("keys")
        return {keys.operation_id(sk, "REVERT", index) for index in range(20)}

    def folder(self, version: str) -> str:
        return f"{self.repo}/main/{version}"

    def template(self) -> str:
        kinds = {"Env": {"Type": "String"}, "Version": {"Type": "String"}, "Size": {"Type": "String", "Default": "big"}}
        return json.dumps(
            {
                "Parameters": kinds,
                "Resources": {
                    "Release": {
                        "Type": "AWS::SSM::Parameter",
                        "Properties": {
                            "Name": f"/rehearsal/{self.repo}",
                            "Type": "String",
                            "Value": {"Fn::Sub": "${Env} ${Size} ${Version}"},
                        },
                    }
                },
            }
        )

    def new_build(self, wanted: Iterable[Pair], *, version: str = "", **more: Any) -> Build:
        """Record a build, as whoever asks for a rollout does."""
        version = version or self.release()
        number, _, commit = version.partition(".")
        build = Build(self._next_id(), version, frozenset(wanted), bool(more.get("prune")))
        record = {
            "repo": self.repo,
            "env": ENV,
            "SK": build.sk,
            "build_number": number,
            "branch": "main",
            "version": version,
            "commit_hash": commit,
            "s3_bucket": self.world.installed.bucket,
            "s3_key": self.folder(version),
            **more,
        }
        self.builds.append(build)
        self.handlers("builds").put_new(record, self._clients, self._settings)
        self.allowed |= build.wanted
        return build

    def _next_id(self) -> str:
        number = self.world.next_number()
        return str(self.handlers("ksuid").new(int(self.world.clock.time()), number.to_bytes(16)))

    def deployed(self, groups: Groups, policy: Mapping[str, Any] | None = None) -> Build:
        """A build that was rolled out before the case begins."""
        build = self.new_build(self.targets(groups, policy))
        self.world.settle()
        return build

    # What happens to it

    def when(self, state: str, occurrence: int, act: Callable[[], object]) -> None:
        """Do something when an execution of the case enters a state for the n-th time."""

        def enter(entered: str, number: int, _: str) -> None:
            if (entered, number) == (state, occurrence):
                self.world.clock.spawn(act, "somebody")

        self.world.enters.append(enter)

    def raise_alarm(self, name: str, account: str, region: str, state: str = "ALARM") -> None:
        """An alarm of a target account, in a state."""
        watch = self.world.cloud.client("cloudwatch", account, region)
        watch.put_metric_alarm(
            AlarmName=name, MetricName="Errors", Namespace="Rehearsal", Statistic="Sum", Period=60, EvaluationPeriods=1,
            Threshold=1, ComparisonOperator="GreaterThanThreshold",
        )  # fmt: skip
        watch.set_alarm_state(AlarmName=name, StateValue=state, StateReason="rehearsal")

    def hold_lock(self, build: str, seconds: float) -> None:
        """Somebody holds the lock for so long, or until so long ago."""
        keys, items = self.handlers("keys"), self.handlers("items")
        now = int(self.world.clock.time())
        arn = f"arn:aws:states:us-east-1:{installing.ACCOUNT}:execution:other:{build}"
        item = {"PK": keys.lock(ENV, self.repo), "build_id": build, "execution_arn": arn, "acquired_at": now}
        item["ttl"] = now + int(seconds)
        self._clients.dynamodb.put_item(TableName=self.world.installed.tables["locks"], Item=items.item(item))

    def free_lock(self) -> None:
        keys, items = self.handlers("keys"), self.handlers("items")
        key = items.item({"PK": keys.lock(ENV, self.repo)})
        self._clients.dynamodb.delete_item(TableName=self.world.installed.tables["locks"], Key=key)

    # What is there

    def erase(self, build: Build, pair: Pair) -> None:
        """Take a deployment record away."""
        keys, items, inputs = self.handlers("keys"), self.handlers("items"), self.handlers("inputs")
        key = {"PK": keys.builds(ENV, self.repo), "SK": keys.deployment(build.sk, inputs.Pair(*pair))}
        self._clients.dynamodb.delete_item(TableName=self.world.installed.tables["deployments"], Key=items.item(key))

    def lock(self) -> Any:
        return self.handlers("locks").find(ENV, self.repo, self._clients, self._settings)

    def record_of(self, build: Build) -> dict[str, Any]:
        named = self.handlers("inputs").Build(ENV, self.repo, build.sk)
        return self.handlers("builds").find(named, self._clients, self._settings) or {}

    def latest(self) -> dict[str, Any]:
        found: dict[str, Any] = self.handlers("builds").latest(ENV, self.repo, self._clients, self._settings)
        return found

    def records_of(self, build: Build) -> dict[Pair, Any]:
        """The deployment records of a build by their pairs."""
        named = self.handlers("inputs").Build(ENV, self.repo, build.sk)
        found = self.handlers("records").load(named, self._clients, self._settings, whole=True)
        return {(each.pair.account_id, each.pair.region): each for each in found}

    def stack_set(self) -> StackSet | None:
        for shelf in self.world.cloud.formation.stack_sets._reading._shelves:
            if self.stack_set_name in shelf.active:
                return shelf.active[self.stack_set_name]
        return None

    def instances(self) -> dict[Pair, Instance]:
        found = self.stack_set()
        return {(each.account, each.region): each for each in found.instances} if found else {}

    def value(self, instance: Instance) -> str:
        """The version that is really deployed in a place; empty where there is no stack."""
        from stackgen.local.formation import records

        if not instance.has_stack:
            return ""
        with self.world.cloud.embedded.scope(instance.account, instance.region):
            stack = records.find(instance.stack_id)
        resources = (stack or {}).get("_resources", {})
        if "Release" not in resources:
            return ""
        return str(resources["Release"]["Properties"]["Value"]).rpartition(" ")[2]


def pairs_of(groups: Groups) -> frozenset[Pair]:
    return frozenset((account, region) for accounts, regions in groups for account in accounts for region in regions)
