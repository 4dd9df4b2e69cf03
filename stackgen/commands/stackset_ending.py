"""How rollouts and deletions of StackSets are told when they end: causes, and an interrupted run."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .stackset_plan import shown

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from stackgen.console import Console
    from stackgen.deploy.stacksets.failures import Cause
    from stackgen.deploy.stacksets.following import Following

    from .stackset_opening import Opened

INTERRUPTED = 130


def cause_lines(console: Console, causes: Iterable[Cause]) -> Iterator[str]:
    """Each cause with its places, the first failure in one of the stacks, and what helps."""
    for cause in causes:
        yield f"  {cause.reason}"
        yield f"    in {shown(console, cause.pairs)}"
        if cause.first:
            yield f"    first: {cause.first}"
        if cause.remedy:
            yield f"    {cause.remedy}"


def causes_json(causes: Iterable[Cause]) -> list[dict[str, Any]]:
    return [
        {"reason": cause.reason, "cells": list(map(str, cause.pairs)), "first": cause.first, "remedy": cause.remedy}
        for cause in causes
    ]


def interrupted(console: Console, each: Opened, following: Following, *, stop: bool) -> int:
    """Say what runs and what a next run does; stop the operation where that was asked for."""
    if not following.current:
        console.tell(f"interrupted: nothing runs on {each.place} by this run; the same command goes on")
    elif stop:
        if not following.stop():
            console.tell(f"interrupted: operation {following.current} of {each.place} does not run any more")
            return INTERRUPTED
        console.tell(
            f"interrupted: operation {following.current} of {each.place} is stopped: stacks that it works on go on to "
            "their end, no other begins"
        )
    else:
        console.tell(
            f"interrupted: operation {following.current} of {each.place} goes on in AWS; the same command follows it, "
            "stackset status shows it"
        )
    return INTERRUPTED
