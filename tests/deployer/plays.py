"""The deployer's machine played with answers that are written down: on the stand-in, and in an interpreter for Node."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from stackgen.deployer import machine
from stackgen.deployer.machine import Settings
from stackgen.local import Cloud
from tests.local.machines.deployed import ROLE, function
from tests.support import ROOT, environment

NPM = ROOT / "tests" / "npm"
BUILD: dict[str, Any] = {
    "repo": "shop",
    "env": "prod",
    "branch": "main",
    "version": "7.abcdef",
    "sk": "2aXc5T0Ww7nKZ1kq1mD8Zp3fYbV",
    "commit_hash": "abcdef",
    "s3_bucket": "artifacts",
    "s3_key": "shop/main/7.abcdef",
    "retry_count": 0,
    "continuation": 0,
}


@dataclass(frozen=True)
class Raised:
    """What a function raises: an exception whose class has this name."""

    error: str
    message: str = "broken"


def lock(**changes: Any) -> dict[str, Any]:
    free = {
        "lock_acquired": False,
        "retry_count": 0,
        "should_retry": False,
        "superseded": False,
        "message": "held by X",
    }
    return {**free, **changes}


def status(**changes: Any) -> dict[str, Any]:
    """Of an operation that still runs, unless it is said otherwise."""
    running: dict[str, Any] = {
        "operation_status": "RUNNING",
        "is_complete": False,
        "has_failures": False,
        "deployments": [],
        "deployments_truncated": False,
        "counts": {},
        "digest": "d",
        "events": 109,
        "next_batch_index": 1,
        "has_next_batch": False,
        "should_revert": False,
        "watch": False,
        "should_continue": False,
        "is_slow": False,
    }
    return {**running, **changes}


TARGETS = [{"account_id": "111111111111", "region": "eu-west-1"}]
DONE = status(operation_status="SUCCEEDED", is_complete=True)

GOOD: dict[str, list[Any]] = {
    "AcquireLock": [lock(lock_acquired=True, message="Lock acquired")],
    "FetchTargets": [{"targets": TARGETS, "count": 1, "truncated": False}],
    "VerifySignatures": [{"verificationPassed": True, "message": "all is signed"}],
    "PromoteImages": [{"images_promoted": 0, "images": [], "skipped": True}],
    "InitializeDeployments": [{"initialized_count": 1}],
    "CreateStackSet": [{"stack_set_name": "prod-shop", "operation": "CREATE", "batch_count": 1, "orphans": []}],
    "DeployStackInstances": [
        {
            "operation_id": "o-1",
            "account_ids": ["111111111111"],
            "regions": ["eu-west-1"],
            "batch_index": 0,
            "batch_count": 1,
            "action": "CREATE",
            "truncated": False,
        }
    ],
    "CheckStackSetStatus": [DONE],
    "WatchAlarms": [{"verdict": "go-on", "wait_seconds": 60, "message": "quiet"}],
    "RevertTargets": [{"is_complete": True, "message": "reverted"}],
    "AggregateResults": [
        {
            "build_status": "SUCCESS",
            "partial_success": False,
            "failed_deployments": [],
            "error_msg": "",
            "deployment_summary": {"total": 1, "succeeded": 1, "failed": 0},
        }
    ],
    "ReleaseLock": [{"released": True, "message": "Lock released"}],
    "UpdateBuildStatus": [None],
}
"""What the functions answer when all goes well, in turn; the last one again and again."""


@dataclass
class Played:
    """What an execution did."""

    entered: list[str]
    sent: list[tuple[str, Any]]
    status: str
    error: str | None
    seconds: float = 0.0
    types: list[str] = field(default_factory=list)
    arn: str = ""
    machine: str = ""

    def payloads(self, function_name: str) -> list[Any]:
        return [payload for name, payload in self.sent if name == function_name]


def resolved(settings: Settings, arns: Mapping[str, str]) -> dict[str, Any]:
    """The definition with ARNs in place of what stands for them, as CloudFormation puts them there."""
    text = json.dumps(machine.definition(settings))
    for name, arn in arns.items():
        text = text.replace(f"${{{name}Arn}}", arn)
    found: dict[str, Any] = json.loads(text)
    return found


def arn_of(name: str) -> str:
    return f"arn:aws:lambda:us-east-1:111111111111:function:{name}"


class Stage:
    """The machine on the stand-in, whose functions answer from a script."""

    def __init__(self, cloud: Cloud, settings: Settings = machine.DEFAULT) -> None:
        self.cloud = cloud
        self.sent: list[tuple[str, Any]] = []
        self._answers: dict[str, list[Any]] = {}
        self._asked: dict[str, int] = {}
        arns = {name: function(cloud, name, self._handler(name), timeout=900) for name in machine.functions(settings)}
        definition = json.dumps(resolved(settings, arns))
        self._client = cloud.client("stepfunctions")
        made = self._client.create_state_machine(name="deployer", definition=definition, roleArn=ROLE)
        self.machine = str(made["stateMachineArn"])

    def _handler(self, name: str) -> Any:
        def handler(event: Any, context: Any) -> Any:
            del context
            self.sent.append((name, event))
            row = self._answers[name]
            number = self._asked[name] = self._asked.get(name, -1) + 1
            given = row[min(number, len(row) - 1)]
            if isinstance(given, Raised):
                raise type(given.error, (Exception,), {})(given.message)
            return given

        return handler

    def play(self, answers: Mapping[str, list[Any]], name: str = "e") -> Played:
        self._answers, self._asked, self.sent = {**GOOD, **answers}, {}, []
        started = self._client.start_execution(stateMachineArn=self.machine, name=name, input=json.dumps(BUILD))
        self.cloud.clock.settle()
        return self.played(str(started["executionArn"]))

    def played(self, arn: str) -> Played:
        """What an execution that has ended did."""
        told = self._client.describe_execution(executionArn=arn)
        events = list(self._events(arn))
        entered = [event["stateEnteredEventDetails"]["name"] for event in events if "stateEnteredEventDetails" in event]
        seconds = (told["stopDate"] - told["startDate"]).total_seconds()
        types = [event["type"] for event in events]
        return Played(entered, self.sent, told["status"], told.get("error"), seconds, types, arn, self.machine)

    def _events(self, arn: str) -> Iterable[dict[str, Any]]:
        for page in self._client.get_paginator("get_execution_history").paginate(executionArn=arn):
            yield from page["events"]


# Node


@cache
def node() -> str:
    """The Node that npm installed, for the interpreter needs a newer one than some systems have."""
    found = sorted(NPM.glob("node_modules/node-*/bin/node"))
    return str(found[0]) if found else "node"


def run_in_node(program: str, given: Any) -> Any:
    ran = subprocess.run(
        [node(), str(NPM / program)],
        input=json.dumps(given), env=environment(), capture_output=True, text=True, check=False, timeout=120,
    )  # fmt: skip
    assert ran.returncode == 0, ran.stderr
    return json.loads(ran.stdout)


@dataclass(frozen=True)
class Play:
    """Settings, answers other than good ones, and the execution that plays it."""

    settings: Settings
    answers: Mapping[str, list[Any]]
    execution: str = "arn:aws:states:us-east-1:111111111111:execution:deployer:e"
    machine: str = "arn:aws:states:us-east-1:111111111111:stateMachine:deployer"


def play_in_node(plays: Sequence[Play]) -> list[Played]:
    """The same plays in the other interpreter, where starting an execution is answered like a function."""
    given = [
        {
            "definition": resolved(each.settings, {name: arn_of(name) for name in machine.functions(each.settings)}),
            "input": BUILD,
            "context": {"Execution": {"Id": each.execution}, "StateMachine": {"Id": each.machine}},
            "answers": {name: [_told(answer) for answer in row] for name, row in {**GOOD, **each.answers}.items()}
            | {"ContinueExecution": [{"payload": {"ExecutionArn": "next"}}]},
        }
        for each in plays
    ]
    return [
        Played(told["entered"], [(name, sent) for name, sent in told["sent"]], told["status"], told["error"])
        for told in run_in_node("play_machines.mjs", given)
    ]


def _told(answer: Any) -> dict[str, Any]:
    if isinstance(answer, Raised):
        return {"error": answer.error, "message": answer.message}
    return {"payload": answer}


def judged(definitions: Sequence[Any]) -> list[str]:
    """What asl-validator says against each definition; nothing of a good one."""
    found: list[str] = run_in_node("judge_machines.mjs", list(definitions))
    return found
