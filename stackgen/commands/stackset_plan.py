"""``stackset plan``: what a rollout would create, update and delete where, and in which order; changes nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .forms import form_of
from .stackset_opening import FORMS, add_planning, build_of, opened, parser_of, wanted_of
from .words import aligned, counted

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from stackgen.console import Console
    from stackgen.deploy.stacksets.planner import Prepared
    from stackgen.deploy.stacksets.planning import Operation, SetPlan
    from stackgen.deployer.handlers.inputs import Pair

    from .stackset_opening import Opened

DESCRIPTION = """\
What stackset apply would do: account by account and region by region, in which operations, and what differs in the
template, parameters and settings of the StackSet. Nothing is changed. -e and -r leave a part of the accounts and
regions; the rest stays as it is.
"""
MOST_PAIRS = 10
MEANING = {
    "create": "to create",
    "update": "to update",
    "delete": "to delete",
    "unchanged": "unchanged",
    "inoperable": "out of reach: stackset delete --retain --cells takes them out, then they can be made anew",
    "orphans": "named nowhere in the project, and left alone; --prune deletes them",
    "left": "left alone by -e and -r",
}


def run(console: Console, arguments: Sequence[str]) -> int:
    """Read what is wanted and what is there, and print the difference."""
    parser = parser_of("plan", DESCRIPTION)
    add_planning(parser)
    options = parser.parsed(arguments)
    form = form_of(console, *FORMS)
    with opened(console, options) as sets:
        from stackgen.deploy.stacksets.planner import plan

        told = []
        for each in sets:
            build = build_of(each)
            wanted = wanted_of(console, options, each, build)
            prepared = plan(
                build, wanted, each.client, prune=options.prune, adopt=options.adopt, with_secrets=options.secrets
            )
            told.append((each, prepared))
    if form == "json":
        console.json("stackset-plan", {"stack_sets": [as_json(*each) for each in told]})
    else:
        for each, prepared in told:
            show(console, each, prepared, console.say)
    return 0


def verdict(each: Opened, plan: SetPlan) -> str:
    """``baseline in 111111111111/us-east-1: 2 to create, 0 to update ...``."""
    counts = plan.counts
    parts = [f"{counts[name]:,} to {name}" for name in ("create", "update", "delete")]
    parts.append(f"{counts['unchanged']:,} unchanged")
    parts += [f"{counts['inoperable']:,} out of reach"] if counts["inoperable"] else []
    parts += [f"{counts['orphans']:,} named nowhere"] if counts["orphans"] else []
    parts += [f"{counts['left']:,} left alone"] if counts["left"] else []
    new = " (new)" if plan.state is None else ""
    return f"{each.place}{new}: {', '.join(parts)}; {counted(len(plan.operations), 'operation')}"


def show(console: Console, each: Opened, prepared: Prepared, say: Callable[[str], None]) -> None:
    """The plan for a person; notes go to stderr."""
    plan = prepared.plan
    say(verdict(each, plan))
    for note in prepared.notes:
        console.warn(note)
    if prepared.running is not None:
        whose = "this very rollout, cut off before" if prepared.is_ours else "somebody else's"
        say(f"running: {prepared.running.action} since {prepared.running.began:%H:%M:%S}, {whose}")
    for difference in plan.differences:
        say(f"  {difference.shown}")
    for line in _template_lines(console, plan):
        say(f"    {line}")
    for _, action in prepared.prepare:
        say(f"  first: {action.why}")
    if plan.operations:
        say("operations, one after the other; no more than "
            f"{counted(plan.most, 'stack')} touched if every one fails")  # fmt: skip
        rows = [_row(console, number, operation) for number, operation in enumerate(plan.operations, 1)]
        for line in aligned(rows):
            say(line)
    for name, pairs in _pairs(plan).items():
        if pairs and (console.verbose or name not in ("create", "update", "unchanged")):
            say(f"{MEANING[name]}: {shown(console, pairs)}")


def shown(console: Console, pairs: Iterable[Pair]) -> str:
    """``111111111111/us-east-1, ...``; ten of them, all with -v."""
    names = [str(pair) for pair in pairs]
    some = names if console.verbose else names[:MOST_PAIRS]
    return ", ".join(some) + (f" and {len(names) - len(some):,} more" if len(names) > len(some) else "")


def word_of(action: str) -> str:
    """What an operation does, for a person."""
    words = {"DEFINE": "update, with the new definition:", "SETTINGS": "switch managed execution, at"}
    return words.get(action, action.lower())


def _row(console: Console, number: int, operation: Operation) -> tuple[str, ...]:
    accounts, regions = operation.batch.rectangle
    action = word_of(operation.action)
    if not accounts:
        return (f"{number}", action, "no stack", "", "")
    some = accounts if console.verbose else accounts[:3]
    more = f" +{len(accounts) - len(some)}" if len(accounts) > len(some) else ""
    own = " with values of their own" if operation.overrides else ""
    places = f"{', '.join(some)}{more} x {', '.join(regions)}{own}"
    at_once = f"{operation.step.concurrency} at a time"
    return (f"{number}", action, counted(operation.step.pairs, "stack"), at_once, places)


def _template_lines(console: Console, plan: SetPlan) -> list[str]:
    """What differs in the template, as ``diff`` says it."""
    from stackgen.deploy.stacksets.comparing import TEMPLATE

    if plan.state is None or not any(each.what == TEMPLATE for each in plan.differences):
        return []
    from stackgen.deploy.stacksets.comparing import template_difference
    from stackgen.review.diff.text import text_lines

    difference = template_difference(plan.state.template, plan.wanted.text, plan.wanted.declared.template)
    if difference is None:
        return []
    return [line for line in text_lines(difference, console.paint) if line]


def _pairs(plan: SetPlan) -> dict[str, Sequence[Pair]]:
    deleted = plan.pairs("DELETE")
    return {
        "create": plan.pairs("CREATE"),
        "update": plan.pairs("SETTINGS", "DEFINE", "UPDATE"),
        "delete": deleted,
        "unchanged": plan.unchanged,
        "inoperable": plan.inoperable,
        "orphans": [pair for pair in plan.orphans if pair not in set(deleted)],
        "left": plan.left,
    }


def as_json(each: Opened, prepared: Prepared) -> dict[str, Any]:
    """The plan for a program."""
    plan = prepared.plan
    return {
        "name": each.name,
        "account": each.home.account,
        "region": each.home.region,
        "is_new": plan.state is None,
        "counts": plan.counts,
        "differences": [difference.shown for difference in plan.differences],
        "most_touched_before_it_stops": plan.most,
        "operations": [
            {
                "action": operation.action,
                "wave": operation.batch.wave,
                "accounts": list(operation.batch.rectangle.accounts),
                "regions": list(operation.batch.rectangle.regions),
                "overrides": sorted(name for name, _ in operation.overrides or ()),
            }
            for operation in plan.operations
        ],
        "prepare": [action.why for _, action in prepared.prepare],
        "notes": list(prepared.notes),
        "running": prepared.running.id if prepared.running else None,
        **{name: list(map(str, pairs)) for name, pairs in _pairs(plan).items()},
    }
