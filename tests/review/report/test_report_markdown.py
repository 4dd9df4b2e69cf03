"""The comment: verdict first, a marker that stays, secrets hidden, nothing that breaks out."""

from __future__ import annotations

import re

import pytest

from stackgen.errors import UsageError
from stackgen.review.report.budget import LIMIT
from stackgen.review.report.markdown import comment, marker
from tests.review.report import reports


@pytest.fixture(scope="module")
def small() -> str:
    return comment(reports.small())


def test_the_first_line_is_the_verdict_with_its_counts(small: str) -> None:
    first = small.splitlines()[0]
    assert first.startswith(
        "**1 certain failure, 2 losses of data, 1 replaced, 1 deleted, 1 updated in place, 1 created"
    )
    assert first.endswith("**")


def test_the_marker_is_hidden_and_always_the_same(small: str) -> None:
    assert small.splitlines()[2] == "<!-- stackgen report -->"


@pytest.mark.parametrize("key", ["prod", "tap/TapStack", "eu-west-1 of prod", "a"])
def test_a_key_tells_several_reports_of_one_pull_request_apart(key: str) -> None:
    assert comment(reports.small(), key).splitlines()[2] == f"<!-- stackgen report: {key} -->"


@pytest.mark.parametrize("key", ["-->", "a--b", "a-", " ", "a\nb", "é", "x" * 100])
def test_a_key_that_would_end_the_marker_is_refused(key: str) -> None:
    with pytest.raises(UsageError, match="--key"):
        marker(key)


@pytest.mark.parametrize(
    "line",
    [
        "- **V101 data-loss** `App/Orders`: ",
        "- **V201 certain-failure** `App/Orders`: it is replaced, and the new one has TableName orders",
        "| `±` | `App/Orders` | `AWS::DynamoDB::Table` | **replaced** | everywhere | ",
        "| `+` | `App/Gateway` | `AWS::EC2::NatGateway` | **created** | everywhere |  |",
        "<details><summary><b>Picture</b></summary>",
        "```mermaid",
        "```diff",
        "@@ App @@",
        "+ Gateway  AWS::EC2::NatGateway",
        "| `+` | `App/Gateway` | defaults/us-east-1 | +32.85 | +32.85 | +32.85 |",
        "<details><summary><b>Cost</b>: USD +32.85 a month in defaults/us-east-1",
        "<details><summary><b>Time</b>: typically ",
        "| `+` | `ec2:CreateNatGateway` | `AWS::EC2::NatGateway` |",
        "<sub>provider schemas of ",
    ],
)
def test_every_part_is_there(small: str, line: str) -> None:
    assert any(each.startswith(line) for each in small.splitlines())


def test_a_secret_stays_hidden(small: str) -> None:
    assert "hunter2" not in small
    assert 'Environment.Variables.DB_PASSWORD: "****"' in small


def test_folds_and_fences_are_closed(small: str) -> None:
    assert small.count("<details") == small.count("</details>") == small.count("</summary>")
    assert len(re.findall("^```", small, re.MULTILINE)) % 2 == 0


def test_what_hostile_templates_hold_stays_text() -> None:
    text = comment(reports.evil())
    outside = re.sub(r"(?ms)^(`{3,})\w*\n.*?^\1$", "", text)
    outside = re.sub(r"(?<!`)(`+)(?!`)(.*?)(?<!`)\1(?!`)", "", outside)
    tags = set(re.findall(r"<[^>]*>", outside))
    assert tags <= {
        "<details>",
        "<details open>",
        "</details>",
        "<summary>",
        "</summary>",
        "<b>",
        "</b>",
        "<br>",
        "<sub>",
        "</sub>",
        "<!-- stackgen report -->",
        "<span>",
        "</span>",
    }
    assert not re.search(r"@\w|\]\(|^# ", outside, re.MULTILINE)


def test_a_table_keeps_its_columns_whatever_a_name_holds() -> None:
    rows = [line for line in comment(reports.evil()).splitlines() if line.startswith("| `")]
    assert rows
    columns = {len(re.findall(r"(?<!\\)\|", row)) for row in rows if "everywhere" in row}
    assert columns == {7}


def test_what_could_not_be_read_stands_first_and_harms_nothing() -> None:
    text = comment(reports.unread())
    assert text.splitlines()[0].endswith("; 1 file could not be read, 1 further problem**")
    section = text.partition("### Could not be read or judged\n\n")[2].partition("\n\n")[0]
    assert text.index("### Could not be read") < text.index("### Verdicts")
    first, second = section.splitlines()
    assert first.startswith("- `broken.json:3`: is not JSON: &lt;/script&gt;")
    assert second.startswith("- `App.json:1`: Child is made from ./gone.json, and the build has no such template")
    assert "<img" not in section
    assert "@everyone" not in section


def test_a_report_without_problems_has_no_such_section(small: str) -> None:
    assert "Could not be read" not in small


def test_many_problems_are_cut_and_counted() -> None:
    text = comment(reports.unread(2_000))
    assert len(text) <= LIMIT
    assert re.search(r"- and [0-9,]+ more\n", text.partition("### Verdicts")[0])
