"""What a rehearsal is asked for, and what is told of it."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from stackgen.errors import UsageError
from stackgen.local.campaign import scale
from stackgen.local.campaign.cases import STOPS, WAYS, case_of
from stackgen.local.campaign.defects import DEFECTS
from stackgen.local.campaign.pool import campaign, processes, raced, single
from stackgen.local.campaign.scenarios import SCENARIOS
from stackgen.local.rehearsal.handlers import quiet

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from stackgen.local.campaign.pool import Report
    from stackgen.local.campaign.running import Violation

    Show = Callable[[str, int, int, str], object]

__all__ = ["Asked", "Told", "defects", "quiet", "rehearsed", "scenarios", "ways"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What is rehearsed; nothing of what is 0 or empty."""

    cases: int = 0
    races: int = 0
    targets: int = 0
    seed: int = 0
    jobs: int = 0
    case: str = ""
    ways: tuple[str, ...] = ()
    scenarios: tuple[str, ...] = ()
    plants: tuple[str, ...] = ()


@dataclass(slots=True)
class Told:
    """What came of it."""

    asked: Asked
    cases: int = 0
    disturbed: int = 0
    """Cases in which something went wrong; the others show what there is to disturb."""
    executions: int = 0
    races: int = 0
    violated: int = 0
    virtual: float = 0.0
    seconds: float = 0.0
    wide: scale.Figures | None = None
    unmet: list[str] = field(default_factory=list)
    violations: list[Violation] = field(default_factory=list)

    @property
    def verdict(self) -> str:
        cases = _counted(self.cases, "case") + (f" ({self.disturbed:,} disturbed)" if self.disturbed else "")
        done = [f"{cases}, {_counted(self.executions, 'execution')}"] if self.cases else []
        done += [_counted(self.races, "race")] if self.races else []
        done += [_counted(self.wide.targets, "target")] if self.wide else []
        found = _counted(len(self.violations), "violation")
        where = f" in {self.violated:,}" if self.violations else ""
        return f"{'; '.join(done) or 'nothing'}: {found}{where}"

    @property
    def figures(self) -> tuple[str, ...]:
        took = f"{self.seconds:,.0f} s for {self.virtual / 3600:,.0f} h of virtual time, seed {self.asked.seed}"
        return (*(scale.lines(self.wide) if self.wide else ()), *((took,) if self.cases else ()))

    @property
    def again(self) -> str:
        return "".join(f" --plant {name}" for name in self.asked.plants)

    def content(self) -> dict[str, object]:
        """For programs."""
        return {
            "verdict": self.verdict,
            "seed": self.asked.seed,
            "cases": self.cases,
            "disturbed": self.disturbed,
            "executions": self.executions,
            "races": self.races,
            "violated": self.violated,
            "violations": [each._asdict() for each in self.violations],
            "unmet": self.unmet,
            "seconds": round(self.seconds, 1),
            "virtual_seconds": round(self.virtual),
            **({"targets": self.wide.content()} if self.wide else {}),
        }

    def add(self, report: Report) -> None:
        self.cases += report.cases
        self.executions += report.executions
        self.virtual += report.virtual
        self.violated += report.violated
        self.unmet += report.unmet
        self.violations += report.violations


def _counted(number: int, what: str) -> str:
    return f"{number:,} {what}{'s' * (number != 1)}"


def ways() -> Iterable[str]:
    """What can go wrong."""
    return (*WAYS, *STOPS)


def scenarios() -> Iterable[str]:
    """The kinds of rollouts."""
    return SCENARIOS


def defects() -> Iterable[str]:
    """What can be planted."""
    return DEFECTS


def rehearsed(asked: Asked, show: Show) -> Told:
    """Do what is asked for. Raises UsageError for a case that cannot be."""
    told = Told(asked)
    began = time.perf_counter()
    planted = [DEFECTS[name] for name in asked.plants]
    if asked.case:
        told.add(_of_one(asked.case, planted, told))
    if asked.cases:

        def tell(report: Report, of: int) -> None:
            bad = f", {report.violated:,} violated" if report.violated else ""
            show("cases", report.cases, of, f", {report.executions:,} executions{bad}")

        names = asked.scenarios or tuple(SCENARIOS)
        report = campaign(
            asked.cases, asked.seed, ways=asked.ways, names=names, defects=planted, jobs=asked.jobs, tell=tell
        )
        told.add(report)
        told.disturbed = report.cases - len(names)
        if not told.disturbed:
            wanted = ", ".join(asked.ways) or "any way"
            raise UsageError(f"nothing of {', '.join(names)} can go wrong in {wanted}", "another --fault or --scenario")
    if asked.races:
        _race(asked, planted, told, show)
    if asked.targets:
        show("targets", 0, asked.targets, "")
        told.wide = scale.rehearse(asked.targets, planted)
        told.violations += told.wide.violations
        told.violated += bool(told.wide.violations)
        told.virtual += told.wide.virtual_seconds
    told.seconds = time.perf_counter() - began
    return told


def _of_one(text: str, planted: list[Any], told: Told) -> Report:
    name, _, seed = text.partition(":")
    if name == "race" and seed.isdecimal():
        told.races = 1
        return raced(1, int(seed), planted, 1, lambda _, __: None)
    report, _ = single(case_of(text), planted)
    return report


def _race(asked: Asked, planted: list[Any], told: Told, show: Show) -> None:
    jobs = asked.jobs or processes()

    def tell(done: int, violated: int) -> None:
        show("races", done, asked.races, f", {violated:,} violated" if violated else "")

    report = raced(asked.races, asked.seed, planted, jobs, tell)
    told.races += report.races
    told.violated += report.violated
    told.violations += report.violations
