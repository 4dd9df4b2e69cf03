"""What the resources of a SAM template inherit from its Globals."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stackgen.review.evaluation.sam import inherited
from tests.review.evaluation.evaluating import PARAMETERS, resource_of, tree_of

SAM = "AWS::Serverless-2016-10-31"
ANYTHING: st.SearchStrategy[Any] = st.recursive(
    st.one_of(st.none(), st.integers(), st.text(max_size=3)),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(st.sampled_from(["Function", "Type", "Properties", "Ref", "Fn::If", "a"]), inner, max_size=3),
    ),
    max_leaves=8,
)


def properties(
    general: Any, own: Any, type_: str = "AWS::Serverless::Function", transform: Any = SAM, **attributes: Any
) -> dict[str, Any]:
    """What a resource has, where the functions of its template have something in common."""
    content = {
        "Transform": transform,
        "Globals": {"Function": general},
        "Parameters": PARAMETERS,
        "Resources": {"It": {"Type": type_, "Properties": own, **attributes}},
    }
    return resource_of(tree_of(content), "It").properties


@pytest.mark.parametrize(
    ("general", "own", "expected"),
    [
        pytest.param({"Runtime": "x"}, {}, {"Runtime": "x"}, id="what it lacks is inherited"),
        pytest.param({"Runtime": "x"}, {"Runtime": "y"}, {"Runtime": "y"}, id="what it says holds"),
        pytest.param(
            {"Environment": {"Variables": {"A": "1", "B": "2"}}},
            {"Environment": {"Variables": {"B": "3", "C": "4"}}},
            {"Environment": {"Variables": {"A": "1", "B": "3", "C": "4"}}},
            id="maps are merged, at every depth",
        ),
        pytest.param({"Layers": ["a", "b"]}, {"Layers": ["b"]}, {"Layers": ["a", "b", "b"]}, id="lists follow on"),
        pytest.param({"Tags": {"A": "1"}}, {"Tags": ["a"]}, {"Tags": ["a"]}, id="a list does not join a map"),
        pytest.param({"Timeout": {"Ref": "Size"}}, {}, {"Timeout": "3"}, id="a global is evaluated"),
        pytest.param(
            {"CodeUri": {"Bucket": "a"}},
            {"CodeUri": {"Fn::Sub": "s3://b"}},
            {"CodeUri": "s3://b"},
            id="a function is a value, not a map",
        ),
        pytest.param("text", {"Runtime": "y"}, {"Runtime": "y"}, id="globals that are no object"),
    ],
)
def test_a_function_has_the_properties_that_it_inherits(general: Any, own: Any, expected: dict[str, Any]) -> None:
    assert properties(general, own) == expected


@pytest.mark.parametrize(
    ("type_", "transform", "expected"),
    [
        ("AWS::Serverless::Function", ["AWS::LanguageExtensions", SAM], {"Runtime": "x"}),
        ("AWS::Serverless::Api", SAM, {}),
        ("AWS::Lambda::Function", SAM, {}),
        ("Function", SAM, {}),
        ("AWS::Serverless::Function", "OurMacro", {}),
        ("AWS::Serverless::Function", [], {}),
    ],
)
def test_only_resources_of_the_type_inherit_and_only_by_the_transform(
    type_: str, transform: Any, expected: dict[str, Any]
) -> None:
    assert properties({"Runtime": "x"}, {}, type_, transform) == expected


@pytest.mark.parametrize(
    ("ignored", "expected"),
    [("*", {}), (["Runtime"], {"Timeout": "3"}), ([], {"Runtime": "x", "Timeout": "3"}), (None, None)],
)
def test_a_resource_may_refuse_what_it_would_inherit(ignored: Any, expected: dict[str, Any] | None) -> None:
    everything = {"Runtime": "x", "Timeout": "3"}
    found = properties(everything, {}, IgnoreGlobals=ignored)
    assert found == (everything if expected is None else expected)


@given(ANYTHING, ANYTHING)
@settings(max_examples=200, deadline=None)
def test_any_globals_at_all_are_inherited_or_left(general: Any, resource: Any) -> None:
    content = {"Globals": general, "Resources": {"It": resource}}
    kept = repr(content)
    assert set(inherited(content)["Resources"]) == {"It"}
    assert repr(content) == kept
