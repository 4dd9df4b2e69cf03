"""``permissions``: the actions that the role needs which deploys a build, as policies of IAM's size."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .arguments import Parser
from .forms import form_of, in_help
from .reviewing import add_values, build_of, pair_of, tell_problems, values_of, values_of_pair

if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence

    from stackgen.console import Console

DESCRIPTION = """\
The actions that the deploying role needs, from the provider schemas of every type in the build, split into policies
that fit IAM's limits. With BASE: what it needs more, and less, than for that build.

What functions do at run time is no part of it, nor what a service control policy or a boundary takes away.
"""
FORMS = ("text", "json", "md")


def run(console: Console, arguments: Sequence[str]) -> int:
    """Count, and print."""
    parser = Parser("permissions", DESCRIPTION + in_help(*FORMS))
    parser.add_argument("builds", nargs="*", metavar="BASE[..HEAD]", help="or two folders or refs; none: the build")
    add_values(parser)
    options = parser.parsed(arguments)
    form = form_of(console, *FORMS)
    return _delta(console, options, form) if options.builds else _whole(console, options, form)


def _whole(console: Console, options: argparse.Namespace, form: str) -> int:
    from stackgen.review.permissions import as_dict, as_markdown, as_text, documents
    from stackgen.review.permissions.gathering import permissions_of
    from stackgen.review.schemas import Schemas

    build, project = build_of(console, "")
    values = values_of(console, options.parameter, project, build)
    permissions = permissions_of(build, values, Schemas())
    if form == "json":
        console.json("permissions", {**as_dict(permissions), "documents": documents(permissions)})
    else:
        for line in as_text(permissions) if form == "text" else as_markdown(permissions):
            console.say(line)
    return tell_problems(console, [*build.problems, *values.problems(build)])


def _delta(console: Console, options: argparse.Namespace, form: str) -> int:
    from stackgen.review.permissions import delta, delta_as_dict, delta_as_markdown, delta_as_text
    from stackgen.review.permissions.gathering import permissions_of
    from stackgen.review.schemas import Schemas

    pair = pair_of(console, options.builds)
    values, earlier = values_of_pair(console, options.parameter, pair)
    schemas = Schemas()
    before = permissions_of(pair.before, earlier or values, schemas)
    difference = delta(before, permissions_of(pair.after, values, schemas))
    if form == "json":
        console.json("permissions-delta", delta_as_dict(difference))
    else:
        for line in delta_as_text(difference) if form == "text" else delta_as_markdown(difference):
            console.say(line)
    return tell_problems(console, [*pair.before.problems, *pair.after.problems, *values.problems(pair.after)])
