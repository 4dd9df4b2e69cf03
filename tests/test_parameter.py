"""Parameters: constraints are checked where they are written, literals become texts."""

from __future__ import annotations

import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from troposphere import Ref, Sub

from stackgen import FromParent, Parameter
from stackgen.errors import LimitError, ParameterError
from stackgen.parameter import CONSTRAINTS, suits
from stackgen.parameter_types import (
    COMMA_DELIMITED_LIST,
    LIST_OF_NUMBERS,
    LIST_OF_SUBNET_IDS,
    NUMBER,
    PARAMETER_TYPES,
    STRING,
    VPC_ID,
    ssm_value,
)

DEFAULTS: list[tuple[Any, dict[str, Any], str]] = [
    (STRING, {"default": "a"}, "a"),
    (STRING, {"default": ""}, ""),
    (STRING, {"default": False}, "false"),
    (STRING, {"default": 0}, "0"),
    (NUMBER, {"default": -1.5, "min_value": -2}, "-1.5"),
    (NUMBER, {"default": "1e3"}, "1e3"),
    (COMMA_DELIMITED_LIST, {"default": ["a", 1, True]}, "a,1,true"),
    (COMMA_DELIMITED_LIST, {"default": "a, b", "allowed_values": ["a", "b"]}, "a, b"),
    (LIST_OF_NUMBERS, {"default": (1, 2), "max_value": 2}, "1,2"),
    (LIST_OF_SUBNET_IDS, {"default": ["subnet-1"]}, "subnet-1"),
    (ssm_value(COMMA_DELIMITED_LIST), {"default": "/a,b"}, "/a,b"),
    (STRING, {"default": FromParent("a")}, "a"),
]


@pytest.mark.parametrize(("kind", "options", "text"), DEFAULTS)
def test_a_default_is_written_as_text(kind: Any, options: dict[str, Any], text: str) -> None:
    parameter = Parameter(kind, **options)
    assert parameter.default == text
    assert parameter.as_declaration()["Default"] == text


WRONG: list[tuple[Any, dict[str, Any], str]] = [
    ("Strin", {}, r"'Strin' is not a type of CloudFormation parameters\n  did you mean String\?"),
    (STRING, {"default": ["a"]}, "is a list"),
    (STRING, {"default": Ref("A")}, "which is no value of a parameter"),
    (STRING, {"default": Parameter()}, "which is no value of a parameter"),
    (STRING, {"default": {"a": 1}}, "which is no value of a parameter"),
    (STRING, {"default": "c", "allowed_values": ["a", "b"]}, "Default 'c' of .* is not one of a, b"),
    (STRING, {"default": "z", "allowed_values": [*"abcdefghi"]}, "a, b, c, d, e, f, g, h, ..."),
    (STRING, {"default": "A", "pattern": "[a-z]+"}, "does not match"),
    (STRING, {"default": "ab", "pattern": "a|b"}, "does not match"),
    (STRING, {"default": "x", "min_length": 2}, "is shorter than 2"),
    (STRING, {"default": "xxx", "max_length": 2}, "is longer than 2"),
    (STRING, {"default": "x" * 4097}, r"'x{60}\.\.\.' of .* is 4,097 bytes long"),
    (STRING, {"min_value": 1}, "min_value does not go with type String"),
    (NUMBER, {"max_length": 1}, "max_length does not go with type Number"),
    (COMMA_DELIMITED_LIST, {"min_length": 1}, "min_length does not go with type CommaDelimitedList"),
    (VPC_ID, {"pattern": "vpc-.*"}, "pattern does not go with type AWS::EC2::VPC::Id"),
    (STRING, {"min_length": 3, "max_length": 2}, "min_length, 3, is more than max_length, 2"),
    (NUMBER, {"min_value": 3, "max_value": 2}, "min_value, 3, is more than max_value, 2"),
    (STRING, {"pattern": "["}, r"pattern '\[': unterminated character set"),
    (NUMBER, {"allowed_values": ["a"]}, "allowed value 'a' is not a number"),
    (NUMBER, {"allowed_values": [1, 9], "max_value": 5}, "allowed value '9' is above 5"),
    (STRING, {"allowed_values": ["ab", "abc"], "max_length": 2}, "allowed value 'abc' is longer than 2 characters"),
    (STRING, {"allowed_values": ["ab", "a"], "min_length": 2}, "allowed value 'a' is shorter than 2 characters"),
    (STRING, {"allowed_values": ["ab", "A"], "pattern": "[a-z]+"}, r"allowed value 'A' does not match \[a-z\]\+"),
    (VPC_ID, {"allowed_values": ["subnet-1"]}, "allowed value 'subnet-1' does not begin with vpc-"),
    (STRING, {"allowed_values": "abc"}, r"allowed_values is 'abc', but a list .*\n  did you mean \['abc'\]\?"),
    (NUMBER, {"allowed_values": 5}, r"allowed_values is 5, but a list .*\n  did you mean \[5\]\?"),
    (STRING, {"min_length": -1}, "min_length is -1, which no value can have"),
    (STRING, {"max_length": "5"}, "max_length is '5', but a whole number was expected"),
    (STRING, {"max_length": 2.5}, "max_length is 2.5, but a whole number was expected"),
    (STRING, {"min_length": True}, "min_length is True, but a whole number was expected"),
    (NUMBER, {"min_value": "1", "max_value": 5}, "min_value is '1', but a number was expected"),
    (NUMBER, {"max_value": float("inf")}, "max_value is inf, which no value can have"),
    (NUMBER, {"min_value": float("nan")}, "min_value is nan, which no value can have"),
    (NUMBER, {"default": "Infinity"}, "is not a number"),
    (NUMBER, {"default": "\u0661"}, "is not a number"),
    (NUMBER, {"default": ""}, "is not a number"),
    (LIST_OF_NUMBERS, {"default": "1,x"}, "is not a number"),
]


@pytest.mark.parametrize(("kind", "options", "message"), WRONG)
def test_a_contradiction_is_refused_where_it_is_written(kind: Any, options: dict[str, Any], message: str) -> None:
    with pytest.raises(ParameterError, match=message) as refused:
        Parameter(kind, **options)
    assert refused.value.location is not None
    assert refused.value.location[0] == __file__


def test_the_constraint_description_is_the_hint() -> None:
    with pytest.raises(ParameterError, match="\n  lower case only"):
        Parameter(default="A", pattern="[a-z]", constraint_description="lower case only")


def test_the_declaration_has_cloudformations_words() -> None:
    parameter = Parameter(
        default="ab",
        allowed_values=["ab", "cd"],
        pattern="[a-d]+",
        min_length=1,
        max_length=3,
        no_echo=True,
        description="A text",
        constraint_description="ab or cd",
    )
    assert parameter.as_declaration() == {
        "Type": "String",
        "Default": "ab",
        "AllowedValues": ["ab", "cd"],
        "AllowedPattern": "[a-d]+",
        "MinLength": 1,
        "MaxLength": 3,
        "NoEcho": True,
        "Description": "A text",
        "ConstraintDescription": "ab or cd",
    }
    assert Parameter(NUMBER, min_value=0, max_value=0.5).as_declaration() == {
        "Type": "Number",
        "MinValue": 0,
        "MaxValue": 0.5,
    }


@pytest.mark.parametrize(
    ("parameter", "required"),
    [(Parameter(), True), (Parameter(default=""), False), (Parameter(default=FromParent()), False)],
)
def test_a_value_is_required_without_default_and_travel(parameter: Parameter[Any], required: bool) -> None:
    assert parameter.required is required


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"description": "x" * 4001}, "the description has 4,001 characters, 4,000 are allowed"),
        (
            {"description": "x" * 1025, "output": True},
            "the description, which is the output's too, is over 1,024 bytes",
        ),
    ],
)
def test_a_description_has_a_limit(options: dict[str, Any], message: str) -> None:
    with pytest.raises(LimitError, match=message):
        Parameter(**options)


@pytest.mark.parametrize("kind", sorted(PARAMETER_TYPES))
def test_every_type_takes_the_constraints_that_suit_it_and_no_other(kind: Any) -> None:
    values: dict[str, Any] = {"pattern": "a", "min_length": 1, "max_length": 1, "min_value": 1, "max_value": 1}
    for constraint in CONSTRAINTS:
        if suits(constraint, kind):
            assert getattr(Parameter(kind, **{constraint: values[constraint]}), constraint) == values[constraint]
        else:
            with pytest.raises(ParameterError, match="does not go with"):
                Parameter(kind, **{constraint: values[constraint]})


def test_why_the_text_of_a_parameter_is_read_with_sub_and_not_with_python() -> None:
    with pytest.raises(ParameterError, match="Sub"):
        Parameter(default=Sub("x"))  # type: ignore[call-overload]  # the mistake


@given(st.lists(st.one_of(st.integers(), st.booleans(), st.text(alphabet="abc -/"))))
def test_a_list_can_be_taken_apart_again(values: list[Any]) -> None:
    text = Parameter(COMMA_DELIMITED_LIST).encoded(values, "argument", ("", 0))
    assert len(text.split(",")) == max(1, len(values))
    assert not any(isinstance(value, bool) and str(value) in text for value in values)


@given(st.floats(allow_nan=False, allow_infinity=False) | st.integers(-(10**300), 10**300))
def test_every_finite_number_is_a_number(value: float) -> None:
    assert float(Parameter(NUMBER).encoded(value, "argument", ("", 0))) == pytest.approx(float(value))


@given(st.text(max_size=20), st.integers(0, 10), st.integers(0, 10))
def test_a_text_is_refused_exactly_when_a_constraint_says_so(text: str, least: int, more: int) -> None:
    parameter = Parameter(pattern="[a-z]*", min_length=least, max_length=least + more)
    fits = re.fullmatch("[a-z]*", text) is not None and least <= len(text) <= least + more
    assert (parameter.refusal(text) == "") is fits
