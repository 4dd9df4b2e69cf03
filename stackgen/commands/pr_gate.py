"""``pr gate``: whether the pull request that set a workflow going may have an environment."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from .arguments import Parser
from .forms import form_of, in_help
from .told import tell_outputs, tell_workflow

if TYPE_CHECKING:
    from collections.abc import Sequence

    from stackgen.console import Console

DESCRIPTION = """\
Decide whether the pull request of this run, or the one that the input "number" of a run by hand names, may have an
environment: it is open, it comes from this repository and not from a fork, and it is not Dependabot's.

The following jobs read what it says from the step's outputs: go (true or false), number, commit, the head of the pull
request, and base, the branch that it is to be merged into. Why not is told in the job's summary.
"""


def run(console: Console, arguments: Sequence[str]) -> int:
    """Decide, and tell the workflow. Raises UsageError outside of one."""
    parser = Parser("pr gate", DESCRIPTION + in_help("text", "json"), "")
    parser.add_argument("--closed", action="store_true", help="one that is closed may go on too: to be cleaned up")
    options = parser.parsed(arguments)
    form = form_of(console, "text", "json")
    from stackgen.deploy.github.api import GitHub
    from stackgen.deploy.github.gate import gate

    found = gate(os.environ, lambda number: GitHub.of().pull(number), closed_too=options.closed)
    is_open = not found.why_not
    told = {"go": str(is_open).lower(), "number": str(found.number), "commit": found.commit, "base": found.base}
    tell_outputs(told)
    said = f"pull request {found.number} may go on" if is_open else f"nothing to do: {found.why_not}"
    if not is_open:
        tell_workflow("GITHUB_STEP_SUMMARY", f"{said}\n")
    if form == "json":
        console.json("pr-gate", {**told, "go": is_open, "number": found.number, "why_not": found.why_not})
    else:
        console.say(said)
    return 0
