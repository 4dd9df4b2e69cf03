"""What must hold after an execution, whatever was done to it: each check tells what does not, as a sentence.

It looks at what is really there, not at what functions answered.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from stackgen.local.campaign.journal import RELEASED, TAKEN, Change, End, LockEvent
from stackgen.local.stacksets.operations import FAILED as OPERATION_FAILED
from stackgen.local.stacksets.operations import STOPPED, SUCCEEDED

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from stackgen.local.campaign.journal import Pair
    from stackgen.local.campaign.stage import Build, Stage
    from stackgen.local.machines.executions import Execution

    Check = Callable[[Stage], Iterator[str]]

SUCCESS, FAILED = "SUCCESS", "FAILED"
RUNNING = "RUNNING"
MOST_EVENTS = 20_000
MOST_PAYLOAD = 32 * 1024
_OVER = {SUCCEEDED, OPERATION_FAILED, STOPPED}
_DELETE = "DELETE"


def executions_of(stage: Stage) -> dict[str, list[Execution]]:
    """The executions of the builds of a case, by build."""
    import json

    found: dict[str, list[Execution]] = {build.sk: [] for build in stage.builds}
    for run in stage.world.executions().values():
        sk = str(json.loads(run.input).get("sk", ""))
        if sk in found:
            found[sk].append(run)
    return found


def it_ended(stage: Stage) -> Iterator[str]:
    for sk, runs in executions_of(stage).items():
        for run in runs:
            if run.status == RUNNING:
                yield f"execution {run.name} of build {sk} still runs"
            if len(run.history.events) > MOST_EVENTS:
                yield f"the history of {run.name} has {len(run.history.events):,} events"
    if not stage.world.is_at_rest():
        yield "a message of the clean-up comes back for ever"


def the_lock_is_free(stage: Stage) -> Iterator[str]:
    holder = stage.lock()
    if holder is None:
        return
    run = stage.world.executions().get(holder.execution_arn)
    if (run is None and not holder.build_id.startswith("1")) or (run is not None and run.status != RUNNING):
        yield f"build {holder.build_id} holds the lock, and its execution {holder.execution_arn} is no more"


def builds_are_true(stage: Stage) -> Iterator[str]:
    """SUCCESS where every wanted pair has this build, or a later one, and every record says so; FAILED elsewhere."""
    there = stage.instances()
    for number, build in enumerate(stage.builds):
        record = stage.record_of(build)
        status, message = record.get("status"), record.get("error_msg", "")
        if status not in {SUCCESS, FAILED}:
            yield f"build {build.sk} stays {status}"
            continue
        records = stage.records_of(build)
        versions = {each.version for each in stage.builds[number:]}
        still = build.wanted & stage.builds[-1].wanted  # a later build may have pruned the others
        missing = sorted(pair for pair in still if pair not in there or stage.value(there[pair]) not in versions)
        bad = sorted(pair for pair, each in records.items() if each.status != SUCCESS)
        if status == SUCCESS:
            if missing:
                yield f"build {build.sk} is SUCCESS, and {shown(missing)} lacks version {build.version}"
            if bad:
                yield f"build {build.sk} is SUCCESS, and the record of {shown(bad)} is {records[bad[0]].status}"
            left = sorted(there.keys() - build.wanted) if build.prune and build is stage.builds[-1] else []
            if left:
                yield f"build {build.sk} is SUCCESS and prunes, and {shown(left)} is still there"
            if not records or build.wanted - records.keys():
                yield f"build {build.sk} is SUCCESS, and has {len(records)} records of {len(build.wanted)} targets"
        elif not message:
            yield f"build {build.sk} is FAILED and does not say why"


def everything_is_current(stage: Stage) -> Iterator[str]:
    """Where the newest build is SUCCESS, its instances are CURRENT."""
    build = stage.builds[-1]
    if stage.record_of(build).get("status") != SUCCESS:
        return
    for pair, instance in stage.instances().items():
        if pair in build.wanted and (instance.status, instance.detailed_status) != ("CURRENT", "SUCCEEDED"):
            yield f"build {build.sk} is SUCCESS, and {shown([pair])} is {instance.status} {instance.detailed_status}"


def nothing_else_was_touched(stage: Stage) -> Iterator[str]:
    name = stage.stack_set_name
    foreign = sorted(stage.world.journal.touched(name) - stage.allowed)
    if foreign:
        yield f"{shown(foreign)} was touched and nobody asked for it"
    there = set(stage.instances())
    for change in stage.world.journal.changes:
        if change.stack_set == name and change.places is None and there - stage.allowed:
            others = shown(sorted(there - stage.allowed))
            yield f"{change.operation} went to all instances, and {others} was not asked for"


def records_agree(stage: Stage) -> Iterator[str]:
    """Every record has ended, and says of its target what is so."""
    there = stage.instances()
    newest = stage.builds[-1]
    for build in stage.builds:
        for pair, record in stage.records_of(build).items():
            if record.status not in {SUCCESS, FAILED}:
                yield f"the record of {shown([pair])} of build {build.sk} stays {record.status}"
            elif build is newest:
                yield from _agrees(stage, build, pair, record, there.get(pair))


def _agrees(stage: Stage, build: Build, pair: Pair, record: Any, instance: Any) -> Iterator[str]:
    value = stage.value(instance) if instance is not None else ""
    if record.action == _DELETE:
        if record.status == SUCCESS and instance is not None:
            yield f"the record of {shown([pair])} says that it was deleted, and it is there"
        return
    is_there = value == build.version
    if record.status == SUCCESS and not is_there:
        yield f"the record of {shown([pair])} is SUCCESS, and {value or 'nothing'} is there, not {build.version}"
    works = instance is not None and (instance.status, instance.detailed_status) == ("CURRENT", "SUCCEEDED")
    stayed = record.status_reason.startswith("not returned to ")  # the way back did not reach it
    if record.status == FAILED and is_there and works and stage.changed(build) and not stayed:
        yield f"the record of {shown([pair])} is FAILED ({record.status_reason}), and version {value} is there"


def nothing_runs_on(stage: Stage) -> Iterator[str]:
    stack_set = stage.stack_set()
    if stack_set is None:
        return
    for operation in stack_set.operations.before(None):
        if operation.status not in _OVER:
            yield f"operation {operation.id} is still {operation.status}"


def one_holder_at_a_time(stage: Stage) -> Iterator[str]:
    """Nobody takes a lock from a living execution, and nobody changes a StackSet without the lock."""
    journal = stage.world.journal
    locks = [each for each in journal.locks if each.lock.endswith(f"#{stage.repo}")]
    changes = [each for each in journal.changes if each.stack_set == stage.stack_set_name and each.build]
    known, ended = stage.world.executions(), set[str]()
    holder: LockEvent | None = None
    everything: list[LockEvent | Change | End] = [*locks, *changes, *journal.ends]
    for event in sorted(everything, key=lambda each: each.order):
        if isinstance(event, End):
            ended.add(event.execution)
        elif isinstance(event, Change):
            if holder is None or holder.build != event.build:
                has = f"build {holder.build}" if holder else "nobody"
                yield f"build {event.build} called {event.operation} while {has} had the lock"
        elif event.what == TAKEN:
            if holder is not None and holder.build != event.build and _is_at_work(holder, event.at, known, ended):
                yield f"build {event.build} took the lock of build {holder.build}, which was at work"
            holder = event
        elif holder is not None and event.build not in {"", holder.build}:
            yield f"build {event.build} {event.what} the lock of build {holder.build}"
        if isinstance(event, LockEvent) and event.what == RELEASED:
            holder = None


def _is_at_work(holder: LockEvent, at: float, known: Mapping[str, Execution], ended: set[str]) -> bool:
    """An execution holds its lock as long as it runs; somebody else, of whom nothing is known, until it expires."""
    return holder.execution not in ended if holder.execution in known else holder.until >= at


def nothing_is_done_twice(stage: Stage) -> Iterator[str]:
    """No pair gets the same build by two operations."""
    seen: Counter[tuple[str, str, Pair]] = Counter()
    for change in stage.world.journal.changes:
        if change.stack_set == stage.stack_set_name and change.build and change.places:
            kind = "back" if change.operation_id in stage.ways_back(change.build) else "out"
            seen.update((change.build, kind, place) for place in change.places)
    for (build, _, place), times in seen.items():
        if times > 1:
            yield f"{shown([place])} was rolled out {times} times by build {build}"


def the_newest_wins(stage: Stage) -> Iterator[str]:
    """No build begins when a newer one has; and the latest item names the newest build and its status."""
    started = ""
    for event in stage.world.journal.changes:
        if event.stack_set == stage.stack_set_name and event.build:
            if event.build < started:
                yield f"build {event.build} was rolled out after the newer build {started}"
            started = max(started, event.build)
    latest, newest = stage.latest(), stage.builds[-1]
    status = stage.record_of(newest).get("status")
    if (latest.get("build_id"), latest.get("status")) != (newest.sk, status):
        yield (
            f"the latest build is {newest.sk} {status}, and the latest item says "
            f"{latest.get('build_id')} {latest.get('status')}"
        )


def the_lock_went_first(stage: Stage) -> Iterator[str]:
    """An execution that ends by itself has given its lock back, and not left that to the clean-up."""
    journal = stage.world.journal
    for end in journal.ends:
        if end.status not in {"SUCCEEDED", "FAILED"}:
            continue
        held = [each for each in journal.locks if each.order < end.order and each.lock.endswith(f"#{stage.repo}")]
        run = stage.world.executions().get(end.execution)
        handed_over = run is not None and "continued" in (run.output or "")
        if held and held[-1].what != RELEASED and held[-1].execution == end.execution and not handed_over:
            yield f"execution {end.execution.rpartition(':')[2]} ended {end.status} with its lock"


CHECKS: tuple[Check, ...] = (
    it_ended,
    the_lock_is_free,
    builds_are_true,
    everything_is_current,
    nothing_else_was_touched,
    records_agree,
    nothing_runs_on,
    one_holder_at_a_time,
    nothing_is_done_twice,
    the_newest_wins,
)


def shown(pairs: list[Pair]) -> str:
    """The first of some pairs, and how many there are."""
    more = f" and {len(pairs) - 1} more" if len(pairs) > 1 else ""
    return "/".join(pairs[0]) + more
