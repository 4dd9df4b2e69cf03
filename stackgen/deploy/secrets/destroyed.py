"""The secrets of a stack that is destroyed: said before, deleted after it with --purge-data, else named after it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from stackgen.deploy.next_steps import command_for
from stackgen.deploy.refusals import is_forbidden
from stackgen.deploy.secrets.leaving import Leaving, leaving
from stackgen.deploy.secrets.stores import store_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from stackgen.deploy.actions import Action
    from stackgen.deploy.targets import Target
    from stackgen.review.model import Build


class Secrets:
    """Those of one target, as they are before it is deleted."""

    def __init__(self, build: Build, target: Target, client: Callable[[str], Any], *, purge: bool) -> None:
        self._build = build
        self._target = target
        self._client = client
        self._purge = purge
        self.unknown = ""
        self.found = self._looked()

    def lines(self) -> Iterator[str]:
        """What becomes of them, before anybody is asked."""
        if self.unknown:
            yield f"stays: its secrets, if there are any: {self.unknown}"
        for each in self.found:
            name = f"the secret {each.wanted.name} in {each.wanted.where}"
            if each.why or not self._purge:
                yield f"stays: {name}{f': {each.why}' if each.why else ''}"
            else:
                yield f"deleted after it: {name}, with all its versions"

    def left(self, perform: Callable[[Action], Any]) -> list[dict[str, str]]:
        """Delete them where that was asked for, once the stack is gone; what became of them. Raises ClientError."""
        told = []
        now = leaving(self._build, self._target, self._client) if self.found and self._purge else self.found
        for each in now:
            is_deleted = self._purge and not each.why
            if is_deleted:
                perform(store_of(each.wanted, self._client).delete(each.wanted))
            outcome = "deleted" if is_deleted else "stays"
            told.append({"name": each.wanted.name, "store": each.wanted.where, "outcome": outcome, "why": each.why})
        return told

    def told(self, done: list[dict[str, str]]) -> Iterator[str]:
        """The same in words."""
        for each in done:
            why = f": {each['why']}" if each["why"] else ""
            yield f"{each['outcome']}: the secret {each['name']} in {each['store']}{why}"
        if any(each["outcome"] == "stays" and not each["why"] for each in done):
            yield f"{command_for(self._target, 'secrets delete')} deletes what stays"

    def _looked(self) -> list[Leaving]:
        """Nobody needs rights to read secrets where they are left alone."""
        try:
            return leaving(self._build, self._target, self._client, after=True)
        except ClientError as error:
            if self._purge or not is_forbidden(error):
                raise
            self.unknown = "these credentials may not look for them"
            return []
