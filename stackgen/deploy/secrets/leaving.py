"""Secrets when nobody needs them any more: whose each is, who still reads it, and what deletes it.

``secrets put`` marks what it makes with the tags of the stack that it is for. What does not carry them somebody else
has made, and what a stack is still given is not left over, whoever made it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from stackgen.deploy.settings import OWNER

from .stores import store_of
from .wanted import wanted

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from stackgen.deploy.targets import Target
    from stackgen.review.model import Build

    from .wanted import Wanted


class Leaving(NamedTuple):
    """A secret that is there."""

    wanted: Wanted
    why: str = ""
    """Why it stays; nothing where it may go."""


def leaving(
    build: Build, target: Target, client: Callable[[str], Any], names: Sequence[str] = (), *, after: bool = False
) -> list[Leaving]:
    """The secrets of a stack that are there. Reads only; *names* are those that somebody wants gone, whose ever.

    *after*: what the stack itself reads is asked when it is gone.
    """
    found = []
    for each in wanted(build, target):
        tags = store_of(each, client).tags(each.name)
        if tags is None:
            continue
        reader = "" if after else read_by(each, target, client("cloudformation"))
        if reader:
            why = f"the stack {reader} reads it"
        elif tags.get(OWNER) != target.env and each.name not in names:
            why = f"it has not the tag {OWNER}={target.env} of those that secrets put makes"
        else:
            why = ""
        found.append(Leaving(each, why))
    return found


def read_by(secret: Wanted, target: Target, cloudformation: Any) -> str:
    """A stack that is there and reads it: the target's own, or any that is given its name; nothing for none."""
    for page in cloudformation.get_paginator("describe_stacks").paginate():
        for stack in page["Stacks"]:
            given = {each.get("ParameterValue") for each in stack.get("Parameters", [])}
            is_made = stack["StackStatus"] != "REVIEW_IN_PROGRESS"
            if is_made and (stack["StackName"] == target.stack_name or secret.name in given):
                return str(stack["StackName"])
    return ""
