"""One rollout to many targets, and what it costs: events, payloads, calls of a look, seconds."""

from __future__ import annotations

import time
from collections import Counter
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

from stackgen.local.campaign import checks
from stackgen.local.campaign.running import Violation
from stackgen.local.campaign.scenarios import SUCCESS
from stackgen.local.campaign.stage import Stage, pairs_of
from stackgen.local.campaign.world import World

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from stackgen.local.campaign.defects import Defect
    from stackgen.local.campaign.stage import Groups

PAGE = 100
"""Entries of a page, as AWS gives them."""
MOST_PAYLOAD = 32 * 1024
MOST_EVENTS = 20_000
MOST_REGIONS = 20
CALLS_BESIDE = 10
"""CloudFormation calls of a look besides one for each hundred targets."""
_CONTINENTS = ("us-east", "us-west", "eu-west", "eu-central", "ap-south", "ap-northeast", "ca-central", "sa-east")
_LOOK = "check_stackset_status"
POLICY = {"max_concurrent_percentage": 100, "region_concurrency_type": "PARALLEL", "mode": "collect-all"}


@dataclass(slots=True)
class Figures:
    """What a rollout came to."""

    targets: int = 0
    accounts: int = 0
    regions: int = 0
    operations: int = 0
    status: str = ""
    executions: int = 0
    events: int = 0
    payload: int = 0
    looks: int = 0
    calls_of_a_look: int = 0
    calls: int = 0
    virtual_seconds: float = 0.0
    seconds: float = 0.0
    violations: list[Violation] = field(default_factory=list)

    def content(self) -> dict[str, Any]:
        """For programs."""
        told = asdict(self)
        del told["violations"]
        return told


def regions_of(number: int) -> list[str]:
    """So many names of regions, as AWS forms them."""
    return [f"{_CONTINENTS[each % len(_CONTINENTS)]}-{each // len(_CONTINENTS) + 1}" for each in range(number)]


def ragged(targets: int) -> Groups:
    """So many targets at least: every account wants all regions but one or two, and not all the same ones."""
    regions = regions_of(min(MOST_REGIONS, max(2, targets // 3)))
    groups: list[tuple[list[str], list[str]]] = []
    left, account = targets, 0
    sets = [regions, *([each for each in regions if each != left_out] for left_out in regions[:3])]
    while left > 0:
        wanted = sets[account % len(sets)][: max(1, left)]
        groups.append(([f"{300_000_000_000 + account}"], list(wanted)))
        left -= len(wanted)
        account += 1
    return groups


def rehearse(targets: int, defects: Iterable[Defect] = ()) -> Figures:
    """Roll out to new instances, and look at what that took."""
    groups = ragged(targets)
    began = time.perf_counter()
    with World(defects=defects, page=PAGE) as world:
        stage = Stage(world, "wide")
        world.begin()
        start = world.clock.time()
        build = stage.new_build(stage.targets(groups, POLICY))
        world.settle()
        figures = _measured(world, stage)
        figures.status = str(stage.record_of(build).get("status"))
        figures.virtual_seconds = max((each.at for each in world.journal.ends), default=start) - start
        figures.violations = [Violation(f"{targets} targets", name, said) for name, said in _found(stage, figures)]
    figures.seconds = time.perf_counter() - began
    _describe(figures, groups)
    return figures


def _describe(figures: Figures, groups: Groups) -> None:
    pairs = pairs_of(groups)
    figures.targets = len(pairs)
    figures.accounts = len({account for account, _ in pairs})
    figures.regions = len({region for _, region in pairs})


def _measured(world: World, stage: Stage) -> Figures:
    from stackgen.local.machines.limits import size

    runs = [run for of_build in checks.executions_of(stage).values() for run in of_build]
    details = [
        each for run in runs for event in run.history.events for each in event.values() if isinstance(each, dict)
    ]
    texts = [each[name] for each in details for name in ("input", "output") if isinstance(each.get(name), str)]
    formation = [site for site in world.wire.seen if site.operation.startswith("cloudformation:")]
    of_looks = Counter(site.invocation for site in formation if site.function == _LOOK)
    return Figures(
        operations=len([each for each in world.journal.changes if each.operation != "CreateStackSet"]),
        executions=len(runs),
        events=max((len(run.history.events) for run in runs), default=0),
        payload=max(map(size, texts), default=0),
        looks=len(of_looks),
        calls_of_a_look=max(of_looks.values(), default=0),
        calls=len(world.wire.seen),
    )


def _found(stage: Stage, figures: Figures) -> Iterator[tuple[str, str]]:
    for check in checks.CHECKS:
        for message in check(stage):
            yield check.__name__, message
    most_calls = -(-len(stage.builds[-1].wanted) // PAGE) + CALLS_BESIDE
    if figures.status != SUCCESS:
        yield "it_succeeds", f"the build is {figures.status}"
    for what, found, most in (
        ("bytes of a state's payload", figures.payload, MOST_PAYLOAD),
        ("events of a history", figures.events, MOST_EVENTS),
        ("CloudFormation calls of a look", figures.calls_of_a_look, most_calls),
    ):
        if found > most:
            yield "it_stays_small", f"{found:,} {what}, {most:,} at most"


def lines(figures: Figures) -> Sequence[str]:
    """The figures for a person."""
    where = f"{figures.accounts:,} accounts, {figures.regions} regions, {figures.operations} operations"
    most = figures.calls_of_a_look
    return (
        f"{figures.targets:,} targets: {where}, {figures.executions} execution{'s' * (figures.executions != 1)}",
        f"{figures.events:,} events of a history (20,000 at most)",
        f"{figures.payload:,} bytes of a state's payload (32,768 at most)",
        f"{figures.looks:,} looks, {most} CloudFormation calls in the largest; {figures.calls:,} calls in all",
        f"{figures.virtual_seconds / 60:,.0f} minutes of virtual time, {figures.seconds:,.0f} s of ours",
    )
