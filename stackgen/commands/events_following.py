"""``events --follow``: what happens now, until it has ended; several stacks at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stackgen.errors import PARTIAL

from .events import as_line, line_of, of_stack, print_now, verdict

if TYPE_CHECKING:
    from collections.abc import Sequence

    from stackgen.console import Console
    from stackgen.deploy.events import Event

    from .looking import Found


def follow(console: Console, found: Sequence[Found], form: str, every: float) -> int:
    """Print events as they come, from the beginning of the operation on; how it ended is the exit code."""
    from stackgen.deploy.events import Follower, began, shown
    from stackgen.deploy.following import Followed, follow_all
    from stackgen.deploy.polling import Pace

    followed, pace = [], Pace(interval=every)
    for each in found:
        cloudformation, state = each.client("cloudformation"), each.state
        follower = Follower(state.id, state.name, cloudformation, began(state.id, cloudformation))
        followed.append(Followed(follower, state.id, cloudformation, pace))
        console.tell(f"following {each.place}: {state.status}")
    ended: list[tuple[Found, list[Event]]] = [(each, []) for each in found]
    for number, state, events in follow_all(followed, pace):
        each = found[number]._replace(state=state)
        ended[number] = (each, [*ended[number][1], *events])
        for event in events:
            print_now(console, as_line(shown(event, each.hiding), "event") if form == "json" else line_of(event, each))
    codes = [_code(each.state.status, events) for each, events in ended]
    if form == "json":
        print_now(
            console, as_line({"verdict": verdict(ended), "stacks": [of_stack(each) for each, _ in ended]}, "events")
        )
    else:
        print_now(console, verdict(ended))
    return PARTIAL if any(codes) and not all(codes) else max(codes)


def _code(status: str, events: Sequence[Event]) -> int:
    """0 where it went well, 5 where it failed and was taken back, 6 where it failed and a person is needed."""
    from stackgen.deploy.diagnosis import first_cause
    from stackgen.deploy.next_steps import NEEDS_PERSON

    if status in NEEDS_PERSON and status != "ROLLBACK_COMPLETE":
        return 6
    return 5 if "ROLLBACK" in status or (status == "DELETE_COMPLETE" and first_cause(events)) else 0
