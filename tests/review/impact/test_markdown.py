"""A review as Markdown, for a comment that strangers' names cannot break and GitHub takes."""

from __future__ import annotations

import re

from stackgen.review.environments import Place
from stackgen.review.impact.markdown import MOST_ROWS, lines_of
from stackgen.review.impact.result import Impact, Reason, Verdict
from stackgen.review.impact.review import Outcome, Review
from stackgen.review.impact.summary import Summary

DEV, PROD = Place("dev", "us-east-1"), Place("prod", "us-east-1")
LIMIT = 65_536
"""Characters of a comment on GitHub."""


def markdown(impacts: tuple[Impact, ...], verdicts: tuple[Verdict, ...] = (), *, everywhere: bool = True) -> list[str]:
    outcomes = [Outcome(DEV, "app", impacts, verdicts)]
    outcomes += [] if everywhere else [Outcome(PROD, "app", (), ())]
    return list(lines_of(Summary(Review(tuple(outcomes), (), ""))))


def reason(path: str, text: str, before: str = "", after: str = "") -> Reason:
    return Reason(f"Properties.{path}", text, "schema", before, after)


def test_verdicts_stand_above_the_table_and_notes_are_folded_below_it() -> None:
    replaced = Impact("app/Q", "AWS::SQS::Queue", "replace", "certain", (reason("A", "A is create-only", "1", "2"),))
    loss = Verdict("V101", "data-loss", "app/Q", "it is deleted", "back it up")
    note = Verdict("V402", "note", "app/Q", "follows a value")
    assert markdown((replaced,), (loss, note), everywhere=False) == [
        "**1 loss of data, 1 replaced (dev/us-east-1, prod/us-east-1)**",
        "",
        "- **V101 data-loss** `app/Q`: it is deleted _(dev)_ — back it up",
        "",
        "| | resource | type | what happens | where | why |",
        "|---|---|---|---|---|---|",
        "| `±` | `app/Q` | AWS::SQS::Queue | **replaced** | dev | A is create-only: 1 -&gt; 2 |",
        "",
        "<details><summary>Notes</summary>",
        "",
        "- **V402 note** `app/Q`: follows a value _(dev)_",
        "",
        "</details>",
    ]


def test_a_review_without_changes_is_one_line() -> None:
    assert markdown(()) == ["**nothing changes (dev/us-east-1)**"]


def test_a_nested_stack_that_only_passes_on_has_no_row() -> None:
    assert len(markdown((Impact("app/C", "AWS::CloudFormation::Stack", "update", "certain"),))) == 1


HOSTILE = "<img src=x>|`*_[a](b)~~#1\n</details>@everyone &lt;"


def test_hostile_names_break_no_table_and_open_no_element() -> None:
    impact = Impact(f"app/{HOSTILE}", HOSTILE, "replace", "certain", (reason("A", HOSTILE, HOSTILE, HOSTILE),))
    verdict = Verdict("V101", "data-loss", f"app/{HOSTILE}", HOSTILE, HOSTILE)
    lines = markdown((impact,), (verdict,))
    (row,) = [line for line in lines if line.startswith("| `±`")]
    bare = row.replace("\\|", "").replace("<br>", "")
    assert bare.count("|") == 7
    assert all("\n" not in line for line in lines)
    for line in (row, *(line for line in lines if line.startswith("- "))):
        outside = re.sub(r"(?<!`)(`+)(?!`).*?(?<!`)\1(?!`)", "", line).replace("<br>", "")
        assert "<" not in outside
        assert "@everyone" not in outside


def many(number: int, long: str = "x" * 60) -> tuple[Impact, ...]:
    reasons = tuple(reason(f"P{each}", f"P{each} is create-only", long, long) for each in range(6))
    return tuple(
        Impact(f"app/Resource{each:04}", "AWS::SQS::Queue", "replace", "certain", reasons) for each in range(number)
    )


def test_a_review_of_five_thousand_changes_fits_into_a_comment() -> None:
    kinds = (("V101", "data-loss"), ("V402", "note"))
    verdicts = tuple(
        Verdict(code_, kind, f"app/Resource{number:04}", "it is deleted \N{ROCKET} " * 5, "back it up")
        for number in range(5000)
        for code_, kind in kinds
    )
    text = "\n".join(markdown(many(5000), verdicts))
    assert len(text.encode("utf-16-le")) // 2 <= LIMIT
    assert text.startswith("**5000 losses of data, 5000 replaced")
    assert text.count("\nand ") == 3
    assert text.endswith("</details>")


def test_what_is_left_out_is_counted() -> None:
    small = tuple(Impact(f"app/R{each:04}", "T", "update", "certain") for each in range(MOST_ROWS + 1234))
    lines = markdown(small)
    assert lines[-2:] == ["", "and 1,234 more"]
    assert len([line for line in lines if line.startswith("| `~`")]) == MOST_ROWS
