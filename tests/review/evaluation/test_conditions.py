"""Conditions in three values: what decides alone settles the rest, what nobody knows stays open."""

from __future__ import annotations

from typing import Any

import pytest

from stackgen.review.evaluation.symbols import Symbol
from tests.review.evaluation.evaluating import CONDITIONS, QUEUE, resource_of, template_of, tree_of

YES, NO, OPEN, OTHER = ({"Condition": name} for name in ("Yes", "No", "Open", "Other"))


def holds(condition: Any, **others: Any) -> bool | None:
    template = template_of("x", Conditions={**CONDITIONS, **others, "It": condition})
    return tree_of(template).stacks["main",].conditions["It"]


def equals(first: Any, second: Any) -> dict[str, Any]:
    return {"Fn::Equals": [first, second]}


def both(*each: Any) -> dict[str, Any]:
    return {"Fn::And": list(each)}


def either(*each: Any) -> dict[str, Any]:
    return {"Fn::Or": list(each)}


def negated(each: Any) -> dict[str, Any]:
    return {"Fn::Not": [each]}


CASES: dict[str, tuple[Any, bool | None]] = {
    "Equals": (equals({"Ref": "Size"}, "3"), True),
    "Equals of a number and its text": (equals(3, "3"), True),
    "Equals of true and its text": (equals(True, "true"), True),
    "Equals with another case": (equals("a", "A"), False),
    "Equals of a region": (equals({"Ref": "AWS::Region"}, "us-east-1"), False),
    "Equals of lists": (equals({"Fn::Join": [",", {"Ref": "Names"}]}, "a,b,c"), True),
    "Equals of an entry of a mapping": (equals({"Fn::FindInMap": ["Sizes", "eu-west-1", "Small"]}, "1"), True),
    "Equals of an unknown": (equals({"Ref": "Unknown"}, "x"), None),
    "Equals of an unknown with itself": (equals({"Ref": "Unknown"}, {"Fn::Sub": "${Unknown}"}), True),
    "Equals of a dynamic reference": (equals("{{resolve:ssm:/a}}", "b"), None),
    "Equals of a known secret": (equals({"Ref": "Password"}, "hunter2"), True),
    "Equals of a known secret and another text": (equals("", {"Ref": "Password"}), False),
    "Equals of a secret and an unknown": (equals({"Ref": "Password"}, {"Ref": "Unknown"}), None),
    "Equals of one": ({"Fn::Equals": ["a"]}, None),
    "Not": (negated(YES), False),
    "Not of no": (negated(NO), True),
    "Not of an unknown": (negated(OPEN), None),
    "And": (both(YES, YES), True),
    "And with a no": (both(YES, NO), False),
    "And with a no before an unknown": (both(NO, OPEN), False),
    "And with a no behind an unknown": (both(OPEN, NO), False),
    "And with an unknown": (both(YES, OPEN), None),
    "Or": (either(NO, YES), True),
    "Or of noes": (either(NO, NO), False),
    "Or with a yes behind an unknown": (either(OPEN, YES), True),
    "Or with an unknown": (either(NO, OPEN), None),
    "And of Or of Not": (both(either(NO, YES), negated(NO)), True),
    "another condition": (YES, True),
    "a condition that is not there": ({"Condition": "Missing"}, None),
    "a condition that needs itself": ({"Condition": "It"}, None),
    "a condition that refuses itself": (negated({"Condition": "It"}), None),
    "a condition that needs itself, settled beside": (both({"Condition": "It"}, NO), False),
    "a function that is none of conditions": ({"Fn::Join": ["", ["a"]]}, None),
    "an empty object": ({}, None),
    "an And of nothing": (both(), True),
    "an And that is no list": ({"Fn::And": YES}, True),
    "a Not of two": ({"Fn::Not": [YES, NO]}, None),
    "a Condition of a list": ({"Condition": ["Yes"]}, None),
}


@pytest.mark.parametrize(("condition", "expected"), CASES.values(), ids=CASES)
def test_a_condition_is_true_false_or_open(condition: Any, expected: bool | None) -> None:
    assert holds(condition) is expected


def test_conditions_that_need_each_other_are_open_from_whichever_side() -> None:
    other = {"Fn::Not": [{"Condition": "It"}]}
    assert holds({"Condition": "Around"}, Around=other) is None
    conditions = {"Around": other, "It": {"Condition": "Around"}}
    stack = tree_of(template_of("x", Conditions=conditions)).stacks["main",]
    assert stack.conditions == {"Around": None, "It": None}


def when(condition: Any) -> bool | Symbol:
    """What decides whether a resource with this condition is there."""
    resources = {"It": {**QUEUE, "Condition": "It"}}
    tree = tree_of(template_of("x", Conditions={**CONDITIONS, "It": condition}, Resources=resources))
    return resource_of(tree, "It").when


EQUAL = {
    "twice Not": (negated(negated(OPEN)), OPEN),
    "an operand that is true says nothing": (both(YES, OPEN), OPEN),
    "an operand that is false says nothing": (either(NO, OPEN), OPEN),
    "the order of operands says nothing": (both(OPEN, OTHER), both(OTHER, OPEN)),
    "an operand twice says nothing": (both(OPEN, OTHER, OPEN), both(OPEN, OTHER)),
    "the sides of Equals": (equals({"Ref": "Unknown"}, "x"), equals("x", {"Ref": "Unknown"})),
}


@pytest.mark.parametrize(("first", "second"), EQUAL.values(), ids=EQUAL)
def test_open_conditions_that_mean_the_same_are_the_same_symbol(first: Any, second: Any) -> None:
    assert when(first) == when(second)
    assert isinstance(when(first), Symbol)


def test_open_conditions_that_differ_are_different_symbols() -> None:
    assert len({when(each) for each in (OPEN, OTHER, negated(OPEN), both(OPEN, OTHER), either(OPEN, OTHER))}) == 5


EXISTENCE = [("Yes", True), ("No", False), ("Open", None), ("Missing", None)]


@pytest.mark.parametrize(("condition", "expected"), EXISTENCE)
def test_a_resource_is_there_if_its_condition_holds(condition: str, expected: bool | None) -> None:
    tree = tree_of(template_of("x", Resources={"It": {**QUEUE, "Condition": condition}}))
    assert resource_of(tree, "It").exists is expected


def test_a_chain_of_open_conditions_that_each_name_the_last_one_twice_is_soon_decided() -> None:
    conditions = dict(CONDITIONS)
    before = "Open"
    for number in range(60):
        conditions[f"C{number}"] = both({"Condition": before}, either({"Condition": before}, OTHER))
        before = f"C{number}"
    tree = tree_of(template_of("x", Conditions=conditions))
    assert tree.stacks["main",].conditions["C59"] is None
