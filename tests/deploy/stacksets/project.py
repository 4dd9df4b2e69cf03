"""A project with a StackSet, and a stand-in for AWS that it is rolled out into by the real command."""

from __future__ import annotations

import io
import json
import sys
from contextlib import redirect_stderr, redirect_stdout
from typing import TYPE_CHECKING, Any

from stackgen.cli import main
from stackgen.local.cloud import ACCOUNT, REGION
from stackgen.local.virtual import Time
from tests.support import Ran

if TYPE_CHECKING:
    from pathlib import Path

    from stackgen.local.cloud import Cloud

REGIONS = ("us-east-1", "eu-west-1")
ACCOUNTS = ("222222222222", "333333333333", "444444444444")
NAME = "base"
READS = ("Get", "List", "Describe", "Head", "AssumeRole")
"""What the names of operations that change nothing begin with."""

TEMPLATE: dict[str, Any] = {
    "Description": "Where am I?",
    "Parameters": {
        "Size": {"Type": "String", "Default": "1"},
        "Color": {"Type": "String", "Default": "red"},
        "Password": {"Type": "String", "NoEcho": True, "Default": "correct-horse"},
    },
    "Resources": {
        "Where": {
            "Type": "AWS::SSM::Parameter",
            "Properties": {
                "Name": "/base/where",
                "Type": "String",
                "Value": {"Fn::Sub": "${AWS::AccountId} ${AWS::Region} ${Size} ${Color}"},
            },
        }
    },
    "Outputs": {"Name": {"Value": {"Ref": "Where"}}},
}

SETTINGS = """\
[tool.stackgen]
stacks = "stacks"

"""


class Terminal(io.StringIO):
    """Somebody who answers."""

    def isatty(self) -> bool:
        return True


def cells(*groups: tuple[str, str]) -> str:
    """``targets`` of the settings, of groups of accounts and regions, each joined by blanks."""
    tables = [
        f"{{ accounts = {json.dumps(accounts.split())}, regions = {json.dumps(regions.split())} }}"
        for accounts, regions in groups
    ]
    return f"targets = [{', '.join(tables)}]"


class Project:
    """A folder with settings and a build, and the cloud that its commands reach."""

    def __init__(self, root: Path, cloud: Cloud) -> None:
        self.root = root
        self.cloud = cloud
        (root / "stacks").mkdir()
        self.template(TEMPLATE)

    def template(self, content: dict[str, Any], name: str = "base") -> None:
        path = self.root / "build" / "org" / f"{name}.json"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(content, indent=2), encoding="utf-8")

    def sized(self, size: str) -> None:
        """The template with another default."""
        parameters = {**TEMPLATE["Parameters"], "Size": {"Type": "String", "Default": size}}
        self.template({**TEMPLATE, "Parameters": parameters})

    def settings(self, *lines: str, **environments: str) -> None:
        """``[tool.stackgen.stackset.base]`` with these lines, and tables of environments."""
        tables = [f"[tool.stackgen.env.{name}]\n{text}\n" for name, text in environments.items()]
        own = [f"[tool.stackgen.stackset.{NAME}]", 'template = "org/base"', *lines]
        text = SETTINGS + "\n".join([*own, "", *tables])
        (self.root / "pyproject.toml").write_text(text, encoding="utf-8")

    def run(self, *words: str) -> Ran:
        """``python -m stackgen stackset`` with these words, in this process."""
        out, err = io.StringIO(), io.StringIO()
        with redirect_stdout(out), redirect_stderr(err):
            code = main(["stackset", *words])
        return Ran(code, out.getvalue(), err.getvalue())

    def answer(self, text: str, *words: str) -> Ran:
        """The same at a terminal, where somebody types this."""
        before, sys.stdin = sys.stdin, Terminal(text)
        try:
            return self.run(*words)
        finally:
            sys.stdin = before

    def json(self, *words: str) -> dict[str, Any]:
        """What a command says of its only set to programs."""
        ran = self.run(*words, "--format", "json")
        assert ran.out, ran.err
        content: dict[str, Any] = json.loads(ran.out)
        assert content["version"] == 1
        assert content["schema"].startswith("stackgen/stackset-")
        only: dict[str, Any] = content["stack_sets"][0] if "stack_sets" in content else content
        return only

    def apply(self, *words: str) -> Ran:
        return self.run("apply", "--yes", *words)

    @property
    def cloudformation(self) -> Any:
        return self.cloud.client("cloudformation", ACCOUNT, REGION)

    def instances(self, name: str = NAME) -> dict[str, str]:
        """The status of each cell, by ``account/region``, as AWS has it."""
        pages = self.cloudformation.get_paginator("list_stack_instances").paginate(StackSetName=name)
        return {f"{each['Account']}/{each['Region']}": each["Status"] for page in pages for each in page["Summaries"]}

    def value(self, account: str, region: str) -> str:
        """What the stack of a cell has written down."""
        ssm = self.cloud.client("ssm", account, region)
        return str(ssm.get_parameter(Name="/base/where")["Parameter"]["Value"])

    def operations(self, name: str = NAME) -> list[dict[str, Any]]:
        """The operations of the set, the oldest first."""
        found = self.cloudformation.list_stack_set_operations(StackSetName=name)["Summaries"]
        return list(reversed(found))

    def changes(self) -> list[str]:
        """The calls of this account since the last look that are no reads."""
        made = [note.operation for note in self.cloud.gateway.notes if note.account]
        self.cloud.gateway.notes.clear()
        return [each for each in made if not each.startswith(READS)]


class Interrupting(Time):
    """A clock at whose first wait somebody presses Ctrl-C."""

    def __init__(self, project: Project) -> None:
        super().__init__(project.cloud.clock)
        self.sleep = self.interrupt

    def interrupt(self, seconds: float) -> None:
        del seconds
        raise KeyboardInterrupt
