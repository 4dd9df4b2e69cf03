"""What somebody is told who interrupts a deployment: what goes on without them, and how to look at it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .words import counted

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from stackgen.deploy.errors import CutOffError
    from stackgen.deploy.sessions import Sessions
    from stackgen.deploy.targets import Target

    from .rolling_out import Job

_UNKNOWN = "in a state that AWS does not tell"


def cut_off(jobs: Sequence[Job], sessions: Sessions) -> CutOffError:
    """The error that ends the command; the state of each stack is asked for."""
    from stackgen.deploy.errors import CutOffError
    from stackgen.deploy.next_steps import command_for

    left = [job for job in jobs if job.outcome is None] or list(jobs)
    found = [(job, _status(job.target, sessions.of(job.target))) for job in left]
    going = [(job, status) for job, status in found if status.endswith("_IN_PROGRESS")]
    if not going:
        places = ", ".join(f"{job.target.place} is {status}" for job, status in found)
        again = command_for(left[0].target, "deploy")
        return CutOffError(f"interrupted, and nothing runs: {places}", f"{again} takes up what was prepared")
    job, status = going[0]
    if len(found) == 1:
        message = f"interrupted: {job.target.place} is {status}, and CloudFormation goes on with it"
    else:
        states = ", ".join(f"{each.target.region} {status}" for each, status in found)
        message = f"interrupted: CloudFormation goes on with {counted(len(going), 'stack')}: {states}"
    shows, again = (command_for(job.target, words) for words in ("events --follow", "deploy"))
    hints = [f"{shows} shows how it ends", f"{again} takes it up"]
    if any(action.always for each, _ in going for action in (each.plan.execute if each.plan else ())):
        hints.append("its stack policy is set aside for this update; the next deploy sets it back")
    return CutOffError(message, *hints)


def cut_off_in(target: Target, client: Callable[[str], Any], words: str) -> CutOffError:
    """The same for one stack, with which a command does something else; *words* are those that take it up."""
    from stackgen.deploy.errors import CutOffError
    from stackgen.deploy.next_steps import command_for

    status = _status(target, client)
    is_going_on = status.endswith("_IN_PROGRESS")
    goes_on = "CloudFormation goes on with it" if is_going_on else "CloudFormation has nothing to do with it"
    shows = f"{command_for(target, 'events --follow')} shows how it ends" if is_going_on else ""
    return CutOffError(
        f"interrupted: {target.place} is {status}, and {goes_on}", f"{command_for(target, words)} takes it up", shows
    )


def _status(target: Target, client: Callable[[str], Any]) -> str:
    from stackgen.deploy import stacks

    try:
        state = stacks.find(target.stack_name, client("cloudformation"))
    except Exception:  # noqa: BLE001  whatever it is, the interruption counts
        return _UNKNOWN
    return "not made yet" if state is None or state.status == "REVIEW_IN_PROGRESS" else state.status
