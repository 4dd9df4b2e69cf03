"""What a rollout does to a StackSet, step by step: pure, from what is wanted and what is there."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from .errors import OnlyOrphansLeft
from .rectangles import Rectangle, rectangles

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from .inputs import Pair
    from .policy import Policy

DEFINE, CREATE, UPDATE, DELETE = "DEFINE", "CREATE", "UPDATE", "DELETE"
"""DEFINE is UpdateStackSet: it changes the definition and, since AWS knows no other way, rolls it out somewhere."""

CURRENT, OUTDATED, INOPERABLE = "CURRENT", "OUTDATED", "INOPERABLE"

INOPERABLE_HINT = (
    "INOPERABLE: a deletion failed here, and no operation reaches it any more; "
    "DeleteStackInstances with RetainStacks takes it out of the StackSet, then it can be created again"
)
NOWHERE = Rectangle((), ())


class Existing(NamedTuple):
    """A stack instance as it is."""

    pair: Pair
    status: str


class Batch(NamedTuple):
    """One operation of the StackSet."""

    action: str
    wave: int
    rectangle: Rectangle


class Plan(NamedTuple):
    """All operations of a rollout in their order, and what none of them touches."""

    batches: tuple[Batch, ...]
    skipped: tuple[Pair, ...] = ()
    """They are as they should be."""
    inoperable: tuple[Pair, ...] = ()
    """They cannot be reached; see ``INOPERABLE_HINT``."""
    orphans: tuple[Pair, ...] = ()
    """They exist, and nobody asks for them any more."""


def planned(
    wanted: Iterable[Pair], existing: Sequence[Existing], policy: Policy, *, is_changed: bool, prunes: bool = False
) -> Plan:
    """The plan of a rollout to *wanted*.

    *is_changed* says that the StackSet exists with another definition. Waves go one after the other; within a wave what
    exists is updated before anything is created, and orphans go last. Raises OnlyOrphansLeft.
    """
    pairs = list(dict.fromkeys(wanted))
    there = {each.pair: each.status for each in existing}
    inoperable = [pair for pair in pairs if there.get(pair) == INOPERABLE]
    new = [pair for pair in pairs if pair not in there]
    present = [pair for pair in pairs if pair in there and there[pair] != INOPERABLE]
    due = present if is_changed else [pair for pair in present if there[pair] != CURRENT]
    asked = set(pairs)
    orphans = [each.pair for each in existing if each.pair not in asked]
    order = policy.region_order

    batches = []
    for wave in range(len(policy.waves) + 1):
        for action, of_action in ((UPDATE, due), (CREATE, new)):
            of_wave = [pair for pair in of_action if policy.wave_of(pair.account_id) == wave]
            batches += [Batch(action, wave, rectangle) for rectangle in rectangles(of_wave, order)]
    deletions = [Batch(DELETE, len(policy.waves) + 1, each) for each in rectangles(orphans, order)] if prunes else []
    if not is_changed:
        batches += deletions
    elif due:
        batches = [*_led_by_definition(batches), *deletions]
    elif orphans and not prunes:
        raise OnlyOrphansLeft(
            f"the StackSet has {len(orphans)} instances, none of which is a target any more, such as {orphans[0]}: "
            "a changed template would reach only them. Delete them with prune, or make them targets again"
        )
    else:
        batches = [*deletions, Batch(DEFINE, 0, NOWHERE), *batches]
    skipped = [pair for pair in present if pair not in set(due)] if not is_changed else []
    return Plan(tuple(batches), tuple(skipped), tuple(inoperable), tuple(orphans))


def _led_by_definition(batches: list[Batch]) -> list[Batch]:
    """Let the first operation be the update that carries the new definition.

    Instances that are created before it would get the old one. Where the first wave only creates, a single pair of a
    later wave goes ahead: UpdateStackSet must reach at least one.
    """
    at = next(number for number, batch in enumerate(batches) if batch.action == UPDATE)
    first = batches[at]
    if first.wave == batches[0].wave:
        return [Batch(DEFINE, first.wave, first.rectangle), *batches[:at], *batches[at + 1 :]]
    pair, *others = first.rectangle.pairs()
    left = [Batch(UPDATE, first.wave, each) for each in rectangles(others, first.rectangle.regions)]
    ahead = Batch(DEFINE, batches[0].wave, Rectangle((pair.account_id,), (pair.region,)))
    return [ahead, *batches[:at], *left, *batches[at + 1 :]]
