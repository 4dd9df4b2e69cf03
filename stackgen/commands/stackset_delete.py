"""``stackset delete``: stacks taken out of a StackSet, deleted or kept, and the StackSet itself when it is empty."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from stackgen.errors import PARTIAL, UsageError

from .asking import add_yes
from .forms import form_of
from .stackset_ending import cause_lines, causes_json, interrupted
from .stackset_opening import FORMS, following_of, opened, parser_of
from .stackset_plan import shown
from .words import counted, listed

if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence

    from stackgen.console import Console
    from stackgen.deploy.stacksets.deleting import Deleted, Forecast
    from stackgen.deploy.stacksets.holding import Emptied
    from stackgen.deployer.handlers.inputs import Pair

    from .stackset_opening import Opened

DESCRIPTION = """\
Take stacks out of a StackSet: with --no-retain they are deleted, with --retain they live on, each by itself. Says first
what goes, what stays and what would make a deletion fail: where something would, nothing is begun. Then it asks.
Without --cells all go, and then the StackSet itself.

A StackSet empties nothing. --purge-data does it before, in each account and region: with purge_role of the settings,
else with the set's own credentials in its account, and with reader_role in the others. A bucket whose policy protects
what is in it lets only those roles do so that it names.

Exits with 4 where a deletion would fail.
"""
ALL_FAILED, NEEDS_PERSON = 1, 6
_DIGITS = 12


class Ended(NamedTuple):
    """What became of the stacks, and what was emptied before."""

    done: Deleted
    emptied: list[Emptied]


def run(console: Console, arguments: Sequence[str]) -> int:
    """Forecast, ask, delete; 8 where some are gone and some are not."""
    parser = parser_of("delete", DESCRIPTION)
    add = parser.add_argument
    add("--retain", action="store_true", help="let the stacks live on, outside of the StackSet")
    add("--no-retain", action="store_true", help="delete the stacks")
    text = "empty buckets and repositories that go, with every version and image, for good"
    add("--purge-data", action="store_true", help=text)
    text = "only these; the StackSet stays as long as it has others"
    add("--cells", metavar="ACCOUNT/REGION,...", help=text)
    add("--stop", action="store_true", help="when interrupted, also stop the operation that runs; else it goes on")
    add_yes(parser)
    options = parser.parsed(arguments)
    form = form_of(console, *FORMS)
    if options.retain and options.no_retain:
        raise UsageError("--retain and --no-retain exclude each other")
    if options.purge_data and not options.no_retain:
        raise UsageError("--purge-data is for stacks that are deleted, with --no-retain")
    cells = None if options.cells is None else [_pair(word) for word in listed(options.cells, "--cells")]
    with opened(console, options) as sets:
        if len(sets) > 1:
            raise UsageError(
                "delete is about one StackSet at a time", f"-e NAME: {', '.join(each.env for each in sets)}"
            )
        each = sets[0]
        following = following_of(console, each)
        try:
            forecast = _forecast(each, options, cells)
            if forecast.is_ours and forecast.running is not None:
                console.tell(f"{each.place}: the same deletion still runs, begun by another run; it is followed first")
                following.follow(forecast.running.id)
                forecast = _forecast(each, options, None if cells is None else _left(each, cells))
            _show(console, each, forecast)
            _check(options, forecast)
            from stackgen.deploy.stacksets.deleting import delete, see_that_nothing_runs

            from .stackset_holding import Holding

            see_that_nothing_runs(forecast)
            holding = Holding(console, each, options, forecast)
            holding.show()
            holding.confirm(f"{each.place}: {_words(forecast)}", yes=options.yes)
            emptied = holding.empty()
            done = delete(
                forecast,
                following,
                lambda number, area: console.tell(
                    f"operation {number} of {len(forecast.rectangles)}: {counted(len(area.pairs()), 'stack')}"
                ),
            )
        except KeyboardInterrupt:
            return interrupted(console, each, following, stop=options.stop)
        return _told(console, each, forecast, Ended(done, emptied), form)


def _pair(word: str) -> Pair:
    from stackgen.deployer.handlers.inputs import Pair

    account, slash, region = word.partition("/")
    if not slash or not region or len(account) != _DIGITS or not account.isdecimal():
        raise UsageError(f"--cells {word}: ACCOUNT/REGION was expected, such as 111111111111/us-east-1")
    return Pair(account, region)


def _left(each: Opened, cells: Sequence[Pair]) -> list[Pair] | None:
    """Of the cells those that are still there; all of the named ones where none is, which the forecast refuses."""
    from stackgen.deploy.stacksets.reading import instances

    there = {one.pair for one in instances(each.name, each.caller)}
    return [pair for pair in cells if pair in there] or list(cells)


def _forecast(each: Opened, options: argparse.Namespace, cells: Sequence[Pair] | None) -> Forecast:
    from stackgen.deploy.stacksets.deleting import forecast

    return forecast(each.declared, each.found(), each.caller, cells, retain=options.retain)


def _check(options: argparse.Namespace, forecast: Forecast) -> None:
    if forecast.gone and not options.retain and not options.no_retain:
        raise UsageError(
            f"what becomes of {counted(len(forecast.gone), 'stack')}? --no-retain deletes them, --retain keeps them"
        )


def _words(forecast: Forecast) -> str:
    count = counted(len(forecast.gone), "stack")
    what = f"take {count} out, which live on" if forecast.retain else f"delete {count}"
    parts = [what] if forecast.gone else []
    parts += ["delete the StackSet"] if forecast.deletes_set else []
    return ", and ".join(parts)


def _show(console: Console, each: Opened, forecast: Forecast) -> None:
    console.tell(f"{each.place}: {_words(forecast)}; {counted(len(forecast.stay), 'stack')} left in it")
    for one in forecast.gone if console.verbose else forecast.gone[:20]:
        fate = "lives on as" if forecast.retain else "deletes"
        console.tell(f"  {one.pair}: {fate} {one.stack_id or 'no stack'}")
    if forecast.kept:
        console.tell(f"  kept in each place when its stack is deleted: {', '.join(forecast.kept)}")


def _told(console: Console, each: Opened, forecast: Forecast, ended: Ended, form: str) -> int:
    from stackgen.deploy.stacksets.failures import grouped

    from .stackset_holding import emptied_json, emptied_lines

    done, code = ended.done, 0
    if done.failed or done.left:
        code = PARTIAL if done.gone else ALL_FAILED
        if any(one.status == "INOPERABLE" for one in done.failed):
            code = NEEDS_PERSON
    causes = grouped(done.failed, each.reader)
    retained = {str(one.pair): one.stack_id for one in forecast.gone if forecast.retain and one.pair in done.gone}
    if form == "json":
        content: dict[str, Any] = {
            "name": each.name,
            "gone": list(map(str, done.gone)),
            "retained": retained,
            "failed": causes_json(causes),
            "left": list(map(str, done.left)),
            "is_set_gone": done.is_set_gone,
            "emptied": emptied_json(ended.emptied),
        }
        console.json("stackset-delete", content)
        return code
    word = "taken out" if forecast.retain else "deleted"
    end = "; the StackSet is deleted" if done.is_set_gone else ""
    failed = f", {len(done.failed):,} failed, {len(done.left):,} not tried" if code else ""
    console.say(f"{each.place}: {counted(len(done.gone), 'stack')} {word}{failed}{end}")
    for line in (*emptied_lines(ended.emptied), *cause_lines(console, causes)):
        console.say(line)
    if done.left:
        console.say(f"  not tried: {shown(console, done.left)}")
    for place, stack_id in retained.items():
        console.say(f"  lives on in {place}: {stack_id or 'no stack'}")
    return code
