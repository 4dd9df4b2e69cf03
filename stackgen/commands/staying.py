"""What the deletion of a stack leaves behind, in words: before anybody is asked, and when it is over."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from stackgen.deploy.destroying import Left
    from stackgen.deploy.forecast import Forecast

STAYS = "AWS goes on charging for what is retained, for snapshots and for backups until somebody deletes them"


def kept_lines(found: Forecast) -> Iterator[str]:
    """What a forecast says of what stays, as it is or as a snapshot."""
    from stackgen.deploy.forecast import RETAINED, SNAPSHOT

    for each in found.of(RETAINED, SNAPSHOT):
        yield f"{each.fate}: {each.path} ({each.type}, {each.physical_id}): {each.why}"


def left_lines(left: Sequence[Left]) -> Iterator[str]:
    """What stayed."""
    for each in left:
        yield f"stays: {each.path} ({each.type}): {each.physical_id}: {each.why}"
    if left:
        yield STAYS
