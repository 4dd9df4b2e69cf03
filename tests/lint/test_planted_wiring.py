"""Wrong wiring in this repository's own templates is found, each kind by its rule."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from stackgen.lint.built import read_build
from stackgen.lint.contracts import check_contracts
from stackgen.lint.finding import BuiltTemplate, Finding
from stackgen.lint.runner import Linter
from tests.lint.kit import copy_of_build

PARENT = "tap/TapStack"


class Planted:
    """A copy of the build folder, to be spoilt and linted."""

    def __init__(self, build: Path) -> None:
        self.build = build
        self.content: dict[str, Any] = json.loads(self.path(PARENT).read_text("utf-8"))

    def path(self, name: str) -> Path:
        return self.build / f"{name}.json"

    def arguments(self, child: str) -> dict[str, Any]:
        found: dict[str, Any] = self.content["Resources"][child]["Properties"]["Parameters"]
        return found

    def findings(self) -> list[Finding]:
        self.path(PARENT).write_text(json.dumps(self.content, indent=2), "utf-8")
        templates: dict[str, BuiltTemplate] = {each.name: each for each in read_build(self.build)}
        parent, linter = templates[PARENT], Linter(["us-east-1"], self.build.parent, self.build)
        return [*linter.across(parent, templates), *check_contracts(parent, templates, linter.attribute)]


@pytest.fixture
def planted(tmp_path: Path) -> Planted:
    return Planted(copy_of_build(tmp_path / "project"))


def missing_parameter(planted: Planted) -> None:
    del planted.arguments("Compute")["PrivateSubnetIds"]


def unknown_parameter(planted: Planted) -> None:
    planted.arguments("Compute")["PrivateSubnetsIds"] = "subnet-1"


def missing_output(planted: Planted) -> None:
    planted.arguments("Compute")["PrivateSubnetIds"] = {"Fn::GetAtt": ["Network", "Outputs.PrivateSubnetId"]}


def dropped_output(planted: Planted) -> None:
    path = planted.path("tap/network-stack")
    child = json.loads(path.read_text("utf-8"))
    del child["Outputs"]["PrivateSubnetIds"]
    path.write_text(json.dumps(child, indent=2), "utf-8")


def group_for_subnets(planted: Planted) -> None:
    planted.arguments("Compute")["PrivateSubnetIds"] = {"Fn::GetAtt": ["Network", "Outputs.LambdaSecurityGroupId"]}


def subnets_for_group(planted: Planted) -> None:
    planted.arguments("Compute")["LambdaSecurityGroupId"] = {"Fn::GetAtt": ["Network", "Outputs.PrivateSubnetIds"]}


def text_for_number(planted: Planted) -> None:
    planted.arguments("Network")["LogRetentionDays"] = "thirty"


def suffix_for_group(planted: Planted) -> None:
    planted.arguments("Compute")["LambdaSecurityGroupId"] = {"Ref": "EnvironmentSuffix"}


def missing_child(planted: Planted) -> None:
    planted.path("tap/network-stack").unlink()


def test_nothing_is_found_where_nothing_is_planted(planted: Planted) -> None:
    assert planted.findings() == []


@pytest.mark.parametrize(
    ("plant", "rule", "place"),
    [
        (missing_parameter, "E3043", ("Compute", "Properties", "Parameters")),
        (unknown_parameter, "E3043", ("Compute", "Properties", "Parameters", "PrivateSubnetsIds")),
        (missing_output, "E1010", ("Compute", "Properties", "Parameters", "PrivateSubnetIds", "Fn::GetAtt", "1")),
        (dropped_output, "E1010", ("Compute", "Properties", "Parameters", "PrivateSubnetIds", "Fn::GetAtt", "1")),
        (group_for_subnets, "E9117", ("Compute", "Properties", "Parameters", "PrivateSubnetIds")),
        (subnets_for_group, "E9117", ("Compute", "Properties", "Parameters", "LambdaSecurityGroupId")),
        (text_for_number, "E9117", ("Network", "Properties", "Parameters", "LogRetentionDays")),
        (suffix_for_group, "E9117", ("Compute", "Properties", "Parameters", "LambdaSecurityGroupId")),
        (missing_child, "E9117", ("Network", "Properties", "TemplateURL")),
    ],
)
def test_a_planted_mistake_is_found(
    planted: Planted, plant: Callable[[Planted], None], rule: str, place: tuple[str, ...]
) -> None:
    plant(planted)
    found = planted.findings()
    assert (rule, ("Resources", *place)) in [(each.rule, each.path) for each in found]
    lines = planted.path(PARENT).read_text("utf-8").splitlines()
    name = next(part for part in reversed(place) if part not in ("1", "Fn::GetAtt"))
    first = next(each for each in found if each.path == ("Resources", *place))
    assert any(f'"{name}"' in line for line in lines[first.line - 4 : first.line])


def test_the_command_fails_on_them(planted: Planted, capsys: pytest.CaptureFixture[str]) -> None:
    from stackgen.cli import main

    missing_parameter(planted)
    planted.findings()
    config = planted.build.parent / "pyproject.toml"
    assert main(["lint", "-q", "--config", str(config), "-r", "us-east-1", "TapStack"]) == 4
    assert 'E3043 Nested stack template parameter "PrivateSubnetIds" is not specified' in capsys.readouterr().out
