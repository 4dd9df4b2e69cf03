"""What the tool says should be cut, and what it would save."""

from __future__ import annotations

from typing import Any

import pytest

from stackgen.review.timing.estimate import Estimate, estimate
from stackgen.review.timing.text import advice
from tests.review.timing.builds import build_of, nested, resource, table

TIMES = table(Vpc=60, Cluster=600, Function=240, Quick=1, Alias=60)


def found(**templates: dict[str, Any]) -> Estimate:
    return estimate(build_of(**templates), "root", TIMES)


DATABASE = {
    "Resources": {"Cluster": resource("Test::X::Cluster")},
    "Outputs": {"Endpoint": {"Value": {"Fn::GetAtt": ["Cluster", "Endpoint"]}}},
}


def compute(kind: str, **properties: Any) -> dict[str, Any]:
    return {
        "Parameters": {"Endpoint": {"Type": "String"}},
        "Resources": {"Function": {"Type": kind, "Properties": properties}},
    }


def root(**parameters: Any) -> dict[str, Any]:
    return {"Database": nested("database"), "Compute": nested("compute", **parameters)}


ENDPOINT = {"Fn::GetAtt": ["Database", "Outputs.Endpoint"]}


def test_a_nested_stack_that_takes_a_run_time_value_is_told_to_look_it_up() -> None:
    environment = {"Variables": {"ENDPOINT": {"Ref": "Endpoint"}}}
    estimated = found(
        root=root(Endpoint=ENDPOINT),
        database=DATABASE,
        compute=compute("AWS::Lambda::Function", Environment=environment),
    )
    assert list(advice(estimated)) == [
        "Compute waits for Database only for Endpoint: hand it through Parameter Store: 10.0 instead of 10.1 minutes"
    ]


def test_a_value_that_something_is_made_with_is_not_advised_away() -> None:
    made = compute("Test::X::Function", Endpoint={"Ref": "Endpoint"})
    assert found(root=root(Endpoint=ENDPOINT), database=DATABASE, compute=made).cuts == []


def test_what_needs_nothing_of_the_barrier_is_to_be_made_elsewhere() -> None:
    made = compute("Test::X::Function", Endpoint={"Ref": "Endpoint"})
    made["Resources"] = {
        "Function": resource("Test::X::Function"),
        "Rule": resource("Test::X::Quick", "Function", "Endpoint"),
    }
    estimated = found(root=root(Endpoint=ENDPOINT), database=DATABASE, compute=made)
    (text,) = advice(estimated)
    assert text.startswith(
        "Function of Compute needs nothing of Database: make it in a stack that does not wait for it"
    )
    assert text.endswith(": 10.0 instead of 14.0 minutes")


def test_the_last_resource_of_a_stack_that_others_wait_for_is_to_be_made_elsewhere() -> None:
    database = {**DATABASE, "Resources": {**DATABASE["Resources"], "Alias": resource("Test::X::Alias", "Cluster")}}
    made = compute("Test::X::Function", Endpoint={"Ref": "Endpoint"})
    estimated = found(root=root(Endpoint=ENDPOINT), database=database, compute=made)
    (text,) = advice(estimated)
    assert text.startswith("all that waits for Database waits for Alias too, which nothing in Database needs: make it ")
    assert text.endswith(": 14.0 instead of 15.0 minutes")


@pytest.mark.parametrize(
    ("refers", "expected"),
    [(False, "drop it if it guards nothing: 4.0"), (True, "the reference alone is enough, so drop it: 4.2")],
)
def test_a_depends_on_is_told_with_what_dropping_it_saves(refers: bool, expected: str) -> None:
    times = table(Function=(240, 10), Queue=240)
    refer = ["One"] if refers else []
    resources = {"One": resource("Test::X::Function"), "Two": resource("Test::X::Queue", *refer, depends_on=["One"])}
    estimated = estimate(build_of(root=resources), "root", times)
    (text,) = advice(estimated)
    assert (
        text
        == f"Two has a DependsOn on One, so it waits until all of it is complete: {expected} instead of 8.0 minutes"
    )


def test_a_plain_reference_is_no_choice() -> None:
    resources = {"One": resource("Test::X::Vpc"), "Two": resource("Test::X::Cluster", "One")}
    assert found(root=resources).cuts == []
