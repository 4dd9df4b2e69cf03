"""A review as text."""

from __future__ import annotations

import pytest

from stackgen.review.environments import Place
from stackgen.review.impact.result import Impact, Reason, Verdict
from stackgen.review.impact.review import Outcome, Review
from stackgen.review.impact.summary import Summary
from stackgen.review.impact.text import condensed, lines_of, plain, told

DEV, PROD = Place("dev", "us-east-1"), Place("prod", "us-east-1")
FIFO = Reason("Properties.FifoQueue", "FifoQueue is create-only", "schema", "false", "true")
REPLACED = Impact("app/Queue", "AWS::SQS::Queue", "replace", "certain", (FIFO,))
LOSS = Verdict("V101", "data-loss", "app/Queue", "the old one is deleted", "back it up")
NOTED = Verdict("V402", "note", "app/Queue", "follows a value")


def text(*outcomes: Outcome) -> list[str]:
    return list(lines_of(Summary(Review(outcomes, (), ""))))


def test_a_review_begins_with_its_verdict_and_names_every_change() -> None:
    gone = Impact(
        "app/Bucket", "AWS::S3::Bucket", "delete", "certain", (Reason("Condition", "gone", "template"),), "Retain"
    )
    made = Impact("data/Table", "AWS::DynamoDB::Table", "create", "certain", (Reason("Condition", "new", "template"),))
    found = text(
        Outcome(DEV, "app", (gone, REPLACED), (LOSS, NOTED)),
        Outcome(PROD, "app", (gone,), ()),
        Outcome(DEV, "data", (made,), ()),
    )
    assert found == [
        "1 loss of data, 1 replaced, 1 left behind, 1 created (dev/us-east-1, prod/us-east-1)",
        "",
        "verdicts:",
        "  V101 data-loss  app/Queue: the old one is deleted  [dev]",
        "      back it up",
        "",
        "notes:",
        "  V402 note  app/Queue: follows a value  [dev]",
        "",
        "app",
        "  -  Bucket  AWS::S3::Bucket  left behind (Retain)",
        "       gone",
        "  ±  Queue  AWS::SQS::Queue  replaced  [dev]",
        "       FifoQueue is create-only: false -> true",
        "",
        "data",
        "  +  Table  AWS::DynamoDB::Table  created",
    ]


def test_a_review_without_changes_is_one_line() -> None:
    assert text(Outcome(DEV, "app", (), ())) == ["nothing changes (dev/us-east-1)"]


def test_a_nested_stack_that_passes_on_a_change_is_named_without_reasons() -> None:
    passed = Impact("app/Child", "AWS::CloudFormation::Stack", "update", "certain", (FIFO,))
    assert text(Outcome(DEV, "app", (passed,), ()))[-1] == "  ~  Child  AWS::CloudFormation::Stack  updated in place"


def test_colour_is_painted_by_the_caller_alone() -> None:
    summary = Summary(Review((Outcome(DEV, "app", (REPLACED,), (LOSS, NOTED)),), (), ""))
    painted = list(lines_of(summary, lambda words, code: f"<{code}>{words}<>"))
    assert [line for line in painted if "<" in line] == [
        "  <1;31>V101 data-loss<>  app/Queue: the old one is deleted",
        "  <36>V402 note<>  app/Queue: follows a value",
        "<1>app<>",
        "  <1;31>±  Queue<>  AWS::SQS::Queue  replaced",
    ]
    assert "\033" not in "".join(lines_of(summary))
    assert plain("words", "31") == "words"


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ("1", "2", "why: 1 -> 2"),
        ("", "2", "why: nothing -> 2"),
        ("1", "", "why: 1 -> nothing"),
        ("", "", "why"),
    ],
)
def test_a_reason_tells_the_change(before: str, after: str, expected: str) -> None:
    assert told(Reason("Properties.A", "why", "schema", before, after)) == expected


def reasons(*pairs: tuple[str, str]) -> Impact:
    return Impact("a/A", "T", "update", "certain", tuple(Reason(path, words, "schema") for path, words in pairs))


@pytest.mark.parametrize(
    ("impact", "expected"),
    [
        pytest.param(
            reasons(
                ("Properties.Tags.0", "Tags is updated in place"), ("Properties.Tags.1", "Tags is updated in place")
            ),
            ["Tags is updated in place (and 1 more in Tags)"],
            id="many of one property",
        ),
        pytest.param(
            reasons(("Properties.A", "A is updated in place"), ("Properties.B", "B is updated in place")),
            ["A is updated in place", "B is updated in place"],
            id="two properties",
        ),
        pytest.param(
            reasons(("Properties.A.x", "A is create-only"), ("Properties.A.y", "A is updated in place")),
            ["A is create-only", "A is updated in place"],
            id="one property with two effects",
        ),
        pytest.param(
            Impact("a/A", "T", "create", "certain", (Reason("Condition", "it is new", "template"),)),
            [],
            id="nobody asks why something new is created",
        ),
        pytest.param(
            Impact("a/A", "T", "create", "conditional", (Reason("Condition", "it is new", "template"),)),
            ["it is new"],
            id="but why it may be",
        ),
        pytest.param(reasons(("Metadata", "a"), ("Metadata", "a")), ["a (and 1 more in Metadata)"], id="no property"),
    ],
)
def test_reasons_that_say_the_same_are_told_once(impact: Impact, expected: list[str]) -> None:
    assert condensed(impact) == expected


def test_of_many_reasons_some_are_told() -> None:
    many = reasons(*((f"Properties.P{number}", f"P{number} is updated in place") for number in range(9)))
    found = text(Outcome(DEV, "a", (many,), ()))
    assert found[-1] == "       and 5 more"
    assert len(found) == 3 + 1 + 5
