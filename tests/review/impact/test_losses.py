"""Data that a change loses, or leaves behind."""

from __future__ import annotations

from typing import Any

import pytest

from tests.review.impact.changing import LIVE, SOMETIMES, Contents, app, nested, resource, reviewed, verdicts

DATA = {"V101", "V102", "V103", "V104", "V401"}
TOPIC = resource("AWS::SNS::Topic")
KEY = [{"AttributeName": "a", "KeyType": "HASH"}]


def found(before: Contents, after: Contents) -> list[str]:
    """The verdicts on data."""
    return [f"{each.code} {each.text}" for each in verdicts(before, after) if each.code in DATA]


def table(key: str = "a", **attributes: Any) -> Contents:
    schema = [{"AttributeName": key, "KeyType": "HASH"}]
    return app({"It": resource("AWS::DynamoDB::Table", {"KeySchema": schema}, **attributes)})


def instance(zone: str, **attributes: Any) -> Contents:
    properties = {"Engine": "mysql", "AvailabilityZone": zone}
    return app({"It": resource("AWS::RDS::DBInstance", properties, **attributes)})


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        pytest.param(
            table(),
            table("b"),
            ["V101 the old one is deleted with its data; UpdateReplacePolicy Delete"],
            id="replaced",
        ),
        pytest.param(
            table(),
            table("b", UpdateReplacePolicy="Retain"),
            ["V401 the new one starts empty; the old one is left behind (UpdateReplacePolicy Retain)"],
            id="replaced, and the new template keeps the old one",
        ),
        pytest.param(
            table(UpdateReplacePolicy="Retain"),
            table("b"),
            ["V101 the old one is deleted with its data; UpdateReplacePolicy Delete"],
            id="replaced, and only the old template kept it",
        ),
        pytest.param(
            instance("a"),
            instance("b"),
            ["V103 if it is replaced, its data goes with it; UpdateReplacePolicy Delete"],
            id="may be replaced",
        ),
        pytest.param(
            instance("a"),
            instance("b", UpdateReplacePolicy="Snapshot"),
            ["V401 the new one starts empty; a snapshot of the old one is left (UpdateReplacePolicy Snapshot)"],
            id="may be replaced after a snapshot",
        ),
        pytest.param(
            table(),
            app({"Topic": TOPIC}),
            ["V102 it is deleted with its data; DeletionPolicy Delete"],
            id="deleted",
        ),
        pytest.param(
            table(DeletionPolicy="Retain"),
            app({"Topic": TOPIC}),
            ["V401 it leaves the stack; DeletionPolicy Retain keeps its data"],
            id="deleted from the stack alone",
        ),
        pytest.param(
            instance("a"),
            app({"Topic": TOPIC}),
            ["V401 it leaves the stack; DeletionPolicy Snapshot keeps its data"],
            id="deleted after the snapshot that is the default",
        ),
        pytest.param(table(), table(), [], id="kept"),
        pytest.param(app({"Topic": TOPIC}), table(), [], id="created"),
        pytest.param(
            app({"It": resource("AWS::SNS::Topic", {"TopicName": "a"})}),
            app({"It": resource("AWS::SNS::Topic", {"TopicName": "b"})}),
            [],
            id="replaced, and holds no data",
        ),
    ],
)
def test_what_becomes_of_the_data(before: Contents, after: Contents, expected: list[str]) -> None:
    assert found(before, after) == expected


def test_a_table_that_may_go_may_lose_its_data() -> None:
    plain = resource("AWS::DynamoDB::Table", {"KeySchema": KEY})
    sections = {"Parameters": LIVE, "Conditions": SOMETIMES}
    before, after = (app({"It": each}, **sections) for each in (plain, {**plain, "Condition": "Sometimes"}))
    assert found(before, after) == ["V104 it may be deleted with its data; DeletionPolicy Delete"]


@pytest.mark.parametrize(("attributes", "code"), [({}, "V102"), ({"DeletionPolicy": "Retain"}, "V401")])
def test_a_nested_stack_goes_with_its_data_unless_it_is_kept(attributes: dict[str, str], code: str) -> None:
    child = {"Resources": {"Table": resource("AWS::DynamoDB::Table", {"KeySchema": KEY})}}
    before = {**app({"Child": nested("child", **attributes), "Topic": TOPIC}), "child": child}
    after = app({"Topic": TOPIC})
    assert [(each.code, each.address) for each in verdicts(before, after) if each.code in DATA] == [
        (code, "app/Child/Table")
    ]


def test_of_a_nested_stack_that_is_not_in_the_build_nobody_knows_what_is_lost() -> None:
    assert found(app({"Child": nested("child"), "Topic": TOPIC}), app({"Topic": TOPIC})) == [
        "V102 it is deleted with its data; DeletionPolicy Delete"
    ]


def test_a_stack_that_leaves_the_build_takes_its_data_along() -> None:
    before = {**app({"Topic": TOPIC}), "data": table()["app"]}
    (verdict,) = reviewed(before, app({"Topic": TOPIC})).verdicts
    assert (verdict.verdict.code, verdict.verdict.address) == ("V102", "data/It")


def test_a_function_in_a_policy_is_not_taken_for_one_that_keeps() -> None:
    policy = {"Fn::If": ["Sometimes", "Retain", "Delete"]}
    before = app(
        {"It": resource("AWS::DynamoDB::Table", {"KeySchema": KEY}, DeletionPolicy=policy), "Topic": TOPIC},
        Parameters=LIVE,
        Conditions=SOMETIMES,
        Transform="AWS::LanguageExtensions",
    )
    assert found(before, app({"Topic": TOPIC})) == ["V102 it is deleted with its data; DeletionPolicy unknown"]
