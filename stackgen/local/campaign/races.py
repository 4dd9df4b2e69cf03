"""Twenty executions race for one lock: with the functions' own code, slow calls, and answers that are lost.

Each racer does what the state machine does with the lock: it asks, waits, asks again, renews what it holds, gives it
back; some die instead, and their lock has to expire. Who holds it and who believes to hold it are both watched.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from importlib import import_module
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

from stackgen.local.campaign.journal import RELEASED, TAKEN
from stackgen.local.campaign.world import World
from stackgen.local.errors import ServiceError
from stackgen.local.faults import LostAnswer

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from stackgen.local.campaign.defects import Defect
    from stackgen.local.campaign.journal import LockEvent
    from stackgen.local.clock import Clock
    from stackgen.local.wire import Call, Response

RACERS = 20
ENV, REPO = "prod", "raced"
TTL = 90
"""Seconds after which the lock of one that died is free."""
WAIT = 15.0
ATTEMPTS = 6
DIES, LOSES = 0.1, 0.03
SLOWEST = 2.0
"""Seconds that a call takes at most: between two calls of one racer others make theirs."""
_TABLES = {"locks": ("PK",), "builds": ("PK", "SK")}


class Weather:
    """A network: every call takes a while, and some answers are lost."""

    def __init__(self, chance: random.Random) -> None:
        self._chance = chance

    def __call__(self, call: Call, serve: Any, clock: Clock) -> Response:
        clock.sleep(self._chance.random() * SLOWEST)
        answer: Response = serve()
        if self._chance.random() < LOSES:
            raise LostAnswer(f"the answer of {call} was lost")
        return answer


@dataclass
class Race:
    """One race in a world, and what was seen of it."""

    world: World
    seed: int
    inside: set[str] = field(default_factory=set)
    winners: list[str] = field(default_factory=list)
    seen: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._chance = random.Random(self.seed)  # noqa: S311 - a race repeats itself
        self._settings = _module("settings").Settings(
            f"race{self.world.next_number()}", lock_max_retries=6, lock_ttl=TTL
        )
        self._clients = SimpleNamespace(dynamodb=self.world.cloud.client("dynamodb"))
        self._dead: set[str] = set()

    def run(self, racers: int = RACERS) -> list[str]:
        """What did not hold."""
        self._make_tables()
        self.world.journal.watch(self._settings.table("locks"))
        builds = [self._build(number) for number in range(racers)]
        self.world.journal.begin()
        self.world.cloud.faults.add("dynamodb:*", Weather(self._chance), times=None)
        clock = self.world.clock
        tasks = [clock.spawn(lambda build=build: self._race(build), f"racer {build.sk}") for build in builds]  # type: ignore[misc]
        clock.settle()
        self.world.end()
        for task in tasks:
            task.join()
        if not self.winners:
            self.seen.append("nobody ever got the lock")
        return [*self.seen, *self._two_holders()]

    def _make_tables(self) -> None:
        for name, keys in _TABLES.items():
            self._clients.dynamodb.create_table(
                TableName=self._settings.table(name),
                BillingMode="PAY_PER_REQUEST",
                KeySchema=[
                    {"AttributeName": key, "KeyType": kind} for key, kind in zip(keys, ("HASH", "RANGE"), strict=False)
                ],
                AttributeDefinitions=[{"AttributeName": key, "AttributeType": "S"} for key in keys],
            )

    def _build(self, number: int) -> Any:
        sk = _module("ksuid").new(int(self.world.clock.time()), number.to_bytes(16))
        build = _module("inputs").Build(ENV, REPO, sk)
        _module("builds").put_new({"repo": REPO, "env": ENV, "SK": sk}, self._clients, self._settings)
        return build

    def _race(self, build: Any) -> None:
        clock = self.world.clock
        clock.sleep(self._chance.random() * 2 * WAIT)
        count = 0
        while True:
            answer = self._tried(lambda: self._acquire(build, count))  # noqa: B023 - called at once
            if answer is None or answer["lock_acquired"] or not answer["should_retry"]:
                break
            count = answer["retry_count"]
            clock.sleep(WAIT)
        if answer is None or not answer["lock_acquired"]:
            if answer is None:  # nobody knows whether it has it, so it is given back
                self._tried(lambda: _module("locks").release(build, self._clients, self._settings))
            return
        self._work(build)

    def _acquire(self, build: Any, count: int) -> dict[str, Any]:
        module = _module("acquire_lock")
        request = module.Request(build, f"arn:aws:states:::execution:{build.sk}", count)
        answer: dict[str, Any] = module.acquire_lock(request, self._settings, self._clients)
        return answer

    def _work(self, build: Any) -> None:
        others = self.inside - self._dead - {build.sk}
        if others:
            self.seen.append(f"build {build.sk} works, and so does {min(others)}")
        self.inside.add(build.sk)
        self.winners.append(build.sk)
        locks = _module("locks")
        for _ in range(self._chance.randint(0, 3)):
            self.world.clock.sleep(WAIT)
            if self._tried(lambda: locks.renew(build, self._clients, self._settings) or {}) is None:
                self.seen.append(f"build {build.sk} lost its lock while it worked")
        if self._chance.random() < DIES:
            self._dead.add(build.sk)
            return
        self.inside.discard(build.sk)
        self._tried(lambda: locks.release(build, self._clients, self._settings) or {})

    def _tried(self, attempt: Any) -> dict[str, Any] | None:
        """As the state machine tries: a few times, with pauses; None where nothing helped."""
        from botocore.exceptions import BotoCoreError, ClientError

        for _ in range(ATTEMPTS):
            try:
                answer: dict[str, Any] = attempt()
            except (BotoCoreError, ClientError, ServiceError):
                self.world.clock.sleep(2.0)
            except _module("errors").DeployerError:
                return None
            else:
                return answer
        return None

    def _two_holders(self) -> Iterator[str]:
        holder: LockEvent | None = None
        for event in self.world.journal.locks:
            if event.what == TAKEN:
                if holder is not None and holder.build != event.build and holder.until >= event.at:
                    yield f"build {event.build} took the lock of build {holder.build}, whose time was not over"
                holder = event
            elif event.what == RELEASED:
                holder = None
            elif holder is not None:
                holder = holder._replace(until=event.until)


def races(
    number: int, seed: int = 0, *, racers: int = RACERS, defects: Iterable[Defect] = ()
) -> Iterator[tuple[int, list[str]]]:
    """So many races in one world; the seed of each, and what did not hold."""
    with World(defects=defects) as world:
        for each in range(seed, seed + number):
            yield each, Race(world, each).run(racers)


def _module(name: str) -> Any:
    return import_module(f"stackgen.deployer.handlers.{name}")
