"""What a rollout is taken back with: its record in S3, its alarms, and what carries the way back out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from stackgen.deploy.choosing import named

from . import before as records
from .templates import root_of
from .watching import Watch

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from stackgen.deployer.handlers.inputs import Pair
    from stackgen.review.model import Build

    from .before import Before
    from .following import Following
    from .planner import Prepared
    from .rollout import Begun
    from .wanted import Wanted
    from .watching import Reader

    Told = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Safety:
    """What it takes to take a rollout back."""

    build: Build
    following: Following
    s3: Any
    """A client where the set is."""
    reader: Reader
    begun: Begun
    """Hears of each operation of the way back."""
    told: Told

    def pending(self, prepared: Prepared) -> Before | None:
        """The record of a rollout that a run before has not ended. Raises StackSetError."""
        state = prepared.plan.state
        record = records.read(self.place(prepared.plan.wanted), self.s3) if state is not None else None
        if state is None or record is None or not record.holds(state.id, prepared.operations):
            return None
        return record

    def place(self, wanted: Wanted) -> records.Place:
        """Where the set's record is: in the bucket of its templates."""
        root, home = root_of(self.build, wanted, named(self.build, wanted.declared.template)), wanted.home
        return records.Place(root.bucket, records.key_of(wanted.name), home.account, home.region)

    def keep(self, record: Before, wanted: Wanted) -> None:
        """Let a later run find a record."""
        for action in records.kept(record, self.place(wanted), self.s3):
            self.following.perform(action, wanted.home.region)

    def forget(self, wanted: Wanted) -> None:
        """Let no later run find one."""
        self.following.perform(records.forgotten(self.place(wanted)), wanted.home.region)

    def watch(self, wanted: Wanted, pairs: Iterable[Pair], since: float | None = None) -> Watch:
        """The alarms of these cells, and what they do from a moment on: now, unless it has begun before."""
        chosen, pace = set(pairs), self.following.pace
        cells_of_it = [cell for cell in wanted.cells if cell.pair in chosen]
        return Watch(cells_of_it, self.reader, pace, pace.now() if since is None else since)
