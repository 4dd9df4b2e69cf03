"""Values against a template: whatever CloudFormation would refuse is told, with what the template says it takes."""

from __future__ import annotations

from typing import Any

import pytest

from stackgen.deploy.checks import problems
from stackgen.deploy.parameters import ASKED, Source, decide
from stackgen.review.model import Template

EMAIL = r"^[a-z.]+@[a-z.]+$"
DECLARED: dict[str, dict[str, Any]] = {
    "Pattern": {"Type": "String", "AllowedPattern": EMAIL, "ConstraintDescription": "an e-mail address"},
    "Short": {"Type": "String", "MinLength": 3, "MaxLength": "5"},
    "Number": {"Type": "Number", "MinValue": 1, "MaxValue": 10_000},
    "Days": {"Type": "Number", "AllowedValues": [1, 3, 7], "ConstraintDescription": "1, 3 or 7"},
    "Numbers": {"Type": "List<Number>", "MaxValue": 9},
    "Words": {"Type": "CommaDelimitedList", "AllowedPattern": "[a-z]+"},
    "Vpc": {"Type": "AWS::EC2::VPC::Id"},
    "Subnets": {"Type": "List<AWS::EC2::Subnet::Id>"},
    "Secret": {"Type": "String", "NoEcho": "true", "MinLength": 8},
    "Choice": {"Type": "String", "NoEcho": True, "AllowedValues": ["alpha", "beta"]},
}
WRONG: dict[str, tuple[str, str, str]] = {
    "a pattern": ("Pattern", "nope", f"Pattern = 'nope' does not match {EMAIL}\n  expected: an e-mail address"),
    "too short": ("Short", "ab", "Short = 'ab' is shorter than 3 characters"),
    "too long": ("Short", "abcdef", "Short = 'abcdef' is longer than 5 characters"),
    "no number": ("Number", "ten", "Number = 'ten' is not a number"),
    "empty for a number": ("Number", "", "Number = '' is not a number"),
    "below": ("Number", "0", "Number = '0' is below 1"),
    "above": ("Number", "10001", "Number = '10001' is above 10000"),
    "another value": ("Days", "2", "Days = '2' is not one of 1, 3, 7\n  expected: 1, 3 or 7"),
    "a part of a value": ("Days", "", "Days = '' is not one of 1, 3, 7\n  expected: 1, 3 or 7"),
    "one of a list": ("Numbers", "1, 10", "Numbers = '1, 10' is above 9"),
    "a word of a list": ("Words", "a,B", "Words = 'a,B' does not match [a-z]+"),
    "another kind of id": ("Vpc", "subnet-1", "Vpc = 'subnet-1' does not begin with vpc-"),
    "an empty id": ("Vpc", "", "Vpc = '' is empty"),
    "one id of several": ("Subnets", "subnet-1,vpc-1", "Subnets = 'subnet-1,vpc-1' does not begin with subnet-"),
    "a secret": ("Secret", "hunter2", "Secret is shorter than 8 characters"),
    "a secret choice": ("Choice", "gamma", "Choice is not one of its AllowedValues"),
    "a value of 5,000 bytes": ("Pattern", "é" * 2_500, "Pattern = '" + "é" * 59 + "…' is 5,000 bytes long"),
}


def told(values: dict[str, str], declared: dict[str, Any], near: dict[str, str] | None = None) -> list[str]:
    template = Template("shop/shop", "", {"Parameters": declared})
    decided = decide(template, [Source("values.json", values, ASKED, lambda name: ("values.json", len(name)))])
    return [str(each) for each in problems(template, decided, near or {}, "pyproject.toml", "env.prod")]


@pytest.mark.requirement("PP-17", "PP-18", "PP-D34")
@pytest.mark.parametrize(("name", "value", "message"), WRONG.values(), ids=WRONG)
def test_a_value_that_cloudformation_refuses_is_told_where_it_stands(name: str, value: str, message: str) -> None:
    """a wrong value passes, or is refused without its line, or a secret is shown"""
    (found,) = told({name: value}, {name: DECLARED[name]})
    assert found.startswith(f"values.json:{len(name)}: {message}")
    assert len(found.splitlines()) <= 5
    if "NoEcho" in DECLARED[name]:
        assert value not in found
        assert "alpha" not in found


GOOD = {
    "Pattern": ["a@b", "{{resolve:ssm:/mail}}"],
    "Short": ["abc", "abcde"],
    "Number": ["1", "10000", "1e2"],
    "Days": ["7"],
    "Numbers": ["1,9", "1, 9"],
    "Words": ["a", "a, b"],
    "Vpc": ["vpc-1"],
    "Subnets": ["subnet-1,subnet-2"],
    "Secret": ["hunter2hunter2"],
    "Choice": ["beta"],
}


@pytest.mark.parametrize("name", GOOD)
def test_a_value_that_it_takes_passes(name: str) -> None:
    assert all(told({name: value}, {name: DECLARED[name]}) == [] for value in GOOD[name])


def test_everything_that_is_wrong_is_told_at_once() -> None:
    assert len(told({"Number": "0", "Days": "2"}, DECLARED)) == len(DECLARED)


def test_a_missing_value_is_told_with_what_it_must_be_and_what_may_be_meant() -> None:
    (found,) = told({}, {"Pattern": DECLARED["Pattern"]}, {"Patern": "-p", "Other": "-p"})
    assert found == (
        "pyproject.toml: shop/shop needs a value for Pattern\n"
        "  Patern is given by -p; it may be meant\n"
        "  expected: an e-mail address\n"
        "  in [tool.stackgen.env.prod.parameters], in a file of parameters, or -p Pattern=..."
    )
