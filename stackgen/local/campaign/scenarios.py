"""What is rehearsed: rollouts as they happen, good ones and bad ones, each small enough to be run a hundred times."""

from __future__ import annotations

from contextlib import nullcontext
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from stackgen.local.campaign import acts
from stackgen.local.campaign.acts import COLLECT, EAST, MIXED, MOVED, RAGGED, WEST, WIDE, A, B
from stackgen.local.campaign.stage import Stage

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager

SUCCESS, FAILED = "SUCCESS", "FAILED"


@dataclass(frozen=True)
class Scenario:
    """A rollout. ``outcome`` is what its last build comes to where nothing goes wrong."""

    name: str
    about: str
    act: Callable[[Stage], object]
    outcome: str = SUCCESS
    says: str = ""
    """Part of the message of a build that fails by itself."""
    before: Callable[[Stage], object] = acts.nothing
    heal: Callable[[Stage], object] = acts.nothing
    during: Callable[[Stage], AbstractContextManager[Any]] = lambda _: nullcontext()
    again: tuple[Any, ...] = RAGGED
    """The targets of the run that follows and has to succeed."""
    hasty: bool = False
    """Whether a build waits no longer than the lock's retries, so that what is slow lets another one fail."""
    heavy: bool = False
    """Whether it takes seconds, so that only a part of the faults is tried on it."""


SCENARIOS = {
    each.name: each
    for each in (
        Scenario("fresh", "a StackSet and all instances are new", acts.rolls_out()),
        Scenario("update", "all instances get a new version", acts.rolls_out(), before=acts.was_deployed()),
        Scenario(
            "mixed",
            "some instances are updated, others created, in ragged regions",
            acts.rolls_out(MIXED),
            before=acts.was_deployed((((A,), (EAST,)), ((B,), (WEST,)))),
            again=MIXED,
        ),
        Scenario(
            "partial",
            "an account lacks the execution role",
            acts.without_role(RAGGED, COLLECT),
            FAILED,
            "1 of 3",
            heal=acts.well,
        ),
        Scenario(
            "stopped", "the first failure stops the rest", acts.without_role(WIDE), FAILED, heal=acts.well, again=WIDE
        ),
        Scenario(
            "halted",
            "what comes after a failure is not attempted",
            acts.without_role(RAGGED, account=A),
            FAILED,
            heal=acts.well,
        ),
        Scenario("suspended", "an account is suspended", acts.suspended, FAILED, "1 of 3", heal=acts.well),
        Scenario(
            "alarm",
            "an alarm of the first wave",
            acts.alarmed,
            FAILED,
            "app",
            before=acts.was_deployed(WIDE),
            again=WIDE,
        ),
        Scenario("bake", "waves that are watched", acts.bakes, before=acts.was_deployed(WIDE), again=WIDE),
        Scenario(
            "rollback",
            "a failure, and the way back",
            acts.fails_once,
            FAILED,
            before=acts.was_deployed(WIDE),
            again=WIDE,
        ),
        Scenario("orphan", "an account is no target any more", acts.leaves, before=acts.was_deployed(WIDE), again=WIDE),
        Scenario("prune", "and its instance is deleted", acts.prunes, before=acts.was_deployed(WIDE), again=WIDE),
        Scenario("moved", "other accounts take their place", acts.moves, before=acts.was_deployed(WIDE), again=MOVED),
        Scenario("retry", "what failed is tried again", acts.retries, before=acts.was_partly_deployed),
        Scenario("unchanged", "the release is there already", acts.repeats, before=acts.was_deployed()),
        Scenario("race", "two builds at once", acts.races, hasty=True),
        Scenario("continued", "the history is handed over", acts.rolls_out(), during=acts.with_short_histories),
        Scenario("waiting", "the lock is given back while a build waits", acts.waits, heal=Stage.free_lock, hasty=True),
        Scenario("locked", "the lock is never given back", acts.is_locked_out, FAILED, "lock", heal=Stage.free_lock),
        Scenario("uploaded", "a release arrives in the bucket", Stage.upload),
        Scenario("expired", "an expired lock is taken over", acts.takes_over),
        Scenario("overtaken", "a newer build goes first", acts.is_overtaken, heal=Stage.free_lock, hasty=True),
        Scenario(
            "inoperable",
            "an instance cannot be reached",
            acts.stays_inoperable,
            FAILED,
            before=acts.is_inoperable,
            heal=acts.delete,
            again=WIDE,
        ),
        Scenario(
            "nowhere", "no targets are configured", acts.has_no_targets, FAILED, "no deployment targets configured"
        ),
        Scenario("broken", "the template cannot be read", acts.is_broken, FAILED),
        Scenario("erased", "the records are gone", acts.is_erased, FAILED, "no deployment records found"),
        Scenario(
            "lasting",
            "a rollout outlives its lock",
            acts.lasts,
            FAILED,
            "lock",
            during=acts.with_short_lock,
            hasty=True,
            heavy=True,
        ),
    )
}
