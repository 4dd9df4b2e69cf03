"""What each command loads, in a process of its own: a light command must stay light."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from tests.support import PYPROJECT, environment

if TYPE_CHECKING:
    from tests.support import Sandbox

HEAVY = {
    "argparse", "awacs", "boto3", "botocore", "cfn_flip", "cfnlint", "dataclasses", "hashlib", "inspect", "json",
    "ministack", "moto", "pathlib", "re", "rich", "subprocess", "tomllib", "traceback", "troposphere", "typing", "yaml",
}  # fmt: skip
"""Modules that a command may load only if the table says so."""

PLAIN = {"argparse", "dataclasses", "hashlib", "inspect", "json", "pathlib", "re", "tomllib", "traceback", "typing"}
BUILDING = {*PLAIN, "troposphere", "awacs", "cfn_flip", "yaml", "subprocess"}

COMMANDS: dict[str, tuple[list[str], set[str]]] = {
    "help": (["--help"], set()),
    "no command": ([], set()),
    "the version": (["--version"], set()),
    "an unchanged build": (["build"], set()),
    "an unchanged quiet build": (["build", "-q", "--ci"], set()),
    "an unknown command": (["biuld"], {"re"}),
    "an unknown option": (["--nonsense"], {"re"}),
    "a missing value": (["build", "--format"], set()),
    "a command's help": (["build", "--help"], PLAIN),
    "a wrong flag of a command": (["build", "--nonsense"], PLAIN),
    "the help of local": (["local", "--help"], PLAIN),
    "a wrong fault of local": (["local", "--fault", "s3:GetObject=break"], PLAIN),
    "a wrong region of local": (["local", "-r", "mars"], PLAIN),
    "the help of multi": (["multi", "--help"], PLAIN),
    "the help of a word of multi": (["multi", "targets", "set", "--help"], PLAIN),
    "a wrong word of multi": (["multi", "stauts"], PLAIN),
    "the help of artifacts": (["artifacts", "delete", "--help"], PLAIN),
    "the help of backup": (["backup", "--help"], PLAIN),
    "the help of rollback": (["rollback", "--help"], PLAIN),
    "the help of destroy": (["destroy", "--help"], PLAIN),
    "the help of stackset": (["stackset", "--help"], PLAIN),
    "the help of a word of stackset": (["stackset", "plan", "--help"], PLAIN),
    "a wrong word of stackset": (["stackset", "plna"], PLAIN),
    "the help of images": (["images", "--help"], PLAIN),
    "the help of a word of images": (["images", "push", "--help"], PLAIN),
    "the help of secrets": (["secrets", "--help"], PLAIN),
    "the help of a word of secrets": (["secrets", "rotate", "--help"], PLAIN),
    "a wrong word of secrets": (["secrets", "rotat"], PLAIN),
    "the help of env": (["env", "--help"], PLAIN),
    "the help of a word of env": (["env", "reap", "--help"], PLAIN),
    "a wrong word of env": (["env", "lsit"], PLAIN),
    "the help of deploy": (["deploy", "--help"], PLAIN),
    "the help of events": (["events", "--help"], PLAIN),
    "the help of diagnose": (["diagnose", "--help"], PLAIN),
    "the help of drift": (["drift", "--help"], PLAIN),
    "the help of outputs": (["outputs", "--help"], PLAIN),
    "the help of status": (["status", "--help"], PLAIN),
    "the help of snapshots": (["snapshots", "prune", "--help"], PLAIN),
    "a wrong age of snapshots": (["snapshots", "prune", "--older-than", "30"], PLAIN),
    "the help of verify": (["verify", "--help"], PLAIN),
    "the help of params": (["params", "validate", "--help"], PLAIN),
    "a wrong word of config": (["config", "shwo"], PLAIN),
    "the parameters of an environment": (["params", "validate", "dev", "--offline"], PLAIN),
    "a file of parameters": (["params", "validate", "dev.json", "--offline"], PLAIN),
    "what holds": (["config", "show", "--origin"], PLAIN),
    "a build that checks": (["build", "--check"], BUILDING),
    "a list": (["list"], BUILDING),
    "a diff of two folders": (["diff", "build", "build", "--format", "json"], set()),
    "the impact of two folders": (["impact", "build", "build"], {"json", "re", "tomllib", "typing"}),
    "a picture": (["graph"], PLAIN),
    "the minutes": (["time"], PLAIN),
    "the help of what was measured": (["time", "--measure", "--help"], PLAIN),
    "the cost": (["cost"], PLAIN),
    "the permissions": (["permissions"], PLAIN),
    "the report of two folders": (["report", "build", "build"], PLAIN),
    "an explanation": (["explain", "V201"], PLAIN),
}

ENVIRONMENT = """
[tool.stackgen.env.dev.parameters]
TemplatesBucketName = "templates"
[tool.stackgen.stack.shop]
parameter_files = "{env}.json"
"""

PROGRAM = """\
import sys
sys.modules.pop("stackgen", None)
before = set(sys.modules)
from stackgen.cli import main
try:
    main(sys.argv[1:])
finally:
    print("LOADED", *sorted(set(sys.modules) - before), file=sys.stderr)
"""


def loaded(sandbox: Sandbox, words: list[str]) -> set[str]:
    return {name.split(".")[0] for name in modules_of(sandbox, words)}


def modules_of(sandbox: Sandbox, words: list[str]) -> set[str]:
    command = [sys.executable, "-I", "-X", "frozen_modules=off", "-c", PROGRAM, *words]
    command.remove("-I")
    ran = subprocess.run(
        command, cwd=sandbox.root, env=environment(), capture_output=True, text=True, check=False, timeout=60
    )
    last = ran.stderr.splitlines()[-1].split()
    assert last[0] == "LOADED", ran.stderr
    return set(last[1:])


@pytest.mark.parametrize(("words", "allowed"), COMMANDS.values(), ids=COMMANDS)
def test_a_command_loads_only_what_it_may(shop: Sandbox, words: list[str], allowed: set[str]) -> None:
    if {"config", "params"} & set(words):
        shop.write({"pyproject.toml": PYPROJECT + ENVIRONMENT, "dev.json": "{}"})
    shop.run("build")
    found = loaded(shop, words)
    assert "stackgen" in found
    assert found & HEAVY <= allowed


def test_the_unchanged_build_loads_three_modules_of_ours_and_a_hash(shop: Sandbox) -> None:
    shop.run("build")
    found = {name for name in loaded(shop, ["build"]) if not name.startswith("_")}
    assert found == {"stackgen"}


REVIEWS = {"diff": 24, "impact": 70}
"""How many modules of ours each review of two equal folders may load, told as JSON."""


@pytest.mark.parametrize(("command", "most"), REVIEWS.items(), ids=REVIEWS)
def test_a_review_loads_little_and_parses_settings_once(shop: Sandbox, command: str, most: int) -> None:
    shop.run("build")
    words = [command, "build", "build", "--format", "json"]
    shop.run(*words)
    found = modules_of(shop, words)
    assert not found & HEAVY
    assert len([name for name in found if name.startswith("stackgen")]) <= most


@pytest.mark.parametrize("words", [["build"], ["list"]])
def test_building_never_loads_aws_the_linter_or_rich(shop: Sandbox, words: list[str]) -> None:
    found = loaded(shop, words)
    assert "troposphere" in found
    assert not found & {"boto3", "botocore", "cfnlint", "rich", "pytest", "hypothesis"}


FACE = {
    "import stackgen": set(),
    "import stackgen; stackgen.__version__; dir(stackgen)": set(),
    "import stackgen; stackgen.Stack": {"troposphere", "awacs"},  # troposphere looks for awacs itself
    "from stackgen import allow": {"troposphere", "awacs"},
    "import stackgen.errors, stackgen.limits, stackgen.parameter_types, stackgen.project": set(),
}


@pytest.mark.parametrize(("code", "expected"), FACE.items(), ids=FACE)
def test_the_library_loads_troposphere_when_it_is_needed(code: str, expected: set[str]) -> None:
    program = f"import sys\n{code}\nprint(*{{name.split('.')[0] for name in sys.modules}})"
    out = subprocess.check_output([sys.executable, "-c", program], env=environment(), text=True)
    assert set(out.split()) & {"troposphere", "awacs", "boto3", "cfnlint"} == expected
