"""``publish``: what goes beside a stack: packages of code before its deployment, pages after it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from stackgen.environments import VARIABLE

from .arguments import Parser
from .asking import add_yes, confirm
from .deploying import add_values, deployment_of
from .forms import form_of, in_help
from .told import tell_workflow
from .words import counted

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from stackgen.console import Console
    from stackgen.deploy.executor import Performer
    from stackgen.deploy.publishing.settings import Published
    from stackgen.deploy.targets import Target
    from stackgen.project import Project
    from stackgen.review.model import Template

DESCRIPTION = """\
Publish what [tool.stackgen.stack.STACK.publish.NAME] names: the package of a module, which is sent to its bucket unless
it is there, by S3's own checksum; or a folder, whose files are put into a bucket of the deployed stack, and what is not
in the folder any more is deleted there. Where it says so, what pages ask for gets a name with a digest, and the edges
of a distribution forget what was there before.

The key of a package is the value of a parameter. Later steps of a workflow have it: it is written to GITHUB_ENV as
STACKGEN_PARAM_<Name>.
"""


def run(console: Console, arguments: Sequence[str]) -> int:
    """Publish for each stack and region that is meant. Raises ProjectError, UsageError, and what AWS refuses."""
    parser = Parser("publish", DESCRIPTION + in_help("text", "json"), "NAME ...")
    parser.add_argument("name", metavar="NAME", help="what is published")
    text = "a class, a file or system/file; the environment's only stack needs no name"
    parser.add_argument("stacks", nargs="*", metavar="STACK", help=text)
    add_values(parser)
    add_yes(parser)
    options = parser.parsed(arguments)
    form = form_of(console, "text", "json")
    with deployment_of(console, options, as_it_stands=True) as deployment:
        from stackgen.deploy.executor import Performer
        from stackgen.deploy.publishing.settings import published

        told: list[dict[str, Any]] = []
        for target in deployment.targets:
            client = deployment.sessions.of(target)
            words = _words(target, client, deployment.build.templates[target.template])
            what = published(deployment.project, target.template, options.name, words)
            performer = Performer(client, lambda action: console.detail(action.why))
            if what.module:
                told.append(_package(what, deployment.project, target, client("s3"), performer))
                continue
            told.append(_folder(console, what, target, client, performer, yes=options.yes))
    if form == "json":
        console.json("publish", {"published": told})
    else:
        for each in told:
            console.say(each["said"])
    return 0


def _words(target: Target, client: Callable[[str], Any], template: Template) -> Mapping[str, str]:
    """What is given, what is deployed, and what is the same for every stack; an output that it lacks is empty."""
    from stackgen.deploy import stacks

    state = stacks.find(target.stack_name, client("cloudformation"))
    given = {name: value.text for name, value in target.parameters.items()}
    deployed = {**state.parameters, **state.outputs} if state else {}
    own = {"env": target.env, "region": target.region, "account": target.account}
    return {
        **dict.fromkeys(template.section("Outputs"), ""),
        **deployed,
        **given,
        **(state.outputs if state else {}),
        **own,
    }


def _package(what: Published, project: Project, target: Target, s3: Any, performer: Performer) -> dict[str, Any]:
    from stackgen.deploy import objects
    from stackgen.deploy.publishing.package import sent

    key, found = sent(what, project, target.account, s3, performer)
    tell_workflow("GITHUB_ENV", f"{VARIABLE}{what.parameter}={key}\n")
    said = {
        objects.ABSENT: f"{key} sent to {what.bucket}",
        objects.SAME: f"{key} is already in {what.bucket}",
        objects.OTHER: f"{key} sent to {what.bucket}, in place of what was not this package",
    }[found]
    is_sent, is_other = found != objects.SAME, found == objects.OTHER
    return {**_place(what, target), "key": key, "sent": is_sent, "replaced": is_other, "said": said}


def _folder(
    console: Console,
    what: Published,
    target: Target,
    client: Callable[[str], Any],
    performer: Performer,
    *,
    yes: bool,
) -> dict[str, Any]:
    """New files, then the edges, which still hand out what leads to the old ones; these go at last."""
    from stackgen.deploy.polling import Pace
    from stackgen.deploy.publishing.edges import forgotten
    from stackgen.deploy.publishing.folder import planned

    plan = planned(what, target.account, client("s3"))
    for key in plan.gone:
        console.tell(f"{what.bucket}: {key} goes")
    confirm(console, f"put {counted(len(plan.puts), 'file')} into {what.bucket}, delete {len(plan.gone)}?", yes=yes)
    for action in plan.puts:
        performer.perform(action)
    said, invalidation = f"{counted(len(plan.puts), 'file')} put into {what.bucket}, {len(plan.gone)} deleted", ""
    if what.distribution:
        edges = client("cloudfront")
        invalidation = forgotten(what.distribution, plan.digest, edges, performer, Pace())
        said += f", the edges of {what.distribution} know nothing older"
    for action in plan.deletes:
        performer.perform(action)
    found = {"put": len(plan.puts), "deleted": plan.gone, "invalidation": invalidation, "said": said}
    return {**_place(what, target), **found}


def _place(what: Published, target: Target) -> dict[str, Any]:
    return {"name": what.name, "stack": target.stack_name, "region": target.region, "bucket": what.bucket}
