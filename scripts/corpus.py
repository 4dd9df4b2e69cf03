"""Every template below a folder, through every review: read, evaluated, compared, judged, drawn, timed, priced, linted.

    scripts/corpus DIR [--format json]

Each template is taken as a root, with those that it nests. It is evaluated and estimated twice, with the defaults of
its parameters and with nothing known; it is compared with copies of itself in which one thing is changed. A failure
is any error of any stage, and an outcome that cannot be right; it is told with its file, and hides no other. Exit 1
where there is one.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
import traceback
from collections import Counter
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

from stackgen.errors import OutputFileError, StackgenError
from stackgen.review.model import Build, Template
from stackgen.review.reading import build_of, may_be_one

from .corpus_mutations import mutations
from .corpus_rules import Judged, judged
from .corpus_stages import Case, Tables

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

Outcome = TypeVar("Outcome")

ROOT = Path(__file__).parents[1]
PATIENCE = 5.0
"""Seconds between two lines that say how far it is."""

READ, EDGES, EVALUATE, UNKNOWN = "read", "references", "evaluate", "evaluate, nothing known"
SAME, UNTOUCHED, DIFF, IMPACT = "diff with itself", "impact of no change", "diff of a mutation", "impact of a mutation"
IMPACT_UNKNOWN = "impact, nothing known"
MERMAID, DOT, SVG, COLOURED = "Mermaid", "DOT", "SVG", "SVG of a mutation"
CREATE, UPDATE, DELETE = "time to create", "time of a mutation", "time to delete"
COST, PERMISSIONS, RULES = "cost", "permissions", "rules of lint"
STAGES = (
    READ, EDGES, EVALUATE, UNKNOWN, SAME, UNTOUCHED, DIFF, IMPACT, IMPACT_UNKNOWN, MERMAID, DOT, SVG, COLOURED, CREATE,
    UPDATE, DELETE, COST, PERMISSIONS, RULES,
)  # fmt: skip
WIDEST = "every resource changed"
"""The mutation that is judged with nothing known, and drawn; where it does not fit, the first that does."""


class Failure(NamedTuple):
    """One error: the last line of its traceback, and where it was raised."""

    file: str
    stage: str
    error: str
    place: str


class Facts(NamedTuple):
    """What was counted in one template; a stage that failed counts nothing."""

    resources: int = 0
    """Of its tree of stacks, with those that do not exist."""
    stacks: int = 0
    references: int = 0
    undecided: int = 0
    """Resources whose existence is not known with the defaults."""
    mutations: int = 0
    changes: int = 0
    """Of all mutations together."""
    priced: int = 0
    uncovered: int = 0
    actions: int = 0
    minutes: float = 0
    findings: int = 0
    """Of our rules of lint."""


class Run:
    """Works through templates, and keeps the seconds and failures of each stage."""

    def __init__(self) -> None:
        self.tables = Tables()
        self.failures: list[Failure] = []
        self.facts: dict[str, Facts] = {}
        self.runs: Counter[str] = Counter()
        self.seconds: dict[str, float] = dict.fromkeys(STAGES, 0.0)
        self.slowest: dict[str, tuple[float, str]] = {}
        self.impacts: Counter[str] = Counter()
        self.findings: list[tuple[str, Judged]] = []
        """Of our rules of lint, each with its file."""
        self.others = 0
        """Files that hold no template."""

    def stage(self, stage: str, file: str, work: Callable[[], Outcome], what: str = "") -> Outcome | None:
        """Do the work, and note how long it takes; None where it fails."""
        start = time.perf_counter()
        try:
            return work()
        except Exception as error:  # noqa: BLE001  whatever it is, it is a finding
            self._fail(file, f"{stage} ({what})" if what else stage, error)
            return None
        finally:
            taken = time.perf_counter() - start
            self.runs[stage] += 1
            self.seconds[stage] += taken
            self.slowest[stage] = max(self.slowest.get(stage, (0.0, "")), (taken, file))

    def _fail(self, file: str, stage: str, error: Exception) -> None:
        told = str(error) if isinstance(error, StackgenError) else traceback.format_exception_only(error)[-1].strip()
        frames = traceback.extract_tb(error.__traceback__)
        place = Path(frames[-1].filename)
        shown = place.relative_to(ROOT) if place.is_relative_to(ROOT) else place
        self.failures.append(Failure(file, stage, told.replace("\n", " "), f"{shown}:{frames[-1].lineno}"))

    def read(self, folder: Path) -> Build:
        """All templates below a folder; a file that cannot be read is a failure."""
        found: dict[str, Template] = {}
        files = [folder] if folder.is_file() else sorted(path for path in folder.rglob("*") if path.is_file())
        base = folder.parent if folder.is_file() else folder
        for path in files:
            name = path.relative_to(base).as_posix()
            if may_be_one(name):
                template = self.stage(READ, name, partial(self._one, path, name, base))
                if template is not None:
                    title = name if template.name in found else template.name
                    found[title] = Template(title, name, template.content, template.text)
        return Build(str(folder), found)

    def _one(self, path: Path, name: str, base: Path) -> Template | None:
        """The template in a file; None where none is meant to be in it. Raises OutputFileError."""
        try:
            build = build_of([(name, _text_of(path))], name, str(base), chosen=False)
        except OutputFileError:
            self.others += 1
            return None
        for problem in build.problems:
            raise problem
        return next(iter(build.templates.values()))

    def template(self, build: Build, name: str) -> None:
        """All stages of one template."""
        file = build.templates[name].path
        case = Case(_with_nested(build, name), name, self.tables)
        unknown = case.with_nothing_known()
        references = self.stage(EDGES, file, case.references)
        tree = self.stage(EVALUATE, file, case.tree)
        bare = self.stage(UNKNOWN, file, unknown.tree)
        self.stage(SAME, file, case.same)
        self.stage(UNTOUCHED, file, case.untouched)
        counted, changes = self._mutations(case, unknown, file)
        for stage, draw in ((MERMAID, case.mermaid), (DOT, case.dot), (SVG, case.svg)):
            self.stage(stage, file, draw)
        minutes = self.stage(CREATE, file, partial(case.minutes, "create"))
        self.stage(DELETE, file, partial(case.minutes, "delete"))
        self.stage(CREATE, file, partial(unknown.minutes, "create"), "nothing known")
        self.stage(DELETE, file, partial(unknown.minutes, "delete"), "nothing known")
        costs = (self.stage(COST, file, partial(case.cost, tree)) if tree else None) or Counter()
        if bare:
            self.stage(COST, file, partial(unknown.cost, bare), "nothing known")
        actions = self.stage(PERMISSIONS, file, case.permissions)
        self.stage(PERMISSIONS, file, unknown.permissions, "nothing known")
        found = self.stage(RULES, file, partial(judged, build.templates[name].text, file)) or []
        self.findings += [(file, each) for each in found]
        resources = list(tree.resources()) if tree else []
        self.facts[file] = Facts(
            len(resources),
            len(tree.stacks) if tree else 0,
            references or 0,
            sum(1 for each in resources if each.exists is None),
            counted,
            changes,
            costs["priced"],
            costs["uncovered"],
            actions or 0,
            minutes or 0,
            len(found),
        )

    def _mutations(self, case: Case, unknown: Case, file: str) -> tuple[int, int]:
        """How many mutations the template has, and how many changes they are."""
        made = list(mutations(case.build.templates[case.name].content))
        changes = 0
        for what, mutated, told in made:
            changes += self.stage(DIFF, file, partial(case.difference, mutated, told), what) or 0
            impacts = self.stage(IMPACT, file, partial(case.impact, mutated), what)
            if impacts is not None:
                self.impacts.update(each.action for each in impacts)
                self.stage(UPDATE, file, partial(case.update_minutes, mutated, impacts), what)
        for what, mutated, _ in [each for each in made if each[0] == WIDEST] or made[:1]:
            self.stage(IMPACT_UNKNOWN, file, partial(unknown.impact, mutated), what)
            self.stage(COLOURED, file, partial(case.changed_picture, mutated), what)
        return len(made), changes


def _text_of(path: Path) -> str | OSError:
    try:
        return path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        return error
    except UnicodeDecodeError as error:
        return OSError(f"is not UTF-8: {error.reason}")


def _with_nested(build: Build, name: str) -> Build:
    """The template with all that it nests."""
    reached: dict[str, Template] = {}
    pending = [name]
    while pending:
        each = pending.pop()
        if each not in reached:
            reached[each] = build.templates[each]
            pending += [child.name for child in build.children(each).values() if child.name]
    return Build(build.label, reached)


def work(folder: Path, tell: Callable[[str], None] = lambda _: None) -> Run:
    """Every template below a folder through every stage; ``tell`` hears now and then how far it is."""
    run = Run()
    build = run.read(folder)
    told = time.monotonic()
    for number, name in enumerate(sorted(build.templates), 1):
        run.template(build, name)
        if time.monotonic() - told > PATIENCE:
            told = time.monotonic()
            tell(f"{number} of {len(build.templates)} templates, {len(run.failures)} failures")
    return run


def as_json(run: Run) -> dict[str, Any]:
    """The figures as data."""
    return {
        "verdict": verdict(run),
        "templates": {file: facts._asdict() for file, facts in run.facts.items()},
        "stages": {
            stage: {"runs": run.runs[stage], "seconds": round(run.seconds[stage], 3), "slowest": run.slowest[stage]}
            for stage in STAGES
            if run.runs[stage]
        },
        "impacts": dict(run.impacts.most_common()),
        "findings": [{"file": file, **each._asdict()} for file, each in run.findings],
        "failures": [each._asdict() for each in run.failures],
    }


def verdict(run: Run) -> str:
    """The first line."""
    resources = sum(each.resources for each in run.facts.values())
    failures = _counted(len(run.failures), "failure") if run.failures else "no failure"
    what = f"{_counted(len(run.facts), 'template')}, {_counted(resources, 'resource')}"
    return f"{failures}: {what}, {sum(run.seconds.values()):.1f} seconds"


def _counted(number: int, what: str) -> str:
    return f"{number:,} {what}{'' if number == 1 else 's'}"


def table(run: Run) -> list[str]:
    """The figures, a line for each stage."""
    lines = [verdict(run)]
    if run.others:
        lines.append(f"{_counted(run.others, 'file')} {'holds' if run.others == 1 else 'hold'} no template")
    lines.append(f"{'stage':<24} {'runs':>6} {'failures':>8} {'seconds':>8} {'slowest':>8}  its file")
    failed = Counter(each.stage.partition(" (")[0] for each in run.failures)
    for stage in STAGES:
        if run.runs[stage]:
            slowest, file = run.slowest[stage]
            figures = f"{run.runs[stage]:>6,} {failed[stage]:>8,} {run.seconds[stage]:>8.2f} {slowest:>8.3f}"
            lines.append(f"{stage:<24} {figures}  {file}")
    return lines + _failed(run.failures)


def _failed(failures: Sequence[Failure]) -> list[str]:
    """A line for each error of each file, with the first stage that it came up in, and how many more there were."""
    alike: dict[tuple[str, str, str], list[str]] = {}
    for each in failures:
        alike.setdefault((each.file, each.error, each.place), []).append(each.stage)
    return [
        f"FAILED {file}: {stages[0]}{f', and {len(stages) - 1} more' if stages[1:] else ''}: {error} ({place})"
        for (file, error, place), stages in alike.items()
    ]


def main(arguments: Sequence[str] | None = None) -> int:
    """Work, print, and say by the exit code whether anything failed."""
    parser = argparse.ArgumentParser(prog="scripts/corpus", description="Run every review over every template.")
    parser.add_argument("folder", type=Path, metavar="DIR", help="a folder of templates, JSON or YAML, or one file")
    parser.add_argument("--format", choices=("text", "json"), default="text", help="text by default")
    options = parser.parse_args(arguments)
    if not options.folder.exists():
        parser.error(f"there is no {options.folder}")
    run = work(options.folder, lambda text: print(f"corpus: {text}", file=sys.stderr, flush=True))
    if not run.facts and not run.failures:
        print(f"corpus: no template below {options.folder}", file=sys.stderr)
        return 1
    if options.format == "json":
        print(json.dumps(as_json(run), indent=2))
    else:
        print("\n".join(table(run)))
    return 1 if run.failures else 0


if __name__ == "__main__":
    sys.exit(main())
