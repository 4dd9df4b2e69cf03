"""``params reference``: a page about the parameters of a stack, for the people who give them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .arguments import Parser
from .context import project_of
from .deploying import add_stacks, add_values, read_build, wish_of
from .forms import form_of, in_help

if TYPE_CHECKING:
    from collections.abc import Sequence

    from stackgen.console import Console

FORMS = ("text", "json")
DESCRIPTION = """\
A page in Markdown about the parameters of a stack: what each takes, which value it has in each environment and who
says so, and what happens to the resources when it is changed, tried offline in the first environment. Without a word
all stacks.

Examples and advice come from a TOML file with a table for each parameter: example, advice, and the names of
environments with what to choose there.
"""


def run(console: Console, arguments: Sequence[str]) -> int:
    """Print the pages."""
    parser = Parser("params reference", DESCRIPTION + in_help(*FORMS), "[STACK...] [options]")
    add_stacks(parser)
    parser.add_argument("--notes", metavar="FILE", help="a TOML file with examples and advice")
    add_values(parser)
    options = parser.parsed(arguments)
    form = form_of(console, *FORMS)
    from stackgen.deploy.reference.gathering import gathered
    from stackgen.deploy.reference.page import as_json, markdown

    project = project_of(console)
    build = read_build(project)
    found = gathered(project, build, wish_of(console, options, project, build), options.notes)
    if form == "json":
        stacks = {name: [as_json(entry) for entry in entries] for name, entries in found.items()}
        console.json("parameters", {"stacks": stacks})
    else:
        console.say("\n".join(markdown(name, entries) for name, entries in found.items()).rstrip())
    return 0
