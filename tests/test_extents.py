"""How long a parameter's value may be, and of which characters."""

from __future__ import annotations

import re
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stackgen import Parameter
from stackgen.extents import PSEUDO, Extent, extent_of, pattern_extent
from stackgen.parameter import suits
from stackgen.parameter_types import (
    AVAILABILITY_ZONE_NAME,
    COMMA_DELIMITED_LIST,
    HOSTED_ZONE_ID,
    IMAGE_ID,
    INSTANCE_ID,
    NUMBER,
    PARAMETER_TYPES,
    SUBNET_ID,
    VPC_ID,
    list_of,
    ssm_value,
)

LOWER = "abcdefghijklmnopqrstuvwxyz"
DIGITS = "0123456789"
PRINTABLE = "".join(map(chr, range(32, 127)))


def without(characters: str) -> str:
    return "".join(each for each in PRINTABLE if each not in characters)


PATTERNS: list[tuple[str, int, int, str]] = [
    ("", 0, 0, ""),
    ("abc", 3, 3, "abc"),
    ("[a-z]", 1, 1, LOWER),
    ("[a-z]{2,5}", 2, 5, LOWER),
    ("[a-z]*", 0, 4096, LOWER),
    ("a+?", 1, 4096, "a"),
    ("a?b", 1, 2, "ab"),
    ("dev|prod", 3, 4, "deoprv"),
    ("(dev|test)-[0-9]", 5, 6, "-devst" + DIGITS),
    ("(?:a|bc){2}", 2, 4, "abc"),
    (r"\d{12}", 12, 12, DIGITS),
    (r"\w", 1, 1, LOWER + LOWER.upper() + DIGITS + "_"),
    (r"\W\D\S\s", 4, 4, PRINTABLE),
    (r"[^a-z]{3}", 3, 3, without(LOWER)),
    (r"[^\d]", 1, 1, without(DIGITS)),
    ("[^a]b", 2, 2, without("a")),
    ("a.c", 3, 3, PRINTABLE),
    ("^[a-z]$", 1, 1, LOWER),
    (r"\A[ab]\Z", 1, 1, "ab"),
    ("(?!aws)[a-z]{3}", 3, 3, LOWER),
    ("(?=x)[xy]", 1, 1, "xy"),
    (r"(a|b)\1", 2, 2, "ab"),
    ("(a)?(?(1)b|c)", 1, 2, "abc"),
    ("(?i)a", 1, 1, "aA"),
    ("(?i:a)b", 2, 2, "abAB"),
    ("(?>ab)c", 3, 3, "abc"),
    ("a++b", 2, 4096, "ab"),
    ("[\\u0061-\\uffff]", 1, 1, "".join(each for each in PRINTABLE if each >= "a")),
    ("é", 1, 1, "é"),
]


@pytest.mark.parametrize(("pattern", "shortest", "longest", "characters"), PATTERNS)
def test_a_pattern_tells_its_widths_and_characters(pattern: str, shortest: int, longest: int, characters: str) -> None:
    assert pattern_extent(pattern) == (shortest, longest, "".join(sorted(set(characters))))


OTHERS = ("é", "(?=x)[xy]")
"""Patterns of which hypothesis cannot make printable matches."""


@settings(max_examples=25)
@given(st.data())
@pytest.mark.parametrize("pattern", [pattern for pattern, *_ in PATTERNS if pattern not in OTHERS])
def test_no_match_is_ever_longer_or_of_other_characters(pattern: str, data: Any) -> None:
    """Why: the widths come from a part of the standard library that its manual does not describe."""
    match = data.draw(st.from_regex(re.compile(pattern, re.ASCII), fullmatch=True, alphabet=PRINTABLE))
    shortest, longest, characters = pattern_extent(pattern)
    assert shortest <= len(match) <= longest
    assert set(match) <= set(characters)


PIECES = st.sampled_from(["[a-c]", "x", "[^0-9]", r"\d", "(ab|c)", "."])
REPEATS = st.sampled_from(["", "?", "*", "+", "{2}", "{1,3}", "+?"])
MADE = st.lists(st.tuples(PIECES, REPEATS).map("".join), min_size=1, max_size=4).map("".join)


@given(MADE, st.data())
def test_no_match_of_any_pattern_is_longer_or_of_other_characters(pattern: str, data: Any) -> None:
    match = data.draw(st.from_regex(re.compile(pattern, re.ASCII), fullmatch=True, alphabet=PRINTABLE))
    shortest, longest, characters = pattern_extent(pattern)
    assert shortest <= len(match) <= longest
    assert set(match) <= set(characters)


UNBOUND = "give it whole numbers as min_value and max_value"
BOUND = "its bounds are that wide"
PARAMETERS: list[tuple[Any, Any]] = [
    (Parameter(), Extent(0, 4096, "", "give it a max_length")),
    (Parameter(max_length=8), Extent(0, 8, "")),
    (Parameter(min_length=2, max_length=8, pattern="[ab]{1,20}"), Extent(2, 8, "ab")),
    (Parameter(pattern="[ab]+"), Extent(1, 4096, "ab", "give it a max_length")),
    (Parameter(allowed_values=["prod", "dev"]), Extent(3, 4, "deoprv", "its longest allowed value", "dev")),
    (Parameter(NUMBER), Extent(1, 4096, "", UNBOUND, "1")),
    (Parameter(NUMBER, min_value=1), Extent(1, 4096, "", UNBOUND, "1")),
    (Parameter(NUMBER, min_value=0.5, max_value=2), Extent(1, 4096, "", UNBOUND, "1")),
    (Parameter(NUMBER, min_value=1, max_value=65535), Extent(1, 5, DIGITS, BOUND, "1")),
    (Parameter(NUMBER, min_value=10.0, max_value=99), Extent(2, 2, DIGITS, BOUND, "10")),
    (Parameter(NUMBER, min_value=-100, max_value=9), Extent(1, 4, DIGITS + "-", BOUND, "0")),
    (Parameter(NUMBER, min_value=-100, max_value=-5), Extent(2, 4, DIGITS + "-", BOUND, "-5")),
    (Parameter(NUMBER, allowed_values=[80, 443]), Extent(2, 3, "0348", "its longest allowed value", "80")),
    (Parameter(list_of(VPC_ID)), None),
    (Parameter(COMMA_DELIMITED_LIST), None),
    (Parameter(ssm_value(COMMA_DELIMITED_LIST)), None),
]


@pytest.mark.parametrize(("parameter", "expected"), PARAMETERS)
def test_the_constraints_of_a_parameter_tell_its_extent(parameter: Any, expected: Any) -> None:
    assert extent_of(parameter) == expected


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        (VPC_ID, "vpc-0123456789abcdef0"),
        (VPC_ID, "vpc-1a2b3c4d"),
        (IMAGE_ID, "ami-0123456789abcdef0"),
        (INSTANCE_ID, "i-0123456789abcdef0"),
        (SUBNET_ID, "subnet-0123456789abcdef0"),
        (AVAILABILITY_ZONE_NAME, "us-west-2-lax-1a"),
        (AVAILABILITY_ZONE_NAME, "us-east-1-wl1-nyc-wlz-1"),
        (HOSTED_ZONE_ID, "Z23ABC4XYZL05B"),
    ],
)
def test_a_type_of_aws_covers_its_real_values(kind: Any, value: str) -> None:
    extent = extent_of(Parameter(kind))
    assert extent is not None
    assert extent.shortest <= len(value) <= extent.longest <= 32
    assert set(value) <= set(extent.characters)
    assert extent.shortest <= len(extent.sample) <= extent.longest
    assert set(extent.sample) <= set(extent.characters)


@pytest.mark.parametrize("kind", sorted(PARAMETER_TYPES))
def test_the_hint_names_a_constraint_that_the_type_takes(kind: Any) -> None:
    extent = extent_of(Parameter(kind))
    if extent is not None and extent.why:
        for name in ("max_length", "min_value", "max_value"):
            assert suits(name, kind) or name not in extent.why.removeprefix("its type takes no max_length")


@given(st.integers(-99999, 99999), st.integers(0, 99999), st.data())
def test_no_whole_number_between_its_bounds_is_longer(least: int, more: int, data: Any) -> None:
    extent = extent_of(Parameter(NUMBER, min_value=least, max_value=least + more))
    value = str(data.draw(st.integers(least, least + more)))
    assert extent is not None
    assert extent.shortest <= len(value) <= extent.longest
    assert set(value) <= set(extent.characters)
    assert least <= int(extent.sample) <= least + more


@pytest.mark.parametrize(
    ("extent", "sample"),
    [
        (Extent(0, 9, ""), "a"),
        (Extent(3, 9, "-xyz"), "xxx"),
        (Extent(0, 9, "-"), "-"),
        (Extent(1, 9, "ABC"), "A"),
        (Extent(1, 9, "abc", example="cab"), "cab"),
    ],
)
def test_a_sample_is_short_harmless_and_never_empty(extent: Extent, sample: str) -> None:
    assert extent.sample == sample


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("AWS::Region", "us-gov-west-1"),
        ("AWS::Region", "ap-southeast-5"),
        ("AWS::AccountId", "123456789012"),
        ("AWS::Partition", "aws-us-gov"),
        ("AWS::URLSuffix", "amazonaws.com.cn"),
    ],
)
def test_a_pseudo_parameter_covers_its_real_values(name: str, value: str) -> None:
    extent = PSEUDO[name]
    assert extent.shortest <= len(value) <= extent.longest
    assert set(value) <= set(extent.characters)
    assert extent.shortest <= len(extent.sample) <= extent.longest
