"""The removal of one environment: its stacks with what is in their buckets, what outlives them, and its record.

Every step is decided from what AWS says now, so that a removal may begin where another was cut off, and two may work on
the same environment. That it began is written first; whoever made the environment live longer until then wins.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from stackgen.deploy import destroying
from stackgen.deploy.contents import BUCKET, Content
from stackgen.deploy.emptying import emptied
from stackgen.deploy.forecast import RETAINED
from stackgen.deployer.handlers.refusals import code_of
from stackgen.errors import FindingsError

from . import records, sweeping
from .finding import again, left_over
from .settings import DELETE
from .stack_removing import StackRemoval
from .sweeping import GONE, Traces
from .tools import FAILED, KEPT, NOT_BEGUN, REMOVED, SKIPPED, Outcome, forecast_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from stackgen.deploy.actions import Action

    from .finding import Deployed, Found, Place
    from .settings import Ephemeral
    from .tools import Tools

_MOST_ROUNDS = 3
"""How often stacks are looked for again that somebody makes meanwhile."""


class Removal:
    """Removes environments of one repository."""

    def __init__(self, ephemeral: Ephemeral, places: Sequence[Place], tools: Tools) -> None:
        self._ephemeral = ephemeral
        self._places = places
        self._tools = tools

    def removed(self, found: Found, due: Callable[[Found], str]) -> Outcome:
        """Remove it, if *due* still says why when everybody can know that it begins. Raises what AWS refuses."""
        name, told = found.name, self._tools.told
        own = self._perform(found.home, records.begun(self._ephemeral.repository, name), records.THERE) is not None
        now = again(found, self._ephemeral, self._places)
        why = due(now)
        if not why and not now.is_alive:
            return Outcome(name, REMOVED, ("somebody else has removed it meanwhile",))
        problem = self._blocked(now) if why else "it was made to live longer meanwhile"
        if problem:
            if own or not why:
                self._forget(now, records.LEAVING)
            return Outcome(name, NOT_BEGUN if why else KEPT, (problem,))
        told(f"{name}: {why}")
        self._perform(found.home, records.agreed(self._ephemeral.repository, name))
        return self._carried_out(now)

    @staticmethod
    def _blocked(found: Found) -> str:
        """What would make the removal fail, seen before anything is done."""
        try:
            for each in found.stacks:
                expected = forecast_of(each)
                if expected is not None:
                    destroying.refuse(expected, unprotect=False, purge=True)
        except FindingsError as error:
            return " ".join([error.message, *error.hints[:1]])
        return ""

    def _carried_out(self, found: Found) -> Outcome:
        traces: dict[Place, Traces] = {}
        began = self._tools.pace.now()
        for _ in range(_MOST_ROUNDS):
            for each in found.stacks:
                self._trace(each, traces)
                left = self._tools.patience - (self._tools.pace.now() - began)
                outcome, lines = StackRemoval(each, self._tools, left).run()
                if outcome != REMOVED:
                    if outcome == SKIPPED:
                        self._forget(found, records.LEAVING)
                    return Outcome(found.name, outcome, tuple(lines))
            found = again(found, self._ephemeral, self._places)
            if not found.stacks:
                stays = [line for place in self._places for line in self._swept(found, place, traces)]
                self._forget(found, records.LIVING)
                self._forget(found, records.LEAVING)
                return Outcome(found.name, REMOVED, tuple(stays))
        place = found.stacks[0]
        return Outcome(found.name, FAILED, (f"somebody makes {place.state.name} again and again: it is there anew",))

    @staticmethod
    def _trace(each: Deployed, traces: dict[Place, Traces]) -> None:
        """Remember what will have outlived a stack."""
        before, expected = traces.get(each.place, Traces()), forecast_of(each)
        functions = sweeping.functions_of(expected.tree) if expected else set()
        kept = {fate.physical_id for fate in expected.of(RETAINED)} if expected else set()
        names = before.stack_names | {each.state.name}
        traces[each.place] = Traces(names, before.functions | functions, before.retained | kept)

    def _swept(self, found: Found, place: Place, traces: dict[Place, Traces]) -> Iterator[str]:
        """Delete what outlives the stacks in one region; what stays, a line for each."""
        name, ephemeral, account = found.name, self._ephemeral, place.access.account
        trace = traces.get(place, Traces())
        actions = [*sweeping.log_groups(name, ephemeral, trace, place.client("logs"))]
        if ephemeral.images:
            actions += sweeping.images(name, ephemeral, account, place.client("ecr"))
        for action in actions:
            self._tools.told(f"{name}: {action.why}")
            self._perform(place, action, *GONE)
        for _, arn in left_over(name, ephemeral, place):
            if ephemeral.retained != DELETE or not sweeping.can_be_deleted(arn):
                yield f"stays: {arn}"
                continue
            if sweeping.is_bucket(arn):
                self._emptied(arn, place)
            left = sweeping.leftover(arn, account, place.client)
            if left is not None:
                self._tools.told(f"{name}: {left.why}")
                self._perform(place, left, *GONE)

    def _emptied(self, arn: str, place: Place) -> None:
        content = Content(arn, BUCKET, arn.rpartition(":")[2], "")
        try:
            emptied(content, place.access.account, self._tools.perform(place).perform, place.client, self._tools.told)
        except ClientError as error:
            if code_of(error) not in GONE:
                raise

    def _forget(self, found: Found, kind: str) -> None:
        self._perform(found.home, records.forgotten(kind, self._ephemeral.repository, found.name), records.MISSING)

    def _perform(self, place: Place, action: Action, *fine: str) -> dict[str, Any] | None:
        """Perform; None where AWS refuses with a code that is fine, because somebody else was first."""
        try:
            return self._tools.perform(place).perform(action)
        except ClientError as error:
            if code_of(error) not in fine:
                raise
            return None
