"""Estimates of builds, place by place, each root with the usage that its system's package states."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stackgen.review.evaluation.tree import evaluate

from .estimate import estimate
from .findings import findings
from .registry import WORDS
from .report import Compared
from .usage import Usage, read_usage

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable
    from pathlib import Path

    from stackgen.errors import StackgenError
    from stackgen.project import Project
    from stackgen.review.environments import Place, Values
    from stackgen.review.model import Build

    from .estimate import Estimate
    from .prices import Table

USAGE = "usage.toml"


class Usages:
    """The usage of each root: the file that the user names, or the one in the package of the root's system.

    ``tell`` is told every mistake of a file but the last, which is raised.
    """

    def __init__(
        self, project: Project | None, named: Path | None = None, tell: Callable[[StackgenError], None] | None = None
    ) -> None:
        self._project = project
        self._named = named
        self._tell = tell
        self._read: dict[str, Usage] = {}

    def of(self, root: str) -> Usage:
        """Raises StackgenError for a file that is not there, or that is wrong."""
        if self._named is not None:
            return self._usage(self._named)
        package = root.rpartition("/")[0].replace("-", "_")  # a package's name has no hyphen, a system's may
        path = self._project.stacks / package / USAGE if self._project else None
        return self._usage(path) if path is not None and path.is_file() else Usage()

    def _usage(self, path: Path) -> Usage:
        if str(path) not in self._read:
            usage, problems = read_usage(path, WORDS)
            if self._tell is not None:
                for problem in problems[:-1]:
                    self._tell(problem)
            if problems:
                raise problems[-1]
            self._read[str(path)] = usage
        return self._read[str(path)]


class Work:
    """Makes the estimates; ``earlier`` are the values before a change, where they were others."""

    def __init__(
        self, values: Values, usages: Usages, today: dt.date, *, earlier: Values | None = None, free_tier: bool = True
    ) -> None:
        self._values = values
        self._earlier = earlier
        self._usages = usages
        self._today = today
        self._free_tier = free_tier

    def compared(self, before: Build | None, after: Build, table: Table) -> list[Compared]:
        """Each environment in each region, with what the figures say together. Raises StackgenError."""
        made = []
        for place in self._values.places:
            now = self._estimate(after, self._values, place, table)
            base = self._before(before, place, table) if before is not None else None
            made.append(Compared(now, base, tuple(findings(now, table))))
        return made

    def _before(self, build: Build, place: Place, table: Table) -> Estimate:
        then = self._earlier.at(place) if self._earlier else None
        if self._earlier is not None and then is not None:
            return self._estimate(build, self._earlier, then, table)
        return self._estimate(build, self._values, place, table)

    def _estimate(self, build: Build, values: Values, place: Place, table: Table) -> Estimate:
        roots = [root for root in build.roots if values.deploys(place, root)]
        within = values.of(place, "")
        trees = [
            (evaluate(build, root, values.of(place, root)), self._usages.of(root).within(within.name)) for root in roots
        ]
        return estimate(trees, within, table, self._today, free_tier=self._free_tier)
