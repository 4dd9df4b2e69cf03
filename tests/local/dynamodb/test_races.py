"""Several who want one thing: exactly one gets it, in whatever order they come."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from functools import partial
from itertools import count

from botocore.exceptions import ClientError
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from stackgen.local.faults import Delay, LoseAnswer
from tests.local.dynamodb.store import GUIDE, Item, Store, build, documented, key

CONDITIONS = GUIDE + "Expressions.ConditionExpressions.html"
LIFE = 100
TIMES = st.lists(st.integers(0, 3 * LIFE), min_size=2, max_size=5)
_number = count()


def take(store: Store, lock: str, who: str) -> bool:
    """Take a lock, or renew one's own; whether that succeeded."""
    now = int(store.cloud.clock.time())
    try:
        store(
            "put_item",
            Item=build(lock, BuildID=who, TTL=now + LIFE),
            ConditionExpression="attribute_not_exists(PK) OR #ttl < :now OR BuildID = :me",
            ExpressionAttributeNames={"#ttl": "TTL"},
            ExpressionAttributeValues={":now": now, ":me": who},
        )
    except ClientError as error:
        if error.response["Error"]["Code"] != "ConditionalCheckFailedException":
            raise
        return False
    return True


@documented(CONDITIONS)
@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(starts=TIMES)
def test_a_lock_has_one_owner_until_it_expires(store: Store, starts: list[int]) -> None:
    lock, clock = f"LOCK#{next(_number)}", store.cloud.clock
    taken: list[float] = []

    def work(who: str, start: int) -> None:
        clock.sleep(start)
        if take(store, lock, who):
            taken.append(clock.time())

    tasks = [clock.spawn(partial(work, f"b{n}", start)) for n, start in enumerate(starts)]
    for task in tasks:
        task.join()
    expected: list[int] = []
    for start in sorted(starts):
        if not expected or start > expected[-1] + LIFE:
            expected.append(start)
    assert [at - taken[0] for at in taken] == [start - expected[0] for start in expected]


@documented(CONDITIONS)
@settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(delays=st.lists(st.integers(0, 5), min_size=4, max_size=4))
def test_counters_lose_nothing_however_their_calls_are_delayed(store: Store, delays: list[int]) -> None:
    counter, clock = f"COUNTER#{next(_number)}", store.cloud.clock
    store.cloud.faults.clear()
    for delay in delays:
        store.cloud.faults.add("dynamodb:UpdateItem", Delay(delay))

    def add() -> Item:
        values = {":one": 1}
        return store("update_item", Key=key(counter), UpdateExpression="ADD N1 :one", ExpressionAttributeValues=values)

    for task in [clock.spawn(add) for _ in delays]:
        task.join()
    found = store.get(counter)
    assert found is not None
    assert found["N1"] == len(delays)


@documented(CONDITIONS)
def test_read_then_put_is_a_race_that_both_win(store: Store) -> None:
    won = []

    def naive(who: str) -> None:
        if store.get("LOCK") is None:
            store.cloud.clock.sleep(0.1)
            store.put(build("LOCK", BuildID=who))
            won.append(who)

    for task in [store.cloud.clock.spawn(partial(naive, who)) for who in ("a", "b")]:
        task.join()
    assert won == ["a", "b"]


@documented(CONDITIONS)
def test_threads_race_for_a_lock_and_one_wins(store: Store) -> None:
    with ThreadPoolExecutor(8) as threads:
        won = list(threads.map(lambda who: take(store, "LOCK", f"b{who}"), range(8)))
    assert sum(won) == 1


@documented(CONDITIONS)
def test_whose_answer_was_lost_takes_its_own_lock_again(store: Store) -> None:
    store.cloud.faults.add("dynamodb:PutItem", LoseAnswer())
    assert take(store, "LOCK", "me")  # boto3 tries again by itself
    assert not take(store, "LOCK", "them")
    assert [note.error for note in store.cloud.gateway.notes if note.operation == "PutItem"] == [
        "LostAnswer",
        "",
        "ConditionalCheckFailedException",
    ]
