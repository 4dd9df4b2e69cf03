"""The states of AWS in which guides begin, each made real in a stand-in, with the project as a checkout has it."""

from __future__ import annotations

import json
import shutil
import subprocess
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from stackgen.local.faults import Fail
from stackgen.local.rehearsal.serving import Pace, Stopping
from tests.support import ROOT, credentials

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import ExitStack
    from pathlib import Path

    from stackgen.local.cloud import Cloud
    from stackgen.local.wire import Call
    from tests.support import Sandbox

ACCOUNT, REGION = "111111111111", "us-east-1"
STACK, TABLE = "plot-palette-development", "plot-palette-Jobs-development"
STORAGE, TIERED = "stacks/plot_palette/storage.py", ("DAYS_UNTIL_TIERED = 30", "DAYS_UNTIL_TIERED = 31")
"""A class, and a change of it that updates a bucket."""
JOBS = 10
SECONDS_OF_A_RESOURCE = 20
_PARTS = ("stacks", "build", "pyproject.toml", "docs")


def checkout(sandbox: Sandbox, cloud: Cloud) -> None:
    """This repository's project in the sandbox's folder, as a commit, and credentials of the stand-in's account."""
    for part in _PARTS:
        source = ROOT / part
        if source.is_dir():
            shutil.copytree(source, sandbox.root / part, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(source, sandbox.root / part)
    _git(sandbox.root, "init", "-q")
    commit(sandbox.root, "The project")
    sandbox.always |= credentials(cloud.url, ACCOUNT, sandbox.root)


def commit(folder: Path, message: str) -> None:
    """Commit all that is in a folder."""
    _git(folder, "add", "-A")
    _git(folder, "-c", "user.name=a", "-c", "user.email=a@example.com", "commit", "-qm", message)


def _git(folder: Path, *words: str) -> None:
    subprocess.run(["git", "-C", str(folder), *words], check=True, capture_output=True)


def configure(folder: Path, settings: str) -> None:
    """Write settings into the table that their first line names, which must be there."""
    table, _, lines = settings.partition("\n")
    path = folder / "pyproject.toml"
    text = path.read_text("utf-8")
    assert f"\n{table}\n" in text, f"there is no table {table}"
    path.write_text(text.replace(f"\n{table}\n", f"\n{table}\n{lines}"), "utf-8")


@dataclass(frozen=True, slots=True)
class Stage:
    """Where a guide is walked: a checkout, an AWS, and what ends with the walk."""

    sandbox: Sandbox
    cloud: Cloud
    closing: ExitStack

    def deploys(self, *words: str, code: int = 0) -> None:
        """What leads to a state must itself end as it should."""
        self.run("deploy", "-e", "development", "--yes", *words, code=code)

    def run(self, *words: str, code: int = 0) -> None:
        ran = self.sandbox.run(*words)
        assert ran.code == code, ran.out + ran.err

    def fails(self, calls: str, code: str, reason: str, **how: Any) -> None:
        """Let AWS refuse something, once where *how* says nothing else."""
        self.cloud.faults.add(calls, Fail(code, reason), **how)

    def client(self, service: str) -> Any:
        return self.cloud.client(service, account=ACCOUNT, region=REGION)

    def changes(self, path: str, old: str, new: str) -> None:
        """Change a class and build it."""
        file = self.sandbox.root / path
        text = file.read_text("utf-8")
        assert old in text, f"{path} has no {old!r}"
        file.write_text(text.replace(old, new), "utf-8")
        self.run("build")


def _fresh(stage: Stage) -> None:
    del stage


def _development(stage: Stage) -> None:
    stage.deploys()


def _failed_at_first(stage: Stage) -> None:
    reason = "The role defined for the function cannot be assumed by Lambda. (Service: Lambda, Status Code: 400)"
    stage.fails("create:AWS::Lambda::Function", "InvalidRequest", reason)
    stage.deploys(code=5)


def _failed_below(stage: Stage) -> None:
    stage.deploys()
    stage.fails("update:AWS::S3::Bucket", "AccessDenied", "Access Denied (Service: S3, Status Code: 403)")
    stage.changes(STORAGE, *TIERED)
    stage.deploys(code=5)


def _retained(stage: Stage) -> None:
    stage.deploys()
    stage.run("destroy", "-e", "development", "--yes")


def _no_room(stage: Stage) -> None:
    reason = "The maximum number of VPCs has been reached. (Service: Ec2, Status Code: 400)"
    stage.fails("create:AWS::EC2::VPC", "GeneralServiceException", reason)
    stage.deploys(code=5)


def _stuck(stage: Stage) -> None:
    """A bucket was updated, a log group was not, and the bucket cannot be set back."""
    stage.deploys()
    stage.fails("update:AWS::Logs::LogGroup", "InternalFailure", "Service is unavailable (Service: CloudWatchLogs)")

    def is_back(call: Call) -> bool:
        return "31" not in json.dumps(call.parameters["Properties"]["LifecycleConfiguration"])

    reason = "Access Denied (Service: S3, Status Code: 403)"
    stage.fails("update:AWS::S3::Bucket", "AccessDenied", reason, times=None, when=is_back)
    stage.changes(STORAGE, *TIERED)
    stage.deploys("-p", "LogRetentionDays=3", code=6)


def _running(stage: Stage) -> None:
    """A deployment was cut off, and CloudFormation goes on."""
    stage.deploys()
    stage.cloud.formation.operations.steps.durations["*"] = SECONDS_OF_A_RESOURCE
    process = stage.sandbox.start("deploy", "-e", "development", "-p", "LogRetentionDays=3", "--yes")
    stacks = stage.client("cloudformation")
    deadline = time.monotonic() + 60
    while stacks.describe_stacks(StackName=STACK)["Stacks"][0]["StackStatus"] != "UPDATE_IN_PROGRESS":
        assert time.monotonic() < deadline, "the update did not begin"
        time.sleep(0.05)
    process.kill()
    process.communicate()
    stage.closing.enter_context(Pace(stage.cloud.clock, 60.0, Stopping()))


def _with_jobs(stage: Stage) -> None:
    stage.deploys()
    for number in range(JOBS):
        job = {"job_id": {"S": f"job-{number:03}"}, "user_id": {"S": "a-user"}, "created_at": {"S": "2026-11-29"}}
        stage.client("dynamodb").put_item(TableName=TABLE, Item=job)


def _lost(stage: Stage) -> None:
    _with_jobs(stage)
    stage.run("backup", "-e", "development")
    for number in range(0, JOBS, 2):
        stage.client("dynamodb").delete_item(TableName=TABLE, Key={"job_id": {"S": f"job-{number:03}"}})


def _bad_update(stage: Stage) -> None:
    stage.deploys()
    stage.changes(STORAGE, *TIERED)
    commit(stage.sandbox.root, "Objects are tiered a day later")
    stage.deploys()


PLACES: dict[str, Callable[[Stage], None]] = {
    "a fresh account": _fresh,
    "a rollback is stuck": _stuck,
    "an update failed in a nested stack": _failed_below,
    "an update runs": _running,
    "an update was bad": _bad_update,
    "development has jobs": _with_jobs,
    "development is deployed": _development,
    "development was deleted": _retained,
    "jobs were lost after a backup": _lost,
    "models are missing": _fresh,
    "no room for a VPC": _no_room,
    "tables of an earlier stack are there": _retained,
    "the first deployment failed": _failed_at_first,
}
"""How each state comes about."""
