"""``time``: how many minutes a deployment takes, what makes it so long, and what to cut; or what it took."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from stackgen.errors import OutputFileError, UsageError, likely, shown
from stackgen.review.timing.own import TIMES, own_rows

from .arguments import Parser
from .forms import form_of, in_help
from .numbers import minutes
from .reviewing import add_values, nearby, tell_problems, values_of

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterable, Sequence

    from stackgen.console import Console
    from stackgen.project import Project
    from stackgen.review.environments import Values
    from stackgen.review.model import Build
    from stackgen.review.timing.estimate import Estimate

FINDINGS = 4
MEASURE = "--measure"
FORMS = ("text", "json", "md")


def run(console: Console, arguments: Sequence[str]) -> int:
    """Estimate, and print; or learn from events, or measure what is deployed."""
    if arguments and arguments[0] == "learn":
        return _learn(console, arguments[1:])
    if MEASURE in arguments:
        from .time_measure import run as measure

        return measure(console, [each for each in arguments if each != MEASURE])
    if console.profile is not None:
        raise UsageError("time takes --profile with --measure alone: without it AWS is asked nothing")
    options = _parser().parsed(arguments)
    form = form_of(console, *FORMS)
    project = nearby(console, needed=not options.stacks)
    build, roots = _chosen(options.stacks, project)
    values = values_of(console, options.parameter, project, build, roots)
    code = tell_problems(console, [*build.problems, *values.problems(build)])
    estimates = _estimates(options, values, project, build, roots)
    if options.svg:
        _draw(console, Path(options.svg), estimates)
    _print(console, form, estimates, options)
    late = options.target is not None and any(each.totals[1] > options.target * 60 for each in estimates)
    return code or (FINDINGS if late else 0)


def _parser() -> Parser:
    parser = Parser(
        "time",
        "How many minutes a deployment takes: low, typical and high, its critical path, and what to cut. "
        "time learn FILE... folds the events of real stacks (describe-stack-events) into times of your own. "
        "time --measure tells what the last deployment really took; time --measure --help tells its options."
        + in_help(*FORMS),
        "[-h] [STACK...]",
    )
    add = parser.add_argument
    add(
        "stacks",
        nargs="*",
        metavar="STACK",
        help="root templates; or first a folder or git ref, with its roots after it",
    )
    add("--operation", choices=("create", "delete"), default="create", help="create by default")
    add(
        "--rollback-monitor",
        metavar="MINUTES",
        type=minutes,
        default=0.0,
        help="how long rollback triggers are watched",
    )
    add("--accounts", metavar="N", type=_count, help="of a StackSet, instead of those of its template")
    add("--regions", metavar="N", type=_count, help="the same for its regions")
    add("--target", metavar="MINUTES", type=minutes, help="exit with 4 where the typical time is longer")
    add("--svg", metavar="FILE", help="draw the Gantt chart there")
    add("--no-chart", dest="chart", action="store_false", help="leave the Gantt chart out")
    add("--times", metavar="FILE", help=f"learned times; {TIMES} by default")
    add_values(parser)
    return parser


def _count(text: str) -> int:
    import argparse

    if not text.isdecimal() or not 1 <= int(text) <= 100_000:  # noqa: PLR2004  more than AWS takes
        raise argparse.ArgumentTypeError(f"a number above 0 was expected, not {text!r}")
    return int(text)


def _chosen(words: Sequence[str], project: Project | None) -> tuple[Build, list[str]]:
    """The build, and the roots in it that the words name. Raises UsageError, OutputFileError."""
    from stackgen.review.sources import read_one

    folder = str(project.build) if project else None
    first = words[0] if words else ""
    own = read_one("", folder) if folder and Path(folder).is_dir() else None
    if own is not None and (not words or all(_named(word, own) for word in words)):
        build = own
    else:
        build, words = read_one(first, folder), words[1:]
    if not words:
        return build, build.roots
    return build, list(dict.fromkeys(_root(word, build) for word in words))


def _named(word: str, build: Build) -> list[str]:
    """The templates that a word may mean: a name, or its last part."""
    return [name for name in build.templates if word in (name, name.rsplit("/", 1)[-1])]


def _root(word: str, build: Build) -> str:
    found = _named(word, build)
    if not found:
        raise UsageError(f"there is no template {word!r}", likely(word, build.templates))
    if len(found) > 1:
        raise UsageError(f"{word!r} may be {' or '.join(found)}", "name it with its folder")
    return found[0]


def _estimates(
    options: argparse.Namespace, values: Values, project: Project | None, build: Build, roots: Iterable[str]
) -> list[Estimate]:
    """One for each root and the environments that agree on it."""
    from dataclasses import replace

    from stackgen.review.timing.estimate import Options, estimate
    from stackgen.review.timing.table import Table

    table = Table.shipped(own_rows(project, options.times))
    told = Options(options.operation, options.rollback_monitor, options.accounts, options.regions)
    found: dict[tuple[object, ...], list[Estimate]] = {}
    for root in roots:
        for place in values.places:
            if values.deploys(place, root):
                each = estimate(build, root, table, values.of(place, root), told)
                key = root, each.totals, tuple(step.name for step in each.path), tuple(each.notes)
                found.setdefault(key, []).append(each)
    if not found:
        raise UsageError("no environment that was chosen deploys any of these stacks")
    return [replace(same[0], place=", ".join(_place(each) for each in same)) for same in found.values()]


def _place(estimate: Estimate) -> str:
    """Where it is deployed; a project without environments has regions alone, a folder not even those."""
    from stackgen.review.environments import DEFAULTS

    return estimate.place.removeprefix(DEFAULTS).removeprefix("/")


def _print(console: Console, form: str, estimates: list[Estimate], options: argparse.Namespace) -> None:
    from stackgen.review.timing.gantt import gantt
    from stackgen.review.timing.text import content, lines, markdown

    first = overall(estimates, options.target)
    if form == "json":
        console.json("time", {"verdict": first, "estimates": [content(each) for each in estimates]})
        return
    console.say(first if form == "text" else f"**{first}**")
    for each in estimates:
        console.say()
        chart = list(gantt(each, console.width, console.paint if form == "text" else None)) if options.chart else []
        if form == "md":
            for line in markdown(each, _title(each), chart):
                console.say(line)
            continue
        if len(estimates) > 1:
            from stackgen.review.timing.text import verdict

            console.say(f"{_title(each)}: {verdict(each)}")
        for line in [*lines(each), *([""] if chart else []), *chart]:
            console.say(line)


def overall(estimates: list[Estimate], target: float | None) -> str:
    """The first line: the verdict of the longest, and how many there are."""
    from stackgen.review.timing.text import minutes, verdict

    longest = max(estimates, key=lambda each: each.totals[1])
    text = verdict(
        longest, f"{_title(longest)}, which is the longest of {len(estimates)}" if len(estimates) > 1 else ""
    )
    if target is not None:
        over = [each for each in estimates if each.totals[1] > target * 60]
        text += (
            f"; over the target of {minutes(target * 60)}" if over else f"; within the target of {minutes(target * 60)}"
        )
    return text


def _title(estimate: Estimate) -> str:
    return f"{estimate.root} in {estimate.place}" if estimate.place else estimate.root


def _draw(console: Console, file: Path, estimates: list[Estimate]) -> None:
    """Draw the one that takes the longest, and say which it is. Raises OutputFileError."""
    from stackgen.review.timing.drawing import svg

    longest = max(estimates, key=lambda each: each.totals[1])
    _write(file, svg(longest))
    if len(estimates) > 1:
        console.tell(f"{shown(str(file))} shows {_title(longest)}, which takes the longest of {len(estimates)}")


def _write(file: Path, text: str) -> None:
    """Write a file, in a folder that may be new. Raises OutputFileError."""
    from stackgen.assembly import write_out

    try:
        file.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise OutputFileError(f"cannot be made: {error.strerror}", location=(str(file.parent), 0)) from error
    write_out(file, text)


def _counted(number: int, what: str) -> str:
    return f"{number:,} {what}{'' if number == 1 else 's'}"


def _learn(console: Console, arguments: Sequence[str]) -> int:
    from stackgen.review.timing.learn import learned
    from stackgen.review.timing.own import text_of as as_text
    from stackgen.review.timing.own import times_file
    from stackgen.review.timing.rows import text_of

    parser = Parser(
        "time learn",
        "Fold the JSON of aws cloudformation describe-stack-events into times of your own." + in_help("text", "json"),
    )
    parser.add_argument("files", nargs="+", metavar="FILE", help="events of one stack, or a list of several")
    parser.add_argument("--into", metavar="FILE", help=f"the file of learned times; {TIMES} by default")
    options = parser.parsed(arguments)
    form = form_of(console, "text", "json")
    file = times_file(nearby(console, needed=False), options.into)
    before = own_rows(None, str(file)) if file.is_file() else []
    result = learned({each: as_text(Path(each)) for each in options.files}, before)
    if result.samples:
        _write(file, text_of(result.rows))
    counted = (
        _counted(result.samples, "sample"),
        _counted(result.kinds, "operation"),
        _counted(len(result.rows), "row"),
    )
    verdict = "{} of {} learned, {} in {}".format(*counted, shown(str(file)))
    if form == "json":
        console.json(
            "time-learn", {"verdict": verdict, "samples": result.samples, "rows": len(result.rows), "file": str(file)}
        )
        return 0
    console.say(verdict)
    return 0
