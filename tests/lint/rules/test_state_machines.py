"""Rules about state machines: objects, texts, and what is put into them."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from .kit import paths, seen

MACHINE = """
Parameters: {{Next: {{Type: String}}, Wide: {{Type: String, Default: 'no'}}}}
Conditions: {{IsWide: !Equals [!Ref Wide, 'yes']}}
Resources:
  Machine:
    Type: AWS::StepFunctions::StateMachine
    Properties:
      RoleArn: arn:aws:iam::123456789012:role/machine
      DefinitionSubstitutions: {{Following: Last, Seconds: 5, Arn: !Ref Next}}
      {definition}
"""
INNER = "{StartAt: I, States: {I: {Type: Task, Resource: a, End: true}}}"
PLACE = "Resources/Machine/Properties"


def machine(definition: str) -> str:
    return MACHINE.format(definition=definition)


def written(states: dict[str, Any], start: str = "A") -> str:
    return f"Definition: {json.dumps({'StartAt': start, 'States': states})}"


@pytest.mark.parametrize(
    ("states", "place", "message"),
    [
        ({"A": {"Type": "Pass", "Next": "B"}}, "A", "Next of A is B, which is no state beside it"),
        ({"A": {"Type": "Pass"}}, "A", "A leads nowhere"),
        ({"A": {"Type": "Succeed"}, "B": {"Type": "Fail"}}, "B", "no way leads to B"),
        ({"A": {"Type": "Wait", "Seconds": 1, "Next": "A"}}, "A", "no way leads from A to an end"),
        ({"A": {"Type": "Tusk", "End": True}}, "A", "A has the Type Tusk"),
        (
            {"A": {"Type": "Map", "End": True, "ItemProcessor": {"StartAt": "I", "States": {"I": {"Type": "Pass"}}}}},
            "A/ItemProcessor/States/I",
            "I leads nowhere",
        ),
        (
            {"A": {"Type": "Task", "Resource": "a", "End": True, "Catch": [{"ErrorEquals": ["a"], "Next": "C"}]}},
            "A",
            "Catch[0] of A is C, which is no state beside it",
        ),
    ],
)
def test_what_gets_a_machine_stuck_is_told_at_the_state(states: dict[str, Any], place: str, message: str) -> None:
    (found,) = seen(machine(written(states)), "E9140")
    assert found.path == f"{PLACE}/Definition/States/{place}"
    assert message in found.message


@pytest.mark.parametrize(
    "definition",
    [
        written({"A": {"Type": "Pass", "Next": "${Following}"}, "Last": {"Type": "Succeed"}}),
        written({"A": {"Type": "Pass", "Next": "${Arn}"}, "B": {"Type": "Succeed"}}),
        'DefinitionString: \'{"StartAt": "A", "States": {"A": {"Type": "Wait", "Seconds": ${Seconds}, "End": true}}}\'',
        "DefinitionString: !Sub '{${Members}}'",
        "DefinitionString: !Ref Next",
        "DefinitionS3Location: {Bucket: a, Key: b}",
        "Definition: {StartAt: A, States: {A: {Type: Pass, Next: !If [IsWide, B, C]}, B: &a {Type: Fail}, C: *a}}",
        "Definition: {StartAt: A, States: {A: !ImportValue a, B: {Type: Succeed}}}",
        "Definition: {StartAt: A, States: !ImportValue a}",
        "Definition: {StartAt: !Ref Next, States: {A: {Type: Fail}, B: {Type: Fail}}}",
        "Definition: {StartAt: A, States: {A: {Type: Choice, Choices: !ImportValue a}, B: {Type: Fail}}}",
        "Definition: {StartAt: A, States: {A: {Type: !Ref Next}}}",
        "Definition: {StartAt: A, States: {A: {Type: Pass, End: !Ref Next}}}",
        "Definition: {StartAt: A, States: {A: {Type: Task, End: true, Retry: [{ErrorEquals: !Ref Next}]}}}",
        "Definition: {StartAt: A, States: {A: {Type: Map, End: true, ItemProcessor: !ImportValue a}}}",
        "Definition: {StartAt: A, States: {A: {Type: Choice, Choices: [{Variable: a, Next: B}]}, B: {Type: Fail}}}",
        "Definition: 7",
    ],
)
def test_what_only_aws_knows_and_a_choice_without_default_is_not_told(definition: str) -> None:
    assert not paths(machine(definition), "E9140")


@pytest.mark.parametrize(
    "definition",
    [
        'DefinitionString: !Sub \'{"StartAt": "A", "States": {"A": {"Type": "Pass", "Next": "${!B}"}}}\'',
        'DefinitionString: !Join [\'\', [\'{"StartAt": "A", "States": \', \'{"A": {"Type": "Pass"}}\', \'}\']]',
        'DefinitionString: !If [IsWide, \'{"StartAt": "B", "States": {"A": {"Type": "Succeed"}}}\', \'no JSON\']',
    ],
)
def test_a_definition_in_a_text_is_read(definition: str) -> None:
    found = paths(machine(definition), "E9140")
    inside = ["/Fn::If/1", "/Fn::If/2"] if "IsWide" in definition else [""]
    assert found == ([] if "${!B}" in definition else [f"{PLACE}/DefinitionString{each}" for each in inside])


@pytest.mark.parametrize(
    ("definition", "place", "message"),
    [
        (
            "Definition: {StartAt: A, States: {A: {Type: Pass, Next: Z}, B: !If [IsWide, {Type: Fail}, {Type: Fail}]}}",
            "Definition/States/A",
            "Next of A is Z, which is no state beside it",
        ),
        (
            "Definition: {StartAt: A, States: {A: {Type: Pass, Next: !If [IsWide, B, Z]}, B: {Type: Fail}}}",
            "Definition/States/A",
            "Next of A is Z, which is no state beside it .*, where IsWide is false",
        ),
        (
            "Definition: {StartAt: A, States: {A: !If [IsWide, {Type: Fail}, {Type: Tusk, End: true}]}}",
            "Definition/States/A/Fn::If/2",
            "A has the Type Tusk .*, where IsWide is false",
        ),
        (
            "Definition: {StartAt: A, States: {A: {Type: Pass, Next: !Ref Next}, B: {Type: Pass, Next: Z}}}",
            "Definition/States/B",
            "Next of B is Z, which is no state beside it",
        ),
        (
            "Definition: {StartAt: A, States: {A: {Type: Pass, Next: !Ref Wide}, B: {Type: Fail}}}",
            "Definition/States/A",
            "Next of A is no, which is no state beside it",
        ),
    ],
)
def test_what_conditions_and_parameters_decide_leaves_the_rest_of_a_machine_to_be_judged(
    definition: str, place: str, message: str
) -> None:
    (found,) = seen(machine(definition), "E9140")
    assert found.path == f"{PLACE}/{place}"
    assert re.fullmatch(f"Machine: {message}( \\(known: .*\\))?", found.message)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("'no JSON at all'", "is not JSON: Expecting value in line 1, column 1"),
        ("'[1]'", "is no object"),
        ('!Sub \'{"StartAt": "A"} ${AWS::Region}\'', "is not JSON: Extra data in line 1, column 18"),
        ('!Sub \'{"StartAt": "A", "States": {"A": {"Type": "Pass", "End": ${Wide}}}}\'', "is not JSON"),
    ],
)
def test_a_text_that_cannot_be_json_is_told(text: str, message: str) -> None:
    (found,) = seen(machine(f"DefinitionString: {text}"), "E9140")
    assert found.message.startswith(f"Machine: DefinitionString {message}")


def test_a_variable_without_quotes_may_be_a_number_or_an_object() -> None:
    inner = '{"Type": "Pass", "Result": ${AWS::AccountId}, "Parameters": {"a": ${Machine}}, "Next": "Z"}'
    text = f'{{"StartAt": "A", "States": {{"A": {inner}}}}}'
    (found,) = seen(machine(f"DefinitionString: !Sub '{text}'"), "E9140")
    assert "Next of A is Z" in found.message


def test_rubbish_in_the_place_of_states_is_survived() -> None:
    for states in ("7", "[1]", "{A: 7, B: [1]}", "{A: {Type: [1], Next: {a: b}, Catch: 7, Retry: [7], Choices: x}}"):
        seen(machine(f"Definition: {{StartAt: [1], States: {states}}}"), "E9140", "W9184", "W9185")


@pytest.mark.parametrize(
    ("state", "messages"),
    [
        ("{Type: Task, Resource: a, End: true}", ["neither Retry nor Catch"]),
        ("{Type: Task, Resource: a, End: true, Retry: [{ErrorEquals: [States.ALL]}]}", []),
        (
            "{Type: Task, Resource: a, End: true, Retry: [{ErrorEquals: [States.ALL], MaxAttempts: 0}]}",
            ["neither Retry nor Catch"],
        ),
        (
            "{Type: Task, Resource: a, End: true, Retry: !If [IsWide, [{ErrorEquals: [b]}], !Ref AWS::NoValue]}",
            ["one error ends the execution, where IsWide is false"],
        ),
        ("{Type: Task, Resource: a, End: true, Retry: !ImportValue a}", []),
        ("{Type: Task, Resource: a, End: true, Retry: [{ErrorEquals: [b], MaxAttempts: !Ref Next}]}", []),
        ("{Type: Task, Resource: 'a.waitForTaskToken', End: true, Retry: [{ErrorEquals: [b]}]}", ["without limit"]),
        (
            f"{{Type: Parallel, End: true, Catch: [{{ErrorEquals: [b], Next: A}}], Branches: [{INNER}]}}",
            [],
        ),
        (
            f"{{Type: Map, End: true, Iterator: {INNER}}}",
            ["I has neither"],
        ),
    ],
)
def test_a_task_expects_errors_itself_or_by_what_is_around_it(state: str, messages: list[str]) -> None:
    found = seen(machine(f"Definition: {{StartAt: A, States: {{A: {state}}}}}"), "W9184")
    assert len(found) == len(messages)
    assert all(message in each.message for message, each in zip(messages, found, strict=True))


def test_logging_that_one_branch_turns_off_is_told() -> None:
    logging = "LoggingConfiguration: {Level: !If [IsWide, 'OFF', ALL]}"
    template = machine(f"{logging}\n      TracingConfiguration: {{Enabled: 'true'}}")
    assert paths(template, "W9185") == [f"{PLACE}/LoggingConfiguration/Level/Fn::If/1"]
