"""A scratch git repository with a small project whose build has a harmful and a harmless change."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tests.support import Sandbox, environment

_IDENTITY = {
    "GIT_CONFIG_GLOBAL": "/dev/null",
    "GIT_CONFIG_NOSYSTEM": "1",
    **{f"GIT_{who}_{what}": "someone@example.com" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")},
}

PYPROJECT = """\
[tool.stackgen]
stacks = "stacks"

[tool.stackgen.env.dev]
regions = ["us-east-1"]

[tool.stackgen.env.dev.parameters]
Cidr = "10.1.0.0/16"

[tool.stackgen.env.prod]
regions = ["us-east-1", "eu-west-1"]

[tool.stackgen.env.prod.parameters]
Cidr = "10.2.0.0/16"
"""


class Repository(Sandbox):
    """A project under git."""

    def __init__(self, root: Path) -> None:
        super().__init__(root)
        self.git("init", "--quiet", "--initial-branch", "main")

    def git(self, *words: str) -> str:
        """What git answers."""
        done = subprocess.run(
            ["git", *words], cwd=self.root, env=environment(**_IDENTITY), check=True, capture_output=True, text=True
        )
        return done.stdout

    def commit(self, files: Mapping[str, str], tag: str = "") -> Repository:
        """Write files, and commit all there is."""
        self.write(files)
        self.git("add", "--all")
        self.git("commit", "--quiet", "--allow-empty", "--message", tag or "a change")
        if tag:
            self.git("tag", tag)
        return self


def build(resources: Mapping[str, Any], **sections: Any) -> dict[str, str]:
    """The build folder's one template."""
    return {"build/app.json": json.dumps({"Resources": resources, **sections}, indent=2)}


def _made(type_: str, **properties: Any) -> dict[str, Any]:
    return {"Type": type_, "Properties": properties}


def _table(key: str) -> dict[str, Any]:
    return _made("AWS::DynamoDB::Table", KeySchema=[{"AttributeName": key, "KeyType": "HASH"}])


def _group(cidr: str) -> dict[str, Any]:
    rule = {"IpProtocol": "tcp", "FromPort": 22, "ToPort": 22, "CidrIp": cidr}
    return _made("AWS::EC2::SecurityGroup", GroupDescription="g", SecurityGroupIngress=[rule])


VPC = {
    "Parameters": {"Cidr": {"Type": "String"}},
    "Resources": {"Vpc": _made("AWS::EC2::VPC", CidrBlock={"Ref": "Cidr"})},
}
NETWORK = {"build/network.json": json.dumps(VPC, indent=2)}
QUEUE = _made("AWS::SQS::Queue", QueueName="orders")
BASE = build({"Table": _table("a"), "Queue": QUEUE, "Group": _group("10.0.0.0/8"), "Old": {"Type": "AWS::SNS::Topic"}})
HARMFUL = build(
    {
        "Table": _table("b"),
        "Queue": _made("AWS::SQS::Queue", QueueName="orders", FifoQueue=True),
        "Group": _group("0.0.0.0/0"),
    }
)
HARMLESS = build(
    {
        "Table": _table("a"),
        "Queue": _made("AWS::SQS::Queue", QueueName="orders", DelaySeconds=5),
        "Group": _group("10.0.0.0/8"),
        "Old": {"Type": "AWS::SNS::Topic"},
        "New": {"Type": "AWS::SNS::Topic"},
    }
)


def two_changes(root: Path) -> Repository:
    """The tags ``base``, ``harmless`` and ``harmful``, the two changes side by side; ``harmful`` is checked out."""
    repository = Repository(root)
    repository.commit({"pyproject.toml": PYPROJECT, "stacks/__init__.py": "", **BASE, **NETWORK}, "base")
    repository.commit(HARMLESS, "harmless")
    repository.git("checkout", "--quiet", "-b", "harmful-branch", "base")
    return repository.commit(HARMFUL, "harmful")
