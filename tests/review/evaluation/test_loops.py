"""Loops written out: what Fn::ForEach makes of a collection that is known, and what is left where it is not."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stackgen.review.evaluation.loops import loops_in, may_make
from stackgen.review.evaluation.symbols import Attribute, canonical
from stackgen.review.evaluation.tree import Tree
from tests.review.evaluation.evaluating import (
    CONDITIONS,
    MAPPINGS,
    PARAMETERS,
    QUEUE,
    faults_of,
    nested,
    resource_of,
    tree_of,
)

LANGUAGE = "AWS::LanguageExtensions"
FRAGMENT = {"T${N}": {"Type": "Custom::Thing", "Properties": {"Name": {"Fn::Sub": "x-${N}-${AWS::Region}"}}}}
WORDS = ["N", "M", "Names", "${N}", "&{N}", "T${N}", "Fn::ForEach::A", "Fn::ForEach::B", "Ref", "Fn::Sub", "Properties"]
ANYTHING: st.SearchStrategy[Any] = st.recursive(
    st.one_of(st.none(), st.integers(), st.sampled_from(WORDS), st.just(["a", "b"]), st.just({"Ref": "Names"})),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(st.sampled_from(WORDS), inner, max_size=3),
        st.tuples(st.sampled_from(["N", "M"]), inner, inner).map(lambda loop: {"Fn::ForEach::A": list(loop)}),
    ),
    max_leaves=10,
)


def template(resources: dict[str, Any], transform: Any = LANGUAGE, **sections: Any) -> dict[str, Any]:
    return {
        "Transform": transform,
        "Parameters": PARAMETERS,
        "Mappings": MAPPINGS,
        "Resources": {"Queue": QUEUE, **resources},
        **sections,
    }


def loop(collection: Any, fragment: Any = None, identifier: Any = "N", name: str = "Each") -> dict[str, Any]:
    return {f"Fn::ForEach::{name}": [identifier, collection, FRAGMENT if fragment is None else fragment]}


def titles(tree: Tree) -> list[str]:
    return [title for title in tree.stacks["main",].resources if title != "Queue"]


@pytest.mark.parametrize(
    ("collection", "expected"),
    [
        pytest.param(["A", "B"], ["TA", "TB"], id="a list"),
        pytest.param([], [], id="a list of nothing"),
        pytest.param([1, "B"], ["T1", "TB"], id="a number"),
        pytest.param({"Ref": "Names"}, ["Ta", "Tb", "Tc"], id="a parameter whose list is known"),
        pytest.param([{"Ref": "Size"}, "B"], ["T3", "TB"], id="a list with a parameter in it"),
        pytest.param({"Fn::FindInMap": ["Sizes", {"Ref": "AWS::Region"}, "All"]}, ["T1", "T2"], id="a mapping"),
        pytest.param({"Fn::Split": [",", "a,b"]}, ["Ta", "Tb"], id="a function"),
        pytest.param({"Ref": "Unknown"}, [], id="a parameter that nobody knows"),
        pytest.param([{"Ref": "Unknown"}, "B"], [], id="a list with one in it"),
        pytest.param({"Ref": "Queue"}, [], id="a resource"),
        pytest.param("A", [], id="a text"),
    ],
)
def test_a_loop_makes_a_resource_of_every_item(collection: Any, expected: list[str]) -> None:
    assert titles(tree_of(template(loop(collection)))) == expected


@pytest.mark.parametrize(
    "wrong",
    [["N", ["A"]], 1, "text", [["N"], ["A"], FRAGMENT], ["N", ["A"], "text"], ["N", ["A"], {"Ref": "N"}]],
)
def test_what_is_no_loop_is_left(wrong: Any) -> None:
    assert titles(tree_of(template({"Fn::ForEach::Each": wrong}))) == []


def test_without_the_transform_nothing_is_written_out() -> None:
    assert titles(tree_of(template(loop(["A"]), transform="OurMacro"))) == []


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        pytest.param({"Ref": "N"}, "a.b", id="a Ref of the identifier"),
        pytest.param("x-${N}", "x-a.b", id="a text"),
        pytest.param("x-&{N}", "x-ab", id="letters and digits alone"),
        pytest.param("${M}-${!N}-$N", "${M}-${!N}-$N", id="other names"),
        pytest.param({"Fn::Sub": "${N}-${AWS::Region}"}, "a.b-eu-west-1", id="a text with another variable"),
        pytest.param({"Fn::Join": ["-", ["x", {"Ref": "N"}]]}, "x-a.b", id="inside a function"),
        pytest.param({"Ref": "Queue"}, Attribute(("main",), "Queue"), id="another Ref"),
        pytest.param({"Ref": {"Fn::Sub": "T&{N}"}}, Attribute(("main",), "Tab"), id="a Ref of what the loop makes"),
        pytest.param({"Fn::GetAtt": ["T&{N}", "Arn"]}, Attribute(("main",), "Tab", "Arn"), id="an attribute of it"),
        pytest.param({"k-${N}": [{"Ref": "N"}, 1]}, {"k-a.b": ["a.b", 1]}, id="keys and lists"),
    ],
)
def test_the_item_stands_in_the_place_of_the_identifier(value: Any, expected: Any) -> None:
    fragment = {"T&{N}": {"Type": "Custom::Thing", "Properties": {"Value": value, "Other": 1}}}
    found = resource_of(tree_of(template(loop(["a.b"], fragment))), "Tab").properties["Value"]
    assert found == expected


def test_a_loop_in_a_loop_makes_one_of_every_pair() -> None:
    inner = loop(["1", "2"], {"T${N}${M}": {"Type": "Custom::${N}"}}, "M", "Inner")
    tree = tree_of(template(loop(["A", "B"], inner)))
    assert titles(tree) == ["TA1", "TA2", "TB1", "TB2"]
    assert resource_of(tree, "TB1").type == "Custom::B"


def test_a_loop_around_one_that_is_not_known_is_not_known() -> None:
    tree = tree_of(template(loop(["A", "B"], loop({"Ref": "Unknown"}, identifier="M", name="Inner"))))
    assert titles(tree) == []
    assert list(loops_in(tree.stacks["main",].template.content)) == ["Resources.Fn::ForEach::Each"]


def test_loops_make_conditions_outputs_and_properties() -> None:
    properties = {"Kept": 1, **loop({"Ref": "Names"}, {"P${N}": {"Ref": "N"}})}
    resource = {"Type": "Custom::Thing", "Condition": "Is3", "Properties": properties}
    tree = tree_of(
        template(
            {"It": resource},
            Conditions=loop(["3", "4"], {"Is${N}": {"Fn::Equals": [{"Ref": "Size"}, {"Ref": "N"}]}}),
            Outputs=loop(["A"], {"Of${N}": {"Value": {"Fn::Sub": "${N}!"}}}),
        )
    )
    stack = tree.stacks["main",]
    assert stack.conditions == {"Is3": True, "Is4": False}
    assert stack.outputs == {"OfA": "A!"}
    assert resource_of(tree, "It").properties == {"Kept": 1, "Pa": "a", "Pb": "b", "Pc": "c"}
    assert resource_of(tree, "It").exists is True


def test_a_nested_stack_of_a_loop_is_followed() -> None:
    child = {"Parameters": {"Of": {"Type": "String"}}, "Resources": {"T": QUEUE}, "Outputs": {"It": {"Value": "v"}}}
    asks = {"Type": "Custom::Thing", "Properties": {"Value": {"Fn::GetAtt": ["CA", "Outputs.Gone"]}, "Other": 1}}
    tree = tree_of(template({**loop(["A", "B"], {"C${N}": nested("child", Of={"Ref": "N"})}), "It": asks}), child=child)
    assert [path for path in tree.stacks if len(path) > 1] == [("main", "CA"), ("main", "CB")]
    assert tree.stacks["main", "CB"].parameters == {"Of": "B"}
    assert faults_of(tree) == ["main: nested stack CA has no output Gone"]


def test_a_template_whose_loops_are_known_has_no_transform_that_hides_something() -> None:
    stacks = [tree_of(template(loop(each))).stacks["main",] for each in (["A"], {"Ref": "Unknown"})]
    assert [stack.transforms for stack in stacks] == [[], [LANGUAGE]]


@pytest.mark.parametrize(("title", "expected"), [("TA", True), ("TA1", True), ("T", False), ("Queue", False)])
def test_what_a_loop_that_is_not_known_may_make(title: str, *, expected: bool) -> None:
    for fragment in (FRAGMENT, loop(["x"], {"T${N}${M}": QUEUE, "T&{N}": QUEUE}, "M", "Inner")):
        assert may_make(template(loop({"Ref": "Unknown"}, fragment)), title) is expected


def test_loops_in_loops_end_before_they_fill_the_memory() -> None:
    fragment: dict[str, Any] = {"T": QUEUE}
    for depth in range(8):
        fragment = loop([str(number) for number in range(40)], fragment, f"N{depth}", f"Of{depth}")
    assert titles(tree_of(template(fragment))) == []


@given(ANYTHING, ANYTHING, ANYTHING)
@settings(max_examples=300, deadline=None)
def test_any_loops_at_all_are_written_out_or_left(resources: Any, conditions: Any, outputs: Any) -> None:
    content = template({"It": {"Type": "Custom::Thing", "Properties": resources}, "Fn::ForEach::C": resources})
    content |= {"Conditions": {**CONDITIONS, "Fn::ForEach::D": conditions}, "Outputs": outputs}
    kept = copy.deepcopy(content)
    first, second = tree_of(content), tree_of(content)
    assert canonical([each.properties for each in first.resources()]) == canonical(
        [each.properties for each in second.resources()]
    )
    assert content == kept
