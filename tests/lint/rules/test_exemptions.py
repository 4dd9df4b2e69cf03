"""Who exempts says why, who answers, and until when."""

from __future__ import annotations

import json

import pytest

from .kit import paths, seen


def silencing(rule: str, note: object, *, whole: bool = False) -> str:
    said = {"cfn-lint": {"config": {"ignore_checks": [rule]}}, "stackgen": {"suppressions": {rule: note}}}
    topic = {"Type": "AWS::SNS::Topic", **({} if whole else {"Metadata": said})}
    return json.dumps({"Resources": {"Topic": topic}, **({"Metadata": said} if whole else {})})


def said(**changed: object) -> dict[str, object]:
    return {"reason": "a website", "owner": "web", "expires": "2999-01-01", **changed}


@pytest.mark.parametrize("note", ["", " ", None, 7.0, [], said(reason="")])
def test_a_rule_of_cfn_lint_needs_a_reason(note: object) -> None:
    found = paths(silencing("W3005", note), "W9118")
    assert found == ([] if note == 7.0 else ["Resources/Topic/Metadata/cfn-lint"])


@pytest.mark.parametrize(
    ("note", "lack"),
    [
        ("a reason", "an owner"), (said(owner=""), "an owner"), (said(expires=""), "a day on which it expires"),
        (said(expires="soon"), "a day on which it expires"), (said(expires="2027-02-30"), "a day on which it expires"),
        (said(reason=" "), "a reason"),
    ],
)  # fmt: skip
def test_one_of_ours_needs_an_owner_and_a_day_too(note: object, lack: str) -> None:
    (found,) = seen(silencing("E9130", note, whole=True), "W9118")
    assert found.message.startswith(f"E9130 is ignored without {lack}: ")
    assert found.path == "Metadata/cfn-lint"


@pytest.mark.parametrize(("today", "count"), [("2027-06-29", 0), ("2027-06-30", 1), ("2028-01-01", 1)])
def test_the_day_itself_is_too_late(today: str, count: int) -> None:
    template = silencing("E9130", said(expires="2027-06-30"))
    assert len(seen(template, "W9100", options={"W9100": {"today": today}})) == count


def test_today_is_what_the_clock_says() -> None:
    assert not paths(silencing("E9130", said(expires="2998-06-30")), "W9100")
    assert paths(silencing("E9130", said(expires="2026-11-01")), "W9100")
