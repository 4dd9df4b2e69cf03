"""What the deletion of a stack leaves behind, in words: before anybody is asked, and when it is over."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from stackgen.deploy.destroying import Left
    from stackgen.deploy.forecast import Fate, Forecast

_FEW = 3
STAYS = "AWS goes on charging for what is retained, for snapshots and for backups until somebody deletes them"


def kept_lines(found: Forecast) -> Iterator[str]:
    """What a forecast says of what stays, as it is or as a snapshot."""
    from stackgen.deploy.forecast import RETAINED, SNAPSHOT

    for each in found.of(RETAINED, SNAPSHOT):
        yield f"{each.fate}: {each.path} ({each.type}, {each.physical_id}): {each.why}"


def lost_lines(found: Forecast, backup_of: Callable[[Fate], str]) -> Iterator[str]:
    """What a forecast says of data that go; many of one type that nobody backs up are told in one line."""
    from stackgen.deploy.backup_kinds import KINDS

    alike: dict[tuple[str, str, str], list[Fate]] = {}
    for each in found.lost:
        alike.setdefault((each.type, each.lost, backup_of(each)), []).append(each)
    for (type_, lost, backup), fates in alike.items():
        if len(fates) > _FEW and type_ not in KINDS:
            some = ", ".join(each.path for each in fates[:_FEW])
            yield f"lost: {len(fates)} of {type_}, each with {lost}; {backup}: {some} and {len(fates) - _FEW} more"
            continue
        for each in fates:
            yield f"lost: {each.path} ({type_}, {each.physical_id}) goes with {lost}; {backup}"


def left_lines(left: Sequence[Left]) -> Iterator[str]:
    """What stayed."""
    for each in left:
        yield f"stays: {each.path} ({each.type}): {each.physical_id}: {each.why}"
    if left:
        yield STAYS
