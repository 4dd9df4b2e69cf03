"""Many validations at once: each thread is an environment of the function, and callers ask until they are answered."""

from __future__ import annotations

import random
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any

from stacks.tap.images.validator.errors import ValidatorError
from stacks.tap.images.validator.patience import Patience
from stacks.tap.images.validator.validation import validate
from tests.tap.validator.world import NOW, World, wanted

THREADS = 32
SHARE = 0.2
"""Of the inputs, those that repeat another one."""
MORTAL = Patience(attempts=2, first=0.05)
"""Of a function whose database dies: it gives up soon, and its caller asks again."""


@dataclass
class Load:
    """What was asked and what came of it."""

    kinds: Counter[str] = field(default_factory=Counter)
    errors: Counter[str] = field(default_factory=Counter)
    latencies: list[float] = field(default_factory=list)
    seconds: float = 0.0
    deaths: int = 0
    """Of the database, meanwhile."""

    def at(self, share: float) -> float:
        """The latency, in milliseconds, that this share of the answers stays below."""
        return sorted(self.latencies)[int(share * (len(self.latencies) - 1))] * 1_000


def inputs(count: int, seed: int = 1) -> tuple[list[dict[str, Any]], int]:
    """So many transactions, of which SHARE repeat one that is near; and how many of them are different."""
    chance = random.Random(seed)  # noqa: S311 - a test repeats itself
    different = round(count * (1 - SHARE))
    numbers = [float(number) for number in range(different)]
    numbers += [chance.randrange(different) + chance.random() for _ in range(count - different)]
    return [
        wanted(transaction_id=f"tx-{int(number):06}", amount=f"{int(number) + 1}.25") for number in sorted(numbers)
    ], different


def put_through(
    world: World, count: int, patience: Patience, *, threads: int = THREADS, attempts: int = 1, load: Load | None = None
) -> Load:
    """Judge them; a caller whose attempt came to no verdict asks again, up to so many times.

    ``load`` is what the answers are noted in as they come.
    """
    load = load or Load()
    asked, _ = inputs(count)
    lock = threading.Lock()
    mine = threading.local()

    def one(given: dict[str, Any]) -> None:
        if not hasattr(mine, "services"):
            mine.services = replace(world.services(), now=lambda: NOW)
        for attempt in range(1, attempts + 1):
            since = time.perf_counter()
            try:
                verdict = validate(given, mine.services, patience)
            except ValidatorError as error:
                with lock:
                    load.errors[type(error).__name__] += 1
                if attempt == attempts:
                    raise
                time.sleep(0.1)
            else:
                with lock:
                    load.kinds[verdict.kind.value] += 1
                    load.latencies.append(time.perf_counter() - since)
                return

    began = time.perf_counter()
    with ThreadPoolExecutor(threads) as pool:
        list(pool.map(one, asked))
    load.seconds = time.perf_counter() - began
    return load


def put_through_deaths(world: World, count: int, deaths: int, *, threads: int = THREADS) -> Load:
    """Judge them, while the database dies so often, evenly over the answers, and is started again."""
    load = Load()
    ended = threading.Event()

    def kill_and_start() -> None:
        for number in range(1, deaths + 1):
            while len(load.latencies) < count * number // (deaths + 1):
                if ended.wait(0.002):
                    return
            world.server.kill()
            load.deaths += 1
            time.sleep(0.3)
            world.server.start()

    killer = threading.Thread(target=kill_and_start)
    killer.start()
    try:
        return put_through(world, count, MORTAL, threads=threads, attempts=600, load=load)
    finally:
        ended.set()
        killer.join()


def see_that_each_is_there_once(world: World, count: int) -> None:
    """In the database with its own amount, and in the audit log as the database has it. Raises AssertionError."""
    asked, different = inputs(count)
    amounts = {each["transaction_id"]: Decimal(each["amount"]) for each in asked}
    assert len(amounts) == different
    rows = world.rows()
    assert {row[0]: row[1] for row in rows} == amounts
    assert len(rows) == different
    written = world.objects()
    assert {key: each["accepted_at"] for key, each in written.items()} == {
        f"transactions/{row[0]}.json": f"{row[5].isoformat(timespec='microseconds')}Z" for row in rows
    }
