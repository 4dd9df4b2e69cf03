"""What crosses a boundary; most of it is told in test_nesting.py and test_output.py."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from troposphere import Ref, Sub

from stackgen import Output, Parameter, typed
from stackgen.boundary import Boundary
from stackgen.errors import DeclarationError
from stackgen.parameter_types import PARAMETER_TYPES, RESOURCE_OF, accepts, takes_list

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


@given(TYPES, st.lists(st.text("abc", min_size=1), min_size=1))
def test_a_list_of_literals_becomes_one_text_or_is_refused(declared: Any, values: list[str]) -> None:
    if takes_list(declared) and declared != "List<Number>":
        assert HERE.crossing(Parameter(declared), values) == ",".join(values)
    else:
        with pytest.raises(DeclarationError):
            HERE.crossing(Parameter(declared), values)
