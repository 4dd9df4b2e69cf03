"""What an operation did to each resource: a span for each, in the order of the tree; what is short is counted."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from stackgen.deploy.events import Event
from stackgen.deploy.timeline import LEGEND, bars_of, spans_of
from stackgen.review.timing.gantt import drawn

START = datetime(2026, 1, 1, tzinfo=UTC)
STACK = "AWS::CloudFormation::Stack"


def event(at: float, path: str, status: str, reason: str = "", detail: str = "") -> Event:
    """One event; a path that ends with a slash is a stack's of itself, and one in capitals a nested stack."""
    own, place = path.endswith("/"), path.rstrip("/")
    is_stack = own or place.rpartition("/")[2].isupper()
    stack = f"arn:{place if own else place.rpartition('/')[0]}"
    physical = f"arn:{place}" if is_stack else place
    moment = START + timedelta(seconds=at)
    kind = STACK if is_stack else "AWS::SQS::Queue"
    return Event(f"{at}{path}{status}", moment, place, kind, status, reason, physical, stack, detail=detail)


EVENTS = [
    event(0, "s/", "CREATE_IN_PROGRESS"),
    event(1, "s/Late", "CREATE_IN_PROGRESS"),
    event(1, "s/DATA", "CREATE_IN_PROGRESS"),
    event(2, "s/DATA/", "CREATE_IN_PROGRESS"),
    event(3, "s/DATA/Queue", "CREATE_IN_PROGRESS"),
    event(40, "s/DATA/Queue", "CREATE_IN_PROGRESS", detail="CONFIGURATION_COMPLETE"),
    event(60, "s/DATA/Queue", "CREATE_FAILED", "no"),
    event(61, "s/DATA/", "ROLLBACK_COMPLETE"),
    event(62, "s/DATA", "CREATE_FAILED", "Embedded stack arn:s/DATA was not successfully created"),
]


def test_each_is_one_span_below_its_stack_with_what_its_parent_said_last() -> None:
    spans = spans_of(EVENTS)
    assert [(each.path, each.depth, each.status, each.seconds) for each in spans] == [
        ("s", 0, "CREATE_IN_PROGRESS", 0.0),
        ("s/DATA", 1, "CREATE_FAILED", 61.0),
        ("s/DATA/Queue", 2, "CREATE_FAILED", 57.0),
        ("s/Late", 1, "CREATE_IN_PROGRESS", 0.0),
    ]
    assert [each.path for each in spans if each.is_going_on] == ["s", "s/Late"]
    assert [each.failure for each in spans if each.type != STACK and each.has_failed] == ["no"]


def test_a_chart_shows_what_failed_and_when_it_was_configured() -> None:
    bars, total = bars_of(spans_of(EVENTS))
    assert total == 62.0
    (queue,) = [each for each in bars if each.label == "Queue"]
    assert (queue.start, queue.ready, queue.finish, queue.on_path, queue.holds) == (3.0, 40.0, 60.0, True, False)
    (line,) = [each for each in drawn(bars, total, 80, None, LEGEND) if "* Queue" in each]
    assert "███" in line
    assert "░" in line


def test_what_is_short_among_many_is_counted() -> None:
    many = [event(1, f"s/q{n}", "CREATE_IN_PROGRESS") for n in range(50)]
    many += [event(1.5, f"s/q{n}", "CREATE_COMPLETE") for n in range(49)]
    many += [event(0, "s/", "CREATE_IN_PROGRESS"), event(600, "s/q49", "CREATE_COMPLETE")]
    bars, _ = bars_of(spans_of(many))
    assert [each.label for each in bars] == ["s", "49 shorter ones", "q49"]
    assert bars[1].folded == 49


def test_what_a_rollback_does_to_a_resource_is_told_apart_from_what_it_undoes() -> None:
    events = [
        event(0, "s/", "CREATE_IN_PROGRESS"),
        event(0, "s/Queue", "CREATE_IN_PROGRESS"),
        event(1, "s/Queue", "CREATE_IN_PROGRESS", "Resource creation Initiated"),
        event(10, "s/Queue", "CREATE_COMPLETE"),
        event(500, "s/Queue", "DELETE_IN_PROGRESS"),
        event(520, "s/Queue", "DELETE_FAILED", "in use"),
        event(530, "s/Queue", "DELETE_IN_PROGRESS"),
        event(531, "s/Queue", "DELETE_COMPLETE"),
        event(600, "s/", "ROLLBACK_COMPLETE"),
    ]
    (queue,) = [each for each in spans_of(events) if each.path == "s/Queue"]
    assert [each.operation for each in queue.attempts] == ["create", "delete", "delete"]
    assert (queue.seconds, queue.status) == (31.0, "DELETE_COMPLETE")
    bars, _ = bars_of(spans_of(events))
    rows = [(each.label, each.start, each.finish, each.on_path) for each in bars if not each.holds]
    assert rows == [
        ("Queue", 0.0, 10.0, False), ("Queue: delete", 500.0, 520.0, True), ("Queue: delete", 530.0, 531.0, False),
    ]  # fmt: skip


def test_nothing_has_no_chart() -> None:
    assert spans_of([]) == []
    assert bars_of([]) == ([], 0.0)


ANY = st.builds(
    event,
    st.integers(0, 100).map(float),
    st.sampled_from(["s/", "s/DATA", "s/DATA/", "s/DATA/Queue", "s/Late", "s/DATA/IN/Deep"]),
    st.sampled_from(["CREATE_IN_PROGRESS", "CREATE_COMPLETE", "CREATE_FAILED"]),
)


@given(st.lists(ANY, max_size=12))
def test_whatever_happened_every_path_has_its_span_and_every_bar_its_room(events: list[Event]) -> None:
    spans = spans_of(events)
    assert sorted(each.path for each in spans) == sorted({each.path for each in events})
    assert all(each.began <= each.ended for each in spans)
    bars, total = bars_of(spans)
    assert all(0 <= each.start <= each.ready <= each.finish <= total for each in bars)
    assert all(len(line) <= 80 for line in drawn(bars, total, 80, None, LEGEND))
