"""Who refers to a resource is found where its name is written, and where it came by outputs and parameters."""

from __future__ import annotations

from time import process_time
from typing import Any

from stackgen.review.impact.uses import Uses
from tests.review.evaluation.evaluating import QUEUE, nested, tree_of

ARN = {"Fn::GetAtt": ["Queue", "Arn"]}


def user(value: Any) -> dict[str, Any]:
    return {"Type": "Custom::User", "Properties": {"Of": value}}


def users(content: dict[str, Any], stack: tuple[str, ...] = ("main",), **templates: Any) -> set[tuple[str, ...]]:
    """The addresses of those that refer to the queue of a stack."""
    uses = Uses(tree_of(content, **templates))
    return {(*owner[0][1:], owner[1], ".".join(path)) for owner, path, _ in uses.of((stack, "Queue"))}


def test_a_reference_in_the_same_stack_is_found_by_its_name() -> None:
    resources = {"Queue": QUEUE, "One": user(ARN), "Two": user({"Fn::Sub": "${Queue}/x"}), "Three": user("Queue")}
    assert users({"Resources": resources}) == {("One", "Of"), ("Two", "Of")}


def test_a_reference_that_goes_down_as_a_parameter_is_found_there() -> None:
    child = {"Parameters": {"It": {"Type": "String"}}, "Resources": {"One": user({"Ref": "It"})}}
    resources = {"Queue": QUEUE, "Child": nested("child", It=ARN)}
    assert users({"Resources": resources}, child=child) == {("Child", "Parameters.It"), ("Child", "One", "Of")}


def test_a_reference_that_comes_up_as_an_output_is_found_above() -> None:
    child = {"Resources": {"Queue": QUEUE}, "Outputs": {"Arn": {"Value": ARN}}}
    resources = {"Child": nested("child"), "One": user({"Fn::GetAtt": ["Child", "Outputs.Arn"]})}
    assert users({"Resources": resources}, ("main", "Child"), child=child) == {("One", "Of")}


def test_a_reference_in_a_condition_is_found_where_the_condition_decides() -> None:
    content = {
        "Conditions": {"Open": {"Fn::Equals": [{"Ref": "Queue"}, "x"]}},
        "Resources": {"Queue": QUEUE, "One": user({"Fn::If": ["Open", "a", "b"]})},
    }
    assert users(content) == {("One", "Of")}


def test_ten_times_as_many_resources_take_some_ten_times_as_long() -> None:
    def seconds(count: int) -> float:
        chain = {f"Q{number}": user({"Ref": f"Q{number - 1}"}) for number in range(1, count)}
        tree = tree_of({"Resources": {"Q0": QUEUE, **chain}})
        started = process_time()
        uses = Uses(tree)
        assert sum(len(list(uses.of((("main",), title)))) for title in ("Q0", *chain)) == count - 1
        return process_time() - started

    assert seconds(4000) < 40 * min(seconds(400) for _ in range(3)), "where each looks at all others, it is a hundred"
