"""A tree of stacks: parameters go down, outputs come up, in whatever order the template names them."""

from __future__ import annotations

import time
from typing import Any

import pytest

from stackgen.errors import StackgenError
from stackgen.review.evaluation.environment import Environment
from stackgen.review.evaluation.symbols import Attribute, Live
from stackgen.review.evaluation.tree import Tree, address_of, evaluate
from tests.review.evaluation.evaluating import HERE, QUEUE, build_of, faults_of, nested, resource_of, tree_of

TEXT = {"Type": "String"}


def thing(value: Any, **more: Any) -> dict[str, Any]:
    return {"Type": "Custom::Thing", "Properties": {"Value": value}, **more}


def output(value: Any, **more: Any) -> dict[str, Any]:
    return {"Value": value, **more}


def of_child(child: str, name: str) -> dict[str, Any]:
    return {"Fn::GetAtt": [child, f"Outputs.{name}"]}


PASSING: dict[str, Any] = {
    "Parameters": {"It": {"Type": "String", "Default": "default"}},
    "Resources": {"Thing": thing({"Ref": "It"}), "Queue": QUEUE},
    "Outputs": {"It": output({"Fn::Sub": "${It}!"}), "Arn": output({"Fn::GetAtt": "Queue.Arn"})},
}


def value_in(tree: Tree, *stack: str, title: str = "Thing") -> Any:
    return resource_of(tree, title, ("main", *stack)).properties["Value"]


def test_a_value_goes_down_and_comes_up_through_two_levels() -> None:
    middle = {
        "Parameters": {"Down": TEXT},
        "Resources": {"Inner": nested("inner", It={"Fn::Sub": "${Down}-b"})},
        "Outputs": {"Up": output(of_child("Inner", "It"))},
    }
    top = {"Resources": {"Middle": nested("middle", Down="a"), "Thing": thing(of_child("Middle", "Up"))}}
    tree = tree_of(top, middle=middle, inner=PASSING)
    assert value_in(tree, "Middle", "Inner") == "a-b"
    assert value_in(tree) == "a-b!"
    assert list(tree.stacks) == [("main",), ("main", "Middle"), ("main", "Middle", "Inner")]


def test_an_attribute_that_comes_up_is_that_of_the_resource_below() -> None:
    tree = tree_of({"Resources": {"Child": nested("child"), "Thing": thing(of_child("Child", "Arn"))}}, child=PASSING)
    value = value_in(tree)
    assert value == Attribute(("main", "Child"), "Queue", "Arn")
    assert value.owner == (("main", "Child"), "Queue")


def test_siblings_are_followed_in_whatever_order_they_stand() -> None:
    resources = {
        "Last": nested("child", It=of_child("Middle", "It")),
        "Thing": thing(of_child("Last", "It")),
        "Middle": nested("child", It=of_child("First", "It")),
        "First": nested("child", It="a"),
    }
    tree = tree_of({"Resources": resources}, child=PASSING)
    assert value_in(tree) == "a!!!"
    assert value_in(tree, "Last") == "a!!"


def test_one_template_nested_twice_is_two_stacks_with_their_own_values() -> None:
    resources = {"One": nested("child", It="1"), "Two": nested("child", It="2"), "Three": nested("child")}
    tree = tree_of({"Resources": resources}, child=PASSING)
    assert [value_in(tree, title) for title in resources] == ["1", "2", "default"]


def test_a_parameter_of_novalue_is_not_given() -> None:
    tree = tree_of({"Resources": {"Child": nested("child", It={"Ref": "AWS::NoValue"})}}, child=PASSING)
    assert value_in(tree, "Child") == "default"


def test_values_of_an_environment_are_for_the_root_alone() -> None:
    content = {"Parameters": {"It": TEXT}, "Resources": {"Child": nested("child"), "Thing": thing({"Ref": "It"})}}
    tree = tree_of(content, Environment("prod", parameters={"It": "given"}), child=PASSING)
    assert (value_in(tree), value_in(tree, "Child")) == ("given", "default")


def test_a_list_that_goes_down_joined_is_a_list_again() -> None:
    child = {"Parameters": {"It": {"Type": "CommaDelimitedList"}}, "Resources": {"Thing": thing({"Ref": "It"})}}
    joined = {"Fn::Join": [",", [{"Ref": "Queue"}, "b"]]}
    tree = tree_of({"Resources": {"Child": nested("child", It=joined), "Queue": QUEUE}}, child=child)
    assert value_in(tree, "Child") == [Attribute(("main",), "Queue"), "b"]


def test_stacks_that_wait_for_each_other_end_with_a_symbol() -> None:
    resources = {"A": nested("child", It=of_child("B", "It")), "B": nested("child", It=of_child("A", "It"))}
    tree = tree_of({"Resources": resources}, child=PASSING)
    assert set(tree.stacks) == {("main",), ("main", "A"), ("main", "B")}
    assert "Outputs.It" in str(value_in(tree, "A"))


def test_a_stack_that_waits_for_itself_ends_with_a_symbol() -> None:
    tree = tree_of({"Resources": {"A": nested("child", It=of_child("A", "It"))}}, child=PASSING)
    assert value_in(tree, "A") == Attribute(("main",), "A", "Outputs.It")


@pytest.mark.parametrize("circle", [["main"], ["child", "main"], ["child", "child"]])
def test_templates_that_nest_each_other_end(circle: list[str]) -> None:
    contents = {"main": {"Resources": {"N": nested(circle[0])}}, "child": {"Resources": {"N": nested(circle[-1])}}}
    assert len(evaluate(build_of(contents), "main").stacks) == len(set(circle) - {"main"}) + 1


def test_a_child_that_is_not_in_the_build_leaves_its_outputs_open() -> None:
    tree = tree_of({"Resources": {"Child": nested("gone"), "Thing": thing(of_child("Child", "It"))}})
    assert value_in(tree) == Attribute(("main",), "Child", "Outputs.It")
    assert faults_of(tree) == []


FAULTS: dict[str, tuple[dict[str, Any], list[str]]] = {
    "an output that is not there": (PASSING, ["main: nested stack Child has no output Gone"]),
    "one that a macro may add": ({**PASSING, "Transform": "OurMacro"}, []),
    "one that an include may add": ({**PASSING, "Transform": [{"Name": "AWS::Include"}]}, []),
    "one that a loop may make": (
        {**PASSING, "Transform": "AWS::LanguageExtensions",
         "Outputs": {"Fn::ForEach::Each": ["X", {"Ref": "Unknown"}, {}]}}, [],
    ),
    "one that a loop does not make": (
        {**PASSING, "Transform": "AWS::LanguageExtensions",
         "Outputs": {"Fn::ForEach::Each": ["X", ["Kept"], {"${X}": output("x")}]}},
        ["main: nested stack Child has no output Gone"],
    ),
    "one whose condition does not hold": (
        {**PASSING, "Conditions": {"No": {"Fn::Equals": ["a", "b"]}}, "Outputs": {"Gone": output("x", Condition="No")}},
        ["main: nested stack Child has no output Gone: No does not hold"],
    ),
    "one whose condition is open": ({**PASSING, "Outputs": {"Gone": output("x", Condition="Open")}}, []),
}  # fmt: skip


@pytest.mark.parametrize(("child", "expected"), FAULTS.values(), ids=FAULTS)
@pytest.mark.parametrize("order", [["Child", "Thing"], ["Thing", "Child"]])
def test_an_output_that_is_certainly_missing_is_a_fault(
    child: dict[str, Any], expected: list[str], order: list[str]
) -> None:
    resources = {"Child": nested("child"), "Thing": thing(of_child("Child", "Gone"))}
    tree = tree_of({"Resources": {title: resources[title] for title in order}}, child=child)
    assert faults_of(tree) == expected


FAULTY = {"Resources": {"Thing": thing({"Fn::FindInMap": ["No", "such", "map"]})}}


@pytest.mark.parametrize(
    ("value", "exists", "count"), [("3", True, 1), ("4", False, 0), ("{{resolve:ssm:/a}}", None, 0)]
)
def test_a_conditional_child_is_there_with_all_that_it_holds(value: str, exists: bool | None, count: int) -> None:
    content = {
        "Parameters": {"Size": TEXT},
        "Conditions": {"Is": {"Fn::Equals": [{"Ref": "Size"}, value]}},
        "Resources": {"Child": {**nested("child"), "Condition": "Is"}},
    }
    tree = tree_of(content, child=FAULTY)
    assert tree.stacks["main", "Child"].exists is exists
    assert resource_of(tree, "Thing", ("main", "Child")).exists is exists
    assert len(tree.faults) == count


def test_what_a_child_that_is_not_there_would_be_given_is_no_fault() -> None:
    child = {**nested("child", It={"Fn::FindInMap": ["No", "such", "map"]}), "Condition": "No"}
    content = {"Conditions": {"No": {"Fn::Equals": ["a", "b"]}}, "Resources": {"Child": child}}
    assert faults_of(tree_of(content, child=PASSING)) == []


def test_what_a_child_is_given_wrongly_is_told_once() -> None:
    resources = {
        "Thing": thing(of_child("Child", "It")),
        "Child": nested("child", It={"Fn::FindInMap": ["No", "such", "map"]}),
    }
    tree = tree_of({"Resources": resources}, child=PASSING)
    assert faults_of(tree) == ["main: mapping No has no such.map"]


def test_a_stackset_is_no_child_of_the_tree() -> None:
    stackset = {"Type": "AWS::CloudFormation::StackSet", "Properties": {"TemplateURL": "./child.json"}}
    assert list(tree_of({"Resources": {"Set": stackset}}, child=PASSING).stacks) == [("main",)]


ATTRIBUTES: list[tuple[Any, list[str]]] = [
    ("A", ["A"]),
    (["A", "B"], ["A", "B"]),
    ([], []),
    (None, []),
    (5, []),
    ({"Ref": "A"}, []),
    (["A", 5, None], ["A"]),
]


@pytest.mark.parametrize(("depends", "expected"), ATTRIBUTES)
def test_depends_on_is_a_list_of_names_whatever_is_written(depends: Any, expected: list[str]) -> None:
    tree = tree_of({"Resources": {"It": {**QUEUE, "DependsOn": depends}}})
    assert resource_of(tree, "It").attributes["DependsOn"] == expected


def test_policies_are_evaluated_as_well() -> None:
    resource = {**QUEUE, "DeletionPolicy": {"Fn::If": ["Prod", "Retain", "Delete"]}}
    content = {
        "Conditions": {"Prod": {"Fn::Equals": [{"Ref": "AWS::Region"}, "eu-west-1"]}},
        "Resources": {"It": resource},
    }
    assert resource_of(tree_of(content), "It").attributes["DeletionPolicy"] == "Retain"


def test_a_resource_that_is_not_there_has_no_properties() -> None:
    content = {"Conditions": {"No": {"Fn::Equals": ["a", "b"]}}, "Resources": {"It": thing("a", Condition="No")}}
    assert resource_of(tree_of(content), "It").properties == {}


def test_an_output_whose_condition_does_not_hold_is_not_there() -> None:
    content = {
        "Conditions": {"No": {"Fn::Equals": ["a", "b"]}},
        "Resources": {"It": QUEUE},
        "Outputs": {"A": output("a"), "B": output("b", Condition="No"), "C": output({"Ref": "AWS::NoValue"}), "D": {}},
    }
    assert tree_of(content).stacks["main",].outputs == {"A": "a", "C": None, "D": None}


def test_transforms_are_those_that_the_template_asks_for() -> None:
    for asked, expected in (("A", ["A"]), (["A", "B"], ["A", "B"])):
        assert tree_of({"Transform": asked}).stacks["main",].transforms == expected
    assert tree_of({}).stacks["main",].transforms == []


def test_an_address_begins_with_the_file_and_goes_on_in_logical_ids() -> None:
    assert address_of(("tap/TapStack", "Network"), "Vpc") == "TapStack/Network/Vpc"
    assert address_of(("tap/TapStack",)) == "TapStack"


def test_values_of_two_stacks_that_nobody_gives_are_not_the_same() -> None:
    child = {"Parameters": {"It": TEXT}, "Resources": {"Thing": thing({"Ref": "It"})}}
    tree = tree_of({"Resources": {"A": nested("child"), "B": nested("child")}}, child=child)
    assert value_in(tree, "A") == Live("parameter", "main/A.It")
    assert value_in(tree, "A") != value_in(tree, "B")


MALFORMED: dict[str, Any] = {
    "no resources": {},
    "resources that are a list": {"Resources": []},
    "a resource that is a text": {"Resources": {"A": "b"}},
    "a resource without a type": {"Resources": {"A": {}}},
    "properties that are a list": {"Resources": {"A": {"Type": "T", "Properties": []}}},
    "a type that is an object": {"Resources": {"A": {"Type": {"Ref": "B"}}}},
    "a condition that is an object": {"Resources": {"A": {"Type": "T", "Condition": {"Ref": "B"}}}},
    "conditions of all kinds": {"Conditions": {"A": None, "B": True, "C": [], "D": {"Fn::Equals": None}}},
    "outputs of all kinds": {"Outputs": {"A": None, "B": {"Value": None, "Condition": 5}, "C": []}},
    "mappings of all kinds": {"Mappings": {"A": None, "B": {"C": "d"}}},
    "parameters of all kinds": {"Parameters": {"A": None, "B": {"Type": 5}, "C": {"Default": {"a": []}}}},
    "a nested stack without properties": {"Resources": {"A": {"Type": "AWS::CloudFormation::Stack"}}},
    "a nested stack whose parameters are a list": {
        "Resources": {"A": {**nested("child"), "Properties": {"TemplateURL": "child.json", "Parameters": []}}}
    },
    "a nested stack whose properties are chosen": {
        "Resources": {"A": {**nested("child"), "Properties": {"Fn::If": ["Open", {"TemplateURL": "child.json"}, {}]}}}
    },
}


@pytest.mark.parametrize("content", MALFORMED.values(), ids=MALFORMED)
def test_a_malformed_template_is_evaluated_as_far_as_it_goes(content: dict[str, Any]) -> None:
    assert ("main",) in tree_of(content, child=PASSING).stacks


def test_values_nested_too_deeply_are_refused_with_their_file() -> None:
    value: Any = "x"
    for _ in range(20_000):
        value = [value]
    with pytest.raises(StackgenError, match=r"main\.json: is nested too deeply to be evaluated"):
        tree_of({"Resources": {"It": thing(value)}})


def test_five_thousand_resources_take_seconds() -> None:
    properties = {"Name": {"Fn::Sub": "q-${Size}"}, "Arn": {"Fn::If": ["Large", {"Fn::GetAtt": ["R0", "Arn"]}, "x"]}}
    resources = {f"R{number}": {"Type": "Custom::Thing", "Properties": properties} for number in range(5000)}
    content = {
        "Parameters": {"Size": TEXT},
        "Conditions": {"Large": {"Fn::Equals": [{"Ref": "Size"}, "3"]}},
        "Resources": resources,
    }
    started = time.monotonic()
    tree = tree_of(content, HERE)
    assert sum(1 for _ in tree.resources()) == 5000
    assert time.monotonic() - started < 5
