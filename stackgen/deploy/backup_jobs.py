"""Backups on their way: begun, looked at until all of them are there, and told as they come about."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from stackgen.deployer.handlers.refusals import bounded, code_of, is_transient

from .backup_kinds import ALREADY_THERE, AVAILABLE, CREATING, FAILED, PASSING

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from .actions import Action
    from .backup_kinds import Kind
    from .backup_records import Saved
    from .polling import Pace


@dataclass(slots=True)
class Job:
    """One backup on its way."""

    kind: Kind
    saved: Saved
    perform: Callable[[Action], Any]
    client: Any
    last: str = ""

    @property
    def is_over(self) -> bool:
        return self.saved.status in (AVAILABLE, FAILED)

    @property
    def sentence(self) -> str:
        word = {CREATING: "is being made", AVAILABLE: "is there", FAILED: "failed"}[self.saved.status]
        reason = f": {self.saved.reason}" if self.saved.reason else ""
        return f"{self.saved.path}: {self.saved.name} {word}{reason}"

    def step(self, waited: float) -> bool:
        """Begin it, or look at it; whether there is news."""
        before = (self.saved.status, self.saved.arn)
        try:
            if not self.saved.arn:
                self.saved = replace(self.saved, arn=self._begun())
            else:
                status, size = self.kind.look(self.client, arn=self.saved.arn, name=self.saved.name)
                reason = "AWS says that it failed" if status == FAILED else ""
                self.saved = replace(self.saved, status=status, bytes=size, reason=reason)
        except ClientError as error:
            self.last = bounded(f"{code_of(error)}: {error.response.get('Error', {}).get('Message', '')}", 300)
            if code_of(error) not in PASSING and not is_transient(error):
                self.saved = replace(self.saved, status=FAILED, reason=self.last)
        if not self.is_over and waited >= self.kind.patience:
            reason = self.last or f"not there after {int(self.kind.patience) // 60} minutes"
            self.saved = replace(self.saved, status=FAILED, reason=reason)
        return (self.saved.status, self.saved.arn) != before

    def _begun(self) -> str:
        try:
            return self.kind.arn_in(self.perform(self.kind.action(self.saved.source, self.saved.name)))
        except ClientError as error:
            found = ""
            if code_of(error) in ALREADY_THERE:
                found = self.kind.arn_of(self.client, self.saved.name, self.saved.source)
            if not found:
                raise
            return found


def to_the_end(
    jobs: Sequence[Job],
    pace: Pace,
    told: Callable[[str], None],
    kept: Callable[[tuple[Saved, ...]], object],
) -> tuple[Saved, ...]:
    """Begin all, and look at them until the last is over; *kept* gets all of them whenever there is news of one."""
    for waited in pace.looks():
        for job in jobs:
            has_news = False
            while not job.is_over and job.step(waited):  # what was just begun is looked at at once
                kept(tuple(each.saved for each in jobs))
                has_news = True
            if has_news:
                told(job.sentence)
        if all(job.is_over for job in jobs):
            break
    return tuple(job.saved for job in jobs)
