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
    from stackgen.deploy.events import Followed, Follower, began, follow_all, shown
    from stackgen.deploy.polling import Pace

    followed = []
    for each in found:
        cloudformation, state = each.client("cloudformation"), each.state
        follower = Follower(state.id, state.name, cloudformation, began(state.id, cloudformation))
        followed.append(Followed(follower, state.id, cloudformation))
        console.tell(f"following {each.place}: {state.status}")
    told: list[tuple[Found, list[Event]]] = [(each, []) for each in found]
    for number, events in follow_all(followed, Pace(interval=every)):
        each = found[number]
        told[number][1].extend(events)
        for event in events:
            print_now(console, as_line(shown(event, each.hiding), "event") if form == "json" else line_of(event, each))
    ended = [(_again(each), events) for each, events in told]
    codes = [_code(each.state.status, events) for each, events in ended]
    if form == "json":
        print_now(
            console, as_line({"verdict": verdict(ended), "stacks": [of_stack(each) for each, _ in ended]}, "events")
        )
    else:
        print_now(console, verdict(ended))
    return PARTIAL if any(codes) and not all(codes) else max(codes)


def _again(found: Found) -> Found:
    """With the state that it has now."""
    from stackgen.deploy import stacks

    answer = found.client("cloudformation").describe_stacks(StackName=found.state.id)
    return found._replace(state=stacks.state_of(answer["Stacks"][0]))


def _code(status: str, events: Sequence[Event]) -> int:
    """0 where it went well, 5 where it failed and was taken back, 6 where it failed and a person is needed."""
    from stackgen.deploy.diagnosis import first_cause
    from stackgen.deploy.next_steps import NEEDS_PERSON

    if status in NEEDS_PERSON and status != "ROLLBACK_COMPLETE":
        return 6
    return 5 if "ROLLBACK" in status or (status == "DELETE_COMPLETE" and first_cause(events)) else 0
