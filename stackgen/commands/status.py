"""``status``: how the deployed stacks of a project stand, and what to do with those that need it."""

from __future__ import annotations

from datetime import UTC
from typing import TYPE_CHECKING, Any

from stackgen.errors import PARTIAL, StackgenError

from .arguments import Parser
from .deploying import add_values
from .forms import form_of, in_help
from .freshness import warn_of_a_stale_build
from .looking import add_looked, looking
from .words import counted

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from stackgen.console import Console
    from stackgen.deploy.resolving import Access
    from stackgen.deploy.sessions import Sessions
    from stackgen.deploy.standing import Compared, Standing
    from stackgen.deploy.targets import Target

    from .looking import Looked, Looking

    Row = tuple[Looked, Standing | StackgenError]

FORMS = ("text", "json")
MOST = 5
DESCRIPTION = """\
How the stacks of all environments and regions stand, or of those that are named: their status and since when, whether
they are what the build has, their resources, their drift as AWS saw it last, what runs now, and what to do next.

Values that were given to deploy with -p or --parameters are given here too, to be compared.

Exits with 0 where all could be asked, however they stand, with 8 where only some could.
"""


def run(console: Console, arguments: Sequence[str]) -> int:
    """Ask all at once; one that cannot be asked does not hide the others."""
    parser = Parser("status", DESCRIPTION + in_help(*FORMS), "[STACK...] ...")
    add_looked(parser)
    add_values(parser)
    options = parser.parsed(arguments)
    form = form_of(console, *FORMS)
    refused: dict[Access, StackgenError] = {}

    def account(sessions: Sessions, access: Access) -> str:
        try:
            with sessions.telling():
                return sessions.account(access)
        except StackgenError as error:
            refused[access] = error
            return access.account

    with looking(console, options, account, every=True) as what:
        roots = dict.fromkeys(each.target.template for each in what.looked)
        warn_of_a_stale_build(console, what.project, what.build, list(roots))
        rows = _asked(what, {(each.env, each.profile, each.role_arn): error for each, error in refused.items()})
    problems = [row for _, row in rows if isinstance(row, StackgenError)]
    if problems and len(problems) == len(rows):
        raise problems[0]
    if form == "json":
        console.json("status", {"verdict": _verdict(rows), "stacks": [_content(*row) for row in rows]})
    else:
        console.say(_verdict(rows))
        for row in rows:
            for line in _lines(*row):
                console.say(line)
    return PARTIAL if problems else 0


def _asked(what: Looking, refused: dict[tuple[str, str, str], StackgenError]) -> list[Row]:
    """How each stands, in the order of the targets."""
    from stackgen.deploy.at_once import Stop, at_once
    from stackgen.deploy.standing import standing

    found: dict[int, Standing | StackgenError] = {}

    def ask(number: int) -> None:
        each = what.looked[number]
        target = each.target
        try:
            error = refused.get((target.env, target.profile, target.role_arn))
            if error is not None:
                raise error
            with what.sessions.telling():
                found[number] = standing(target, what.build, each.client("cloudformation"))
        except StackgenError as error:
            found[number] = error

    at_once(ask, range(len(what.looked)), Stop())
    return [(each, found[number]) for number, each in enumerate(what.looked)]


def _verdict(rows: Sequence[Row]) -> str:
    """``6 stacks: 3 up to date, 2 differ from the build, 1 does not exist``."""
    from stackgen.deploy.next_steps import NEEDS_PERSON

    words = []
    for _, row in rows:
        if isinstance(row, StackgenError):
            words.append("could not be asked")
        elif row.state is None:
            words.append("not there")
        elif row.state.status in NEEDS_PERSON:
            words.append("waiting for a person")
        elif row.state.is_going_on:
            words.append("being changed")
        else:
            words.append(_KINDS[row.compared.kind])
    counts = ", ".join(f"{words.count(word)} {word}" for word in dict.fromkeys(words))
    return f"{counted(len(rows), 'stack')}: {counts}"


_KINDS = {
    "up to date": "up to date",
    "differs": "not as the build has it",
    "somebody else's": "of another environment",
    "nothing": "with nothing to compare",
}


def _lines(looked: Looked, row: Standing | StackgenError) -> Iterator[str]:
    target = looked.target
    yield ""
    if isinstance(row, StackgenError):
        yield f"{target.place}: could not be asked"
        yield from (f"  {line.strip()}" for line in str(row).splitlines())
        return
    state = row.state
    if state is None:
        yield f"{target.place}: not there"
        yield f"  next: {row.next_step}"
        return
    since = f" since {_moment(row.operation.newest)}" if row.operation else ""
    protected = ", protected from deletion" if state.is_protected else ""
    yield f"{state.name} in {target.account}/{target.region}: {state.status}{since}{protected}"
    if state.reason:
        yield f"  reason: {looked.hiding.text(state.reason)}"
    if row.operation:
        yield f"  last operation: {_kind(row.operation.status)}, begun {_moment(row.operation.began)}"
    yield f"  build: {_compared(row.compared)}"
    counts = ", ".join(f"{number} {status}" for status, number in row.counts.items())
    nested = f" in {counted(row.nested, 'nested stack')} and the stack itself" if row.nested else ""
    yield f"  resources{nested}: {counts or 'none'}"
    yield f"  drift: {_drift(row, target)}"
    if row.running:
        shown = ", ".join(f"{each.path} {each.status}" for each in row.running[:MOST])
        more = f", and {len(row.running) - MOST} more" if len(row.running) > MOST else ""
        yield f"  now: {shown}{more}"
    if row.next_step:
        yield f"  next: {row.next_step}"


def _kind(status: str) -> str:
    return {"CREATE": "creation", "UPDATE": "update", "DELETE": "deletion", "IMPORT": "import"}[
        status.partition("_")[0]
    ]


def _moment(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC"


def _compared(found: Compared) -> str:
    if found.owner:
        return f"it belongs to the environment {found.owner}"
    parts = [
        f"{what} {', '.join(names)}"
        for what, names in (("templates", found.templates), ("parameters", found.parameters))
        if names
    ]
    if found.kind == "nothing":
        return "nothing to compare now"
    unread = f"; not compared: {', '.join(found.unread)}" if found.unread else ""
    return (f"not as deployed: {'; '.join(parts)}" if parts else _KINDS[found.kind]) + unread


def _drift(row: Standing, target: Target) -> str:
    from stackgen.deploy.next_steps import command_for

    total = row.nested + 1
    if row.unchecked == total:
        return f"never looked for; {command_for(target, 'drift')} does"
    when = f", last looked for {_moment(row.drift_checked)}" if row.drift_checked else ""
    rest = f", {row.unchecked} of {counted(total, 'stack')} never looked at" if row.unchecked else ""
    shows = f"; {command_for(target, 'drift')} shows what is otherwise" if row.drifted else ""
    return (f"in {', '.join(row.drifted)}" if row.drifted else "none seen") + when + rest + shows


def _content(looked: Looked, row: Standing | StackgenError) -> dict[str, Any]:
    from stackgen.deploy.events import iso

    target = looked.target
    place = {
        "stack": target.stack_name, "environment": target.env, "account": target.account, "region": target.region,
        "template": target.template,
    }  # fmt: skip
    if isinstance(row, StackgenError):
        return {**place, "status": "", "error": str(row)}
    state, operation, compared = row.state, row.operation, row.compared
    if state is None:
        return {**place, "status": "NOT_THERE", "next_step": row.next_step}
    return {
        **place,
        "stack": state.name,
        "stack_id": state.id,
        "status": state.status,
        "reason": looked.hiding.text(state.reason),
        "since": iso(operation.newest) if operation else "",
        "operation": {"kind": _kind(operation.status), "began": iso(operation.began)} if operation else None,
        "protected": state.is_protected,
        "build": {
            "verdict": compared.kind,
            "templates": list(compared.templates),
            "parameters": list(compared.parameters),
            "not_compared": list(compared.unread),
            "environment": compared.owner or target.env,
        },
        "nested_stacks": row.nested,
        "resources": dict(row.counts),
        "running": [{"path": each.path, "status": each.status} for each in row.running],
        "drift": {
            "drifted": list(row.drifted),
            "never_checked": row.unchecked,
            "checked": iso(row.drift_checked) if row.drift_checked else "",
        },
        "next_step": row.next_step,
    }
