"""``stackset drift``: every stack of a StackSet compared with its template."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .forms import form_of
from .stackset_ending import cause_lines, causes_json, interrupted
from .stackset_opening import FORMS, following_of, opened, parser_of
from .stackset_plan import shown
from .words import counted

if TYPE_CHECKING:
    from collections.abc import Sequence

    from stackgen.console import Console
    from stackgen.deploy.stacksets.drift import Drift

    from .stackset_opening import Opened

DESCRIPTION = """\
Let AWS compare every stack of a StackSet with its template, wait, and say which differ, and in which resources.
Nothing is changed; while it runs, no other operation can.
"""
FINDINGS = 4


def run(console: Console, arguments: Sequence[str]) -> int:
    """Detect and print; with ``--fail`` 4 where a stack differs, or could not be compared."""
    parser = parser_of("drift", DESCRIPTION)
    parser.add_argument("--fail", action="store_true", help="exit with 4 where a stack differs or cannot be compared")
    parser.add_argument(
        "--stop", action="store_true", help="when interrupted, also stop the comparison; else it goes on"
    )
    options = parser.parsed(arguments)
    form = form_of(console, *FORMS)
    told: list[tuple[Opened, Drift]] = []
    with opened(console, options) as sets:
        from stackgen.deploy.stacksets import reading
        from stackgen.deploy.stacksets.drift import detect

        for each in sets:
            instances = reading.instances(each.found().name, each.caller)
            following = following_of(console, each)
            console.tell(f"comparing {counted(len(instances), 'stack')} of {each.place}")
            try:
                told.append((each, detect(each.declared, following, instances)))
            except KeyboardInterrupt:
                return interrupted(console, each, following, stop=options.stop)
        if form == "json":
            console.json("stackset-drift", {"stack_sets": [_json(*one) for one in told]})
        else:
            for one in told:
                _print(console, *one)
    differs = any(drift.drifted or drift.failed for _, drift in told)
    return FINDINGS if options.fail and differs else 0


def _print(console: Console, each: Opened, drift: Drift) -> None:
    from stackgen.deploy.stacksets.failures import grouped

    parts = [f"{len(drift.drifted):,} drifted", f"{len(drift.in_sync):,} in sync"]
    parts += [f"{len(drift.failed):,} could not be compared"] if drift.failed else []
    console.say(f"{each.place}: {', '.join(parts)}")
    if drift.drifted:
        console.say(f"  drifted: {shown(console, drift.drifted)}")
    for pair, resources in drift.resources.items():
        for resource in resources:
            console.say(f"    {pair}: {resource}")
    for line in cause_lines(console, grouped(drift.failed, lambda _: None)):
        console.say(line)


def _json(each: Opened, drift: Drift) -> dict[str, Any]:
    from stackgen.deploy.stacksets.failures import grouped

    return {
        "name": each.name,
        "operation": drift.operation_id,
        "status": drift.status,
        "drifted": list(map(str, drift.drifted)),
        "in_sync": list(map(str, drift.in_sync)),
        "failed": causes_json(grouped(drift.failed, lambda _: None)),
        "resources": {str(pair): resources for pair, resources in drift.resources.items()},
    }
