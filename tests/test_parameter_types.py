"""Types of parameters, and which of them fit together."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stackgen import parameter_types
from stackgen.parameter_types import (
    PARAMETER_TYPES,
    RESOURCE_OF,
    ParameterType,
    accepts,
    element_of,
    is_list,
    is_ssm,
    read_as,
    takes_list,
)

TYPES = st.sampled_from(sorted(PARAMETER_TYPES))
SSM = "AWS::SSM::Parameter::Value<{}>".format
VPC = "AWS::EC2::VPC::Id"
SUBNETS = "List<AWS::EC2::Subnet::Id>"

FITS = [
    ("String", "String", True),
    ("String", "Number", True),
    ("String", VPC, True),
    ("String", "CommaDelimitedList", False),
    ("Number", "String", False),
    (VPC, VPC, True),
    (VPC, "String", False),
    (VPC, "AWS::EC2::Subnet::Id", False),
    (VPC, SSM(VPC), True),
    ("CommaDelimitedList", SUBNETS, True),
    ("CommaDelimitedList", "String", False),
    ("CommaDelimitedList", SSM("List<String>"), True),
    (SUBNETS, SUBNETS, True),
    (SUBNETS, "CommaDelimitedList", False),
    (SUBNETS, "AWS::EC2::Subnet::Id", False),
    (SSM(VPC), "String", True),
    (SSM(VPC), "AWS::SSM::Parameter::Name", True),
    (SSM(VPC), VPC, False),
    (SSM(VPC), SSM(VPC), False),
    (SSM("String"), SSM("String"), False),
    ("AWS::SSM::Parameter::Name", "String", True),
    ("AWS::SSM::Parameter::Name", SSM("String"), True),
    ("AWS::SSM::Parameter::Name", VPC, False),
    ("List<String>", "CommaDelimitedList", True),
]


@pytest.mark.parametrize(("declared", "given_type", "fits"), FITS)
def test_a_type_accepts_what_it_can_use(declared: str, given_type: str, fits: bool) -> None:
    assert accepts(declared, given_type) is fits


@given(TYPES)
def test_every_type_accepts_itself_unless_it_is_given_a_name(kind: str) -> None:
    assert accepts(kind, kind) is not is_ssm(kind)


@given(TYPES, TYPES)
def test_no_list_ever_fits_a_scalar_nor_the_reverse(declared: str, given_type: str) -> None:
    if accepts(declared, given_type):
        assert takes_list(declared) is is_list(given_type)


@given(TYPES)
def test_a_parameter_reads_as_a_type_without_ssm(kind: str) -> None:
    assert not is_ssm(read_as(kind))
    assert is_list(kind) is is_list(read_as(kind))
    assert not is_list(element_of(kind))


def test_every_constant_is_a_type_that_cloudformation_has() -> None:
    constants = [value for value in vars(parameter_types).values() if isinstance(value, ParameterType)]
    assert len(constants) > 15
    assert {str(value) for value in constants} <= PARAMETER_TYPES


def test_the_ref_of_a_resource_gives_a_scalar_type() -> None:
    assert RESOURCE_OF.keys() <= PARAMETER_TYPES
    assert not any(is_list(kind) for kind in RESOURCE_OF)


def test_why_a_key_pair_has_no_list_cloudformation_has_none() -> None:
    assert "List<AWS::EC2::KeyPair::KeyName>" not in PARAMETER_TYPES
