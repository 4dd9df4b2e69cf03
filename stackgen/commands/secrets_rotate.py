"""``secrets rotate``: another value, and the deployment that makes a stack take it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from stackgen.errors import UsageError

from .arguments import Parser
from .asking import add_yes
from .deploying import add_stacks, add_values, deployment_of
from .for_each import ForEach
from .forms import form_of, in_help
from .freshness import see_that_it_is_fresh
from .numbers import seconds_of
from .secrets import add_from_stdin, add_name, chosen, typed
from .secrets_put import as_json
from .words import counted

if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence

    from stackgen.console import Console
    from stackgen.deploy.secrets.wanted import Wanted
    from stackgen.deploy.targets import Target

    from .deploying import Deployment

DESCRIPTION = """\
Give a secret another value, and deploy its stack so that what CloudFormation set up with it, such as a database, takes
the value. The steps, in each region one after the other:

1. where the stack reads the newest version, it is deployed with the number of that version, so that from here on the
   old value is what a rollback comes back to;
2. the new value is stored as a new version, beside the old ones;
3. the stack is deployed with the number of the new version. If that fails and is taken back, or you say no, the old
   value is stored once more as the newest version.

Between 2 and 3, a few minutes, what reads the secret while it runs may already have the new value, while the database
still has the old one: open connections go on, new ones may be refused. No value is ever lost: every version stays in
the store. The same command goes on with a rotation that was cut off.

Exit codes: 0 rotated; 3 nobody said yes; 5 failed, and the old value is the newest again; 6 a person is needed; 8 some
regions are rotated, and one is not.
"""


def run(console: Console, arguments: Sequence[str]) -> int:
    """Rotate in each region; the first that fails is the last."""
    options = _parser().parsed(arguments)
    form = form_of(console, "text", "json")
    every = seconds_of(options.every)
    with deployment_of(console, options, as_it_stands=options.store_only) as deployment:
        if not options.store_only:
            see_that_it_is_fresh(console, deployment)
        pairs = [(target, one) for target in deployment.targets for one in _meant(deployment, target, options)]
        text = typed([one for _, one in pairs]) if options.from_stdin else ""
        each = ForEach(console, deployment.sessions)

        def rotated(pair: tuple[Target, Wanted]) -> dict[str, Any]:
            from .secrets_rotating import Rotating

            rotating = Rotating(console, deployment, pair[0], is_sure=options.yes, every=every)
            version = rotating.run(pair[1], text, deploys=not options.store_only)
            return {**as_json(*pair), "version": version}

        done = each.do(rotated, pairs, lambda pair: pair[0].place, stops=True)
    left = len(pairs) - len(done) - each.failed
    if form == "json":
        console.json("secrets-rotate", {"secrets": done, "not_begun": left})
    else:
        console.say(f"{counted(len(done), 'secret')} rotated, {each.failed} failed, {left} not begun")
        for row in done:
            console.say(f"  {row['name']} in {row['account']}/{row['region']}: version {row['version']}")
    return each.code(len(done))


def _parser() -> Parser:
    parser = Parser("secrets rotate", DESCRIPTION + in_help("text", "json"), "[STACK...] ...")
    add_stacks(parser)
    add_name(parser)
    add_from_stdin(parser)
    add = parser.add_argument
    text = "add the version and deploy nothing; what takes it, and when, is up to you"
    add("--store-only", action="store_true", help=text)
    add("--every", metavar="SECONDS", default="5", help="how often AWS is asked what is new; 5 by default")
    add_values(parser)
    add_yes(parser)
    return parser


def _meant(deployment: Deployment, target: Target, options: argparse.Namespace) -> list[Wanted]:
    """The secrets to rotate: all that are named, or the only one. Raises UsageError."""
    from stackgen.deploy.secrets.wanted import wanted

    found = chosen(wanted(deployment.build, target), options.name, target)
    if not found:
        raise UsageError(f"{target.stack_name} needs no secret")
    if len(found) > 1 and not options.name:
        raise UsageError(f"which secret? {', '.join(each.name for each in found)}", "--name says it")
    return found
