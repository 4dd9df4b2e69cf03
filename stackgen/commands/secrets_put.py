"""``secrets put``: make the secrets that are not there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from .arguments import Parser
from .asking import add_yes, confirm
from .deploying import add_stacks, add_values, deployment_of
from .for_each import ForEach
from .forms import form_of, in_help
from .secrets import add_from_stdin, add_name, chosen, typed
from .words import counted, table

if TYPE_CHECKING:
    from collections.abc import Sequence

    from stackgen.console import Console
    from stackgen.deploy.actions import Action
    from stackgen.deploy.secrets.wanted import Wanted
    from stackgen.deploy.targets import Target

    from .deploying import Deployment

DESCRIPTION = """\
Make the secrets that stacks need and that are not there yet, in each region one of its own: 32 characters at random of
letters, digits and !#^-, which databases and caches take. What is there is left alone: secrets rotate renews it.
They are encrypted with the account's own key; --key, or secrets_key of the environment in the project, names another.
"""
MADE, THERE = "made", "there"


class _Item(NamedTuple):
    """A secret in a region."""

    target: Target
    wanted: Wanted
    is_there: bool

    @property
    def place(self) -> str:
        return f"{self.wanted.name} in {self.target.account}/{self.target.region}"


def run(console: Console, arguments: Sequence[str]) -> int:
    """Make what is missing; 8 where that fails for some."""
    options = _parser().parsed(arguments)
    form = form_of(console, "text", "json")
    with deployment_of(console, options, as_it_stands=True, every_stack=True) as deployment:
        each = ForEach(console, deployment.sessions)
        targets = _with_key(deployment.targets, options.key)
        looked = each.do(lambda one: _looked(deployment, one, options.name), targets, lambda one: one.place)
        items = list({(one.target.region, one.wanted.name): one for items in looked for one in items}.values())
        missing = [one for one in items if not one.is_there]
        text = typed([one.wanted for one in missing]) if options.from_stdin and missing else ""
        actions = each.do(lambda one: (one, _action(deployment, one, text)), missing, lambda one: one.place)
        for one, action in actions:
            console.tell(f"{one.target.account}/{one.target.region}: {action.why}")
        if actions:
            confirm(console, f"make {counted(len(actions), 'secret')}?", yes=options.yes)
        made = each.do(lambda pair: _made(console, deployment, *pair), actions, lambda pair: pair[0].place)
    rows = [*made, *((one, THERE) for one in items if one.is_there)]
    if form == "json":
        console.json("secrets-put", {"secrets": [{**as_json(one.target, one.wanted), "outcome": how}
                                                 for one, how in rows]})  # fmt: skip
    else:
        count = sum(how == MADE for _, how in rows)
        console.say(f"{counted(count, 'secret')} made, {len(rows) - count} there already, {each.failed} failed")
        table(console, [(one.place, one.wanted.where, how) for one, how in rows])
    return each.code(len(rows))


def _parser() -> Parser:
    parser = Parser("secrets put", DESCRIPTION + in_help("text", "json"), "[STACK...] ...")
    add_stacks(parser)
    add_name(parser)
    add_from_stdin(parser)
    text = "the KMS key that encrypts them: its ID, ARN or alias/NAME"
    parser.add_argument("--key", metavar="KEY", help=text)
    add_values(parser)
    add_yes(parser)
    return parser


def as_json(target: Target, wanted: Wanted) -> dict[str, Any]:
    """Which secret it is, for programs."""
    return {
        "name": wanted.name, "store": wanted.where, "stack": target.stack_name, "environment": target.env,
        "account": target.account, "region": target.region,
    }  # fmt: skip


def _with_key(targets: Sequence[Target], key: str | None) -> list[Target]:
    from dataclasses import replace

    return [replace(target, secrets_key=key) if key else target for target in targets]


def _looked(deployment: Deployment, target: Target, names: Sequence[str]) -> list[_Item]:
    from stackgen.deploy.secrets.stores import store_of
    from stackgen.deploy.secrets.wanted import wanted

    client = deployment.sessions.of(target)
    found = wanted(deployment.build, target)
    return [
        _Item(target, one, store_of(one, client).find(one.name) is not None) for one in chosen(found, names, target)
    ]


def _action(deployment: Deployment, item: _Item, text: str) -> Action:
    from stackgen.deploy.secrets.stores import store_of, whole
    from stackgen.deploy.secrets.values import made

    value = whole(item.wanted, text or made(item.wanted.rules))
    return store_of(item.wanted, deployment.sessions.of(item.target)).make(item.wanted, value, item.target)


def _made(console: Console, deployment: Deployment, item: _Item, action: Action) -> tuple[_Item, str]:
    """What became of it: somebody else may have made it meanwhile."""
    from stackgen.deploy.executor import Performer
    from stackgen.deploy.secrets.stores import is_made

    client = deployment.sessions.of(item.target)
    performer = Performer(client, lambda one: console.detail(f"{item.target.region}: {one.why}"))
    return item, MADE if is_made(action, performer.perform) else THERE
