"""What holds for every template: evaluating never raises, is the same twice, and leaves plain values as they are."""

from __future__ import annotations

import copy
import json
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from stackgen.review.evaluation.environment import Environment
from stackgen.review.evaluation.functions import FUNCTIONS
from stackgen.review.evaluation.symbols import canonical, shown, symbols_in
from stackgen.review.evaluation.tree import Tree, evaluate
from tests.review.evaluation.evaluating import CONDITIONS, build_of, resource_of, template_of, tree_of, value_of
from tests.review.strategies import FILES, templates

KEYS = st.text("aé. ", max_size=4)
PLAIN: st.SearchStrategy[Any] = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False), st.text(max_size=8)),
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(KEYS, inner, max_size=4)),
    max_leaves=12,
)
WORDS = st.sampled_from(
    ["Queue", "Size", "Names", "Unknown", "Password", "Missing", "AWS::NoValue", "AWS::Region", "Queue.Arn", "Open"]
)
ANYTHING: st.SearchStrategy[Any] = st.recursive(
    st.one_of(PLAIN, WORDS, st.sampled_from(["${Queue}-${Size}", "${", "${!x}", "${Queue.Arn}", "{{resolve:ssm:a}}"])),
    lambda inner: st.one_of(
        st.lists(inner, max_size=4),
        st.dictionaries(st.sampled_from([*FUNCTIONS, "a", "Condition", "Fn::ForEach::X"]), inner, max_size=2),
        st.builds(lambda name, data: {name: data}, st.sampled_from([*FUNCTIONS, "Fn::Equals", "Fn::Not"]), inner),
    ),
    max_leaves=12,
)
OPERANDS = st.recursive(
    st.one_of(
        st.sampled_from([{"Condition": name} for name in ("A", "B", "C", "Yes", "No", "Open", "Missing")]),
        ANYTHING.map(lambda value: {"Fn::Equals": [value, "3"]}),
        ANYTHING,
    ),
    lambda inner: st.builds(
        lambda name, each: {name: each}, st.sampled_from(["Fn::And", "Fn::Or", "Fn::Not"]), st.lists(inner, max_size=3)
    ),
    max_leaves=6,
)
ENVIRONMENTS = st.builds(
    Environment,
    st.just("prod"),
    st.sampled_from(["", "us-east-1", "cn-north-1"]),
    st.sampled_from(["", "111111111111"]),
    st.dictionaries(st.sampled_from(["EnvironmentSuffix", "Size", "SubnetIds"]), st.text(max_size=5), max_size=3),
)
BUILDS = st.fixed_dictionaries(
    {FILES[0]: templates(nests=True), FILES[1]: templates(nests=True), FILES[2]: templates()}
)


def digest(tree: Tree) -> str:
    """All that is known of a tree, as a text."""
    stacks = [
        [list(path), stack.exists, stack.conditions, stack.parameters, stack.outputs]
        for path, stack in tree.stacks.items()
    ]
    resources = [[each.address, each.exists, each.properties, each.attributes] for each in tree.resources()]
    return canonical([stacks, resources, [list(each) for each in tree.faults]])


@given(ANYTHING)
@settings(max_examples=300, deadline=None)
def test_any_value_at_all_is_evaluated_shown_and_compared(value: Any) -> None:
    found = value_of(value)
    assert isinstance(shown(found), str)
    assert all(isinstance(str(symbol), str) for _, symbol in symbols_in(found))


@given(st.dictionaries(st.sampled_from("ABC"), OPERANDS, max_size=3))
@settings(max_examples=200, deadline=None)
def test_any_conditions_at_all_are_decided(conditions: dict[str, Any]) -> None:
    stack = tree_of(template_of("x", Conditions={**CONDITIONS, **conditions})).stacks["main",]
    assert all(verdict in (True, False, None) for verdict in stack.conditions.values())


@given(BUILDS, ENVIRONMENTS)
@settings(max_examples=100, deadline=None)
def test_a_build_is_evaluated_the_same_way_twice_and_left_as_it_was(
    contents: dict[str, dict[str, Any]], environment: Environment
) -> None:
    before = json.dumps(contents)
    for root in contents:
        first = evaluate(build_of(contents), root, environment)
        assert digest(first) == digest(evaluate(build_of(copy.deepcopy(contents)), root, environment))
    assert json.dumps(contents) == before


@given(PLAIN)
@settings(max_examples=200, deadline=None)
def test_a_value_without_functions_is_itself(value: Any) -> None:
    wrapped = {"a": value, "b": [value]}  # more than one key, so that the outermost is no function
    tree = tree_of({"Resources": {"It": {"Type": "Custom::Thing", "Properties": wrapped}}})
    assert resource_of(tree, "It").properties == wrapped


def normal(value: Any) -> Any:
    """The same meaning, written otherwise: texts for scalars, keys the other way round."""
    if isinstance(value, dict):
        return {key: normal(value[key]) for key in reversed(value)}
    if isinstance(value, list):
        return [normal(each) for each in value]
    if isinstance(value, bool):
        return "true" if value else "false"
    return value if value is None else str(int(value) if isinstance(value, float) and value.is_integer() else value)


@given(PLAIN, PLAIN)
@settings(max_examples=300, deadline=None)
def test_two_values_have_one_text_exactly_if_they_mean_the_same(first: Any, second: Any) -> None:
    assert canonical(first) == canonical(normal(first))
    assert (canonical(first) == canonical(second)) == (normal(first) == normal(second))
