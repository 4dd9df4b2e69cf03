"""What crosses a boundary; most of it is told in test_nesting.py and test_output.py."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from troposphere import If, Ref, Sub

from stackgen import Output, Parameter, Stack, typed
from stackgen.boundary import Boundary
from stackgen.errors import DeclarationError, OutputError, ParameterError
from stackgen.parameter_types import (
    COMMA_DELIMITED_LIST,
    IMAGE_ID,
    INSTANCE_ID,
    KEY_PAIR_NAME,
    LIST_OF_NUMBERS,
    LIST_OF_SUBNET_IDS,
    NUMBER,
    PARAMETER_TYPES,
    RESOURCE_OF,
    SECURITY_GROUP_ID,
    STRING,
    SUBNET_ID,
    VOLUME_ID,
    VPC_ID,
    accepts,
    element_of,
    takes_list,
)
from stackgen.template import Renderer

HERE = Boundary(("stacks/shop.py", 1))
TYPES = st.sampled_from(sorted(PARAMETER_TYPES))


@given(TYPES, TYPES)
def test_a_reference_crosses_exactly_when_its_type_is_accepted(declared: Any, kind: Any) -> None:
    for target in (Parameter(declared), Output(declared)):
        value = typed(kind, Sub("x"))
        if accepts(declared, kind):
            assert HERE.crossing(target, value) is value
        else:
            with pytest.raises(target.error):
                HERE.crossing(target, value)


@pytest.mark.parametrize(("kind", "resource"), RESOURCE_OF.items())
def test_a_ref_must_point_at_a_resource_of_the_types_own_kind(kind: Any, resource: str) -> None:
    there = Boundary(HERE.where, None, {"Right": resource, "Wrong": "AWS::SQS::Queue"})
    right = Ref("Right")
    assert there.crossing(Parameter(kind), right) is right
    with pytest.raises(DeclarationError, match="Wrong is a resource of type AWS::SQS::Queue, not "):
        there.crossing(Parameter(kind), Ref("Wrong"))


PREFIXES: dict[str, str] = {
    IMAGE_ID: "ami-",
    INSTANCE_ID: "i-",
    SECURITY_GROUP_ID: "sg-",
    SUBNET_ID: "subnet-",
    VOLUME_ID: "vol-",
    VPC_ID: "vpc-",
}


@given(TYPES, st.lists(st.text("abc", min_size=1), min_size=1))
def test_a_list_of_literals_becomes_one_text_or_is_refused(declared: Any, values: list[str]) -> None:
    if takes_list(declared) and declared != "List<Number>":
        values = [PREFIXES.get(element_of(declared), "") + each for each in values]
        for target in (Parameter(declared), Output(declared)):
            assert HERE.crossing(target, values) == ",".join(values)
    else:
        with pytest.raises(DeclarationError):
            HERE.crossing(Parameter(declared), values)


@pytest.mark.parametrize(
    ("kind", "value", "reason"),
    [
        (NUMBER, "abc", "'abc' is not a number"),
        (LIST_OF_NUMBERS, [1, "b"], "'1,b' is not a number"),
        (VPC_ID, "hello", "'hello' does not begin with vpc-"),
        (VPC_ID, "", "'' is empty"),
        (KEY_PAIR_NAME, "", "'' is empty"),
        (LIST_OF_SUBNET_IDS, ["subnet-1", "vpc-1"], "'subnet-1,vpc-1' does not begin with subnet-"),
        (LIST_OF_SUBNET_IDS, [Ref("Right"), "vpc-1"], "'vpc-1' does not begin with subnet-"),
        (NUMBER, If("Is", 1, "many"), "'many' is not a number"),
    ],
)
def test_a_literal_of_another_type_is_refused_in_both_directions(kind: Any, value: Any, reason: str) -> None:
    there = Boundary(HERE.where, None, {"Right": "AWS::EC2::Subnet"})
    with pytest.raises(OutputError, match=f"but {reason}$"):
        there.crossing(Output(kind), value)
    with pytest.raises(ParameterError, match=reason.replace("' ", "' .* ")):
        there.crossing(Parameter(kind), value)


@pytest.mark.parametrize(
    ("kind", "value"),
    [(NUMBER, 1.5), (VPC_ID, "vpc-1"), (VPC_ID, "{{resolve:ssm:/vpc}}"), (STRING, ""), (COMMA_DELIMITED_LIST, [])],
)
def test_a_literal_of_the_type_crosses(kind: Any, value: Any) -> None:
    for target in (Parameter(kind), Output(kind)):
        assert HERE.crossing(target, value) == ("" if value == [] else str(value))


def test_a_literal_of_a_wrong_type_is_refused_where_the_output_is_declared() -> None:
    class Here(Stack):
        """H."""

        file = "here"
        VpcId = Output(VPC_ID, value="hello")

    with pytest.raises(
        OutputError, match=r"Here\.VpcId is AWS::EC2::VPC::Id, but 'hello' does not begin with vpc-"
    ) as it:
        Renderer().template(Here)
    assert it.value.location == Here.VpcId.location
