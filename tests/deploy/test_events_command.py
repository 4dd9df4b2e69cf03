"""``events``: what happened to a whole tree of stacks, in each of its forms, and what happens now."""

from __future__ import annotations

import json
import threading
from typing import TYPE_CHECKING

import pytest

from stackgen.local.faults import Fail, LoseAnswer, Throttle

from .deployed import ACCOUNT, NAME, REGION, target

if TYPE_CHECKING:
    from .typed import Typed

PLACE = f"{NAME} in {ACCOUNT}/{REGION}"


def updated(typed: Typed) -> None:
    """Two operations, an hour apart."""
    typed.shop().deploy()
    typed.cloud.clock.advance(3600)
    typed.shop().deploy(target(Delay="7"))


def test_the_last_operation_is_told_in_all_its_stacks(typed: Typed) -> None:
    updated(typed)
    code, out, _ = typed.run("events")
    assert code == 0
    first, *lines = out.splitlines()
    assert first == f"{len(lines)} events, 0 failures: {PLACE} is in UPDATE_COMPLETE"
    assert lines[0] == f"2026-01-01 01:00:00  UPDATE_IN_PROGRESS           {NAME}"
    assert any(f"UPDATE_COMPLETE              {NAME}/Queues/Queue" in line for line in lines)
    assert not any("CREATE" in line for line in lines)


def test_all_and_since_reach_further_back(typed: Typed) -> None:
    updated(typed)
    assert "CREATE_IN_PROGRESS" in typed.run("events", "--all")[1]
    assert "CREATE_IN_PROGRESS" not in typed.run("events", "--since", "2026-01-01T00:30:00Z")[1]
    assert "CREATE_IN_PROGRESS" in typed.run("events", "--since", "2025-12-31T23:00:00+00:00")[1]
    ran = typed.run("events", "--since", "1h")
    assert ran.out.startswith("0 events")
    assert "the newest event is of 2026-01-01 " in ran.out
    assert " UTC; --all shows what AWS still has" in ran.out
    code, _, err = typed.run("events", "--since", "yesterday")
    assert code == 2
    assert "a time such as 2h" in err


def test_a_tree_has_each_resource_once_below_its_stack(typed: Typed) -> None:
    typed.cloud.formation.operations.steps.durations["AWS::DynamoDB::Table"] = 90
    shop = typed.shop()
    plan = shop.plan()
    shop.applying.apply(plan)
    _, out, _ = typed.run("events", "--tree")
    rows = [line.split() for line in out.splitlines()[1:]]
    assert [row[0] for row in rows[:4]] == [NAME, "Data", "Tables", "Table"]
    assert rows[3][1:] == ["AWS::DynamoDB::Table", "CREATE_COMPLETE", "1", "min"]
    assert len({tuple(row) for row in rows}) == len(rows)


def test_a_timeline_is_a_chart_as_wide_as_the_terminal(typed: Typed, monkeypatch: pytest.MonkeyPatch) -> None:
    typed.cloud.formation.operations.steps.durations["AWS::DynamoDB::Table"] = 90
    shop = typed.shop()
    shop.applying.apply(shop.plan())
    monkeypatch.setenv("COLUMNS", "80")
    _, out, _ = typed.run("events", "--timeline")
    lines = out.splitlines()
    assert lines[1] == "minutes since 2026-01-01 00:00:00 UTC, in all 1 min; at the right: ends"
    (bar,) = [line for line in lines if line.strip().startswith("Table ")]
    assert "▒▒▒" in bar
    assert bar.endswith("1.5")
    assert max(map(len, lines)) <= 80
    assert lines[-1].startswith("█ failed")


def test_an_operation_that_took_no_time_has_no_chart(typed: Typed) -> None:
    typed.shop().deploy()
    _, out, _ = typed.run("events", "--timeline")
    assert out.splitlines()[1].endswith("in all 0 s")


def test_what_events_print_as_json_time_learns_from(typed: Typed) -> None:
    typed.cloud.formation.operations.steps.durations["AWS::DynamoDB::Table"] = 90
    shop = typed.shop()
    shop.applying.apply(shop.plan())
    code, _, err = typed.run("events", "--all", "--format", "json", "-o", "events.json")
    assert code == 0, err
    content = json.loads((typed.root / "events.json").read_text("utf-8"))
    assert (content["schema"], content["version"]) == ("stackgen/events", 1)
    (table,) = [each for each in content["stacks"][0]["resources"] if each["type"] == "AWS::DynamoDB::Table"]
    assert (table["seconds"], table["status"]) == (90.0, "CREATE_COMPLETE")
    assert [each["operation"] for each in table["operations"]] == ["create"]
    code, out, err = typed.run("time", "learn", "events.json", "--into", "times.toml")
    assert code == 0, err
    assert "samples of" in out
    assert "AWS::DynamoDB::Table" in (typed.root / "times.toml").read_text("utf-8")
    assert "90" in (typed.root / "times.toml").read_text("utf-8")


def test_a_stack_that_is_not_there_is_an_error_with_the_next_step(typed: Typed) -> None:
    code, out, err = typed.run("events")
    assert (code, out) == (1, "")
    assert f"{PLACE} does not exist" in err
    assert f"python -m stackgen deploy shop-stack -e dev -r {REGION} makes it" in err


def test_a_deleted_stack_is_found_by_its_id(typed: Typed) -> None:
    typed.shop().deploy()
    stack_id = typed.shop().stack()["StackId"]
    typed.cloud.clock.advance(60)
    typed.shop().client("cloudformation").delete_stack(StackName=NAME)
    assert typed.run("events")[0] == 1
    code, out, err = typed.run("events", stack_id)
    assert code == 0, err
    assert out.splitlines()[0].endswith(f"{PLACE} is in DELETE_COMPLETE")
    assert f"DELETE_COMPLETE              {NAME}/Data/Tables/Table" in out


@pytest.mark.parametrize("word", ["arn:aws:cloudformation:us-east-1", "arn:aws:sqs:us-east-1:111111111111:q"])
def test_what_is_no_stack_id_is_refused(typed: Typed, word: str) -> None:
    code, _, err = typed.run("events", word)
    assert code == 2
    assert f"{word} is no stack ID" in err


def begun(typed: Typed, **values: str) -> None:
    """A deployment that takes ten seconds of the stand-in's time for each resource, left alone."""
    shop = typed.shop()
    plan = shop.plan(target(**values))
    typed.cloud.clock.advance(60)
    typed.cloud.formation.operations.steps.durations["*"] = 10
    assert plan.change_set is not None
    shop.client("cloudformation").execute_change_set(ChangeSetName=plan.change_set.id)


def followed(typed: Typed, *words: str) -> tuple[int, str, str]:
    """Follow; once the first events were read, somebody else lets time pass."""
    looked = threading.Event()
    watchers = typed.cloud.gateway.watchers
    watchers.append(lambda note: looked.set() if note.operation == "DescribeStackEvents" else None)

    def pass_time() -> None:
        assert looked.wait(60)
        typed.cloud.clock.advance(600)

    other = threading.Thread(target=pass_time)
    other.start()
    try:
        return typed.run("events", "--follow", "--every", "1", *words)
    finally:
        looked.set()
        other.join()


def test_following_goes_on_until_the_operation_has_ended(typed: Typed) -> None:
    begun(typed)
    code, out, err = followed(typed)
    assert code == 0, err
    lines = out.splitlines()
    assert lines[0].endswith(f"CREATE_IN_PROGRESS           {NAME}")
    assert lines[-1].endswith(f"0 failures: {PLACE} is in CREATE_COMPLETE")
    assert err.startswith(f"following {PLACE}: CREATE_IN_PROGRESS")


def test_following_as_json_prints_an_object_in_each_line_and_tells_a_failure(typed: Typed) -> None:
    typed.shop().deploy()
    typed.cloud.clock.advance(60)
    begun(typed, Delay="7")
    typed.cloud.faults.add("update:AWS::SQS::Queue", Fail("InternalFailure", "planted"))
    code, out, err = followed(typed, "--format", "json")
    assert code == 5, err
    *events, last = [json.loads(line) for line in out.splitlines()]
    assert {each["schema"] for each in events} == {"stackgen/event"}
    assert len({each["EventId"] for each in events}) == len(events)
    assert last["schema"] == "stackgen/events"
    assert last["stacks"][0]["status"] == "UPDATE_ROLLBACK_COMPLETE"
    assert "planted" in [each.get("ResourceStatusReason") for each in events if each["Path"] == f"{NAME}/Queues/Queue"]


@pytest.mark.requirement("PP-D23")
@pytest.mark.parametrize("operation", ["DescribeStacks", "DescribeStackEvents"])
def test_following_goes_on_where_aws_throttles_or_the_connection_is_lost(typed: Typed, operation: str) -> None:
    """Whoever watches for an hour is told of a moment without an answer, and of nothing else."""
    begun(typed)
    typed.patch.setenv("AWS_MAX_ATTEMPTS", "1")
    typed.cloud.gateway.notes.clear()

    def has_begun(_: object) -> bool:
        return any(each.operation == "DescribeStackEvents" for each in typed.cloud.gateway.notes)

    faults = [
        typed.cloud.faults.add(f"cloudformation:{operation}", fault, times=2, when=has_begun)
        for fault in (Throttle(), LoseAnswer())
    ]
    code, out, err = followed(typed, "--format", "json")
    assert code == 0, err
    assert [each.met for each in faults] == [2, 2]
    *events, last = [json.loads(line) for line in out.splitlines()]
    assert len({each["EventId"] for each in events}) == len(events)
    assert last["verdict"].endswith(f"0 failures: {PLACE} is in CREATE_COMPLETE")


def test_following_and_a_tree_exclude_each_other(typed: Typed) -> None:
    assert typed.run("events", "--follow", "--tree")[0] == 2
    assert typed.run("events", "--follow", "--all")[0] == 2


REFUSED = {
    "sts:GetCallerIdentity": ("ExpiredToken", "AWS does not accept these credentials"),
    "cloudformation:DescribeStacks": ("AccessDenied", "may not cloudformation:DescribeStacks"),
    "cloudformation:DescribeStackEvents": ("AccessDenied", "may not cloudformation:DescribeStackEvents"),
}


@pytest.mark.parametrize(("operation", "told"), REFUSED.items())
def test_what_aws_refuses_is_told(typed: Typed, operation: str, told: tuple[str, str]) -> None:
    typed.shop().deploy()
    typed.cloud.faults.add(operation, Fail(told[0], "planted", 403), times=None)
    for words in (["events"], ["events", "--follow"]):
        code, out, err = typed.run(*words)
        assert (code, out) == (1, "")
        assert told[1] in err


def test_a_region_without_the_stack_hides_no_other(typed: Typed) -> None:
    typed.deploy()
    settings = typed.root / "pyproject.toml"
    settings.write_text(settings.read_text("utf-8").replace('["us-east-1"]', '["us-east-1", "eu-west-1"]'), "utf-8")
    code, out, err = typed.run("events")
    assert code == 0
    assert out.splitlines()[0].endswith(f"{PLACE} is in CREATE_COMPLETE")
    assert f"warning: {NAME} in {ACCOUNT}/eu-west-1 does not exist" in err
    code, _, err = typed.run("events", "-r", "eu-west-1")
    assert code == 1
    assert "does not exist" in err
