"""What happens in rollouts that are rehearsed: before a case, in it, and so that the next build can succeed."""

from __future__ import annotations

from contextlib import contextmanager
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

from stackgen.local.campaign.stage import pairs_of
from stackgen.local.faults import Delay, Fail
from stackgen.local.virtual import given

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from stackgen.local.campaign.stage import Build, Stage

A, B, C, D = "200000000001", "200000000002", "200000000003", "200000000004"
WEST, EAST, SOUTH = "eu-west-1", "us-east-1", "ap-south-1"
RAGGED = (((A,), (EAST, WEST)), ((B,), (EAST,)))
"""Three pairs that no single rectangle covers."""
COLLECT = {"mode": "collect-all"}
DAY = 86400.0


def nothing(_: Stage) -> None:
    """Nothing to prepare or to heal."""


def rolls_out(groups: Any = RAGGED, policy: dict[str, Any] | None = None, **more: Any) -> Callable[[Stage], Build]:
    return lambda stage: stage.new_build(stage.targets(groups, policy), **more)


def was_deployed(groups: Any = RAGGED, policy: dict[str, Any] | None = None) -> Callable[[Stage], Build]:
    return lambda stage: stage.deployed(groups, policy)


MIXED = (((A,), (EAST, WEST)), ((B,), (WEST,)), ((C,), (EAST, SOUTH)))
WIDE = (((A, B, C), (EAST,)),)
MOVED = (((A, D), (EAST,)),)


def careful(stage: Stage) -> dict[str, Any]:
    """A canary, and an alarm that is the repository's own."""
    return {"canary_accounts": [A], "alarms": [f"app-{stage.repo}"], "bake_minutes": 10, "rollback_on_failure": True}


def without_role(groups: Any, policy: dict[str, Any] | None = None, account: str = B) -> Callable[[Stage], Build]:
    def act(stage: Stage) -> Build:
        stage.world.accounts.lacks_execution_role.add(account)
        return stage.new_build(stage.targets(groups, policy))

    return act


def suspended(stage: Stage) -> Build:
    stage.world.accounts.suspended.add(B)
    return stage.new_build(stage.targets(RAGGED, COLLECT))


def well(stage: Stage) -> None:
    stage.world.accounts.suspended.clear()
    stage.world.accounts.lacks_execution_role.clear()


def alarmed(stage: Stage) -> Build:
    """The first wave alone may be touched: the alarm is raised while it is watched."""
    wanted = stage.targets(WIDE, careful(stage))
    stage.when("WaitForBake", 1, lambda: stage.raise_alarm(f"app-{stage.repo}", A, EAST))
    build = stage.new_build(wanted)
    stage.allowed = {(A, EAST)}
    return build


def bakes(stage: Stage) -> Build:
    return stage.new_build(stage.targets(WIDE, careful(stage)))


def fails_once(stage: Stage) -> Build:
    """One stack of the second wave fails, so all that was touched goes back."""
    wanted = stage.targets(WIDE, {**careful(stage), "alarms": [], "bake_minutes": 0})
    stage.world.cloud.faults.add("update:AWS::SSM::Parameter", Fail("Planted", "planted: no such size"), account=B)
    return stage.new_build(wanted)


def leaves(stage: Stage) -> Build:
    """B is no target any more, and nobody asked to prune."""
    build = stage.new_build(stage.targets((((A,), (EAST,)),)))
    stage.allowed = {(A, EAST)}
    return build


def prunes(stage: Stage) -> Build:
    build = stage.new_build(stage.targets((((A,), (EAST,)),)), prune=True)
    stage.allowed |= pairs_of(WIDE)
    return build


def moves(stage: Stage) -> Build:
    """Nothing that was a target is one any more: it is deleted before anything new is made."""
    there = set(stage.instances())
    build = stage.new_build(stage.targets((((D,), (EAST,)),)), prune=True)
    stage.allowed |= there
    return build


def retries(stage: Stage) -> Build:
    failed = stage.builds[-1]
    stage.world.accounts.lacks_execution_role.clear()
    build = stage.new_build({(B, EAST)}, version=failed.version, retry_of=failed.sk)
    stage.allowed = {(B, EAST)}
    return build


def was_partly_deployed(stage: Stage) -> None:
    stage.world.accounts.lacks_execution_role.add(B)
    stage.deployed(RAGGED, COLLECT)


def races(stage: Stage) -> None:
    wanted = stage.targets(RAGGED)
    stage.new_build(wanted)
    stage.new_build(wanted)


@contextmanager
def with_short_histories(stage: Stage) -> Iterator[None]:
    """An execution hands over after a few looks."""
    with given(stage.handlers("check_stackset_status"), MOST_EVENTS=130):
        yield


@contextmanager
def with_short_lock(stage: Stage) -> Iterator[None]:
    """The lock expires long before the rollout ends, unless it is renewed."""
    entry, real = stage.handlers("entry"), stage.handlers("settings").Settings
    with given(entry, Settings=SimpleNamespace(read=lambda: real.read()._replace(lock_ttl=300))):
        yield


def lasts(stage: Stage) -> None:
    """A rollout of half an hour, and a second build that may not have the lock meanwhile."""
    stage.world.cloud.faults.add("create:AWS::SSM::Parameter", Delay(900.0), times=None)
    wanted = stage.targets(RAGGED)
    stage.new_build(wanted)
    stage.when("WaitForStackSet", 40, lambda: stage.new_build(wanted))


def waits(stage: Stage) -> Build:
    stage.hold_lock("1other", 2 * DAY)
    stage.when("WaitForLock", 3, stage.free_lock)
    return stage.new_build(stage.targets(RAGGED))


def is_locked_out(stage: Stage) -> Build:
    stage.hold_lock("1other", 20 * DAY)
    return stage.new_build(stage.targets(RAGGED))


def takes_over(stage: Stage) -> Build:
    stage.hold_lock("1other", -10.0)
    return stage.new_build(stage.targets(RAGGED))


def is_inoperable(stage: Stage) -> None:
    """A deletion that failed leaves an instance that nothing reaches any more."""
    stage.deployed(WIDE)
    stage.world.accounts.lacks_execution_role.add(B)
    delete(stage)
    stage.world.accounts.lacks_execution_role.clear()


def delete(stage: Stage) -> None:
    client = stage.world.cloud.client("cloudformation")
    client.delete_stack_instances(StackSetName=stage.stack_set_name, Accounts=[B], Regions=[EAST], RetainStacks=False)
    stage.world.settle()


def repeats(stage: Stage) -> Build:
    """The release that is there already: nothing is touched."""
    build = stage.new_build(stage.targets(RAGGED), version=stage.builds[-1].version)
    stage.allowed = set()
    return build


def stays_inoperable(stage: Stage) -> Build:
    """The same release once more, so that only what does not have it would be touched."""
    build = stage.new_build(stage.targets(WIDE), version=stage.builds[-1].version)
    stage.allowed = {(B, EAST)}
    return build


def is_overtaken(stage: Stage) -> None:
    """A newer build gets the lock while an older one waits for it, which then may not go out any more."""
    stage.hold_lock("1other", DAY)
    wanted = stage.targets(RAGGED)
    clock = stage.world.clock

    def overtake() -> None:
        clock.sleep(5.0)
        stage.free_lock()
        clock.sleep(1.0)
        stage.new_build(wanted)

    stage.when("WaitForLock", 1, overtake)
    stage.new_build(wanted)


def has_no_targets(stage: Stage) -> Build:
    return stage.new_build(())


def is_broken(stage: Stage) -> Build:
    return stage.new_build(stage.targets(RAGGED), version=stage.release('{"Resources": '))


def is_erased(stage: Stage) -> Build:
    """The records of the build are gone when it is counted."""
    build = stage.new_build(stage.targets(RAGGED))

    def erase() -> None:
        for pair in stage.records_of(build):
            stage.erase(build, pair)

    stage.when("AggregateResults", 1, erase)
    return build
