"""Many cases, spread over processes: each has a world of its own, which it changes for a new one now and then."""

from __future__ import annotations

import os
import sys
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from stackgen.local.campaign.cases import Case, cases_of, chosen
from stackgen.local.campaign.running import Result, Violation, run
from stackgen.local.campaign.scenarios import SCENARIOS
from stackgen.local.campaign.world import World

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from stackgen.local.campaign.defects import Defect

    Tell = Callable[["Report", int], object]

CHUNK = 12
"""Cases that a process takes at a time."""
LIFE = 60
"""Cases of one world; then a new one begins small again."""
RACES = 25
"""Races that a process takes at a time, in a world of their own."""
_SHARE_OF_HEAVY = 4


@dataclass(slots=True)
class Report:
    """What came of a campaign so far."""

    cases: int = 0
    races: int = 0
    executions: int = 0
    unmet: list[str] = field(default_factory=list)
    violations: list[Violation] = field(default_factory=list)
    violated: int = 0
    virtual: float = 0.0

    def add(self, result: Result) -> None:
        self.cases += 1
        self.executions += result.executions
        self.virtual += result.seconds
        if not result.met:
            self.unmet.append(result.case)
        self.violations += result.violations
        self.violated += bool(result.violations)


class Worker:
    """A process's world; cases run in it one after the other."""

    def __init__(self, defects: Iterable[Defect] = ()) -> None:
        self._defects = tuple(defects)
        self._world: World | None = None
        self._age = 0

    def run(self, case: Case) -> Result:
        if self._world is None or self._age >= LIFE:
            self.close()
            self._world = World(defects=self._defects)
        self._age += 1
        result = run(self._world, case)
        if result.violations:  # whatever it left behind is not the next one's
            self.close()
        return result

    def close(self) -> None:
        if self._world is not None:
            self._world.close()
        self._world, self._age = None, 0


_worker: Worker | None = None


def _begin(defects: tuple[Defect, ...]) -> None:
    global _worker  # noqa: PLW0603 - a process has one
    _worker = Worker(defects)


def _run(cases: Sequence[Case]) -> list[Result]:
    assert _worker is not None  # noqa: S101 - every process begins with it
    return [_worker.run(case) for case in cases]


def processes() -> int:
    """How many processes do the work."""
    return max(1, min(8, len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1))


@contextmanager
def crew(number: int, defects: Iterable[Defect] = ()) -> Iterator[Callable[[list[list[Case]]], Iterator[list[Result]]]]:
    """Something that runs chunks of cases, in processes where that helps and the system forks."""
    import multiprocessing

    planted = tuple(defects)
    if number == 1 or not _forks():
        worker = Worker(planted)
        try:
            yield lambda chunks: ([worker.run(case) for case in chunk] for chunk in chunks)
        finally:
            worker.close()
        return
    with multiprocessing.get_context("fork").Pool(number, _begin, (planted,)) as pool:
        yield lambda chunks: pool.imap_unordered(_run, chunks)
        pool.close()
        pool.join()


def known_cases(
    work: Callable[[list[list[Case]]], Iterable[list[Result]]], names: Iterable[str], done: Callable[[Result], object]
) -> list[Case]:
    """Every case that undisturbed runs of the scenarios show; a scenario that takes long has fewer."""
    found: list[Case] = []
    for results in work([[Case(name)] for name in names]):
        for result in results:
            done(result)
            cases = cases_of(result.case, result.sites, result.states)
            found += cases[::_SHARE_OF_HEAVY] if SCENARIOS[result.case].heavy else cases
    return sorted(found, key=lambda case: case.id)


def campaign(
    number: int,
    seed: int = 0,
    *,
    ways: Iterable[str] = (),
    names: Iterable[str] = tuple(SCENARIOS),
    defects: Iterable[Defect] = (),
    jobs: int = 0,
    tell: Tell = lambda _, __: None,
) -> Report:
    """Run so many disturbed cases, after every scenario undisturbed: that shows which cases there are."""
    report, names = Report(), tuple(names)
    most = number + len(names)

    def done(result: Result) -> None:
        report.add(result)
        tell(report, most)

    with crew(jobs or processes(), defects) as work:
        cases = chosen(known_cases(work, names, done), number, seed, ways)
        most = len(names) + len(cases)
        for results in work([cases[at : at + CHUNK] for at in range(0, len(cases), CHUNK)]):
            for result in results:
                done(result)
    report.violations.sort(key=lambda each: each.case)
    return report


def single(case: Case, defects: Iterable[Defect] = ()) -> tuple[Report, Any]:
    """One case by itself, as a campaign would run it."""
    report = Report()
    worker = Worker(defects)
    try:
        result = worker.run(case)
    finally:
        worker.close()
    report.add(result)
    return report, result


def raced(number: int, seed: int, defects: Iterable[Defect], jobs: int, tell: Callable[[int, int], object]) -> Report:
    """So many races for a lock; each has a seed of its own."""
    import multiprocessing

    report, planted = Report(), tuple(defects)
    starts = [(at, min(RACES, number - at)) for at in range(0, number, RACES)]
    asked = [(count, seed + at, planted) for at, count in starts]

    def add(found: list[tuple[int, list[str]]]) -> None:
        for each, seen in found:
            report.races += 1
            report.violated += bool(seen)
            report.violations += [Violation(f"race:{each}", "one_holder", message) for message in seen]
        tell(report.races, report.violated)

    if jobs == 1 or len(asked) == 1 or not _forks():
        for each in asked:
            add(_raced(each))
        return report
    with multiprocessing.get_context("fork").Pool(min(jobs, len(asked))) as pool:
        for found in pool.imap_unordered(_raced, asked):
            add(found)
        pool.close()
        pool.join()
    report.violations.sort(key=lambda each: each.case)
    return report


def _raced(asked: tuple[int, int, tuple[Defect, ...]]) -> list[tuple[int, list[str]]]:
    from stackgen.local.campaign.races import races

    number, seed, planted = asked
    return list(races(number, seed, defects=planted))


def _forks() -> bool:
    """Whether processes can be split off; threads of the systems' own libraries forbid it elsewhere."""
    return sys.platform not in {"win32", "darwin"}
