"""``drift``: what somebody changed beside the templates, in a stack and in each that is nested in it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .arguments import Parser
from .events import of_stack
from .for_each import ForEach
from .forms import form_of, in_help
from .looking import add_looked, existing, looking
from .words import counted

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from stackgen.console import Console
    from stackgen.deploy.drift import Detected, Drift
    from stackgen.review.model import Build

    from .looking import Found

    Told = Sequence[tuple[Found, Detected]]

FORMS = ("text", "json")
FINDINGS, ERROR = 4, 1
_FEW = 3
DESCRIPTION = """\
What somebody changed beside the templates: AWS is asked to look at the stack and at each that is nested in it, which it
would not do by itself, and compares every property that the templates set. It changes nothing.

Exits with 4 where --fail is given and something has drifted, with 1 where AWS could not look at something, with 6
where the stack is in a status in which AWS looks for no drift, with 7 where an operation runs on it, and with 8 where
only some of several stacks could be looked at.
"""


def run(console: Console, arguments: Sequence[str]) -> int:
    """Detect, print, and judge."""
    parser = Parser("drift", DESCRIPTION + in_help(*FORMS), "[STACK...] ...")
    add_looked(parser)
    parser.add_argument("--fail", action="store_true", help="exit with 4 where something has drifted")
    options = parser.parsed(arguments)
    form = form_of(console, *FORMS)
    with looking(console, options) as what:
        there = existing(console, what.looked)
        each = ForEach(console, what.sessions)
        if len(there) == 1:
            told = [(there[0], _detected(console, there[0], what.build))]
        else:
            told = each.do(lambda one: (one, _detected(console, one, what.build)), there, lambda one: one.place)
    code = each.code(len(told))
    if not told:
        return code
    if form == "json":
        console.json("drift", {"verdict": _verdict(told, each.failed), "stacks": [_content(*one) for one in told]})
    else:
        console.say(_verdict(told, each.failed))
        for found, detected in told:
            if len(told) > 1:
                console.say()
                console.say(f"{found.place}: {_counts(detected)}")
            for line in _lines(detected, is_verbose=console.verbose):
                console.say(line)
    if options.fail and any(detected.drifted for _, detected in told):
        return FINDINGS
    return code or (ERROR if any(detected.failed for _, detected in told) else 0)


def _detected(console: Console, found: Found, build: Build) -> Detected:
    from stackgen.deploy import stacks
    from stackgen.deploy.drift import detect
    from stackgen.deploy.polling import Pace
    from stackgen.deploy.secret_places import secret_properties
    from stackgen.deploy.source import template_of

    def secrets(path: str) -> frozenset[str]:
        return secret_properties(build, template_of(build, found.target.template, path), path.rpartition("/")[2])

    cloudformation = found.client("cloudformation")
    tree = stacks.tree(found.state, cloudformation)
    console.tell(f"AWS looks at {counted(len(list(tree.stacks())), 'stack')} of {found.place}")
    return detect(found.target, tree, cloudformation, Pace(), found.hiding, secrets)


def _verdict(told: Told, failed: int) -> str:
    where = told[0][0].place if len(told) == 1 else counted(len(told), "stack")
    every = _all(told)
    drifted = sum(each.has_drifted for each in every)
    unread = _unread(every)
    more = f", {counted(unread, 'resource')} not checked" if unread else ""
    left = f"; {counted(failed, 'stack')} could not be looked at" if failed else ""
    return f"{drifted} of {counted(len(every), 'resource')} drifted{more}: {where}{left}"


def _counts(detected: Detected) -> str:
    unread = _unread(detected.drifts)
    more = f", {unread} not checked" if unread else ""
    return f"{len(detected.drifted)} of {counted(len(detected.drifts), 'resource')} drifted{more}"


def _all(told: Told) -> list[Drift]:
    return [drift for _, detected in told for drift in detected.drifts]


def _unread(drifts: Sequence[Drift]) -> int:
    return sum(each.status != "IN_SYNC" and not each.has_drifted for each in drifts)


def _lines(detected: Detected, *, is_verbose: bool) -> Iterator[str]:
    for path, reason in detected.failed.items():
        yield f"  {path}: AWS could not look at all of it: {reason}"
    for each in detected.drifted:
        if each.status == "DELETED":
            yield f"  {each.path} ({each.type}) is gone: {each.physical_id}"
        else:
            yield f"  {each.path} ({each.type}) was changed"
        for one in each.differences:
            if one.kind == "ADD":
                yield f"    {one.path}: added {one.actual}"
            elif one.kind == "REMOVE":
                yield f"    {one.path}: {one.expected} was taken away"
            else:
                yield f"    {one.path}: {one.expected} expected, {one.actual} found"
    yield from _unchecked(detected, is_verbose=is_verbose)


def _unchecked(detected: Detected, *, is_verbose: bool) -> Iterator[str]:
    """What AWS did not look at, by type; where these are many and nothing is said of any, in one line."""
    unread: dict[str, list[Drift]] = {}
    for each in detected.drifts:
        if each.status != "IN_SYNC" and not each.has_drifted:
            unread.setdefault(each.type, []).append(each)
    plain = [type_ for type_, found in sorted(unread.items()) if not any(each.reason for each in found)]
    if len(plain) > _FEW and not is_verbose:
        count = sum(len(unread.pop(type_)) for type_ in plain)
        some = ", ".join(plain[:_FEW])
        yield f"  not checked: {counted(count, 'resource')} of {len(plain)} types, such as {some}; -v lists all"
    for type_, found in sorted(unread.items()):
        reasons = sorted({each.reason for each in found if each.reason})
        why = f": {'; '.join(reasons)}" if reasons else ""
        yield f"  not checked: {type_} ({counted(len(found), 'resource')}){why}"


def _content(found: Found, detected: Detected) -> dict[str, Any]:
    from stackgen.deploy.events import iso

    return {
        **of_stack(found),
        "checked": iso(detected.at) if detected.at else "",
        "drifted": len(detected.drifted),
        "failed": dict(detected.failed),
        "resources": [
            {
                "path": each.path,
                "type": each.type,
                "physical_id": each.physical_id,
                "status": each.status,
                "differences": [one._asdict() for one in each.differences],
                "reason": each.reason,
            }
            for each in detected.drifts
        ],
    }
