"""How GitHub lets runs of workflows wait for each other and cancel each other, by their concurrency groups.

https://docs.github.com/actions/how-tos/write-workflows/choose-when-workflows-run/control-workflow-concurrency: of one
group one run works and one waits at most. Who comes takes the place of the one that waits, and with
``cancel-in-progress`` of the one that works too.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, NamedTuple

from tests.workflows.reading import FILES, filled, read


class Run(NamedTuple):
    """One run of a workflow, for a pull request."""

    workflow: str
    number: int


@dataclass
class GitHub:
    """What runs, what waits, and what was cancelled by whom."""

    running: dict[str, Run] = field(default_factory=dict)
    waiting: dict[str, Run] = field(default_factory=dict)
    cancelled: list[tuple[Run, Run]] = field(default_factory=list)

    def pull_request(self, action: str, number: int) -> list[Run]:
        """Somebody does that with a pull request; the runs of all workflows that hear of it."""
        names = [each.name for each in FILES if action in _actions(read(each.name)["on"])]
        return [self._join(Run(name, number)) for name in names]

    def by_hand(self, workflow: str, number: int) -> Run:
        """Somebody starts a workflow with the number of a pull request."""
        assert "number" in read(workflow)["on"]["workflow_dispatch"]["inputs"]
        return self._join(Run(workflow, number))

    def ends(self, run: Run) -> None:
        """A run comes to its end, and the one that waits for it begins."""
        group = next(name for name, each in self.running.items() if each is run)
        del self.running[group]
        if group in self.waiting:
            self.running[group] = self.waiting.pop(group)

    def _join(self, run: Run) -> Run:
        said = read(run.workflow)["concurrency"]
        which = {"github.event.pull_request.number": str(run.number), "inputs.number": ""}
        group, cancels = filled(said["group"], which).lower(), said["cancel-in-progress"]
        assert cancels in (True, False)
        if group in self.waiting:
            self.cancelled.append((self.waiting.pop(group), run))
        if group in self.running and cancels:
            self.cancelled.append((self.running.pop(group), run))
        (self.waiting if group in self.running else self.running)[group] = run
        return run


def _actions(triggers: dict[str, Any]) -> list[str]:
    found: list[str] = (triggers.get("pull_request") or {}).get("types", [])
    return found
