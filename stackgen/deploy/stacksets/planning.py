"""The operations that make a StackSet what it should be: pure, from what is wanted and what is there.

AWS changes the definition of a set and instances in one call, and without a list of places that call reaches every
instance. So a changed definition always goes with the first cells of the plan; only a set without instances is
changed without.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from stackgen.deployer.handlers import planning as deployer
from stackgen.deployer.handlers.errors import OnlyOrphansLeft
from stackgen.deployer.handlers.planning import CREATE, CURRENT, DEFINE, DELETE, INOPERABLE, OUTDATED, UPDATE, Existing
from stackgen.deployer.handlers.rectangles import rectangles
from stackgen.deployer.handlers.settings import Settings
from stackgen.deployer.operating.steps import step_of

from .comparing import MANAGED, has_other_values
from .errors import StackSetError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from stackgen.deployer.handlers.inputs import Pair
    from stackgen.deployer.handlers.planning import Batch
    from stackgen.deployer.operating.steps import Step

    from .comparing import Difference
    from .reading import Instance, SetState
    from .wanted import Wanted

SETTINGS = "SETTINGS"
"""UpdateStackSet with nothing but managed execution: together with another template AWS refuses to switch it."""

DEFAULTS = Settings("")
"""Ten accounts at a time and no failure tolerated, where the project says nothing."""


class Operation(NamedTuple):
    """One operation of the set."""

    step: Step
    overrides: tuple[tuple[str, str], ...] | None = None
    """Values of the cells' own; None leaves those that they have."""

    @property
    def batch(self) -> Batch:
        return self.step.batch

    @property
    def action(self) -> str:
        return self.batch.action

    @property
    def pairs(self) -> list[Pair]:
        return self.batch.rectangle.pairs()


@dataclass(frozen=True, slots=True)
class SetPlan:
    """All operations in order, and what none of them touches."""

    wanted: Wanted
    state: SetState | None
    differences: tuple[Difference, ...] = ()
    operations: tuple[Operation, ...] = ()
    unchanged: tuple[Pair, ...] = ()
    inoperable: tuple[Pair, ...] = ()
    orphans: tuple[Pair, ...] = ()
    """They exist, and the project does not ask for them."""
    left: tuple[Pair, ...] = ()
    """The project asks for them, but this run is about others."""
    instances: tuple[Instance, ...] = ()

    @property
    def is_nothing(self) -> bool:
        return self.state is not None and not self.operations

    def pairs(self, *actions: str) -> list[Pair]:
        """The cells that operations of these kinds reach, each once."""
        found = [pair for each in self.operations if each.action in actions for pair in each.pairs]
        return list(dict.fromkeys(found))

    @property
    def counts(self) -> dict[str, int]:
        return {
            "create": len(self.pairs(CREATE)),
            "update": len(self.pairs(SETTINGS, DEFINE, UPDATE)),
            "delete": len(self.pairs(DELETE)),
            "unchanged": len(self.unchanged),
            "inoperable": len(self.inoperable),
            "orphans": len(self.orphans) - len(self.pairs(DELETE)),
            "left": len(self.left),
        }

    @property
    def most(self) -> int:
        """Cells that may be touched before it stops, if every one fails."""
        total = 0
        for each in self.operations:
            total += each.step.most
            if each.step.stops and self.wanted.declared.policy.stops_at_failure:
                break
        return total


def planned(
    wanted: Wanted,
    state: SetState | None,
    instances: Sequence[Instance],
    differences: Sequence[Difference],
    *,
    prune: bool = False,
    with_secrets: bool = False,
) -> SetPlan:
    """The plan. Raises StackSetError where a changed definition would reach cells that nobody asked for."""
    overrides = wanted.overrides
    asked = [cell.pair for cell in wanted.cells if cell.pair in wanted.chosen]
    left = [each for each in instances if each.pair in overrides and each.pair not in wanted.chosen]
    others = {
        each.pair
        for each in instances
        if each.pair in wanted.chosen
        and has_other_values(wanted, overrides[each.pair], each, with_secrets=with_secrets)
    }
    considered = [
        Existing(each.pair, OUTDATED if each.pair in others and each.status == CURRENT else each.status)
        for each in instances
        if each not in left
    ]
    due = [each for each in considered if each.pair in wanted.chosen and each.status != INOPERABLE]
    if differences and not due and any(each.status != INOPERABLE for each in left):
        raise StackSetError(
            f"{wanted.name} has another definition, and none of the accounts and regions of this run has a stack yet",
            "AWS could only carry it to stacks that this run is not about: leave -e and -r away, or begin elsewhere",
        )
    try:
        plan = deployer.planned(asked, considered, wanted.declared.policy, is_changed=bool(differences), prunes=prune)
    except OnlyOrphansLeft as error:
        raise StackSetError(
            f"{wanted.name} has another definition, and all its {len(considered)} stacks are where the "
            "project names nothing any more",
            "--prune deletes them first; or name their accounts and regions again",
        ) from error
    return SetPlan(
        wanted,
        state,
        tuple(differences),
        tuple(
            Operation(step_of(batch, wanted.declared.policy, DEFAULTS), values)
            for batch, values in _with_settings(_split(plan.batches, overrides, others), differences)
        ),
        plan.skipped,
        plan.inoperable,
        plan.orphans,
        tuple(each.pair for each in left),
        tuple(instances),
    )


Values = tuple[tuple[str, str], ...] | None


def _split(
    batches: Sequence[Batch], overrides: Mapping[Pair, Mapping[str, str]], others: set[Pair]
) -> Iterator[tuple[Batch, Values]]:
    """Each batch as operations whose cells get the same values of their own.

    The call that carries a definition takes none, so cells with other values than before follow it.
    """
    for batch in batches:
        pairs = batch.rectangle.pairs()
        if batch.action == DELETE:
            yield batch, None
        elif batch.action == DEFINE:
            yield batch, None
            yield from _by_values(batch._replace(action=UPDATE), [pair for pair in pairs if pair in others], overrides)
        elif batch.action == UPDATE:
            same = [pair for pair in pairs if pair not in others]
            for rectangle in rectangles(same, batch.rectangle.regions):
                yield batch._replace(rectangle=rectangle), None
            yield from _by_values(batch, [pair for pair in pairs if pair in others], overrides)
        else:
            yield from _by_values(batch, pairs, overrides)


def _by_values(
    batch: Batch, pairs: Sequence[Pair], overrides: Mapping[Pair, Mapping[str, str]]
) -> Iterator[tuple[Batch, Values]]:
    groups: dict[tuple[tuple[str, str], ...], list[Pair]] = {}
    for pair in pairs:
        groups.setdefault(tuple(sorted(overrides[pair].items())), []).append(pair)
    for values, of_group in groups.items():
        for rectangle in rectangles(of_group, batch.rectangle.regions):
            yield batch._replace(rectangle=rectangle), values


def _with_settings(
    operations: Iterator[tuple[Batch, Values]], differences: Sequence[Difference]
) -> Iterator[tuple[Batch, Values]]:
    """Where managed execution is switched, do that first, in the cells of the definition."""
    is_switched = any(each.what == MANAGED for each in differences)
    for batch, values in operations:
        if batch.action == DEFINE and is_switched:
            yield batch._replace(action=SETTINGS), None
            if len(differences) == 1:
                continue
        yield batch, values
