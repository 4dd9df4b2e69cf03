"""Every path that a state reads has been written on every way that leads to it."""

from __future__ import annotations

from typing import Any

import pytest

from stackgen.deployer.asl import problems

INVOKE = "arn:aws:states:::lambda:invoke"
INPUTS = ("name", "count")


def row(*states: tuple[str, dict[str, Any]]) -> dict[str, Any]:
    """States that follow each other; the last one is an end unless it says otherwise."""
    made = {}
    for index, (name, state) in enumerate(states):
        after = {"Next": states[index + 1][0]} if index + 1 < len(states) else {"End": True}
        own = {} if state["Type"] in {"Succeed", "Fail", "Choice"} or {"Next", "End"} & set(state) else after
        made[name] = {**state, **own}
    return {"StartAt": states[0][0], "States": made}


def task(**more: Any) -> dict[str, Any]:
    return {"Type": "Task", "Resource": INVOKE, **more}


def read(path: str) -> dict[str, Any]:
    """A state that reads a path."""
    return {"Type": "Pass", "Parameters": {"it.$": path}}


def messages(
    definition: dict[str, Any], answers: dict[str, list[str]] | None = None, inputs: tuple[str, ...] | None = INPUTS
) -> list[str]:
    found = problems(definition, inputs=inputs, answers=answers or {})
    assert {each.rule for each in found} <= {"unwritten"}
    return [each.message for each in found]


CATCH = [{"ErrorEquals": ["States.ALL"], "ResultPath": "$.error", "Next": "Last"}]
MADE = {"Type": "Pass", "Result": {"a": {"b": 1}, "list": [{"c": 1}]}, "ResultPath": "$.made"}

WRITTEN: dict[str, dict[str, Any]] = {
    "the input": row(("Last", read("$.name"))),
    "the whole input": row(("Last", read("$"))),
    "a result": row(("Made", MADE), ("Last", read("$.made.a.b"))),
    "below a list nothing is known": row(("Made", MADE), ("Last", read("$.made.list[0].c.d"))),
    "a search": row(("Last", read("$..anything"))),
    "brackets": row(("Made", MADE), ("Last", read("$['made']['a'][\"b\"]"))),
    "an answer of which nothing is known": row(("Ask", task(ResultPath="$.it")), ("Last", read("$.it.Payload.x.y"))),
    "an answer in place of all": row(("Ask", task()), ("Last", read("$.Payload.x"))),
    "an answer that is known": row(("Known", task(ResultPath="$.it")), ("Last", read("$.it.Payload.yes.more"))),
    "what beside the payload is answered": row(("Known", task(ResultPath="$.it")), ("Last", read("$.it.StatusCode"))),
    "a selection": row(
        ("Known", task(ResultSelector={"a.$": "$.Payload.yes", "b": 1}, ResultPath="$.it")), ("Last", read("$.it.b")),
    ),
    "a nested place": row(("Known", task(ResultPath="$.x.y.z")), ("Last", read("$.x.y.z.Payload.yes"))),
    "a result thrown away": row(("Known", task(ResultPath=None)), ("Last", read("$.name"))),
    "an input path": row(
        ("Made", MADE), ("Only", {"Type": "Pass", "InputPath": "$.made.a", "ResultPath": "$.name"}),
        ("Last", read("$.name.b")),
    ),
    "an output path": row(("Made", {**MADE, "OutputPath": "$.made"}), ("Last", read("$.a.b"))),
    "both ways of a choice": row(
        ("Pick", {
            "Type": "Choice", "Choices": [{"Variable": "$.count", "NumericEquals": 1, "Next": "One"}], "Default": "Two",
        }),
        ("One", {"Type": "Pass", "Result": {"a": 1, "b": 1}, "ResultPath": "$.it", "Next": "Last"}),
        ("Two", {"Type": "Pass", "Result": {"a": 1, "c": 1}, "ResultPath": "$.it"}),
        ("Last", read("$.it.a")),
    ),
    "an error": row(("Ask", task(ResultPath="$.error.Error", Catch=CATCH)), ("Last", read("$.error.Error"))),
    "a loop that writes what it reads": row(
        ("First", {"Type": "Pass", "Result": {"n": 0, "more": 1}, "ResultPath": "$.it"}),
        ("Ask", task(Parameters={"n.$": "$.it.n"}, ResultSelector={"n.$": "$.Payload"}, ResultPath="$.it")),
        ("Pick", {
            "Type": "Choice", "Choices": [{"Variable": "$.it.n", "NumericEquals": 9, "Next": "Last"}], "Default": "Ask",
        }),
        ("Last", read("$.name")),
    ),
    "a loop that wraps its data": row(
        ("Wrap", {"Type": "Pass", "Parameters": {"in.$": "$"}}),
        ("Pick", {
            "Type": "Choice", "Choices": [{"Variable": "$.in", "IsNull": True, "Next": "Last"}], "Default": "Wrap",
        }),
        ("Last", read("$.in")),
    ),
    "a condition that looks first": row(
        ("Pick", {
            "Type": "Choice", "Default": "End",
            "Choices": [
                {"And": [{"Variable": "$.x", "IsPresent": True}, {"Variable": "$.x", "IsNull": False}], "Next": "Last"},
            ],
        }),
        ("Last", read("$.x")), ("End", {"Type": "Succeed"}),
    ),
    "a rule that looks first": row(
        ("Pick", {
            "Type": "Choice", "Default": "Last",
            "Choices": [{"Variable": "$.x", "IsPresent": False, "Next": "End"}],
        }),
        ("Last", {**read("$.x"), "End": True}), ("End", {"Type": "Succeed"}),
    ),
    "a condition that is turned around": row(
        ("Pick", {
            "Type": "Choice", "Default": "Last",
            "Choices": [{"Not": {"Variable": "$.x", "IsPresent": True}, "Next": "End"}],
        }),
        ("Last", {**read("$.x"), "End": True}), ("End", {"Type": "Succeed"}),
    ),
    "one of several conditions": row(
        ("Pick", {
            "Type": "Choice", "Default": "Last",
            "Choices": [
                {"Or": [{"Variable": "$.x", "IsPresent": False}, {"Variable": "$.x", "IsNull": True}], "Next": "End"},
            ],
        }),
        ("Last", {**read("$.x"), "End": True}), ("End", {"Type": "Succeed"}),
    ),
    "the context": row(("Last", read("$$.Execution.Id"))),
    "the input in the context": row(("Last", read("$$.Execution.Input.anything"))),
    "an intrinsic function": row(("Last", read("States.Format('{} $.x {}', $.name, States.MathAdd($.count, 1))"))),
    "an expression in a list": row(("Last", {"Type": "Pass", "Parameters": {"list": [{"a.$": "$.name"}]}})),
    "a text that is no path": row(("Last", {"Type": "Pass", "Parameters": {"it": "$.nowhere"}})),
    "a variable": row(("First", {"Type": "Pass", "Assign": {"x": 1}}), ("Last", read("$x.y"))),
    "a wait": row(("Last", {"Type": "Wait", "SecondsPath": "$.count"})),
    "a state in JSONata": row(
        ("First", {"Type": "Pass", "QueryLanguage": "JSONata", "Output": {"a": 1}}), ("Last", read("$.a")),
    ),
    "an iteration of which nothing is known": row(
        ("Last", {"Type": "Map", "ItemsPath": "$.name", "ItemProcessor": row(("Item", read("$.anything")))}),
    ),
    "an iteration with a selector": row(
        ("Last", {
            "Type": "Map", "ItemSelector": {"a.$": "$$.Map.Item.Value", "b.$": "$.name"},
            "ItemProcessor": row(("Item", read("$.a.x"))),
        }),
    ),
    "a branch": row(("Last", {"Type": "Parallel", "Branches": [row(("Branch", read("$.name")))]})),
}  # fmt: skip

FILLED = {"Known": ["yes"]}


@pytest.mark.parametrize("definition", WRITTEN.values(), ids=WRITTEN)
def test_what_was_written_may_be_read(definition: dict[str, Any]) -> None:
    assert messages(definition, FILLED) == []


def nothing(name: str, path: str, where: str, lost: str, way: str = "") -> str:
    told = f"nothing writes it on the way {way}" if way else "it is not there"
    return f"{name} reads {path} in {where}, but {lost} may be missing: {told}"


UNWRITTEN: dict[str, tuple[dict[str, Any], list[str]]] = {
    "what is no input": (row(("Last", read("$.nmae"))), [nothing("Last", "$.nmae", "Parameters", "$.nmae")]),
    "below a number": (row(("Made", MADE), ("Last", read("$.made.a.b.c"))), [
        nothing("Last", "$.made.a.b.c", "Parameters", "$.made.a.b.c", "Made -> Last"),
    ]),
    "what is not answered": (row(("Known", task(ResultPath="$.it")), ("Last", read("$.it.Payload.no"))), [
        nothing("Last", "$.it.Payload.no", "Parameters", "$.it.Payload.no", "Known -> Last"),
    ]),
    "what another state writes": (row(("Known", task(ResultPath="$.it")), ("Last", read("$.that"))), [
        nothing("Last", "$.that", "Parameters", "$.that", "Known -> Last"),
    ]),
    "what is lost in a selection": (
        row(("Known", task(ResultSelector={"a.$": "$.Payload"}, ResultPath="$.it")), ("Last", read("$.it.Payload"))),
        [nothing("Last", "$.it.Payload", "Parameters", "$.it.Payload", "Known -> Last")],
    ),
    "what a selection looks for": (
        row(("Known", task(ResultSelector={"a.$": "$.payload"}, ResultPath="$.it")), ("Last", read("$.name"))),
        [nothing("Known", "$.payload", "ResultSelector", "$.payload")],
    ),
    "the input that a result replaced": (row(("Known", task()), ("Last", read("$.name"))), [
        nothing("Last", "$.name", "Parameters", "$.name", "Known -> Last"),
    ]),
    "a result that was thrown away": (row(("Known", task(ResultPath=None)), ("Last", read("$.Payload"))), [
        nothing("Last", "$.Payload", "Parameters", "$.Payload", "Known -> Last"),
    ]),
    "the way of an error": (
        row(
            ("First", task(ResultPath="$.first", Catch=[{**CATCH[0], "Next": "Last"}])),
            ("Second", task(ResultPath="$.second", Catch=[{**CATCH[0], "Next": "Last"}])),
            ("Last", read("$.second.Payload")),
        ),
        [nothing("Last", "$.second.Payload", "Parameters", "$.second", "First -> Last")],
    ),
    "an error where there was none": (row(("Ask", task(ResultPath="$.it", Catch=CATCH)), ("Last", read("$.error"))), [
        nothing("Last", "$.error", "Parameters", "$.error", "Ask -> Last"),
    ]),
    "the input that an error replaced": (
        row(("Ask", task(ResultPath=None, Catch=[{"ErrorEquals": ["X"], "Next": "Last"}])), ("Last", read("$.name"))),
        [nothing("Last", "$.name", "Parameters", "$.name", "Ask -> Last")],
    ),
    "a cause, which a timeout has not": (
        row(("Ask", task(Catch=CATCH, Next="Done")), ("Last", read("$.error.Cause")), ("Done", {"Type": "Succeed"})),
        [nothing("Last", "$.error.Cause", "Parameters", "$.error.Cause", "Ask -> Last")],
    ),
    "one way of a choice": (
        row(
            ("Pick", {
                "Type": "Choice", "Choices": [{"Variable": "$.count", "NumericEquals": 1, "Next": "One"}],
                "Default": "Last",
            }),
            ("One", {"Type": "Pass", "Result": 1, "ResultPath": "$.it"}),
            ("Last", read("$.it")),
        ),
        [nothing("Last", "$.it", "Parameters", "$.it", "Pick -> Last")],
    ),
    "the first round of a loop": (
        row(
            ("Ask", task(Parameters={"n.$": "$.it.n"}, ResultPath="$.it")),
            ("Pick", {
                "Type": "Choice", "Choices": [{"Variable": "$.it", "IsNull": True, "Next": "Last"}], "Default": "Ask",
            }),
            ("Last", {"Type": "Succeed"}),
        ),
        [nothing("Ask", "$.it.n", "Parameters", "$.it")],
    ),
    "the second round of a loop": (
        row(
            ("Ask", task(Parameters={"n.$": "$.name"}, ResultPath="$.it")),
            ("Pick", {
                "Type": "Choice", "Choices": [{"Variable": "$.it", "IsNull": True, "Next": "Last"}], "Default": "Again",
            }),
            ("Again", {"Type": "Pass", "Parameters": {"it.$": "$.it"}, "Next": "Ask"}),
            ("Last", {"Type": "Succeed"}),
        ),
        [nothing("Ask", "$.name", "Parameters", "$.name", "Ask -> Pick -> Again -> Ask")],
    ),
    "what a choice compares": (
        row(("Last", {
            "Type": "Choice", "Default": "Done",
            "Choices": [{"Variable": "$.x", "NumericEqualsPath": "$.y", "Next": "Done"}],
        }), ("Done", {"Type": "Succeed"})),
        [nothing("Last", "$.x", "Choices[0]", "$.x"), nothing("Last", "$.y", "Choices[0]", "$.y")],
    ),
    "a choice that looks too late": (
        row(("Last", {
            "Type": "Choice", "Default": "Done",
            "Choices": [{
                "And": [{"Variable": "$.x", "IsNull": False}, {"Variable": "$.x", "IsPresent": True}], "Next": "Done",
            }],
        }), ("Done", {"Type": "Succeed"})),
        [nothing("Last", "$.x", "Choices[0]", "$.x")],
    ),
    "a wait": (row(("Last", {"Type": "Wait", "SecondsPath": "$.seconds"})), [
        nothing("Last", "$.seconds", "SecondsPath", "$.seconds"),
    ]),
    "a timestamp": (row(("Last", {"Type": "Wait", "TimestampPath": "$.at"})), [
        nothing("Last", "$.at", "TimestampPath", "$.at"),
    ]),
    "a timeout": (row(("Last", task(TimeoutSecondsPath="$.seconds"))), [
        nothing("Last", "$.seconds", "TimeoutSecondsPath", "$.seconds"),
    ]),
    "an input path": (row(("Last", {"Type": "Pass", "InputPath": "$.x"})), [
        nothing("Last", "$.x", "InputPath", "$.x"),
    ]),
    "an input path that leaves nothing": (row(("Last", {**read("$.name"), "InputPath": None})), [
        nothing("Last", "$.name", "Parameters", "$.name"),
    ]),
    "an output path": (row(("Last", {"Type": "Pass", "OutputPath": "$.x"})), [
        nothing("Last", "$.x", "OutputPath", "$.x"),
    ]),
    "the error of a Fail": (row(("Last", {"Type": "Fail", "ErrorPath": "$.x", "CausePath": "$.name"})), [
        nothing("Last", "$.x", "ErrorPath", "$.x"),
    ]),
    "the context": (row(("Last", read("$$.Execution.id"))), [
        nothing("Last", "$$.Execution.id", "Parameters", "$$.Execution.id"),
    ]),
    "an argument of an intrinsic function": (row(("Last", read("States.Format('{}', States.MathAdd($.x, 1))"))), [
        nothing("Last", "$.x", "Parameters", "$.x"),
    ]),
    "an iteration": (
        row(("Each", {
            "Type": "Map", "ItemsPath": "$.items", "ItemSelector": {"a.$": "$.b"},
            "ItemProcessor": row(("Item", read("$.c"))),
        })),
        [
            nothing("Each", "$.items", "ItemsPath", "$.items"), nothing("Each", "$.b", "ItemSelector", "$.b"),
            nothing("Item", "$.c", "Parameters", "$.c"),
        ],
    ),
    "a branch": (
        row(("Both", {
            "Type": "Parallel", "Parameters": {"a": 1}, "Branches": [row(("Branch", read("$.name")))],
        })),
        [nothing("Branch", "$.name", "Parameters", "$.name")],
    ),
}  # fmt: skip


@pytest.mark.parametrize(("definition", "expected"), UNWRITTEN.values(), ids=UNWRITTEN)
def test_what_may_be_missing_is_refused_with_a_way_on_which_it_is(
    definition: dict[str, Any], expected: list[str]
) -> None:
    assert messages(definition, FILLED) == expected


def test_of_an_unknown_input_anything_may_be_read() -> None:
    assert messages(row(("Last", read("$.nmae"))), inputs=None) == []


def test_the_likely_spelling_is_told() -> None:
    (problem,) = problems(row(("Last", read("$.nmae"))), inputs=INPUTS)
    assert problem.hint == "did you mean name?"


def test_answers_of_another_service_are_known_as_they_are() -> None:
    definition = row(
        ("Known", {"Type": "Task", "Resource": "arn:aws:states:::sqs:sendMessage"}), ("Last", read("$.no"))
    )
    assert messages(definition, {"Known": ["MessageId"]}) == [
        nothing("Last", "$.no", "Parameters", "$.no", "Known -> Last"),
    ]
