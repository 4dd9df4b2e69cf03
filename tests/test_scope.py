"""Finding declarations inside values; what a stack may refer to is told in test_wiring.py."""

from __future__ import annotations

from typing import Any

import pytest
from troposphere import If, Join, Ref, Sub, Tags

from stackgen import Parameter, nested, typed
from stackgen.parameter_types import STRING
from stackgen.scope import Scope, declarations
from tests.samples import NetworkStack, SystemStack

A: Any = Parameter(logical_id="A")
B: Any = Parameter(logical_id="B")

VALUES: list[tuple[Any, list[Any]]] = [
    (A, [A]),
    ("A", []),
    (None, []),
    ([A, [B]], [A, B]),
    ((A, {"b": B}), [A, B]),
    (Ref(A), [A]),
    (Join("-", ["x", A]), [A]),
    (Sub("${X}", X=If("C", A, B)), [A, B]),
    (Tags(a=A, b=Sub("${X}", X=B)), [A, B]),
    (typed(STRING, Join("-", [A, B])), [A, B]),
]


@pytest.mark.parametrize(("value", "found"), VALUES)
def test_declarations_are_found_however_deep_they_stand(value: Any, found: list[Any]) -> None:
    assert list(declarations(value)) == found


def test_a_scope_knows_the_children_of_build_too() -> None:
    child: Any = nested(NetworkStack)
    child.__set_name__(SystemStack, "Cell")
    scope = Scope.of(SystemStack, {"Cell": child})
    vpc: Any = child.VpcId
    assert scope.members["Cell"] is child
    assert scope.current(child, None).logical_id == "Cell"
    assert scope.current(vpc, None).logical_id == "VpcId"
