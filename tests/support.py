"""What tests of the command line share: a small project in a folder, and the real program run in it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping

ROOT = Path(__file__).parents[1]

PYPROJECT = '[tool.stackgen]\nstacks = "stacks"\n'

IMPORTS = """\
from troposphere import Equals, GetAtt, If, Ref, Sub, Tags, ec2, sqs
from stackgen import Attributes, Condition, FromParent, Output, Parameter, Stack, nested
from stackgen.parameter_types import *
"""

QUEUE = (
    IMPORTS
    + '''

class QueueStack(Stack):
    """A queue."""

    system = "shop"
    file = "queue"
    DelaySeconds: Parameter = Parameter(default="5", pattern="[0-9]{1,3}")
    QueueUrl = Output()

    def build(self):
        self.QueueUrl = self.add(sqs.Queue("Queue", DelaySeconds=self.DelaySeconds)).ref()
'''
)

SHOP = (
    QUEUE
    + '''

class NetworkStack(Stack):
    """A network."""

    system = "shop"
    file = "network"
    CidrBlock: Parameter = Parameter(default="10.0.0.0/16")
    VpcId = Output(VPC_ID)

    def build(self):
        self.VpcId = self.add(ec2.VPC("Vpc", CidrBlock=self.CidrBlock, Tags=Tags(b="2", a="1"))).ref()


class ShopStack(Stack):
    """A network and two queues."""

    system = "shop"
    file = "shop"
    artifact_bucket = "${TemplatesBucketName}"
    TemplatesBucketName: Parameter = Parameter(max_length=63)
    Network = nested(NetworkStack, CidrBlock="10.1.0.0/16")
    Orders = nested(QueueStack, DelaySeconds=10)
    Returns = nested(QueueStack)
    VpcId = Output(value=Network.VpcId)
'''
)

_OURS = ("CI", "COLUMNS", "FORCE_COLOR", "GITHUB_", "LC_", "NO_COLOR", "PYTEST", "PYTHON", "STACKGEN_")


class Ran(NamedTuple):
    """What one run of the program left behind."""

    code: int
    out: str
    err: str


def environment(**changes: str) -> dict[str, str]:
    """This process's environment without what changes the program's behaviour, but for ``changes``."""
    path = {"PYTHONPATH": os.environ["PYTHONPATH"]} if "PYTHONPATH" in os.environ else {}
    plain = {name: value for name, value in os.environ.items() if not name.startswith(_OURS)}
    return {**plain, **path, **changes}


def credentials(url: str, account: str, folder: Path) -> dict[str, str]:
    """The variables that point boto3 at a stand-in for AWS in an account, and at nothing of this machine."""
    return {
        "AWS_ENDPOINT_URL": url,
        "AWS_ACCESS_KEY_ID": account,
        "AWS_SECRET_ACCESS_KEY": "local",
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_CONFIG_FILE": str(folder / "config"),
        "AWS_SHARED_CREDENTIALS_FILE": str(folder / "credentials"),
    }


class Sandbox:
    """A project in a folder of its own."""

    def __init__(self, root: Path, python: tuple[str, ...] = (sys.executable,), path: str | None = None) -> None:
        self.root = root
        self.python = python
        self.always = {} if path is None else {"PYTHONPATH": path}
        root.mkdir(parents=True, exist_ok=True)

    def write(self, files: Mapping[str, str]) -> Sandbox:
        """Write texts below the root."""
        for name, text in files.items():
            path = self.root / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        return self

    def command(self, *arguments: str) -> list[str]:
        """The program with these arguments."""
        return [*self.python, "-m", "stackgen", *arguments]

    def run(self, *arguments: str, cwd: Path | None = None, **changes: str) -> Ran:
        """Run the program and wait for it."""
        done = subprocess.run(
            self.command(*arguments),
            cwd=cwd or self.root,
            env=environment(**self.always, **changes),
            capture_output=True,
            text=True,
            encoding="utf-8",
            check=False,
            timeout=120,
        )
        return Ran(done.returncode, done.stdout, done.stderr)

    def start(self, *arguments: str) -> subprocess.Popen[str]:
        """Start the program, to be interrupted; SIGINT does what it does in a terminal."""
        return subprocess.Popen(
            self.command(*arguments),
            cwd=self.root,
            env=environment(**self.always),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),  # noqa: PLW1509  no threads here
        )

    def contents(self, folder: str = ".") -> dict[str, bytes]:
        """Every file below a folder of the project, but for Python's bytecode."""
        return {name: path.read_bytes() for name, path in self._files(folder)}

    def times(self, folder: str = ".") -> dict[str, int]:
        """When each of these files was written."""
        return {name: path.stat().st_mtime_ns for name, path in self._files(folder)}

    def _files(self, folder: str) -> list[tuple[str, Path]]:
        start = self.root / folder
        return [
            (path.relative_to(start).as_posix(), path)
            for path in sorted(start.rglob("*"))
            if path.is_file() and "__pycache__" not in path.parts
        ]
