"""The README of TapStack: what it tells to type is typed, and did what it is for; its picture is what is built."""

from __future__ import annotations

import json
import re
import shlex
import subprocess
import sys
import tomllib
from typing import TYPE_CHECKING, Any

import pytest

from stackgen.deployer.handlers import moments
from stackgen.local.virtual import Time, given
from tests.guides.aws_cli import aws
from tests.guides.reading import Walk, walks
from tests.local.tapstack import BUILT, REGIONS
from tests.support import ROOT

from .operated import Operated, inventory, prepared
from .steps import STEPS, judged
from .test_from_nothing_to_nothing import left

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

README = ROOT / "stacks" / "tap" / "README.md"
TEXT = README.read_text("utf-8")
OURS = ["python", "-m", "stackgen"]
WALKS = walks(README)


def _empty(operated: Operated) -> None:
    del operated


def _prepared(operated: Operated) -> None:
    prepared(operated, *REGIONS)


PLACES = {"an empty account": _empty, "everything but the root is there": _prepared}


@pytest.mark.requirement("TAP-46", "TAP-47")
@pytest.mark.parametrize("walk", WALKS, ids=lambda walk: walk.heading)
def test_what_the_readme_says_to_type_does_what_it_says(walk: Walk, operated: Operated) -> None:
    """a command of the README is wrong, out of order, or ends well and has not done what it is there for"""
    PLACES[walk.where](operated)
    for settings in (block.settings for block in walk.blocks if block.settings):
        assert_holds(tomllib.loads(settings), tomllib.loads((operated.root / "pyproject.toml").read_text("utf-8")))
    before = inventory(operated)
    for command in (command for block in walk.blocks for command in block.commands):
        said = typed(command, operated)
        judged(command.removeprefix("python -m "), said, operated)
    assert left(operated) == before


def test_nothing_is_said_of_a_command_that_the_readme_has_no_more() -> None:
    typed_ones = [line.removeprefix("python -m ") for walk in WALKS for each in walk.blocks for line in each.commands]
    assert [step.words for step in STEPS if not any(line.startswith(step.words) for line in typed_ones)] == []


def typed(command: str, operated: Operated) -> str:
    """What a command says; the real one, but for the two that would need Docker and another password than the
    database's."""
    words = shlex.split(command)
    if words[0] == "aws":
        return aws(words[1:], operated.cloud)
    assert words[:3] == OURS, command
    words, answer = words[3:], ""
    if words[:2] == ["images", "push"]:
        for region in REGIONS:
            operated.tap.push_images(region)
        words = [*words, "--check"]
    if words[:2] == ["secrets", "put"]:
        (password,) = {each.server.password for each in operated.databases.values()}
        words, answer = [*words, "--from-stdin"], f"{password}\n"
    if words[0] == "stackset":
        with given(moments, time=Time(operated.cloud.clock)):
            ran = operated.type(*words)
    else:
        with operated.time_goes_on():
            ran = operated.type(*words, answer=answer)
    assert ran.code == 0, f"{command}\n{ran.out}{ran.err}"
    if ("TapStack" in words and words[0] == "deploy") or words[:2] == ["stackset", "apply"]:
        for region in REGIONS:
            operated.join(region)
    return ran.out + ran.err


def assert_holds(wanted: Mapping[str, Any], found: Mapping[str, Any]) -> None:
    for key, value in wanted.items():
        if isinstance(value, dict):
            assert_holds(value, found[key])
        else:
            assert found[key] == value, key


@pytest.mark.requirement("TAP-46")
def test_the_picture_is_what_graph_draws() -> None:
    """a box or an arrow of the picture is not there any more"""
    drawn = subprocess.run(
        [sys.executable, "-m", "stackgen", "graph", "TapStack", "--depth", "1"],
        cwd=ROOT, capture_output=True, text=True, check=True,
    )  # fmt: skip
    shown = re.search(r"<!-- picture: begin[^\n]*-->\n```mermaid\n(.*?)```\n<!-- picture: end -->", TEXT, re.DOTALL)
    assert shown is not None
    assert shown[1] == drawn.stdout


@pytest.mark.requirement("TAP-20", "TAP-21")
def test_the_readme_names_every_switch_its_default_and_all_that_it_deletes() -> None:
    """somebody flips a switch and loses what nobody told"""
    rows = {}
    for row in re.findall(r"^\| `(Enable\w+)` \| (\w+) \| ([^|]+) \|", TEXT, re.MULTILINE):
        rows[row[0]] = (row[1], set(re.findall(r"`([\w/]+)`", row[2])))
    root = json.loads((BUILT / "TapStack.json").read_text("utf-8"))["Parameters"]
    switches = {name for name, said in root.items() if said.get("AllowedValues") == ["true", "false"]}
    assert rows.keys() == switches
    for name, (default, resources) in rows.items():
        assert root[name]["Default"] == default
        assert resources == set(_flipped(name))


def _flipped(switch: str) -> Iterator[str]:
    """The resources of the children of the root whose condition asks for a switch, itself or through others."""
    for name in ("compute", "database", "migration", "network", "security", "storage"):
        content = json.loads((BUILT / f"{name}-stack.json").read_text("utf-8"))
        conditions = content.get("Conditions", {})
        for logical_id, resource in content["Resources"].items():
            if "Condition" in resource and switch in _asked(resource["Condition"], conditions):
                yield f"{name}/{logical_id}"


def _asked(condition: str, conditions: Mapping[str, Any]) -> set[str]:
    text = json.dumps(conditions[condition])
    found = set(re.findall(r'"Ref": "(\w+)"', text))
    for other in re.findall(r'"Condition": "(\w+)"', text):
        found |= _asked(other, conditions)
    return found
