"""``stackset status``: how the stacks of a StackSet are, by status and reason, and its last operations."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .forms import form_of
from .stackset_opening import FORMS, opened, parser_of
from .stackset_plan import shown
from .words import counted, span, table

if TYPE_CHECKING:
    from collections.abc import Sequence

    from stackgen.console import Console
    from stackgen.deploy.stacksets.reading import Instance, Ran

    from .stackset_opening import Opened

DESCRIPTION = """\
How the stacks of a StackSet are: by status, with the reasons of those that are not well, and the last operations.
Changes nothing.
"""
MOST_OPERATIONS = 10


def run(console: Console, arguments: Sequence[str]) -> int:
    """Read and print."""
    options = parser_of("status", DESCRIPTION).parsed(arguments)
    form = form_of(console, *FORMS)
    with opened(console, options) as sets:
        from stackgen.deploy.stacksets import reading

        told = []
        for each in sets:
            state = each.found()
            instances = reading.instances(state.name, each.caller)
            told.append((each, instances, reading.operations(state.name, each.caller, MOST_OPERATIONS)))
    if form == "json":
        console.json("stackset-status", {"stack_sets": [_json(*one) for one in told]})
    else:
        for one in told:
            _print(console, *one)
    return 0


def _groups(instances: Sequence[Instance]) -> dict[tuple[str, str, str], list[Instance]]:
    """By status, detailed status and reason, the largest first."""
    from stackgen.deployer.operating.causes import normalised

    found: dict[tuple[str, str, str], list[Instance]] = {}
    for each in instances:
        reason = normalised(each.reason) if each.reason else ""
        found.setdefault((each.status, each.detailed, reason), []).append(each)
    return dict(sorted(found.items(), key=lambda item: -len(item[1])))


def _print(console: Console, each: Opened, instances: Sequence[Instance], operations: Sequence[Ran]) -> None:
    well = sum(one.status == "CURRENT" for one in instances)
    running = [one for one in operations if one.ended is None]
    more = f"; {running[0].action} runs" if running else ""
    console.say(f"{each.place}: {counted(len(instances), 'stack')}, {well:,} current{more}")
    for (status, detailed, _), group in _groups(instances).items():
        console.say(f"{status} {detailed}: {shown(console, [one.pair for one in group])}")
        if group[0].reason:
            console.say(f"  {group[0].reason}")
    if operations:
        console.say("last operations")
        table(console, [_row(one) for one in operations])


def _row(one: Ran) -> tuple[str, ...]:
    began = f"{one.began:%Y-%m-%d %H:%M:%S}" if one.began else ""
    lasted = span((one.ended - one.began).total_seconds()) if one.began and one.ended else ""
    failed = f"{one.failed:,} failed" if one.failed else ""
    return (began, one.action, one.status, lasted, failed, one.id, one.reason)


def _json(each: Opened, instances: Sequence[Instance], operations: Sequence[Ran]) -> dict[str, Any]:
    return {
        "name": each.name,
        "account": each.home.account,
        "region": each.home.region,
        "instances": [
            {
                "account": one.pair.account_id,
                "region": one.pair.region,
                "status": one.status,
                "detailed_status": one.detailed,
                "reason": one.reason,
                "stack_id": one.stack_id,
                "drift": one.drift,
            }
            for one in instances
        ],
        "operations": [
            {
                "id": one.id,
                "action": one.action,
                "status": one.status,
                "began": one.began.isoformat() if one.began else None,
                "ended": one.ended.isoformat() if one.ended else None,
                "failed": one.failed,
            }
            for one in operations
        ],
    }
