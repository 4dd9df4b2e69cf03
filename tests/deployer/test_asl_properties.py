"""Machines made at random: a sound one is never refused, one with a planted mistake always."""

from __future__ import annotations

import copy
import json
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from stackgen.deployer.asl import Holding, Problem, Step, problems
from stackgen.local.machines.definitions import problems_of as refused_by_aws

ERROR = {"ErrorEquals": ["States.ALL"], "ResultPath": "$.error", "Next": "ReleaseOnError"}
LOCK = Holding("the lock", acquired=(Step("Take"), Step("Take", how="Catch")), released=("Release", "ReleaseOnError"))
KINDS = ("Pass", "Wait", "Task", "Choice", "Map")


@st.composite
def machines(draw: st.DrawFn) -> dict[str, Any]:
    """Take, a net of states of all kinds that go forwards and back, release, on success and on error.

    State n is reached from n - 1, so that all are; a loop back starts at a Choice, so that it can be left.
    """
    count = draw(st.integers(1, 8))
    names = [f"S{number}" for number in range(count)]
    states: dict[str, Any] = {"Take": {"Type": "Task", "Resource": "r", "ResultPath": "$.Take", "Next": "S0"}}
    states["Take"]["Catch"] = [ERROR]
    for number, name in enumerate(names):
        following = names[number + 1] if number + 1 < count else "Release"
        states[name] = draw(state(name, following, [*names, "Release"], number))
    states |= {
        "Release": {"Type": "Task", "Resource": "r", "ResultPath": None, "Next": "Done"},
        "ReleaseOnError": {"Type": "Task", "Resource": "r", "Parameters": {"e.$": "$.error"}, "Next": "Failed"},
        "Done": {"Type": "Succeed"},
        "Failed": {"Type": "Fail"},
    }
    return {"StartAt": "Take", "States": states}


@st.composite
def state(draw: st.DrawFn, name: str, following: str, targets: list[str], number: int) -> dict[str, Any]:
    """A state that reads what each state before it has written, and writes to a place of its own.

    What lies ahead may be skipped, so only Take is sure to have been there.
    """
    kind = draw(st.sampled_from(KINDS))
    reads = {"Parameters": {"all": {"list": [{"sure.$": "$.Take"}]}, "name.$": "States.Format('{}', $.name)"}}
    if kind == "Choice":
        others = draw(st.lists(st.sampled_from(targets), max_size=3))
        rules = [
            {"Variable": f"$.Take.x{index}", "NumericEquals": 1, "Next": each} for index, each in enumerate(others)
        ]
        last = {"Variable": "$.name", "StringEquals": "x", "Next": draw(st.sampled_from(targets))}
        return {"Type": kind, "Choices": [*rules, last], "Default": following}
    if kind == "Wait":
        return {"Type": kind, "SecondsPath": "$.Take.seconds", "Next": following}
    if kind == "Pass":
        return {"Type": kind, **reads, "ResultPath": f"$.{name}", "Next": following}
    if kind == "Task":
        return {"Type": kind, "Resource": "r", **reads, "ResultPath": f"$.{name}", "Catch": [ERROR], "Next": following}
    inner = {"StartAt": f"I{number}", "States": {f"I{number}": {"Type": "Pass", "End": True}}}
    return {
        "Type": kind, "ItemsPath": "$.Take.items", "ItemProcessor": inner, "ResultPath": f"$.{name}", "Catch": [ERROR],
        "Next": following,
    }  # fmt: skip


def judge(definition: dict[str, Any]) -> list[Problem]:
    return problems(definition, inputs=["name"], holdings=[LOCK])


def rules(definition: dict[str, Any]) -> set[str]:
    return {each.rule for each in judge(definition)}


def edges(definition: dict[str, Any]) -> list[tuple[dict[str, Any], str]]:
    """Every place in the definition that names a state."""
    found: list[tuple[dict[str, Any], str]] = []
    for each in definition["States"].values():
        found += [(each, field) for field in ("Next", "Default") if field in each]
        found += [(rule, "Next") for field in ("Choices", "Catch") for rule in each.get(field, [])]
    return found


def holding(definition: dict[str, Any]) -> dict[str, Any]:
    """The states that hold the lock."""
    return {"States": {name: each for name, each in definition["States"].items() if name.startswith("S")}}


@settings(max_examples=100, deadline=None)
@given(machines())
def test_a_sound_machine_is_never_refused(definition: dict[str, Any]) -> None:
    assert judge(definition) == []
    assert refused_by_aws(json.dumps(definition)) == []


@settings(max_examples=100, deadline=None)
@given(machines(), st.data())
def test_a_target_that_is_no_state_is_always_refused(definition: dict[str, Any], data: st.DataObject) -> None:
    broken = copy.deepcopy(definition)
    place, field = data.draw(st.sampled_from(edges(broken)))
    place[field] += "x"
    assert "dangling" in rules(broken)
    assert refused_by_aws(json.dumps(broken))


@settings(max_examples=100, deadline=None)
@given(machines(), st.sampled_from([*KINDS, "Succeed", "Fail"]), st.data())
def test_a_state_that_nothing_reaches_is_always_refused(
    definition: dict[str, Any], kind: str, data: st.DataObject
) -> None:
    target = data.draw(st.sampled_from(sorted(definition["States"])))
    alone = {"Succeed": {}, "Fail": {}, "Choice": {"Choices": [{"Variable": "$.x", "IsNull": True, "Next": target}],
             "Default": target}}.get(kind, {"Next": target})  # fmt: skip
    broken = {**definition, "States": {**definition["States"], "Alone": {"Type": kind, **alone}}}
    assert ("unreached", "Alone") in {(each.rule, each.state) for each in judge(broken)}


@settings(max_examples=100, deadline=None)
@given(machines(), st.data())
def test_a_way_around_the_release_is_always_refused(definition: dict[str, Any], data: st.DataObject) -> None:
    """Any edge of a state that holds the lock leads to an end, and what is cut off by that stays reachable."""
    broken = copy.deepcopy(definition)
    states = broken["States"]
    place, field = data.draw(st.sampled_from(edges(holding(broken))))
    before, place[field] = place[field], "Bypass"
    end = data.draw(st.sampled_from(["Done", "Failed"]))
    states["Bypass"] = {
        "Type": "Choice", "Default": end, "Choices": [{"Variable": "$.name", "StringEquals": "y", "Next": before}],
    }  # fmt: skip
    assert rules(broken) == {"kept"}


@settings(max_examples=100, deadline=None)
@given(machines(), st.data())
def test_an_error_that_is_not_caught_while_the_lock_is_held_is_always_refused(
    definition: dict[str, Any], data: st.DataObject
) -> None:
    """A Task that catches only some errors stands on any edge of a state that holds the lock."""
    broken = copy.deepcopy(definition)
    place, field = data.draw(st.sampled_from(edges(holding(broken))))
    broken["States"]["Late"] = {
        "Type": "Task", "Resource": "r", "ResultPath": None, "Next": place[field],
        "Catch": data.draw(st.sampled_from([[], [{**ERROR, "ErrorEquals": ["States.TaskFailed"]}]])),
    }  # fmt: skip
    place[field] = "Late"
    assert ("kept", "Late") in {(each.rule, each.state) for each in judge(broken)}


@settings(max_examples=100, deadline=None)
@given(machines(), st.data())
def test_a_path_that_was_not_written_is_always_refused(definition: dict[str, Any], data: st.DataObject) -> None:
    """A state between the first and the release reads what only the release writes."""
    broken = copy.deepcopy(definition)
    broken["States"]["Release"]["ResultPath"] = "$.released"
    name = data.draw(st.sampled_from([name for name in broken["States"] if name.startswith("S")]))
    broken["States"][name]["InputPath"] = "$.released"
    broken["States"]["Done"]["InputPath"] = "$.released"  # where it is written
    assert {(each.rule, each.state) for each in judge(broken)} == {("unwritten", name)}


WORDS = st.sampled_from(
    [
        *(
            "A",
            "B",
            "$",
            "$.a",
            "$$.Execution.Id",
            "$.a[0]['b']",
            "$[",
            "States.Format('{}', $.a)",
            "States.ALL",
            "Task",
        ),
        *("Choice", "Map", "Parallel", "Pass", "Wait", "Succeed", "Fail", "JSONata", ""),
    ]
)
FIELDS = st.sampled_from(
    [
        *(
            "StartAt",
            "States",
            "Type",
            "Next",
            "End",
            "Default",
            "Choices",
            "Catch",
            "Retry",
            "ErrorEquals",
            "And",
            "Or",
        ),
        *(
            "Not",
            "Variable",
            "IsPresent",
            "Parameters",
            "ItemProcessor",
            "Branches",
            "InputPath",
            "ResultPath",
            "Result",
        ),
        *("OutputPath", "ResultSelector", "SecondsPath", "QueryLanguage", "a.$", "A", "B", "MaxAttempts"),
    ]
)
JUNK = st.recursive(
    st.none() | st.booleans() | st.integers(-1, 3) | WORDS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(FIELDS, inner, max_size=5),
    max_leaves=30,
)


@settings(max_examples=100, deadline=None)
@given(st.dictionaries(FIELDS, JUNK, max_size=4))
def test_of_a_definition_that_makes_no_sense_something_is_told(definition: dict[str, Any]) -> None:
    found = judge(definition)
    assert found
    assert all(each.rule and each.message for each in found)


@settings(max_examples=100, deadline=None)
@given(machines(), st.data())
def test_junk_in_a_state_is_no_reason_to_fail(definition: dict[str, Any], data: st.DataObject) -> None:
    broken = copy.deepcopy(definition)
    name = data.draw(st.sampled_from(sorted(broken["States"])))
    broken["States"][name] |= data.draw(st.dictionaries(FIELDS, JUNK, min_size=1, max_size=3))
    assert all(each.rule and each.message for each in judge(broken))
