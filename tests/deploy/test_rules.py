"""A template's Rules before a deployment: what does not hold is told, and what is not known decides nothing."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from stackgen.deploy.resolving import Wish, resolve
from stackgen.project import Project
from stackgen.review.reading import read_folder

if TYPE_CHECKING:
    from pathlib import Path

SETTINGS = """\
[tool.stackgen]
regions = ["us-east-1"]

[tool.stackgen.env.prod]
parameters = { Email = "", Size = 2, Zones = "a,b", Known = "/name", Secret = "correct-horse" }
"""
PARAMETERS = {
    "Email": {"Type": "String"},
    "Size": {"Type": "Number"},
    "Zones": {"Type": "CommaDelimitedList"},
    "Known": {"Type": "AWS::SSM::Parameter::Value<String>"},
    "Secret": {"Type": "String", "NoEcho": True},
}
EMAIL, SIZE, ZONES, KNOWN = ({"Ref": each} for each in ("Email", "Size", "Zones", "Known"))
NO_EMAIL = {"Fn::Equals": [EMAIL, ""]}


def told(folder: Path, condition: Any, when: Any = None) -> list[str]:
    """What is wrong with the values of a stack with this rule."""
    rule = {"Assertions": [{"Assert": condition, "AssertDescription": "somebody must be told"}]}
    whole = {**rule, **({} if when is None else {"RuleCondition": when})}
    template = {"Parameters": PARAMETERS, "Rules": {"R": whole}, "Resources": {"T": {"Type": "AWS::SNS::Topic"}}}
    (folder / "stacks").mkdir()
    (folder / "build" / "shop").mkdir(parents=True)
    (folder / "build" / "shop" / "shop.json").write_text(json.dumps(template), "utf-8")
    (folder / "pyproject.toml").write_text(SETTINGS, "utf-8")
    (found,) = resolve(Project.find(folder), read_folder(str(folder / "build")), Wish(["shop"], ["prod"]))
    return [str(each) for each in found.problems]


HOLDS: dict[str, Any] = {
    "another value": {"Fn::Not": [{"Fn::Equals": [SIZE, "3"]}]},
    "one of a list": {"Fn::Contains": [["1", "2"], SIZE]},
    "each of a list": {"Fn::EachMemberIn": [ZONES, ["a", "b", "c"]]},
    "all the same": {"Fn::EachMemberEquals": [["x", "x"], "x"]},
    "the region": {"Fn::Equals": [{"Ref": "AWS::Region"}, "us-east-1"]},
    "one of two": {"Fn::Or": [{"Fn::Equals": [SIZE, "9"]}, NO_EMAIL]},
    "what Parameter Store holds": {"Fn::Equals": [KNOWN, "x"]},
    "an account that nobody said": {"Fn::Equals": [{"Ref": "AWS::AccountId"}, "1"]},
    "what AWS alone knows": {"Fn::EachMemberIn": [{"Fn::ValueOfAll": ["AWS::EC2::Subnet::Id", "VpcId"]}, ["x"]]},
    "one unknown of two that both must hold": {"Fn::And": [{"Fn::Equals": [KNOWN, "x"]}, NO_EMAIL]},
}


@pytest.mark.parametrize("condition", HOLDS.values(), ids=HOLDS)
def test_a_rule_that_holds_or_is_not_known_is_passed_over(tmp_path: Path, condition: Any) -> None:
    assert told(tmp_path, condition) == []


BROKEN: dict[str, Any] = {
    "no value": {"Fn::Not": [NO_EMAIL]},
    "none of a list": {"Fn::Contains": [["1", "3"], SIZE]},
    "one of a list is not in it": {"Fn::EachMemberIn": [ZONES, ["a"]]},
    "one is another": {"Fn::EachMemberEquals": [ZONES, "a"]},
    "one of two that both must hold": {"Fn::And": [{"Fn::Equals": [KNOWN, "x"]}, {"Fn::Not": [NO_EMAIL]}]},
    "neither of two": {"Fn::Or": [{"Fn::Equals": [SIZE, "9"]}, {"Fn::Not": [NO_EMAIL]}]},
}


@pytest.mark.parametrize("condition", BROKEN.values(), ids=BROKEN)
def test_a_rule_that_does_not_hold_is_told_in_its_own_words(tmp_path: Path, condition: Any) -> None:
    (problem,) = told(tmp_path, condition)
    assert "shop/shop: somebody must be told\n" in problem
    assert "[tool.stackgen.env.prod.parameters]" in problem


def test_a_rule_of_another_case_says_nothing(tmp_path: Path) -> None:
    assert told(tmp_path, {"Fn::Not": [NO_EMAIL]}, {"Fn::Equals": [SIZE, "3"]}) == []


def test_no_value_of_a_secret_is_told(tmp_path: Path) -> None:
    (problem,) = told(tmp_path, {"Fn::Equals": [{"Ref": "Secret"}, "x"]})
    assert "correct-horse" not in problem
