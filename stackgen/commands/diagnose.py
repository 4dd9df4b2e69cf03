"""``diagnose``: why the last operation on a stack failed, what is known to help, and what to do next."""

from __future__ import annotations

from datetime import UTC
from typing import TYPE_CHECKING, Any

from stackgen.errors import PARTIAL, shown

from .arguments import Parser
from .events import of_stack
from .forms import form_of, in_help
from .looking import add_looked, existing, looking
from .words import counted

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from stackgen.console import Console
    from stackgen.deploy.diagnosis import Cause
    from stackgen.deploy.examining import Diagnosis
    from stackgen.review.model import Build

    from .looking import Found

FORMS = ("text", "json")
CODES = {"well": 0, "runs": 0, "refused": 1, "failed": 5, "stuck": 6}
DESCRIPTION = """\
Why the last operation on a stack failed: the first failure in it and in all nested in it, and not what only followed
from that; with what is known to help, the line of the build, and the next step.

Exits with 0 where nothing is wrong, 1 where AWS refused a change set, 5 where the operation failed and was taken back,
6 where it failed and a person is needed, 8 where only some of several stacks are well.
"""


def run(console: Console, arguments: Sequence[str]) -> int:
    """Examine each stack; the exit code says how they are."""
    parser = Parser("diagnose", DESCRIPTION + in_help(*FORMS), "[STACK...]")
    add_looked(parser)
    options = parser.parsed(arguments)
    form = form_of(console, *FORMS)
    with looking(console, options) as what:
        from stackgen.deploy.examining import diagnosed
        from stackgen.deploy.next_steps import words_of

        found = existing(console, what.looked)
        told = [(each, diagnosed(each.state, each.client("cloudformation"), words_of(each.target))) for each in found]
    if form == "json":
        stacks = [_content(*each, what.build) for each in told]
        console.json("diagnose", {"verdict": _verdict(told), "stacks": stacks})
    else:
        console.say(_verdict(told))
        for each, diagnosis in told:
            if len(told) > 1:
                console.say()
                console.say(_sentence(each, diagnosis))
            for line in _lines(each, diagnosis, what.build):
                console.say(line)
    codes = [CODES[diagnosis.kind] for _, diagnosis in told]
    return PARTIAL if any(codes) and not all(codes) else max(codes)


def _verdict(told: Sequence[tuple[Found, Diagnosis]]) -> str:
    if len(told) == 1:
        return _sentence(*told[0])
    bad = [each for each in told if CODES[each[1].kind]]
    return f"{counted(len(told), 'stack')}, {len(bad)} with a failure"


def _sentence(found: Found, diagnosis: Diagnosis) -> str:
    status = found.state.status
    is_gone = status == "DELETE_COMPLETE"
    return {
        "well": f"{found.place} is deleted: {status}" if is_gone else f"{found.place} is well: {status}",
        "runs": f"{found.place}: nothing has failed so far; {status}",
        "refused": f"{found.place}: AWS refused the last change set, and changed nothing; {status}",
        "failed": f"{found.place}: the last operation failed; {status}",
        "stuck": f"{found.place}: the last operation failed, and a person is needed; {status}",
    }[diagnosis.kind]


def _lines(found: Found, diagnosis: Diagnosis, build: Build) -> Iterator[str]:
    for title, cause in (("first cause", diagnosis.cause), ("the rollback failed too", diagnosis.rollback)):
        if cause is not None:
            yield f"  {title}: {cause.path} ({cause.type}), {cause.status} at {_time(cause)}"
            yield f"    reason: {found.hiding.text(cause.reason) or 'AWS says none'}"
            place = _place(cause, found, build)
            if place:
                yield f"    in the build: {place}"
            if cause.remedy is not None:
                yield f"    what helps: {found.hiding.text(cause.remedy.text)}"
                yield f"    see: {cause.remedy.source}"
    if diagnosis.refused is not None:
        yield f"  change set {diagnosis.refused.name}: {found.hiding.text(diagnosis.refused.reason)}"
        if diagnosis.refused.remedy is not None:
            yield f"    what helps: {diagnosis.refused.remedy.text}"
            yield f"    see: {diagnosis.refused.remedy.source}"
    if diagnosis.cause is None and diagnosis.kind in ("failed", "stuck"):
        yield f"  AWS tells no first cause any more{f': {found.state.reason}' if found.state.reason else ''}"
    if diagnosis.next_step:
        yield f"  next: {diagnosis.next_step}"


def _time(cause: Cause) -> str:
    return f"{cause.time.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC"


def _place(cause: Cause, found: Found, build: Build) -> str:
    from stackgen.deploy.source import place_of

    place = place_of(build, found.target.template, cause.path) if found.target.template else None
    return f"{shown(place[0])}:{place[1]}" if place else ""


def _content(found: Found, diagnosis: Diagnosis, build: Build) -> dict[str, Any]:
    refused = diagnosis.refused
    return {
        **of_stack(found),
        "verdict": diagnosis.kind,
        "exit_code": CODES[diagnosis.kind],
        "first_cause": _cause(diagnosis.cause, found, build),
        "rollback_cause": _cause(diagnosis.rollback, found, build),
        "change_set": None
        if refused is None
        else {"name": refused.name, "reason": found.hiding.text(refused.reason), "remedy": _remedy(refused.remedy)},
        "next_step": diagnosis.next_step,
    }


def _cause(cause: Cause | None, found: Found, build: Build) -> dict[str, Any] | None:
    from stackgen.deploy.events import iso

    if cause is None:
        return None
    return {
        "path": cause.path,
        "type": cause.type,
        "status": cause.status,
        "reason": found.hiding.text(cause.reason),
        "time": iso(cause.time),
        "physical_id": found.hiding.text(cause.physical_id),
        "build": _place(cause, found, build),
        "remedy": _remedy(cause.remedy),
    }


def _remedy(remedy: Any) -> dict[str, str] | None:
    return None if remedy is None else {"name": remedy.name, "text": remedy.text, "source": remedy.source}
