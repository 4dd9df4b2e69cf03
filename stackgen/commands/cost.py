"""``cost``: USD a month, resource by resource, or how much more or less a change costs."""

from __future__ import annotations

import datetime as dt
import os
from pathlib import Path
from typing import TYPE_CHECKING

from stackgen.errors import FindingsError, UsageError
from stackgen.review.pricing.gathering import USAGE, Usages, Work
from stackgen.review.pricing.prices import OLDEST, bundled
from stackgen.review.pricing.report import as_dict, markdown, strict_total, text, verdict, warnings
from stackgen.review.pricing.wording import counted, span

from .arguments import Parser
from .costing import a_day as daily
from .forms import form_of, in_help
from .reviewing import Pair, add_values, build_of, pair_of, tell_problems, values_of, values_of_pair

if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence

    from stackgen.console import Console
    from stackgen.project import Project
    from stackgen.review.environments import Values
    from stackgen.review.model import Build
    from stackgen.review.pricing.prices import Table
    from stackgen.review.pricing.report import Compared

FORMS = ("text", "json", "md")
_RANGE = ("low", "typical", "high")


def run(console: Console, arguments: Sequence[str]) -> int:
    """Estimate one build, or two and their difference; 4 where ``--strict`` finds a total that nobody can rely on."""
    options = _parser().parsed(arguments)
    form = form_of(console, *FORMS)
    before, after, project = _builds(console, options.builds)
    values, earlier = _values(console, options, before, after, project)
    problems = [problem for build in (before, after) if build for problem in build.problems]
    code = tell_problems(console, [*problems, *values.problems(after)])
    if not all(place.region for place in values.places):
        raise UsageError("a price has a region, and none is known here", "name it: cost DIR -r us-east-1")
    usages = Usages(project, Path(options.usage) if options.usage is not None else None, console.error)
    today = dt.datetime.now(tz=dt.UTC).date()
    work = Work(values, usages, today, earlier=earlier, free_tier=not options.no_free_tier)
    table = bundled()
    compared = work.compared(before, after, table)
    if options.live:
        table = _live(console, compared, table)
        compared = work.compared(before, after, table)
    _print(console, form, compared, a_day=options.a_day)
    if not options.live and (missing := strict_total(compared).missing):
        console.tell(f"{counted(len(missing), 'charge')} without a price here: --live asks AWS for it")
    if options.strict:
        _refuse_doubts(compared)
    return code


def _print(console: Console, form: str, compared: Sequence[Compared], *, a_day: bool) -> None:
    if form == "json":
        days = {each.after.place: daily(each.after.lines) for each in compared} if a_day else {}
        amounts = {place: {name: round(float(getattr(day, name)), 4) for name in _RANGE} for place, day in days.items()}
        console.json("cost", {**as_dict(compared), **({"usd_a_day": amounts} if a_day else {})})
    elif form == "md":
        for line in markdown(compared):
            console.say(line)
        return  # its warnings are part of it
    else:
        console.say(verdict(compared))
        for each in compared if a_day else ():
            console.say(f"{each.after.place}: {span(daily(each.after.lines))} a day")
        for line in text(compared, console.width):
            console.say(line)
    for sentence in warnings(compared):
        console.warn(sentence)


def _parser() -> Parser:
    parser = Parser(
        "cost", "USD a month, as a range; with a base, how much more or less a change costs." + in_help(*FORMS)
    )
    add = parser.add_argument
    add(
        "builds", nargs="*", metavar="BASE", help="a git ref or BASE..HEAD to compare with; a folder alone is estimated"
    )
    add("--usage", metavar="FILE", help=f"instead of stacks/<system>/{USAGE}")
    add("--strict", action="store_true", help=f"4 if a price is unverified, missing or over {OLDEST} days old")
    add("--no-free-tier", action="store_true", help="as if the account's free allowances were used up")
    add("--a-day", action="store_true", help="also what a day of each environment costs (text, json)")
    add("--live", action="store_true", help="ask AWS's Pricing API; needs credentials")
    add_values(parser)
    return parser


def _builds(console: Console, words: Sequence[str]) -> tuple[Build | None, Build, Project | None]:
    """What is compared with what, and the project; one folder, or nothing, is compared with nothing."""
    if not words or (len(words) == 1 and os.path.exists(words[0])):  # noqa: PTH110  a word
        return None, *build_of(console, "".join(words))
    return pair_of(console, words)


def _values(
    console: Console, options: argparse.Namespace, before: Build | None, after: Build, project: Project | None
) -> tuple[Values, Values | None]:
    """The values after, and those before where they were others."""
    if before is None:
        return values_of(console, options.parameter, project, after), None
    return values_of_pair(console, options.parameter, Pair(before, after, project))


def _live(console: Console, compared: Sequence[Compared], table: Table) -> Table:
    """The table with today's prices, as far as AWS tells them clearly. Raises StackgenError."""
    from stackgen.deploy.prices import live_prices
    from stackgen.deploy.session import pricing

    estimates = [each for one in compared for each in (one.after, one.before) if each]
    wanted = {(line.price_id, line.region) for each in estimates for line in each.lines if line.region}
    console.tell(f"asking AWS for {counted(len(wanted), 'price')}")
    answer = live_prices(lambda: pricing(console.profile), wanted, table)
    for sentence in answer.sentences:
        console.warn(sentence)
    return table.with_rows(answer.prices)


def _refuse_doubts(compared: Sequence[Compared]) -> None:
    """Raises FindingsError where the total rests on prices that nobody can rely on, or leaves something out."""
    total = strict_total(compared)
    uncovered = {address for each in compared for address in each.after.uncovered}
    reasons = [
        f"{counted(len(total.doubts), 'price')} unverified or older than {OLDEST} days" if total.doubts else "",
        f"{counted(len(total.missing), 'charge')} without a price" if total.missing else "",
        f"{counted(len(uncovered), 'resource')} not covered" if uncovered else "",
    ]
    told = [reason for reason in reasons if reason]
    if told:
        raise FindingsError(f"--strict: {', '.join(told)}", "--live asks AWS for today's prices")
