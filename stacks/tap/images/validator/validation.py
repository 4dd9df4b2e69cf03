"""The verdict on one input, and what an accepted transaction leaves behind."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any, NamedTuple

from . import problems, transaction
from .ledger import Outcome

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from .audit import AuditLog
    from .ledger import Ledger
    from .patience import Patience
    from .problems import Problem
    from .sessions import Sessions
    from .settings import Settings


class Kind(StrEnum):
    """How a validation ended."""

    ACCEPTED = "accepted"
    REPEATED = "repeated"
    """Accepted before; the answer is the same."""
    REFUSED = "refused"
    CONFLICT = "conflict"


class Verdict(NamedTuple):
    """What is answered, and told in the log."""

    kind: Kind
    found: tuple[Problem, ...] = ()
    transaction_id: str = ""

    @property
    def status(self) -> int:
        """A malformed input is that before anything else."""
        return min((each.status for each in self.found), default=problems.OK)

    def answer(self) -> dict[str, Any]:
        return {
            "statusCode": self.status,
            "valid": not self.found,
            "errors": [each.shown() for each in self.found],
        }


@dataclass(frozen=True, slots=True)
class Services:
    """Whom a validation asks."""

    settings: Settings
    sessions: Sessions
    ledger: Ledger
    audit: AuditLog
    now: Callable[[], datetime]


def validate(given: object, services: Services, patience: Patience) -> Verdict:
    """Judge any JSON value. Raises ValidatorError where no verdict can be had now; asking again is safe.

    Fields and session are both looked at, so that all that is wrong is told at once. Who repeats what was accepted gets
    the same answer, also after his session has expired: his first answer may have been lost on the way.
    """
    now = services.now()
    read = transaction.read(given, services.settings.amount_limit)
    of_session = services.sessions.problem(read.session_id, now) if read.session_id else None
    if read.transaction is None:
        return Verdict(Kind.REFUSED, (*read.problems, *([of_session] if of_session else [])))
    wanted = read.transaction
    if of_session is not None:
        entry = services.ledger.find(wanted.transaction_id, patience)
        if entry is None or not (entry.tells_of(wanted) and entry.is_of_session(wanted.session_id)):
            return Verdict(Kind.REFUSED, (of_session,))
        outcome = Outcome(entry, is_new=False)
    else:
        outcome = services.ledger.enter(wanted, now, patience)
    if not outcome.entry.tells_of(wanted):
        return Verdict(Kind.CONFLICT, (problems.OTHER_CONTENT,))
    services.audit.write(outcome.entry, patience)
    return Verdict(Kind.ACCEPTED if outcome.is_new else Kind.REPEATED, (), wanted.transaction_id)
