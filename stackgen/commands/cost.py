"""``cost``: USD a month, resource by resource, or how much more or less a change costs."""

from __future__ import annotations

import datetime as dt
import os
from typing import TYPE_CHECKING

from stackgen.errors import FindingsError, UsageError
from stackgen.review.evaluation.tree import evaluate
from stackgen.review.pricing.estimate import estimate
from stackgen.review.pricing.findings import findings
from stackgen.review.pricing.prices import OLDEST, bundled
from stackgen.review.pricing.registry import WORDS
from stackgen.review.pricing.report import Compared, as_dict, markdown, strict_total, text, verdict, warnings
from stackgen.review.pricing.usage import Usage, read_usage
from stackgen.review.pricing.wording import counted

from .arguments import Parser
from .forms import form_of
from .reviewing import add_values, build_of, pair_of, tell_problems, values_of

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from stackgen.console import Console
    from stackgen.project import Project
    from stackgen.review.environments import Place, Values
    from stackgen.review.evaluation.environment import Environment
    from stackgen.review.model import Build
    from stackgen.review.pricing.estimate import Estimate
    from stackgen.review.pricing.prices import Table

USAGE = "usage.toml"


def run(console: Console, arguments: Sequence[str]) -> int:
    """Estimate one build, or two and their difference; 4 where ``--strict`` finds a total that nobody can rely on."""
    options = _parser().parsed(arguments)
    form = form_of(console, "text", "json", "md")
    before, after, project = _builds(console, options.builds)
    values = values_of(console, options, project)
    problems = [problem for build in (before, after) if build for problem in build.problems]
    code = tell_problems(console, [*problems, *values.problems(after)])
    if not all(place.region for place in values.places):
        raise UsageError("a price has a region, and none is known here", "name it: cost DIR -r us-east-1")
    usages = _Usages(console, project, options.usage)
    today = dt.datetime.now(tz=dt.UTC).date()
    work = _Work(values, usages, today, free_tier=not options.no_free_tier)
    table = bundled()
    compared = work.compared(before, after, table)
    if options.live:
        table = _live(console, compared, table)
        compared = work.compared(before, after, table)
    _print(console, form, compared)
    if options.strict:
        _refuse_doubts(compared)
    return code


def _print(console: Console, form: str, compared: Sequence[Compared]) -> None:
    if form == "json":
        console.json("cost", as_dict(compared))
    elif form == "md":
        for line in markdown(compared):
            console.say(line)
        return  # its warnings are part of it
    else:
        console.say(verdict(compared))
        for line in text(compared, console.width):
            console.say(line)
    for sentence in warnings(compared):
        console.warn(sentence)


def _parser() -> Parser:
    parser = Parser("cost", "USD a month, as a range; with a base, how much more or less a change costs.")
    add = parser.add_argument
    add(
        "builds", nargs="*", metavar="BASE", help="a git ref or BASE..HEAD to compare with; a folder alone is estimated"
    )
    add("--usage", metavar="FILE", help=f"instead of stacks/<system>/{USAGE}")
    add("--strict", action="store_true", help=f"4 if a price is unverified, missing or over {OLDEST} days old")
    add("--no-free-tier", action="store_true", help="as if the account's free allowances were used up")
    add("--live", action="store_true", help="ask AWS's Pricing API; needs credentials")
    add_values(parser)
    return parser


def _builds(console: Console, words: Sequence[str]) -> tuple[Build | None, Build, Project | None]:
    """What is compared with what, and the project; one folder, or nothing, is compared with nothing."""
    if not words or (len(words) == 1 and os.path.exists(words[0])):  # noqa: PTH110  a word
        return None, *build_of(console, "".join(words))
    return pair_of(console, words)


class _Usages:
    """The usage of each root's system: the file that the user names, or the one in the system's package."""

    def __init__(self, console: Console, project: Project | None, named: str | None) -> None:
        self._console = console
        self._project = project
        self._named = named
        self._read: dict[str, Usage] = {}

    def of(self, root: str) -> Usage:
        """Raises StackgenError for a file that is not there, or that is wrong."""
        from pathlib import Path

        if self._named is not None:
            return self._usage(Path(self._named))
        system = root.rpartition("/")[0]
        path = self._project.stacks / system / USAGE if self._project else None
        return self._usage(path) if path and path.is_file() else Usage()

    def _usage(self, path: Path) -> Usage:
        if str(path) not in self._read:
            usage, problems = read_usage(path, WORDS)
            for problem in problems[:-1]:
                self._console.error(problem)
            if problems:
                raise problems[-1]
            self._read[str(path)] = usage
        return self._read[str(path)]


class _Work:
    """Makes the estimates of builds, place by place."""

    def __init__(self, values: Values, usages: _Usages, today: dt.date, *, free_tier: bool) -> None:
        self._values = values
        self._usages = usages
        self._today = today
        self._free_tier = free_tier

    def compared(self, before: Build | None, after: Build, table: Table) -> list[Compared]:
        """Each environment in each region, with what the figures say together."""
        made = []
        for place in self._values.places:
            now = self._estimate(after, place, table)
            base = self._estimate(before, place, table) if before else None
            made.append(Compared(now, base, tuple(findings(now, table))))
        return made

    def _estimate(self, build: Build, place: Place, table: Table) -> Estimate:
        roots = [root for root in build.roots if self._values.deploys(place, root)]
        environment: Environment = self._values.of(place, "")
        trees = [(evaluate(build, root, self._values.of(place, root)), self._usages.of(root)) for root in roots]
        return estimate(trees, environment, table, self._today, free_tier=self._free_tier)


def _live(console: Console, compared: Sequence[Compared], table: Table) -> Table:
    """The table with today's prices, as far as AWS tells them clearly. Raises StackgenError."""
    from stackgen.deploy.prices import live_prices
    from stackgen.deploy.session import pricing

    estimates = [each for one in compared for each in (one.after, one.before) if each]
    wanted = {(line.price_id, line.region) for each in estimates for line in each.lines if line.region}
    console.tell(f"asking AWS for {counted(len(wanted), 'price')}")
    answer = live_prices(pricing, wanted, table)
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
