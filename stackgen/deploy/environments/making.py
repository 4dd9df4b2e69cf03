"""The making of an environment, before and after its stacks are deployed: may it be, who is it of, until when."""

from __future__ import annotations

from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from stackgen.deploy import stacks
from stackgen.deploy.errors import BusyError, NeedsPersonError
from stackgen.deployer.handlers.refusals import code_of
from stackgen.errors import StackgenError

from . import records
from .finding import find_all, is_theirs, standing
from .records import LEAVING, LIVING, Record

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from stackgen.deploy.executor import Executor
    from stackgen.deploy.polling import Pace
    from stackgen.deploy.targets import Target

    from .finding import Found, Place
    from .settings import Ephemeral

_MOST_SHOWN = 10


class TooManyError(StackgenError):
    """The owner has as many environments as are allowed."""


class Making:
    """Remembers environments; the record is written before a stack is made, so that nothing is ever forgotten."""

    def __init__(self, ephemeral: Ephemeral, places: Sequence[Place], executor: Executor) -> None:
        self._ephemeral = ephemeral
        self._places = places
        self._executor = executor
        self._ssm = places[0].client

    def check(self, targets: Sequence[Target]) -> None:
        """See that no stack of these names is somebody else's. Raises NeedsPersonError."""
        clients = {place.region: place.client for place in self._places}
        for target in targets:
            state = stacks.find(target.stack_name, clients[target.region]("cloudformation"))
            if (
                state is not None
                and state.status != "REVIEW_IN_PROGRESS"
                and not is_theirs(state.tags, self._ephemeral)
            ):
                raise NeedsPersonError(
                    f"{target.place} exists, and its tags do not say that it is of {self._ephemeral.repository}",
                    "it is left alone; stack_name in [tool.stackgen.stack.NAME] gives this one another name",
                )

    def wait(self, name: str, pace: Pace, most: float, tell: Callable[[str], None]) -> None:
        """Wait until nobody removes it any more, or so many seconds are over."""
        for number, _ in enumerate(pace.looks(most)):
            if records.sign(name, self._ephemeral.repository, self._ssm("ssm")) is None:
                return
            if number == 0 and most:
                tell(f"{name} is being removed: its end is waited for")

    def remember(self, name: str, owner: str, now: float, seconds: int) -> Record:
        """Write the record, or let it live longer. Raises TooManyError, BusyError; nothing is left behind then."""
        known = find_all(self._ephemeral, self._places)
        self._see_that_it_stays(name, known[name].is_leaving if name in known else False)
        before = known.get(name)
        if before is None or not before.is_alive:
            self._see_that_there_is_room(name, owner, known)
            record = Record(name, self._ephemeral.repository, owner, now, now + seconds)
        else:
            expires = max(now + seconds, before.expires(self._ephemeral))
            record = Record(name, self._ephemeral.repository, before.owner or owner, before.created, expires)
        is_new = before is None or before.record is None
        self.write(record, is_new=is_new)
        if is_new:
            try:
                self._see_that_there_is_room(name, owner, find_all(self._ephemeral, self._places))
            except TooManyError:
                self._forget(name)
                raise
        return record

    def extended(self, found: Found, now: float, seconds: int) -> Record | None:
        """Let it live longer; None where it does so already. Raises BusyError."""
        self._see_that_it_stays(found.name, found.is_leaving)
        before = found.expires(self._ephemeral)
        if found.record is not None and now + seconds <= before:
            return None
        expires = max(before, now + seconds)
        record = Record(found.name, self._ephemeral.repository, found.owner, found.created, expires)
        self.write(record, is_new=found.record is None)
        return record

    def write(self, record: Record, *, is_new: bool) -> None:
        """Write it, then see that nobody removes the environment meanwhile. Raises BusyError."""
        try:
            self._executor.perform(records.made(record) if is_new else records.changed(record))
        except ClientError as error:
            if code_of(error) != records.THERE:
                raise
            self._executor.perform(records.changed(record))
        leaving = records.sign(record.name, self._ephemeral.repository, self._ssm("ssm")) is not None
        if leaving and is_new:
            self._forget(record.name)
        self._see_that_it_stays(record.name, leaving)

    def settle(self, record: Record) -> None:
        """Forget the environment again where nothing of it was made."""
        if not standing(record.name, self._ephemeral, self._places):
            self._forget(record.name)

    def _forget(self, name: str) -> None:
        try:
            self._executor.perform(records.forgotten(LIVING, self._ephemeral.repository, name))
        except ClientError as error:
            if code_of(error) != records.MISSING:
                raise

    def _see_that_it_stays(self, name: str, leaving: bool) -> None:  # noqa: FBT001  what was read
        if leaving:
            place = records.place_of(LEAVING, self._ephemeral.repository, name)
            raise BusyError(
                f"{name} is being removed",
                f"python -m stackgen env destroy -e {name} brings that to its end; then it can be made again",
                f"the parameter {place} of Systems Manager says so",
            )

    def _see_that_there_is_room(self, name: str, owner: str, known: Mapping[str, Found]) -> None:
        """Of several that are made at once the first ones win. Raises TooManyError."""
        most = self._ephemeral.most_per_owner
        own = [each for each in known.values() if each.is_alive and each.owner == owner and each.name != name]
        mine = known.get(name)
        if mine is not None and mine.record is not None:
            own = [each for each in own if (each.created, each.name) < (mine.created, mine.name)]
        if len(own) >= most:
            names = ", ".join(each.name for each in own[:_MOST_SHOWN])
            whose = owner or "nobody in particular"
            raise TooManyError(
                f"{whose} has {len(own)} environments already, and {most} are allowed: {names}",
                "env destroy --pr N removes one; most_per_owner in [tool.stackgen.ephemeral] is the limit",
            )
