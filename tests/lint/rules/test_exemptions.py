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


@pytest.mark.parametrize("rule", ["W9100", "W9118", "I9119"])
@pytest.mark.parametrize("whole", [True, False])
def test_the_rules_that_watch_over_exceptions_are_never_ignored(rule: str, *, whole: bool) -> None:
    """Who may silence them need give no reason, no owner and no day any more."""
    told = [each.message for each in seen(silencing(rule, said(), whole=whole), "W9118")]
    assert len(told) == 1
    assert f"{rule} cannot be ignored" in told[0]


def test_the_beginning_that_would_take_them_along_is_told_and_needs_an_owner() -> None:
    told = [each.message for each in seen(silencing("W91", "generated", whole=True), "W9118")]
    assert told == [
        "W91 is ignored without an owner: say it in Metadata.stackgen.suppressions.W91",
        "W9100, W9118 cannot be ignored, for they watch over what is: take W91 out",
    ]


@pytest.mark.parametrize("watcher", ["W9118", "W9100"])
def test_a_resource_that_ignores_the_watcher_is_told_of_where_cfn_lint_drops_nothing(watcher: str) -> None:
    """cfn-lint by itself drops what is found below a resource that ignores the rule."""
    notes = {"E9130": said(reason="" if watcher == "W9118" else "a website", expires="2020-01-01"), watcher: said()}
    metadata = {"cfn-lint": {"config": {"ignore_checks": list(notes)}}, "stackgen": {"suppressions": notes}}
    text = json.dumps({"Resources": {"Topic": {"Type": "AWS::SNS::Topic", "Metadata": metadata}}})
    found = seen(text, watcher)
    assert {each.path for each in found} == {"Resources"}
    assert all(each.message.startswith("Topic: ") for each in found)
    assert any("E9130" in each.message for each in found)


@pytest.mark.parametrize("profile", ["Production", "prod", "", 7, None, ["production"]])
def test_a_profile_that_there_is_not_is_told(profile: object) -> None:
    """A template for production is judged as a standard one, and nobody hears of it."""
    found = seen(json.dumps({"Metadata": {"stackgen": {"profile": profile}}, "Resources": {}}), "W9155")
    assert [each.path for each in found] == ["Metadata/stackgen/profile"]
    assert "standard, production, destroyable, ephemeral are known" in found[0].message


@pytest.mark.parametrize("metadata", [{}, {"stackgen": {}}, {"stackgen": 1}, 1, {"stackgen": {"profile": "ephemeral"}}])
def test_who_says_no_profile_or_a_known_one_is_told_nothing(metadata: object) -> None:
    assert seen(json.dumps({"Metadata": metadata, "Resources": {}}), "W9155") == []
