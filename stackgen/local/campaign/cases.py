"""The cases of a campaign: what goes wrong where, by ids that can be run again one by one.

fresh/acquire_lock#1/dynamodb:PutItem#1/lose      a call of a function
fresh/acquire_lock#2/lambda:Invoke#1/throttle     its invocation
fresh/WaitForStackSet#1/stop                      a state
fresh                                             nothing goes wrong
"""

from __future__ import annotations

import random
import re
from typing import TYPE_CHECKING, NamedTuple

from stackgen.errors import UsageError, likely
from stackgen.local.campaign.scenarios import SCENARIOS
from stackgen.local.campaign.wire import INVOKE, Site, Strike
from stackgen.local.dynamodb import ConflictingTransaction, LeaveUnprocessed
from stackgen.local.faults import Fail, LoseAnswer, Throttle, TimedOut, TimeOut

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from stackgen.local.clock import Clock
    from stackgen.local.faults import Kind
    from stackgen.local.wire import Call, Response

LATE = 1_000.0
"""Seconds, longer than any function may run."""
_SITE = re.compile(r"(\w+)#(\d+)")
_OPERATION = re.compile(r"([\w-]+:\w+)#(\d+)")


LAST = ("clean_up_execution", "trigger_build", "s3_trigger")
"""Functions behind which there is only a queue of what failed, and an alarm."""


class AnswersLate:
    """The call takes effect, and its answer comes when nobody waits for it any more."""

    def __call__(self, call: Call, serve: Callable[[], Response], clock: Clock) -> Response:
        serve()
        clock.sleep(LATE)
        raise TimedOut(f"{call} answered too late")


class Way(NamedTuple):
    """One way to go wrong."""

    about: str
    make: Callable[[str], Kind]
    reach: str = "once"
    passes: bool = True
    """Whether it is over after one invocation, so that what comes of the build is the same."""
    only: str = ""
    invokes: bool = False
    """Whether it also happens to invocations of functions."""


def _refusal(operation: str) -> Kind:
    service = operation.partition(":")[0]
    plain = service in {"cloudformation", "s3", "sts", "monitoring", "cloudwatch"}
    return Fail("AccessDenied" if plain else "AccessDeniedException", status=403 if plain else 400)


WAYS = {
    "throttle": Way("throttled beyond the client's retries", lambda _: Throttle(), "invocation", invokes=True),
    "throttle-on": Way("throttled for good", lambda _: Throttle(), "always", passes=False, invokes=True),
    "fail": Way("refused once", _refusal, passes=False, invokes=True),
    "fail-on": Way("refused for good", _refusal, "always", passes=False),
    "lose": Way("its answer is lost after the effect", lambda _: LoseAnswer(), invokes=True),
    "lose-all": Way("the answers of all attempts are lost", lambda _: LoseAnswer(), "invocation"),
    "slow": Way("slower than the function may be, without effect", lambda _: TimeOut(LATE), invokes=True),
    "late": Way("its answer comes after the function's end", lambda _: AnswersLate()),
    "unprocessed": Way("a part is left over", lambda _: LeaveUnprocessed(1), only="dynamodb:BatchWriteItem"),
    "conflict": Way("another transaction is in the way", lambda _: ConflictingTransaction(), "invocation",
                    only="dynamodb:TransactWriteItems"),
}  # fmt: skip
"""What becomes of a call."""
STOPS = {"stop": "ABORTED", "expire": "TIMED_OUT"}
"""What becomes of an execution that enters a state."""


class Case(NamedTuple):
    """One case. Without a way nothing goes wrong."""

    scenario: str
    way: str = ""
    site: Site | None = None
    state: str = ""
    occurrence: int = 1

    @property
    def id(self) -> str:
        if not self.way:
            return self.scenario
        where = str(self.site) if self.site else f"{self.state}#{self.occurrence}"
        return f"{self.scenario}/{where}/{self.way}"

    @property
    def group(self) -> tuple[str, str]:
        """Cases of one group differ in the scenario and in how often it went well before."""
        return (f"{self.site.function}/{self.site.operation}" if self.site else self.state), self.way

    @property
    def passes(self) -> bool:
        """Whether the build comes to what it would come to anyway."""
        return not self.way or (self.way in WAYS and WAYS[self.way].passes)

    @property
    def takes_long(self) -> bool:
        return self.way in {"slow", "late"}

    @property
    def gives_up(self) -> bool:
        """Whether what picks up the pieces is itself refused for good."""
        return self.site is not None and self.site.function in LAST and WAYS[self.way].reach == "always"

    def strike(self) -> Strike | None:
        if self.site is None:
            return None
        way = WAYS[self.way]
        return Strike(self.site, way.make(self.site.operation), way.reach)


def case_of(text: str) -> Case:
    """The case of an id. Raises UsageError."""
    name, *parts = text.split("/")
    if name not in SCENARIOS:
        raise UsageError(f"--case {text}: there is no scenario {name!r}", likely(name, SCENARIOS))
    if not parts:
        return Case(name)
    where, way = _SITE.fullmatch(parts[0]), parts[-1]
    if len(parts) == 2 and where and way in STOPS:  # noqa: PLR2004 - a state and what happens there
        return Case(name, way, None, where[1], int(where[2]))
    called = _OPERATION.fullmatch(parts[1]) if len(parts) == 3 else None  # noqa: PLR2004 - a call, and what happens to it
    if where and called and way in WAYS:
        return Case(name, way, Site(where[1], int(where[2]), called[1], int(called[2])))
    if way not in {*WAYS, *STOPS}:
        raise UsageError(f"--case {text}: {way!r} is nothing that goes wrong", likely(way, [*WAYS, *STOPS]))
    raise UsageError(f"--case {text}: no such place", "such as fresh/acquire_lock#1/dynamodb:PutItem#1/lose")


def cases_of(scenario: str, sites: Sequence[Site], states: Iterable[tuple[str, int]]) -> list[Case]:
    """Every case that an undisturbed run of a scenario shows: each call and state, the first time and the last."""
    found = [Case(scenario)]
    calls: dict[tuple[str, str], list[Site]] = {}
    for site in sites:
        calls.setdefault((site.function, site.operation), []).append(site)
    for (_, operation), of_call in calls.items():
        for site in dict.fromkeys((of_call[0], of_call[-1])):
            found += [
                Case(scenario, name, site)
                for name, way in WAYS.items()
                if (way.only in ("", operation)) and (operation != INVOKE or way.invokes)
            ]
    entered: dict[str, list[int]] = {}
    for state, occurrence in states:
        entered.setdefault(state, []).append(occurrence)
    for state, occurrences in entered.items():
        for occurrence in dict.fromkeys((occurrences[0], occurrences[-1])):
            found += [Case(scenario, way, None, state, occurrence) for way in STOPS]
    return found


def chosen(cases: Sequence[Case], number: int, seed: int, ways: Iterable[str] = ()) -> list[Case]:
    """So many of the cases, the same for the same seed: of every group one, then another of every group, and so on."""
    wanted = set(ways)
    pool = [case for case in cases if case.way and (not wanted or case.way in wanted)]
    random.Random(seed).shuffle(pool)  # noqa: S311 - a rehearsal repeats itself
    groups: dict[tuple[str, str], list[Case]] = {}
    for case in pool:
        groups.setdefault(case.group, []).append(case)
    taken: list[Case] = []
    turn = 0
    while len(taken) < min(max(0, number), len(pool)):
        taken += [group[turn] for group in groups.values() if turn < len(group)]
        turn += 1
    return taken[: max(0, number)]
