"""State machines that are built from typed states, and those that are refused when they are made."""

from __future__ import annotations

import json
from typing import Any

import pytest

from stackgen.deployer import asl
from stackgen.deployer.asl import (
    DISCARD,
    Catcher,
    Choice,
    Fail,
    Machine,
    Map,
    Parallel,
    Pass,
    Retrier,
    Scope,
    Succeed,
    Task,
    Wait,
    When,
    all_of,
    any_of,
    equals,
    is_present,
    is_true,
    negated,
    problems,
)  # fmt: skip
from stackgen.errors import DuplicateError, MachineError

INVOKE = "arn:aws:states:::lambda:invoke"
DONE = {"Type": "Succeed"}


def machine(start: str = "A", **states: Any) -> dict[str, Any]:
    return {"StartAt": start, "States": states}


def to(target: str, **more: Any) -> dict[str, Any]:
    return {"Type": "Pass", "Next": target, **more}


def found(definition: dict[str, Any]) -> list[tuple[str, str]]:
    return [(each.rule, each.state) for each in problems(definition)]


def test_a_machine_is_rendered_in_the_words_of_the_language() -> None:
    made = Machine(
        Task(
            "Ask",
            Comment="Is it there",
            Resource=INVOKE,
            Parameters={"FunctionName": "f", "Payload": {"name.$": "$.name", "parts": (1, None)}},
            ResultPath="$.asked",
            Retry=[Retrier(ErrorEquals=["Busy"], IntervalSeconds=2, BackoffRate=1.5, MaxAttempts=0)],
            Catch=[Catcher(ErrorEquals=["States.ALL"], ResultPath="$.error", Next="Failed")],
            Next="Decide",
        ),
        Choice("Decide", Choices=[When(is_true("$.asked.Payload.ready"), Next="Each")], Default="Pause"),
        Wait("Pause", Seconds=0, Next="Ask"),
        Map(
            "Each",
            ItemsPath="$.asked.Payload.items",
            ItemProcessor=Scope(Pass("Item", ResultPath=DISCARD, End=True), StartAt="Item"),
            ResultPath=DISCARD,
            Next="Both",
        ),
        Parallel(
            "Both", Branches=[Scope(Succeed("One"), StartAt="One"), Scope(Succeed("Two"), StartAt="Two")], End=True,
        ),
        Fail("Failed", Error="Wrong", Cause="It was"),
        StartAt="Ask",
        Comment="An example",
        TimeoutSeconds=60,
    )  # fmt: skip
    assert made.definition == {
        "Comment": "An example",
        "TimeoutSeconds": 60,
        "StartAt": "Ask",
        "States": {
            "Ask": {
                "Type": "Task", "Comment": "Is it there", "Resource": INVOKE,
                "Parameters": {"FunctionName": "f", "Payload": {"name.$": "$.name", "parts": [1, None]}},
                "ResultPath": "$.asked", "Next": "Decide",
                "Retry": [{"ErrorEquals": ["Busy"], "IntervalSeconds": 2, "BackoffRate": 1.5, "MaxAttempts": 0}],
                "Catch": [{"ErrorEquals": ["States.ALL"], "ResultPath": "$.error", "Next": "Failed"}],
            },
            "Decide": {
                "Type": "Choice", "Default": "Pause",
                "Choices": [{"Variable": "$.asked.Payload.ready", "BooleanEquals": True, "Next": "Each"}],
            },
            "Pause": {"Type": "Wait", "Seconds": 0, "Next": "Ask"},
            "Each": {
                "Type": "Map", "ItemsPath": "$.asked.Payload.items", "ResultPath": None, "Next": "Both",
                "ItemProcessor": {
                    "StartAt": "Item", "States": {"Item": {"Type": "Pass", "ResultPath": None, "End": True}},
                },
            },
            "Both": {
                "Type": "Parallel", "End": True,
                "Branches": [
                    {"StartAt": "One", "States": {"One": DONE}}, {"StartAt": "Two", "States": {"Two": DONE}},
                ],
            },
            "Failed": {"Type": "Fail", "Error": "Wrong", "Cause": "It was"},
        },
    }  # fmt: skip
    assert json.loads(made.text) == made.definition
    assert made.text.startswith('{\n  "Comment"')
    assert made.text.endswith("}\n")


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        (equals("$.a", "x"), {"Variable": "$.a", "StringEquals": "x"}),
        (is_present("$.a"), {"Variable": "$.a", "IsPresent": True}),
        (negated(is_true("$.a")), {"Not": {"Variable": "$.a", "BooleanEquals": True}}),
        (all_of(equals("$.a", "x"), is_present("$.b")), {"And": [equals("$.a", "x"), is_present("$.b")]}),
        (any_of(equals("$.a", "x"), is_present("$.b")), {"Or": [equals("$.a", "x"), is_present("$.b")]}),
    ],
)
def test_conditions_are_those_of_the_language(condition: dict[str, Any], expected: dict[str, Any]) -> None:
    assert condition == expected


def test_a_machine_that_would_get_stuck_is_refused_with_the_culprit_and_the_likely_fix() -> None:
    with pytest.raises(MachineError) as caught:
        Machine(Pass("First", Next="Sceond"), Pass("Second", Next="Third"), StartAt="First")
    assert str(caught.value).splitlines() == [
        "Next of First is Sceond, which is no state beside it",
        "  did you mean Second?",
        "  and 1 more: Next of Second is Third, which is no state beside it",
    ]


def test_two_states_of_one_name_are_refused() -> None:
    with pytest.raises(DuplicateError, match="two states are called A"):
        Machine(Pass("A", Next="B"), Succeed("B"), Succeed("A"), StartAt="A")


def test_what_is_public_exists() -> None:
    assert all(hasattr(asl, name) for name in asl.__all__)
    assert asl.__all__ == sorted(asl.__all__, key=lambda name: (not name.isupper(), name[0].islower(), name))


SOUND: dict[str, dict[str, Any]] = {
    "one state": machine(A=DONE),
    "a loop with a way out": machine(
        A=to("B"), B={"Type": "Choice", "Choices": [{**is_true("$.x"), "Next": "C"}], "Default": "A"}, C=DONE
    ),
    "a state that only an error reaches": machine(
        A={"Type": "Task", "Resource": "r", "Catch": [{"ErrorEquals": ["X"], "Next": "B"}], "End": True}, B=DONE
    ),
    "scopes": machine(A={"Type": "Map", "ItemProcessor": machine("I", I=DONE), "End": True}),
    "an older word for a scope": machine(A={"Type": "Map", "Iterator": machine("I", I=DONE), "End": True}),
    "JSONata": {**machine(A={"Type": "Pass", "Output": "{% $x %}", "End": True}), "QueryLanguage": "JSONata"},
}


@pytest.mark.parametrize("definition", SOUND.values(), ids=SOUND)
def test_a_sound_machine_is_not_refused(definition: dict[str, Any]) -> None:
    assert problems(definition) == []


REFUSED: dict[str, tuple[dict[str, Any], list[tuple[str, str]]]] = {
    "nothing": ({}, [("no-states", "")]),
    "no states": ({"StartAt": "A", "States": {}}, [("no-states", "")]),
    "states that are a list": ({"StartAt": "A", "States": [DONE]}, [("no-states", "")]),
    "no StartAt": ({"States": {"A": DONE}}, [("no-start", "")]),
    "a StartAt that is no state": (machine("B", A=DONE), [("no-start", "")]),
    "a dangling Next": (machine(A=to("B")), [("dangling", "A")]),
    "a dangling Default": (
        machine(A={"Type": "Choice", "Choices": [{**is_true("$.x"), "Next": "B"}], "Default": "C"}, B=DONE),
        [("dangling", "A")],
    ),
    "a dangling rule": (
        machine(A={"Type": "Choice", "Choices": [{**is_true("$.x"), "Next": "C"}], "Default": "B"}, B=DONE),
        [("dangling", "A")],
    ),
    "a dangling Catch": (
        machine(A={"Type": "Task", "Catch": [{"ErrorEquals": ["States.ALL"], "Next": "B"}], "End": True}),
        [("dangling", "A")],
    ),
    "a Next into another scope": (
        machine(A={"Type": "Map", "ItemProcessor": machine("I", I=to("B")), "Next": "B"}, B=DONE),
        [("dangling", "I")],
    ),
    "a state that nothing reaches": (machine(A=DONE, B=DONE), [("unreached", "B")]),
    "states that reach only each other": (
        machine(A=DONE, B=to("C"), C=to("B")),
        [("unreached", "B"), ("unreached", "C")],
    ),
    "a state that leads nowhere": (machine(A={"Type": "Pass"}), [("stuck", "A")]),
    "a state whose End is false": (machine(A={"Type": "Pass", "End": False}), [("stuck", "A")]),
    "a Task that only a Catch leaves": (
        machine(A={"Type": "Task", "Catch": [{"ErrorEquals": ["States.ALL"], "Next": "B"}]}, B=DONE),
        [("stuck", "A")],
    ),
    "a loop without a way out": (machine(A=to("B"), B=to("A")), [("endless", "A"), ("endless", "B")]),
    "an end that goes on": (machine(A=to("B", End=True), B=DONE), [("two-ways", "A")]),
    "a Type that is none": (machine(A={"Type": "Taks", "End": True}), [("no-type", "A")]),
    "no Type": (machine(A={"End": True}), [("no-type", "A")]),
    "a state that is a text": (machine(A="Pass"), [("no-type", "A"), ("stuck", "A")]),
    "one name in two scopes": (
        machine(A={"Type": "Map", "ItemProcessor": machine("A", A=DONE), "End": True}),
        [("twice", "A")],
    ),
    "a wrong branch": (
        machine(A={"Type": "Parallel", "Branches": [machine("I", I=DONE), {"States": {"J": DONE}}], "End": True}),
        [("no-start", "A")],
    ),
    "a Choice without rules": (machine(A={"Type": "Choice", "Choices": []}), [("stuck", "A"), ("no-default", "A")]),
}


@pytest.mark.parametrize(("definition", "expected"), REFUSED.values(), ids=REFUSED)
def test_a_machine_that_would_get_stuck_is_refused(definition: dict[str, Any], expected: list[tuple[str, str]]) -> None:
    assert found(definition) == expected


@pytest.mark.parametrize(
    ("definition", "hint"),
    [
        (machine(A=to("Relaese"), Release=DONE), "did you mean Release?"),
        (machine("Realese", Release=DONE), "did you mean Release?"),
        (machine(A={"Type": "Taks", "End": True}), "did you mean Task?"),
    ],
)
def test_the_likely_spelling_is_told(definition: dict[str, Any], hint: str) -> None:
    assert problems(definition)[0].hint == hint
