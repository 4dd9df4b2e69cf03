"""Earliest times, slack, the path, and what waits for what."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stackgen.errors import StackgenError
from stackgen.review.timing.estimate import Estimate, Options, estimate
from tests.review.timing.builds import build_of, nested, resource, table

TIMES = table(A=10, B=20, C=(30, 3), D=40, Slow=600)


def made(**templates: object) -> Estimate:
    return estimate(build_of(**templates), "root", TIMES)  # type: ignore[arg-type]  # what the tests write is a template


def starts(found: Estimate) -> dict[str, float]:
    return {key[-1]: found.run.start(key) for key in found.run.network.steps}


def test_what_refers_to_another_starts_when_it_is_configured_not_when_it_is_complete() -> None:
    found = made(root={"One": resource("Test::X::C"), "Two": resource("Test::X::A", "One")})
    assert starts(found)["Two"] == 3
    assert found.totals[1] == 30


def test_a_depends_on_waits_for_completion_of_everything_that_its_resource_waits_for() -> None:
    one, two = resource("Test::X::C"), resource("Test::X::A")
    found = made(root={"One": one, "Two": two, "Three": resource("Test::X::A", "One", depends_on=["Two"])})
    assert starts(found)["Three"] == 30


@pytest.mark.parametrize("kind", ["Custom::Migration", "AWS::CloudFormation::CustomResource"])
def test_a_custom_resource_waits_for_completion(kind: str) -> None:
    found = made(root={"One": resource("Test::X::C"), "Two": resource(kind, "One")})
    assert starts(found)["Two"] == 30


def test_a_nested_stack_is_a_barrier_both_ways() -> None:
    found = made(
        root={
            "First": resource("Test::X::C"),
            "Inner": nested("inner", Value={"Ref": "First"}),
            "After": resource("Test::X::A"),
        }
        | {"After": {"Type": "Test::X::A", "Properties": {"X": {"Fn::GetAtt": ["Inner", "Outputs.Quick"]}}}},
        inner={
            "Parameters": {"Value": {"Type": "String"}},
            "Resources": {"Quick": resource("Test::X::A"), "Late": resource("Test::X::D")},
            "Outputs": {"Quick": {"Value": {"Ref": "Quick"}}},
        },
    )
    assert starts(found)["Quick"] == 30  # First is complete
    assert starts(found)["After"] == 70  # Late is complete too
    assert [each.name for each in found.path] == ["root/First", "root/Inner/Late", "root/After"]
    assert found.longest == ["First", "Inner", "After"]


def test_what_a_condition_leaves_out_takes_no_time_and_what_is_not_known_is_counted_and_said() -> None:
    found = made(
        root={
            "Parameters": {"Switch": {"Type": "String"}},
            "Conditions": {
                "Never": {"Fn::Equals": ["a", "b"]},
                "Perhaps": {"Fn::Equals": [{"Ref": "Switch"}, "on"]},
            },
            "Resources": {
                "Out": {**resource("Test::X::Slow"), "Condition": "Never"},
                "Maybe": {**resource("Test::X::D"), "Condition": "Perhaps"},
                "In": resource("Test::X::A"),
            },
        }
    )
    assert found.totals[1] == 40
    assert found.unknown == ["root/Maybe"]


def test_the_branch_of_an_if_that_is_not_taken_is_not_waited_for() -> None:
    chosen = {"Fn::If": ["Never", {"Ref": "Long"}, {"Ref": "Short"}]}
    found = made(
        root={
            "Conditions": {"Never": {"Fn::Equals": ["a", "b"]}},
            "Resources": {
                "Long": resource("Test::X::D"),
                "Short": resource("Test::X::A"),
                "Last": resource("Test::X::A", Value=chosen),
            },
        }
    )
    assert starts(found)["Last"] == 10


def test_slack_is_what_a_step_could_take_longer() -> None:
    found = made(
        root={
            "Long": resource("Test::X::D"),
            "Short": resource("Test::X::A"),
            "End": resource("Test::X::A", "Long", "Short"),
        }
    )
    slack = {key[-1]: value for key, value in found.slack.items()}
    assert (slack["Long"], slack["Short"], slack["End"]) == (0, 30, 0)


def test_a_cycle_names_those_that_wait_for_each_other() -> None:
    with pytest.raises(
        StackgenError, match=r"root\.json: these wait for each other.*: root/(One|Two) -> root/(One|Two)"
    ):
        made(root={"One": resource("Test::X::A", "Two"), "Two": resource("Test::X::A", "One")})


def test_a_deletion_goes_the_other_way_round() -> None:
    build = build_of(root={"One": resource("Test::X::A"), "Two": resource("Test::X::B", "One")})
    found = estimate(build, "root", TIMES, None, Options("delete"))
    assert starts(found)["Two"] == 0
    assert starts(found)["One"] == 20


def test_what_is_retained_is_not_deleted() -> None:
    kept = {**resource("Test::X::Slow"), "DeletionPolicy": "Retain"}
    found = estimate(build_of(root={"One": kept}), "root", TIMES, None, Options("delete"))
    assert found.totals == (0, 0, 0)


def test_monitoring_comes_after_everything() -> None:
    build = build_of(root={"One": resource("Test::X::A")})
    found = estimate(build, "root", TIMES, None, Options(rollback_monitor=5))
    assert found.totals[1] == 310
    assert [each.name for each in found.path] == ["root/One", "rollback monitoring"]


def test_an_empty_stack_and_one_without_rows_are_estimated() -> None:
    assert made(root={"Resources": {}}).totals == (0, 0, 0)
    found = made(root={"One": resource("Test::X::Unheard")})
    assert found.without_row == {"Test::X::Unheard": 1}
    assert found.totals[0] < found.totals[1] < found.totals[2]


@given(st.lists(st.tuples(st.sampled_from("ABCD"), st.sets(st.integers(0, 9)), st.booleans()), min_size=1, max_size=10))
def test_more_waits_never_make_it_shorter_and_the_path_adds_up(drawn: list[tuple[str, set[int], bool]]) -> None:
    resources = {}
    free = {}
    for number, (kind, targets, depends) in enumerate(drawn):
        names = [f"R{target}" for target in sorted(targets) if target < number]
        one = resource(f"Test::X::{kind}", *([] if depends else names), depends_on=names if depends else None)
        resources[f"R{number}"], free[f"R{number}"] = one, resource(f"Test::X::{kind}")
    found, without = made(root=resources), made(root=free)
    assert found.totals[1] >= without.totals[1]
    assert found.path[-1].until == found.totals[1]
    assert found.path[0].start == 0
    for before, after in zip(found.path, found.path[1:], strict=False):
        assert before.until == after.start
    assert all(found.slack[each.key] == 0 for each in found.path)
    assert all(low <= typical <= high for low, typical, high in found.run.at.values())
