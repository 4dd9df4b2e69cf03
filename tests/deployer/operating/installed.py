"""A deployer's tables in the stand-in for AWS, and the real command run against them."""

from __future__ import annotations

import io
import json
import sys
from contextlib import redirect_stderr, redirect_stdout
from typing import TYPE_CHECKING, Any

from stackgen.cli import main
from stackgen.deploy.session import client
from stackgen.deployer.handlers import (
    acquire_lock,
    aggregate_results,
    builds,
    check_stackset_status,
    create_stackset,
    deploy_stack_instances,
    items,
    keys,
    ksuid,
    moments,
    operations,
    records,
    release_lock,
    targets,
)
from stackgen.deployer.handlers.inputs import Build, Pair
from stackgen.deployer.handlers.settings import Settings
from stackgen.deployer.operating.installation import Installation
from stackgen.local.cloud import REGION, Cloud
from tests.support import Ran

if TYPE_CHECKING:
    from collections.abc import Mapping

DEPLOYER = "111111111111"
ACCOUNTS = ["222222222222", "333333333333", "444444444444"]
REGIONS = ["us-east-1", "eu-west-1"]
KEYS = {"locks": ("PK",), "targets": ("PK", "SK"), "deployments": ("PK", "SK"), "builds": ("PK", "SK")}

BUCKET = "releases"
EPOCH = 1_700_000_000
TEMPLATE = {
    "Parameters": {"Env": {"Type": "String"}, "Size": {"Type": "String", "Default": "1"}},
    "Resources": {
        "Where": {
            "Type": "AWS::SSM::Parameter",
            "Properties": {"Name": "/shop/where", "Type": "String", "Value": {"Fn::Sub": "${Env} ${Size}"}},
        }
    },
}

READS = ("Get", "List", "Describe", "Query", "Scan", "Head", "BatchGet", "AssumeRole")
"""What the names of operations that change nothing begin with."""


class Terminal(io.StringIO):
    """Somebody who answers."""

    def isatty(self) -> bool:
        return True


def run(*words: str) -> Ran:
    """``python -m stackgen multi`` with these words, in this process."""
    out, err = io.StringIO(), io.StringIO()
    with redirect_stdout(out), redirect_stderr(err):
        code = main(["multi", *words])
    return Ran(code, out.getvalue(), err.getvalue())


class Installed:
    """The installation ``dev`` in one account."""

    def __init__(self, cloud: Cloud) -> None:
        self.cloud = cloud
        self.seconds = 0
        self.settings = Settings("dev")
        self.dynamodb = cloud.client("dynamodb", DEPLOYER)
        for name, attributes in KEYS.items():
            self.dynamodb.create_table(
                TableName=self.settings.table(name),
                KeySchema=[
                    {"AttributeName": attribute, "KeyType": kind}
                    for attribute, kind in zip(attributes, ("HASH", "RANGE"), strict=False)
                ],
                AttributeDefinitions=[{"AttributeName": each, "AttributeType": "S"} for each in attributes],
                BillingMode="PAY_PER_REQUEST",
            )

    @property
    def installation(self) -> Installation:
        def connect(service: str, region: str | None, credentials: Mapping[str, str] | None = None) -> Any:
            if credentials is not None:
                return client(service, region, None, credentials)
            return self.cloud.client(service, DEPLOYER, region or REGION)

        return Installation.of("dev", "-", connect, REGION)

    def run(self, *words: str) -> Ran:
        return run(*words)

    def main(self, *words: str) -> int:
        """The same, with its data thrown away and its narration where stderr is."""
        with redirect_stdout(io.StringIO()):
            return main(["multi", *words])

    def answer(self, text: str, *words: str) -> Ran:
        """The same at a terminal, where somebody types this."""
        before, sys.stdin = sys.stdin, Terminal(text)
        try:
            return self.run(*words)
        finally:
            sys.stdin = before

    def json(self, *words: str) -> dict[str, Any]:
        """What a command says to programs."""
        ran = self.run(*words, "--format", "json")
        assert ran.out, ran.err
        content: dict[str, Any] = json.loads(ran.out)
        assert content["version"] == 1
        assert content["schema"].startswith("stackgen/multi-")
        return content

    def release(self, key: str = "shop/main/7.abc", template: dict[str, Any] | None = None, **files: Any) -> None:
        """A release in the artifact bucket."""
        s3 = self.cloud.client("s3", DEPLOYER)
        s3.create_bucket(Bucket=BUCKET)
        whole = {"cloudformation.template": template or TEMPLATE, "cloudformation-params.json": {}, **files}
        for name, content in whole.items():
            s3.put_object(Bucket=BUCKET, Key=f"{key}/{name}", Body=json.dumps(content).encode())

    def build(self, status: str = "SUCCESS", repo: str = "shop", env: str = "dev", **more: Any) -> str:
        """A record of a build, newer than those before it; its id."""
        self.seconds += 1
        sk = ksuid.new(EPOCH + self.seconds, bytes(16))
        number = self.seconds
        record = {
            "SK": sk,
            "repo": repo,
            "env": env,
            "build_number": str(number),
            "branch": "main",
            "version": f"{number}.abc",
            "commit_hash": "abc",
            "s3_bucket": BUCKET,
            "s3_key": f"{repo}/main/{number}.abc",
            "status": status,
            **more,
        }
        assert builds.put_new(record, self.installation.clients, self.settings)
        return sk

    def records(
        self, sk: str, outcomes: Mapping[Pair, Mapping[str, Any]], repo: str = "shop", env: str = "dev"
    ) -> None:
        """Records of the targets of a build."""
        for pair, outcome in outcomes.items():
            key = {"PK": keys.builds(env, repo), "SK": keys.deployment(sk, pair)}
            self.put("deployments", **key, **pair.shown(), build_id=sk, **outcome)

    def lock(self, sk: str, repo: str = "shop", env: str = "dev", arn: str = "", ttl: int = 3600) -> dict[str, Any]:
        """A lock that a build holds."""
        now = moments.now()
        content = {"build_id": sk, "execution_arn": arn, "acquired_at": now - 60, "ttl": now + ttl}
        self.put("locks", PK=keys.lock(env, repo), **content)
        return content

    def carried_out(self, repo: str = "shop", env: str = "dev") -> dict[str, Any]:
        """Do with the latest build what the state machine does, function by function; the build afterwards."""
        clients = self.installation.clients
        settings = self.settings._replace(administration_role_arn=f"arn:aws:iam::{DEPLOYER}:role/admin")
        sk = str(builds.latest(env, repo, clients, settings)["build_id"])
        build = Build(env, repo, sk)
        record = builds.find(build, clients, settings)
        assert record is not None
        execution = f"arn:aws:states:us-east-1:{DEPLOYER}:execution:deployer:{sk}"
        event = {"env": env, "repo": repo, "sk": sk, "execution_arn": execution, "retry_count": 0}
        asked = acquire_lock.acquire_lock(acquire_lock.Request.from_event(event), settings, clients)
        assert asked["lock_acquired"], asked
        event |= {"s3_bucket": record["s3_bucket"], "s3_key": record["s3_key"]}
        records.create(build, targets.of_build(build, record, clients.dynamodb, settings).pairs, clients, settings)
        made = create_stackset.create_stackset(create_stackset.Request.from_event(event), settings, clients)
        event |= {"stack_set_name": made["stack_set_name"], "events": 0, "digest": ""}
        index, goes_on = 0, True
        while goes_on:
            event |= {"batch_index": index}
            request = deploy_stack_instances.Request.from_event(event)
            event |= deploy_stack_instances.deploy_stack_instances(request, settings, clients)
            self.cloud.clock.settle()
            self.cloud.clock.advance(120)
            look = check_stackset_status.Request.from_event(event)
            seen = check_stackset_status.check_stackset_status(look, settings, clients)
            assert seen["is_complete"], seen
            index, goes_on = seen["next_batch_index"], seen["has_next_batch"]
        aggregate_results.aggregate_results(build, settings, clients)
        release_lock.release_lock(build, settings, clients)
        return builds.find(build, clients, settings) or {}

    def instances(self, name: str = "dev-shop") -> list[str]:
        """The pairs that the StackSet has."""
        return sorted(str(each.pair) for each in operations.existing(name, self.installation.clients))

    def put(self, table: str, **content: Any) -> None:
        self.dynamodb.put_item(TableName=self.settings.table(table), Item=items.item(content))

    def get(self, table: str, **key: str) -> dict[str, Any] | None:
        return items.get(self.dynamodb, self.settings.table(table), key)

    def targets(self, repo: str = "shop", env: str = "dev", accounts: list[str] | None = None, **more: Any) -> None:
        groups = [{"account_ids": accounts or ACCOUNTS, "regions": REGIONS}]
        self.put("targets", PK=keys.targets(repo), SK=keys.environment(env), **{"targets": groups, **more})

    def changes(self) -> list[str]:
        """The calls since the last look that are no reads."""
        made = [f"{note.service}:{note.operation}" for note in self.cloud.gateway.notes]
        self.cloud.gateway.notes.clear()
        return [call for call in made if not call.partition(":")[2].startswith(READS)]
