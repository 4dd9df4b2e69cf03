"""Operations followed to their end, and what they came to in each cell."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from botocore.exceptions import ClientError

from stackgen.deploy.errors import BusyError
from stackgen.deployer.handlers import operations
from stackgen.deployer.handlers.refusals import code_of

from .calls import stop

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from stackgen.deploy.actions import Action
    from stackgen.deploy.executor import Executor
    from stackgen.deploy.polling import Pace
    from stackgen.deployer.handlers.inputs import Pair
    from stackgen.deployer.handlers.operations import Result

_OVER = ("InvalidOperationException", "OperationNotFoundException")
SUCCEEDED, STOPPED = operations.SUCCEEDED, operations.STOPPED
_FEW = 500
"""With more cells the results, a hundred a call, are looked at less often."""


class Progress(NamedTuple):
    """How an operation stands."""

    operation_id: str
    counts: Mapping[str, int]
    """Cells by the status of their result."""


class Ended(NamedTuple):
    """How an operation ended."""

    operation_id: str
    status: str
    reason: str
    results: Mapping[Pair, Result]


class Following:
    """Starts operations of one set and follows them; *told* hears of their progress, ``current`` is what runs.

    *executor* answers what performs actions in a region, or without one where the set is.
    """

    def __init__(
        self,
        name: str,
        caller: Any,
        executor: Callable[[str], Executor],
        pace: Pace,
        told: Callable[[Progress], None],
    ) -> None:
        self.name = name
        self.caller = caller
        self.pace = pace
        self.current = ""
        self.heeded: Callable[[], bool] = lambda: False
        """Whether what runs shall begin nothing more; asked at every look."""
        self._executor = executor
        self._told = told

    def perform(self, action: Action, region: str = "") -> dict[str, Any]:
        """Perform an action that starts no operation."""
        return self._executor(region).perform(action)

    def stop(self) -> bool:
        """Let what runs begin nothing more; whether there was something to stop."""
        try:
            self.perform(stop(self.name, self.current))
        except ClientError as error:
            if code_of(error) not in _OVER:
                raise
            return False
        return True

    def run(self, action: Action) -> Ended:
        """Start an operation, unless an attempt before has started it, and follow it. Raises BusyError."""
        identity = str(action.parameters["OperationId"])
        self.current = identity  # before it is known to run: whoever interrupts this may want it stopped
        try:
            self.perform(action)
        except ClientError as error:
            if code_of(error) == "OperationInProgressException":
                raise busy(self.name) from error
            if code_of(error) != "OperationIdAlreadyExistsException":
                raise
        return self.follow(identity)

    def follow(self, identity: str) -> Ended:
        """Wait until an operation has ended."""
        self.current = identity
        before: Mapping[str, int] = {}
        pace, cells, is_stopped = self.pace, 0, False
        while True:
            found = operations.needed(self.name, identity, self.caller)
            results = {each.pair: each for each in operations.results(self.name, identity, self.caller)}
            counts = _counted(results)
            if counts != before:
                self._told(Progress(identity, counts))
            before, cells = counts, len(results)
            if found.is_over:
                self.current = ""
                return Ended(identity, found.status, found.reason, results)
            if not is_stopped and self.heeded():
                is_stopped = True
                self.stop()
            pace.sleep(pace.interval * (1 + cells // _FEW))


def busy(name: str, identity: str = "") -> BusyError:
    """The refusal where somebody else's operation runs."""
    which = f" ({identity})" if identity else ""
    return BusyError(
        f"another operation{which} runs on the StackSet {name}, and it was not begun for what this run is about",
        "stackset status shows it; the same command does its work when it has ended",
    )


def _counted(results: Mapping[Pair, Result]) -> dict[str, int]:
    found: dict[str, int] = {}
    for each in results.values():
        found[each.status] = found.get(each.status, 0) + 1
    return dict(sorted(found.items()))
