"""``artifacts``: the buckets that deployments have made for templates, and their end once no stack needs them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from .arguments import Parser
from .asking import add_yes, confirm
from .deploying import add_stacks, deployment_of
from .forms import form_of, in_help
from .words import by_function, counted

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from stackgen.console import Console
    from stackgen.deploy.targets import Target
    from stackgen.deploy.template_buckets import Found, Place

    from .deploying import Deployment

FORMS = ("text", "json")
DESCRIPTION = """\
The buckets of templates. A deployment makes one in each account and region where there is none, and puts every template
there under the digest of its text. No stack has these buckets, so they stay when all stacks are gone.

list shows them with what is in them and who uses them; delete empties and deletes them, with every version. One that
stacks or StackSets still use is refused, and so is one that holds anything else.
"""


class Seen(NamedTuple):
    """One bucket that the settings lead to."""

    place: Place
    found: Found | None
    client: Callable[[str], Any]


def run(console: Console, arguments: Sequence[str]) -> int:
    """List them, or delete them."""
    parser = Parser("artifacts", DESCRIPTION + in_help(*FORMS), "WORD ...")
    return by_function(console, parser, {"list": _list, "delete": _delete}, arguments)


def _parser(word: str, text: str) -> Parser:
    parser = Parser(f"artifacts {word}", text + in_help(*FORMS), "[STACK...] ...")
    add_stacks(parser)
    return parser


def _list(console: Console, arguments: Sequence[str]) -> int:
    text = "The buckets of templates of an environment's stacks: all of them, or those of the stacks that are named."
    options = _parser("list", text).parsed(arguments)
    form = form_of(console, *FORMS)
    with deployment_of(console, options, as_it_stands=True, every_stack=True) as deployment:
        seen = _seen(deployment)
    there = [each.found for each in seen if each.found is not None]
    free = sum(not each.why_not for each in there)
    verdict = f"{counted(len(there), 'bucket')} of templates, {free:,} that nothing uses"
    if form == "json":
        console.json("artifacts-list", {"verdict": verdict, "buckets": [_content(each) for each in there]})
        return 0
    console.say(verdict)
    for each in there:
        use = each.why_not or "nothing uses it"
        console.say(f"{each.place.shown}: {counted(each.versions, 'object version')}, {each.bytes:,} bytes; {use}")
    return 0


def _delete(console: Console, arguments: Sequence[str]) -> int:
    text = """\
Empty and delete the buckets of templates of an environment's stacks, with every version. Says first which, and asks.

Exit codes: 0 they are gone, or were already; 3 nobody said yes; 4 one is in use, nothing was begun.
"""
    parser = _parser("delete", text)
    add_yes(parser)
    options = parser.parsed(arguments)
    form = form_of(console, *FORMS)
    with deployment_of(console, options, as_it_stands=True, every_stack=True) as deployment:
        from stackgen.deploy import template_buckets
        from stackgen.deploy.executor import Performer

        there = [(each.found, each.client) for each in _seen(deployment) if each.found is not None]
        template_buckets.refuse([found for found, _ in there])
        for found, _ in there:
            console.tell(f"{found.place.shown}: {counted(found.versions, 'object version')}, {found.bytes:,} bytes")
        if there:
            confirm(console, f"delete {counted(len(there), 'bucket')} with every version for good?", yes=options.yes)
        for found, client in there:
            performer = Performer(client, lambda action: console.detail(action.why))
            template_buckets.delete(found, performer.perform, client, console.tell)
    verdict = (
        f"{counted(len(there), 'bucket')} of templates deleted" if there else "no bucket of templates: nothing to do"
    )
    if form == "json":
        console.json("artifacts-delete", {"verdict": verdict, "buckets": [_content(found) for found, _ in there]})
        return 0
    console.say(verdict)
    for found, _ in there:
        console.say(f"{found.place.shown}: deleted, with {counted(found.versions, 'object version')}")
    return 0


def _seen(deployment: Deployment) -> list[Seen]:
    from stackgen.deploy.template_buckets import look, places

    of: dict[Place, Target] = {}
    for target in deployment.targets:
        for place in places([target]):
            of.setdefault(place, target)
    return [_looked(deployment, place, target, look) for place, target in of.items()]


def _looked(deployment: Deployment, place: Place, target: Target, look: Callable[..., Found | None]) -> Seen:
    from dataclasses import replace

    def client(service: str, region: str) -> Any:
        return deployment.sessions.of(replace(target, region=region))(service)

    found = look(place, deployment.project.regions, client)
    return Seen(place, found, deployment.sessions.of(target))


def _content(found: Found) -> dict[str, Any]:
    return {
        "bucket": found.place.bucket,
        "account": found.place.account,
        "region": found.place.region,
        "versions": found.versions,
        "bytes": found.bytes,
        "stack": found.stack,
        "used_by": list(found.users),
        "other_keys": list(found.others),
        "may_be_deleted": not found.why_not,
    }
