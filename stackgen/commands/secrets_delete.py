"""``secrets delete``: delete the secrets that no stack needs any more."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from stackgen.errors import FindingsError

from .arguments import Parser
from .asking import add_yes, confirm
from .deploying import add_stacks, add_values, deployment_of
from .for_each import ForEach
from .forms import form_of, in_help
from .secrets import add_name, chosen
from .secrets_put import as_json
from .words import counted, table

if TYPE_CHECKING:
    from collections.abc import Sequence

    from stackgen.console import Console
    from stackgen.deploy.actions import Action
    from stackgen.deploy.secrets.leaving import Leaving
    from stackgen.deploy.secrets.wanted import Wanted
    from stackgen.deploy.targets import Target

    from .deploying import Deployment

DESCRIPTION = """\
Delete the secrets of stacks that are deleted, in each region, with all their versions: those that secrets put has made,
and any other that --name names. One that a stack is still given stays, whoever made it: destroy the stack first. What
is in Parameter Store is gone for good, what is in Secrets Manager can be restored for seven days.

Exits with 4, before anything is deleted, where one cannot go.
"""
_DELETED = "deleted"


class _Item(NamedTuple):
    """A secret in a region."""

    target: Target
    leaving: Leaving

    @property
    def wanted(self) -> Wanted:
        return self.leaving.wanted

    @property
    def place(self) -> str:
        return f"{self.wanted.name} in {self.target.account}/{self.target.region}"


def run(console: Console, arguments: Sequence[str]) -> int:
    """Delete what may go; 4 where something may not, 8 where it fails for some."""
    parser = Parser("secrets delete", DESCRIPTION + in_help("text", "json"), "[STACK...] ...")
    add_stacks(parser)
    add_name(parser)
    add_values(parser)
    add_yes(parser)
    options = parser.parsed(arguments)
    form = form_of(console, "text", "json")
    with deployment_of(console, options, as_it_stands=True, every_stack=True) as deployment:
        each = ForEach(console, deployment.sessions)
        looked = each.do(lambda one: _looked(deployment, one, options.name), deployment.targets, lambda one: one.place)
        items = list({(one.target.region, one.wanted.name): one for found in looked for one in found}.values())
        _refuse(items)
        for one in items:
            console.tell(f"{one.target.account}/{one.target.region}: {_action(deployment, one).why}")
        if items:
            confirm(console, f"delete {counted(len(items), 'secret')} for good?", yes=options.yes)
        done = each.do(lambda one: _deleted(console, deployment, one), items, lambda one: one.place)
    if form == "json":
        told: list[dict[str, Any]] = [{**as_json(one.target, one.wanted), "outcome": _DELETED} for one in done]
        console.json("secrets-delete", {"secrets": told})
    else:
        console.say(f"{counted(len(done), 'secret')} deleted, {each.failed} failed")
        table(console, [(one.place, one.wanted.where, _DELETED) for one in done])
    return each.code(len(done))


def _looked(deployment: Deployment, target: Target, names: Sequence[str]) -> list[_Item]:
    from stackgen.deploy.secrets.leaving import leaving
    from stackgen.deploy.secrets.wanted import wanted

    build, client = deployment.build, deployment.sessions.of(target)
    meant = {one.name for one in chosen(wanted(build, target), names, target)}
    return [_Item(target, one) for one in leaving(build, target, client, names) if one.wanted.name in meant]


def _refuse(items: Sequence[_Item]) -> None:
    """Raises FindingsError where one cannot go."""
    staying = [one for one in items if one.leaving.why]
    if not staying:
        return
    first = staying[0]
    raise FindingsError(
        f"{first.place} is not deleted: {first.leaving.why}",
        *(f"{one.place}: {one.leaving.why}" for one in staying[1:3]),
        f"destroy the stack first, or --name {first.wanted.name} for one that secrets put has not made",
        "nothing was deleted",
    )


def _action(deployment: Deployment, item: _Item) -> Action:
    from stackgen.deploy.secrets.stores import store_of

    return store_of(item.wanted, deployment.sessions.of(item.target)).delete(item.wanted)


def _deleted(console: Console, deployment: Deployment, item: _Item) -> _Item:
    from stackgen.deploy.executor import Performer

    client = deployment.sessions.of(item.target)
    Performer(client, lambda one: console.detail(f"{item.target.region}: {one.why}")).perform(_action(deployment, item))
    return item
