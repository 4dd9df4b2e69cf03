"""A review in one sentence, in counts, as data, and what --fail-on finds in it."""

from __future__ import annotations

import json
from typing import Any

import pytest

from stackgen.errors import OutputFileError
from stackgen.review.environments import Place
from stackgen.review.impact.result import FAIL_ON, Impact, Reason, Verdict
from stackgen.review.impact.review import Outcome, Review
from stackgen.review.impact.summary import Summary
from tests.review.impact.changing import Contents, app, nested, resource, reviewed

DEV, PROD = Place("dev", "us-east-1"), Place("prod", "us-east-1")


def impact(address: str, action: str, certainty: str = "certain", type_: str = "AWS::SQS::Queue") -> Impact:
    return Impact(f"app/{address}", type_, action, certainty)


def verdict(code: str, kind: str) -> Verdict:
    return Verdict(code, kind, "app/A", "text")


def summary(*impacts: Impact, verdicts: tuple[Verdict, ...] = (), prod: tuple[Impact, ...] | None = None) -> Summary:
    outcomes = [Outcome(DEV, "app", impacts, verdicts)]
    outcomes += [Outcome(PROD, "app", prod, ())] if prod is not None else []
    return Summary(Review(tuple(outcomes), (), "2026-01-01"))


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        pytest.param(summary(), "nothing changes (dev/us-east-1)", id="nothing"),
        pytest.param(summary(impact("A", "create")), "1 created (dev/us-east-1)", id="one"),
        pytest.param(
            summary(impact("A", "create"), impact("B", "update"), impact("C", "replace"), impact("D", "delete")),
            "1 replaced, 1 deleted, 1 updated in place, 1 created (dev/us-east-1)",
            id="the gravest first",
        ),
        pytest.param(
            summary(
                impact("A", "create", "unknown"), impact("B", "update", "unknown"), impact("C", "delete", "unknown")
            ),
            "1 deleted, 1 updated in place, 1 created (dev/us-east-1)",
            id="what may be counts with what is",
        ),
        pytest.param(
            summary(impact("A", "replace", "conditional"), impact("B", "replace", "unknown")),
            "1 may be replaced, 1 unknown (dev/us-east-1)",
            id="doubt about a replacement is counted by itself",
        ),
        pytest.param(
            summary(impact("A", "fails"), impact("B", "fails", "unknown")),
            "1 may fail to change (dev/us-east-1)",
            id="failing",
        ),
        pytest.param(
            summary(impact("A", "update"), prod=(impact("A", "replace"),)),
            "1 replaced (dev/us-east-1, prod/us-east-1)",
            id="the worst place counts",
        ),
        pytest.param(
            summary(impact("A", "replace"), prod=(impact("A", "update"),)),
            "1 replaced (dev/us-east-1, prod/us-east-1)",
            id="the worst place counts, the other way round",
        ),
        pytest.param(
            summary(impact("A", "update", type_="AWS::CloudFormation::Stack"), impact("A/B", "update")),
            "1 updated in place (dev/us-east-1)",
            id="a nested stack that only passes on is no change of its own",
        ),
        pytest.param(
            summary(impact("A", "delete", type_="AWS::CloudFormation::Stack")),
            "1 deleted (dev/us-east-1)",
            id="a nested stack that goes is one",
        ),
        pytest.param(
            summary(
                impact("A", "replace"),
                verdicts=(
                    verdict("V101", "data-loss"),
                    verdict("V102", "data-loss"),
                    verdict("V201", "certain-failure"),
                    verdict("V301", "widen"),
                    verdict("V402", "note"),
                ),
            ),
            "1 certain failure, 2 losses of data, 1 widened access, 1 replaced (dev/us-east-1)",
            id="verdicts come first, notes are not counted",
        ),
    ],
)
def test_the_verdict_counts_each_resource_once(found: Summary, expected: str) -> None:
    assert found.verdict == expected


def test_many_places_are_counted() -> None:
    outcomes = tuple(Outcome(Place(f"e{number}", "us-east-1"), "app", (), ()) for number in range(5))
    assert Summary(Review(outcomes, (), "")).verdict == "nothing changes (in 5 places)"


def test_a_review_of_nothing_has_no_places() -> None:
    assert Summary(Review((), (), "")).verdict == "nothing changes"


EVERYTHING = summary(
    impact("A", "replace"),
    impact("B", "replace", "unknown"),
    impact("C", "delete"),
    impact("D", "create"),
    verdicts=(
        verdict("V101", "data-loss"),
        verdict("V201", "certain-failure"),
        verdict("V202", "certain-failure"),
        verdict("V301", "widen"),
        verdict("V402", "note"),
    ),
)


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        (["replace"], ["2 replace"]),
        (["destroy"], ["1 destroy"]),
        (["data-loss"], ["1 data-loss"]),
        (["widen"], ["1 widen"]),
        (["certain-failure"], ["2 certain-failure"]),
        (["data-loss", "replace"], ["1 data-loss", "2 replace"]),
        ([], []),
    ],
)
def test_every_kind_is_found(wanted: list[str], expected: list[str]) -> None:
    assert EVERYTHING.found(wanted) == expected


@pytest.mark.parametrize("kind", FAIL_ON)
def test_nothing_is_found_where_nothing_is(kind: str) -> None:
    harmless = summary(impact("A", "create"), impact("B", "update"), verdicts=(verdict("V402", "note"),))
    assert harmless.found([kind]) == []


def test_one_resource_in_two_places_is_found_once() -> None:
    assert summary(impact("A", "replace"), prod=(impact("A", "replace", "unknown"),)).found(["replace"]) == [
        "1 replace"
    ]


def test_the_data_say_what_where_and_why() -> None:
    reason = Reason("Properties.FifoQueue", "FifoQueue is create-only", "schema", "false", "true")
    replaced = Impact("app/A", "AWS::SQS::Queue", "replace", "certain", (reason,), "Delete")
    problem = OutputFileError("is not JSON", location=("x.json", 3))
    found = Verdict("V101", "data-loss", "app/A", "text", "remedy")
    outcomes = (Outcome(DEV, "app", (replaced,), (found,)), Outcome(PROD, "app", (), ()))
    assert Summary(Review(outcomes, (problem,), "2026-01-01")).as_json() == {
        "verdict": "1 loss of data, 1 replaced (dev/us-east-1, prod/us-east-1); 1 problem",
        "places": ["dev/us-east-1", "prod/us-east-1"],
        "schemas": "2026-01-01",
        "impacts": [
            {
                "address": "app/A",
                "type": "AWS::SQS::Queue",
                "action": "replace",
                "certainty": "certain",
                "policy": "Delete",
                "reasons": [
                    {
                        "path": "Properties.FifoQueue",
                        "text": "FifoQueue is create-only",
                        "source": "schema",
                        "before": "false",
                        "after": "true",
                    }
                ],
                "places": ["dev"],
            }
        ],
        "verdicts": [
            {
                "code": "V101",
                "kind": "data-loss",
                "address": "app/A",
                "text": "text",
                "remedy": "remedy",
                "places": ["dev"],
            }
        ],
        "problems": ["x.json:3: is not JSON"],
    }


def stable(names: list[str]) -> Contents:
    bucket = resource("AWS::S3::Bucket", {"BucketName": "logs"})
    resources: dict[str, Any] = {"Child": nested("child"), **dict.fromkeys(names, bucket)}
    return {**app(resources), "child": {"Resources": {"Queue": resource("AWS::SQS::Queue")}}}


def test_the_same_change_gives_the_same_data_whatever_the_order_of_the_template() -> None:
    names = ["C", "A", "B"]
    first = reviewed(app({"Q": resource("AWS::SQS::Queue")}), stable(names)).as_json()
    again = reviewed(app({"Q": resource("AWS::SQS::Queue")}), stable(names)).as_json()
    assert json.dumps(first) == json.dumps(again)
    assert [each["address"] for each in first["impacts"]] == sorted(each["address"] for each in first["impacts"])


def test_a_secret_is_never_shown() -> None:
    declared = {"Secret": {"Type": "String", "NoEcho": True}}
    contents = [
        app({"It": resource("AWS::SQS::Queue", {"QueueName": value})}, Parameters=declared)
        for value in ("plain", {"Fn::Sub": "q-${Secret}"})
    ]
    environments = {name: {"parameters": {"Secret": f"hunter-{name}"}} for name in ("dev", "prod")}
    assert "hunter" not in json.dumps(reviewed(contents[0], contents[1], environments).as_json())
