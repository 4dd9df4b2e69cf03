"""The alarms of the places that a rollout goes to: quiet before it, looked at while it goes out and for a while after.

StackSets take no rollback triggers, so those that the project names for its direct deployments are watched from here.
What an alarm did between two looks counts too, and what it did while nobody looked.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from stackgen.deploy.keeping import alarm_of
from stackgen.deployer.handlers import alarms
from stackgen.deployer.handlers.inputs import Pair
from stackgen.deployer.handlers.parallel import each as side_by_side
from stackgen.deployer.handlers.refusals import code_of

from .errors import StackSetError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from stackgen.deploy.polling import Pace

    from .wanted import Cell

    Reader = Callable[[Pair, str], Any | None]
    """Makes a client of a service in a place; None where nothing lets it in."""

CLOUDWATCH = "cloudwatch"


_HOW = {alarms.LOUD: "is in ALARM", "": "is gone", alarms.RANG: "was in ALARM"}
"""What takes a rollout back; CloudFormation fails for a trigger that is gone too."""


class Watch:
    """The alarms of some cells; ``raised`` says which has gone off since a moment."""

    def __init__(self, cells: Iterable[Cell], reader: Reader, pace: Pace, since: float) -> None:
        chosen = list(cells)
        self._names: dict[Pair, tuple[str, ...]] = {}
        for arn in dict.fromkeys(alarm_of(said) for cell in chosen for said in cell.alarms):
            place = Pair(arn.split(":")[4], arn.split(":")[3])
            self._names[place] = (*self._names.get(place, ()), arn.partition(":alarm:")[2])
        self.minutes = max((cell.monitoring_minutes for cell in chosen if cell.alarms), default=0)
        self.raised = ""
        self._reader = reader
        self._pace = pace
        self._since = since
        self._looks = 0
        self._next = 0.0

    @property
    def is_watching(self) -> bool:
        return bool(self._names)

    def check(self) -> None:
        """Raises StackSetError for an alarm that is missing, that has gone off already, or that may not be read.

        For those alone that are about to be watched: of what has begun already, each of these takes it back.
        """
        for place, found in zip(self._names, self._states([*self._names]), strict=True):
            missing = [name for name in self._names[place] if name not in found]
            loud = [name for name in self._names[place] if found.get(name) == alarms.LOUD]
            if missing:
                raise StackSetError(
                    f"the alarm {missing[0]} is not in {place}, so nothing would tell there of a bad release",
                    "deploy what makes it first; or --no-revert rolls out without alarms, and takes nothing back",
                )
            if loud:
                raise StackSetError(
                    f"the alarm {loud[0]} is in ALARM in {place} already, so it could not tell of a bad release",
                    "mend its cause first; or --no-revert rolls out without alarms, and takes nothing back",
                )
        self._everywhere(lambda place, cloudwatch: alarms.went_off(self._names[place][0], self._since, cloudwatch))

    def has_raised(self) -> bool:
        """Whether an alarm is loud or gone, or has gone off since; looks everywhere."""
        self._look([*self._names])
        return bool(self.raised)

    def is_raised(self) -> bool:
        """Whether an alarm has gone off; looks now and then alone, however often it is asked."""
        if not self.raised and self._pace.now() >= self._next:
            self._next = self._pace.now() + alarms.LEAST_WAIT
            self._has_raised_in_part()
        return bool(self.raised)

    def monitor(self, since: float) -> None:
        """Look until the minutes are over, counted from *since*, or until an alarm has gone off; at last everywhere."""
        while True:
            left = int(since + self.minutes * 60 - self._pace.now())
            is_last = left <= 0
            if (self.has_raised() if is_last else self._has_raised_in_part()) or is_last:
                return
            self._pace.sleep(alarms.pause(self.minutes, left))

    def _has_raised_in_part(self) -> bool:
        """The same of the next of many places."""
        self._looks += 1
        self._look(alarms.part([*self._names], self._looks - 1))
        return bool(self.raised)

    def _look(self, places: Sequence[Pair]) -> None:
        for place, found in zip(places, self._states(places, self._since), strict=True):
            for name in self._names[place]:
                how = _HOW.get(found.get(name, ""))
                if how and not self.raised:
                    self.raised = f"the alarm {name} {how} in {place}"

    def _states(self, places: Sequence[Pair], since: float | None = None) -> list[dict[str, str]]:
        def states(place: Pair, cloudwatch: Any) -> dict[str, str]:
            return alarms.states(self._names[place], cloudwatch, since)

        return self._everywhere(states, places)

    def _everywhere(self, ask: Callable[[Pair, Any], Any], places: Sequence[Pair] | None = None) -> list[Any]:
        """What CloudWatch answers in each place. Raises StackSetError where it may not be asked."""
        return side_by_side(partial(self._asked, ask), [*self._names] if places is None else places)

    def _asked(self, ask: Callable[[Pair, Any], Any], place: Pair) -> Any:
        refused = ""
        try:
            client = self._reader(place, CLOUDWATCH)
            if client is not None:
                return ask(place, client)
        except ClientError as error:
            if code_of(error) not in ("AccessDenied", "AccessDeniedException"):
                raise
            refused = f" ({code_of(error)})"
        raise StackSetError(
            f"the alarms in {place} may not be read{refused}",
            "reader_role names the role that may, in each account (cloudwatch:DescribeAlarms and "
            "DescribeAlarmHistory); or --no-revert rolls out without alarms",
        )
