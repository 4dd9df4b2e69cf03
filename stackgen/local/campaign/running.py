"""One case from its beginning to its verdict."""

from __future__ import annotations

import traceback
import zlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

from stackgen.local.campaign import checks
from stackgen.local.campaign.cases import STOPS
from stackgen.local.campaign.scenarios import SCENARIOS, SUCCESS
from stackgen.local.campaign.stage import Stage

if TYPE_CHECKING:
    from collections.abc import Iterator

    from stackgen.local.campaign.cases import Case
    from stackgen.local.campaign.scenarios import Scenario
    from stackgen.local.campaign.wire import Site
    from stackgen.local.campaign.world import World
    from stackgen.local.machines.executions import Execution

TAIL = 14
"""Events of a history that a violation shows."""
_RELEASING = ("release_lock", "acquire_lock")


class Violation(NamedTuple):
    """What did not hold in a case, and the end of the histories."""

    case: str
    check: str
    message: str
    tail: tuple[str, ...] = ()

    def __str__(self) -> str:
        return f"{self.case}: {self.message}"


@dataclass(slots=True)
class Result:
    """What came of a case."""

    case: str
    violations: list[Violation] = field(default_factory=list)
    executions: int = 0
    met: bool = True
    seconds: float = 0.0
    sites: list[Site] = field(default_factory=list)
    states: list[tuple[str, int]] = field(default_factory=list)


def run(world: World, case: Case) -> Result:
    """Run a case, check it, and see that the next build of the same repository succeeds."""
    scenario = SCENARIOS[case.scenario]
    result = Result(case.id)
    began, before = world.clock.time(), len(world.executions())
    stage = Stage(world, f"app{world.next_number()}")
    try:
        scenario.before(stage)
        _disturbed(world, case, scenario, stage, result)
        if not result.violations:
            _again(world, case, scenario, stage, result)
    except Exception as error:  # noqa: BLE001 - told as what did not hold
        why = f"{type(error).__name__}: {error}"
        result.violations.append(
            Violation(case.id, "it_can_be_rehearsed", why, tuple(traceback.format_exc().split("\n")))
        )
    finally:
        world.end()
    result.executions = len(world.executions()) - before
    result.seconds = world.clock.time() - began
    return result


def _disturbed(world: World, case: Case, scenario: Scenario, stage: Stage, result: Result) -> None:
    stage.allowed = set()
    world.begin(case.strike(), zlib.crc32(case.id.encode()))
    stopped = _stopping(world, case)
    world.enters.append(lambda state, number, _: result.states.append((state, number)))
    with scenario.during(stage):
        scenario.act(stage)
        settled = world.settle()
    stage.find_arrived()
    result.sites = world.wire.seen
    result.met = not case.way or bool(world.wire.met) or bool(stopped)
    if not settled:
        result.violations.append(_violation(case, "it_ended", "it never came to rest", stage))
    for check, message in _found(stage, case, scenario):
        result.violations.append(_violation(case, check, message, stage))


def _stopping(world: World, case: Case) -> list[str]:
    """Stop the execution that enters the state; it becomes known whether one did."""
    stopped: list[str] = []
    if case.way not in STOPS:
        return stopped

    def enter(state: str, number: int, arn: str) -> None:
        if (state, number) == (case.state, case.occurrence) and not stopped:
            stopped.append(arn)
            world.clock.spawn(lambda: world.executions()[arn].end(STOPS[case.way]), "somebody who stops")

    world.enters.append(enter)
    return stopped


def _found(stage: Stage, case: Case, scenario: Scenario) -> Iterator[tuple[str, str]]:
    if case.gives_up and stage.world.is_told():
        return  # nobody could have done more, and the operator is told
    if not stage.builds:
        yield "a_build_was_made", "the release arrived and no build was made of it"
        return
    for check in checks.CHECKS:
        for message in check(stage):
            yield check.__name__, message
    if case.site is None or case.site.function not in _RELEASING:
        for message in checks.the_lock_went_first(stage):
            yield "the_lock_went_first", message
    yield from _passed(stage, case, scenario)


def _passed(stage: Stage, case: Case, scenario: Scenario) -> Iterator[tuple[str, str]]:
    """What passes changes nothing in the end; and nobody but who stops an execution ends it from outside."""
    for run in (run for runs in checks.executions_of(stage).values() for run in runs):
        if run.status in STOPS.values() and case.way not in STOPS:
            yield "it_ends_by_itself", f"execution {run.name} ended {run.status}, and nobody stopped it"
    if not case.passes or (scenario.hasty and case.takes_long):
        return
    record = stage.record_of(stage.builds[-1])
    status, said = record.get("status"), str(record.get("error_msg", ""))
    if status != scenario.outcome:
        yield "it_passes", f"the build is {status} ({said}), and comes to {scenario.outcome} where nothing goes wrong"
    elif scenario.says not in said:
        yield "it_passes", f"the build says {said!r}, and {scenario.says!r} was expected"


def _again(world: World, case: Case, scenario: Scenario, stage: Stage, result: Result) -> None:
    """Nothing goes wrong any more."""
    world.end()
    world.begin()
    scenario.heal(stage)
    stage.builds.clear()
    stage.allowed = set()
    wanted = stage.targets(scenario.again)
    world.journal.begin()
    build = stage.new_build(wanted)
    if not world.settle():
        result.violations.append(_violation(case, "again", "the next build never came to rest", stage))
    record = stage.record_of(build)
    if record.get("status") != SUCCESS:
        message = f"the next build is {record.get('status')} ({record.get('error_msg', '')})"
        result.violations.append(_violation(case, "again", message, stage))
        return
    for check in checks.CHECKS:
        for message in check(stage):
            result.violations.append(
                _violation(case, f"again, {check.__name__}", f"in the next build {message}", stage)
            )


def _violation(case: Case, check: str, message: str, stage: Stage) -> Violation:
    return Violation(case.id, check, message, tuple(_tail(stage)))


def _tail(stage: Stage) -> Iterator[str]:
    for runs in checks.executions_of(stage).values():
        for run in runs[-2:]:
            yield f"{run.name}: {run.status} {run.error or ''}".rstrip()
            yield from (f"  {line}" for line in _events(run))


def _events(run: Execution) -> Iterator[str]:
    for event in run.history.events[-TAIL:]:
        details: dict[str, Any] = next((value for name, value in event.items() if name.endswith("EventDetails")), {})
        more = " ".join(str(details[name]) for name in ("name", "error", "cause") if details.get(name))
        yield f"{event['id']:>5} {event['timestamp']:%H:%M:%S} {event['type']} {more}"[:200].rstrip()
