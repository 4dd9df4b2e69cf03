"""Literals against the constraints of the parameter that they are handed to."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stackgen import Parameter
from stackgen.constraints import refusal, text_of
from stackgen.parameter_types import COMMA_DELIMITED_LIST, LIST_OF_NUMBERS, NUMBER, STRING, ParameterType


@pytest.mark.parametrize(
    ("declared", "text", "reason"),
    [
        ({}, "anything", ""),
        ({"Type": "String", "AllowedValues": ["a", "b"]}, "c", "is not one of a, b"),
        ({"AllowedValues": [True, 1]}, "true", ""),
        ({"AllowedValues": list("abcdefghi")}, "x", "is not one of a, b, c, d, e, f, g, h, ..."),
        ({"AllowedPattern": "[a-z]+"}, "a1", "does not match [a-z]+"),
        ({"AllowedPattern": r"\p{Alpha}+"}, "1", ""),
        ({"MinLength": "2"}, "a", "is shorter than 2 characters"),
        ({"MaxLength": 2}, "abc", "is longer than 2 characters"),
        ({"Type": "Number"}, "1.5e3", ""),
        ({"Type": "Number"}, "one", "is not a number"),
        ({"Type": "Number", "MinValue": "3"}, "2", "is below 3"),
        ({"Type": "Number", "MaxValue": 3}, "4", "is above 3"),
        ({"Type": "List<Number>", "MaxValue": 3}, "1, 4", "is above 3"),
        ({"Type": "CommaDelimitedList", "AllowedValues": ["a", "b"]}, "a,b", ""),
        ({"Type": "AWS::EC2::VPC::Id"}, "vpc-1", ""),
        ({"Type": "AWS::EC2::VPC::Id"}, "subnet-1", "does not begin with vpc-"),
        ({"Type": "List<AWS::EC2::Subnet::Id>"}, "subnet-1,vpc-1", "does not begin with subnet-"),
        ({"Type": "AWS::SSM::Parameter::Value<AWS::EC2::Image::Id>"}, "/images/web", ""),
        ({"Type": "Number"}, "{{resolve:ssm:/port}}", ""),
    ],
)
def test_a_refusal_says_why(declared: dict[str, Any], text: str, reason: str) -> None:
    assert refusal(declared, text) == reason


def test_booleans_and_numbers_are_read_as_cloudformation_reads_them() -> None:
    assert [text_of(literal) for literal in (True, False, 1, 1.5, "x")] == ["true", "false", "1", "1.5", "x"]


@st.composite
def parameters(draw: st.DrawFn) -> Parameter[Any]:
    kind: ParameterType[Any] = draw(st.sampled_from([STRING, NUMBER, COMMA_DELIMITED_LIST, LIST_OF_NUMBERS]))
    least, most = draw(st.none() | st.integers(0, 1)), draw(st.none() | st.integers(12, 20))
    constraints: dict[str, Any] = {"allowed_values": draw(st.lists(st.sampled_from(["1", "12", "2"]), max_size=2))}
    if "Number" in kind:
        constraints |= {"min_value": least, "max_value": most}
    else:
        patterns = ["[12]+", "1.*|2"] if constraints["allowed_values"] else ["[ab]*", "[12]+", "a.*"]
        constraints["pattern"] = draw(st.none() | st.sampled_from(patterns))
    if kind == STRING:
        constraints |= {"min_length": least, "max_length": most and most - 10}
    return Parameter(kind, **constraints)


@given(parameters(), st.text("ab12,. -", max_size=5))
def test_the_library_and_the_linter_refuse_the_same(parameter: Parameter[Any], text: str) -> None:
    assert refusal(parameter.as_declaration(), text) == parameter.refusal(text)


def test_a_dynamic_reference_in_a_list_excuses_itself_alone() -> None:
    declared = {"Type": "List<AWS::EC2::Subnet::Id>"}
    assert refusal(declared, "subnet-1,{{resolve:ssm:/x}}") == ""
    assert refusal(declared, "{{resolve:ssm:/x}},vpc-1") == "does not begin with subnet-"
