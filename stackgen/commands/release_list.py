"""``release list``: the releases of a stack."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from .arguments import Parser
from .forms import form_of, in_help
from .looking import add_looked, looking
from .words import counted, table

if TYPE_CHECKING:
    from collections.abc import Sequence

    from stackgen.console import Console

DESCRIPTION = """\
The releases that were recorded of a stack, the newest first: of which commit, with which images. rollback --to-release
takes the beginning of an ID, or "previous".
"""


def run(console: Console, arguments: Sequence[str]) -> int:
    """Read them."""
    parser = Parser("release list", DESCRIPTION + in_help("text", "json"), "[STACK...] ...")
    add_looked(parser)
    options = parser.parsed(arguments)
    form = form_of(console, "text", "json")
    told: list[dict[str, Any]] = []
    with looking(console, options) as what:
        from stackgen.deploy.releases import listed

        for each in what.looked:
            told += [asdict(one) for one in listed(each.target.stack_name, each.client("ssm"))]
    if form == "json":
        console.json("release-list", {"releases": told})
        return 0
    console.say(counted(len(told), "release"))
    rows = [
        (each["stack"], each["region"], each["id"], each["commit"][:12], " ".join(each["images"].values())[:19])
        for each in told
    ]
    if rows:
        table(console, [("stack", "region", "release", "commit", "image"), *rows])
    return 0
